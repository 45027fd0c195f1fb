"""What the invented region aims at: this quarter and this programme year."""

import datetime as dt

from dashboards.models import Code
from dashboards.periods import Kind, period_of
from dashboards.targets import set_targets

AIMS: dict[Kind, dict[str, int | None]] = {
    Kind.QUARTER: {Code.K01: 80, Code.K03: 150, Code.K04: 40},
    Kind.YEAR: {Code.K01: 150, Code.K02: 120, Code.K03: 500, Code.K04: 45, Code.K06: 12, Code.K18: 150},
}


def plant_targets(today: dt.date) -> None:
    """Target values of the periods that today lies in."""
    for kind, wanted in AIMS.items():
        set_targets(period=period_of(today, kind), wanted=wanted)
