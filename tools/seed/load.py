"""From nothing to a network: rows, history, counts of the query planner, figures, reminders."""

import datetime as dt
import time
from collections.abc import Callable
from contextlib import nullcontext
from random import Random
from typing import Any

import pghistory.models
from django.db import connection, transaction
from django.utils import timezone

from coaching import reminders
from companies import reference_data
from dashboards.refresh import rebuild
from tools.seed.bare import bare, in_haste
from tools.seed.coaching import Coaching
from tools.seed.companies import Companies
from tools.seed.copying import count_on, histories, write_history
from tools.seed.meetings import Meetings
from tools.seed.people import People
from tools.seed.sizes import Size

COMMAND = "tools.seed"
Say = Callable[[str], Any]


def load(size: Size, today: dt.date, say: Say = print) -> None:
    """Fill an empty, migrated database. The same size and day give the same rows. All or nothing, but for reminders."""
    began = time.monotonic()
    # The tests load inside a transaction, on servers that others use.
    with nullcontext() if connection.in_atomic_block else in_haste():
        _load(size, today, say, began)
    pghistory.models.Context.objects.create(metadata=_mark(size, today))


def _load(size: Size, today: dt.date, say: Say, began: float) -> None:
    with transaction.atomic():
        load_rows(size, today, say)
    if not connection.in_atomic_block:  # VACUUM needs a connection to itself; the tests go without
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
        say(f"  vacuumed and analysed after {time.monotonic() - began:.0f} s")
    rebuild()
    say(f"  figures counted after {time.monotonic() - began:.0f} s")
    reminders.align_everything()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notification")
    say(f"  reminders ahead planned after {time.monotonic() - began:.0f} s")


def is_loaded(size: Size, today: dt.date | None) -> bool:
    """Whether the database holds this network, whole: as of this day and as it was loaded, or of any day and used."""
    contexts = pghistory.models.Context.objects.order_by("-created_at")
    if today is None:
        return contexts.filter(metadata__contains={"command": COMMAND, "sessions": size.sessions}).exists()
    mark = contexts.filter(metadata__contains=_mark(size, today)).first()
    return mark is not None and not contexts.filter(created_at__gt=mark.created_at).exists()


def _mark(size: Size, today: dt.date) -> dict[str, Any]:
    return {"command": COMMAND, "sessions": size.sessions, "day": today.isoformat()}


def load_rows(size: Size, today: dt.date, say: Say = print) -> None:
    """The rows and their history, without what is counted from them. Inside one transaction."""
    began = time.monotonic()
    reference_data.load()
    chance = Random(2026)  # noqa: S311 (the same network each time)
    people = People(size, today, chance)
    companies = Companies(people, today, chance)
    coaching = Coaching(people, today, chance)
    meetings = Meetings(people, companies, today, chance)
    tables = (*people.tables, *companies.tables, *coaching.tables, *meetings.tables)
    with bare([table.name for table in tables] + [events._meta.db_table for events in histories(tables)]):
        people.make()
        coaching.begin_programmes()
        for number, company in enumerate(companies.make()):
            coaching.plan(number, company)
        coaching.tell()
        meetings.make()
        for table in tables:
            table.copy()
        say(f"  rows copied after {time.monotonic() - began:.0f} s")
        context = pghistory.models.Context.objects.create(metadata={"command": COMMAND})
        write_history(tables, context, timezone.now())
        say(f"  history written after {time.monotonic() - began:.0f} s")
    say(f"  indexes and keys put back after {time.monotonic() - began:.0f} s")
    count_on(tables)
    for table in tables:
        say(f"  {table.last or table.model._default_manager.count():>9,} {table.name}")
