"""Questions that stand: Django writes their SQL once in each process, and every request fills in its values.

    @standing
    def drafts() -> QuerySet[SessionDraft]:
        return SessionDraft.objects.of(given("coach"))

    drafts(coach=user.pk)  # a list of SessionDraft, as the QuerySet itself would give it

To build a query anew takes Django longer than to ask it. What a question is must then not depend on who asks, only
its values: whoever may see more than others needs a question of her own. Prefetches and slices work, a slice being
part of the SQL.
"""

from collections.abc import Callable
from copy import copy
from functools import cached_property, partial, update_wrapper
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import BooleanField, Expression, F, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


class Given(Expression):
    """The place of a value in a question: what a filter or annotation holds until somebody asks."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        """Stand among the parameters in place of the value."""
        return "%s", [self]


def given(name: str) -> Any:
    """The value that the question is asked with under this name, for any field or method that takes one."""
    return Given(name)


def among(field: str, name: str) -> Func:
    """The condition that a field is one of the values in the list that the question is asked with."""
    is_one = {"template": "%(expressions)s)", "arg_joiner": " = ANY("}
    return Func(F(field), Given(name), output_field=BooleanField(), **is_one)


class Standing(Generic[Row]):
    """A question and its SQL, from when it is first asked."""

    def __init__(self, make: Callable[[], QuerySet[Any, Row]]) -> None:
        self._make = make
        update_wrapper(self, make)

    @cached_property
    def _written(self) -> tuple[QuerySet[Any, Row], SQLCompiler, str, tuple[Any, ...]]:
        rows = self._make()
        compiler = rows.query.get_compiler(rows.db)
        sql, params = compiler.as_sql()
        return rows, compiler, sql, tuple(params)

    def __call__(self, **values: Any) -> list[Row]:
        """Ask. Raises KeyError when a value is missing, TypeError when one has no place."""
        rows, compiler, sql, params = self._written
        filled = tuple(values[one.name] if isinstance(one, Given) else one for one in params)
        if unknown := values.keys() - {one.name for one in params if isinstance(one, Given)}:
            raise TypeError(f"No place for {', '.join(sorted(unknown))}")
        asked = rows.all()
        asked.query.get_compiler = partial(_filled, compiler, sql, filled)  # type: ignore[method-assign]
        return list(asked)


def standing(make: Callable[[], QuerySet[Any, Row]]) -> Standing[Row]:
    """Make a question that stands of a function that gives the QuerySet."""
    return Standing(make)


def _filled(
    compiler: SQLCompiler, sql: str, params: tuple[Any, ...], using: str, **_options: Any
) -> SQLCompiler:
    """The compiler as it was when it had written the SQL, on this thread's connection."""
    own = copy(compiler)
    own.connection, own.using = connections[using], using
    own.as_sql = lambda *_args, **_kwargs: (sql, params)  # type: ignore[method-assign]
    return own
