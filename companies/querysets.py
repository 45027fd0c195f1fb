"""Sets of companies that read as sentences.

Coaching lies in a higher layer, which this one may not import. Where a set depends on it, the query goes
through the reverse relation names that coaching declares (`engagements__memberships`).
"""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.lib.subqueries import CountOf

if TYPE_CHECKING:
    from companies.models import Company  # noqa: F401  (names the row type below)


NEVER = dt.date.min


def _related(model: Any, name: str) -> Any:
    """The model behind a relation that a higher layer declares."""
    return model._meta.get_field(name).related_model


class CompanyQuerySet(models.QuerySet["Company"]):
    """Sets of companies."""

    def visible_to(self, user: User) -> "CompanyQuerySet":
        """The companies whose page this person may open.

        Everybody with SEE_COMPANIES sees the network's companies. One with sekretessmarkering is seen only
        by its responsible coach, the coaches on its engagements, and those with SEE_CONFIDENTIAL.
        """
        if not user.may(Permission.SEE_COMPANIES):
            return self.none()
        if user.may(Permission.SEE_CONFIDENTIAL):
            return self.all()
        # EXISTS, asked of the few that are confidential: the set of all she coaches would be gathered for each row.
        coaches = Exists(self._memberships(user).filter(engagement__company=OuterRef("pk")))
        return self.filter(Q(is_confidential=False) | Q(responsible_coach=user) | coaches)

    def how_many_visible_to(self, user: User, *, most: int) -> Any:
        """As many as `visible_to` holds, as an expression; about as many as `most` when there are more.

        Counted apart, so that indexes answer and nobody reads all companies: of those that are not confidential
        nothing else is asked, and of the others there are few. A constraint holds that they are those that somebody
        has marked; that column has an index.
        """
        if user.may(Permission.SEE_CONFIDENTIAL) or not user.may(Permission.SEE_COMPANIES):
            return CountOf(self.visible_to(user).values("pk")[:most])
        marked = self.filter(confidential_set_by__isnull=False).visible_to(user)
        return CountOf(self.filter(confidential_set_by=None).values("pk")[:most]) + CountOf(
            marked.values("pk")
        )

    def of(self, user: User) -> "CompanyQuerySet":
        """A coach's own companies: she is responsible for them or is on an open engagement."""
        return self.filter(self._is_of(user))

    def without_open_engagement(self) -> "CompanyQuerySet":
        """Companies that nobody coaches at present."""
        engagements = _related(self.model, "engagements").objects
        return self.filter(~Exists(engagements.filter(company=OuterRef("pk"), ended_on=None)))

    def to_log_for(self, user: User) -> "CompanyQuerySet":
        """The coach's own and those that nobody coaches, with `is_own`."""
        found = self.annotate(is_own=ExpressionWrapper(self._is_of(user), models.BooleanField()))
        # Said as a range, or Postgres reads all open engagements to judge the few companies that a search finds.
        engagements = _related(self.model, "engagements").objects.filter(ended_on=None)
        coached = engagements.filter(company__gte=OuterRef("pk"), company__lte=OuterRef("pk"))
        return found.filter(self._is_of(user) | ~Exists(coached))

    def in_stage(self, stage: str) -> "CompanyQuerySet":
        """Companies with an open engagement in the stage."""
        found = self.model.objects.filter(engagements__stage=stage, engagements__ended_on=None)
        return self.filter(pk__in=found.values("pk"))

    def with_last_session(self) -> "CompanyQuerySet":
        """Adds `last_on`: the date of the latest session that was held, or None."""
        return self.annotate(last_on=Subquery(self._newest_session()))

    def with_heard_on(self) -> "CompanyQuerySet":
        """Adds `heard_on`: the date of the latest session that was held, or NEVER; a list is ordered by it."""
        return self.annotate(heard_on=Coalesce(Subquery(self._newest_session()), NEVER))

    def quiet_since(self, day: dt.date) -> "CompanyQuerySet":
        """Companies that are coached, but with no session held since the day, nor begun since."""
        return self.filter(self.is_quiet_since(day))

    def is_quiet_since(self, day: dt.date) -> Q:
        """The same as a condition, to be counted beside others."""
        coached = _related(self.model, "engagements").objects.filter(
            company=OuterRef("pk"), ended_on=None, started_on__lt=day
        )
        return Q(Exists(coached), ~Exists(self._sessions_held().filter(date__gte=day)))

    def in_swedish_order(self) -> "CompanyQuerySet":
        """By name, å ä ö last."""
        return self.order_by("sort_key", "pk")

    def _is_of(self, user: User) -> Q:
        # A union and no OR, so that the few are found from the coach and not by reading all companies.
        responsible = self.model.objects.filter(responsible_coach=user).order_by().values("pk")
        coached = self._memberships(user).filter(engagement__ended_on=None).values("engagement__company")
        return Q(pk__in=responsible.union(coached))

    def _memberships(self, user: User) -> models.QuerySet[Any, Any]:
        """The coach's parts in engagements that she has not left."""
        memberships = _related(_related(self.model, "engagements"), "memberships")
        found: models.QuerySet[Any, Any] = memberships.objects.filter(coach=user, left_on=None).order_by()
        return found

    def _sessions_held(self) -> models.QuerySet[Any, Any]:
        """Of the company in the outer query."""
        sessions = _related(_related(self.model, "engagements"), "sessions")
        found: models.QuerySet[Any, Any] = sessions.objects.held().filter(engagement__company=OuterRef("pk"))
        return found

    def _newest_session(self) -> models.QuerySet[Any, Any]:
        return self._sessions_held().order_by("-date").values("date")[:1]
