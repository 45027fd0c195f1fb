"""Reading the tables of history as one timeline, newest first, a page at a time.

Each tracked model has its own table of events. A page is read in two steps, however many tables there are: which rows
come next, by the index of each table, and then those rows, from the tables that hold them. Both are written as SQL:
to have the ORM build a union of thirty tables cost more than the rest of the page. What comes out is rows;
`coachnet.audit.history` makes sentences of them.
"""

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.core import signing
from django.db import connection, models
from django.db.models import Q, QuerySet
from pghistory.models import Context
from psycopg import sql

from coachnet.audit.models import AccessEvent
from coachnet.audit.protection import event_models, tracked_by

ACCESS = "access"


class Key(NamedTuple):
    """Which event: when, of which table, which row of it, in which request or task."""

    at: dt.datetime
    source: str
    row: int
    context: uuid.UUID | None


class Row(NamedTuple):
    """One event: its key, what was done to which object, by whom, and the object's columns.

    `facts` says who and where, as the request or task wrote it down. `after` holds the columns as they became (for a
    removal: as they were), `before` those of the event before it.
    """

    at: dt.datetime
    source: str
    row: int
    context: uuid.UUID | None
    label: str
    obj: str
    facts: dict[str, Any]
    after: dict[str, Any]
    before: dict[str, Any] | None


class Cursor(NamedTuple):
    """The place after the last row shown."""

    at: dt.datetime
    source: str
    row: int

    def __str__(self) -> str:
        return signing.dumps([self.at.isoformat(), self.source, self.row], salt="audit", compress=True)

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """The cursor that an address carries; nothing when it is missing or not ours."""
        try:
            at, source, row = signing.loads(text, salt="audit")
        except (signing.BadSignature, ValueError):
            return None
        return cls(dt.datetime.fromisoformat(at), source, row)


@dataclass(frozen=True)
class Source:
    """One table of events, and which of its rows to read."""

    model: type[models.Model]
    where: Q = field(default_factory=Q)

    @property
    def name(self) -> str:
        """The tracked model's label, which is what cursors and rows carry."""
        tracked = getattr(self.model, "pgh_tracked_model", None)
        return tracked._meta.label_lower if tracked else ACCESS


def keys_of(sources: Iterable[Source], *, before: Cursor | None, size: int) -> list[Key]:
    """At most `size` rows of the sources, newest first, all older than the cursor: only which they are. One query."""
    branches: list[str] = []
    values: list[Any] = []
    for source in sources:
        text, own = _branch(source, before, size)
        branches.append(text)
        values += own
    if not branches:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_KEYS.format(" UNION ALL ".join(branches)), [*values, size])
        return [Key(*found) for found in cursor.fetchall()]


def rows_of(keys: Iterable[Key]) -> dict[Key, Row]:
    """The rows themselves, from the tables that hold them. One query."""
    wanted: dict[str, dict[int, Key]] = defaultdict(dict)
    for key in keys:
        wanted[key.source][key.row] = key
    if not wanted:
        return {}
    statement = " UNION ALL ".join(_rows_text(name) for name in wanted)
    values = [value for name, rows in wanted.items() for value in (name, list(rows))]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    rows: dict[Key, Row] = {}
    read = cache(json.loads)  # all rows of a request have the same facts
    for source, row, label, obj, facts, after, before in found:
        key = wanted[source][row]
        earlier = json.loads(before) if before else None
        rows[key] = Row(*key, label, obj, read(facts), json.loads(after), earlier)
    return rows


_KEYS = (
    "SELECT * FROM ({}) AS every (at, source, row, context) ORDER BY at DESC, source DESC, row DESC LIMIT %s"
)
# The name in byte order, as Python compares it in `_older`. The order is that of the table's columns, so that an index
# has it: without the table's name it would be that of what is selected, where a number has become a bigint.
_BRANCH = sql.SQL(
    '(SELECT {at}, {name} COLLATE "C", {row}::bigint, {context} FROM {table} '
    "WHERE {where} ORDER BY {table}.{at} DESC, {table}.{row} DESC LIMIT {size})"
)
_EVENTS = sql.SQL("""
    SELECT %s, pgh_id::bigint, pgh_label, pgh_obj_id::text, coalesce(context.metadata, '{{}}'), to_jsonb(own),
        CASE WHEN pgh_label = 'update' THEN (
            SELECT to_jsonb(earlier) FROM {table} earlier
            WHERE earlier.pgh_obj_id = own.pgh_obj_id AND earlier.pgh_id < own.pgh_id
            ORDER BY earlier.pgh_id DESC LIMIT 1
        ) END
    FROM {table} own LEFT JOIN {contexts} context ON context.id = pgh_context_id
    WHERE pgh_id = ANY(%s)""")
# The address without its /128.
_ACCESS = sql.SQL("""
    SELECT %s, id, kind, user_id::text, '{{}}'::jsonb,
        to_jsonb(own) || jsonb_build_object('user', user_id, 'address', host(address)), NULL::jsonb
    FROM {table} own WHERE id = ANY(%s)""")


def _branch(source: Source, before: Cursor | None, size: int) -> tuple[str, list[Any]]:
    """The keys of one table, and the values in it."""
    where, values = _condition(source) if source.where else ("TRUE", list[Any]())
    if before:
        older, its_values = _older(source, before)
        where, values = f"{where} AND {older}", [*values, *its_values]
    return _branch_text(source.name, source.model, where, size), list(values)


def _condition(source: Source) -> tuple[str, Iterable[Any]]:
    """What the source lets through, as SQL and its values."""
    query = QuerySet(source.model).filter(source.where).values("pk").query
    compiler = query.get_compiler(connection=connection)
    if sum(bool(count) for count in query.alias_refcount.values()) == 1:
        return compiler.compile(query.where)
    text, values = compiler.as_sql()  # other tables are asked, too
    return f"{_order(source.model)[1]} IN ({text})", values


@lru_cache(maxsize=1000)
def _branch_text(source: str, model: type[models.Model], where: str, size: int) -> str:
    at, row = _order(model)
    context = sql.SQL("NULL::uuid") if model is AccessEvent else sql.Identifier("pgh_context_id")
    text = _BRANCH.format(
        at=sql.Identifier(at),
        name=sql.Literal(source),
        row=sql.Identifier(row),
        context=context,
        table=_table(model),
        where=sql.SQL(where),  # made by the ORM and by `_older`, values apart
        size=sql.Literal(size),
    )
    return text.as_string(None)


def _order(model: type[models.Model]) -> tuple[str, str]:
    return ("at", "id") if model is AccessEvent else ("pgh_created_at", "pgh_id")


def _older(source: Source, cursor: Cursor) -> tuple[str, list[Any]]:
    """Rows after the cursor in the order (at, source, row), all descending; the source is the same for a table."""
    at, row = _order(source.model)
    if source.name > cursor.source:
        return f"{at} < %s", [cursor.at]
    if source.name < cursor.source:
        return f"{at} <= %s", [cursor.at]
    return f"({at}, {row}) < (%s, %s)", [cursor.at, cursor.row]


@cache
def _rows_text(source: str) -> str:
    if source == ACCESS:
        return _ACCESS.format(table=_table(AccessEvent)).as_string(None)
    return _EVENTS.format(table=_table(_events_of(source)), contexts=_table(Context)).as_string(None)


def _table(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)


def _events_of(source: str) -> Any:
    """The table of history that a source names."""
    for events in event_models():
        if tracked_by(events)._meta.label_lower == source:
            return events
    raise LookupError(source)


@cache
def tracked_model(source: str) -> type[models.Model]:
    """The model whose rows a source tells of: the table between two models itself, not the proxy that tracks it."""
    model: Any = tracked_by(_events_of(source))
    found: type[models.Model] = model._meta.concrete_model if model._meta.proxy else model
    return found
