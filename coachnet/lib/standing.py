"""Standing questions: asked all day, so Django writes their SQL once, and what differs is told at each asking.

Half of a list's time went to building, clone by clone, the SQL of queries that are the same every time but for a key
or a day. How it holds together:

1. A function builds a QuerySet out of the usual methods: the rule stays where it is defined. Where a value differs
   from one asking to the next stands `Given("day")`; where a list of keys, `Among("company", "companies")`.
2. `@standing` keeps the SQL that Django makes of it, for each kind of asking: the positional arguments, which are few
   (what a role may, an order, which filters were chosen).
3. Asked, the values are put where they are given, as parameters. Rows come as the QuerySet would give them: models
   with the columns of `only` and `select_related`, dicts of `values`, tuples of `values_list`.
4. A day or a UUID that was built in and not given would be everybody's from then on: that raises.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache, update_wrapper
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import BooleanField, Expression, F, Func, QuerySet
from django.db.models.query import ModelIterable, ValuesIterable, ValuesListIterable, get_related_populators

MOST = 500  # kinds of one question that are kept
Make = Callable[[Any], Any]  # a row of the database into what the QuerySet gives


@dataclass(frozen=True)
class Slot:
    """The place of a given value among the parameters."""

    name: str


class Given(Expression):
    """A value that is told at each asking."""

    def __init__(self, name: str, output_field: Any = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A placeholder."""
        return "%s", [Slot(self.name)]


class Among(Func):
    """Whether a column is one of the keys that are told at each asking, however many: `= ANY` and not `IN`.

    `keys` is the name they are given by, or an expression that is an array.
    """

    output_field = BooleanField()

    def __init__(self, column: str, keys: Any) -> None:
        super().__init__(F(column), Given(keys) if isinstance(keys, str) else keys)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The column against an array."""
        column, keys = (compiler.compile(one) for one in self.source_expressions)
        return f"{column[0]} = ANY({keys[0]})", [*column[1], *keys[1]]


@dataclass(frozen=True)
class Written:
    """The SQL of one kind of asking."""

    sql: str
    params: tuple[Any, ...]
    converters: tuple[tuple[int, Any, Any], ...]
    make: Make

    def told(self, given: dict[str, Any]) -> list[Any]:
        """The parameters with the given values in their places. Raises KeyError for one that was not given."""
        return [given[one.name] if isinstance(one, Slot) else one for one in self.params]


class Standing:
    """A question that stands: see the module."""

    def __init__(self, build: Callable[..., "QuerySet[Any, Any]"]) -> None:
        self.build = build
        self._written = lru_cache(maxsize=MOST)(self._write)
        update_wrapper(self, build)

    def __call__(self, *kind: Hashable, **given: Any) -> list[Any]:
        """The rows. `kind` goes to the function that builds the question, `given` into its SQL."""
        alias = router.db_for_read(None)  # type: ignore[arg-type]  # ours goes by the view, not by the model
        written = self._written(alias, *kind)
        if written is None:
            return []
        connection = connections[alias]
        with connection.cursor() as cursor:
            cursor.execute(written.sql, written.told(given))
            rows: Iterable[Any] = cursor.fetchall()
        if written.converters:
            rows = [_converted(row, written.converters, connection) for row in rows]
        return [written.make(row) for row in rows]

    def explained(self, *kind: Hashable, **given: Any) -> str:
        """How Postgres would go about it, for tests."""
        alias = router.db_for_read(None)  # type: ignore[arg-type]
        written = self._written(alias, *kind)
        assert written is not None
        with connections[alias].cursor() as cursor:
            cursor.execute("EXPLAIN " + written.sql, written.told(given))
            return "\n".join(line for (line,) in cursor.fetchall())

    def _write(self, alias: str, *kind: Hashable) -> Written | None:
        rows = self.build(*kind).using(alias)
        assert not rows._prefetch_related_lookups, "A standing question fetches nothing beside"  # type: ignore[attr-defined]
        compiler = rows.query.get_compiler(alias)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        for one in params:
            if isinstance(one, dt.date | uuid.UUID) and one not in CONSTANT:
                raise ValueError(f"{one!r} is built into {self.build.__qualname__}: let it be given")
        converters = compiler.get_converters([expression for expression, _sql, _name in compiler.select])
        return Written(
            sql,
            tuple(params),
            tuple((place, *found) for place, found in converters.items()),
            _maker(rows, compiler, alias),
        )


# Days that stand for "never" and may be built in.
CONSTANT = frozenset({dt.date.min, dt.date.max})


def standing(build: Callable[..., "QuerySet[Any, Any]"]) -> Standing:
    """Have the SQL of the QuerySets that the function builds written once for each kind of asking."""
    return Standing(build)


def _converted(row: Any, converters: Iterable[tuple[int, Any, Any]], connection: Any) -> list[Any]:
    values = list(row)
    for place, how, expression in converters:
        for convert in how:
            values[place] = convert(values[place], expression, connection)
    return values


def _maker(rows: "QuerySet[Any, Any]", compiler: Any, alias: str) -> Make:
    kind = rows._iterable_class
    if kind is ValuesListIterable:
        return tuple
    if kind is ValuesIterable:
        query = rows.query
        names = tuple(query.selected or (*query.values_select, *query.annotation_select))
        return lambda row: dict(zip(names, row, strict=True))
    assert kind is ModelIterable, f"A standing question gives models, values or values_list, not {kind}"
    return _model_maker(compiler, alias)


def _model_maker(compiler: Any, alias: str) -> Make:
    """As Django's own ModelIterable does it, what is the same for all rows worked out beforehand."""
    info, select = compiler.klass_info, compiler.select
    model, fields = info["model"], info["select_fields"]
    start, end = fields[0], fields[-1] + 1
    names = [expression.target.attname for expression, _sql, _name in select[start:end]]
    around = get_related_populators(info, select, alias)  # type: ignore[call-arg]  # the stubs are ahead of Django
    annotations = tuple(compiler.annotation_col_map.items()) if compiler.annotation_col_map else ()

    def make(row: Any) -> Any:
        made = model.from_db(alias, names, row[start:end])
        for one in around:
            one.populate(row, made)
        for name, place in annotations:
            setattr(made, name, row[place])
        return made

    return make
