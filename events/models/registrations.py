"""Registrations: who comes, who waits, who was offered a place, who stays away, and who was there."""

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.audit.tracking import audited
from coachnet.lib.choices import NamedChoices


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Sets of registrations."""

    def visible_to(self, user: User) -> Self:
        """Everybody's for those who plan; for other members their own, of meetings that have been published."""
        present = self.filter(invitation__removed_at=None)
        if user.may(Permission.PLAN_MEETINGS):
            return present
        if user.may(Permission.SEE_MEETINGS):
            return present.filter(invitation__user=user).exclude(invitation__event__state="draft")
        return self.none()

    def to(self, event: models.Model) -> Self:
        """Those of one meeting."""
        return self.filter(invitation__event=event)

    def live(self) -> Self:
        """Those that hold a place, an offer or a place in line."""
        return self.filter(state__in=Registration.LIVE)

    def holding_a_place(self) -> Self:
        """Those that count against the capacity: a place that is offered counts as taken."""
        return self.filter(state__in=Registration.TAKES_A_PLACE)

    def coming(self) -> Self:
        """Those who have a place."""
        return self.filter(state=Registration.State.COMING)

    def in_line(self) -> Self:
        """Those who wait, first come first."""
        return self.filter(state=Registration.State.WAITING).order_by("answered_at", "pk")

    def overdue(self, now: dt.datetime) -> Self:
        """Offers that nobody took in time."""
        return self.filter(state=Registration.State.OFFERED, offered_until__lte=now)


@audited(exclude=["diet", "step", "marked_at"], named_by=["invitation__user"])
class Registration(NamedChoices, models.Model):
    """An answer to an invitation. A new one is made when a closed one is answered again, so nothing is rewritten.

    `diet` is deleted after the meeting and never copied into the history.
    """

    class State(models.TextChoices):
        COMING = "coming", _("Kommer")
        WAITING = "waiting", _("Väntar på plats")
        OFFERED = "offered", _("Erbjuden plats")
        DECLINED = "declined", _("Kommer inte")
        CANCELLED = "cancelled", _("Lämnade återbud")
        EXPIRED = "expired", _("Svarade inte på erbjudandet")

    LIVE: ClassVar = (State.COMING, State.WAITING, State.OFFERED)
    CLOSED: ClassVar = (State.DECLINED, State.CANCELLED, State.EXPIRED)
    TAKES_A_PLACE: ClassVar = (State.COMING, State.OFFERED)

    invitation = models.ForeignKey(
        "events.EventInvitation", models.CASCADE, related_name="registrations", verbose_name=_("inbjudan")
    )
    state = models.CharField(_("svar"), max_length=10, choices=State.choices)
    # When the person asked for a place, which is the place in line.
    answered_at = models.DateTimeField(_("svarade"), default=timezone.now)
    offered_until = models.DateTimeField(_("erbjuden till"), null=True, blank=True)
    closed_at = models.DateTimeField(_("avslutad"), null=True, blank=True)
    diet = models.CharField(_("specialkost"), max_length=200, blank=True)
    # Which change of state this is: each is told of in a mail of its own.
    step = models.PositiveSmallIntegerField(default=1, editable=False)
    attended_at = models.DateTimeField(_("var där"), null=True, blank=True)
    attended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("avprickad av"),
    )
    # The latest tap at the door, in or back: one that is older and arrives later changes nothing.
    marked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("anmälan")
        verbose_name_plural = _("anmälningar")
        indexes: ClassVar = [
            models.Index(fields=["invitation", "state"], name="registration_of_invitation"),
            models.Index(
                fields=["offered_until"], condition=Q(state="offered"), name="registration_offers_running"
            ),
        ]
        constraints: ClassVar = [
            # A double click, or two tabs, takes one place.
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(state__in=["coming", "waiting", "offered"]),
                name="registration_one_live",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offered_until__isnull=False),
                name="registration_offer_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["coming", "waiting", "offered"], closed_at__isnull=True)
                | (~Q(state__in=["coming", "waiting", "offered"]) & Q(closed_at__isnull=False)),
                name="registration_closed_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(attended_at__isnull=True, attended_by__isnull=True)
                | Q(attended_at__isnull=False, attended_by__isnull=False, state="coming"),
                name="registration_attended_with_a_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation}: {self.get_state_display()}"

    @property
    def is_live(self) -> bool:
        """Whether it holds a place, an offer or a place in line."""
        return self.state in self.LIVE

    @property
    def is_coming(self) -> bool:
        """Whether the person has a place."""
        return self.state == self.State.COMING

    @property
    def is_waiting(self) -> bool:
        """Whether the person stands in line."""
        return self.state == self.State.WAITING

    @property
    def is_offered(self) -> bool:
        """Whether a place is held for the person until she answers."""
        return self.state == self.State.OFFERED

    @property
    def came_from_line(self) -> bool:
        """Whether the place came from the waiting list."""
        return self.is_coming and self.offered_until is not None
