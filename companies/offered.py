"""What the list of companies can be narrowed by, where that stands in the database: all of it by one query."""

from collections import defaultdict
from functools import cache, lru_cache
from typing import Any

from django.db import connection
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language

from coachnet.accounts.models import Organisation
from coachnet.lib.swedish import sort_keys
from companies.models import CircularStrategy, Municipality, SubRegion

Pairs = list[tuple[str, str]]


def offered() -> dict[str, Pairs]:
    """Value and words of each choice, in the reader's language and in Swedish order, by the filter's name."""
    sql, params = _query()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return _in_order(tuple(cursor.fetchall()), get_language() == "en")


@lru_cache(maxsize=10)
def _in_order(rows: tuple[tuple[str, str, str, str], ...], is_english: bool) -> dict[str, Pairs]:  # noqa: FBT001
    """The same rows come every time but when somebody adds an organisation: what they make is kept by them."""
    found: dict[str, Pairs] = defaultdict(list)
    keys = sort_keys([_sorted_by(row) for row in rows])
    for filter_, value, swedish, english in sorted(rows, key=lambda row: (keys[_sorted_by(row)], row[1])):
        words = english if is_english and english else swedish
        found[filter_].append((value, f"{value} {words}" if filter_ == "strategy" else words))
    return dict(found)


def _sorted_by(row: tuple[str, str, str, str]) -> str:
    filter_, value, swedish, _english = row
    return value if filter_ == "strategy" else swedish


@cache
def _query() -> tuple[str, tuple[Any, ...]]:
    """Four tables in one query. It is the same for everybody, so Django writes its SQL only once."""
    parts = (
        _part("strategy", CircularStrategy.objects, "name_sv", "name_en"),
        _part("sub_region", SubRegion.objects, "name"),
        _part("municipality", Municipality.objects, "name"),
        _part("organisation", Organisation.objects, "name"),
    )
    first, *others = parts
    sql, params = first.union(*others, all=True).query.sql_with_params()
    return sql, tuple(params)


def _part(name: str, rows: Any, swedish: str, english: str = "") -> QuerySet[Any, Any]:
    return rows.order_by().values_list(
        Value(name),
        Cast("pk", CharField()),
        F(swedish),
        F(english) if english else Value(""),
    )
