"""Standing questions: asked all day, so Django writes their SQL once, and what differs is told at each asking.

Half of a page's time went to building, clone by clone, the SQL of queries that are the same every time but for a key
or a day. How it holds together:

1. A function builds a QuerySet out of the usual methods: the rule stays where it is defined. Where a value differs
   from one asking to the next stands `Given("day")`; where a list of keys, `Among("company", "companies")`. What the
   function takes by name alone is given to it so, and `build` with values is the QuerySet itself.
2. `@standing` keeps the SQL that Django makes of it, for each kind of asking: the positional arguments, which are few
   (what a role may, an order, which filters were chosen).
3. Asked, the values are put where they are given, as parameters, and Django makes the rows as it always does.
4. A day or a UUID that was built in and not given would be everybody's from then on: that raises.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Hashable
from copy import copy
from functools import lru_cache, partial, update_wrapper
from inspect import signature
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


class Among(Func):
    """Whether a column is one of the keys that are told at each asking, however many: `= ANY` and not `IN`.

    `keys` is the name they are given by, or an expression that is an array.
    """

    output_field = BooleanField()
    template, arg_joiner = "%(expressions)s)", " = ANY("

    def __init__(self, column: str, keys: str | Expression) -> None:
        super().__init__(F(column), Given(keys) if isinstance(keys, str) else keys)


class _Plan(NamedTuple, Generic[Row]):
    rows: QuerySet[Any, Row]
    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]

    def filled(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """The parameters with the values in their places. Raises KeyError for one that was not given."""
        return tuple(values[one.name] if isinstance(one, Given) else one for one in self.params)


class Standing(Generic[Row]):
    """A question and its SQL, from when it is first asked. `build` makes the QuerySet."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build
        self._given = {name: Given(name) for name in _named(build)}
        self._plan = lru_cache(maxsize=MOST)(self._write)
        update_wrapper(self, build)

    def __call__(self, *kind: Hashable, **values: Any) -> list[Row]:
        """The rows. `kind` goes to the function that builds the question, `values` into its SQL."""
        plan = self._plan(*kind)
        if plan is None:
            return []
        asked = plan.rows.all()
        asked.query.get_compiler = partial(_filled, plan, plan.filled(values))  # type: ignore[method-assign]
        return list(asked)

    def first(self, *kind: Any, **values: Any) -> Row | None:
        """The first row, or None. Asks for all: it is for questions that have one answer at most."""
        return next(iter(self(*kind, **values)), None)

    def explained(self, *kind: Hashable, **values: Any) -> str:
        """How Postgres would go about it, for tests."""
        plan = self._plan(*kind)
        assert plan
        with connections[plan.rows.db].cursor() as cursor:
            cursor.execute("EXPLAIN " + plan.sql, plan.filled(values))
            return "\n".join(line for (line,) in cursor.fetchall())

    def _build(self, *kind: Any, **given: Any) -> QuerySet[Any, Row]:
        return self.build(*kind, **given)

    def _write(self, *kind: Hashable) -> _Plan[Row] | None:
        """The SQL of a kind of asking; None for what Django knows to be empty."""
        rows = self._build(*kind, **self._given)
        compiler = rows.query.get_compiler(rows.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        for one in params:
            if isinstance(one, dt.date | dt.time | uuid.UUID) and one not in ALWAYS:
                raise ValueError(f"{one!r} is built into {self.build.__qualname__}: let it be given")
        return _Plan(rows, compiler, sql, tuple(params))


def standing(build: Callable[..., QuerySet[Any, Row]]) -> Standing[Row]:
    """Make a question that stands of a function that builds the QuerySet of each kind of asking."""
    return Standing(build)


def _named(build: Callable[..., Any]) -> list[str]:
    takes = signature(build).parameters.values()
    return [one.name for one in takes if one.kind is one.KEYWORD_ONLY]


def _filled(
    plan: _Plan[Any], params: tuple[Any, ...], using: str, *_args: Any, **_options: Any
) -> SQLCompiler:
    """The compiler as it was when it had written the SQL, on this thread's connection."""
    own = copy(plan.compiler)
    own.connection, own.using = connections[using], using
    own.as_sql = lambda *_args, **_kwargs: (plan.sql, params)  # type: ignore[method-assign]
    return own
