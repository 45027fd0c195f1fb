"""Sessions as a list, as a document, and what can be done with one."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from coaching import actions, exports, listing, reminders, rules
from coaching.models import Action, Session, SessionCoach, SessionContact, SessionStrategy
from coaching.models.sessions import BIN_DAYS, SessionQuerySet
from coaching.notes import seems_to_hold_personal_number
from coaching.views import paging
from coaching.views.form import around
from coachnet.accounts.guards import requires
from coachnet.accounts.models import User
from coachnet.accounts.readers import May, reader, told_of
from coachnet.accounts.roles import Permission
from coachnet.audit.access import record_export
from coachnet.audit.history import Related, history_of
from coachnet.lib import csv_export, markdown
from coachnet.lib.receipts import receipt
from coachnet.lib.replica import reads_replica
from coachnet.lib.standing import standing
from companies.views.lists import export_limit

State = Session.State
STATES = {
    "planned": State.PLANNED,
    "held": State.HELD,
    "cancelled": State.CANCELLED,
    "no_show": State.NO_SHOW,
}


@dataclass(frozen=True)
class Choice:
    """One way to narrow the list: its words, its address, whether it is on."""

    name: str | Promise
    url: str
    is_on: bool


def _user(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user


def _with(request: HttpRequest, *, to: str = "", **changes: str) -> str:
    """The list's address, or another's, with some filters changed; an empty value takes one away."""
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    path = to or request.path
    return f"{path}?{query.urlencode()}" if query else path


@dataclass(frozen=True)
class Asked:
    """What the address asks of the list: whose sessions, in which state."""

    mine: bool
    state: State | None
    incomplete: bool

    @classmethod
    def by(cls, request: HttpRequest) -> "Asked":
        """Read from the address. What it does not understand narrows nothing."""
        mine = _user(request).may(Permission.LOG_SESSIONS) and request.GET.get("scope") != "all"
        return cls(mine, STATES.get(request.GET.get("state", "")), "incomplete" in request.GET)

    def rows(self, user: User) -> SessionQuerySet:
        """The sessions, of those that the person may see in a list."""
        rows = Session.objects.listed_for(user)
        if self.mine:
            rows = rows.of(user)
        if self.state:
            rows = rows.filter(state=self.state)
        return rows.incomplete() if self.incomplete else rows

    def as_facts(self) -> dict[str, str]:
        """For the audit."""
        facts = {"scope": "mine" if self.mine else "all", "state": str(self.state or "")}
        return {name: value for name, value in facts.items() if value} | (
            {"incomplete": "1"} if self.incomplete else {}
        )


def _page(request: HttpRequest, asked: Asked) -> paging.Page[Session]:
    user = _user(request)
    if "after" in request.GET:
        rows = listing.as_lines(asked.rows(user), user)
        return paging.newest_first(request, rows, are_few=asked.mine)
    return paging.newest_of(request, _first(user.permissions, asked, **told_of(user)))


@standing
def _first(may: May, asked: Asked) -> QuerySet[Session]:
    """Where everybody begins: the first page."""
    who = reader(may)
    return paging.newest(listing.as_lines(asked.rows(who), who), are_few=asked.mine)


@requires(Permission.SEE_SESSIONS)
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """Sessions, the latest first: a coach's own or everybody's she may see. Filters stand in the address."""
    user = _user(request)
    asked = Asked.by(request)
    state, incomplete = asked.state, asked.incomplete
    page = _page(request, asked)
    states = [
        Choice(gettext_lazy("Alla"), _with(request, state="", incomplete=""), not state and not incomplete)
    ]
    states += [
        Choice(State(value).label, _with(request, state=name, incomplete=""), state == value)
        for name, value in STATES.items()
    ]
    states.append(Choice(gettext_lazy("Ofullständiga"), _with(request, state="", incomplete="1"), incomplete))
    values = {
        "page": page,
        "lines": listing.lines_of(page.rows),
        "mine": asked.mine,
        "logs": user.may(Permission.LOG_SESSIONS),
        "mine_url": _with(request, scope=""),
        "all_url": _with(request, scope="all"),
        "export_url": _with(request, to=reverse("coaching:session-export")),
        "states": states,
        "filtered": bool(state or incomplete),
    }
    return render(request, "coaching/session_list.html", values)


@requires(Permission.SEE_SESSIONS)
@export_limit
@require_safe
@reads_replica
def session_export(request: HttpRequest) -> StreamingHttpResponse:
    """The chosen sessions as CSV, never a note. Written down in the audit log before the first row leaves."""
    user = _user(request)
    asked = Asked.by(request)
    sessions = asked.rows(user)
    record_export(request, what="sessions", rows=sessions.count(), filters=asked.as_facts())
    response = StreamingHttpResponse(
        csv_export.packed(
            csv_export.lines(exports.header(), exports.rows(sessions, user, are_few=asked.mine))
        ),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="tillfallen-{timezone.localdate()}.csv"'},
    )
    patch_cache_control(response, no_store=True, private=True)
    return response


@requires(Permission.SEE_SESSIONS)
@require_safe
def session_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One session as a document. After saving it also says what to do next."""
    user = _user(request)
    session = listing.documents_of_key.first(user, key=pk)
    if session is None:
        raise Http404
    may_edit = rules.can_edit_session(user, session)
    engagement = session.engagement
    saved = may_edit and "saved" in request.GET
    values = {
        "session": session,
        "company": engagement.company,
        "engagement": engagement,
        "missing": session.missing,
        "note": markdown.render(session.note),
        "coaches": listing.coaches_of(session=pk),
        "actions": listing.steps_of(session=pk),
        "next_session": listing.planned_in.first(session=pk),
        "may_edit": may_edit,
        "day_now": timezone.localdate(),
        "saved": saved,
        "personal_number": may_edit and seems_to_hold_personal_number(session.note),
    }
    if saved:
        plan = Action.objects.visible_to(user).open().filter(engagement=engagement)
        values["open_count"] = plan.count()
    if session.state == State.PLANNED:
        values |= around(user, engagement.company, but=session.pk)
    if session.reminds_contacts:
        values["contact_reminders"] = reminders.contact_reminders(session)
    return render(request, "coaching/session_detail.html", values)


@requires(Permission.LOG_SESSIONS)
@require_safe
def session_history(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who changed what in a session, for those who may edit it."""
    user = _user(request)
    session = get_object_or_404(Session.objects.visible_to(user).with_rows(), pk=pk)
    if not rules.can_edit_session(user, session):
        raise PermissionDenied
    parts = (SessionCoach, SessionContact, SessionStrategy, Action)
    related = [Related(part, session=session) for part in parts]
    history = history_of(session, *related, after=request.GET.get("after", ""))
    return render(request, "coaching/session_history.html", {"session": session, "history": history})


@requires(Permission.LOG_SESSIONS)
@require_safe
def session_bin(request: HttpRequest) -> HttpResponse:
    """Removed sessions that can still be put back."""
    rows = Session.objects.in_bin_of(_user(request)).with_rows().select_related("removed_by")
    values = {"sessions": rows.order_by("-removed_at")[:100], "days": BIN_DAYS}
    return render(request, "coaching/session_bin.html", values)


def _own(request: HttpRequest, pk: uuid.UUID) -> Session:
    """A session she sees; changing it is judged by the action."""
    return get_object_or_404(
        Session.objects.visible_to(_user(request)).select_related("engagement__company"), pk=pk
    )


def _attempt(
    request: HttpRequest, deed: Callable[..., Any], session: Session, words: str, undo: str = ""
) -> None:
    """Do it and say so, or say why it could not be done."""
    try:
        deed(by=_user(request), session=session)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        receipt(request, words, undo_url=reverse(undo, args=[session.pk]) if undo else "")


@requires(Permission.LOG_SESSIONS)
@require_POST
def session_cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Call a planned session off."""
    session = _own(request, pk)
    _attempt(
        request, actions.cancel_session, session, _("Tillfället är inställt."), "coaching:session-replan"
    )
    return redirect("coaching:session-detail", pk)


@requires(Permission.LOG_SESSIONS)
@require_POST
def session_no_show(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Note that the company did not come."""
    words = _("Noterat att företaget inte kom.")
    _attempt(request, actions.mark_no_show, _own(request, pk), words, "coaching:session-replan")
    return redirect("coaching:session-detail", pk)


@requires(Permission.LOG_SESSIONS)
@require_POST
def session_replan(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take back that a session was called off or missed."""
    _attempt(request, actions.undo_closing, _own(request, pk), _("Tillfället är planerat igen."))
    return redirect("coaching:session-detail", pk)


@requires(Permission.LOG_SESSIONS)
@require_POST
def session_remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a session in the bin."""
    session = _own(request, pk)
    _attempt(
        request, actions.remove_session, session, _("Tillfället är borttaget."), "coaching:session-restore"
    )
    return redirect("coaching:session-list")


@requires(Permission.LOG_SESSIONS)
@require_POST
def session_restore(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a session back from the bin. One that is already back stays as it is."""
    user = _user(request)
    session = Session.objects.in_bin_of(user).filter(pk=pk).first() or _own(request, pk)
    _attempt(request, actions.restore_session, session, _("Tillfället är tillbaka."))
    return redirect("coaching:session-detail", pk)
