"""Meetings (träffar) of the network, or about one topic."""

import datetime as dt
import re
from typing import ClassVar, NamedTuple, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import Organisation, User
from coachnet.accounts.roles import Permission
from coachnet.audit.tracking import audited
from coachnet.lib.choices import NamedChoices

# A line such as 09:30 Så prissätter du återtag | Karin Wetterlund, RISE
_PROGRAMME_LINE = re.compile(r"^(?P<time>\d{1,2}[:.]\d{2})?\s*(?P<what>[^|]*)(?:\|(?P<who>.*))?$")

# What a calendar must be told of: whoever changes one of these, in whatever way, raises the sequence with it.
MOVES = ("starts_at", "ends_at", "place", "link", "state")


class ProgrammeItem(NamedTuple):
    """One item of a meeting's programme."""

    time: str
    what: str
    who: str


class EventQuerySet(models.QuerySet["Event"]):
    """Sets of meetings."""

    def visible_to(self, user: User) -> Self:
        """Those whose page the person may open: drafts are for those who plan."""
        if user.may(Permission.PLAN_MEETINGS):
            return self.all()
        if user.may(Permission.SEE_MEETINGS):
            return self.exclude(state=Event.State.DRAFT)
        return self.none()

    def published(self) -> Self:
        """Those that people are invited to and that are not cancelled."""
        return self.filter(state=Event.State.PUBLISHED)

    def ahead(self, now: dt.datetime | None = None) -> Self:
        """Those that have not ended."""
        return self.filter(ends_at__gt=now or timezone.now())

    def past(self, now: dt.datetime | None = None) -> Self:
        """Those that have ended."""
        return self.filter(ends_at__lte=now or timezone.now())

    def with_hosts(self) -> Self:
        """Adds `host_names`, å ä ö last."""
        hosts = Organisation.objects.filter(hosted_events=OuterRef("pk")).order_by("sort_key")
        return self.annotate(host_names=ArraySubquery(hosts.values("name")))

    def with_lines(self, now: dt.datetime | None = None) -> Self:
        """Those not yet begun where somebody waits for a place, and those where an offer has run out."""
        now = now or timezone.now()
        waits = Q(starts_at__gt=now, invitations__registrations__state="waiting")
        overdue = Q(
            invitations__registrations__state="offered", invitations__registrations__offered_until__lte=now
        )
        return self.published().filter(waits | overdue).distinct()


@audited(exclude=["sequence"])
class Event(NamedChoices, models.Model):
    """A meeting: draft, published, or cancelled. Moments are stored in UTC and shown in Europe/Stockholm."""

    class Kind(models.TextChoices):
        NETWORK = "network", _("Nätverksträff")
        TOPIC = "topic", _("Ämnesträff")

    class State(models.TextChoices):
        DRAFT = "draft", _("Utkast")
        PUBLISHED = "published", _("Publicerad")
        CANCELLED = "cancelled", _("Inställd")

    kind = models.CharField(_("slag"), max_length=10, choices=Kind.choices, default=Kind.NETWORK)
    state = models.CharField(_("läge"), max_length=10, choices=State.choices, default=State.DRAFT)
    title = models.CharField(_("rubrik"), max_length=120)
    description = models.TextField(_("om träffen"), blank=True, max_length=5000)
    programme = models.TextField(_("program"), blank=True, max_length=5000)
    hosts: models.ManyToManyField = models.ManyToManyField(
        Organisation, related_name="hosted_events", verbose_name=_("värdar"), blank=True
    )
    starts_at = models.DateTimeField(_("börjar"))
    ends_at = models.DateTimeField(_("slutar"))
    place = models.CharField(_("plats"), max_length=200, blank=True)
    link = models.URLField(_("länk"), blank=True, max_length=500)
    # How many places there are; empty for no limit.
    capacity = models.PositiveIntegerField(_("antal platser"), null=True, blank=True)
    answer_by = models.DateField(_("sista svarsdag"), null=True, blank=True)
    # How many times the calendars of those who come have had to be told: SEQUENCE of the calendar file.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    published_at = models.DateTimeField(_("publicerad"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("inställd"), null=True, blank=True, editable=False)
    cancel_words = models.CharField(_("varför träffen är inställd"), max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("arrangör")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("träff")
        verbose_name_plural = _("träffar")
        indexes: ClassVar = [
            models.Index(fields=["starts_at", "id"], name="event_soonest_first"),
            models.Index(fields=["ends_at", "id"], name="event_by_end"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | (~Q(title="") & (~Q(place="") | ~Q(link=""))),
                name="event_published_is_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gte=1), name="event_has_room_for_one"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="event_published_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at__isnull=True)),
                name="event_cancelled_at_a_time",
            ),
        ]
        triggers: ClassVar = [
            # In the same UPDATE as the move itself, so that no calendar file can tell of one without the other.
            pgtrigger.Trigger(
                name="sequence_follows_moves",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*MOVES),
                func="NEW.sequence = GREATEST(NEW.sequence, OLD.sequence + 1); RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The meeting's own page."""
        return reverse("events:event-detail", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        """Whether nobody has been told of it."""
        return self.state == self.State.DRAFT

    @property
    def is_published(self) -> bool:
        """Whether people are invited to it."""
        return self.state == self.State.PUBLISHED

    @property
    def is_cancelled(self) -> bool:
        """Whether it will not be held."""
        return self.state == self.State.CANCELLED

    @property
    def has_started(self) -> bool:
        """Whether its beginning lies behind us."""
        return self.starts_at <= timezone.now()

    @property
    def is_over(self) -> bool:
        """Whether its end lies behind us."""
        return self.ends_at <= timezone.now()

    @property
    def phase(self) -> str:
        """How far it has come, as its badge says: cancelled, draft, over, now or published."""
        if self.is_cancelled or self.is_draft:
            return self.state
        if self.is_over:
            return "over"
        return "now" if self.has_started else self.state

    @property
    def day(self) -> dt.date:
        """The day in Sweden."""
        return timezone.localtime(self.starts_at).date()

    @property
    def day_begins_at(self) -> dt.datetime:
        """Midnight in Sweden before it."""
        return timezone.make_aware(dt.datetime.combine(self.day, dt.time()))

    @property
    def answers_are_in(self) -> bool:
        """Whether the last day to answer is over."""
        return self.answer_by is not None and self.answer_by < timezone.localdate()

    @property
    def takes_answers(self) -> bool:
        """Whether somebody may still say that she comes."""
        return self.is_published and not self.has_started and not self.answers_are_in

    @property
    def has_place(self) -> bool:
        """Whether people meet in a room."""
        return bool(self.place)

    @property
    def where(self) -> str:
        """The place, or the link of a meeting that has none."""
        return self.place or self.link

    @property
    def programme_items(self) -> list[ProgrammeItem]:
        """The programme, one item for each line that has something in it."""
        found = (_PROGRAMME_LINE.match(line.strip()) for line in self.programme.splitlines() if line.strip())
        return [
            ProgrammeItem(
                (one["time"] or "").replace(".", ":").zfill(5) if one["time"] else "",
                one["what"].strip(),
                (one["who"] or "").strip(),
            )
            for one in found
            if one
        ]
