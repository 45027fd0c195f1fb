"""Actions: steps of a company's plan."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from coaching.actions import add_action
from coaching.models import Engagement
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.api import endpoints, idempotency
from coachnet.api.endpoints import READS_SESSIONS, person_of
from coachnet.api.models import Scope
from coachnet.api.permissions import Need
from coachnet.api.questions import IdField
from coachnet.api.writing.sent import DayField, checked, one
from companies.models import Contact


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


class ActionList(endpoints.ActionRows):
    """Actions: read, and added to a plan."""

    needs = {"GET": READS_SESSIONS, "POST": Need(Permission.LOG_SESSIONS, Scope.WRITE_ACTIONS)}

    def post(self, request: Request) -> Response:
        """Add a step to the plan of an engagement that you are on. Exactly one owner."""
        return idempotency.once(request, lambda: self._add(request, person_of(self)))

    def _add(self, request: Request, user: User) -> dict[str, Any]:
        facts = checked(NewActionSerializer, request)
        engagement = one(Engagement.objects.visible_to(user), facts["engagement"], "engagement")
        action = add_action(
            by=user,
            engagement=engagement,
            what=facts["what"],
            owner=_owner(engagement, facts["owner_coach"], facts["owner_contact"]),
            due_on=facts["due_on"],
        )
        url = request.build_absolute_uri(reverse("api:action-detail", args=[action.pk]))
        return {"id": str(action.pk), "url": url}


def _owner(engagement: Engagement, coach: int | None, contact: int | None) -> User | Contact:
    if (coach is None) == (contact is None):
        raise ValidationError(
            {"owner_coach": [gettext("Ange antingen en coach eller någon från företaget.")]}
        )
    if coach is not None:
        owner: User = one(User.objects.active(), coach, "owner_coach")
        return owner
    theirs: Contact = one(
        Contact.objects.present().filter(company=engagement.company_id), contact, "owner_contact"
    )
    return theirs
