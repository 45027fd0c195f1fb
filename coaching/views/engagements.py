"""An engagement: its coaches, stage, goals and end."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching import actions, rules
from coaching.forms.plans import CoachForm, EndForm, EngagementForm, GoalsForm, Refusable, StageForm
from coaching.forms.words import who_coaches
from coaching.models import Action, Engagement, EngagementCoach, Session, Stage, StageChange
from coachnet.accounts.guards import requires
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.audit.history import Related, history_of
from coachnet.lib.receipts import receipt
from companies.models import Company


def _user(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user


@requires(Permission.LOG_SESSIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def engagement_create(request: HttpRequest) -> HttpResponse:
    """Take a company on. Where others coach it, the page says who and what to do."""
    user = _user(request)
    number = request.POST.get("company") or request.GET.get("company", "")
    company = get_object_or_404(
        Company.objects.visible_to(user), pk=int(number) if number.isascii() and number.isdecimal() else 0
    )
    blocked = "" if rules.can_start_engagement(user, company) else who_coaches(company)
    form = EngagementForm(request.POST or None, company=company)
    if request.method == "POST" and blocked:
        raise PermissionDenied
    if form.is_valid():
        values = form.cleaned_data
        try:
            engagement = actions.start_engagement(
                by=user,
                company=company,
                programme=values["programme"],
                stage=Stage(values["stage"]),
                goals=values["goals"],
                started_on=values["started_on"],
            )
        except ValidationError as refused:
            form.add_refusal(refused)
        else:
            receipt(request, _("Uppdraget har börjat."))
            return redirect("coaching:engagement-detail", engagement.pk)
    values = {
        "form": form,
        "company": company,
        "blocked": blocked,
        "programmes": form.fields["programme"].queryset.exists(),  # type: ignore[attr-defined]
    }
    return render(request, "coaching/engagement_create.html", values, status=422 if form.errors else 200)


@requires(Permission.SEE_SESSIONS)
@require_safe
def engagement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Coaches, stage, goals, actions and sessions of one engagement."""
    user = _user(request)
    engagement = get_object_or_404(Engagement.objects.visible_to(user).with_people(), pk=pk)
    return _show(request, engagement)


def _show(request: HttpRequest, engagement: Engagement, **forms: Form) -> HttpResponse:
    user = _user(request)
    may_edit = rules.can_edit_engagement(user, engagement)
    may_act = rules.is_on(user, engagement) and user.may(Permission.LOG_SESSIONS)
    values: dict[str, Any] = {
        "engagement": engagement,
        "company": engagement.company,
        "may_edit": may_edit,
        "may_act": may_act,
        "may_log": may_act and engagement.is_open,
        "stages": _stages(engagement),
        "actions": Action.objects.filter(engagement=engagement).open().as_rows().soonest_first()[:50],
        "sessions": Session.objects.visible_to(user)
        .filter(engagement=engagement)
        .with_rows()
        .newest_first()[:10],
        "wrong": any(form.errors for form in forms.values()),
    }
    if may_edit:
        values |= {
            "stage_form": StageForm(initial={"stage": engagement.stage}),
            "goals_form": GoalsForm(initial={"goals": engagement.goals}),
            "end_form": EndForm(),
            "coach_form": CoachForm(engagement=engagement),
        }
    return render(
        request, "coaching/engagement_detail.html", values | forms, status=422 if values["wrong"] else 200
    )


def _stages(engagement: Engagement) -> list[dict[str, Any]]:
    """The ring's six steps with the latest day each was entered."""
    entered = {change.stage: change.entered_on for change in engagement.stage_changes.all()}
    number = engagement.current_stage.number
    return [
        {
            "step": stage.number,
            "name": stage.label,
            "state": "done" if stage.number < number else "now" if stage.number == number else "todo",
            "note": entered[stage].isoformat() if stage in entered and stage.number <= number else "",
        }
        for stage in Stage
    ]


def _editable(request: HttpRequest, pk: int) -> Engagement:
    user = _user(request)
    engagement = get_object_or_404(Engagement.objects.visible_to(user).with_people(), pk=pk)
    if not rules.can_edit_engagement(user, engagement):
        raise PermissionDenied
    return engagement


def _perform(
    request: HttpRequest, pk: int, name: str, form: Refusable, deed: Any, words: str
) -> HttpResponse:
    """Check the form, do the deed, go back; a refusal shows the page with the form open."""
    engagement = _editable(request, pk)
    if form.is_valid():
        try:
            deed(engagement, form.cleaned_data)
        except ValidationError as refused:
            form.add_refusal(refused)
        else:
            receipt(request, words)
            return redirect("coaching:engagement-detail", pk)
    return _show(request, engagement, **{name: form})


@requires(Permission.SEE_SESSIONS)
@require_POST
def engagement_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Move to a stage."""

    def deed(engagement: Engagement, values: dict[str, Any]) -> None:
        stage, day = Stage(values["stage"]), values["entered_on"]
        actions.change_stage(by=_user(request), engagement=engagement, stage=stage, on=day)

    return _perform(request, pk, "stage_form", StageForm(request.POST), deed, _("Steget är ändrat."))


@requires(Permission.SEE_SESSIONS)
@require_POST
def engagement_goals(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the goals down."""

    def deed(engagement: Engagement, values: dict[str, Any]) -> None:
        actions.set_goals(by=_user(request), engagement=engagement, goals=values["goals"])

    return _perform(request, pk, "goals_form", GoalsForm(request.POST), deed, _("Målen är sparade."))


@requires(Permission.SEE_SESSIONS)
@require_POST
def engagement_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an engagement, with a way back."""
    engagement = _editable(request, pk)
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            actions.end_engagement(by=_user(request), engagement=engagement, on=form.cleaned_data["ended_on"])
        except ValidationError as refused:
            form.add_refusal(refused)
        else:
            undo = reverse("coaching:engagement-reopen", args=[pk])
            receipt(request, _("Uppdraget är avslutat."), undo_url=undo)
            return redirect("coaching:engagement-detail", pk)
    return _show(request, engagement, end_form=form)


@requires(Permission.SEE_SESSIONS)
@require_POST
def engagement_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an ending back."""
    engagement = _editable(request, pk)
    try:
        actions.reopen_engagement(by=_user(request), engagement=engagement)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        receipt(request, _("Uppdraget är öppet igen."))
    return redirect("coaching:engagement-detail", pk)


@requires(Permission.SEE_SESSIONS)
@require_POST
def engagement_coach_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Share the engagement with one more coach."""
    form = CoachForm(request.POST, engagement=_editable(request, pk))

    def deed(engagement: Engagement, values: dict[str, Any]) -> None:
        actions.add_coach(by=_user(request), engagement=engagement, coach=values["coach"])

    return _perform(request, pk, "coach_form", form, deed, _("Coachen är tillagd."))


@requires(Permission.SEE_SESSIONS)
@require_POST
def engagement_coach_remove(request: HttpRequest, pk: int, coach: int) -> HttpResponse:
    """End a coach's part in the engagement."""
    return _with_coach(request, pk, coach, actions.remove_coach, _("Coachen är borttagen ur uppdraget."))


@requires(Permission.SEE_SESSIONS)
@require_POST
def engagement_lead(request: HttpRequest, pk: int, coach: int) -> HttpResponse:
    """Hand the lead to another coach on the engagement."""
    return _with_coach(request, pk, coach, actions.change_lead, _("Huvudcoachen är bytt."))


def _with_coach(request: HttpRequest, pk: int, coach: int, deed: Any, words: str) -> HttpResponse:
    engagement, user = _editable(request, pk), _user(request)
    membership = get_object_or_404(EngagementCoach, engagement=engagement, coach=coach, left_on=None)
    try:
        deed(by=user, engagement=engagement, coach=membership.coach)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        receipt(request, words)
    if Engagement.objects.visible_to(user).filter(pk=pk).exists():
        return redirect("coaching:engagement-detail", pk)
    return redirect("coaching:today")


@requires(Permission.SEE_SESSIONS)
@require_safe
def engagement_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what, for those who may edit the engagement."""
    engagement = _editable(request, pk)
    related = [Related(model, engagement=engagement) for model in (EngagementCoach, StageChange, Action)]
    history = history_of(engagement, *related, after=request.GET.get("after", ""))
    return render(request, "coaching/engagement_history.html", {"engagement": engagement, "history": history})
