"""Choices of a field by name, without Django's detour."""

from functools import cache
from typing import Any

from django.db.models import Field


@cache
def _names(field: "Field[Any, Any]") -> dict[Any, Any]:
    return dict(field.flatchoices)


class NamedChoices:
    """A model whose `get_…_display()` looks the value up, for models that are shown in lists.

    Django's own turns all choices of the field into something hashable on each call, and thereby translates
    every one of them: of a list with 25 rows that was a tenth of the page.
    """

    def _get_FIELD_display(self, field: "Field[Any, Any]") -> str:  # noqa: N802 (Django's name)
        value = getattr(self, field.attname)
        return str(_names(field).get(value, value))
