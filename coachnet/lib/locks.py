"""Locks that Postgres keeps for a transaction."""

from django.db import connection


def lock_for_transaction(name: str) -> None:
    """Wait until no other transaction holds the name, then hold it until this one ends.

    Serves where there is no row to lock yet, such as before the first of two equal requests has written it.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A lock for a transaction needs a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def try_lock_for_transaction(name: str) -> bool:
    """Hold the name until this transaction ends, unless another holds it: then False, at once."""
    if not connection.in_atomic_block:
        raise RuntimeError("A lock for a transaction needs a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])
