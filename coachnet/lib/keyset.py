"""Pages of a list by key: the next page starts after the last row, however long the list is.

A large OFFSET reads and throws away all rows before it, and shows a row twice when one is added meanwhile.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from coachnet.lib.standing import Given

M = TypeVar("M", bound=models.Model)
R = TypeVar("R")  # a model, or a dict of values
SALT = "coachnet.lib.keyset"
SIZE = 25  # rows on a page


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page of rows. `after` is the token of the next page, empty on the last."""

    rows: list[M]
    after: str


class _Encoder(DjangoJSONEncoder):
    """Django's cuts moments to milliseconds: rows of the same moment would be left out of the next page."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, dt.datetime) else super().default(o)


class _Serializer:
    """JSON that knows dates, moments, decimals and UUIDs; the database reads their text back."""

    def dumps(self, obj: Any) -> bytes:
        return json.dumps(obj, separators=(",", ":"), cls=_Encoder).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


def page_of(rows: "models.QuerySet[M]", *, by: Sequence[str], after: str = "", size: int = SIZE) -> Page[M]:
    """The page that follows the token `after`, or the first.

    `by` names fields or annotations, "-" in front for descending. None of them may be NULL (Coalesce
    first), and together they must be unique, so end with the primary key. The token is signed: one that
    was tampered with, or made for another order, gives the first page.
    """
    position = position_of(after, by=by)
    return cut(list(further(rows, by=by, position=position, size=size)), by=by, size=size)


def further(
    rows: "models.QuerySet[M]", *, by: Sequence[str], position: Sequence[Any] | None, size: int = SIZE
) -> "models.QuerySet[M]":
    """The rows of the page after the position, and one more if there are more: `page_of` in halves, with `cut`."""
    ordered = rows.order_by(*by)
    if position is not None:
        ordered = ordered.filter(_later_than(position, by))
    return ordered[: size + 1]


def given_position(by: Sequence[str]) -> list[Given]:
    """For `further` in a standing question: a position that is told when it is asked, by `as_given`."""
    return [Given(f"after{n}") for n in range(len(by))]


def as_given(position: Sequence[Any] | None) -> dict[str, Any]:
    """The values of a position, as a standing question is told them."""
    return {f"after{n}": value for n, value in enumerate(position or ())}


def cut(found: list[M], *, by: Sequence[str], size: int = SIZE) -> Page[M]:
    """The page that `further` found."""
    if len(found) <= size:
        return Page(found, "")
    last = found[size - 1]
    values = [getattr(last, name.lstrip("-")) for name in by]
    return Page(found[:size], signing.dumps([list(by), values], salt=SALT, serializer=_Serializer))


def chunks(
    rows: "models.QuerySet[Any, R]", *, by: Sequence[str], size: int, first: int
) -> "Iterator[list[R]]":
    """All rows in order, so many at a time, the `first` ones soon: for a file that streams. `by` as for `page_of`.

    Each chunk is a query of its own that begins after the last row of the one before. So no cursor or transaction is
    held open while a slow reader reads, nothing outlives a transaction of PgBouncer's, and memory stays flat. The
    price: a row that changes its place meanwhile may come twice or not at all. Rows may be dicts.
    """
    ordered, many = rows.order_by(*by), first
    found = list(ordered[:many])
    while found:
        yield found
        if len(found) < many:
            return
        last: Any = found[-1]
        names = [name.lstrip("-") for name in by]
        position = [last[name] if isinstance(last, dict) else getattr(last, name) for name in names]
        many = size
        found = list(ordered.filter(_later_than(position, by))[:many])


def is_position(after: str, *, by: Sequence[str]) -> bool:
    """Whether the token was given out by a list in this order."""
    return position_of(after, by=by) is not None


def position_of(after: str, *, by: Sequence[str]) -> list[Any] | None:
    """Where a page begins: the values of the row before it, as text where JSON knows no better. None is the first."""
    if not after:
        return None
    try:
        made_for, values = signing.loads(after, salt=SALT, serializer=_Serializer)
    except signing.BadSignature:
        return None
    return values if made_for == list(by) else None


def _later_than(position: Sequence[Any], by: Sequence[str]) -> Q:
    """(a, b, c) after (x, y, z): a beyond x, or a = x and b beyond y, or …

    That a is x or beyond follows, and is said too: an index on a finds its place by it.
    """
    later, same = Q(), Q()
    for name, value in zip(by, position, strict=True):
        field = name.lstrip("-")
        beyond = f"{field}__lt" if name.startswith("-") else f"{field}__gt"
        later |= same & Q((beyond, value))
        same &= Q((field, value))
    first = by[0].lstrip("-")
    from_here = Q((f"{first}__lte" if by[0].startswith("-") else f"{first}__gte", position[0]))
    return from_here & later
