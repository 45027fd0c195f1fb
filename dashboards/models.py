"""Rollups: figures counted beforehand, so that the overview reads a few rows however much has been logged.

Facts (sessions) → CompanyPeriod and CoachPeriod (one company or coach in one period) → Cell (one group in one
period). None of them is audited: they hold nothing that the facts do not, and `rebuild_figures` makes them anew.
Target values stand beside them: those are set by people.
"""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.audit.tracking import audited
from companies.models import Company
from dashboards.dimensions import Dimension
from dashboards.periods import Kind, Period, period

if TYPE_CHECKING:
    from collections.abc import Iterable


class InPeriod(models.Model):
    """A row about one period."""

    kind = models.CharField(_("periodens längd"), max_length=7, choices=Kind.choices)
    starts_on = models.DateField(_("periodens första dag"))

    class Meta:
        abstract = True

    @property
    def period(self) -> Period:
        """The period that the row is about."""
        return period(self.kind, self.starts_on)


class InPeriodQuerySet(models.QuerySet):
    """Sets of rows about periods."""

    def during(self, period: Period) -> Self:
        """Those of one period."""
        return self.filter(kind=period.kind, starts_on=period.starts_on)

    def during_any(self, periods: "Iterable[Period]") -> Self:
        """Those of any of the periods."""
        wanted = Q(pk=None)
        for one in periods:
            wanted |= Q(kind=one.kind, starts_on=one.starts_on)
        return self.filter(wanted)


class CompanyPeriodQuerySet(InPeriodQuerySet):
    """Sets of what companies got in periods."""

    def whole(self) -> Self:
        """One row for each company and period, whoever coached it."""
        return self.filter(organisation_kind="")

    def in_group(self, dimension: Dimension, group: str) -> Self:
        """Those of one group of a split; each company once."""
        if dimension == Dimension.TOTAL:
            return self.whole()
        if dimension == Dimension.ORGANISATION:
            return self.filter(organisation_kind=group)
        return self.whole().filter(**{str(dimension): group})

    def visible_to(self, user: User) -> Self:
        """Those whose company the person may see by name."""
        return self.filter(company__in=Company.objects.visible_to(user).values("pk"))


class CompanyPeriod(InPeriod):
    """What one company got in one period: approved sessions and their minutes, and the company as it is now.

    `organisation_kind` is empty for the whole; beside it stands one row for each kind of organisation whose
    coaches took part, with the minutes of the sessions they were at.
    """

    # No constraint: a rollup must not stand in the way of a deletion. The next refresh takes the row away.
    company = models.ForeignKey(Company, models.DO_NOTHING, related_name="+", db_constraint=False)
    organisation_kind = models.CharField(max_length=20, blank=True)
    sessions = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    # Two sessions or more in all, whenever they were.
    is_continued = models.BooleanField()
    municipality = models.CharField(max_length=4, blank=True)
    sub_region = models.CharField(max_length=3, blank=True)
    industry = models.CharField(max_length=20, blank=True)
    size = models.CharField(max_length=10, blank=True)
    strategy = models.CharField(max_length=3, blank=True)

    objects = CompanyPeriodQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "starts_on", "organisation_kind"], name="company_period_by_period")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "kind", "starts_on", "organisation_kind"], name="company_period_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.period.key}"


class CoachPeriod(InPeriod):
    """That a coach had an approved session in a period. How many is nobody's business (domain 7, rule 7)."""

    coach = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+", db_constraint=False
    )

    objects = InPeriodQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "starts_on"], name="coach_period_by_period")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coach", "kind", "starts_on"], name="coach_period_once"),
        ]

    def __str__(self) -> str:
        return f"{self.coach_id} {self.period.key}"


class Mask(models.TextChoices):
    """What of a number may leave the house in aggregate: decided by dashboards.privacy, WITHHELD until then."""

    SHOWN = "shown"
    FEW = "few"
    DOMINATED = "dominated"
    WITHHELD = "withheld"


# The measures of a cell that are masked one by one.
MASKED = ("companies", "continued", "minutes", "municipalities", "coaches", "attended", "registered")


def _where_shown(column: str, measure: str) -> Case:
    return Case(When(**{f"{measure}_mask": Mask.SHOWN}, then=F(column)))


class CellQuerySet(InPeriodQuerySet):
    """Sets of figures."""

    def readable_by(self, user: User) -> Any:
        """The figures as this person may read them, as dicts: the one door between the rollup and what shows it.

        Those who see sessions get exact numbers. For all others the database itself leaves out what is masked,
        so that no page, file or interface has it in its hands.
        """
        if not user.may(Permission.SEE_OVERVIEW):
            return self.none().values()
        exact = user.may(Permission.SEE_SESSIONS) and user.may(Permission.SEE_COMPANIES)
        columns: dict[str, Any] = {}
        for measure in MASKED:
            columns[f"{measure}_value"] = F(measure) if exact else _where_shown(measure, measure)
            columns[f"{measure}_state"] = Value(str(Mask.SHOWN)) if exact else F(f"{measure}_mask")
        for column, measure in (("median_minutes", "minutes"), ("members", "coaches")):
            columns[f"{column}_value"] = F(column) if exact else _where_shown(column, measure)
        return self.values("kind", "starts_on", "dimension", "group", "meetings", **columns)


class Cell(InPeriod):
    """The figures of one group in one period, exact, each with the mask that decides who reads it.

    Units: minutes; the rest are counts. `largest` and `second` are the two companies with most minutes.
    """

    dimension = models.CharField(max_length=12, choices=Dimension.choices)
    group = models.CharField(max_length=20, blank=True)
    companies = models.PositiveIntegerField(default=0)
    continued = models.PositiveIntegerField(default=0)
    minutes = models.PositiveBigIntegerField(default=0)
    largest = models.PositiveIntegerField(default=0)
    second = models.PositiveIntegerField(default=0)
    median_minutes = models.PositiveIntegerField(default=0)
    municipalities = models.PositiveIntegerField(default=0)
    coaches = models.PositiveIntegerField(default=0)
    members = models.PositiveIntegerField(default=0)
    meetings = models.PositiveIntegerField(default=0)
    attended = models.PositiveIntegerField(default=0)
    registered = models.PositiveIntegerField(default=0)
    companies_mask = models.CharField(max_length=9, choices=Mask.choices, default=Mask.WITHHELD)
    continued_mask = models.CharField(max_length=9, choices=Mask.choices, default=Mask.WITHHELD)
    minutes_mask = models.CharField(max_length=9, choices=Mask.choices, default=Mask.WITHHELD)
    municipalities_mask = models.CharField(max_length=9, choices=Mask.choices, default=Mask.WITHHELD)
    coaches_mask = models.CharField(max_length=9, choices=Mask.choices, default=Mask.WITHHELD)
    attended_mask = models.CharField(max_length=9, choices=Mask.choices, default=Mask.WITHHELD)
    registered_mask = models.CharField(max_length=9, choices=Mask.choices, default=Mask.WITHHELD)

    objects = CellQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "starts_on", "dimension", "group"], name="cell_once"),
            models.CheckConstraint(
                condition=Q(continued__lte=F("companies")), name="cell_continued_of_companies"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period.key} {self.dimension} {self.group}"


class Code(models.TextChoices):
    """The key figures by the codes of the domain description, and what they are called."""

    K01 = "K01", _("Coachade företag")
    K02 = "K02", _("Fortsatt coachning")
    K03 = "K03", _("Coachningstid")
    K04 = "K04", _("Kommuner med coachning")
    K05 = "K05", _("Andel av coachade företag")
    K06 = "K06", _("Aktiva coacher")
    K18 = "K18", _("Närvaro på träffar")


MUNICIPALITIES = 49


@audited()
class Target(InPeriod):
    """The target value of a key figure for the whole region in one period, in the figure's own unit."""

    measure = models.CharField(_("nyckeltal"), max_length=3, choices=Code.choices)
    value = models.PositiveIntegerField(_("målvärde"), validators=[MinValueValidator(1)])

    objects = InPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("målvärde")
        verbose_name_plural = _("målvärden")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "starts_on", "measure"], name="target_once"),
            models.CheckConstraint(condition=Q(value__gte=1), name="target_of_one_or_more"),
            # A month is no period to choose, and a share is one group's, not the region's.
            models.CheckConstraint(condition=~Q(kind=Kind.MONTH), name="target_not_of_a_month"),
            models.CheckConstraint(condition=~Q(measure=Code.K05), name="target_of_the_region"),
            models.CheckConstraint(
                condition=~Q(measure=Code.K04) | Q(value__lte=MUNICIPALITIES),
                name="target_within_the_municipalities",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()}, {self.period}"


class StaleQuerySet(models.QuerySet["Stale"]):
    """Sets of what has changed."""

    def oldest(self, many: int) -> "list[Stale]":
        """So many of those that have waited longest."""
        return list(self.order_by("pk")[:many])


class Stale(models.Model):
    """Something has changed that figures are counted from. Written by triggers, so that nothing goes round it.

    Rows are added and taken away, never shared: a writer never waits for a refresh, and a change made while
    one runs waits for the next (see ADR 0022).
    """

    class What(models.TextChoices):
        COMPANY = "company"
        COACH = "coach"
        PERSON = "person"
        MEETING = "meeting"

    what = models.CharField(max_length=7, choices=What.choices)
    key = models.BigIntegerField()

    objects = StaleQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.what} {self.key}"


class Upkeep(models.Model):
    """When the figures were last known to hold everything that had been logged. One row."""

    current_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="upkeep_one_row")]

    def __str__(self) -> str:
        return str(self.current_at)
