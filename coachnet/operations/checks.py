"""What only the database can tell before Coachnet starts working on it. `migrate` asks first."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from companies.search import ALIKE


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
