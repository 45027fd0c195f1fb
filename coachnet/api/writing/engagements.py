"""Engagements: a company taken on, moved through its stages, ended and opened again."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from coaching import actions, rules
from coaching.models import Engagement, Programme, Stage
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.api import endpoints, idempotency
from coachnet.api.endpoints import READS_SESSIONS, person_of
from coachnet.api.models import Scope
from coachnet.api.permissions import Need
from coachnet.api.questions import IdField
from coachnet.api.writing.sent import Change, DayField, checked, one
from companies.models import Company


class NewEngagementSerializer(serializers.Serializer):
    """A company to take on, with yourself as lead coach."""

    company = IdField(help_text="The company's id")
    programme = serializers.CharField(
        required=False,
        allow_null=True,
        default=None,
        max_length=120,
        help_text="The name of one that runs; without it the newest",
    )
    stage = serializers.ChoiceField(Stage.choices, required=False, default=Stage.CONTACT)
    started_on = DayField(
        required=False, allow_null=True, default=None, help_text="Today or earlier; without it today"
    )
    goals = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)


class ChangedEngagementSerializer(Change):
    """Where the engagement has come."""

    stage = serializers.ChoiceField(Stage.choices, required=False)
    entered_on = DayField(
        required=False, help_text="When the stage began, today or earlier; without it today"
    )
    goals = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    ended_on = DayField(required=False, allow_null=True, help_text="Ends it; null opens it again")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A day alone says nothing. Raises ValidationError."""
        if "entered_on" in attrs and "stage" not in attrs:
            raise ValidationError({"stage": [serializers.Field.default_error_messages["required"]]})
        return attrs


class EngagementWrittenSerializer(serializers.Serializer):
    """What came of it: never what was written."""

    id = serializers.IntegerField()
    url = serializers.URLField()
    stage = serializers.ChoiceField(Stage.choices)
    ended_on = serializers.DateField(allow_null=True)


class EngagementList(endpoints.EngagementList):
    """Engagements: read, and begun."""

    needs = {"GET": READS_SESSIONS, "POST": Need(Permission.LOG_SESSIONS, Scope.WRITE_ENGAGEMENTS)}

    def post(self, request: Request) -> Response:
        """Take a company on that you coach already, or that nobody coaches."""
        return idempotency.once(request, lambda: self._start(request, person_of(self)))

    def _start(self, request: Request, user: User) -> dict[str, Any]:
        sent = checked(NewEngagementSerializer, request)
        company = one(Company.objects.visible_to(user), sent["company"], "company")
        if not rules.can_start_engagement(user, company):
            raise PermissionDenied
        engagement = actions.start_engagement(
            by=user,
            company=company,
            programme=_programme(sent["programme"]),
            stage=Stage(sent["stage"]),
            goals=sent["goals"],
            started_on=sent["started_on"],
        )
        return _written(request, engagement)


class EngagementDetail(endpoints.EngagementDetail):
    """One engagement: read, and moved on."""

    needs = {"GET": READS_SESSIONS, "PATCH": Need(Permission.SEE_SESSIONS, Scope.WRITE_ENGAGEMENTS)}

    def patch(self, request: Request, pk: int) -> Response:
        """Move to a stage, write the goals down, end it or open it again: all of it or nothing."""
        user = person_of(self)
        engagement = get_object_or_404(self.visible(user), pk=pk)
        if not rules.can_edit_engagement(user, engagement):
            raise PermissionDenied
        sent = checked(ChangedEngagementSerializer, request)
        with transaction.atomic():
            _change(engagement, user, sent)
        engagement.refresh_from_db(fields=["stage", "ended_on"])
        return Response(_written(request, engagement))


def _change(engagement: Engagement, user: User, sent: dict[str, Any]) -> None:
    """Opened first and ended last, so that what stands between is done to an open one. Said again, it is done."""
    ends_otherwise = "ended_on" in sent and sent["ended_on"] != engagement.ended_on
    if ends_otherwise and sent["ended_on"] is None:
        actions.reopen_engagement(by=user, engagement=engagement)
    if "stage" in sent:
        day = sent.get("entered_on")
        actions.change_stage(by=user, engagement=engagement, stage=Stage(sent["stage"]), on=day)
    if "goals" in sent:
        actions.set_goals(by=user, engagement=engagement, goals=sent["goals"])
    if ends_otherwise and sent["ended_on"]:
        actions.end_engagement(by=user, engagement=engagement, on=sent["ended_on"])


def _programme(name: str | None) -> Programme:
    """One that runs. Raises ValidationError."""
    running = Programme.objects.on(timezone.localdate())
    if name:
        named: Programme = one(running, name, "programme", by="name")
        return named
    newest = running.first()
    if newest is None:
        words = gettext("Inget program pågår. Be en administratör lägga upp programmet, så kan du spara.")
        raise ValidationError({"programme": [words]})
    return newest


def _written(request: Request, engagement: Engagement) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("api:engagement-detail", args=[engagement.pk]))
    ended_on = engagement.ended_on.isoformat() if engagement.ended_on else None
    return {"id": engagement.pk, "url": address, "stage": engagement.stage, "ended_on": ended_on}
