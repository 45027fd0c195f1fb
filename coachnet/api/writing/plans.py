"""Actions: steps of a company's plan, added, changed, ticked off."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from coaching import actions, rules
from coaching.models import Action, Engagement
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.api import endpoints, idempotency
from coachnet.api.endpoints import READS_SESSIONS, person_of
from coachnet.api.models import Scope
from coachnet.api.permissions import Need
from coachnet.api.questions import IdField
from coachnet.api.writing.sent import Change, DayField, checked, one
from companies.models import Contact

WRITES_ACTIONS = Need(Permission.LOG_SESSIONS, Scope.WRITE_ACTIONS)


class NewActionSerializer(serializers.Serializer):
    """A step for an action plan, promised by a coach on the engagement or by somebody at the company."""

    engagement = IdField()
    what = serializers.CharField(min_length=1, max_length=300)
    owner_coach = IdField(required=False, allow_null=True, default=None)
    owner_contact = IdField(required=False, allow_null=True, default=None)
    due_on = DayField(required=False, allow_null=True, default=None)


class ChangedActionSerializer(Change):
    """What is to be another of a step. A new owner takes the place of the one there is."""

    what = serializers.CharField(required=False, min_length=1, max_length=300)
    owner_coach = IdField(required=False, allow_null=True)
    owner_contact = IdField(required=False, allow_null=True)
    due_on = DayField(required=False, allow_null=True)
    status = serializers.ChoiceField(Action.Status.choices, required=False)


class ActionWrittenSerializer(serializers.Serializer):
    """What came of it: never what was written."""

    id = serializers.UUIDField()
    url = serializers.URLField()
    status = serializers.ChoiceField(Action.Status.choices)


class ActionList(endpoints.ActionRows):
    """Actions: read, and added to a plan."""

    needs = {"GET": READS_SESSIONS, "POST": WRITES_ACTIONS}

    def post(self, request: Request) -> Response:
        """Add a step to the plan of an engagement that you are on. Exactly one owner."""
        return idempotency.once(request, lambda: self._add(request, person_of(self)))

    def _add(self, request: Request, user: User) -> dict[str, Any]:
        facts = checked(NewActionSerializer, request)
        engagement = one(Engagement.objects.visible_to(user), facts["engagement"], "engagement")
        action = actions.add_action(
            by=user,
            engagement=engagement,
            what=facts["what"],
            owner=_owner(engagement, facts["owner_coach"], facts["owner_contact"]),
            due_on=facts["due_on"],
        )
        return _written(request, action)


class ActionDetail(endpoints.ActionDetail):
    """One action: read, changed, ticked off, called off, opened again."""

    needs = {"GET": READS_SESSIONS, "PATCH": WRITES_ACTIONS}

    def patch(self, request: Request, pk: Any) -> Response:
        """Change what is named; `status` does what the ticks on the page do. Said again, it is done."""
        user = person_of(self)
        action = get_object_or_404(self.visible(user), pk=pk)
        if not rules.can_edit_action(user, action):
            raise PermissionDenied
        sent = checked(ChangedActionSerializer, request)
        with transaction.atomic():
            status = sent.pop("status", action.status)
            if sent:
                action = actions.update_action(by=user, action=action, **_facts(action, sent))
            action = _put_in(action, status, user)
        return Response(_written(request, action))


CLOSED_BY: dict[str, Any] = {
    Action.Status.DONE: actions.complete_action,
    Action.Status.CANCELLED: actions.cancel_action,
}


def _put_in(action: Action, status: str, user: User) -> Action:
    """From done to called off, or back, goes by way of open, as on the page."""
    if status != action.status and not action.is_open:
        action = actions.reopen_action(by=user, action=action)
    return CLOSED_BY[status](by=user, action=action) if status != action.status else action


def _facts(action: Action, sent: dict[str, Any]) -> dict[str, Any]:
    """Everything the action takes: what stands there, with what was sent in its place."""
    owner = action.owner
    named = {name: sent[name] for name in ("owner_coach", "owner_contact") if name in sent}
    stands = {"owner_coach": action.owner_coach_id, "owner_contact": action.owner_contact_id}
    # The one it has may stay, also when she could not be chosen any more.
    if named and stands | named != stands:
        owner = _owner(action.engagement, sent.get("owner_coach"), sent.get("owner_contact"))
    return {
        "what": sent.get("what", action.what),
        "owner": owner,
        "due_on": sent.get("due_on", action.due_on),
    }


def _written(request: Request, action: Action) -> dict[str, Any]:
    url = request.build_absolute_uri(reverse("api:action-detail", args=[action.pk]))
    return {"id": str(action.pk), "url": url, "status": action.status}


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
