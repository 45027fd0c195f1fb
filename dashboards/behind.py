"""The companies behind a number, for those who may see them. They count to it: whoever is hidden is counted too.

The rows are those the number was made of (CompanyPeriod), so that the two agree also while a change waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Sum
from django.http import QueryDict

from coachnet.lib.keyset import page_of
from dashboards.asked import Asked
from dashboards.cards import K01, K02, Measure
from dashboards.dimensions import UNKNOWN, Dimension, groups
from dashboards.models import CompanyPeriod

MEASURES = {"companies": K01, "continued": K02}


@dataclass(frozen=True)
class Behind:
    """One page of the companies, and what they add up to."""

    measure: Measure
    group_name: str
    total: int
    minutes: int
    unseen: int
    rows: Sequence[CompanyPeriod]
    next_url: str


def rows_behind(asked: Asked, query: QueryDict) -> Behind | None:
    """What the address asks for; None for a measure or a group that does not exist."""
    name = query.get("figure", "companies")
    is_whole = "group" not in query
    dimension = Dimension.TOTAL if is_whole else asked.overview.split
    group = query.get("group", UNKNOWN)
    names = groups(dimension)
    if name not in MEASURES or group not in names:
        return None
    found = CompanyPeriod.objects.during(asked.overview.period).in_group(dimension, group)
    if name == "continued":
        found = found.filter(is_continued=True)
    total = found.count()
    seen = found.visible_to(asked.overview.user).select_related("company__municipality")
    after = query.get("after", "")
    page = page_of(seen.annotate(place=F("company__sort_key")), by=("place", "company_id", "pk"), after=after)
    chosen = {"figure": name} | ({} if is_whole else {"group": group})
    more = (
        asked.url("dashboards:overview-companies", after=page.after, map="", **chosen) if page.after else ""
    )
    return Behind(
        MEASURES[name],
        names[group],
        total,
        found.aggregate(minutes=Sum("minutes"))["minutes"] or 0,
        total - seen.count(),
        page.rows,
        more,
    )
