"""Pages by key: the next page starts after the last row shown, so new rows above never repeat or hide one."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest

PAGE = 25
M = TypeVar("M", bound=models.Model)


@dataclass
class Page(Generic[M]):
    """Rows, and the address of the next page where there is one."""

    rows: list[M]
    next_url: str = ""


def _address(request: HttpRequest, cursor: str) -> str:
    query = [(name, value) for name, value in request.GET.items() if name != "after"]
    return f"{request.path}?{urlencode([*query, ('after', cursor)])}"


def _cursor(request: HttpRequest) -> tuple[str, uuid.UUID] | None:
    """The place and id in `after=`; None when there is none or it makes no sense."""
    place, _sign, key = request.GET.get("after", "").partition("_")
    try:
        return place, uuid.UUID(key)
    except ValueError:
        return None


def _page(request: HttpRequest, rows: list[M], field: str) -> Page[M]:
    if len(rows) <= PAGE:
        return Page(rows)
    last = rows[PAGE - 1]
    place = getattr(last, field)
    return Page(rows[:PAGE], _address(request, f"{place.isoformat() if place else ''}_{last.pk}"))


def newest_first(request: HttpRequest, rows: models.QuerySet[M], *, are_few: bool = False) -> Page[M]:
    """One page by end and id, the latest first.

    `are_few`: the rows are one coach's among everybody's. Then the order is an expression that no index has: Postgres
    sorts what is hers, where it would otherwise read everybody's by date until it has met enough of hers.
    """
    cursor = _cursor(request)
    if cursor:
        try:
            end = dt.datetime.fromisoformat(cursor[0])
        except ValueError:
            end = None
        if end and end.tzinfo:
            rows = rows.filter(Q(ends_at__lt=end) | Q(ends_at=end, pk__lt=cursor[1]))
    return newest_of(request, list(newest(rows, are_few=are_few)))


def newest(rows: models.QuerySet[M], *, are_few: bool = False) -> models.QuerySet[M]:
    """The rows of the first page, and one more if there are more."""
    latest = (F("ends_at") + dt.timedelta()).desc() if are_few else F("ends_at").desc()
    return rows.order_by(latest, "-id")[: PAGE + 1]


def newest_of(request: HttpRequest, found: list[M]) -> Page[M]:
    """The page of what `newest` found."""
    return _page(request, found, "ends_at")


def soonest_first(request: HttpRequest, rows: models.QuerySet[M]) -> Page[M]:
    """One page by `due_on` and id, the soonest first; rows without a day come last."""
    cursor = _cursor(request)
    if cursor and not cursor[0]:
        rows = rows.filter(due_on=None, pk__gt=cursor[1])
    elif cursor:
        try:
            day = dt.date.fromisoformat(cursor[0])
        except ValueError:
            day = None
        if day:
            rows = rows.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=cursor[1]) | Q(due_on=None))
    ordered = rows.order_by(F("due_on").asc(nulls_last=True), "id")
    return _page(request, list(ordered[: PAGE + 1]), "due_on")
