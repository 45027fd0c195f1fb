"""The log of the whole house. Who may read it stands in `FOREIGN_GUARDS`: this layer knows no roles."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from coachnet.audit.access import record_export
from coachnet.audit.forms import LogFilter
from coachnet.audit.history import Change, Entry, page
from coachnet.lib import csv_export
from coachnet.lib.templatetags.formats import clock, iso_day

ENTRIES_PER_PAGE = 30
# Most requests write one row, a saved session eight; an import of hundreds goes on on the next page.
ROWS_PER_PAGE = 80
# The same for everybody who has chosen nothing, so it is drawn once in each language.
UNFILTERED = LogFilter()
ENTRIES_PER_FILE = 10_000
EXPORTS_PER_HOUR = 10
BATCH = 200


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Changes and access events in one timeline, filtered by the address."""
    form = LogFilter(request.GET)
    found = (
        page(
            form.sources(),
            after=request.GET.get("after", ""),
            size=ENTRIES_PER_PAGE,
            most_rows=ROWS_PER_PAGE,
        )
        if form.is_valid()
        else None
    )
    chosen: Any = request.GET.copy()
    chosen.pop("after", None)
    more = f"?{urlencode([*chosen.items(), ('after', found.next)])}" if found and found.next else ""
    values = {
        "form": form,
        "unfiltered": None if any(request.GET.get(name) for name in form.fields) else UNFILTERED,
        "entries": found.entries if found else [],
        "more": more,
        "chips": [(text, _without(chosen.dict(), name)) for name, text in form.chips()] if found else [],
        "chosen": [(name, value) for name, value in chosen.items() if value],
        "file_limit": ENTRIES_PER_FILE,
    }
    return render(request, "audit/log.html", values)


@require_POST
@reauthentication_required
def export(request: HttpRequest) -> HttpResponse:
    """The chosen part of the log as CSV. That it was taken out is itself recorded."""
    form = LogFilter(request.POST)
    back = redirect(
        f"{reverse('audit:log')}?{urlencode([pair for pair in request.POST.items() if pair[0] in form.fields])}"
    )
    if not form.is_valid():
        return back
    if _exports_this_hour(request) > EXPORTS_PER_HOUR:
        return render(request, "429.html", status=429)
    entries = list(_every_entry(form))
    if len(entries) > ENTRIES_PER_FILE:
        messages.error(request, gettext("Urvalet är för stort för en fil. Välj en kortare period."))
        return back
    filters = {name: value for name, value in form.data.items() if name in form.fields}
    record_export(request, what=gettext("händelseloggen"), rows=len(entries), filters=filters)
    header = (
        gettext("Tidpunkt"),
        gettext("Vem"),
        gettext("Vad"),
        gettext("Fält"),
        gettext("Före"),
        gettext("Efter"),
        gettext("Adress"),
        gettext("Sida"),
    )
    body = csv_export.lines(header, (row for entry in entries for row in _file_rows(entry)))
    response = HttpResponse("".join(body), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="handelselogg-{timezone.localdate()}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _without(chosen: dict[str, str], name: str) -> str:
    return "?" + urlencode([(key, value) for key, value in chosen.items() if key != name and value])


def _exports_this_hour(request: HttpRequest) -> int:
    key = f"audit-exports-{request.user.pk}"
    cache.add(key, 0, 3600)
    return cache.incr(key)


def _every_entry(form: LogFilter) -> Iterator[Entry]:
    """All entries of the filter, and a few past the limit of a file, so that the limit shows."""
    after, count = "", 0
    while count <= ENTRIES_PER_FILE:
        found = page(form.sources(), after=after, size=BATCH)
        yield from found.entries
        count += len(found.entries)
        after = found.next
        if not after:
            return


def _file_rows(entry: Entry) -> Iterator[tuple[str, ...]]:
    """One line per changed field; long texts are only said to have changed."""
    at = timezone.localtime(entry.at)
    facts = (f"{iso_day(at)} {clock(at)}", entry.by, entry.text)
    for change in entry.changes or [Change("", "", "")]:
        fields = (change.label, change.before, change.after)
        yield (*facts, *fields, entry.address, entry.where)
