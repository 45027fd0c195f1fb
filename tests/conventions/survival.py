"""Which operations of a migration code of the former release does not survive, while both run side by side.

The order is: migrate, start new servers beside the old, end the old (docs/operations.md). So for some minutes old code
reads and writes the new tables, and whoever goes back to the former image does so for days.

Own code and not django-migration-linter: that one reads the SQL by regular expressions, and knows neither what was
created since the release nor what to do instead. Here an operation that is not known to be harmless is a fault.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pgtrigger.migrations
from django.contrib.postgres import operations as postgres
from django.db import connection, models
from django.db.migrations import operations as ops
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.migrations.utils import resolve_relation

from coachnet.lib.triggers import AddTrigger

HARMLESS = (
    ops.CreateModel,
    ops.AlterModelOptions,
    ops.AlterModelManagers,
    ops.AlterModelTableComment,
    ops.RemoveIndex,
    ops.RenameIndex,
    ops.RemoveConstraint,
    postgres.AddIndexConcurrently,
    postgres.RemoveIndexConcurrently,
    postgres.AddConstraintNotValid,
    postgres.ValidateConstraint,
    postgres.CreateExtension,
    pgtrigger.migrations.RemoveTrigger,
)
IN_TWO_RELEASES = "take the use of it out of the code in this release, and the thing itself in the next"
GONE = {
    ops.RemoveField: "old code still reads and writes the column",
    ops.DeleteModel: "old code still reads and writes the table",
    ops.RenameField: "old code asks for the former name",
    ops.RenameModel: "old code asks for the former table",
    ops.AlterModelTable: "old code asks for the former table",
}
CONCURRENTLY = (
    "the table is locked for writing meanwhile: AddIndexConcurrently, in a migration with atomic = False"
)
# What plain SQL may not do to a table that is there. Whoever must, writes an operation, or says why it is survived.
SQL = re.compile(
    r"\bDROP\s+(TABLE|COLUMN|VIEW|SCHEMA)\b|\bRENAME\b|\bSET\s+NOT\s+NULL\b|\bALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b"
    r"|\bTRUNCATE\b|\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY\b)|\bLOCK\s+TABLE\b"
    r"|\bREFERENCES\b|\bRAISE\s+EXCEPTION\b",
    re.IGNORECASE,
)
# In a trigger, whatever is raised above a warning undoes the statement.
REFUSES = re.compile(r"\bRAISE\b(?!\s+(DEBUG|LOG|INFO|NOTICE|WARNING)\b)|\bASSERT\b", re.IGNORECASE)


Field = Any  # a field of a model; django-stubs knows less of it than Django


@dataclass
class Judge:
    """Goes through operations in order. `state` is how the models stand before the next one."""

    state: ProjectState
    # Models that the former release does not know: nothing that happens to them hurts it.
    new: set[tuple[str, str]] = field(default_factory=set)

    def faults(self, app: str, operations: Iterable[Operation]) -> Iterator[str]:
        """What old code does not survive, each with what to do instead."""
        for one in operations:
            if isinstance(one, ops.SeparateDatabaseAndState):
                # Only what is done to the database matters; the models follow what is said of them.
                before = self.state.clone()
                yield from self.faults(app, one.database_operations)
                self.state = before
            else:
                if isinstance(one, ops.CreateModel):
                    self.new.add((app, one.name_lower))
                faults = [] if self._is_of_new(app, one) else self._faults(app, one)
                for fault in (*faults, *self._keys(app, one)):
                    yield f"{app}: {one.describe()}: {fault}."
            one.state_forwards(app, self.state)

    def _is_of_new(self, app: str, one: Any) -> bool:
        name = getattr(one, "model_name", None) or getattr(one, "name", None)
        is_of_model = not isinstance(one, ops.CreateModel | ops.RunPython | ops.RunSQL)
        return is_of_model and isinstance(name, str) and (app, name.lower()) in self.new

    def _faults(self, app: str, one: Any) -> Iterator[str]:
        kind = type(one)
        if kind in GONE:
            yield f"{GONE[kind]}; {IN_TWO_RELEASES}"
        elif kind in (ops.AddIndex, ops.AlterUniqueTogether, ops.AlterIndexTogether):
            yield CONCURRENTLY
        elif kind is ops.AlterField:
            yield from self._altered(self._field(app, one), one.field)
        elif kind in self._closely:
            yield from self._closely[kind](self, one)
        elif kind not in HARMLESS:
            yield "not known to be survived: add it to HARMLESS in tests/conventions/survival.py, or to its faults"

    def _field(self, app: str, one: ops.AlterField) -> Field:
        return self.state.models[app, one.model_name_lower].get_field(one.name)

    def _keys(self, app: str, one: Any) -> Iterator[str]:
        """A key that the database enforces holds on to what it points at, whatever on_delete says to Django.

        Old code knows nothing of the row that only new code writes, so it removes nothing there first.
        """
        owner: Any = getattr(one, "model_name", None) or getattr(one, "name", "")
        fields = dict(one.fields) if isinstance(one, ops.CreateModel) else {}
        if isinstance(one, ops.AddField | ops.AlterField):
            fields = {one.name: one.field}
        for name, new in fields.items():
            held = _held(app, owner, new)
            if isinstance(one, ops.AlterField):
                held -= _held(app, owner, self.state.models[app, owner.lower()].get_field(name))
            if held - self.new:
                yield (
                    f"old code that deletes what it points at fails on a row of new code ({name}): db_constraint=False "
                    f"in this release, and the constraint in the next, or say why nothing is deleted there"
                )

    def _triggered(self, one: AddTrigger) -> Iterator[str]:
        sql: Any = one.trigger
        body, when = sql.sql.kwargs["func"], sql.sql.kwargs["when"]
        if found := REFUSES.search(body):
            yield f"“{found[0]}” refuses what old code may write; {IN_TWO_RELEASES}"
        elif when != "AFTER" and re.search(r"\bRETURN\s+NULL\b", body, re.IGNORECASE):
            yield f"RETURN NULL before the write drops what old code writes; {IN_TWO_RELEASES}"

    def _added(self, one: ops.AddField) -> Iterator[str]:
        new: Field = one.field
        if new.many_to_many or isinstance(new, models.GeneratedField):
            return
        if not new.null and not new.has_db_default():
            yield "old code inserts rows without the column: give db_default beside default, or null=True"
        if new.unique or new.db_index:
            yield f"its index is built at once ({CONCURRENTLY}); db_index=False here"

    def _altered(self, old: Field, new: Field) -> Iterator[str]:
        if old.null and not new.null:
            yield f"old code writes NULL; stop writing it in this release, forbid it in the next ({IN_TWO_RELEASES})"
        if old.has_db_default() and not new.has_db_default() and not new.null:
            yield "old code may leave the column to the database; keep db_default for one more release"
        if (new.unique and not old.unique) or (new.db_index and not old.db_index):
            yield CONCURRENTLY
        if old.db_column != new.db_column:
            yield f"{GONE[ops.RenameField]}; {IN_TWO_RELEASES}"
        if _type(old) != _type(new) and not _is_wider(old, new):
            yield "old code reads and writes the former type: add a column beside it, fill both, change over later"

    def _constrained(self, one: ops.AddConstraint) -> Iterator[str]:
        if isinstance(one.constraint, models.CheckConstraint):
            yield (
                "every row is checked while the table is locked, and old code may break it: AddConstraintNotValid "
                "when no running code does, then ValidateConstraint in a migration of its own"
            )
        else:
            yield f"old code may write what it forbids, and {CONCURRENTLY} for its index first; {IN_TWO_RELEASES}"

    def _python(self, one: ops.RunPython) -> Iterator[str]:
        if one.reverse_code is None:
            yield "there is no way back: give reverse_code, RunPython.noop where nothing is to be undone"

    def _plain(self, one: ops.RunSQL) -> Iterator[str]:
        if one.reverse_sql is None:
            yield "there is no way back: give reverse_sql, RunSQL.noop where nothing is to be undone"
        for found in SQL.finditer(str(one.sql)):
            yield (
                f"“{found[0]}” takes away, locks or refuses what old code uses; use the operation for it, "
                f"or {IN_TWO_RELEASES}"
            )

    _closely: ClassVar[dict[type[Operation], Callable[..., Iterator[str]]]] = {
        ops.AddField: _added,
        ops.AddConstraint: _constrained,
        ops.RunPython: _python,
        ops.RunSQL: _plain,
        AddTrigger: _triggered,
        pgtrigger.migrations.AddTrigger: _triggered,
    }


def _type(one: Field) -> str | None:
    if one.is_relation:  # what it points at is not built here, and is not asked
        return f"key to {one.remote_field.model}".lower()
    return one.db_type(connection)


def _held(app: str, owner: str, one: Field) -> set[tuple[str, str]]:
    """The models whose rows a field's key in the database holds on to; both ends, for a table between two."""
    enforced = one.remote_field if one.many_to_many else one
    if not one.is_relation or not enforced.db_constraint:
        return set()
    target = resolve_relation(one.remote_field.model, app, owner)
    if not one.many_to_many:
        return {target}
    # A table between that is named has keys of its own, which are judged there.
    return set() if one.remote_field.through else {target, (app, owner.lower())}


def _is_wider(old: Field, new: Field) -> bool:
    """A longer or unbounded text: every value that is there or comes from old code fits, and no row is rewritten."""
    if not isinstance(old, models.CharField) or not isinstance(new, models.CharField | models.TextField):
        return False
    return (
        isinstance(new, models.TextField) or new.max_length is None or (old.max_length or 0) <= new.max_length
    )
