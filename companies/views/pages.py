"""The pages of one company: overview, sessions, action plan, history."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coachnet.accounts.guards import requires
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.audit.history import Related, history_of
from coachnet.lib.keyset import page_of
from companies import card, coached, rules
from companies.models import Company, Contact


def person(request: HttpRequest) -> User:
    """Whoever is signed in; the guard has seen to it that somebody is."""
    assert isinstance(request.user, User)
    return request.user


def visible_company(request: HttpRequest, pk: int) -> Company:
    """The company, or 404 for whoever may not know of it."""
    companies = Company.objects.visible_to(person(request)).select_related(
        *card.AROUND, "confidential_set_by"
    )
    return get_object_or_404(companies.prefetch_related("strategies"), pk=pk)


def shown_company(request: HttpRequest, pk: int) -> Company:
    """The same for a page that shows it: of what stands around the company only the names."""
    company = card.company_for(person(request), pk)
    if company is None:
        raise Http404
    return company


def page_context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """What the head and the tabs show on every page of the company."""
    user = person(request)
    # The company was found among those she may see. What she may read of its coaching is decided once, for each
    # engagement; what belongs to them is then asked for by their keys.
    engagements = card.engagements_of(company, user)
    running = [one for one in engagements if one.is_open]
    on_it = any(member.coach_id == user.pk for one in running for member in one.present())
    ever_on_it = any(member.coach_id == user.pk for one in engagements for member in one.present())
    own = company.responsible_coach_id == user.pk or ever_on_it
    readable = [one for one in engagements if one.is_read]
    logs = user.may(Permission.LOG_SESSIONS)
    return {
        "company": company,
        "strategies": card.strategies_of(company),
        "engagement": running[0] if running else None,
        "engagements": [one.pk for one in engagements],
        "read": [one.pk for one in readable],
        "session_count": sum(one.session_count for one in engagements),
        "minutes": sum(one.minutes or 0 for one in engagements) or None,
        "sees_plan": bool(readable),
        "open_actions": sum(one.open_actions for one in readable),
        "done_actions": sum(one.done_actions for one in readable) if readable else None,
        "all_actions": sum(one.all_actions for one in readable) if readable else None,
        "can_edit": rules.can_edit_company(user, company, own=own),
        "can_forget": user.may(Permission.ADMINISTER),
        "can_mark_confidential": rules.can_mark_confidential(user, company, own=own),
        "on_it": on_it,
        "can_log": logs and (on_it or not running),
        "can_start": logs and not running,
        "coached_by_others": logs and running and not on_it,
    }


@requires(Permission.SEE_COMPANIES)
@require_safe
def company_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the company stands, what comes next, and what has been."""
    company = shown_company(request, pk)
    context = page_context(request, company)
    engagements, read = context["engagements"], context["read"]
    recent = card.recent_sessions(engagements, read)
    context |= {
        "tab": "overview",
        "last": next((one for one in recent if one.state == "held"), None) or card.last_held(engagements),
        "coming": card.next_planned(engagements),
        "actions": card.next_steps(read) if read else [],
        "recent": card.knots_of(recent),
        "stages": card.stages_of(context["engagement"]),
        "contacts": card.contacts_of(company),
        "today": timezone.localdate(),
    }
    return render(request, "companies/company_detail.html", context)


@requires(Permission.SEE_COMPANIES)
@require_safe
def company_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every session, newest first: when, who, how long. The note is read on the session's own page."""
    company = shown_company(request, pk)
    context = page_context(request, company)
    rows = coached.sessions().present().filter(engagement__in=context["engagements"])
    rows = rows.defer("note").prefetch_related("coaches", "strategies")
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
    plan = coached.actions().filter(engagement__in=context["read"]).as_rows()
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
