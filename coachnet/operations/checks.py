"""What only the database can tell before Coachnet starts working on it. `migrate` asks first."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  (Django's word for it)
from django.db import connections

from coachnet.lib import embedded
from companies.search import ALIKE

# What a Postgres must be set to, so that its own log holds no note and no personal number. The first two are not its
# defaults; the others are, and are changed by whoever looks for slow statements.
KEEPS_ROWS_OUT = embedded.QUIET | {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length_on_error": "0",
}


@register(Tags.database)
def threshold_is_the_searchs(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Behind PgBouncer no connection can bring the setting along that the search's index goes by."""
    if not settings.DATABASE_POOLED:
        return []
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_setting('pg_trgm.word_similarity_threshold', true)")
            (threshold,) = cursor.fetchone()
        if float(threshold or 0) != ALIKE:
            role = connections[alias].settings_dict["USER"]
            hint = f'ALTER ROLE "{role}" SET pg_trgm.word_similarity_threshold = {ALIKE}; then let PgBouncer RECONNECT.'
            found.append(
                Error(
                    f"With DATABASE_POOLED the search needs pg_trgm.word_similarity_threshold {ALIKE}, "
                    f"not {threshold}.",
                    hint=hint,
                    id="coachnet.E001",
                )
            )
    return found


@register(Tags.database)
def server_keeps_rows_out_of_its_log(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Our log is masked; that of Postgres is its own, and holds every failed statement unless told otherwise."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(KEEPS_ROWS_OUT)]
            )
            differing = {name: value for name, value in cursor.fetchall() if value != KEEPS_ROWS_OUT[name]}
        if differing:
            said = ", ".join(f"{name} = {value}" for name, value in sorted(differing.items()))
            mended = " ".join(
                f"ALTER SYSTEM SET {name} = '{KEEPS_ROWS_OUT[name]}';" for name in sorted(differing)
            )
            found.append(
                Warning(
                    f"Postgres ({alias}) writes notes and personal numbers into its own log: {said}.",
                    hint=f"As its superuser: {mended} SELECT pg_reload_conf();",
                    id="coachnet.W001",
                )
            )
    return found
