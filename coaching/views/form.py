"""The session form: new, as a draft, planned, held, in conflict."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching import actions, conflicts, form_questions, rules
from coaching.forms import typed
from coaching.forms.session import SessionForm
from coaching.forms.words import who_coaches
from coaching.models import Session, SessionDraft
from coaching.notes import NOTE_TEMPLATES
from coaching.views import keeping
from coachnet.accounts.guards import public, requires
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.lib import markdown
from coachnet.lib.receipts import receipt
from coachnet.lib.templatetags.formats import clock
from companies.models import Company

State = Session.State


@requires(Permission.LOG_SESSIONS)
@require_safe
def session_create(request: HttpRequest) -> HttpResponse:
    """Give a new form its id and go to it. The id in the address makes reload and back button harmless."""
    query = request.GET.urlencode()
    address = reverse("coaching:session-edit", args=[uuid.uuid4()])
    return redirect(f"{address}?{query}" if query else address)


@public("A form sent after the sign-in has run out is kept as a draft. Everything else asks for sign-in.")
@csrf_exempt  # checked inside, where an old token must not cost the text
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """One form for a session's whole life; its address holds the id the session has or will have."""
    user = request.user
    if not user.is_authenticated:
        return (
            keeping.signed_out(request, pk) if request.method == "POST" else redirect_to_login(request.path)
        )
    _demand_logger(user)
    session = editable_session(user, pk)
    if request.method == "POST":
        return keeping.refused_as_forged(request, user, pk) or _save(request, user, pk, session)
    return _open(request, user, pk, session)


def _demand_logger(user: User) -> None:
    """What the guards demand elsewhere. Views that answer signed-out people themselves have none of them."""
    if not user.may(Permission.LOG_SESSIONS):
        raise PermissionDenied
    if user.must_have_second_step and not user.has_second_step:
        raise PermissionDenied("A second step of sign-in must be set up first.")


def editable_session(user: User, pk: uuid.UUID) -> Session | None:
    """The saved session behind a form, None for a new one. 404 for those she may not see, 403 for no editing."""
    session = form_questions.sessions_of_key.first(key=pk)
    if session is None:
        return None
    if not Session.objects.visible_to(user).filter(pk=pk).exists():
        raise Http404
    if not rules.can_edit_session(user, session):
        raise PermissionDenied
    return session


def _open(request: HttpRequest, user: User, pk: uuid.UUID, session: Session | None) -> HttpResponse:
    draft = form_questions.own_drafts.first(user, key=pk)
    if draft:
        data = typed.retyped(draft.data)
        company = session.engagement.company if session else keeping.company_in(data, user)
        form = SessionForm(data, user=user, key=pk, company=company, session=session, quiet=True)
        return _show(request, form, draft=draft)
    if session:
        ahead = not session.waits_to_be_logged or "planned" in request.GET
        planned = session.state != State.HELD and ahead and "log" not in request.GET
        initial = typed.of_session(session, state=State.PLANNED if planned else State.HELD)
        company = session.engagement.company
    else:
        company = keeping.company_in(request.GET, user)
        initial = typed.fresh(user, company, planned="planned" in request.GET, day=_day(request))
    return _show(request, SessionForm(user=user, key=pk, company=company, session=session, initial=initial))


def _day(request: HttpRequest) -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.GET.get("date", ""))
    except ValueError:
        return None


def _form_from(
    data: MultiValueDict[str, str], user: User, pk: uuid.UUID, session: Session | None, *, quiet: bool = False
) -> SessionForm:
    company = session.engagement.company if session else keeping.company_in(data, user)
    rows = typed.with_row_counts(data)
    return SessionForm(rows, user=user, key=pk, company=company, session=session, quiet=quiet)


def _save(request: HttpRequest, user: User, pk: uuid.UUID, session: Session | None) -> HttpResponse:
    data: MultiValueDict[str, str] = request.POST
    if session and "resolve" in data:
        data = conflicts.merged(data, session)
    form = _form_from(data, user, pk, session)
    if form.is_valid():
        try:
            saved = _perform(form)
        except actions.SessionConflict as conflict:
            return _show_conflict(request, form, conflict.session)
        except ValidationError as refused:
            form.add_refusal(refused)
        else:
            return redirect(f"{reverse('coaching:session-detail', args=[saved.pk])}?saved")
    keeping.keep(request, user, pk)
    return _show(request, form, status=422)


def _perform(form: SessionForm) -> Session:
    deed = actions.plan_session if form.cleaned_data["state"] == State.PLANNED else actions.log_session
    return deed(
        by=form.user,
        company=form.cleaned_data["company"],
        entry=form.entry(),
        key=form.key,
        version=form.cleaned_data["version"],
    )


def _show(
    request: HttpRequest, form: SessionForm, *, draft: SessionDraft | None = None, status: int = 200
) -> HttpResponse:
    return render(request, "coaching/session_form.html", context_of(form) | {"draft": draft}, status=status)


def context_of(form: SessionForm) -> dict[str, Any]:
    """What the form's template and its parts need beside the form: the last visit, open actions, templates."""
    values: dict[str, Any] = {
        "form": form,
        "session": form.session,
        "company": form.chosen,
        "planning": form.is_planning,
        "owner_token": keeping.owner_token(form.user, form.key),
        "note_templates": NOTE_TEMPLATES,
        "today": timezone.localdate(),
        "blocked": "",
        "starts_engagement": False,
    }
    if form.chosen:
        values |= around(form.user, form.chosen, but=form.key)
        values |= {
            "step": form.current_stage.number,
            "confidential": form.chosen.is_confidential,
        }
        if not form.session and not rules.can_log_for(form.user, form.chosen, own=form.engagement):
            values["blocked"] = who_coaches(form.chosen)
        values["starts_engagement"] = not values["blocked"] and form.engagement is None
    return values


def around(user: User, company: Company, *, but: uuid.UUID) -> dict[str, Any]:
    """What a coach wants at hand about a company: what was said last time, what is still to be done."""
    last = form_questions.last_held.first(user, company=company.pk, but=but)
    return {
        "last": last,
        "last_words": markdown.plain(last.note) if last else "",
        "open_actions": form_questions.open_actions(user, company=company.pk),
    }


def _show_conflict(request: HttpRequest, form: SessionForm, session: Session) -> HttpResponse:
    """409: both texts, part by part. What was sent travels along in hidden fields and is a draft as well."""
    session = Session.objects.with_rows().get(pk=session.pk)
    keeping.keep(request, form.user, form.key)
    sent = [
        (name, value)
        for name, values in typed.as_typed(form.sent).items()
        if name != "version" and not name.startswith("keep-")
        for value in values
    ]
    values = {
        "session": session,
        "differences": conflicts.differences(form.entry(), session),
        "sent": sent,
        "owner_token": keeping.owner_token(form.user, form.key),
    }
    return render(request, "coaching/session_conflict.html", values, status=409)


@requires(Permission.LOG_SESSIONS)
@require_POST
def session_parts(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The parts of the form that follow the company, with everything as typed.

    For htmx the parts alone, and nothing is written. Without script what is typed becomes a draft, and the form
    opens again at its own address.
    """
    user = request.user
    assert user.is_authenticated
    session = editable_session(user, pk)
    if not request.htmx:  # type: ignore[attr-defined]
        keeping.keep(request, user, pk)
        return redirect("coaching:session-edit", pk)
    form = _form_from(request.POST, user, pk, session, quiet=True)
    return render(request, "coaching/_session_parts.html", context_of(form))


@public("Answers 401 itself: a redirect to sign-in would look like success to the script.")
@require_POST
def session_autosave(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep a form as typed. The contract with static/js/autosave.js:

    POST the form's fields urlencoded, CSRF token in the header. Answers
    200 {"saved_at": "10:44", "conflict": bool, "local_copy": bool}: the server has the text. `conflict` says
    that somebody saved a newer version since the form was opened; `local_copy` is false for a confidential
    company, whose text must not stay on the device.
    401 {"reason": "signed_out"}: nothing was stored; the browser keeps its copy and sends it after sign-in.
    403: not hers to edit, or an old CSRF token. 404: not hers to see.
    """
    user = request.user
    if not user.is_authenticated:
        return JsonResponse({"reason": "signed_out"}, status=401)
    _demand_logger(user)
    session = editable_session(user, pk)
    version = keeping.version_in(request.POST)
    conflict = session is not None and session.version != version
    if conflict and _is_already_saved(request, user, session):
        return JsonResponse({"saved_at": clock(timezone.now()), "conflict": False, "local_copy": True})
    company = session.engagement.company if session else keeping.company_in(request.POST, user)
    draft = actions.save_draft(
        by=user, key=pk, data=typed.as_typed(request.POST), base_version=version, company=company
    )
    answer = {
        "saved_at": clock(draft.updated_at),
        "conflict": conflict,
        "local_copy": not (company and company.is_confidential),
    }
    return JsonResponse(answer)


def _is_already_saved(request: HttpRequest, user: User, session: Session | None) -> bool:
    """Whether a late autosave brings the very text that the submit it raced with has saved."""
    assert session is not None
    if SessionDraft.objects.of(user).filter(key=session.pk).exists():
        return False
    form = _form_from(request.POST, user, session.pk, session)
    if not form.is_valid():
        return False
    state = form.cleaned_data["state"]
    return form.entry().fingerprint(company=form.cleaned_data["company"], state=state) == session.fingerprint


@requires(Permission.LOG_SESSIONS)
@require_POST
def note_preview(request: HttpRequest) -> HttpResponse:
    """A note as it will be read. Writes nothing."""
    text = request.POST.get("note", "")[:20_000]
    return render(
        request, "coaching/_note.html", {"note": markdown.render(text), "is_empty": not text.strip()}
    )


@requires(Permission.LOG_SESSIONS)
@require_POST
def draft_discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Throw one's own draft away, with a way back."""
    draft = _own_draft(request, pk)
    actions.discard_draft(by=draft.coach, draft=draft)
    receipt(request, _("Utkastet är slängt."), undo_url=reverse("coaching:draft-restore", args=[pk]))
    return redirect("coaching:today")


@requires(Permission.LOG_SESSIONS)
@require_POST
def draft_restore(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take one's own draft back and go on writing."""
    draft = _own_draft(request, pk)
    actions.restore_draft(by=draft.coach, draft=draft)
    messages.info(request, _("Utkastet är tillbaka."))
    return redirect("coaching:session-edit", pk)


def _own_draft(request: HttpRequest, pk: uuid.UUID) -> SessionDraft:
    draft = SessionDraft.objects.filter(key=pk, coach=request.user.pk).select_related("coach").first()
    if draft is None:
        raise Http404
    return draft
