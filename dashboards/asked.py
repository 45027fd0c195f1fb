"""What the address asks for: a period, a split, and which map. A choice that does not exist is the usual one."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from coachnet.accounts.models import User
from dashboards.dimensions import SPLITS, Dimension
from dashboards.figures import Overview, available_periods
from dashboards.models import Cell
from dashboards.periods import START, Kind, Period, from_key

MAPS = ("sub_regions", "municipalities")


@dataclass(frozen=True)
class Asked:
    """One view of the overview. Its address tells all of it, so that it can be kept and shared."""

    overview: Overview
    map: str = MAPS[0]

    def url(self, route: str = "dashboards:overview", **more: str) -> str:
        """The address of a page or file with the same choices, some of them changed."""
        chosen = {"period": self.overview.period.key, "split": str(self.overview.split), "map": self.map}
        wanted = {name: value for name, value in (chosen | more).items() if value != MAPS[0]}
        # A group may have no name: "not stated".
        kept = {name: value for name, value in wanted.items() if value or name == "group"}
        return f"{reverse(route)}?{urlencode(kept)}"

    @property
    def filters(self) -> dict[str, str]:
        """The choices, for the audit log."""
        return {"period": self.overview.period.key, "split": str(self.overview.split)}


def asked_by(user: User, query: QueryDict) -> Asked:
    """Understand an address. Without a period: the latest quarter in which anything happened."""
    periods = available_periods()
    period = from_key(query.get("period", ""))
    if period not in periods:
        period = _latest(periods)
    split = query.get("split", "")
    wanted = Dimension(split) if split in SPLITS else SPLITS[0]
    chosen = query.get("map", "")
    return Asked(Overview(user, period, wanted, periods), chosen if chosen in MAPS else MAPS[0])


def _latest(periods: list[Period]) -> Period:
    happened = Cell.objects.filter(kind=Kind.QUARTER, dimension=Dimension.TOTAL, companies__gt=0)
    day = happened.order_by("-starts_on").values_list("starts_on", flat=True).first()
    found = Period(Kind.QUARTER, day) if day else START
    return found if found in periods else START
