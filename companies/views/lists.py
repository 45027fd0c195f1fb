"""The list of companies, and the small lists that search boxes ask for."""

from collections.abc import Iterator

from django.contrib import messages
from django.db.models import Value
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from coachnet.accounts.guards import limited, requires
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.audit.access import record_export
from coachnet.lib import csv_export
from coachnet.lib.keyset import chunks
from coachnet.lib.replica import reads_replica
from coachnet.lib.swedish import SvSearchKey, SvSortKey
from companies import coached, hits, organisation_number
from companies.filters import MOST_COUNTED, CompanyList
from companies.querysets import CompanyQuerySet

HITS = 10
search_limit = limited("search", most=240, seconds=60)
export_limit = limited("export", most=30, seconds=3600)
# The first rows soon, then many at a time.
EXPORT_FIRST, EXPORT_CHUNK = 100, 500


@requires(Permission.SEE_COMPANIES)
@require_safe
def company_list(request: HttpRequest) -> HttpResponse:
    """Companies by view, search and filters; "Visa fler" fetches the same page further on."""
    if organisation_number.looks_personal(request.GET.get("q", "")):
        return _without_personnummer(request)
    asked = CompanyList(_person(request), request.GET)
    clean = request.path + asked.url()
    if "" in request.GET.values() and not request.htmx:  # type: ignore[attr-defined]
        return redirect(clean)
    page = asked.page(request.GET.get("after", ""))
    many = asked.hits(page)
    context = {
        "list": asked,
        "form": asked.form,
        "chips": asked.chips(),
        "unknown": asked.unknown_chips(),
        "rows": coached.rows_for(page.rows, asked.user),
        "hits": many,
        "counts": asked.counts,
        "most": MOST_COUNTED,
        "next_url": asked.url(after=page.after) if page.after else "",
        "ways_out": asked.ways_out() if not many and asked.chosen else [],
        "quiet_days": coached.QUIET_DAYS,
    }
    response = render(request, "companies/company_list.html", context)
    if not request.GET.get("after"):
        response["HX-Push-Url"] = clean  # what htmx asked for also names the filters that were left empty
    patch_cache_control(response, no_store=True, private=True)
    return response


@requires(Permission.SEE_COMPANIES)
@export_limit
@require_safe
@reads_replica
def company_export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The chosen companies as CSV. Written down in the audit log before the first row leaves."""
    if organisation_number.looks_personal(request.GET.get("q", "")):
        return _without_personnummer(request)
    asked = CompanyList(_person(request), request.GET)
    companies = asked.rows().select_related("municipality__sub_region", "sni", "main_strategy")
    companies = companies.select_related("responsible_coach", "responsible_organisation")
    record_export(request, what="companies", rows=companies.count(), filters=asked.for_the_log())
    response = StreamingHttpResponse(
        csv_export.packed(csv_export.lines(_export_header(), _export_rows(companies, asked))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="foretag-{timezone.localdate()}.csv"'},
    )
    patch_cache_control(response, no_store=True, private=True)
    return response


@requires(Permission.SEE_COMPANIES)
@search_limit
@require_safe
def company_options(request: HttpRequest) -> HttpResponse:
    """Suggestions for a field that chooses a company to log for: one's own first, then those nobody coaches."""
    user, text = _person(request), request.GET.get("q", "").strip()
    context = {"rows": coached.hits_for(hits.to_log_for(user, text, limit=HITS))}
    response = render(request, "companies/_company_options.html", context)
    patch_cache_control(response, no_store=True, private=True)
    return response


@requires(Permission.SEE_COMPANIES)
@search_limit
@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """Hits for the search palette: companies, and people for those who may see them."""
    user, text = _person(request), request.GET.get("q", "").strip()
    if not request.htmx:  # type: ignore[attr-defined]
        view = "network" if text else ""
        return redirect(reverse("companies:company-list") + (f"?view={view}" if view else ""))
    companies = hits.in_network(user, text, limit=HITS - 2) if text else []
    people = _people(user, text)[: HITS - len(companies)]
    context = {
        "rows": coached.hits_for(companies),
        "people": people,
        "hits": len(companies) + len(people),
    }
    response = render(request, "companies/_palette.html", context)
    patch_cache_control(response, no_store=True, private=True)
    return response


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the guard has seen to it
    return request.user


def _without_personnummer(request: HttpRequest) -> HttpResponse:
    messages.warning(request, gettext("Sök på namn i stället. Personnummer går inte att söka på."))
    return redirect("companies:company-list")


def _people(user: User, text: str) -> list[User]:
    if not text or not user.may(Permission.SEE_PEOPLE):
        return []
    people = User.objects.filter(is_active=True).alias(key=SvSearchKey("name"))
    found = people.filter(key__contains=SvSearchKey(Value(text))).order_by(SvSortKey("name"), "pk")
    return list(found.select_related("organisation")[:HITS])


def _export_header() -> list[str]:
    return [
        gettext("Företag"),
        gettext("Organisationsnummer"),
        gettext("Företagsform"),
        gettext("Kommun"),
        gettext("Delregion"),
        gettext("SNI-version"),
        gettext("SNI-kod"),
        gettext("Bransch"),
        gettext("Storleksklass"),
        gettext("Huvudstrategi"),
        gettext("Steg"),
        gettext("Ansvarig coach"),
        gettext("Ansvarig organisation"),
        gettext("Senaste tillfälle"),
        gettext("Sekretessmarkering"),
    ]


def _export_rows(companies: CompanyQuerySet, asked: CompanyList) -> Iterator[list[object]]:
    """Rows in chunks, so that memory stays flat however many they are."""
    for chunk in chunks(companies, by=asked.by, size=EXPORT_CHUNK, first=EXPORT_FIRST):
        for row in coached.rows_for(chunk, asked.user):
            yield _export_row(row)


def _export_row(row: coached.Row) -> list[object]:
    company = row.company
    return [
        company.name,
        # A sole trader's number is a personnummer and never leaves.
        organisation_number.shown(company.organisation_number),
        company.get_legal_form_display(),
        company.municipality or "",
        company.municipality.sub_region if company.municipality else "",
        company.sni.get_version_display() if company.sni else "",
        company.sni.code if company.sni else "",
        company.sni.name if company.sni else "",
        company.get_size_class_display(),
        f"{company.main_strategy.pk} {company.main_strategy}" if company.main_strategy else "",
        row.stage_name,
        company.responsible_coach or "",
        company.responsible_organisation or "",
        row.last_on,
        gettext("ja") if company.is_confidential else gettext("nej"),
    ]
