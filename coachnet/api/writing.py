"""What can be written: the pages' own actions, each done once however often it is sent."""

import datetime as dt
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from coaching.actions import SessionEntry, add_action, log_session
from coaching.models import Engagement, Session, Stage
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.api import endpoints, idempotency
from coachnet.api.endpoints import READS_SESSIONS, person_of
from coachnet.api.models import Scope
from coachnet.api.permissions import Need
from coachnet.api.questions import IdField
from companies.models import CircularStrategy, Company, Contact

DAY_MINUTES = 1440
MOST_PEOPLE = 50


class DayField(serializers.DateField):
    """A day that somebody now living may mean."""

    def __init__(self, **kwargs: Any) -> None:
        within = [MinValueValidator(dt.date(2000, 1, 1)), MaxValueValidator(dt.date(2100, 1, 1))]
        super().__init__(validators=within, **kwargs)


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


class NewActionSerializer(serializers.Serializer):
    """A step for an action plan, promised by a coach on the engagement or by somebody at the company."""

    engagement = IdField()
    what = serializers.CharField(min_length=1, max_length=300)
    owner_coach = IdField(required=False, allow_null=True, default=None)
    owner_contact = IdField(required=False, allow_null=True, default=None)
    due_on = DayField(required=False, allow_null=True, default=None)


class ActionMadeSerializer(serializers.Serializer):
    """What came of it."""

    id = serializers.UUIDField()
    url = serializers.URLField()


class SessionList(endpoints.SessionRows):
    """Sessions: read, and logged."""

    needs = {"GET": READS_SESSIONS, "POST": Need(Permission.LOG_SESSIONS, Scope.WRITE_SESSIONS)}

    def post(self, request: Request) -> Response:
        """Log a session, on your engagement with the company, or on a new one if nobody coaches it."""
        return idempotency.once(request, lambda: self._log(request, person_of(self)))

    def _log(self, request: Request, user: User) -> dict[str, Any]:
        facts = _checked(NewSessionSerializer, request)
        company = _one(Company.objects.visible_to(user), facts.pop("company"), "company")
        facts["coaches"] = _all(User.objects.active(), facts["coaches"], "coaches")
        facts["contacts"] = _all(Contact.objects.filter(company=company), facts["contacts"], "contacts")
        facts["strategies"] = _all(CircularStrategy.objects.all(), facts["strategies"], "strategies")
        facts["stage"] = Stage(facts["stage"]) if facts["stage"] else None
        session = log_session(by=user, company=company, entry=SessionEntry(**facts))
        return {
            "id": str(session.pk),
            "url": request.build_absolute_uri(reverse("api:session-detail", args=[session.pk])),
            "completeness": session.completeness,
            "missing": [str(what.value) for what in session.missing],
        }


class ActionList(endpoints.ActionRows):
    """Actions: read, and added to a plan."""

    needs = {"GET": READS_SESSIONS, "POST": Need(Permission.LOG_SESSIONS, Scope.WRITE_ACTIONS)}

    def post(self, request: Request) -> Response:
        """Add a step to the plan of an engagement that you are on. Exactly one owner."""
        return idempotency.once(request, lambda: self._add(request, person_of(self)))

    def _add(self, request: Request, user: User) -> dict[str, Any]:
        facts = _checked(NewActionSerializer, request)
        engagement = _one(Engagement.objects.visible_to(user), facts["engagement"], "engagement")
        action = add_action(
            by=user,
            engagement=engagement,
            what=facts["what"],
            owner=_owner(engagement, facts["owner_coach"], facts["owner_contact"]),
            due_on=facts["due_on"],
        )
        url = request.build_absolute_uri(reverse("api:action-detail", args=[action.pk]))
        return {"id": str(action.pk), "url": url}


def _checked(form: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    sent = form(data=request.data)
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)


def _owner(engagement: Engagement, coach: int | None, contact: int | None) -> User | Contact:
    if (coach is None) == (contact is None):
        raise ValidationError(
            {"owner_coach": [gettext("Ange antingen en coach eller någon från företaget.")]}
        )
    if coach is not None:
        owner: User = _one(User.objects.active(), coach, "owner_coach")
        return owner
    theirs: Contact = _one(
        Contact.objects.present().filter(company=engagement.company_id), contact, "owner_contact"
    )
    return theirs


def _one(rows: QuerySet[Any], pk: Any, name: str) -> Any:
    return _all(rows, [pk], name)[0]


def _all(rows: QuerySet[Any], pks: list[Any], name: str) -> tuple[Any, ...]:
    """The rows, each once. Whether one does not exist or may not be seen is answered alike."""
    found = rows.in_bulk(list(set(pks)))
    if missing := sorted(set(pks) - set(found)):
        words = gettext("Finns inte: %(ids)s.") % {"ids": ", ".join(str(pk) for pk in missing)}
        raise ValidationError({name: [words]})
    return tuple(found.values())
