"""Registrations: a member's own answer to her invitation, and who was there."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.api import endpoints, idempotency
from coachnet.api.endpoints import MEETING_NEEDS, person_of
from coachnet.api.models import Scope
from coachnet.api.permissions import Need
from coachnet.api.problems import AnswerRefused
from coachnet.api.questions import IdField
from coachnet.api.writing.sent import Change, checked, one
from events import actions, rules
from events.models import EventInvitation, Registration


class NewRegistrationSerializer(serializers.Serializer):
    """Your answer to an invitation of your own. What you eat is for the meeting's page."""

    event = IdField(help_text="The meeting's id")
    coming = serializers.BooleanField()


class ChangedRegistrationSerializer(Change):
    """Whether the person is at the meeting."""

    attended = serializers.BooleanField()


class RegistrationWrittenSerializer(serializers.Serializer):
    """What came of it: a place, a place in line, or none."""

    id = serializers.IntegerField()
    url = serializers.URLField()
    state = serializers.ChoiceField(Registration.State.choices)
    attended_at = serializers.DateTimeField(allow_null=True)


class RegistrationList(endpoints.RegistrationList):
    """Registrations: read, and your own given."""

    needs = MEETING_NEEDS | {"POST": Need(Permission.SEE_MEETINGS, Scope.WRITE_REGISTRATIONS)}

    def post(self, request: Request) -> Response:
        """Answer your own invitation; until the meeting begins you may change your mind by answering again."""
        return idempotency.once(request, lambda: self._answer(request, person_of(self)))

    def _answer(self, request: Request, user: User) -> dict[str, Any]:
        sent = checked(NewRegistrationSerializer, request)
        own = EventInvitation.objects.of(user).prefetch_related("registrations")
        invitation: EventInvitation = one(own, sent["event"], "event", by="event_id")
        # What she eats stays as she has said it on the page.
        diet = invitation.latest.diet if invitation.latest else ""
        try:
            registration = actions.answer(invitation=invitation, coming=sent["coming"], diet=diet)
        except actions.AnswerRefused as refused:
            raise AnswerRefused(refused.reason.label) from refused
        return _written(request, registration)


class RegistrationDetail(endpoints.RegistrationDetail):
    """One registration: read, and checked in by those who plan."""

    needs = MEETING_NEEDS | {"PATCH": Need(Permission.PLAN_MEETINGS, Scope.WRITE_REGISTRATIONS)}

    def patch(self, request: Request, pk: int) -> Response:
        """Check the person in, or take that back. Whoever had no place has one then, as a registration of its own."""
        user = person_of(self)
        registration = get_object_or_404(self.visible(user), pk=pk)
        invitation = registration.invitation
        if not rules.can_mark_attendance(user, invitation.event):
            raise PermissionDenied
        is_here = checked(ChangedRegistrationSerializer, request)["attended"]
        marked = actions.mark_attendance(invitation=invitation, is_here=is_here, by=user)
        return Response(_written(request, marked or registration))


def _written(request: Request, registration: Registration) -> dict[str, Any]:
    attended = registration.attended_at
    return {
        "id": registration.pk,
        "url": request.build_absolute_uri(reverse("api:registration-detail", args=[registration.pk])),
        "state": registration.state,
        "attended_at": attended.isoformat() if attended else None,
    }
