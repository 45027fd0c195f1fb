"""What every reader of the overview knows: how its numbers hang together, and what a mask tells.

Keys are (measure, period, dimension, group). The measure ONCE is shown nowhere: companies with a single session,
which is what K01 less K02 would tell.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from dashboards.dimensions import OF_COMPANY, UNKNOWN, Dimension
from dashboards.models import Cell
from dashboards.periods import Kind, Period
from dashboards.privacy.worlds import DEAR, NO_LIMIT, Number, Rule

FEWEST = 5
LARGEST_SHARE, TWO_LARGEST_SHARE = 0.60, 0.85

Key = tuple[str, Period, str, str]
Cells = dict[tuple[Period, str, str], Cell]
COMPANIES, CONTINUED, ONCE, MINUTES = "companies", "continued", "once", "minutes"
MUNICIPALITIES, COACHES = "municipalities", "coaches"
ATTENDED, REGISTERED = "attended", "registered"
# What adds up over time; companies and coaches come again.
ADDS_UP = (MINUTES, ONCE, ATTENDED, REGISTERED)


def is_few(count: int) -> bool:
    """Whether a count is one of those that would tell of single companies."""
    return 0 < count < FEWEST


def is_dominated(cell: Cell) -> bool:
    """Whether one or two companies stand for so much of the minutes that the sum tells of them."""
    return (
        cell.largest > LARGEST_SHARE * cell.minutes
        or cell.largest + cell.second > TWO_LARGEST_SHARE * cell.minutes
    )


def has_continued(period: Period, dimension: str) -> bool:
    """Whether K02 is told: for the region in every chosen period, for groups since start only.

    It asks whether a company has come twice in all. A company that has not was there in one period alone, so K01
    less K02 adds up over time, and there would be little left to show of either.
    """
    return period.kind == Kind.START or (dimension == Dimension.TOTAL and period.kind != Kind.MONTH)


def numbers_of(cells: Cells) -> dict[Key, Number]:
    """Every number of the overview, with its mask as the primary rules say."""
    found: dict[Key, Number] = {}
    for place, cell in cells.items():
        period, dimension, _group = place
        if dimension == Dimension.MUNICIPALITY:
            found[(COMPANIES, *place)] = _on_map(cell)
            continue
        whole = cells[period, Dimension.TOTAL, UNKNOWN]
        is_whole = dimension == Dimension.TOTAL
        price = DEAR * (1 + list(Kind).index(period.kind)) if is_whole else 0
        companies = _companies(cell, within_few=is_few(whole.companies) and not is_whole, price=price)
        found[(COMPANIES, *place)] = companies
        found[(MINUTES, *place)] = _minutes(cell, beneath=companies, price=price)
        companies.dependents = ((MINUTES, *place),)
        if not has_continued(period, dimension):
            continue
        found[(CONTINUED, *place)] = _continued(cell, beneath=companies, price=price)
        found[(ONCE, *place)] = _once(cell)
        companies.dependents += ((CONTINUED, *place),)
        if is_whole:
            covered = not is_few(cell.companies)
            found[(MUNICIPALITIES, *place)] = Number(cell.municipalities, covered, high=49, price=DEAR)
            found[(COACHES, *place)] = _coaches(cell)
            found[(ATTENDED, *place)] = _people(cell.attended)
            found[(REGISTERED, *place)] = _people(cell.registered)
    return found


def _on_map(cell: Cell) -> Number:
    """All hidden municipalities look alike, so one at nought may be hidden among them."""
    few = is_few(cell.companies)
    return Number(cell.companies, shown=not few, is_sensitive=few, price=cell.companies or DEAR // 4)


def _companies(cell: Cell, *, within_few: bool, price: int) -> Number:
    value = cell.companies
    if within_few:  # nothing of a split is told while the whole is few
        return Number(value, shown=False, high=FEWEST - 1, is_sensitive=value > 0)
    if is_few(value):
        return Number(value, shown=False, low=1, high=FEWEST - 1, is_sensitive=True)
    # Nought is always shown; what else is opened is known to be five or more.
    return Number(value, shown=True, low=FEWEST if value else 0, price=price + value if value else None)


def _continued(cell: Cell, *, beneath: Number, price: int) -> Number:
    value = cell.continued
    if not beneath.shown:
        return Number(value, shown=False, is_sensitive=is_few(value))
    if is_few(value):
        return Number(value, shown=False, low=1, high=FEWEST - 1, is_sensitive=True)
    return Number(value, shown=True, low=FEWEST if value else 0, price=price + value if value else None)


def _once(cell: Cell) -> Number:
    value = cell.companies - cell.continued
    few = is_few(value)
    return Number(value, shown=False, low=int(few), high=FEWEST - 1 if few else NO_LIMIT, is_sensitive=few)


def _minutes(cell: Cell, *, beneath: Number, price: int) -> Number:
    value, step = cell.minutes, max(1, cell.minutes // 10)
    hidden = is_few(cell.companies) or (cell.companies > 0 and is_dominated(cell))
    shown = beneath.shown and not hidden
    return Number(
        value, shown, is_sensitive=hidden, step=step, price=price + cell.companies if value else None
    )


def _coaches(cell: Cell) -> Number:
    number = _people(cell.coaches)
    number.shown = number.shown and not is_few(cell.members)
    return number


def _people(value: int) -> Number:
    """People are counted like companies: coaches, and those who come to meetings."""
    if is_few(value):
        return Number(value, shown=False, low=1, high=FEWEST - 1, is_sensitive=True)
    return Number(value, shown=True, low=FEWEST if value else 0, price=value or None)


def rules_of(cells: Cells, numbers: dict[Key, Number], sub_region_of: Mapping[str, str]) -> list[Rule]:
    """How the numbers hang together. `sub_region_of` says where each municipality lies."""
    return [
        *_within_cells(cells, numbers),
        *_parts_and_whole(numbers, sub_region_of),
        *_shorter_and_longer(numbers),
        *_coverage(cells, numbers, Counter(sub_region_of.values())),
    ]


def _within_cells(cells: Cells, numbers: dict[Key, Number]) -> Iterator[Rule]:
    """Companies are those with one session and those with more."""
    for key in cells:
        if (ONCE, *key) in numbers:
            yield Rule((((COMPANIES, *key), 1), ((CONTINUED, *key), -1), ((ONCE, *key), -1)))


def _parts_and_whole(numbers: dict[Key, Number], sub_region_of: Mapping[str, str]) -> Iterator[Rule]:
    """The groups of a split add up to the whole."""
    parts: dict[tuple[str, Period, str], list[Key]] = defaultdict(list)
    for measure, period, dimension, group in numbers:
        if dimension != Dimension.TOTAL:
            parts[measure, period, dimension].append((measure, period, dimension, group))
    for (measure, period, dimension), keys in parts.items():
        whole = (measure, period, str(Dimension.TOTAL), UNKNOWN)
        if dimension == Dimension.MUNICIPALITY:
            yield from _map(keys, sub_region_of)
        else:
            # By coach's organisation groups overlap. By how much is not shown; we take it that somebody knows.
            yield Rule((*((key, 1) for key in keys), (whole, -1)))
            for key in keys if dimension not in OF_COMPANY else ():
                yield Rule(((key, 1), (whole, -1)), slack=numbers[whole].value - numbers[key].value)


def _map(keys: Iterable[Key], sub_region_of: Mapping[str, str]) -> Iterator[Rule]:
    """The municipalities of a sub-region add up to it."""
    inside: dict[str, list[Key]] = defaultdict(list)
    for key in keys:
        inside[sub_region_of.get(key[3], UNKNOWN)].append(key)
    for sub_region, parts in inside.items():
        whole = (COMPANIES, parts[0][1], str(Dimension.SUB_REGION), sub_region)
        if sub_region:
            yield Rule((*((key, 1) for key in parts), (whole, -1)))


def _shorter_and_longer(numbers: dict[Key, Number]) -> Iterator[Rule]:
    """Minutes and attendances of shorter periods add up to the longer one. So do companies that came once.

    Other companies and coaches come again: a longer period has no fewer than any shorter, and no more than all.
    """
    children: dict[Key, list[Key]] = defaultdict(list)
    for measure, period, dimension, group in numbers:
        longer = period.parent
        if longer and (measure, longer, dimension, group) in numbers:
            children[measure, longer, dimension, group].append((measure, period, dimension, group))
    for whole, parts in children.items():
        if whole[0] in ADDS_UP:
            yield Rule((*((key, 1) for key in parts), (whole, -1)))
            continue
        many, value = sum(numbers[key].value for key in parts), numbers[whole].value
        yield Rule(((whole, 1), *((key, -1) for key in parts)), slack=many - value)
        for key in parts:
            yield Rule(((key, 1), (whole, -1)), slack=value - numbers[key].value)


def _coverage(cells: Cells, numbers: dict[Key, Number], inside: Mapping[str, int]) -> Iterator[Rule]:
    """A municipality that is covered has a company: coverage tells how many a hidden sub-region has at least."""
    by_period: dict[Period, list[Cell]] = defaultdict(list)
    for (period, dimension, _group), cell in cells.items():
        if dimension == Dimension.SUB_REGION:
            by_period[period].append(cell)
    for period, found in by_period.items():
        coverage = (MUNICIPALITIES, period, str(Dimension.TOTAL), UNKNOWN)
        few = [cell for cell in found if is_few(cell.companies)]
        others = sum(min(cell.companies, inside.get(cell.group, 0)) for cell in found if cell not in few)
        slack = others + sum(cell.companies for cell in few) - numbers[coverage].value
        parts = tuple(((COMPANIES, period, cell.dimension, cell.group), -1) for cell in few)
        yield Rule(((coverage, 1), *parts), slack=slack)
