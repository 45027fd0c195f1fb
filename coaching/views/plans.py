"""The action plan across companies, and single actions."""

import datetime as dt
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching import actions, rules
from coaching.forms.plans import ActionForm
from coaching.models import Action, Engagement
from coaching.views import paging
from coachnet.accounts.guards import requires
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.audit.history import history_of
from coachnet.lib.addresses import own_address
from coachnet.lib.receipts import receipt

RECENTLY = dt.timedelta(days=30)


def _user(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user


@requires(Permission.LOG_SESSIONS)
@require_safe
def action_list(request: HttpRequest) -> HttpResponse:
    """What the coach has promised, or everything on her engagements; overdue first, then by day."""
    user = _user(request)
    mine = request.GET.get("scope") != "all"
    done = request.GET.get("show") == "done"
    rows = Action.objects.visible_to(user)
    rows = rows.owned_by(user) if mine else rows.of_engagements_of(user)
    overdue = rows.overdue().count()
    rows = rows.done().filter(closed_at__gte=timezone.now() - RECENTLY) if done else rows.open()
    values = {
        "page": paging.soonest_first(request, rows.as_rows()),
        "mine": mine,
        "done": done,
        "overdue": overdue,
        "today": timezone.localdate(),
    }
    return render(request, "coaching/action_list.html", values)


def _back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To where the person came from, if that is one of our pages."""
    return redirect(_came_from(request) or otherwise)


def _came_from(request: HttpRequest) -> str:
    return own_address(request, request.POST.get("next") or request.headers.get("Referer", ""))


@requires(Permission.LOG_SESSIONS)
@require_POST
def action_done(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One tap: done=1 ticks an action off, done=0 takes that back. Twice the same is once."""
    user = _user(request)
    action = get_object_or_404(Action.objects.visible_to(user), pk=pk)
    if request.POST.get("done") == "0":
        actions.reopen_action(by=user, action=action)
        words, undo = _("Åtgärden är öppen igen."), ""
    else:
        actions.complete_action(by=user, action=action)
        words, undo = _("Åtgärden är markerad som klar."), reverse("coaching:action-reopen", args=[pk])
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    receipt(request, words, undo_url=undo)
    return _back(request, reverse("coaching:action-list"))


@requires(Permission.LOG_SESSIONS)
@require_POST
def action_reopen(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take back that an action was done or called off."""
    user = _user(request)
    action = get_object_or_404(Action.objects.visible_to(user), pk=pk)
    actions.reopen_action(by=user, action=action)
    receipt(request, _("Åtgärden är öppen igen."))
    return _back(request, reverse("coaching:action-list"))


@requires(Permission.LOG_SESSIONS)
@require_POST
def action_cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Call an action off."""
    user = _user(request)
    action = get_object_or_404(Action.objects.visible_to(user), pk=pk)
    actions.cancel_action(by=user, action=action)
    receipt(request, _("Åtgärden är avbruten."), undo_url=reverse("coaching:action-reopen", args=[pk]))
    return redirect("coaching:action-list")


@requires(Permission.LOG_SESSIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def action_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change what, who or when."""
    user = _user(request)
    action = get_object_or_404(Action.objects.visible_to(user).with_rows(), pk=pk)
    if not rules.can_edit_action(user, action):
        raise PermissionDenied
    form = ActionForm(request.POST or None, user=user, engagement=action.engagement, action=action)
    if form.is_valid() and _done(form, actions.update_action, by=user, action=action):
        receipt(request, _("Åtgärden är sparad."))
        return _back(request, reverse("coaching:action-list"))
    return _show(request, form, action.engagement, action)


@requires(Permission.LOG_SESSIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def action_create(request: HttpRequest, engagement: int) -> HttpResponse:
    """Add a step to a company's plan."""
    user = _user(request)
    row = get_object_or_404(Engagement.objects.visible_to(user).with_people(), pk=engagement)
    if not rules.can_edit_engagement(user, row):
        raise PermissionDenied
    form = ActionForm(request.POST or None, user=user, engagement=row)
    key = _key(request)
    if form.is_valid() and _done(form, actions.add_action, by=user, engagement=row, key=key):
        receipt(request, _("Åtgärden är tillagd."))
        return _back(request, reverse("coaching:engagement-detail", args=[row.pk]))
    return _show(request, form, row, None, key=key)


def _key(request: HttpRequest) -> uuid.UUID:
    """The form's own id, so that two taps make one action."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _done(form: ActionForm, deed: Any, **facts: Any) -> bool:
    try:
        deed(
            what=form.cleaned_data["what"],
            owner=form.promised_by,
            due_on=form.cleaned_data["due_on"],
            **facts,
        )
    except ValidationError as refused:
        form.add_refusal(refused)
        return False
    return True


def _show(
    request: HttpRequest,
    form: ActionForm,
    engagement: Engagement,
    action: Action | None,
    key: uuid.UUID | None = None,
) -> HttpResponse:
    values = {
        "form": form,
        "engagement": engagement,
        "action": action,
        "key": key,
        "next": _came_from(request),
        "history": history_of(action, after=request.GET.get("after", "")) if action else None,
    }
    return render(request, "coaching/action_form.html", values, status=422 if form.errors else 200)
