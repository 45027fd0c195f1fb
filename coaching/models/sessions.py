"""Coaching sessions: planned, held, cancelled or missed."""

import datetime as dt
import uuid
from typing import ClassVar, NamedTuple, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coaching.models.engagements import Engagement
from coachnet.accounts.models import Organisation, User
from coachnet.audit.tracking import audited
from coachnet.lib.choices import NamedChoices
from companies.models import CircularStrategy, Company, Contact

# Until which day Min dag looks at a session: its own; for ever while it is planned or lacks something; never if it was
# called off, missed or put in the bin.
_SEEN_UNTIL = """CASE
    WHEN {row}.removed_at IS NOT NULL THEN NULL
    WHEN {row}.state = 'planned' OR {row}.state = 'held' AND {row}.completeness = 'draft' THEN DATE '9999-12-31'
    WHEN {row}.state = 'held' THEN {row}.date
END"""
_PLACES = ("state", "completeness", "date", "removed_at")

# How long a removed session can be put back from the bin.
BIN_DAYS = 30


# Tone and icon of a state's badge; the other states have neither.
BADGES = {"planned": ("info", "calendar"), "held": ("ok", "check")}


class Badge(NamedTuple):
    """A state as it is shown: its tone, its icon and its word."""

    tone: str
    icon: str
    words: str | Promise


class Missing(models.TextChoices):
    """What a held session still lacks before it counts. The value is the form field that mends it."""

    MINUTES = "minutes", _("stödtid")
    CHANNEL = "channel", _("hur ni möttes")
    CONTACTS = "contacts", _("deltagare från företaget")
    NOTE = "note", _("anteckning eller strategi")


class SessionQuerySet(models.QuerySet["Session"]):
    """Sets of sessions. Removed ones are left out unless a method says otherwise."""

    def present(self) -> Self:
        """Those that have not been put in the bin."""
        return self.filter(removed_at=None)

    def visible_to(self, user: User) -> Self:
        """Those whose page, with the note, the person may open."""
        return self.present().filter(engagement__in=Engagement.objects.visible_to(user).values("pk"))

    def listed_for(self, user: User) -> Self:
        """Rows of visible companies: date, coach, channel, minutes, strategies; never the note."""
        return self.present().filter(engagement__company__in=Company.objects.visible_to(user).values("pk"))

    def of(self, user: User) -> Self:
        """Those the coach takes or took part in."""
        return self.filter(pk__in=SessionCoach.objects.filter(coach=user).values("session"))

    def in_sight_of(self, user: User, since: dt.date) -> Self:
        """The coach's that are planned or lack something, and those held since a day: by index, however many."""
        seen = SessionCoach.objects.filter(coach=user, seen_until__gte=since)
        return self.present().filter(pk__in=seen.values("session"))

    def in_bin_of(self, user: User) -> Self:
        """Those that can still be put back by the coach: on her engagements, removed in the last days."""
        since = timezone.now() - dt.timedelta(days=BIN_DAYS)
        return self.filter(removed_at__gte=since, engagement__in=Engagement.objects.of(user).values("pk"))

    def planned(self) -> Self:
        """Those that are planned, whether their time has passed or not."""
        return self.present().filter(state=Session.State.PLANNED)

    def held(self) -> Self:
        """Those that took place."""
        return self.present().filter(state=Session.State.HELD)

    def approved(self) -> Self:
        """Those that count: held and complete."""
        return self.held().filter(completeness=Session.Completeness.COMPLETE)

    def incomplete(self) -> Self:
        """Held, but something is missing."""
        return self.held().filter(completeness=Session.Completeness.DRAFT)

    def to_log(self, now: dt.datetime | None = None) -> Self:
        """Planned and past their end: they wait to be logged."""
        return self.planned().filter(ends_at__lte=now or timezone.now())

    def upcoming(self, now: dt.datetime | None = None) -> Self:
        """Planned and not yet ended, the next first."""
        return self.planned().filter(ends_at__gt=now or timezone.now()).order_by("ends_at", "id")

    def on_day(self, day: dt.date) -> Self:
        """Those of one local day that are planned or held, in the order of the day."""
        states = (Session.State.PLANNED, Session.State.HELD)
        return (
            self.present()
            .filter(date=day, state__in=states)
            .order_by(F("start_time").asc(nulls_last=True), "id")
        )

    def newest_first(self) -> Self:
        """By when they end, the latest first; the id makes the order stable."""
        return self.order_by("-ends_at", "-id")

    def with_rows(self) -> Self:
        """What a row shows, at a fixed number of queries: company, stage, coaches, contacts, strategies."""
        return self.select_related("engagement__company__municipality").prefetch_related(
            "coaches", "contacts", "strategies"
        )


@audited(exclude=["ends_at", "fingerprint"], named_by=["engagement__company"])
class Session(NamedChoices, models.Model):
    """A coaching session (coachningstillfälle): planned, held, cancelled or missed.

    The primary key is made by the client, so a form sent twice makes one row.
    Date and time are local (Europe/Stockholm); `ends_at` is the same end in UTC, kept by the database.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planerat")
        HELD = "held", _("Genomfört")
        CANCELLED = "cancelled", _("Inställt")
        NO_SHOW = "no_show", _("Företaget kom inte")

    class Completeness(models.TextChoices):
        DRAFT = "draft", _("Ofullständigt")
        COMPLETE = "complete", _("Komplett")

    class Channel(models.TextChoices):
        ON_SITE = "on_site", _("På plats")
        ONLINE = "online", _("Digitalt")
        PHONE = "phone", _("Telefon")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="sessions", verbose_name=_("coachningsuppdrag")
    )
    state = models.CharField(_("läge"), max_length=10, choices=State.choices, default=State.HELD)
    completeness = models.CharField(
        _("fullständighet"), max_length=10, choices=Completeness.choices, default=Completeness.DRAFT
    )
    date = models.DateField(_("datum"))
    start_time = models.TimeField(_("började"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("stödtid"), null=True, blank=True)
    preparation_minutes = models.PositiveSmallIntegerField(_("förberedelsetid"), null=True, blank=True)
    travel_minutes = models.PositiveSmallIntegerField(_("restid"), null=True, blank=True)
    channel = models.CharField(_("hur ni möttes"), max_length=10, choices=Channel.choices, blank=True)
    place = models.CharField(_("plats eller länk"), max_length=300, blank=True)
    # Whether those from the company get a reminder the day before, too.
    reminds_contacts = models.BooleanField(_("påminn deltagarna från företaget"), default=False)
    strategies: models.ManyToManyField = models.ManyToManyField(
        CircularStrategy, through="SessionStrategy", related_name="+", blank=True
    )
    note = models.TextField(_("anteckning"), blank=True, max_length=20_000)
    coaches: models.ManyToManyField = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="SessionCoach", related_name="sessions"
    )
    contacts: models.ManyToManyField = models.ManyToManyField(
        Contact, through="SessionContact", related_name="sessions", blank=True
    )
    # The session in whose form this one was planned.
    planned_in = models.OneToOneField(
        "self",
        models.SET_NULL,
        related_name="next_session",
        null=True,
        blank=True,
        verbose_name=_("planerades i"),
    )
    ends_at = models.GeneratedField(
        expression=Func(F("date"), F("start_time"), F("minutes"), function="session_ends_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    # SHA-256 of the form that was last saved: a form sent again is known by it and changes nothing.
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    removed_at = models.DateTimeField(_("borttaget"), null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("coachningstillfälle")
        verbose_name_plural = _("coachningstillfällen")
        indexes: ClassVar = [
            models.Index(fields=["engagement", "-date"], name="session_by_engagement"),
            models.Index(fields=["-ends_at", "-id"], name="session_newest_first"),
            models.Index(
                fields=["ends_at"],
                condition=Q(state="planned", removed_at__isnull=True),
                name="session_waiting",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1, minutes__lte=1440),
                name="session_minutes_in_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(completeness="complete")
                | (Q(state="held", minutes__isnull=False) & ~Q(channel="")),
                name="session_complete_has_time_and_channel",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="session_removed_by_someone",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="tells_its_coaches",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf(*_PLACES),
                condition=pgtrigger.AnyChange(*_PLACES),
                func=f"UPDATE coaching_sessioncoach SET seen_until = {_SEEN_UNTIL.format(row='NEW')}"  # noqa: S608
                " WHERE session_id = NEW.id; RETURN NULL;",
            )
        ]

    def __str__(self) -> str:
        return f"{self.engagement.company} {self.date}"

    @property
    def missing(self) -> list[Missing]:
        """What a held session lacks before it counts, by its own contacts and strategies."""
        if self.state != Session.State.HELD:
            return []
        has_strategies = bool(self.note.strip() or self.strategies.all())
        return self.lacks(has_contacts=bool(self.contacts.all()), has_strategies=has_strategies)

    def lacks(self, *, has_contacts: bool, has_strategies: bool) -> list[Missing]:
        """What a held session lacks before it counts; nothing for one that has not taken place.

        The only place that decides: `log_session` stores the outcome in `completeness`.
        """
        if self.state != Session.State.HELD:
            return []
        lacks = {
            Missing.MINUTES: self.minutes is None,
            Missing.CHANNEL: not self.channel,
            Missing.CONTACTS: not has_contacts,
            Missing.NOTE: not self.note.strip() and not has_strategies,
        }
        return [what for what, is_lacking in lacks.items() if is_lacking]

    @property
    def badge(self) -> Badge:
        """The state in a word: what is missing or waits comes before what is."""
        if self.state == Session.State.HELD and self.completeness == Session.Completeness.DRAFT:
            return Badge("warn", "", _("Ofullständigt"))
        if self.waits_to_be_logged:
            return Badge("warn", "", _("Att logga"))
        return Badge(*BADGES.get(self.state, ("", "")), self.get_state_display())

    @property
    def end_time(self) -> dt.time | None:
        """When it ends on the clock, where start and length are known."""
        if self.start_time is None or not self.minutes:
            return None
        return timezone.localtime(self.ends_at).time()

    @property
    def waits_to_be_logged(self) -> bool:
        """Planned, and its end has passed."""
        return self.state == Session.State.PLANNED and self.ends_at <= timezone.now()


@audited(exclude=["seen_until"], named_by=["coach"])
class SessionCoach(models.Model):
    """A coach at a session, with the organisation she had when it was logged."""

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="session_coaches", verbose_name=_("coachningstillfälle")
    )
    coach = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="session_coaches", verbose_name=_("coach")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    # The session's place in time, so that of thousands a coach ever had the few that concern her now are found by
    # index. Kept by triggers (ADR 0036).
    seen_until = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("deltagande coach")
        verbose_name_plural = _("deltagande coacher")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "coach"], name="session_coach_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["coach", "seen_until"], name="session_coach_seen")]
        triggers: ClassVar = [
            # The session is held fast until its coach stands beside it, so that none of its changes is missed.
            pgtrigger.Trigger(
                name="learns_of_its_session",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"SELECT {_SEEN_UNTIL.format(row='its')} INTO NEW.seen_until"  # noqa: S608
                " FROM coaching_session its WHERE its.id = NEW.session_id FOR SHARE; RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return str(self.coach)


@audited(named_by=["contact"])
class SessionContact(models.Model):
    """Someone from the company who took part."""

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="session_contacts", verbose_name=_("coachningstillfälle")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="session_contacts", verbose_name=_("kontaktperson")
    )

    class Meta:
        verbose_name = _("deltagare från företaget")
        verbose_name_plural = _("deltagare från företaget")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "contact"], name="session_contact_once"),
        ]

    def __str__(self) -> str:
        return str(self.contact)


@audited()
class SessionStrategy(models.Model):
    """A circular strategy that a session worked with."""

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="session_strategies", verbose_name=_("coachningstillfälle")
    )
    strategy = models.ForeignKey(
        CircularStrategy, models.PROTECT, related_name="+", verbose_name=_("strategi")
    )

    class Meta:
        verbose_name = _("strategi")
        verbose_name_plural = _("strategier")
        ordering: ClassVar = ["strategy"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "strategy"], name="session_strategy_once"),
        ]

    def __str__(self) -> str:
        return str(self.strategy_id)
