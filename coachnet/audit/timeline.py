"""Reading the tables of history as one timeline, newest first, a page at a time.

Each tracked model has its own table of events; all of them and the access events are read with one statement,
however many there are. What comes out is rows; `coachnet.audit.history` makes sentences of them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from django.core import signing
from django.db import models
from django.db.models import (
    Case,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Cast, Collate, JSONObject
from pghistory.models import Context

from coachnet.audit.models import AccessEvent
from coachnet.audit.protection import event_models, tracked_by

ACCESS = "access"
COLUMNS = ("at", "source", "row", "label", "obj", "context", "after", "before")


class Row(NamedTuple):
    """One event: when, of which table, which row of it, what was done to which object, and the object's columns.

    `after` holds the columns as they became (for a removal: as they were), `before` those of the event before it.
    """

    at: dt.datetime
    source: str
    row: int
    label: str
    obj: str
    context: Any
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


def read(sources: Iterable[Source], *, before: Cursor | None, size: int) -> list[Row]:
    """At most `size` rows of the sources, newest first, all older than the cursor. One query."""
    branches = [_branch(source, before, size) for source in sources]
    if not branches:
        return []
    if len(branches) == 1:
        return [Row(*values) for values in branches[0]]
    every = branches[0].union(*branches[1:], all=True).order_by("-at", "-source", "-row")
    return [Row(*values) for values in every[:size]]


def _branch(source: Source, before: Cursor | None, size: int) -> QuerySet[Any, Any]:
    rows = _access_rows() if source.name == ACCESS else _event_rows(source.model, source.name)
    rows = rows.filter(source.where)
    if before:
        rows = rows.filter(_older(source.name, before))
    return rows.order_by("-at", "-row").values_list(*COLUMNS)[:size]


def _older(name: str, cursor: Cursor) -> Q:
    """Rows after the cursor in the order (at, source, row), all descending; the source is the same for a table."""
    if name > cursor.source:
        return Q(at__lt=cursor.at)
    if name < cursor.source:
        return Q(at__lte=cursor.at)
    return Q(at__lt=cursor.at) | Q(at=cursor.at, row__lt=cursor.row)


# Kept: to work out the columns of every table anew was a quarter of the log's page. A query set that is filtered
# further is copied, never changed.
@cache
def _event_rows(model: type[models.Model], name: str) -> QuerySet[Any, Any]:
    # A plain query set: pghistory's own compiles proxied fields, of which there are none here.
    events: QuerySet[Any, Any] = QuerySet(model)
    columns = JSONObject(
        **{
            column.attname: F(column.attname)
            for column in model._meta.fields
            if not column.name.startswith("pgh_")
        }
    )
    earlier = events.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
    return events.annotate(
        at=F("pgh_created_at"),
        source=Collate(Value(name), "C"),  # in byte order, as Python compares it in `_older`
        row=Cast("pgh_id", models.BigIntegerField()),
        label=F("pgh_label"),
        obj=Cast("pgh_obj_id", TextField()),
        context=F("pgh_context_id"),
        after=columns,
        before=Case(
            When(pgh_label="update", then=Subquery(earlier.order_by("-pgh_id").values_list(columns)[:1])),
            default=Value(None),
            output_field=JSONField(),
        ),
    )


@cache
def _access_rows() -> QuerySet[Any, Any]:
    facts = JSONObject(
        user=F("user_id"),
        address=Func("address", function="host", output_field=TextField()),  # without the /128
        url=F("url"),
        detail=F("detail"),
        request_id=F("request_id"),
    )
    return QuerySet(AccessEvent).annotate(
        source=Collate(Value(ACCESS), "C"),
        row=F("id"),
        label=F("kind"),
        obj=Cast("user_id", TextField()),
        context=Value(None, output_field=UUIDField()),
        after=facts,
        before=Value(None, output_field=JSONField()),
    )


@cache
def tracked_model(source: str) -> type[models.Model]:
    """The model whose rows a source tells of: the table between two models itself, not the proxy that tracks it."""
    for events in event_models():
        model: Any = tracked_by(events)
        if model._meta.label_lower == source:
            found: type[models.Model] = model._meta.concrete_model if model._meta.proxy else model
            return found
    raise LookupError(source)


def contexts_of(rows: Iterable[Row]) -> Mapping[Any, dict[str, Any]]:
    """Who and where, for the contexts of some rows. One query."""
    wanted = {row.context for row in rows if row.context}
    return dict(Context.objects.filter(pk__in=wanted).values_list("pk", "metadata"))
