"""The pages of one company: overview, sessions, action plan, history."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coachnet.accounts.guards import requires
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.audit.history import Related, history_of
from coachnet.lib import markdown
from coachnet.lib.keyset import page_of
from companies import coached, rules
from companies.models import Company, Contact

RECENT = 6


def person(request: HttpRequest) -> User:
    """Whoever is signed in; the guard has seen to it that somebody is."""
    assert isinstance(request.user, User)
    return request.user


def visible_company(request: HttpRequest, pk: int) -> Company:
    """The company, or 404 for whoever may not know of it."""
    companies = Company.objects.visible_to(person(request)).select_related(
        "municipality__sub_region",
        "sni",
        "main_strategy",
        "responsible_coach",
        "responsible_organisation",
        "confidential_set_by",
    )
    return get_object_or_404(companies.prefetch_related("strategies"), pk=pk)


def page_context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """What the head and the tabs show on every page of the company."""
    user = person(request)
    engagements = list(coached.engagements_of(company, user))
    running = [one for one in engagements if one.is_open]
    current = running[0] if running else None
    plan = coached.actions().visible_to(user).filter(engagement__company=company)
    on_it = any(member.coach_id == user.pk for one in running for member in one.present())
    sessions = coached.sessions().listed_for(user).filter(engagement__company=company)
    held = Sum("minutes", filter=Q(state="held"))
    facts = sessions.aggregate(count=Count("pk"), minutes=held)
    states = (("open", Q(status="open")), ("done", Q(status="done")), ("all", ~Q(status="cancelled")))
    steps = plan.aggregate(**{f"{name}_actions": Count("pk", filter=which) for name, which in states})
    logs = user.may(Permission.LOG_SESSIONS)
    return {
        "company": company,
        "engagement": current,
        "engagements": engagements,
        "session_count": facts["count"],
        "minutes": facts["minutes"],
        "sees_plan": any(one.is_read for one in engagements),
        "steps": steps,
        "open_actions": steps["open_actions"],
        "plan": plan,
        "sessions": sessions,
        "can_edit": rules.can_edit_company(user, company),
        "can_forget": user.may(Permission.ADMINISTER),
        "can_mark_confidential": rules.can_mark_confidential(user, company),
        "on_it": on_it,
        "can_log": logs and (on_it or not running),
        "can_start": logs and not running,
        "coached_by_others": logs and running and not on_it,
    }


def _first(sessions: list[Any], state: str) -> Any:
    return next((one for one in sessions if one.state == state), None)


@requires(Permission.SEE_COMPANIES)
@require_safe
def company_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the company stands, what comes next, and what has been."""
    company = visible_company(request, pk)
    context = page_context(request, company)
    sessions, plan = context["sessions"], context["plan"]
    named = Prefetch("coaches", User.objects.only("name", "email"))
    recent = list(sessions.newest_first().prefetch_related(named).defer("note")[:RECENT])
    readable = coached.sessions().visible_to(person(request)).filter(pk__in=[one.pk for one in recent])
    notes = {pk: markdown.plain(note) for pk, note in readable.values_list("pk", "note")}
    context |= {
        "tab": "overview",
        "last": _first(recent, "held") or sessions.held().newest_first().only("date", "start_time").first(),
        "coming": sessions.upcoming().only("date", "start_time").first(),
        "done_actions": context["steps"]["done_actions"] if context["sees_plan"] else None,
        "all_actions": context["steps"]["all_actions"] if context["sees_plan"] else None,
        "actions": list(plan.open().soonest_first().as_rows()[:RECENT]) if context["sees_plan"] else [],
        "recent": [(one, notes.get(one.pk)) for one in recent],
        "stages": coached.stages_of(context["engagement"]),
        "contacts": list(company.contacts.all()),
        "today": timezone.localdate(),
    }
    return render(request, "companies/company_detail.html", context)


@requires(Permission.SEE_COMPANIES)
@require_safe
def company_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every session, newest first: when, who, how long. The note is read on the session's own page."""
    company = visible_company(request, pk)
    context = page_context(request, company)
    rows = context["sessions"].defer("note").prefetch_related("coaches", "strategies")
    page = page_of(rows, by=("-date", "-pk"), after=request.GET.get("after", ""))
    opened = coached.sessions().visible_to(person(request)).filter(pk__in=[one.pk for one in page.rows])
    context |= {"tab": "sessions", "page": page, "may_open": set(opened.values_list("pk", flat=True))}
    return render(request, "companies/company_sessions.html", context)


@requires(Permission.SEE_COMPANIES)
@require_safe
def company_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The action plan, for those who may read it."""
    company = visible_company(request, pk)
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
    company = visible_company(request, pk)
    context = page_context(request, company)
    if not context["can_edit"]:
        raise PermissionDenied
    history = history_of(company, Related(Contact, company=company), after=request.GET.get("after", ""))
    context |= {"tab": "history", "history": history}
    return render(request, "companies/company_history.html", context)
