"""Reminders and messages that are to be sent, and people's choices about them."""

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.lib.choices import NamedChoices


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Sets of notifications."""

    def about(self, thing: models.Model) -> Self:
        """Everything that was or will be sent about one object."""
        return self.filter(about=about_key(thing))

    def waiting(self) -> Self:
        """Those that are still to be sent, at whatever time."""
        return self.filter(state=Notification.State.QUEUED)

    def due(self, now: dt.datetime) -> Self:
        """Those to send now: their time has come, or the worker that had them has not been heard of."""
        return self.filter(state__in=UNFINISHED).alias(next_at=NEXT_AT).filter(next_at__lte=now)

    def to_see_to(self) -> Self:
        """Those that were given up and can be tried again."""
        return self.filter(state=Notification.State.FAILED, reason=Notification.Reason.PARKED)

    def stuck(self) -> Self:
        """Those that did not get through: given up, refused, or waiting for another try."""
        again = Q(state=Notification.State.QUEUED, attempts__gt=0)
        return self.filter(Q(state=Notification.State.FAILED) | again)

    def closing(self, address: str) -> Self:
        """Those after which an address counts as one that does not exist; none when there was another try by hand."""
        since = timezone.now() - CLOSED_FOR
        gone = self.filter(state=Notification.State.FAILED, reason=Notification.Reason.UNKNOWN)
        return gone.filter(sent_to__iexact=address, tried_at__gt=since)

    def delivered_or_tried(self) -> Self:
        """Those that have been offered to the mail server, the latest first."""
        return self.filter(tried_at__isnull=False).order_by("-tried_at")


UNFINISHED = ("queued", "sending")
# An address that did not exist gets no mail for so long; then the next one tries.
CLOSED_FOR = dt.timedelta(days=30)
# When a row is to be touched next: at its time, but not before a worker's claim or a pause has run out.
NEXT_AT = Greatest("due_at", "claimed_until")  # in Postgres the greatest of those that are not NULL


def about_key(thing: models.Model) -> str:
    """How a notification names the object it is about: `coaching.session:<id>`."""
    return f"{thing._meta.label_lower}:{thing.pk}"


def recipient_key(to: User | str) -> str:
    """How a recipient is named in unique keys: `user:<id>`, or `mail:<address>` for somebody without an account."""
    return f"user:{to.pk}" if isinstance(to, User) else f"mail:{to.lower()}"


class Notification(NamedChoices, models.Model):
    """One mail to one person about one object at one of its times. Not audited: it is its own record.

    The unique key (recipient, rule, about, occurrence) makes every way of scheduling safe to repeat.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Väntar")
        SENDING = "sending", _("Skickas")
        SENT = "sent", _("Skickad")
        FAILED = "failed", _("Kom inte fram")
        SKIPPED = "skipped", _("Skickades inte")

    class Reason(models.TextChoices):
        """Why it was not sent."""

        WITHDRAWN = "withdrawn", _("Inte längre aktuell")
        TURNED_OFF = "turned_off", _("Mottagaren har stängt av den")
        NO_ACCESS = "no_access", _("Mottagaren har inte längre tillgång")
        NO_ADDRESS = "no_address", _("E-postadress saknas")
        REFUSED = "refused", _("Mottagarens e-postserver sa nej")
        UNKNOWN = "unknown", _("E-postadressen finns inte")
        PARKED = "parked", _("Gick inte att skicka efter flera försök")
        STOPPED = "stopped", _("Stoppad för hand")

    rule = models.CharField(_("regel"), max_length=60)
    about = models.CharField(_("gäller"), max_length=80)
    # Which of the object's times: its day, or the number of a change.
    occurrence = models.CharField(max_length=60)
    # `user:<id>` for people with an account, `mail:<address>` for guests.
    recipient = models.CharField(max_length=260)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", null=True, blank=True
    )
    # A guest's name, address and language; empty for people with an account, who are asked for at sending.
    name = models.CharField(_("namn"), max_length=120, blank=True)
    email = models.EmailField(_("e-post"), blank=True)
    language = models.CharField(max_length=2, choices=User.Language.choices, blank=True)
    due_at = models.DateTimeField(_("ska skickas"))
    state = models.CharField(_("läge"), max_length=10, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(_("orsak"), max_length=10, choices=Reason.choices, blank=True)
    attempts = models.PositiveSmallIntegerField(_("försök"), default=0)
    # Nobody touches the row before: a worker has it, or it failed and waits to be tried again.
    claimed_until = models.DateTimeField(null=True, blank=True)
    # When it was last offered to the mail server.
    tried_at = models.DateTimeField(null=True, blank=True)
    # What was sent, for the log of the object, or where it did not get through.
    sent_to = models.EmailField(blank=True)
    subject = models.CharField(_("ämne"), max_length=200, blank=True)
    sent_at = models.DateTimeField(_("skickad"), null=True, blank=True)
    # The mail server's last answer, shortened and without addresses; never the mail's text.
    last_error = models.CharField(max_length=300, blank=True)
    # Who stopped it, or had it sent again, by hand.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("utskick")
        verbose_name_plural = _("utskick")
        ordering: ClassVar = ["-due_at", "-id"]
        indexes: ClassVar = [
            models.Index(
                NEXT_AT,
                models.F("id"),
                condition=Q(state__in=["queued", "sending"]),
                name="notification_next",
            ),
            models.Index(fields=["recipient", "rule", "due_at"], name="notification_together"),
            models.Index(fields=["about", "-due_at"], name="notification_about"),
            models.Index(fields=["-due_at", "-id"], name="notification_newest_first"),
            models.Index(fields=["state", "-due_at", "-id"], name="notification_by_state"),
            models.Index(fields=["rule", "state", "-due_at", "-id"], name="notification_by_rule"),
            models.Index(
                fields=["-tried_at"], condition=Q(tried_at__isnull=False), name="notification_last_tried"
            ),
            models.Index(Upper("sent_to"), condition=Q(reason="unknown"), name="notification_closing"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recipient", "rule", "about", "occurrence"], name="notification_once"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, email="") | (Q(user__isnull=True) & ~Q(email="")),
                name="notification_one_recipient",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_until__isnull=False),
                name="notification_claim_ends",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent"),
                name="notification_sent_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.recipient} {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def can_be_retried(self) -> bool:
        """Whether somebody may have it sent again: it failed, waits for another try, or was stopped by hand."""
        waits_again = self.state == self.State.QUEUED and self.attempts > 0
        return waits_again or self.state == self.State.FAILED or self.reason == self.Reason.STOPPED

    @property
    def can_be_stopped(self) -> bool:
        """Whether somebody may still stop it, or put one that failed aside."""
        return self.state in (self.State.QUEUED, self.State.FAILED)

    @property
    def about_pk(self) -> str:
        """The primary key of the object it is about, as text."""
        return self.about.partition(":")[2]

    @property
    def reader_language(self) -> str:
        """The language the recipient reads."""
        return self.user.language if self.user else self.language

    @property
    def reader_name(self) -> str:
        """What the recipient is called."""
        return self.user.name if self.user else self.name

    @property
    def address(self) -> str:
        """Where it goes: for people with an account the address they have now."""
        return self.user.email if self.user else self.email


class NotificationPreference(models.Model):
    """A recipient's choice about one rule. No row means the rule's own default. Not audited: it is one's own."""

    # As in Notification: guests, too, can say that they want no more.
    recipient = models.CharField(max_length=260)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notification_preferences",
        null=True,
        blank=True,
    )
    rule = models.CharField(max_length=60)
    is_on = models.BooleanField()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("val av påminnelse")
        verbose_name_plural = _("val av påminnelser")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipient", "rule"], name="notification_preference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.rule} {self.is_on}"
