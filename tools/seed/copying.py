"""Rows into tables with COPY, and afterwards the history that their triggers would have written.

COPY inside the triggers' reach would write the history row by row, without who did it (ADR 0008). So while the seed
loads, the tables lie bare (`bare`). Then each row gets the one event of its birth by INSERT … SELECT, all with one
context that names the seed (ADR 0026).
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

from coachnet.audit.protection import event_models, tracked_by

# Where a row says when it was made; a part of something was made with it.
BORN = ("created_at", "answered_at", "joined_at", "joined_on", "entered_on", "started_on")
WHOLES = ("session", "company", "event")
quoted = connection.ops.quote_name


class Table:
    """Rows of one model on their way. Numbers from 1, unless the rows bring their own keys.

    Columns that are not named get the model's default, the same in every row.
    """

    def __init__(self, model: type[models.Model], *columns: str) -> None:
        self.model = model
        self.name = model._meta.db_table
        self.is_numbered = isinstance(model._meta.pk, models.AutoField)
        named = ("id", *columns) if self.is_numbered else columns
        rest = [
            field
            for field in model._meta.concrete_fields
            if field.column not in named and not field.null and not field.generated
        ]
        self.columns = (*named, *(str(field.column) for field in rest))
        self.defaults = tuple(field.get_default() for field in rest)
        self.rows: list[tuple[Any, ...]] = []
        self.last = 0

    def add(self, *values: Any) -> int:
        """Take a row, in the order of the columns. Returns its number."""
        if self.is_numbered:
            self.last += 1
            values = (self.last, *values)
        self.rows.append(values + self.defaults)
        return self.last

    def copy(self) -> None:
        """Send what has been taken."""
        names = ", ".join(map(quoted, self.columns))
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {quoted(self.name)} ({names}) FROM STDIN") as copy,
        ):
            for row in self.rows:
                copy.write_row(row)
        self.rows.clear()


def count_on(tables: Sequence[Table]) -> None:
    """Let the next number of each table follow on the last one loaded."""
    numbered = [table.model for table in tables if table.is_numbered]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), numbered):
            cursor.execute(statement)


def histories(tables: Sequence[Table]) -> list[Any]:
    """The tables of history that these tables write to."""
    loaded = {table.name for table in tables}
    return [events for events in event_models() if tracked_by(events)._meta.db_table in loaded]


def write_history(tables: Sequence[Table], context: Any, at: dt.datetime) -> None:
    """One event of birth for each row, with the row as it stands."""
    with connection.cursor() as cursor:
        for events in histories(tables):
            model = tracked_by(events)
            own = [str(one.column) for one in events._meta.concrete_fields if not one.name.startswith("pgh_")]
            born, join = _born(model)
            cursor.execute(
                f"INSERT INTO {quoted(events._meta.db_table)}"  # noqa: S608 (names of our own models)
                f" (pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, {', '.join(map(quoted, own))})"
                f" SELECT {born}, 'insert', made.{quoted(_key(model))}, %(context)s,"
                f" {', '.join(f'made.{quoted(name)}' for name in own)}"
                f" FROM {quoted(model._meta.db_table)} made {join}",
                {"context": context.pk, "at": at},
            )


def _key(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def _born(model: type[models.Model]) -> tuple[str, str]:
    """SQL for the moment at which a row was made, and the join that it needs."""
    fields: dict[str, Any] = {field.name: field for field in model._meta.concrete_fields}
    for name in BORN:
        if name in fields:
            return f"made.{quoted(fields[name].column)}::timestamptz", ""
    for name in WHOLES:
        whole: Any = fields[name].related_model if name in fields else None
        if whole:
            keys = f"whole.{quoted(_key(whole))} = made.{quoted(fields[name].column)}"
            return "whole.created_at", f"JOIN {quoted(whole._meta.db_table)} whole ON {keys}"
    return "%(at)s::timestamptz", ""
