"""What a list may be asked for. A question that makes no sense is a 400, never an unfiltered list."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from coaching.models import Action, Session

AFTER = "after"  # where a page begins, which is asked of every list
BIGGEST = 2**63 - 1  # what the database can count to


class IdField(serializers.IntegerField):
    """The id of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=BIGGEST, **kwargs)


class Question(serializers.Serializer):
    """No filter at all."""


class OfCompany(Question):
    """Those of one company."""

    company = IdField(required=False, help_text="The company's id")


class EngagementQuestion(OfCompany):
    """Which engagements."""

    open = serializers.BooleanField(required=False, help_text="Only open ones")


class SessionQuestion(OfCompany):
    """Which sessions."""

    state = serializers.ChoiceField(Session.State.choices, required=False)
    mine = serializers.BooleanField(required=False, help_text="Only your own")


class ActionQuestion(OfCompany):
    """Which actions."""

    status = serializers.ChoiceField(Action.Status.choices, required=False)
    mine = serializers.BooleanField(required=False, help_text="Only what you have promised yourself")


class CompanyQuestion(Question):
    """Which companies."""

    mine = serializers.BooleanField(required=False, help_text="Only your own")
    q = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=100,
        help_text="Name, municipality or organisation number; best hits first",
    )


class EventQuestion(Question):
    """Which meetings."""

    when = serializers.ChoiceField([("ahead", "ahead"), ("past", "past")], required=False)


class RegistrationQuestion(Question):
    """Which registrations."""

    event = IdField(required=False, help_text="The meeting's id")


def refuse_unknown(query: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raises ValidationError for what nobody has said how to answer: a slip of the pen is not everything."""
    if unknown := sorted(query.keys() - set(known)):
        raise ValidationError({name: [gettext("Valet finns inte.")] for name in unknown})


def understood(question: type[Question], query: QueryDict) -> dict[str, Any]:
    """What was asked for. Raises ValidationError."""
    asked = question(data=query.dict())
    refuse_unknown(query, [*asked.fields, AFTER])
    asked.is_valid(raise_exception=True)
    answer: dict[str, Any] = asked.validated_data
    return answer
