"""From what companies had in one period to its cells: the totals and every split. Pure Python, one pass."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median_low

from dashboards.dimensions import OF_COMPANY, SPLITS, UNKNOWN, Dimension
from dashboards.models import Cell, CompanyPeriod
from dashboards.periods import Kind, Period


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


def splits_of(period: Period) -> list[Dimension]:
    """What a period is split by: a month by nothing, and municipalities only since start.

    In shorter periods nearly every municipality would be hidden.
    """
    if period.kind == Kind.MONTH:
        return []
    return [*SPLITS, *([Dimension.MUNICIPALITY] if period.kind == Kind.START else [])]


def _places(period: Period, row: CompanyPeriod) -> list[tuple[Dimension, str]]:
    """The cells that a row counts in."""
    if row.organisation_kind:
        return [(Dimension.ORGANISATION, row.organisation_kind)]
    of_company = [(one, getattr(row, str(one))) for one in splits_of(period) if one in OF_COMPANY]
    known = [place for place in of_company if place != (Dimension.MUNICIPALITY, UNKNOWN)]
    return [(Dimension.TOTAL, UNKNOWN), *known]
