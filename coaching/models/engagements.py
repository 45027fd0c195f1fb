"""A company's time in a programme: who coaches it, how far it has come and where it is going."""

import datetime as dt
from functools import cache
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Prefetch, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import Organisation, User
from coachnet.accounts.roles import Permission
from coachnet.audit.tracking import audited
from coachnet.lib.choices import NamedChoices
from companies.models import Company


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Sets of programmes."""

    def on(self, day: dt.date) -> Self:
        """Those that run on a day, the newest first."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)


@audited()
class Programme(models.Model):
    """A period of coaching with one assignment, such as the region's challenge of a year."""

    name = models.CharField(_("namn"), max_length=120, unique=True)
    starts_on = models.DateField(_("börjar"))
    ends_on = models.DateField(_("slutar"))

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("program")
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
        return _numbers()[self]

    @property
    def next(self) -> "Stage | None":
        """The stage that follows, or None when the ring has closed."""
        return list(Stage)[self.number] if self.number < len(Stage) else None


@cache
def _numbers() -> dict[str, int]:
    return {stage: number for number, stage in enumerate(Stage, start=1)}


class EngagementQuerySet(models.QuerySet["Engagement"]):
    """Sets of engagements. `visible_to` decides for sessions and actions as well."""

    def open(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_on=None)

    def of(self, user: User) -> Self:
        """Those the coach works on now."""
        memberships = EngagementCoach.objects.filter(coach=user, left_on=None)
        return self.filter(pk__in=memberships.values("engagement"))

    def visible_to(self, user: User) -> Self:
        """Those whose goals, notes and actions the person may read.

        The coaches on the engagement, coaches of the organisation that owns it unless the company is marked
        confidential, and whoever may see confidential companies.
        """
        if user.may(Permission.SEE_CONFIDENTIAL):
            return self.all()
        if not user.may(Permission.LOG_SESSIONS):
            return self.none()
        return self.filter(self._read_by_coach(user))

    def with_is_read(self, user: User) -> Self:
        """Adds `is_read`: whether `visible_to` holds the engagement."""
        if user.may(Permission.SEE_CONFIDENTIAL) or not user.may(Permission.LOG_SESSIONS):
            return self.annotate(is_read=Value(user.may(Permission.SEE_CONFIDENTIAL)))
        return self.annotate(is_read=self._read_by_coach(user))

    def _read_by_coach(self, user: User) -> Q:
        # EXISTS and no IN: Postgres thinks that it must gather a set beside an OR anew for each engagement it looks
        # up, and reads all engagements instead.
        takes_part = Exists(
            EngagementCoach.objects.filter(engagement=OuterRef("pk"), coach=user, left_on=None)
        )
        return Q(takes_part) | Q(organisation=user.organisation_id, company__is_confidential=False)

    def listed_for(self, user: User) -> Self:
        """Those of the companies the person may see: stage and coaches, never goals."""
        return self.filter(company__in=Company.objects.visible_to(user))

    def with_people(self) -> Self:
        """Company, programme and present coaches, at a fixed number of queries."""
        present = EngagementCoach.objects.filter(left_on=None).select_related("coach__organisation")
        return self.select_related("company", "programme", "organisation").prefetch_related(
            Prefetch("memberships", present, to_attr="present_memberships")
        )

    def with_coaches_named(self) -> Self:
        """Present coaches by name and no more of them. One query beside."""
        shown = ("engagement", "coach", "is_lead", "coach__name", "coach__email")
        present = EngagementCoach.objects.filter(left_on=None).select_related("coach").only(*shown)
        return self.prefetch_related(Prefetch("memberships", present, to_attr="present_memberships"))

    def with_last_held(self) -> Self:
        """Adds `last_held_on`: the date of the latest session that took place, or None."""
        took_place = Q(sessions__state="held", sessions__removed_at=None)
        return self.annotate(last_held_on=Max("sessions__date", filter=took_place))


@audited(named_by=["company", "programme"])
class Engagement(NamedChoices, models.Model):
    """A company's time in a programme, with the coaches who work with it."""

    company = models.ForeignKey(
        Company, models.PROTECT, related_name="engagements", verbose_name=_("företag")
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="engagements", verbose_name=_("program")
    )
    # Whose documents these are: the lead coach's organisation when the engagement began.
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="engagements", verbose_name=_("organisation")
    )
    stage = models.CharField(_("steg"), max_length=20, choices=Stage.choices, default=Stage.CONTACT)
    goals = models.TextField(_("mål"), blank=True, max_length=2000)
    started_on = models.DateField(_("började"), default=timezone.localdate)
    ended_on = models.DateField(_("avslutades"), null=True, blank=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        verbose_name = _("coachningsuppdrag")
        verbose_name_plural = _("coachningsuppdrag")
        ordering: ClassVar = ["-started_on", "-id"]
        indexes: ClassVar = [models.Index(fields=["-started_on", "-id"], name="engagement_newest_first")]
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

    @property
    def is_open(self) -> bool:
        """Whether the engagement goes on."""
        return self.ended_on is None

    @property
    def current_stage(self) -> Stage:
        """The stage with its number and its successor."""
        return Stage(self.stage)

    def present(self) -> "list[EngagementCoach]":
        """The coaches who are on it now, the lead first."""
        if hasattr(self, "present_memberships"):
            return list(self.present_memberships)
        return list(self.memberships.filter(left_on=None).select_related("coach__organisation"))

    @property
    def lead(self) -> User | None:
        """The coach who leads it, or None after an orphaning that must not happen but may be imported."""
        return next((membership.coach for membership in self.present() if membership.is_lead), None)


@audited(named_by=["coach"])
class EngagementCoach(models.Model):
    """A coach's part in an engagement; exactly one present coach leads it."""

    engagement = models.ForeignKey(
        Engagement, models.CASCADE, related_name="memberships", verbose_name=_("coachningsuppdrag")
    )
    coach = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name=_("coach")
    )
    is_lead = models.BooleanField(_("leder uppdraget"), default=False)
    joined_on = models.DateField(_("kom med"), default=timezone.localdate)
    left_on = models.DateField(_("lämnade"), null=True, blank=True)

    class Meta:
        verbose_name = _("coach i uppdraget")
        verbose_name_plural = _("coacher i uppdraget")
        ordering: ClassVar = ["-is_lead", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "coach"],
                condition=Q(left_on__isnull=True),
                name="engagement_coach_once",
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

    engagement = models.ForeignKey(
        Engagement, models.CASCADE, related_name="stage_changes", verbose_name=_("coachningsuppdrag")
    )
    stage = models.CharField(_("steg"), max_length=20, choices=Stage.choices)
    entered_on = models.DateField(_("sedan"), default=timezone.localdate)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("satt av")
    )

    class Meta:
        verbose_name = _("stegbyte")
        verbose_name_plural = _("stegbyten")
        ordering: ClassVar = ["entered_on", "id"]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.entered_on}"
