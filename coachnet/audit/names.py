"""Names for what rows of history refer to, fetched once per model whatever the number of rows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.db.models.base import ModelState
from django.utils import timezone
from django.utils.translation import get_language, gettext

from coachnet.audit.timeline import ACCESS, Row, tracked_model
from coachnet.lib.standing import Among, standing
from coachnet.lib.templatetags.formats import clock, iso_day, minutes, number

AS_IN_JSON = frozenset(
    {
        *(models.CharField, models.TextField, models.EmailField, models.URLField, models.BooleanField),
        *(models.AutoField, models.BigAutoField, models.IntegerField, models.BigIntegerField),
        *(models.PositiveIntegerField, models.PositiveSmallIntegerField, models.SmallIntegerField),
    }
)
NOT_THERE: Any = object()
Found = dict[type[models.Model], dict[str, models.Model]]


class Names:
    """Looks up people and objects by id, and writes values as they stand on screen."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.language = get_language()  # of whoever reads: asked once, for all that is told with these names

    @classmethod
    def gather(cls, rows: Iterable[Row]) -> "Names":
        """Fetch what the rows are told with, of all that they refer to: one query per model."""
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        person = get_user_model()
        for row in rows:
            wanted[person].add(row.facts.get("user"))
            if row.source == ACCESS:
                wanted[person] |= {row.after["user"], row.after["detail"].get("by")}
                continue
            model = tracked_model(row.source)
            for column in _naming(model):
                wanted[column.related_model].add(row.after.get(column.attname))
            if row.before is None:
                continue
            for column in _references(model):
                old, new = row.before.get(column.attname), row.after.get(column.attname)
                if old != new:
                    wanted[column.related_model] |= {old, new}
        return cls({model: _fetch(model, keys - {None}) for model, keys in wanted.items()})

    def person(self, key: Any) -> str:
        """A person's name; for somebody who is gone, the number of the account."""
        return self._name(get_user_model(), key) if key else ""

    def actor(self, facts: Mapping[str, Any]) -> str:
        """Who did it: a person, a task of the platform, a command, or somebody at the database itself."""
        if facts.get("user"):
            return self.person(facts["user"])
        if facts.get("task"):
            return gettext("Coachnet (automatiskt)")
        if facts.get("command"):
            return gettext("Kommandot %(command)s") % {"command": facts["command"]}
        if facts.get("url"):
            return gettext("Ej inloggad")
        return gettext("Direkt i databasen")

    def shown(self, column: Any, value: Any) -> str:
        """A column's value as it stands on screen."""
        if value in (None, "", []):
            return ""
        if column.is_relation:
            return self._name(column.related_model, value)
        if labels := getattr(column.model, "audit_labels", {}).get(column.name):
            return ", ".join(str(labels(one)) for one in (value if isinstance(value, list) else [value]))
        if isinstance(column, ArrayField):
            return ", ".join(str(one) for one in value)
        if column.choices:
            return str(dict(column.flatchoices).get(value, value))
        return _plain(column, value)

    def title(self, model: type[models.Model], values: Mapping[str, Any]) -> str:
        """What an object calls itself, made from a row of its history; its relations come from what was gathered."""
        obj = model.__new__(
            model
        )  # __init__ with all its signals and descriptors took half of a page of the log
        obj._state = ModelState()
        try:
            for column, convert, is_naming in _stored(model):
                value = values.get(column.attname, NOT_THERE)
                if value is NOT_THERE:
                    obj.__dict__[column.attname] = column.get_default()
                    continue
                obj.__dict__[column.attname] = convert(value) if convert else value
                if is_naming and value is not None:
                    column.set_cached_value(obj, self.found[column.related_model][str(value)])
            return str(obj)
        except (ObjectDoesNotExist, ValidationError, KeyError, AttributeError, ValueError):
            return ""  # something it leans on is gone

    def _name(self, model: Any, key: Any) -> str:
        found = self.found.get(model, {}).get(str(key))
        return str(found) if found else gettext("borttagen (nr %(key)s)") % {"key": key}


@cache
def _stored(model: type[models.Model]) -> list[tuple[Any, Callable[[Any], Any] | None, bool]]:
    """The columns that a history holds: each with what makes a value of what JSON has (nothing where that is the
    value) and whether the object's name is made of what it refers to.
    """
    columns: list[Any] = [column for column in model._meta.concrete_fields if not column.generated]
    return [
        (
            column,
            None if type(getattr(column, "target_field", column)) in AS_IN_JSON else column.to_python,
            column in _naming(model),
        )
        for column in columns
    ]


@cache
def _references(model: type[models.Model]) -> list[Any]:
    return [column for column in model._meta.concrete_fields if column.is_relation]


@cache
def _naming(model: type[models.Model]) -> list[Any]:
    """The references that are told whatever was done: what the object's own name is made of, or both ends of a link."""
    named_by = {path.partition("__")[0] for path in getattr(model, "audit_named_by", ())}
    return [one for one in _references(model) if model._meta.auto_created or one.name in named_by]


def _fetch(model: type[models.Model], keys: set[Any]) -> dict[str, models.Model]:
    if not keys:
        return {}
    return {str(row.pk): row for row in _rows(model, keys=[model._meta.pk.to_python(key) for key in keys])}


@standing
def _rows(model: type[models.Model]) -> models.QuerySet[Any]:
    # What an object calls itself may name what it belongs to, so that comes along, and no more.
    rows = model._base_manager.filter(Among("pk", "keys"))
    return rows.select_related(*belongs) if (belongs := getattr(model, "audit_named_by", ())) else rows


def _plain(column: models.Field, value: Any) -> str:
    if isinstance(column, models.BooleanField):
        return gettext("ja") if value else gettext("nej")
    if isinstance(column, models.DateTimeField):
        at = timezone.localtime(column.to_python(value))
        return f"{iso_day(at)} {clock(at)}"
    if isinstance(column, models.DateField):
        return iso_day(column.to_python(value))
    if isinstance(column, models.TimeField):
        return clock(column.to_python(value))
    if column.name.endswith("minutes"):
        return minutes(value)
    if isinstance(column, models.IntegerField | models.DecimalField):
        return number(value)
    return str(value)
