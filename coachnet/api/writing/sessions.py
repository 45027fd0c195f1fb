"""Sessions: those that were held."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coaching.actions import SessionEntry, log_session
from coaching.models import Session, Stage
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.api import endpoints, idempotency
from coachnet.api.endpoints import READS_SESSIONS, person_of
from coachnet.api.models import Scope
from coachnet.api.permissions import Need
from coachnet.api.questions import IdField
from coachnet.api.writing.sent import DayField, checked, every, one
from companies.models import CircularStrategy, Company, Contact

DAY_MINUTES = 1440
MOST_PEOPLE = 50


class ClockField(serializers.TimeField):
    """A local time. One with a zone is refused: Django would leave the zone out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], **kwargs)


class MinutesField(serializers.IntegerField):
    """A length of time."""

    def __init__(self, *, least: int = 0) -> None:
        super().__init__(
            min_value=least, max_value=DAY_MINUTES, required=False, allow_null=True, default=None
        )


class NewSessionSerializer(serializers.Serializer):
    """A session that has taken place. Times are local (Europe/Stockholm), lengths in minutes, the note is Markdown."""

    company = IdField(help_text="The company's id")
    date = DayField(help_text="Today or earlier")
    start_time = ClockField(required=False, allow_null=True, default=None)
    minutes = MinutesField(least=1)
    preparation_minutes = MinutesField()
    travel_minutes = MinutesField()
    channel = serializers.ChoiceField(Session.Channel.choices, required=False, allow_blank=True, default="")
    place = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)
    note = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=20_000, trim_whitespace=False
    )
    coaches = serializers.ListField(
        child=IdField(),
        required=False,
        default=list,
        max_length=MOST_PEOPLE,
        help_text="Ids; yourself if empty",
    )
    contacts = serializers.ListField(child=IdField(), required=False, default=list, max_length=MOST_PEOPLE)
    strategies = serializers.ListField(
        child=serializers.CharField(max_length=3),
        required=False,
        default=list,
        max_length=20,
        help_text="Codes",
    )
    stage = serializers.ChoiceField(
        Stage.choices, required=False, allow_null=True, default=None, help_text="To move to; null stays"
    )


class SessionMadeSerializer(serializers.Serializer):
    """What came of it: never what was written."""

    id = serializers.UUIDField()
    url = serializers.URLField()
    completeness = serializers.ChoiceField(Session.Completeness.choices)
    missing = serializers.ListField(child=serializers.CharField())


class SessionList(endpoints.SessionRows):
    """Sessions: read, and logged."""

    needs = {"GET": READS_SESSIONS, "POST": Need(Permission.LOG_SESSIONS, Scope.WRITE_SESSIONS)}

    def post(self, request: Request) -> Response:
        """Log a session, on your engagement with the company, or on a new one if nobody coaches it."""
        return idempotency.once(request, lambda: self._log(request, person_of(self)))

    def _log(self, request: Request, user: User) -> dict[str, Any]:
        facts = checked(NewSessionSerializer, request)
        company = one(Company.objects.visible_to(user), facts.pop("company"), "company")
        facts["coaches"] = every(User.objects.active(), facts["coaches"], "coaches")
        facts["contacts"] = every(Contact.objects.filter(company=company), facts["contacts"], "contacts")
        facts["strategies"] = every(CircularStrategy.objects.all(), facts["strategies"], "strategies")
        facts["stage"] = Stage(facts["stage"]) if facts["stage"] else None
        session = log_session(by=user, company=company, entry=SessionEntry(**facts))
        return {
            "id": str(session.pk),
            "url": request.build_absolute_uri(reverse("api:session-detail", args=[session.pk])),
            "completeness": session.completeness,
            "missing": [str(what.value) for what in session.missing],
        }
