"""The door: who is here."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coachnet.accounts.guards import SignedInRequest, requires
from coachnet.accounts.roles import Permission
from coachnet.accounts.views import posted
from coachnet.lib.receipts import receipt
from coachnet.lib.templatetags.formats import clock
from events import actions, console, rules
from events.forms import GuestForm, TapForm
from events.models import Event, EventInvitation
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
    """One tap at the door: here, or not here after all. A script may bring it late, and draws what it is answered."""
    event = visible_event(request, pk)
    invitation = get_object_or_404(event.invitations.select_related("user"), pk=person)
    by_script = bool(request.htmx)  # type: ignore[attr-defined]
    if by_script and (words := _refusal(event, invitation)):
        return JsonResponse({"words": words}, status=409)
    if invitation.removed_at:
        raise Http404
    tap = TapForm(request.POST)
    tap.is_valid()
    registration = actions.mark_attendance(
        invitation=invitation, is_here=tap.is_here, by=request.user, tapped_at=tap.tapped_at
    )
    here_since = registration and registration.attended_at
    here_words = gettext("Här %(time)s") % {"time": clock(here_since)} if here_since else gettext("Här nu")
    told = gettext("%(name)s är här") if here_since else gettext("%(name)s är inte här")
    told %= {"name": invitation.person_name}
    if by_script:
        return JsonResponse({"here": bool(here_since), "words": here_words, "receipt": told})
    receipt(request, told)
    return redirect("events:event-check-in", pk)


def _refusal(event: Event, invitation: EventInvitation) -> str:
    """Why a tap cannot count, in words for whoever made it long ago, maybe on another page; empty when it can."""
    name = {"name": invitation.person_name}
    if event.is_cancelled:
        return gettext("%(name)s är inte incheckad: träffen är inställd.") % name
    if invitation.removed_at:
        return gettext("%(name)s är inte incheckad: inbjudan är borttagen.") % name
    return ""


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
