"""The action plan: what is to be done, by whom and when."""

import datetime as dt
import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coaching.models.engagements import Engagement
from coaching.models.sessions import Session
from coachnet.accounts.models import User
from coachnet.audit.tracking import audited
from coachnet.lib.choices import NamedChoices
from companies.models import Contact

# The columns of an action that a row in a list shows.
ROW = (
    "what",
    "due_on",
    "status",
    "closed_at",
    "created_at",
    "engagement__stage",
    "engagement__company__name",
    "owner_coach__name",
    "owner_coach__email",
    "owner_contact__name",
)


class ActionQuerySet(models.QuerySet["Action"]):
    """Sets of actions."""

    def visible_to(self, user: User) -> Self:
        """Those of the engagements whose notes the person may read."""
        return self.filter(engagement__in=Engagement.objects.visible_to(user).values("pk"))

    def of_engagements_of(self, user: User) -> Self:
        """Everything to be done on the coach's engagements, whoever owns it."""
        return self.filter(engagement__in=Engagement.objects.of(user).values("pk"))

    def owned_by(self, user: User) -> Self:
        """Those the coach has promised herself."""
        return self.filter(owner_coach=user)

    def open(self) -> Self:
        """Those not done and not called off."""
        return self.filter(status=Action.Status.OPEN)

    def done(self) -> Self:
        """Those carried out."""
        return self.filter(status=Action.Status.DONE)

    def due(self, by: dt.date) -> Self:
        """Open and due on or before a day, overdue ones included."""
        return self.open().filter(due_on__lte=by)

    def overdue(self, today: dt.date | None = None) -> Self:
        """Open and past their due date."""
        return self.open().filter(due_on__lt=today or timezone.localdate())

    def soonest_first(self) -> Self:
        """By due date; those without one come last."""
        return self.order_by(F("due_on").asc(nulls_last=True), "created_at", "id")

    def as_rows(self) -> Self:
        """For a row in a list, in one query: only the columns that it shows."""
        return self.with_rows().only(*ROW)

    def with_rows(self) -> Self:
        """What a row shows, in one query: company and owner."""
        return self.select_related("engagement__company", "owner_coach", "owner_contact")


@audited()
class Action(NamedChoices, models.Model):
    """A step in the action plan (åtgärd), owned by a coach or by someone at the company."""

    class Status(models.TextChoices):
        OPEN = "open", _("Att göra")
        DONE = "done", _("Genomförd")
        CANCELLED = "cancelled", _("Avbruten")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="actions", verbose_name=_("coachningsuppdrag")
    )
    session = models.ForeignKey(
        Session,
        models.SET_NULL,
        related_name="actions",
        null=True,
        blank=True,
        verbose_name=_("coachningstillfälle"),
    )
    what = models.CharField(_("vad"), max_length=300)
    owner_coach = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="actions",
        null=True,
        blank=True,
        verbose_name=_("ansvarig coach"),
    )
    owner_contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        related_name="actions",
        null=True,
        blank=True,
        verbose_name=_("ansvarig hos företaget"),
    )
    due_on = models.DateField(_("slutdatum"), null=True, blank=True)
    status = models.CharField(_("läge"), max_length=10, choices=Status.choices, default=Status.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("åtgärd")
        verbose_name_plural = _("åtgärder")
        indexes: ClassVar = [
            models.Index(
                fields=["owner_coach", "due_on"], condition=Q(status="open"), name="action_open_by_coach"
            ),
            models.Index(fields=["-created_at", "-id"], name="action_newest_first"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(owner_coach__isnull=False, owner_contact__isnull=True)
                | Q(owner_coach__isnull=True, owner_contact__isnull=False),
                name="action_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True, closed_by__isnull=True)
                | (~Q(status="open") & Q(closed_at__isnull=False, closed_by__isnull=False)),
                name="action_closed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def owner(self) -> User | Contact:
        """Whoever has promised it. The database holds that there is exactly one."""
        return self.owner_coach or self.owner_contact  # type: ignore[return-value]

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.status == Action.Status.OPEN
