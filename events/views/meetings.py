"""The list of meetings, one meeting, and planning it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coachnet.accounts.guards import SignedInRequest, requires
from coachnet.accounts.models import Organisation
from coachnet.accounts.roles import Permission
from coachnet.accounts.views import posted
from coachnet.audit.history import Related, history_of
from coachnet.lib import markdown
from coachnet.lib.keyset import page_of
from coachnet.lib.receipts import receipt
from events import actions, console, listing, questions, rules
from events.forms import AnswerForm, CancelForm, EventForm
from events.models import Event, EventInvitation, Registration
from events.views.guest import answer_context, answer_initial, calendar_response

PAGE_SIZE = 25
MEETINGS_PER_PAGE = 12


def visible_event(request: SignedInRequest, pk: int) -> Event:
    """The meeting, if the person may see it; otherwise 404."""
    event = questions.events_of_key.first(request.user, event=pk)
    if event is None:
        raise Http404
    return event


@requires(Permission.SEE_MEETINGS)
@require_safe
def event_list(request: SignedInRequest) -> HttpResponse:
    """Coming meetings, the next first, or past ones, the last first; with one's own answer."""
    view = "past" if request.GET.get("view") == "past" else "ahead"
    events = listing.as_lines(Event.objects.visible_to(request.user), request.user)
    by = ("-starts_at", "-id") if view == "past" else ("begins", "id")
    chosen = events.past() if view == "past" else listing.ahead(events)
    page = page_of(chosen, by=by, after=request.GET.get("after", ""), size=MEETINGS_PER_PAGE)
    can_plan = rules.can_plan(request.user)
    if can_plan:
        console.count_people(page.rows)
    context = {
        "lines": listing.lines_of(page.rows, counted=can_plan),
        "view": view,
        "next_url": f"?view={view}&after={page.after}" if page.after else "",
        "can_plan": can_plan,
    }
    return render(request, "events/event_list.html", context)


@requires(Permission.SEE_MEETINGS)
@require_safe
def event_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The organiser's console; for others the meeting and their own answer."""
    event = visible_event(request, pk)
    if rules.can_plan(request.user) and "mine" not in request.GET:
        return _console(request, event)
    return _member_page(request, event, None)


def _console(request: SignedInRequest, event: Event) -> HttpResponse:
    group = console.group_of(request.GET.get("answer", "attended" if event.is_over else ""))
    text = request.GET.get("q", "").strip()[:100]
    tally = console.tally_of(event, request.user)
    page = console.people_of(event, group, text=text, after=request.GET.get("after", ""))
    query = f"answer={group.key}" + (f"&q={text}" if text else "")
    line = questions.first_in_line(event=event.pk) if tally.counts["waiting"] else []
    console.name_companies(request.user, [*page.rows, *line])
    do = console.deeds_of(event, request.user, tally.counts)
    console.shape_rows(event, page.rows, do, is_filled_in=tally.counts["attended"] > 0)
    context = {
        "event": event,
        "about": markdown.render(event.description),
        "places": tally.places,
        "tabs": tally.tabs,
        "counts": tally.counts,
        "group": group,
        "q": text,
        "people": page.rows,
        "next_url": f"?{query}&after={page.after}" if page.after else "",
        "line": line,
        "mailings": console.mailings_of(event),
        "verdict": console.verdict_on(event, asked=tally.counts["attended"]) if event.is_over else None,
        "diets": tally.diets,
        "is_invited": tally.is_invited,
        "do": do,
        "can_edit": do.can_edit,
        "can_mark_attendance": do.can_mark_attendance,
    }
    return render(request, "events/event_detail.html", context)


def _member_page(
    request: SignedInRequest, event: Event, form: AnswerForm | None, refused: str | None = None
) -> HttpResponse:
    own = EventInvitation.objects.of(request.user).filter(event=event)
    invitation = own.select_related("event__created_by", "user").prefetch_related("registrations").first()
    context: dict[str, Any] = {
        "event": event,
        "about": markdown.render(event.description),
        "refused": refused,
    }
    if invitation:
        context |= answer_context(invitation)
        context["form"] = form or AnswerForm(initial=answer_initial(invitation))
    status = 409 if refused else 200
    return render(request, "events/event_member.html", context, status=status)


@requires(Permission.SEE_MEETINGS)
@require_POST
def event_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """A member's own answer, without the link."""
    event = visible_event(request, pk)
    invitation = get_object_or_404(EventInvitation.objects.of(request.user), event=event)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _member_page(request, event, form)
    try:
        registration = actions.answer(
            invitation=invitation, coming=form.is_coming, diet=form.cleaned_data["diet"]
        )
    except actions.AnswerRefused as refused:
        return _member_page(request, event, form, str(refused.reason.label))
    receipt(request, ANSWERED[registration.state]())
    return redirect(f"{event.get_absolute_url()}?mine")


ANSWERED = {
    "coming": lambda: gettext("Du är anmäld"),
    "waiting": lambda: gettext("Du står på väntelistan"),
    "offered": lambda: gettext("En plats hålls för dig"),
    "declined": lambda: gettext("Du har tackat nej"),
    "cancelled": lambda: gettext("Du är avanmäld"),
}


@requires(Permission.SEE_MEETINGS)
@require_safe
def event_calendar(request: SignedInRequest, pk: int) -> HttpResponse:
    """The meeting as a file for a member's own calendar."""
    own = EventInvitation.objects.of(request.user).exclude(event__state=Event.State.CANCELLED)
    return calendar_response(get_object_or_404(own.select_related("event__created_by", "user"), event=pk))


# --- Planning ----------------------------------------------------------------------------------


@requires(Permission.PLAN_MEETINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def event_create(request: SignedInRequest) -> HttpResponse:
    """Make a draft. Nobody is told until it is published."""
    hosts = [request.user.organisation_id] if request.user.organisation_id else []
    form = EventForm(posted(request), initial={"kind": Event.Kind.NETWORK, "hosts": hosts})
    if request.method == "POST" and form.is_valid():
        try:
            event = actions.plan_event(by=request.user, facts=form.facts)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            receipt(request, gettext("Utkastet är sparat. Bjud in och publicera när det är klart."))
            return redirect(event)
    return render(request, "events/event_form.html", {"form": form})


@requires(Permission.PLAN_MEETINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def event_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a meeting; says who will be mailed. When somebody else has saved meanwhile, nothing is lost."""
    event = visible_event(request, pk)
    if not rules.can_edit(request.user, event):
        raise PermissionDenied
    form = EventForm(posted(request), event=event, initial=EventForm.initial_of(event))
    context: dict[str, Any] = {"form": form, "event": event, "version": event.version}
    status = 200
    if request.method == "POST":
        context["version"] = _number(request.POST.get("version", ""))
        if form.is_valid():
            try:
                saved = actions.update_event(
                    event=event,
                    version=context["version"],
                    facts=form.facts,
                    by=request.user,
                    notify=form.cleaned_data.get("notify", False),
                )
            except actions.EventChangedMeanwhile as changed:
                status = 409
                context |= {"conflict": _differences(form, changed.event), "version": changed.event.version}
            except ValidationError as error:
                form.add_error(None, error)
            else:
                was_told = event.is_published and saved.sequence > event.sequence
                told = gettext("Ändringarna är sparade och mejlas till de inbjudna")
                receipt(request, told if was_told else gettext("Ändringarna är sparade"))
                return redirect(saved)
    context["concerned"] = event.invitations.present().count() if event.is_published else 0
    return render(request, "events/event_form.html", context, status=status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _differences(form: EventForm, current: Event) -> list[dict[str, Any]]:
    """Where the form and the meeting as it now stands differ."""
    stored = EventForm.initial_of(current)
    mine = form.cleaned_data | {"hosts": sorted(host.pk for host in form.cleaned_data.get("hosts") or ())}
    stored["hosts"] = sorted(stored["hosts"])
    names = Organisation.objects.in_bulk([*mine["hosts"], *stored["hosts"]])
    found = []
    for name, value in stored.items():
        both = [mine.get(name), value]
        if (both[0] or "") == (both[1] or ""):
            continue
        if name == "hosts":
            both = [", ".join(str(names[pk]) for pk in pks or ()) for pks in both]
        found.append({"label": form.fields[name].label, "mine": both[0], "theirs": both[1]})
    return found


@requires(Permission.PLAN_MEETINGS)
@require_POST
def event_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the meeting and send its invitations."""
    event = visible_event(request, pk)
    try:
        actions.publish_event(event=event, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("events:event-edit", pk)
    count = event.invitations.present().count()
    sent = ngettext("%(count)s inbjudan skickas", "%(count)s inbjudningar skickas", count)
    receipt(request, gettext("Träffen är publicerad.") + " " + sent % {"count": count})
    return redirect(event)


@requires(Permission.PLAN_MEETINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def event_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then call the meeting off and tell those concerned."""
    event = visible_event(request, pk)
    if not rules.can_edit(request.user, event) or event.is_draft:
        raise PermissionDenied
    form = CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.cancel_event(event=event, by=request.user, words=form.cleaned_data["words"])
        receipt(request, gettext("Träffen är inställd och de berörda får ett mejl"))
        return redirect(event)
    away = event.invitations.staying_away().values("pk")
    concerned = event.invitations.present().exclude(pk__in=away).count()
    context = {"event": event, "form": form, "concerned": concerned}
    return render(request, "events/event_cancel.html", context)


@requires(Permission.PLAN_MEETINGS)
@require_POST
def event_copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft like this meeting."""
    copy = actions.copy_event(event=visible_event(request, pk), by=request.user)
    receipt(request, gettext("Utkastet är en kopia. Se över tiden."))
    return redirect("events:event-edit", copy.pk)


@requires(Permission.PLAN_MEETINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def event_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then throw a draft away."""
    event = visible_event(request, pk)
    if not rules.can_remove(request.user, event):
        raise PermissionDenied
    if request.method == "POST":
        actions.remove_event(event=event, by=request.user)
        receipt(request, gettext("Utkastet är borttaget"))
        return redirect("events:event-list")
    return render(request, "events/event_remove.html", {"event": event})


@requires(Permission.PLAN_MEETINGS)
@require_safe
def event_history(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who has changed the meeting, its invitations and answers."""
    event = visible_event(request, pk)
    history = history_of(
        event,
        Related(EventInvitation, event=event),
        Related(Registration, invitation__event=event),
        after=request.GET.get("after", ""),
    )
    return render(request, "events/event_history.html", {"event": event, "history": history})
