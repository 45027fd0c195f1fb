"""What a database holds, in numbers small enough to write beside a copy and to compare after its return."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any, Self

import psycopg
from psycopg import sql

# Ours, not those of extensions.
_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r'
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1
"""
# The order of rows is nobody's business, so their hashes are added up: 128 bits, as two sums of 64.
_CONTENT = """
SELECT count(*),
    coalesce(sum(('x' || substr(md5(whole::text), 1, 16))::bit(64)::bigint::numeric), 0) || ' ' ||
    coalesce(sum(('x' || substr(md5(whole::text), 17))::bit(64)::bigint::numeric), 0)
FROM {table} AS whole
"""
# A row must read the same on every server and for every role.
_SAME_WORDS = """
SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL TimeZone = 'UTC';
SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL statement_timeout = 0
"""
# Rows are not all: the audit is made of triggers, and a promise may be a constraint or an index.
_OBJECTS = """
SELECT 'triggers', count(*) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'constraints', count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'indexes', count(*) FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'functions', count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


@dataclass(frozen=True)
class Contents:
    """Rows and a hash for each table, and how many triggers, constraints, indexes and functions there are."""

    tables: dict[str, list[Any]]
    objects: dict[str, int]

    @classmethod
    def of(cls, connection: psycopg.Connection[Any]) -> Self:
        """Read everything once, inside the connection's transaction."""
        connection.execute(_SAME_WORDS)
        names = [name for (name,) in connection.execute(_TABLES).fetchall()]
        tables = {
            name: list(
                connection.execute(sql.SQL(_CONTENT).format(table=sql.Identifier("public", name))).fetchone()
                or ()
            )
            for name in names
        }
        return cls(tables, dict(connection.execute(_OBJECTS).fetchall()))

    @property
    def rows(self) -> int:
        """All rows together."""
        return sum(rows for rows, _hash in self.tables.values())

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)

    def differences(self, other: "Contents", *, but: Collection[str] = ()) -> list[str]:
        """How `other` differs from this, one sentence each, the tables in `but` left alone."""
        found = []
        for table in sorted((self.tables.keys() | other.tables.keys()) - set(but)):
            mine, theirs = self.tables.get(table), other.tables.get(table)
            if mine is None or theirs is None:
                found.append(f"{table} is {'new' if mine is None else 'missing'}")
            elif mine[0] != theirs[0]:
                found.append(f"{table} has {theirs[0]} rows instead of {mine[0]}")
            elif mine[1] != theirs[1]:
                found.append(f"{table} has the right number of rows with other contents")
        for what, count in self.objects.items():
            if other.objects.get(what) != count:
                found.append(f"{other.objects.get(what)} {what} instead of {count}")
        return found
