"""The overview as one person may read it: key figures, a split, a trend and a map for one period.

Everything that is shown or handed out is built of Figures, and every Figure comes through
`Cell.objects.readable_by(user)`: what is hidden is not here to be shown by mistake.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.lib.templatetags.formats import number
from dashboards.dimensions import UNKNOWN, Dimension, groups
from dashboards.models import Cell, Mask, Target, Upkeep
from dashboards.periods import CHOSEN, START, Kind, Period, since

MONTHS_SHOWN = 18


@dataclass(frozen=True)
class Figure:
    """A number that may be shown, or why it is not. Sums come as they are shown: whole hours, whole percent."""

    value: int | None = 0
    state: str = Mask.SHOWN

    @property
    def is_shown(self) -> bool:
        """Whether there is a number."""
        return self.value is not None

    @property
    def text(self) -> str:
        """The number, or the words that stand in its place."""
        if self.value is not None:
            return number(self.value)
        return gettext("färre än 5") if self.state == Mask.FEW else gettext("visas inte")

    @property
    def why(self) -> str:
        """The reason where the words alone do not tell it."""
        if self.state == Mask.DOMINATED:
            return gettext("Ett eller två företag står för nästan hela summan.")
        if self.state == Mask.WITHHELD:
            return gettext("Talet skulle avslöja ett annat som är dolt.")
        return ""

    def part_of(self, whole: "Figure") -> "Figure":
        """The share of a whole, in percent; shown only when both are and the part is of five or more, or nought."""
        if self.value is None:
            return Figure(None, self.state)
        if whole.value is None:
            return Figure(None, whole.state)
        return Figure(round(100 * self.value / whole.value) if whole.value else 0)


NOTHING = Figure()


@dataclass(frozen=True)
class Line:
    """The figures of one group in one period."""

    key: str
    name: str
    companies: Figure = NOTHING
    continued: Figure = NOTHING
    hours: Figure = NOTHING
    median_minutes: Figure = NOTHING
    municipalities: Figure = NOTHING
    coaches: Figure = NOTHING
    members: Figure = NOTHING
    meetings: Figure = NOTHING
    attended: Figure = NOTHING
    registered: Figure = NOTHING


def _figure(row: dict[str, Any], measure: str) -> Figure:
    return Figure(row[f"{measure}_value"], row[f"{measure}_state"])


def _hours(minutes: int | None, state: str) -> Figure:
    return Figure(None if minutes is None else round(minutes / 60), state)


def _line(row: dict[str, Any], name: str) -> Line:
    median, members = row["median_minutes_value"], row["members_value"]
    return Line(
        key=row["group"],
        name=name,
        companies=_figure(row, "companies"),
        continued=_figure(row, "continued"),
        hours=_hours(row["minutes_value"], row["minutes_state"]),
        # A median is some company's own time: to the nearest half hour.
        median_minutes=Figure(None if median is None else round(median / 30) * 30, row["minutes_state"]),
        municipalities=_figure(row, "municipalities"),
        coaches=_figure(row, "coaches"),
        members=Figure(members, row["coaches_state"]),
        meetings=Figure(row["meetings"]),
        attended=_figure(row, "attended"),
        registered=_figure(row, "registered"),
    )


def available_periods() -> list[Period]:
    """Every period that can be chosen: quarters, then years, the latest first, then since start. One query."""
    month = (
        Cell.objects.filter(kind=Kind.MONTH).order_by("starts_on").values_list("starts_on", flat=True).first()
    )
    if month is None:
        return []
    return [period for kind in CHOSEN for period in reversed(since(month, kind))]


@dataclass
class Overview:
    """What one person asked for: a period and a split. Seven queries, however much has been logged."""

    user: User
    period: Period
    split: Dimension
    periods: list[Period]
    _rows: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        chosen = Q(kind=self.period.kind, starts_on=self.period.starts_on)
        wanted = chosen & Q(dimension__in=(self.split, Dimension.SUB_REGION))
        wanted |= Q(dimension=Dimension.TOTAL) | Q(dimension=Dimension.MUNICIPALITY)
        self._rows = list(Cell.objects.filter(wanted).readable_by(self.user).order_by("starts_on"))

    @property
    def is_exact(self) -> bool:
        """Whether the person reads exact numbers, and may see the companies behind them."""
        return self.user.may(Permission.SEE_SESSIONS) and self.user.may(Permission.SEE_COMPANIES)

    @cached_property
    def updated_at(self) -> Any:
        """When the figures last held everything that had been logged; None before the first time."""
        return Upkeep.objects.values_list("current_at", flat=True).first()

    @cached_property
    def targets(self) -> dict[str, int]:
        """What the region aims at in the period, by the code of the key figure."""
        return dict(Target.objects.during(self.period).values_list("measure", "value"))

    @cached_property
    def total(self) -> Line:
        """The whole region in the period."""
        return self._total_of(self.period)

    @property
    def before(self) -> Line | None:
        """The whole region in the period before; None where there is none."""
        previous = self.period.previous
        return self._total_of(previous) if previous in self.periods else None

    def _total_of(self, period: Period | None) -> Line:
        name = str(Dimension.TOTAL.label)
        found = self._lines(period, Dimension.TOTAL, {UNKNOWN: name})
        return found[0] if found else Line(UNKNOWN, name)

    @cached_property
    def groups(self) -> list[Line]:
        """The groups of the split; "not stated" only where there is something to say of it."""
        found = self._lines(self.period, self.split, groups(self.split))
        return [line for line in found if line.key != UNKNOWN or line.companies.value != 0]

    @cached_property
    def sub_regions(self) -> list[Line]:
        """The sub-regions in the period."""
        return self._lines(self.period, Dimension.SUB_REGION, groups(Dimension.SUB_REGION))

    @cached_property
    def municipalities(self) -> list[Line]:
        """All municipalities since start, in their Swedish order."""
        return self._lines(START, Dimension.MUNICIPALITY, groups(Dimension.MUNICIPALITY))

    @cached_property
    def trend(self) -> list[tuple[Period, Line]]:
        """The region by month, the latest last."""
        months = [row for row in self._rows if row["kind"] == Kind.MONTH][-MONTHS_SHOWN:]
        periods = [Period(Kind.MONTH, row["starts_on"]) for row in months]
        return [(period, _line(row, period.title)) for period, row in zip(periods, months, strict=True)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been logged yet: no figures, which is another thing than nought."""
        return not self.periods

    def _lines(self, period: Period | None, dimension: Dimension, names: dict[str, str]) -> list[Line]:
        rows = {
            row["group"]: row
            for row in self._rows
            if period
            and (row["kind"], row["starts_on"], row["dimension"])
            == (period.kind, period.starts_on, dimension)
        }
        return [_line(rows[key], name) for key, name in names.items() if key in rows]


def total_of(lines: Iterable[Line]) -> int:
    """The largest number of companies among lines, to scale bars by; at least 1."""
    return max((line.companies.value or 0 for line in lines), default=1) or 1
