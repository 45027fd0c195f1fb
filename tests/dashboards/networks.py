"""Random networks as the rollup sees them, without a database: many can be tried in a short time."""

import datetime as dt
from collections import defaultdict
from random import Random

from dashboards.dimensions import Dimension
from dashboards.models import Cell, CompanyPeriod
from dashboards.periods import Kind, Period, periods_of
from tests.dashboards.by_hand import cells_of

SUB_REGION_OF = {
    f"14{number:02}": code
    for number, code in enumerate(["BOR"] * 8 + ["FYR"] * 14 + ["GBG"] * 12 + ["SKA"] * 15)
}
GROUPS = {
    Dimension.SUB_REGION: ["BOR", "FYR", "GBG", "SKA", ""],
    Dimension.INDUSTRY: [*"abcdefgh", ""],
    Dimension.SIZE: ["micro", "small", "medium", "large", ""],
    Dimension.STRATEGY: [*(f"C{number:02}" for number in range(1, 10)), ""],
    Dimension.ORGANISATION: [*"abcd"],
    Dimension.MUNICIPALITY: [*SUB_REGION_OF],
}


def random_cells(chance: Random) -> list[Cell]:
    """The cells of a network of 6 to 120 companies over 3 to 20 months, thin at the start as real ones are."""
    rows: dict[tuple[int, Period, str], list[int]] = defaultdict(lambda: [0, 0])
    sessions: dict[int, int] = defaultdict(int)
    facts = {}
    months = chance.choice([3, 8, 14, 20])
    often = chance.choice([1, 2, 5])
    for company in range(chance.choice([6, 15, 30, 60, 120])):
        municipality = chance.choice([*SUB_REGION_OF][: chance.choice([10, 49])])
        facts[company] = {
            "municipality": municipality,
            "sub_region": SUB_REGION_OF[municipality],
            "industry": chance.choice(GROUPS[Dimension.INDUSTRY]),
            "size": chance.choices(GROUPS[Dimension.SIZE], [5, 4, 2, 1, 1])[0],
            "strategy": chance.choice(GROUPS[Dimension.STRATEGY]),
        }
        first, kind = chance.randrange(months), chance.choice(GROUPS[Dimension.ORGANISATION])
        for _ in range(chance.randint(1, 2 * often)):
            month = chance.randrange(first, months)
            minutes = chance.choice([30, 60, 90, 240])
            sessions[company] += 1
            for period in periods_of(dt.date(2025 + month // 12, month % 12 + 1, 1)):
                for at in ("",) if period.kind == Kind.MONTH else ("", kind):
                    rows[company, period, at][0] += 1
                    rows[company, period, at][1] += minutes
    by_period = defaultdict(list)
    for (company, period, at), (many, minutes) in rows.items():
        by_period[period].append(
            CompanyPeriod(
                company_id=company,
                kind=period.kind,
                starts_on=period.starts_on,
                organisation_kind=at,
                sessions=many,
                minutes=minutes,
                is_continued=sessions[company] >= 2,
                **facts[company],
            )
        )
    return [
        cell
        for period in sorted(by_period)
        for cell in cells_of(period, by_period[period], groups=GROUPS, coaches=9, members=12)
    ]
