"""The pages of one company: overview, sessions, action plan, history."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, Prefetch, Q, Sum, TextField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coachnet.accounts.guards import requires
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.audit.history import Related, history_of
from coachnet.lib.keyset import page_of
from companies import coached, rules
from companies.models import CircularStrategy, Company, Contact

RECENT = 6
# The columns of a session that its knot on the thread shows.
IN_THREAD = ("engagement", "state", "date", "start_time", "minutes", "channel")
AROUND = ("municipality__sub_region", "sni", "main_strategy", "responsible_coach", "responsible_organisation")
# What head and facts show. Who marked it confidential is asked for where it is.
SHOWN = (
    *("name", "legal_form", "organisation_number", "personal_number", "size_class", "website", "description"),
    *("is_confidential", "confidential_reason", "confidential_provision", "confidential_set_by"),
    *("confidential_set_at", "municipality__name", "municipality__sub_region__name"),
    *("sni__name_sv", "sni__name_en", "sni__version", "sni__code"),
    *("main_strategy__name_sv", "main_strategy__name_en", "responsible_organisation__name"),
    *("responsible_coach__name", "responsible_coach__email"),
)


def person(request: HttpRequest) -> User:
    """Whoever is signed in; the guard has seen to it that somebody is."""
    assert isinstance(request.user, User)
    return request.user


def visible_company(request: HttpRequest, pk: int) -> Company:
    """The company, or 404 for whoever may not know of it."""
    companies = Company.objects.visible_to(person(request)).select_related(*AROUND, "confidential_set_by")
    return get_object_or_404(companies.prefetch_related("strategies"), pk=pk)


def shown_company(request: HttpRequest, pk: int) -> Company:
    """The same for a page that shows it: of what stands around the company only the names."""
    companies = Company.objects.visible_to(person(request)).select_related(*AROUND).only(*SHOWN)
    strategies = Prefetch("strategies", CircularStrategy.objects.only("name_sv", "name_en"))
    return get_object_or_404(companies.prefetch_related(strategies), pk=pk)


def page_context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """What the head and the tabs show on every page of the company."""
    user = person(request)
    # The company was found among those she may see. What she may read of its coaching is decided once, for each
    # engagement; what belongs to them is then asked for by their keys.
    engagements = coached.engagements_of(company, user)
    running = [one for one in engagements if one.is_open]
    read = [one.pk for one in engagements if one.is_read]
    plan = coached.actions().filter(engagement__in=read)
    on_it = any(member.coach_id == user.pk for one in running for member in one.present())
    ever_on_it = any(member.coach_id == user.pk for one in engagements for member in one.present())
    own = company.responsible_coach_id == user.pk or ever_on_it
    sessions = coached.sessions().present().filter(engagement__in=[one.pk for one in engagements])
    held = Sum("minutes", filter=Q(state="held"))
    facts = sessions.aggregate(count=Count("pk"), minutes=held)
    states = (("open", Q(status="open")), ("done", Q(status="done")), ("all", ~Q(status="cancelled")))
    steps = plan.aggregate(**{f"{name}_actions": Count("pk", filter=which) for name, which in states})
    logs = user.may(Permission.LOG_SESSIONS)
    return {
        "company": company,
        "engagement": running[0] if running else None,
        "read": read,
        "session_count": facts["count"],
        "minutes": facts["minutes"],
        "sees_plan": bool(read),
        "steps": steps,
        "open_actions": steps["open_actions"],
        "plan": plan,
        "sessions": sessions,
        "can_edit": rules.can_edit_company(user, company, own=own),
        "can_forget": user.may(Permission.ADMINISTER),
        "can_mark_confidential": rules.can_mark_confidential(user, company, own=own),
        "on_it": on_it,
        "can_log": logs and (on_it or not running),
        "can_start": logs and not running,
        "coached_by_others": logs and running and not on_it,
    }


def _first(sessions: list[Any], state: str) -> Any:
    return next((one for one in sessions if one.state == state), None)


def _note_of(read: list[int]) -> Case:
    """The note of a session on an engagement that the person may read, else NULL: it never leaves the database."""
    nothing = Value(None, output_field=TextField())
    return Case(When(engagement__in=read, then="note"), default=nothing, output_field=TextField())


def _next_steps(plan: Any) -> Any:
    """The open steps that are due first, with their owners' names."""
    found = plan.open().soonest_first().select_related("owner_coach", "owner_contact")
    owners = ("owner_coach__name", "owner_coach__email", "owner_contact__name")
    return found.only("what", "due_on", *owners)[:RECENT]


@requires(Permission.SEE_COMPANIES)
@require_safe
def company_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the company stands, what comes next, and what has been."""
    company = shown_company(request, pk)
    context = page_context(request, company)
    sessions, plan = context["sessions"], context["plan"]
    recent = list(
        sessions.newest_first().annotate(note_read=_note_of(context["read"])).only(*IN_THREAD)[:RECENT]
    )
    context |= {
        "tab": "overview",
        "last": _first(recent, "held") or sessions.held().newest_first().only("date", "start_time").first(),
        "coming": sessions.upcoming().only("date", "start_time").first(),
        "done_actions": context["steps"]["done_actions"] if context["sees_plan"] else None,
        "all_actions": context["steps"]["all_actions"] if context["sees_plan"] else None,
        "actions": list(_next_steps(plan)) if context["sees_plan"] else [],
        "recent": coached.knots_of(recent),
        "stages": coached.stages_of(context["engagement"]),
        "contacts": list(company.contacts.all()),
        "today": timezone.localdate(),
    }
    return render(request, "companies/company_detail.html", context)


@requires(Permission.SEE_COMPANIES)
@require_safe
def company_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every session, newest first: when, who, how long. The note is read on the session's own page."""
    company = shown_company(request, pk)
    context = page_context(request, company)
    rows = context["sessions"].defer("note").prefetch_related("coaches", "strategies")
    page = page_of(rows, by=("-date", "-pk"), after=request.GET.get("after", ""))
    opened = {one.pk for one in page.rows if one.engagement_id in context["read"]}
    context |= {"tab": "sessions", "page": page, "may_open": opened}
    return render(request, "companies/company_sessions.html", context)


@requires(Permission.SEE_COMPANIES)
@require_safe
def company_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The action plan, for those who may read it."""
    company = shown_company(request, pk)
    context = page_context(request, company)
    get_object_or_404(
        coached.engagement_model().objects.visible_to(person(request)).filter(company=company)[:1]
    )
    plan = context["plan"].as_rows()
    context |= {
        "tab": "plan",
        "actions": list(plan.open().soonest_first()),
        "closed": list(plan.exclude(status="open").order_by("-closed_at")),
    }
    return render(request, "companies/company_plan.html", context)


@requires(Permission.SEE_COMPANIES)
@require_safe
def company_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what and when, for those who may edit the company."""
    company = shown_company(request, pk)
    context = page_context(request, company)
    if not context["can_edit"]:
        raise PermissionDenied
    history = history_of(company, Related(Contact, company=company), after=request.GET.get("after", ""))
    context |= {"tab": "history", "history": history}
    return render(request, "companies/company_history.html", context)
