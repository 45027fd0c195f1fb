"""Sets of companies that read as sentences.

Coaching lies in a higher layer, which this one may not import. Where a set depends on it, the query goes
through the reverse relation names that coaching declares (`engagements__memberships`).
"""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission

if TYPE_CHECKING:
    from companies.models import Company  # noqa: F401  (names the row type below)


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
        coaches = Exists(self._coached_by(user, pk=OuterRef("pk")))
        return self.filter(Q(is_confidential=False) | Q(responsible_coach=user) | coaches)

    def of(self, user: User) -> "CompanyQuerySet":
        """A coach's own companies: she is responsible for them or is on an open engagement."""
        # A union and no OR, so that the few are found from the coach and not by reading all companies.
        responsible = self.model.objects.filter(responsible_coach=user).order_by().values("pk")
        return self.filter(pk__in=responsible.union(self._coached_by(user, engagements__ended_on=None)))

    def without_open_engagement(self) -> "CompanyQuerySet":
        """Companies that nobody coaches at present."""
        coached = self.model.objects.filter(
            pk=OuterRef("pk"), engagements__isnull=False, engagements__ended_on=None
        )
        return self.filter(~Exists(coached))

    def in_stage(self, stage: str) -> "CompanyQuerySet":
        """Companies with an open engagement in the stage."""
        found = self.model.objects.filter(engagements__stage=stage, engagements__ended_on=None)
        return self.filter(pk__in=found.values("pk"))

    def with_last_session(self) -> "CompanyQuerySet":
        """Adds `last_on`: the date of the latest session that was held, or None."""
        held = self.model.objects.filter(
            pk=OuterRef("pk"), engagements__sessions__state="held", engagements__sessions__removed_at=None
        )
        newest = held.order_by("-engagements__sessions__date").values("engagements__sessions__date")[:1]
        return self.annotate(last_on=Subquery(newest))

    def quiet_since(self, day: dt.date) -> "CompanyQuerySet":
        """Companies that are coached, but with no session held since the day, nor begun since."""
        coached = self.model.objects.filter(engagements__ended_on=None, engagements__started_on__lt=day)
        heard = self.model.objects.filter(
            pk=OuterRef("pk"),
            engagements__sessions__state="held",
            engagements__sessions__removed_at=None,
            engagements__sessions__date__gte=day,
        )
        return self.filter(pk__in=coached.values("pk")).filter(~Exists(heard))

    def in_swedish_order(self) -> "CompanyQuerySet":
        """By name, å ä ö last."""
        return self.order_by("sort_key", "pk")

    def _coached_by(self, user: User, **also: Any) -> models.QuerySet[Any, Any]:
        # One filter() call, so that every condition is about one and the same engagement and membership.
        coached = self.model.objects.filter(
            engagements__memberships__coach=user, engagements__memberships__left_on=None, **also
        )
        return coached.order_by().values("pk")
