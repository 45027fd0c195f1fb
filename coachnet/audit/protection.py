"""TRUNCATE fires no row trigger, so it would empty a table and its history unseen: a statement trigger refuses it.

The triggers are put up after every `migrate`, on every audited table and every table of history. So none can be
forgotten, and no migration has to name them. The test runner empties tables between transactional tests; it alone
sets `coachnet.may_truncate` (see tests/plugins/services.py). A superuser or the tables' owner can still drop a trigger:
docs/adr tells how to run the application as a role that owns nothing.
"""

from typing import Any

import pghistory.models
from django.apps import apps
from django.db import connections, models
from psycopg import sql

from coachnet.audit.models import AccessEvent

TRIGGER = "audit_refuse_truncate"


def event_models() -> list[type[pghistory.models.Event]]:
    """Every table of history, in a fixed order."""
    # `track` makes plain tables of events; the package's own views of them follow no model.
    every: list[Any] = [model for model in apps.get_models() if issubclass(model, pghistory.models.Event)]
    return sorted(
        (model for model in every if model.pgh_tracked_model), key=lambda model: model._meta.label_lower
    )


def events_of(model: type[models.Model]) -> Any:
    """The table of events that a model's own table writes to. Raises LookupError for a model not under audit."""
    for events in event_models():
        if tracked_by(events)._meta.db_table == model._meta.db_table:
            return events
    raise LookupError(f"{model._meta.label} is not under audit.")


def tracked_by(events: type[pghistory.models.Event]) -> type[models.Model]:
    """The model whose rows a table of events follows; for the rows between two models, a proxy of theirs."""
    tracked: Any = events.pgh_tracked_model
    return tracked


def protected_models() -> list[type[models.Model]]:
    """Every table that may never be emptied at one stroke."""
    histories = event_models()
    tracked = [tracked_by(events) for events in histories]
    return [AccessEvent, pghistory.models.Context, *histories, *tracked]


def protect_tables(using: str = "default", **kwargs: Any) -> None:
    """Put the trigger on every protected table that has none yet."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", [TRIGGER])
        done = {table.strip('"') for (table,) in cursor.fetchall()}
        present = set(connection.introspection.table_names(cursor))
        for table in sorted({model._meta.db_table for model in protected_models()} & present - done):
            statement = sql.SQL(
                "CREATE TRIGGER {trigger} BEFORE TRUNCATE ON {table} EXECUTE FUNCTION audit_refuse_truncate()"
            ).format(trigger=sql.Identifier(TRIGGER), table=sql.Identifier(table))
            cursor.execute(statement.as_string(cursor.connection))
