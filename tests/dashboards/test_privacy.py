"""The privacy rule: its three parts by hand, and somebody who tries to get round it on many networks."""

import datetime as dt
from random import Random

import pytest

from dashboards import privacy
from dashboards.models import Cell, Mask
from dashboards.periods import START, Kind, period_of
from dashboards.privacy.worlds import Number, Rule, Worlds
from tests.dashboards.attacker import Attacker, Place
from tests.dashboards.networks import SUB_REGION_OF, random_cells

Told = dict[Place, tuple[int | None, str]]
NETWORKS = range(24)


def cell(split: str, group: str, companies: int, *, period=START, **values) -> Cell:
    minutes = values.pop("minutes", companies * 600)
    even = {"largest": 600 if companies else 0, "second": 600 if companies > 1 else 0}
    facts = {"continued": companies, "municipalities": min(companies, 3)} | even | values
    return Cell(
        kind=period.kind,
        starts_on=period.starts_on,
        dimension=split,
        group=group,
        companies=companies,
        minutes=minutes,
        **facts,
    )


def split_of(**groups: int) -> list[Cell]:
    return [cell("total", "", sum(groups.values())), *(cell("size", key, n) for key, n in groups.items())]


def masks(cells: list[Cell], measure: str = "companies") -> dict[str, str]:
    found = privacy.protect(cells, SUB_REGION_OF)
    return {one.group or one.dimension: str(mask[measure]) for one, mask in zip(cells, found, strict=True)}


def test_five_and_more_are_shown_and_so_is_nought() -> None:
    assert set(masks(split_of(a=5, b=9, c=0)).values()) == {"shown"}


def test_one_to_four_are_few_and_the_next_smallest_goes_with_a_single_one() -> None:
    assert masks(split_of(a=3, b=7, c=20)) == {"total": "shown", "a": "few", "b": "withheld", "c": "shown"}


def test_two_hidden_whose_sum_tells_them_take_a_third_along() -> None:
    """1 + 1 = 2, and 4 + 4 = 8 of two that are at most 4 each: both would be known."""
    assert masks(split_of(a=1, b=1, c=8, d=9))["c"] == "withheld"
    assert masks(split_of(a=4, b=4, c=8, d=9))["c"] == "withheld"
    assert masks(split_of(a=2, b=3, c=8, d=9))["c"] == "shown"


def test_nothing_of_a_split_is_told_while_the_whole_is_few() -> None:
    assert masks(split_of(a=1, b=2, c=0)) == {
        "total": "few",
        "a": "withheld",
        "b": "withheld",
        "c": "withheld",
    }


def test_a_sum_that_one_or_two_companies_stand_for_is_not_shown() -> None:
    cells = split_of(a=6, b=6, c=6)
    cells[1].largest = 2200  # of 3600: 61 %
    cells[2].largest, cells[2].second = 1600, 1500  # 86 % together
    assert masks(cells, "minutes") == {"total": "shown", "a": "dominated", "b": "dominated", "c": "shown"}
    assert set(masks(cells).values()) == {"shown"}


def test_a_single_dominated_sum_takes_another_along() -> None:
    cells = split_of(a=6, b=7, c=8)
    cells[1].largest = 2200
    assert masks(cells, "minutes") == {"total": "shown", "a": "dominated", "b": "withheld", "c": "shown"}


def test_continued_is_hidden_when_the_rest_is_few() -> None:
    cells = split_of(a=9, b=9, c=9)
    cells[0].continued, cells[1].continued = 25, 7  # two of a's have come once
    found = masks(cells, "continued")
    assert found["a"] == "withheld"
    assert "shown" in set(found.values())


def test_a_quarter_is_not_told_by_its_year() -> None:
    """14 in the year, 5 and 5 in two quarters, few in the third: at least 4, so exactly 4."""
    quarters = [period_of(dt.date(2025, month, 1), Kind.QUARTER) for month in (1, 4, 7)]
    year = period_of(dt.date(2025, 1, 1), Kind.YEAR)
    cells = []
    for period, a, b in (*zip(quarters, (5, 5, 4), (9, 9, 9), strict=True), (year, 14, 15), (START, 14, 15)):
        cells += [cell("total", "", a + b, period=period)]
        cells += [cell("size", key, n, period=period) for key, n in (("a", a), ("b", b), ("c", 0))]
    told = {place: value for place, value in published(cells).items() if place[0] == "companies"}
    few = ("companies", quarters[2], "size", "a")
    assert told[few] == (None, "few")
    assert few not in Attacker(told, SUB_REGION_OF).secrets()
    assert told["companies", quarters[2], "size", "b"][0] is None
    assert any(told["companies", period, "size", "a"][0] is None for period in (*quarters[:2], year))


def test_a_second_world_keeps_every_rule() -> None:
    worlds = Worlds(
        {
            "a": Number(3, shown=False, low=1, high=4),
            "b": Number(2, shown=False, low=1, high=4),
            "all": Number(5, shown=True),
        },
        [Rule((("a", 1), ("b", 1), ("all", -1)))],
    )
    assert worlds.another("a", 1) == {"a": 1, "b": -1}
    worlds.numbers["b"].low = worlds.numbers["b"].high = 2
    assert worlds.another("a", 1) is None


def published(cells: list[Cell], *, secondary: bool = True) -> Told:
    """Everything that an official can read of the cells; without the secondary rule for the control."""
    told: Told = {}
    for one, mask in zip(
        cells, privacy.protect(cells, SUB_REGION_OF) if secondary else primary(cells), strict=True
    ):
        place = (one.period, one.dimension, one.group)
        measures = ["companies", "minutes"] if one.dimension != "municipality" else ["companies"]
        if privacy.rules.has_continued(one.period, one.dimension) and len(measures) == 2:
            measures.append("continued")
        for measure in measures:
            shown = mask[measure] == Mask.SHOWN
            told[(measure, *place)] = (getattr(one, measure) if shown else None, str(mask[measure]))
    return told


def primary(cells: list[Cell]) -> list[dict[str, Mask]]:
    """The masks with only what rule 1 says, as if nobody could subtract."""
    states = []
    for one in cells:
        few = Mask.FEW if 0 < one.companies < 5 else Mask.SHOWN
        continued = Mask.FEW if 0 < one.continued < 5 else Mask.SHOWN
        states.append({"companies": few, "minutes": few, "continued": continued})
    return states


@pytest.mark.parametrize("seed", NETWORKS)
def test_differencing_everything_that_is_shown_tells_no_hidden_count(seed: int) -> None:
    cells = random_cells(Random(seed))
    attacker = Attacker(published(cells), SUB_REGION_OF)
    assert attacker.secrets() == {}
    sensitive = {
        ("minutes", one.period, one.dimension, one.group)
        for one in cells
        if privacy.rules.is_few(one.companies) or (one.companies and privacy.rules.is_dominated(one))
    }
    assert attacker.minutes_known() & sensitive == set()


def test_the_attacker_can_succeed() -> None:
    """The control: with the secondary rule off, nearly every network gives something away, and it is right."""
    found = right = broken = 0
    for seed in NETWORKS:
        cells = random_cells(Random(seed))
        secrets = Attacker(published(cells, secondary=False), SUB_REGION_OF).secrets()
        exact = {(one.period, one.dimension, one.group): one for one in cells}
        broken += bool(secrets)
        for (measure, period, split, group), value in secrets.items():
            if measure in ("companies", "continued"):
                found += 1
                right += value == getattr(exact[period, split, group], measure)
    assert broken > len(NETWORKS) * 0.8
    assert found > 100
    assert right == found


def test_most_is_still_shown_in_a_network_of_middling_size() -> None:
    """Hiding everything would be safe and useless."""
    shares = []
    for seed in NETWORKS:
        cells = [one for one in random_cells(Random(seed)) if one.dimension != "municipality"]
        if max(one.companies for one in cells) >= 60:
            large = [state for place, state in published(cells).items() if place[0] == "companies"]
            possible = [one for one in cells if one.companies == 0 or one.companies >= 5]
            shares.append(sum(value is not None for value, _state in large) / len(possible))
    assert shares
    assert min(shares) > 0.7


def test_the_same_cells_get_the_same_masks() -> None:
    cells = random_cells(Random(3))
    assert privacy.protect(cells, SUB_REGION_OF) == privacy.protect(cells, SUB_REGION_OF)
