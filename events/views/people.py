"""The people of a meeting: inviting, moving, taking away, mails, and lists on paper."""

from typing import Any

from allauth.core.ratelimit import consume, respond_429
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coachnet.accounts.guards import SignedInRequest, requires
from coachnet.accounts.roles import Permission
from coachnet.accounts.views import posted
from coachnet.audit.access import record_export
from coachnet.lib import csv_export
from coachnet.lib.keyset import page_of
from coachnet.lib.receipts import receipt
from coachnet.notifications.models import Notification
from coachnet.notifications.registry import RULES
from events import actions, console, rules
from events.forms import GuestForm, InviteForm, PeopleFilterForm
from events.models import Event, EventInvitation, Registration
from events.views.meetings import visible_event

State = Registration.State


@requires(Permission.PLAN_MEETINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def event_invite(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose members and paste guests; see who it is; then send."""
    event = visible_event(request, pk)
    if not rules.can_invite(request.user, event):
        raise PermissionDenied
    chosen = PeopleFilterForm(request.GET)
    invited = event.invitations.present().filter(user__isnull=False)
    people = chosen.people().exclude(pk__in=invited.values("user"))
    form = InviteForm(posted(request), people=people)
    context: dict[str, Any] = {"event": event, "form": form, "filter": chosen, "count": people.count()}
    if request.method == "POST" and form.is_valid():
        if "confirmed" in request.POST:
            return _invited(request, event, form)
        context["members"] = form.members()
        context["guests"] = form.cleaned_data["guests"].entries
        return render(request, "events/invite_preview.html", context)
    return render(request, "events/invite.html", context)


def _invited(request: SignedInRequest, event: Event, form: InviteForm) -> HttpResponse:
    if not consume(request, action="invite", user=request.user):
        return respond_429(request)
    outcome = actions.invite(
        event=event,
        by=request.user,
        members=form.members(),
        guests=form.cleaned_data["guests"].entries,
        language=form.cleaned_data["language"],
    )
    count = len(outcome.new)
    if event.is_published:
        words = ngettext("%(count)s inbjudan skickas", "%(count)s inbjudningar skickas", count)
    else:
        words = ngettext(
            "%(count)s är inbjuden. Mejlet går när träffen publiceras",
            "%(count)s är inbjudna. Mejlen går när träffen publiceras",
            count,
        )
    receipt(request, words % {"count": count})
    return redirect(f"{event.get_absolute_url()}?answer=all")


@requires(Permission.PLAN_MEETINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def event_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then remind those who have not answered. A mailing cannot be taken back."""
    event = visible_event(request, pk)
    if not rules.can_invite(request.user, event) or not event.takes_answers:
        raise PermissionDenied
    if request.method == "POST":
        count = actions.ask_again(event=event, by=request.user)
        words = ngettext(
            "Påminnelsen går till %(count)s person", "Påminnelsen går till %(count)s personer", count
        )
        receipt(request, words % {"count": count})
        return redirect(event)
    count = event.invitations.unanswered().count()
    return render(request, "events/event_ask.html", {"event": event, "count": count})


def _person(request: SignedInRequest, pk: int, person: int) -> EventInvitation:
    event = visible_event(request, pk)
    invitations = event.invitations.select_related("user", "event").prefetch_related("registrations")
    return get_object_or_404(invitations, pk=person)


@requires(Permission.PLAN_MEETINGS)
@require_POST
def person_move(request: SignedInRequest, pk: int, person: int) -> HttpResponse:
    """Give a place, move to the waiting list, or say no for somebody."""
    invitation = _person(request, pk, person)
    asked = request.POST.get("to") or request.GET.get("to", "")
    if asked not in (State.COMING, State.WAITING, State.DECLINED):
        return HttpResponseBadRequest()
    before = invitation.live.state if invitation.live else State.DECLINED
    to = State(asked)
    is_undo = "to" in request.GET
    actions.move(invitation=invitation, to=to, by=request.user, last_in_line=not is_undo)
    words = {
        State.COMING: gettext("%(name)s har en plats"),
        State.WAITING: gettext("%(name)s står på väntelistan"),
        State.DECLINED: gettext("%(name)s kommer inte"),
    }[to]
    undo = "" if is_undo else _back_to(invitation, before)
    receipt(request, words % {"name": invitation.person_name}, undo_url=undo)
    return redirect(f"{invitation.event.get_absolute_url()}?answer={request.POST.get('back', 'coming')}")


def _back_to(invitation: EventInvitation, before: str) -> str:
    """The address that takes a move back. An offer that was taken by hand goes back to the line."""
    state = State.WAITING if before == State.OFFERED else before
    return reverse("events:person-move", args=[invitation.event_id, invitation.pk]) + f"?to={state}"


@requires(Permission.PLAN_MEETINGS)
@require_POST
def person_remove(request: SignedInRequest, pk: int, person: int) -> HttpResponse:
    """Take somebody off the meeting."""
    invitation = _person(request, pk, person)
    if invitation.removed_at is None:
        before = invitation.live.state if invitation.live else ""
        actions.remove_invitation(invitation=invitation, by=request.user)
        undo = reverse("events:person-restore", args=[pk, person]) + f"?to={before}"
        name = invitation.person_name
        receipt(request, gettext("%(name)s är borttagen från träffen") % {"name": name}, undo_url=undo)
    return redirect(f"{invitation.event.get_absolute_url()}?answer={request.POST.get('back', 'coming')}")


@requires(Permission.PLAN_MEETINGS)
@require_POST
def person_restore(request: SignedInRequest, pk: int, person: int) -> HttpResponse:
    """Take a removal back, with the answer that the person had."""
    invitation = _person(request, pk, person)
    actions.restore_invitation(invitation=invitation, by=request.user)
    before = request.GET.get("to", "")
    if before in Registration.LIVE:
        to = State.WAITING if before == State.OFFERED else State(before)
        actions.move(invitation=invitation, to=to, by=request.user, last_in_line=False)
    receipt(request, gettext("%(name)s är tillbaka") % {"name": invitation.person_name})
    return redirect(invitation.event)


@requires(Permission.PLAN_MEETINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def person_link(request: SignedInRequest, pk: int, person: int) -> HttpResponse:
    """Send the invitation again with a new link; a guest's address can be mended."""
    invitation = _person(request, pk, person)
    if not rules.can_invite(request.user, invitation.event) or invitation.removed_at:
        raise PermissionDenied
    initial = {"name": invitation.name, "email": invitation.email}
    form = GuestForm(posted(request), initial=initial)
    if request.method == "POST" and (not invitation.is_guest or form.is_valid()):
        facts = form.cleaned_data if invitation.is_guest else {}
        try:
            actions.renew_link(invitation=invitation, by=request.user, **facts)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            receipt(request, gettext("Inbjudan skickas igen med en ny länk"))
            return redirect(f"{invitation.event.get_absolute_url()}?answer=all")
    context = {"event": invitation.event, "invitation": invitation, "form": form}
    return render(request, "events/person_link.html", context)


@requires(Permission.PLAN_MEETINGS)
@require_safe
def event_messages(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every mail about the meeting, to whom, and what became of it."""
    event = visible_event(request, pk)
    rule = request.GET.get("rule", "")
    rows = Notification.objects.about(event).select_related("user")
    if rule in RULES:
        rows = rows.filter(rule=rule)
    page = page_of(rows, by=("-due_at", "-pk"), after=request.GET.get("after", ""), size=50)
    context = {
        "event": event,
        "mailings": console.mailings_of(event),
        "rule": rule if rule in RULES else "",
        "rules": RULES,
        "rows": [(row, RULES[row.rule].name if row.rule in RULES else row.rule) for row in page.rows],
        "next_url": f"?rule={rule}&after={page.after}" if page.after else "",
    }
    return render(request, "events/event_messages.html", context)


# --- Lists on paper ----------------------------------------------------------------------------


@requires(Permission.PLAN_MEETINGS)
@require_safe
def event_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """Those who come, as a list to tick off or as name badges."""
    event = visible_event(request, pk)
    people = list(event.invitations.coming().with_people().in_swedish_order())
    console.name_companies(request.user, people)
    template = "events/badges.html" if "badges" in request.GET else "events/participants.html"
    return render(request, template, {"event": event, "people": people})


@requires(Permission.PLAN_MEETINGS)
@require_safe
def event_export(request: SignedInRequest, pk: int) -> StreamingHttpResponse:
    """All who are invited, with their answers, as CSV. What people eat stays here: it is deleted, a file is not."""
    event = visible_event(request, pk)
    people = event.invitations.present().with_people().in_swedish_order()
    rows = list(people)
    console.name_companies(request.user, rows)
    record_export(request, what="meeting", rows=len(rows), filters={"event": event.pk})
    header = [
        gettext("Namn"),
        gettext("Organisation"),
        gettext("E-post"),
        gettext("Svar"),
        gettext("Svarade"),
        gettext("Var där"),
    ]
    name = slugify(event.title)[:60] or "traff"
    return StreamingHttpResponse(
        csv_export.lines(header, (_export_row(one) for one in rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{event.day}.csv"'},
    )


def _export_row(one: EventInvitation) -> list[object]:
    latest = one.latest
    organisation = str(one.user.organisation or "") if one.user else getattr(one, "company_name", "")
    return [
        one.person_name,
        organisation,
        one.address,
        latest.get_state_display() if latest else gettext("Har inte svarat"),
        latest.answered_at if latest else "",
        gettext("ja") if latest and latest.attended_at else "",
    ]
