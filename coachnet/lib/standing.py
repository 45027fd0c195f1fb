"""Questions that stand: Django writes their SQL once in each process, and every request fills in its values.

    @standing
    def drafts(order: str) -> QuerySet[SessionDraft]:
        return SessionDraft.objects.of(given("coach")).order_by(order)

    drafts("-changed_at", coach=user.pk)  # a list of SessionDraft, as the QuerySet itself would give it

To build a query anew takes Django longer than Postgres to answer it. The rule stays where it is defined, in the
methods of QuerySets. What else makes the SQL differ (what a role may, an order, which filters were chosen) goes in as
positional arguments, few and small; the SQL of each such kind is kept. A day or a UUID that is built in and not given
would be everybody's from then on: that raises.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Hashable
from copy import copy
from functools import lru_cache, partial, update_wrapper
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BooleanField, Expression, F, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
MOST = 500  # kinds of one question that are kept
ALWAYS = frozenset({dt.date.min, dt.date.max})  # days that stand for "never" may be built in


class Given(Expression):
    """The place of a value in a question: what a filter or annotation holds until somebody asks."""

    def __init__(self, name: str, output_field: Any = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        """Stand among the parameters in place of the value."""
        return "%s", [self]


def given(name: str, output_field: Any = None) -> Any:
    """The value that the question is asked with under this name, for any field or method that takes one."""
    return Given(name, output_field)


def among(field: str, keys: str | Expression) -> Func:
    """Whether a field is one of the keys that are given under a name, however many, or that an expression makes."""
    is_one = {"template": "%(expressions)s)", "arg_joiner": " = ANY("}
    told = Given(keys) if isinstance(keys, str) else keys
    return Func(F(field), told, output_field=BooleanField(), **is_one)


class _Plan(NamedTuple, Generic[Row]):
    rows: QuerySet[Any, Row]
    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]
    names: frozenset[str]


class Standing(Generic[Row]):
    """A question and its SQL, from when it is first asked. `build` makes the QuerySet."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build
        self._plan = lru_cache(maxsize=MOST)(self._write)
        update_wrapper(self, build)

    def __call__(self, *kind: Hashable, **values: Any) -> list[Row]:
        """The rows. Raises KeyError when a value is missing, TypeError when one has no place."""
        plan = self._plan(*kind)
        if plan is None:
            return []
        if unknown := values.keys() - plan.names:
            raise TypeError(f"No place for {', '.join(sorted(unknown))}")
        filled = tuple(values[one.name] if isinstance(one, Given) else one for one in plan.params)
        asked = plan.rows.all()
        asked.query.get_compiler = partial(_filled, plan, filled)  # type: ignore[method-assign]
        return list(asked)

    def _write(self, *kind: Hashable) -> _Plan[Row] | None:
        """The SQL of a kind of asking; None for what Django knows to be empty."""
        rows = self.build(*kind)
        compiler = rows.query.get_compiler(rows.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        for one in params:
            if isinstance(one, dt.date | dt.time | uuid.UUID) and one not in ALWAYS:
                raise ValueError(f"{one!r} is built into {self.build.__qualname__}: let it be given")
        names = frozenset(one.name for one in params if isinstance(one, Given))
        return _Plan(rows, compiler, sql, tuple(params), names)


def standing(build: Callable[..., QuerySet[Any, Row]]) -> Standing[Row]:
    """Make a question that stands of a function that builds the QuerySet of each kind of asking."""
    return Standing(build)


def _filled(
    plan: _Plan[Any], params: tuple[Any, ...], using: str, *_args: Any, **_options: Any
) -> SQLCompiler:
    """The compiler as it was when it had written the SQL, on this thread's connection."""
    own = copy(plan.compiler)
    own.connection, own.using = connections[using], using
    own.as_sql = lambda *_args, **_kwargs: (plan.sql, params)  # type: ignore[method-assign]
    return own
