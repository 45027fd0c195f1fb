"""Adding and changing a company, its responsible coach and its sekretessmarkering."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from coachnet.accounts.guards import requires
from coachnet.accounts.roles import Permission
from coachnet.lib.receipts import receipt
from companies import actions, organisation_number, rules
from companies.forms import CompanyForm, ConfidentialityForm, ResponsibleForm
from companies.models import Company
from companies.views.pages import person, visible_company

# What may hold a personnummer is kept out of error reports.
numbers_are_sensitive = sensitive_post_parameters("organisation_number", "written_personal_number")

# Folded away while a company is added, until one of them has been filled in.
MORE_FIELDS = ("description", "main_strategy", "strategies", "sni", "size_class", "website")


@requires(Permission.EDIT_COMPANIES)
@require_http_methods(["GET", "HEAD", "POST"])
@numbers_are_sensitive
def company_create(request: HttpRequest) -> HttpResponse:
    """Add a company. A likely duplicate is shown before anything is saved."""
    user = person(request)
    initial = {"name": request.GET.get("name", "")[:200]}
    form = CompanyForm(request.POST or None, user=user, initial=initial)
    asks = False
    if request.method == "POST" and form.is_valid():
        asks = bool(form.found.similar) and "confirmed" not in request.POST
        if not asks:
            try:
                company = actions.register_company(by=user, facts=form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                receipt(request, gettext("%(name)s finns nu i nätverket") % {"name": company.name})
                return redirect(company)
    context = {
        "form": form,
        "asks": asks,
        "found": getattr(form, "found", None),
        "more_open": any(request.POST.get(name) for name in MORE_FIELDS),
    }
    return render(request, "companies/company_form.html", context)


@requires(Permission.EDIT_COMPANIES)
@require_POST
@numbers_are_sensitive
def company_duplicates(request: HttpRequest) -> HttpResponse:
    """Possible duplicates of what is typed so far. POST, because what is typed may be a personnummer."""
    form = CompanyForm(request.POST, user=person(request))
    form.is_valid()
    return render(request, "companies/_duplicates.html", {"found": form.found, "live": True})


@requires(Permission.EDIT_COMPANIES)
@require_http_methods(["GET", "HEAD", "POST"])
@numbers_are_sensitive
def company_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the facts. When somebody else has saved meanwhile, both versions are shown and nothing is lost."""
    user, company = person(request), visible_company(request, pk)
    if not rules.can_edit_company(user, company):
        raise PermissionDenied
    form = CompanyForm(
        request.POST or None, user=user, company=company, initial=CompanyForm.initial_of(company)
    )
    context: dict[str, Any] = {"form": form, "company": company, "version": company.version}
    status = 200
    if request.method == "POST":
        context["version"] = _number(request.POST.get("version", ""))
        if form.is_valid():
            try:
                actions.update_company(
                    by=user, company=company, base_version=context["version"], facts=form.cleaned_data
                )
            except actions.CompanyChangedMeanwhile as changed:
                status = 409
                context |= {
                    "conflict": _differences(form, changed.company),
                    "version": changed.company.version,
                }
            except ValidationError as error:
                form.add_error(None, error)
            else:
                receipt(request, gettext("Ändringarna är sparade"))
                return redirect(company)
    return render(request, "companies/company_form.html", context, status=status)


@requires(Permission.EDIT_COMPANIES)
@require_http_methods(["GET", "HEAD", "POST"])
def company_confidentiality(request: HttpRequest, pk: int) -> HttpResponse:
    """Set, change or take away the sekretessmarkering."""
    user, company = person(request), visible_company(request, pk)
    if not rules.can_mark_confidential(user, company):
        raise PermissionDenied
    if request.method == "POST" and "clear" in request.POST:
        actions.clear_confidentiality(by=user, company=company)
        receipt(request, gettext("Sekretessmarkeringen är borttagen"))
        return redirect(company)
    initial = {"reason": company.confidential_reason, "provision": company.confidential_provision}
    form = ConfidentialityForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.mark_confidential(by=user, company=company, **form.cleaned_data)
        receipt(request, gettext("Företaget är sekretessmarkerat"))
        return redirect(company)
    context = {"form": form, "company": company}
    return render(request, "companies/company_confidentiality.html", context)


@requires(Permission.EDIT_COMPANIES)
@require_http_methods(["GET", "HEAD", "POST"])
def company_responsible(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the company to another coach."""
    user, company = person(request), visible_company(request, pk)
    if not rules.can_change_responsible(user, company):
        raise PermissionDenied
    form = ResponsibleForm(request.POST or None, initial={"coach": company.responsible_coach_id})
    if request.method == "POST" and form.is_valid():
        coach = form.cleaned_data["coach"]
        actions.change_responsible(by=user, company=company, coach=coach)
        receipt(request, gettext("%(name)s ansvarar nu för företaget") % {"name": coach.name})
        still_seen = Company.objects.visible_to(user).filter(pk=company.pk).exists()
        return redirect(company) if still_seen else redirect("companies:company-list")
    context = {"form": form, "company": company}
    return render(request, "companies/company_responsible.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _differences(form: CompanyForm, current: Company) -> list[dict[str, str]]:
    """Where the form and the company as it now stands differ, in words. A personnummer is never among them."""
    mine = form.cleaned_data
    stored: dict[str, Any] = {name: getattr(current, name) for name in actions.FACTS}
    stored["strategies"] = list(current.strategies.all())
    return [
        {
            "label": str(form.fields[name].label),
            "theirs": _words(name, value),
            "mine": _words(name, mine[name]),
        }
        for name, value in stored.items()
        if _words(name, value) != _words(name, mine[name])
    ]


def _words(name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if name == "strategies":
        return ", ".join(f"{strategy.pk} {strategy}" for strategy in value)
    if name in ("legal_form", "size_class"):
        choices = Company.LegalForm if name == "legal_form" else Company.SizeClass
        return str(choices(value).label)
    if name == "organisation_number":
        return organisation_number.shown(value)
    return str(value)
