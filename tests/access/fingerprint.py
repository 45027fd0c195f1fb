"""The whole content of the database in one short text, to see that nothing has changed."""

from functools import cache

from django.apps import apps
from django.db import connection

# What every request may write: who is signed in where, when a key was used, and that something was refused.
KEPT_BY_EVERY_REQUEST = {"django_session", "usersessions_usersession", "api_apikey", "audit_accessevent"}


@cache
def _statement() -> str:
    tables = sorted(
        {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - KEPT_BY_EVERY_REQUEST
    )
    counts = (
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM \"{table}\" t"
        for table in tables
        if table in connection.introspection.table_names()
    )
    return " UNION ALL ".join(counts)


def fingerprint() -> dict[str, tuple[int, str]]:
    """Rows and a hash of their content, by table."""
    with connection.cursor() as cursor:
        cursor.execute(_statement())
        return {table: (count, content) for table, count, content in cursor.fetchall()}


def writes() -> dict[str, int]:
    """How many rows this transaction has written, by table, also those taken back: equal means unchanged.

    Cheap, where a fingerprint reads everything; only a difference asks for one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {table: count for table, count in cursor.fetchall() if table not in KEPT_BY_EVERY_REQUEST}
