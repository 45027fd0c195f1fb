"""Sets of companies that read as sentences.

Coaching lies in a higher layer, which this one may not import. Where a set depends on it, the query goes
through the reverse relation names that coaching declares (`engagements__memberships`).
"""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

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
        own = Q(responsible_coach=user) | Q(pk__in=self._coached_by(user))
        return self.filter(Q(is_confidential=False) | own)

    def of(self, user: User) -> "CompanyQuerySet":
        """A coach's own companies: she is responsible for them or is on an open engagement."""
        return self.filter(
            Q(responsible_coach=user) | Q(pk__in=self._coached_by(user, engagements__ended_on=None))
        )

    def without_open_engagement(self) -> "CompanyQuerySet":
        """Companies that nobody coaches at present."""
        coached = self.model.objects.filter(engagements__isnull=False, engagements__ended_on=None)
        return self.exclude(pk__in=coached.values("pk"))

    def in_swedish_order(self) -> "CompanyQuerySet":
        """By name, å ä ö last."""
        return self.order_by("sort_key", "pk")

    def _coached_by(self, user: User, **also: Any) -> models.QuerySet[Any, Any]:
        # One filter() call, so that every condition is about one and the same engagement and membership.
        coached = self.model.objects.filter(
            engagements__memberships__coach=user, engagements__memberships__left_on=None, **also
        )
        return coached.values("pk")
