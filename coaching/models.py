"""Programmes, engagements, sessions and the actions they lead to."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import Organisation
from coachnet.audit.tracking import audited
from companies.models import CircularStrategy, Company, Contact


@audited()
class Programme(models.Model):
    """A period of coaching with one assignment, such as the region's challenge of a year."""

    name = models.CharField(_("namn"), max_length=120, unique=True)
    starts_on = models.DateField(_("börjar"))
    ends_on = models.DateField(_("slutar"))

    class Meta:
        verbose_name = _("program")
        ordering: ClassVar = ["-starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="programme_dates_in_order"),
        ]

    def __str__(self) -> str:
        return self.name


class Stage(models.TextChoices):
    """How far a company has come: the six strands of the transition ring."""

    CONTACT = "contact", _("Kontakt")
    BASELINE = "baseline", _("Nuläge")
    PLAN = "plan", _("Plan")
    IMPLEMENTATION = "implementation", _("Genomförande")
    FOLLOW_UP = "follow_up", _("Uppföljning")
    ONGOING = "ongoing", _("Fortlöpande")

    @property
    def number(self) -> int:
        """1–6, the strand of the ring."""
        return list(Stage).index(self) + 1


@audited()
class Engagement(models.Model):
    """A company's time in a programme, with the coaches who work with it."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="engagements", verbose_name=_("företag"))
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="engagements", verbose_name=_("program"))
    # Whose documents these are: the lead coach's organisation when the engagement began.
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="engagements")
    stage = models.CharField(_("steg"), max_length=20, choices=Stage.choices, default=Stage.CONTACT)
    goals = models.TextField(_("mål"), blank=True, max_length=2000)
    started_on = models.DateField(_("började"), default=timezone.localdate)
    ended_on = models.DateField(_("avslutades"), null=True, blank=True)

    class Meta:
        verbose_name = _("coachningsuppdrag")
        ordering: ClassVar = ["-started_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "programme"],
                condition=Q(ended_on__isnull=True),
                name="engagement_one_open_per_programme",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="engagement_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} ({self.programme})"


@audited()
class EngagementCoach(models.Model):
    """A coach's part in an engagement; exactly one present coach leads it."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="memberships")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    is_lead = models.BooleanField(default=False)
    joined_on = models.DateField(default=timezone.localdate)
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-is_lead", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "coach"], condition=Q(left_on__isnull=True), name="engagement_coach_once"
            ),
            models.UniqueConstraint(
                fields=["engagement"],
                condition=Q(is_lead=True, left_on__isnull=True),
                name="engagement_one_lead",
            ),
        ]

    def __str__(self) -> str:
        return str(self.coach)


@audited()
class StageChange(models.Model):
    """When an engagement entered a stage, and who said so."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="stage_changes")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    entered_on = models.DateField(default=timezone.localdate)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["entered_on", "id"]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.entered_on}"


@audited(exclude=["ends_at"])
class Session(models.Model):
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
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="sessions")
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    completeness = models.CharField(max_length=10, choices=Completeness.choices, default=Completeness.DRAFT)
    date = models.DateField(_("datum"))
    start_time = models.TimeField(_("började"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("stödtid"), null=True, blank=True)
    preparation_minutes = models.PositiveSmallIntegerField(_("förberedelsetid"), null=True, blank=True)
    travel_minutes = models.PositiveSmallIntegerField(_("restid"), null=True, blank=True)
    channel = models.CharField(_("hur ni möttes"), max_length=10, choices=Channel.choices, blank=True)
    place = models.CharField(_("plats eller länk"), max_length=300, blank=True)
    strategies = models.ManyToManyField(CircularStrategy, related_name="+", blank=True)
    note = models.TextField(_("anteckning"), blank=True, max_length=20_000)
    coaches: models.ManyToManyField = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="SessionCoach", related_name="sessions"
    )
    contacts: models.ManyToManyField = models.ManyToManyField(Contact, related_name="sessions", blank=True)
    # The session in whose form this one was planned.
    planned_in = models.OneToOneField("self", models.SET_NULL, related_name="next_session", null=True, blank=True)
    ends_at = models.GeneratedField(
        expression=Func(F("date"), F("start_time"), F("minutes"), function="session_ends_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("coachningstillfälle")
        verbose_name_plural = _("coachningstillfällen")
        indexes: ClassVar = [
            models.Index(fields=["engagement", "-date"], name="session_by_engagement"),
            models.Index(fields=["-date", "-id"], name="session_newest_first"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1, minutes__lte=1440), name="session_minutes_in_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(completeness="complete") | (Q(state="held", minutes__isnull=False) & ~Q(channel="")),
                name="session_complete_has_time_and_channel",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="session_removed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement.company} {self.date}"


@audited()
class SessionCoach(models.Model):
    """A coach at a session, with the organisation she had when it was logged."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="session_coaches")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="session_coaches")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "coach"], name="session_coach_once"),
        ]

    def __str__(self) -> str:
        return str(self.coach)


@audited()
class Action(models.Model):
    """A step in the action plan (åtgärd), owned by a coach or by someone at the company."""

    class Status(models.TextChoices):
        OPEN = "open", _("Att göra")
        DONE = "done", _("Genomförd")
        CANCELLED = "cancelled", _("Avbruten")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="actions")
    session = models.ForeignKey(Session, models.SET_NULL, related_name="actions", null=True, blank=True)
    what = models.CharField(_("vad"), max_length=300)
    owner_coach = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="actions", null=True, blank=True
    )
    owner_contact = models.ForeignKey(Contact, models.PROTECT, related_name="actions", null=True, blank=True)
    due_on = models.DateField(_("slutdatum"), null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("åtgärd")
        verbose_name_plural = _("åtgärder")
        indexes: ClassVar = [
            models.Index(fields=["owner_coach", "due_on"], condition=Q(status="open"), name="action_open_by_coach"),
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


class SessionDraft(models.Model):
    """What a coach has typed into a session form and not yet sent, exactly as typed.

    The id becomes the session's id. Not audited: a draft is not yet a record and is weeded, not disposed of.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    session = models.ForeignKey(Session, models.CASCADE, related_name="drafts", null=True, blank=True)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", null=True, blank=True)
    base_version = models.PositiveIntegerField(default=0)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("utkast")
        ordering: ClassVar = ["-updated_at"]

    def __str__(self) -> str:
        return f"{self.coach} {self.updated_at:%Y-%m-%d %H:%M}"
