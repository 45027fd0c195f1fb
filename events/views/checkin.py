"""The door: who is here."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coachnet.accounts.guards import SignedInRequest, requires
from coachnet.accounts.roles import Permission
from coachnet.accounts.views import posted
from coachnet.lib.receipts import receipt
from events import actions, console, rules
from events.forms import GuestForm
from events.models import Event
from events.views.meetings import visible_event


def _open_door(request: SignedInRequest, pk: int) -> Event:
    event = visible_event(request, pk)
    if not rules.can_mark_attendance(request.user, event):
        raise PermissionDenied
    return event


@requires(Permission.PLAN_MEETINGS)
@require_safe
def event_check_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everybody who comes, on one page, with a large button each; a search finds those who are not on it, too."""
    event = _open_door(request, pk)
    text = request.GET.get("q", "").strip()[:100]
    everybody = event.invitations.present() if text else event.invitations.coming()
    people = everybody.matching(text).with_people().in_swedish_order()
    rows = list(people)
    console.name_companies(request.user, rows)
    context: dict[str, Any] = {
        "event": event,
        "people": rows,
        "q": text,
        "here": event.invitations.attended().count(),
        "coming": event.invitations.coming().count(),
    }
    return render(request, "events/check_in.html", context)


@requires(Permission.PLAN_MEETINGS)
@require_POST
def person_here(request: SignedInRequest, pk: int, person: int) -> HttpResponse:
    """One tap at the door: here, or not here after all."""
    event = _open_door(request, pk)
    invitation = get_object_or_404(event.invitations.present().select_related("user", "event"), pk=person)
    is_here = request.POST.get("done") != "0"
    actions.mark_attendance(invitation=invitation, is_here=is_here, by=request.user)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    words = gettext("%(name)s är här") if is_here else gettext("%(name)s är inte här")
    receipt(request, words % {"name": invitation.person_name})
    return redirect("events:event-check-in", pk)


@requires(Permission.PLAN_MEETINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def event_walk_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody at the door who was not invited."""
    event = _open_door(request, pk)
    initial = {"name": request.GET.get("name", "")[:120]}
    form = GuestForm(posted(request), at_the_door=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        invitation = actions.add_walk_in(event=event, by=request.user, **form.cleaned_data)
        receipt(request, gettext("%(name)s är här") % {"name": invitation.person_name})
        return redirect("events:event-check-in", pk)
    return render(request, "events/walk_in.html", {"event": event, "form": form})
