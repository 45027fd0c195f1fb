"""Swedish order and search in the database (the functions are made by the migration `0001_swedish`)."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import FloatField, Func, TextField


class SvSortKey(Func):
    """The key that puts texts in Swedish order (… x y z å ä ö), byte by byte."""

    function = "sv_sort_key"
    template = '(%(function)s(%(expressions)s) COLLATE "C")'
    arity = 1

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        extra.setdefault("output_field", TextField(db_collation="C"))
        super().__init__(*expressions, **extra)


def sort_keys(texts: Sequence[str]) -> dict[str, str]:
    """The key of each text, to sort by in Python. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, sv_sort_key(text) FROM unnest(%s::text[]) text", [list(texts)])
        return dict(cursor.fetchall())


class SvSearchKey(Func):
    """The text without accents and capitals, so that `alingsas` finds Alingsås."""

    function = "sv_search_key"
    template = '(%(function)s(%(expressions)s) COLLATE "C")'
    arity = 1

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        extra.setdefault("output_field", TextField(db_collation="C"))
        super().__init__(*expressions, **extra)


class WordSimilarity(Func):
    """How alike a needle and the best stretch of words in a text are, 0–1 (pg_trgm)."""

    function = "word_similarity"
    arity = 2
    output_field = FloatField()


class Similarity(Func):
    """How alike two texts are as wholes, 0–1 (pg_trgm)."""

    function = "similarity"
    arity = 2
    output_field = FloatField()
