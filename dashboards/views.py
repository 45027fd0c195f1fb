"""The region overview: the page, its files, its data, and the companies behind a number."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from coachnet.accounts.guards import requires
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.audit.access import record_export
from coachnet.lib import csv_export
from coachnet.lib.replica import reads_replica
from dashboards import exports
from dashboards.asked import MAPS, Asked, asked_by
from dashboards.behind import rows_behind
from dashboards.cards import cards_of, finding, split_finding
from dashboards.dimensions import SPLITS
from dashboards.drawing import bar_shade, bar_width, map_of, trend_of
from dashboards.figures import total_of
from dashboards.periods import Kind, by_kind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Permission.SEE_OVERVIEW)
@require_safe
@reads_replica
def overview(request: HttpRequest) -> HttpResponse:
    """Key figures of a period, split by one thing, with trend and map."""
    asked = asked_by(cast(User, request.user), request.GET)
    found = asked.overview
    if found.is_empty:
        return render(request, "dashboards/overview_empty.html")
    by_municipality = asked.map == MAPS[1]
    largest = total_of(found.groups)
    context = {
        "asked": asked,
        "overview": found,
        "finding": finding(found),
        "cards": [(card, _behind(asked, card.drill)) for card in cards_of(found)],
        "splits": [(str(split), split.label) for split in SPLITS],
        "period_groups": by_kind(found.periods),
        "split_finding": split_finding(found),
        "split_lines": [
            (
                line,
                line.companies.part_of(found.total.companies),
                bar_width(line.companies, largest),
                bar_shade(line.companies),
                _behind(asked, "companies", group=line.key),
            )
            for line in found.groups
        ],
        "with_continued": found.period.kind == Kind.START,
        "trend": trend_of(found),
        "by_municipality": by_municipality,
        "map": map_of(
            found.municipalities if by_municipality else found.sub_regions, by_municipality=by_municipality
        ),
        "map_urls": [asked.url(map=one) for one in MAPS],
        "targets_url": _targets(asked),
        "files": {kind: asked.url(f"dashboards:overview-{kind}") for kind in ("xlsx", "csv", "json")},
    }
    return render(request, "dashboards/overview.html", context)


@requires(Permission.SEE_OVERVIEW)
@require_safe
@reads_replica
def overview_csv(request: HttpRequest) -> HttpResponse:
    """Every figure of the page as CSV, one row for each measure of each group."""
    asked = asked_by(cast(User, request.user), request.GET)
    rows = exports.every_row(asked.overview)
    lines = csv_export.lines(exports.header(), (row.cells() for row in rows))
    return _file(request, "".join(lines).encode(), "text/csv; charset=utf-8", "csv", rows, asked.filters)


@requires(Permission.SEE_OVERVIEW)
@require_safe
@reads_replica
def overview_xlsx(request: HttpRequest) -> HttpResponse:
    """The tables of the page as a workbook, with the definitions."""
    asked = asked_by(cast(User, request.user), request.GET)
    rows = exports.every_row(asked.overview)
    return _file(request, exports.as_xlsx(asked.overview), XLSX, "xlsx", rows, asked.filters)


@requires(Permission.SEE_OVERVIEW)
@require_safe
@reads_replica
def overview_json(request: HttpRequest) -> HttpResponse:
    """The same rows for programs: see docs/overview.md."""
    asked = asked_by(cast(User, request.user), request.GET)
    body = exports.as_data(asked.overview)
    record_export(request, what="overview.json", rows=len(body["figures"]), filters=asked.filters)
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    patch_cache_control(response, no_store=True, private=True)
    return response


@requires(Permission.SEE_SESSIONS)
@require_safe
@reads_replica
def overview_companies(request: HttpRequest) -> HttpResponse:
    """The companies behind a number: as many as the number says."""
    user = cast(User, request.user)
    if not (user.may(Permission.SEE_OVERVIEW) and user.may(Permission.SEE_COMPANIES)):
        raise Http404
    asked = asked_by(user, request.GET)
    behind = rows_behind(asked, request.GET)
    if behind is None:
        raise Http404
    return render(request, "dashboards/overview_companies.html", {"asked": asked, "behind": behind})


def _targets(asked: Asked) -> str:
    """Where the target values are set, for those who may."""
    if not asked.overview.user.may(Permission.SET_TARGETS):
        return ""
    return f"{reverse('dashboards:overview-targets')}?period={asked.overview.period.key}"


def _behind(asked: Asked, figure: str, **group: str) -> str:
    """Where the companies behind a number are listed, for those who may see them."""
    if not figure or not asked.overview.is_exact:
        return ""
    return asked.url("dashboards:overview-companies", figure=figure, map="", **group)


def _file(
    request: HttpRequest,
    body: bytes,
    kind: str,
    ending: str,
    rows: list[exports.Row],
    filters: dict[str, str],
) -> HttpResponse:
    record_export(request, what=f"overview.{ending}", rows=len(rows), filters=filters)
    name = f"oversikt-{filters['period']}-{timezone.localdate()}.{ending}"
    response = HttpResponse(
        body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
    patch_cache_control(response, no_store=True, private=True)
    return response
