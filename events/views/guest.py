"""What somebody without an account sees: the invitation, the answer, the feedback. A GET changes nothing.

The link's token is taken out of the address at once: the session remembers which keys it has opened, and pages are
addressed by the invitation's number, which opens nothing by itself.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from coachnet.accounts.guards import public
from coachnet.accounts.views import posted
from coachnet.lib import markdown
from events import actions, calendar_file
from events.forms import AnswerForm, FeedbackForm
from events.links import Purpose, key_in, opened
from events.models import EventInvitation, Feedback, Registration

OPENED = "opened_meetings"
MOST_OPENED = 20  # in one session, the latest last
WHY = "Opened from a mail by somebody who has no account"


def _open(request: HttpRequest, token: str, purpose: Purpose) -> HttpResponse:
    """Take the token out of the address. Uses nothing up: mail scanners open links too."""
    key = key_in(token, purpose)
    invitation = opened(key, purpose, lean=True)
    if invitation is None:
        return _closed(request)
    known = {name: value for name, value in request.session.get(OPENED, {}).items() if value != key}
    known[_name(invitation.pk, purpose)] = key
    request.session[OPENED] = dict(list(known.items())[-MOST_OPENED:])
    response = redirect(f"events:{purpose}", invitation.pk)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _name(pk: int, purpose: Purpose) -> str:
    return f"{purpose}-{pk}"


def _invitation(request: HttpRequest, pk: int, purpose: Purpose) -> EventInvitation | None:
    """The invitation, if this browser has opened its link and the link still works."""
    key = request.session.get(OPENED, {}).get(_name(pk, purpose), "")
    # Two hundred may answer in the same minute: what only the page shows is not fetched for an answer.
    invitation = opened(key, purpose, lean=request.method == "POST" and purpose is Purpose.ANSWER)
    return invitation if invitation and invitation.pk == pk else None


def _closed(request: HttpRequest) -> HttpResponse:
    """The same answer whether the link was changed, is another's, was taken back or has run out."""
    return render(request, "events/link_closed.html", status=410)


def _in_reader_language(request: HttpRequest, invitation: EventInvitation) -> Any:
    """The language chosen on this device, else the one the person was written to in."""
    has_chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES or request.user.is_authenticated
    language = translation.get_language() if has_chosen else invitation.reads
    request.LANGUAGE_CODE = language or settings.LANGUAGE_CODE
    return translation.override(request.LANGUAGE_CODE)


@public(WHY)
@never_cache
@require_safe
def answer_open(request: HttpRequest, token: str) -> HttpResponse:
    """The link in an invitation."""
    return _open(request, token, Purpose.ANSWER)


@public(WHY)
@never_cache
@require_safe
def feedback_open(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a thank-you mail."""
    return _open(request, token, Purpose.FEEDBACK)


@public(WHY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("diet")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the meeting and take the answer."""
    invitation = _invitation(request, pk, Purpose.ANSWER)
    if invitation is None:
        return _closed(request)
    with _in_reader_language(request, invitation):
        refused = None
        form = AnswerForm(posted(request))
        if not form.is_bound:
            form.initial = answer_initial(invitation)
        if request.method == "POST" and form.is_valid():
            try:
                actions.answer(invitation=invitation, coming=form.is_coming, diet=form.cleaned_data["diet"])
            except actions.AnswerRefused as error:
                refused = error.reason
            else:
                return redirect("events:answer-done", pk)
        context = answer_context(invitation) | {"form": form, "refused": refused}
        return render(request, "events/answer.html", context, status=409 if refused else 200)


@public(WHY)
@never_cache
@require_safe
def answer_done(request: HttpRequest, pk: int) -> HttpResponse:
    """What the answer came to: a place, a place in line, or none."""
    invitation = _invitation(request, pk, Purpose.ANSWER)
    if invitation is None:
        return _closed(request)
    if invitation.latest is None:
        return redirect("events:answer", pk)
    with _in_reader_language(request, invitation):
        return render(request, "events/answer_done.html", answer_context(invitation))


@public(WHY)
@never_cache
@require_safe
def answer_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting as a file for the calendar."""
    invitation = _invitation(request, pk, Purpose.ANSWER)
    if invitation is None or invitation.event.is_cancelled:
        return _closed(request)
    with _in_reader_language(request, invitation):
        return calendar_response(invitation)


def calendar_response(invitation: EventInvitation) -> HttpResponse:
    """A file that the browser hands to the calendar."""
    return HttpResponse(
        calendar_file.calendar_file(invitation, calendar_file.Method.PUBLISH),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="traff.ics"'},
    )


def answer_initial(invitation: EventInvitation) -> dict[str, str]:
    """The answer form as the person left it; unanswered, it leans to neither side."""
    latest = invitation.latest
    if latest is None or latest.state == Registration.State.EXPIRED:
        return {}
    if latest.is_offered:
        return {"diet": latest.diet}
    return {"answer": "yes" if latest.is_live else "no", "diet": latest.diet}


def answer_context(invitation: EventInvitation) -> dict[str, Any]:
    """What the pages of an answer show: of other people only how many places are left."""
    event, latest = invitation.event, invitation.latest
    taken = Registration.objects.to(event).holding_a_place().count()
    has_say = invitation.live is not None and not event.has_started and event.is_published
    return {
        "invitation": invitation,
        "event": event,
        "registration": latest,
        "about": markdown.render(event.description),
        "free": None if event.capacity is None else max(0, event.capacity - taken),
        "is_open": event.takes_answers or has_say,
        "is_overdue": bool(
            latest and latest.is_offered and latest.offered_until and latest.offered_until <= timezone.now()
        ),
    }


@public(WHY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """What one thought of the meeting."""
    invitation = _invitation(request, pk, Purpose.FEEDBACK)
    if invitation is None or not invitation.event.is_over or not invitation.event.is_published:
        return _closed(request)
    with _in_reader_language(request, invitation):
        given = Feedback.objects.filter(invitation=invitation).first()
        initial = {"rating": given.rating, "text": given.text} if given else {}
        form = FeedbackForm(posted(request), initial=initial)
        if request.method == "POST" and form.is_valid():
            actions.give_feedback(invitation=invitation, **form.cleaned_data)
            return render(request, "events/feedback_done.html", {"event": invitation.event})
        context = {"form": form, "event": invitation.event, "invitation": invitation, "given": given}
        return render(request, "events/feedback.html", context)
