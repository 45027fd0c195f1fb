"""Reading what was sent: fields that several bodies share, and the things that ids and names stand for."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError as Refused
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model, QuerySet
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from coachnet.api.questions import BIGGEST, refuse_unknown


class DayField(serializers.DateField):
    """A day that somebody now living may mean."""

    def __init__(self, **kwargs: Any) -> None:
        within = [MinValueValidator(dt.date(2000, 1, 1)), MaxValueValidator(dt.date(2100, 1, 1))]
        super().__init__(validators=within, **kwargs)


class VersionField(serializers.IntegerField):
    """Which version of the thing the change was made from."""

    def __init__(self, **kwargs: Any) -> None:
        words = "As you read it: what others have changed since is not overwritten"
        super().__init__(min_value=1, max_value=BIGGEST, help_text=words, **kwargs)


class Change(serializers.Serializer):
    """A body that changes something: what is not named stays. A name that does not exist is not passed over."""

    def to_internal_value(self, data: Any) -> Any:
        """What was sent. Raises ValidationError."""
        if isinstance(data, dict):
            refuse_unknown(data, self.fields)
        return super().to_internal_value(data)


def checked(form: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What was sent, understood. Raises ValidationError."""
    sent = form(data=request.data)
    sent.is_valid(raise_exception=True)
    _refuse_other_types(sent, request.data)
    return dict(sent.validated_data)


def _refuse_other_types(sent: serializers.Serializer, data: dict[str, Any]) -> None:
    """REST framework would take a number for text and for yes or no, which the description does not allow."""
    kinds = ((serializers.CharField, str), (serializers.BooleanField, bool))
    wrong = {
        name: [field.error_messages["invalid"]]
        for name, field in sent.fields.items()
        for kind, written in kinds
        if isinstance(field, kind) and not isinstance(data.get(name), written | None)
    }
    if wrong:
        raise ValidationError(wrong)


def demand(form: forms.Form) -> dict[str, Any]:
    """What a page's form makes of it. Raises ValidationError with the form's own words."""
    if not form.is_valid():
        raise Refused(form.errors.as_data())
    return form.cleaned_data


def one(rows: QuerySet[Any], pk: Any, name: str, *, by: str = "pk") -> Any:
    """The row, or ValidationError for the field `name`."""
    return every(rows, [pk], name, by=by)[0]


def every(rows: QuerySet[Any], keys: Iterable[Any], name: str, *, by: str = "pk") -> tuple[Any, ...]:
    """The rows, each once. Whether one does not exist or may not be seen is answered alike."""
    wanted = set(keys)
    found: dict[Any, Model] = {getattr(row, by): row for row in rows.filter(**{f"{by}__in": wanted})}
    if missing := sorted(wanted - set(found)):
        words = gettext("Finns inte: %(ids)s.") % {"ids": ", ".join(str(key) for key in missing)}
        raise ValidationError({name: [words]})
    return tuple(found.values())
