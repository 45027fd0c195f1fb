"""The privacy rule of the overview (domain 7), as one function: what of each number may leave the house.

1. Primary: counts 1–4 are few; sums and medians ask for five companies.
2. Dominance: no sum that one or two companies stand for.
3. Secondary: hide more, until no hidden count can be told from everything that is shown together: other groups,
   the whole, longer and shorter periods, the map, K01 against K02, coverage (see `worlds` and `rules`).

What it decides is kept beside each figure, and `Cell.objects.readable_by` lets nothing else out (see ADR 0023).
"""

from collections.abc import Mapping, Sequence

from dashboards.dimensions import Dimension
from dashboards.models import MASKED, Cell, Mask
from dashboards.periods import Kind
from dashboards.privacy import rules
from dashboards.privacy.rules import COMPANIES, CONTINUED, MINUTES, ONCE, Key
from dashboards.privacy.worlds import Worlds

# How many shown numbers may be opened for the sake of one hidden, tried in this order.
OPENING = (0, 1, 2, 4, 8)


def protect(cells: Sequence[Cell], sub_region_of: Mapping[str, str]) -> list[dict[str, Mask]]:
    """The masks of every measure of every cell, in the order of the cells, which must be all there are."""
    by_place = {(cell.period, cell.dimension, cell.group): cell for cell in cells}
    numbers = rules.numbers_of(by_place)
    worlds = Worlds(numbers, rules.rules_of(by_place, numbers, sub_region_of))
    for key in sorted((key for key, number in numbers.items() if number.is_sensitive), key=_order):
        _protect(key, worlds)
    return [_masks(cell, worlds) for cell in cells]


def _order(key: Key) -> tuple[int, int, str]:
    """The whole before its parts, short periods before long: what little they lose helps the long ones."""
    measure, period, dimension, group = key
    return (
        dimension != Dimension.TOTAL,
        list(Kind).index(period.kind),
        f"{period.key} {measure} {dimension} {group}",
    )


def _protect(key: Key, worlds: Worlds) -> None:
    """Find another world for the number; where there is none, tell nothing of more and more around it."""
    measure, period, dimension, _group = key
    of_continued = (CONTINUED, ONCE) if measure in (CONTINUED, ONCE) else ()

    def spare(one: Key) -> bool:
        """A split is given up before a figure of the whole region, and K02 before K01."""
        return bool(of_continued and one[0] not in of_continued) or one[2] == Dimension.TOTAL != dimension

    if worlds.protect(key, opening=OPENING, spare=spare):
        return
    # Hidden companies hide what is told of them; a hidden whole would show in the sum of its parts.
    measures = of_continued or ((COMPANIES, MINUTES, CONTINUED, ONCE) if measure == COMPANIES else (measure,))
    near = [one for one in worlds.numbers if one[0] in measures and dimension in (one[2], Dimension.TOTAL)]
    for around in (
        [one for one in near if one[1] == period],
        [one for one in near if one[1].kind == period.kind],
        near,
    ):
        worlds.withhold(around)
        if worlds.protect(key, opening=(0,)):
            return


def _masks(cell: Cell, worlds: Worlds) -> dict[str, Mask]:
    place = (cell.period, cell.dimension, cell.group)
    masks = dict.fromkeys(MASKED, Mask.WITHHELD)
    for measure in MASKED:
        number = worlds.numbers.get((measure, *place))
        if number is None:
            continue
        if number.shown:
            masks[measure] = Mask.SHOWN
        elif number.low == 1 and number.high == rules.FEWEST - 1:
            masks[measure] = Mask.FEW
    if masks["minutes"] != Mask.SHOWN and masks["companies"] == Mask.FEW:
        masks["minutes"] = Mask.FEW
    elif masks["minutes"] != Mask.SHOWN and masks["companies"] == Mask.SHOWN and rules.is_dominated(cell):
        masks["minutes"] = Mask.DOMINATED
    return masks
