"""The decorator that puts a model under audit."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=models.Model)


def audited(*, exclude: Sequence[str] = ()) -> Callable[[type[M]], type[M]]:
    """Record every insert, update and delete of a row by trigger, bulk writes and raw SQL included.

    `exclude` names fields whose content must never be copied into the history (secrets, derived columns).
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude) or None,
    )
