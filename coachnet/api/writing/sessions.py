"""Sessions: planned, logged, changed, called off."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response

from coaching import actions, rules
from coaching.actions.entries import SessionEntry
from coaching.actions.sessions import FACTS
from coaching.models import Session, Stage
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.api import endpoints, idempotency
from coachnet.api.endpoints import READS_SESSIONS, person_of
from coachnet.api.models import Scope
from coachnet.api.permissions import Need
from coachnet.api.problems import ChangedMeanwhile
from coachnet.api.questions import IdField
from coachnet.api.writing.sent import Change, DayField, VersionField, checked, every, one
from companies.models import CircularStrategy, Company, Contact

State = Session.State
WRITES_SESSIONS = Need(Permission.LOG_SESSIONS, Scope.WRITE_SESSIONS)
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
    """A session, held or planned. Times are local (Europe/Stockholm), lengths in minutes, the note is Markdown."""

    company = IdField(help_text="The company's id")
    state = serializers.ChoiceField([State.HELD, State.PLANNED], required=False, default=State.HELD)
    date = DayField(help_text="Today or earlier, unless it is planned")
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


class ChangedSessionSerializer(Change, NewSessionSerializer):
    """What is to be another of a session; `coaches`, `contacts` and `strategies` each as a whole."""

    company = None  # type: ignore[assignment]  # how REST framework leaves a field of the class above out
    version = VersionField()
    state = serializers.ChoiceField(
        State.choices, help_text="Called off and missed stand alone, and so does planned to take that back"
    )

    def get_fields(self) -> dict[str, Any]:
        """None need be there; what is not sent is not filled in."""
        fields: dict[str, Any] = super().get_fields()
        for field in fields.values():
            field.required, field.default = False, empty
        return fields


class SessionWrittenSerializer(serializers.Serializer):
    """What came of it: never what was written."""

    id = serializers.UUIDField()
    url = serializers.URLField()
    state = serializers.ChoiceField(State.choices)
    completeness = serializers.ChoiceField(Session.Completeness.choices)
    missing = serializers.ListField(child=serializers.CharField())
    version = serializers.IntegerField()


class SessionList(endpoints.SessionRows):
    """Sessions: read, planned and logged."""

    needs = {"GET": READS_SESSIONS, "POST": WRITES_SESSIONS}

    def post(self, request: Request) -> Response:
        """Log or plan a session, on your engagement with the company, or on a new one if nobody coaches it."""
        return idempotency.once(request, lambda: self._save(request, person_of(self)))

    def _save(self, request: Request, user: User) -> dict[str, Any]:
        facts = checked(NewSessionSerializer, request)
        company = one(Company.objects.visible_to(user), facts.pop("company"), "company")
        save = SAVED_AS[facts.pop("state")]
        session = save(by=user, company=company, entry=SessionEntry(**_understood(facts, company)))
        return _written(request, session)


class SessionDetail(endpoints.SessionDetail):
    """One session: read, changed, logged once it was held, called off."""

    needs = {"GET": READS_SESSIONS, "PATCH": WRITES_SESSIONS}

    def patch(self, request: Request, pk: Any) -> Response:
        """Change what is named, from the `version` that was read; `state` alone calls it off or takes that back."""
        user = person_of(self)
        session = get_object_or_404(self.visible(user), pk=pk)
        if not rules.can_edit_session(user, session):
            raise PermissionDenied
        sent = checked(ChangedSessionSerializer, request)
        version, state = sent.pop("version", None), sent.pop("state", session.state)
        if close := None if sent else _closing(session, state):
            return Response(_written(request, close(by=user, session=session)))
        if version is None:
            raise ValidationError({"version": [serializers.Field.default_error_messages["required"]]})
        if state not in SAVED_AS:
            raise ValidationError(
                {"state": [gettext("Bara det som är planerat eller genomfört kan ändras.")]}
            )
        return Response(_written(request, _change(session, user, sent, state=state, version=version)))


# The action that saves a session in a state.
SAVED_AS: dict[str, Any] = {State.HELD: actions.log_session, State.PLANNED: actions.plan_session}
CLOSED_BY: dict[str, Any] = {State.CANCELLED: actions.cancel_session, State.NO_SHOW: actions.mark_no_show}


def _closing(session: Session, state: str) -> Any:
    """The action that calls off, notes a miss or takes that back; None when it is something else."""
    takes_back = state == State.PLANNED and session.state in CLOSED_BY
    return actions.undo_closing if takes_back else CLOSED_BY.get(state)


def _change(session: Session, user: User, sent: dict[str, Any], *, state: str, version: int) -> Session:
    """Save the whole as the page's form does: what stands there, with what was sent in its place."""
    company = session.engagement.company
    stands: dict[str, Any] = {fact: getattr(session, fact) for fact in FACTS}
    for people in ("coaches", "contacts", "strategies"):
        stands[people] = tuple(getattr(session, people).all())
    entry = SessionEntry(**stands | _understood(sent, company))
    try:
        saved: Session = SAVED_AS[state](
            by=user, company=company, entry=entry, key=session.pk, version=version
        )
    except actions.SessionConflict as changed:
        raise ChangedMeanwhile from changed
    return saved


def _understood(facts: dict[str, Any], company: Company) -> dict[str, Any]:
    """With people, strategies and stage in place of ids and codes, where they were sent. Raises ValidationError."""
    rows: dict[str, Any] = {
        "coaches": User.objects.active(),
        "contacts": Contact.objects.filter(company=company),
        "strategies": CircularStrategy.objects.all(),
    }
    meant: dict[str, Any] = {name: every(rows[name], facts[name], name) for name in rows if name in facts}
    if facts.get("stage"):
        meant["stage"] = Stage(facts["stage"])
    return facts | meant


def _written(request: Request, session: Session) -> dict[str, Any]:
    return {
        "id": str(session.pk),
        "url": request.build_absolute_uri(reverse("api:session-detail", args=[session.pk])),
        "state": session.state,
        "completeness": session.completeness,
        "missing": [str(what.value) for what in session.missing],
        "version": session.version,
    }
