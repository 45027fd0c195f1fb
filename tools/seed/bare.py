"""Tables without their indexes, keys and triggers for as long as a load takes, and a server that does not wait.

Building an index once over all rows is many times faster than keeping it row by row, and a foreign key that is put
back checks all rows in one join. Nothing can be forgotten: what is put back is what the catalogue named, and Postgres
refuses it when the rows do not hold (ADR 0029).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection
from psycopg import sql

# Checks and NOT NULL stay: they cost little and say which row is wrong. `f` first: it leans on `p` and `u`.
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint
    WHERE (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[]))
        AND contype IN ('f', 'p', 'u', 'x')
    ORDER BY contype = 'f' DESC, oid
"""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index
    WHERE indrelid = ANY(%(tables)s::regclass[])
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
    ORDER BY indexrelid
"""
# For the length of a load into servers of its own: nothing that a crash would lose is worth waiting for.
HASTE = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "16GB", "checkpoint_timeout": "1h"}


@contextmanager
def bare(tables: Sequence[str]) -> Iterator[None]:
    """The tables with nothing but checks for the block. Inside one transaction.

    Errors: IntegrityError at its end when a row breaks a key.
    """
    names = {"tables": [f'"{table}"' for table in tables]}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come cannot be altered
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(CONSTRAINTS, names)
        constraints = cursor.fetchall()
        cursor.execute(INDEXES, names)
        indexes = cursor.fetchall()
        for table, name, _definition in constraints:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {_quoted(name)}")
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for table in names["tables"]:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in reversed(constraints):
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {_quoted(name)} {definition}")
        for table in names["tables"]:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@contextmanager
def in_haste() -> Iterator[None]:
    """The server without what guards against a crash. Outside any transaction, on a server that nobody else uses."""
    with connection.cursor() as cursor:
        for name, value in HASTE.items():
            cursor.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        cursor.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            for name in HASTE:
                cursor.execute(f"ALTER SYSTEM RESET {name}")
            cursor.execute("SELECT pg_reload_conf()")
            cursor.execute("CHECKPOINT")


def _quoted(name: str) -> str:
    return sql.Identifier(name).as_string()
