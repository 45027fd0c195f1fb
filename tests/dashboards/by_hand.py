"""The figures counted slowly, in plain Python: the twin that the SQL of facts and tally is held against."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median_low

from django.contrib.postgres.aggregates import ArrayAgg

from coaching.models import Session
from companies.models import Company
from dashboards.dimensions import OF_COMPANY, UNKNOWN, Dimension, industry_of
from dashboards.models import Cell, CompanyPeriod
from dashboards.periods import Kind, Period, periods_of
from dashboards.tally import splits_of

WHOLE = ""


def company_periods() -> Iterator[CompanyPeriod]:
    """What companies had in every period, as unsaved rows."""
    approved = Session.objects.approved()
    kinds = ArrayAgg("session_coaches__organisation__kind", distinct=True, default=[])
    rows = approved.annotate(kinds=kinds).values_list("engagement__company", "date", "minutes", "kinds")
    sessions: dict[int, list[tuple[dt.date, int, list[str]]]] = defaultdict(list)
    for company, day, minutes, at in rows.order_by():
        sessions[company].append((day, minutes or 0, at))
    for one in Company.objects.filter(pk__in=sessions).select_related("municipality", "sni"):
        yield from _of_company(one, sessions[one.pk])


def _of_company(company: Company, sessions: list[tuple[dt.date, int, list[str]]]) -> Iterator[CompanyPeriod]:
    counts: dict[tuple[Period, str], list[int]] = defaultdict(lambda: [0, 0])
    for day, minutes, kinds in sessions:
        for period in periods_of(day):
            # Months are shown for the whole region only.
            split = [] if period.kind == Kind.MONTH else [kind for kind in kinds if kind]
            for kind in (WHOLE, *split):
                counts[period, kind][0] += 1
                counts[period, kind][1] += minutes
    for (period, kind), (many, minutes) in counts.items():
        yield CompanyPeriod(
            company=company,
            kind=period.kind,
            starts_on=period.starts_on,
            organisation_kind=kind,
            sessions=many,
            minutes=minutes,
            is_continued=len(sessions) >= 2,
            municipality=company.municipality_id or "",
            sub_region=company.municipality.sub_region_id if company.municipality else "",
            industry=industry_of(company.sni),
            size=company.size_class,
            strategy=company.main_strategy_id or "",
        )


@dataclass
class _Sum:
    minutes: list[int] = field(default_factory=list)
    continued: int = 0
    municipalities: set[str] = field(default_factory=set)

    def add(self, row: CompanyPeriod) -> None:
        self.minutes.append(row.minutes)
        self.continued += row.is_continued
        self.municipalities |= {row.municipality} - {UNKNOWN}


Groups = Mapping[Dimension, Iterable[str]]


def cells_of(
    period: Period, rows: Iterable[CompanyPeriod], *, groups: Groups, coaches: int, members: int
) -> list[Cell]:
    """The cells of a period, unsaved: one for the whole and one for each of the `groups`, at nought if need be.

    Which groups are at nought may have to be withheld too, so these are cells like any other.
    """
    sums: dict[tuple[Dimension, str], _Sum] = defaultdict(_Sum)
    sums[Dimension.TOTAL, UNKNOWN] = _Sum()
    for dimension in splits_of(period):
        for group in groups[dimension]:
            sums[dimension, group] = _Sum()
    for row in rows:
        for place in _places(period, row):
            sums[place].add(row)
    cells = []
    for (dimension, group), found in sums.items():
        minutes = sorted(found.minutes, reverse=True)
        is_total = dimension == Dimension.TOTAL
        cells.append(
            Cell(
                kind=period.kind,
                starts_on=period.starts_on,
                dimension=dimension,
                group=group,
                companies=len(minutes),
                continued=found.continued,
                minutes=sum(minutes),
                largest=minutes[0] if minutes else 0,
                second=minutes[1] if len(minutes) > 1 else 0,
                median_minutes=median_low(minutes) if minutes else 0,
                municipalities=len(found.municipalities) if is_total else 0,
                coaches=coaches if is_total else 0,
                members=members if is_total else 0,
            )
        )
    return cells


def _places(period: Period, row: CompanyPeriod) -> list[tuple[Dimension, str]]:
    """The cells that a row counts in."""
    if row.organisation_kind:
        return [(Dimension.ORGANISATION, row.organisation_kind)]
    of_company = [(one, getattr(row, str(one))) for one in splits_of(period) if one in OF_COMPANY]
    known = [place for place in of_company if place != (Dimension.MUNICIPALITY, UNKNOWN)]
    return [(Dimension.TOTAL, UNKNOWN), *known]
