"""Months, quarters, programme years and "since start": the spans of time that figures are counted over.

They nest: every month lies in one quarter, every quarter in one programme year, every year in "since start".
That holds whatever month a programme year begins in, since it must begin with a quarter; the privacy rule
(see dashboards.privacy) leans on it.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache, cached_property

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# "Since start" begins before anything that can have happened.
BEGINNING = dt.date(1900, 1, 1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Kind(models.TextChoices):
    """How long a period is, the shortest first."""

    MONTH = "month", _("Månad")
    QUARTER = "quarter", _("Kvartal")
    YEAR = "year", _("Programår")
    START = "start", _("Sedan start")


# Those that a reader can choose; months are shown as a trend of the whole region only.
CHOSEN = (Kind.QUARTER, Kind.YEAR, Kind.START)


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole months. Its key stands in addresses and files."""

    kind: Kind
    starts_on: dt.date

    @property
    def ends_on(self) -> dt.date | None:
        """The last day; None for "since start", which has no end."""
        if self.kind == Kind.START:
            return None
        return _plus_months(self.starts_on, MONTHS[self.kind]) - dt.timedelta(days=1)

    @cached_property
    def parent(self) -> "Period | None":
        """The next longer period that this one lies in."""
        if self.kind == Kind.START:
            return None
        longer = list(Kind)[list(Kind).index(self.kind) + 1]
        return period_of(self.starts_on, longer)

    @property
    def previous(self) -> "Period | None":
        """The period of the same kind before this one."""
        if self.kind == Kind.START:
            return None
        return period_of(self.starts_on - dt.timedelta(days=1), self.kind)

    @property
    def is_running(self) -> bool:
        """Whether the period has not ended yet."""
        return self.ends_on is None or self.ends_on >= timezone.localdate()

    @property
    def next(self) -> "Period | None":
        """The period of the same kind after this one."""
        return period_of(self.ends_on + dt.timedelta(days=1), self.kind) if self.ends_on else None

    @property
    def gone(self) -> int | None:
        """How much of the period has passed, in percent of its days; None for one without an end."""
        if self.ends_on is None:
            return None
        whole = (self.ends_on - self.starts_on).days + 1
        passed = (timezone.localdate() - self.starts_on).days + 1
        return round(100 * min(max(passed, 0), whole) / whole)

    @property
    def key(self) -> str:
        """2026-11, 2026-Q4, 2026 (the year in which a programme year begins), or start."""
        year, month = self.starts_on.year, self.starts_on.month
        return {
            Kind.MONTH: f"{year}-{month:02}",
            Kind.QUARTER: f"{year}-Q{(month + 2) // 3}",
            Kind.YEAR: f"{year}",
            Kind.START: "start",
        }[self.kind]

    def __str__(self) -> str:
        if self.kind == Kind.MONTH:
            return date_format(self.starts_on, "F Y")
        if self.kind == Kind.QUARTER:
            values = {"number": (self.starts_on.month + 2) // 3, "year": self.starts_on.year}
            return gettext("kvartal %(number)s %(year)s") % values
        if self.kind == Kind.START:
            return gettext("sedan start")
        year = self.starts_on.year
        name = str(year) if self.starts_on.month == 1 else f"{year}/{(year + 1) % 100:02}"
        return gettext("programår %(year)s") % {"year": name}

    @property
    def title(self) -> str:
        """The name with a capital, for lists and headings."""
        name = str(self)
        return name[:1].upper() + name[1:]


START = Period(Kind.START, BEGINNING)


@cache
def period(kind: str, starts_on: dt.date) -> Period:
    """The period as rows of the database name it: the same object for the same period, as thousands of cells ask."""
    return Period(Kind(kind), starts_on)


def _plus_months(day: dt.date, months: int) -> dt.date:
    place = day.year * 12 + day.month - 1 + months
    return dt.date(place // 12, place % 12 + 1, 1)


def period_of(day: dt.date, kind: Kind) -> Period:
    """The period of a kind that a day lies in."""
    if kind == Kind.START:
        return START
    first = settings.PROGRAMME_YEAR_STARTS if kind == Kind.YEAR else 1
    since = (day.month - first) % MONTHS[kind]
    return Period(kind, _plus_months(day.replace(day=1), -since))


def periods_of(day: dt.date) -> tuple[Period, ...]:
    """The four periods that a day lies in, the shortest first."""
    return tuple(period_of(day, kind) for kind in Kind)


def since(first: dt.date, kind: Kind) -> list[Period]:
    """Every period of a kind from the one a day lies in to the present one, in order."""
    found = [period_of(first, kind)]
    while kind != Kind.START and found[-1].ends_on and found[-1].is_running is False:
        found.append(period_of(found[-1].ends_on + dt.timedelta(days=1), kind))
    return found


def by_kind(periods: list[Period]) -> list[tuple[str | Promise, list[Period]]]:
    """Periods to choose from, those of each kind under its name."""
    return [(kind.label, [one for one in periods if one.kind == kind]) for kind in CHOSEN]


def from_key(key: str) -> Period | None:
    """The period that a key names, or None for a key that names none."""
    if key == "start":
        return START
    found = re.fullmatch(r"(20\d\d)(?:-Q([1-4])|-(0[1-9]|1[0-2]))?", key, re.ASCII)
    if not found:
        return None
    year, quarter, month = int(found[1]), found[2], found[3]
    if quarter:
        return Period(Kind.QUARTER, dt.date(year, int(quarter) * 3 - 2, 1))
    if month:
        return Period(Kind.MONTH, dt.date(year, int(month), 1))
    return Period(Kind.YEAR, dt.date(year, settings.PROGRAMME_YEAR_STARTS, 1))
