"""Questions whose SQL is written once: Django builds that of a query anew each time, at a millisecond or five.

`@written` goes above a function that makes a QuerySet from keys. It is called with marks once and its SQL kept; after
that each call puts its own keys where the marks stand, and gets rows as from the QuerySet (ADR 0035).
"""

import copy
import datetime as dt
import uuid
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

Row = TypeVar("Row")
Key = int | str | uuid.UUID
Params = tuple[Any, ...]


class _Plan(NamedTuple):
    """A question in SQL: the QuerySet it was written from, its compiler, and which key each of its marks stands for."""

    rows: QuerySet[Any, Any]
    compiler: Any
    sql: str
    params: Params
    places: tuple[tuple[int, int], ...]


class Question(Generic[Row]):
    """What is asked about keys. `django` makes the QuerySet that it gives the rows of."""

    def __init__(self, django: Callable[..., QuerySet[Any, Row]]) -> None:
        self.django = django
        self._plans: dict[Hashable, _Plan | None] = {}
        self.__doc__ = django.__doc__

    def answer(
        self, kind: Hashable, keys: Sequence[Key], ask: Callable[..., QuerySet[Any, Row]]
    ) -> list[Row]:
        """The rows for these keys; `kind` is what else makes the SQL differ. `ask` takes marks in their place."""
        known = (kind, *map(type, keys))
        if known not in self._plans:
            marks = [_mark(key, place) for place, key in enumerate(keys)]
            self._plans[known] = _write(ask(*marks), marks)
        plan = self._plans[known]
        return _rows(plan, keys) if plan else []


class Written(Question[Row]):
    """A question whose SQL is the same for every reader."""

    def __call__(self, *keys: Key) -> list[Row]:
        """The rows for these keys. None is no key: that would be another question."""
        return self.answer((), keys, self.django)


def written(django: Callable[..., QuerySet[Any, Row]]) -> Written[Row]:
    """A QuerySet of keys, the same for every reader, asked by SQL that is written once."""
    return Written(django)


def _mark(key: Key, place: int) -> Key:
    """What stands in for a key of that type, and is never one."""
    if isinstance(key, uuid.UUID):
        return uuid.UUID(int=0xC0AC_0000_0000_0000_0000_0000_0000 + place)
    if isinstance(key, str):
        return f"\x01mark {place}\x01"
    if type(key) is int:  # a truth is no key
        return 7_305_918_440_112_000 + place
    raise TypeError(f"A written question takes keys, not {key!r}.")


def _write(rows: QuerySet[Any, Any], marks: Sequence[Key]) -> _Plan | None:
    """The SQL with its marks; None for what Django knows to be empty. Raises ValueError for what cannot be kept."""
    compiler = rows.query.get_compiler(using=rows.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    places = tuple((at, marks.index(param)) for at, param in enumerate(params) if param in marks)
    others = [param for param in params if param not in marks]
    if any(str(mark) in f"{sql} {others!r}" for mark in marks):
        raise ValueError("A key is hidden in the SQL or in another value.")
    if any(isinstance(param, dt.date | dt.time) for param in others):
        raise ValueError("A moment would be kept as it was the first time.")
    return _Plan(rows, compiler, sql, tuple(params), places)


def _rows(plan: _Plan, keys: Sequence[Key]) -> list[Any]:
    params = list(plan.params)
    for at, place in plan.places:
        params[at] = keys[place]
    rows: Any = plan.rows.all()
    compiler = copy.copy(plan.compiler)
    compiler.using, compiler.connection = rows.db, connections[rows.db]
    compiler.as_sql = lambda *_args, **_options: (plan.sql, tuple(params))
    rows.query.get_compiler = lambda *_args, **_options: compiler
    return list(rows)
