"""The decorator that puts a model under audit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=models.Model)


def audited(
    *,
    exclude: Sequence[str] = (),
    labels: Mapping[str, Callable[[Any], Any]] | None = None,
    named_by: Sequence[str] = (),
) -> Callable[[type[M]], type[M]]:
    """Record every insert, update and delete of a row by trigger, bulk writes and raw SQL included.

    `exclude` names fields whose content must never be copied into the history (secrets, derived columns).
    The rows of the model's own many-to-many fields are recorded too. `labels` gives, for columns whose values
    are keys without choices, the function that turns a value into words for Historik. `named_by` names the
    relations that an object needs to say what it is called: Historik fetches them with it.
    """

    def put_under_audit(model: type[M]) -> type[M]:
        model.audit_labels = dict(labels or {})  # type: ignore[attr-defined]
        model.audit_named_by = tuple(named_by)  # type: ignore[attr-defined]
        _track(model, exclude=list(exclude) or None)
        for field in model._meta.local_many_to_many:
            through: Any = field.remote_field.through
            # One that is named by text is a model of its own further down, with its own decorator.
            if not isinstance(through, str) and through._meta.auto_created:
                _track(_proxy_of(through, model))
        return model

    return put_under_audit


def _track(model: type[models.Model], **options: Any) -> None:
    pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        # The log of the whole house is read newest first, a page at a time.
        meta={"indexes": [models.Index(fields=["-pgh_created_at", "-pgh_id"])]},
        **options,
    )(model)


def _proxy_of(through: type[models.Model], owner: type[models.Model]) -> type[models.Model]:
    """A proxy of the table between two models: only a model with a state in migrations can carry triggers."""
    name = f"{owner.__name__}{through.__name__.split('_', 1)[1].title().replace('_', '')}"
    meta = type("Meta", (), {"proxy": True, "app_label": owner._meta.app_label})
    return type(name, (through,), {"__module__": owner.__module__, "Meta": meta})
