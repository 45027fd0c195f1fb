"""Sessions as rows of a spreadsheet: when, with whom, for how long and about what; never the note."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, QuerySet, When
from django.utils.translation import gettext

from coaching.models import Engagement, Session, SessionCoach, SessionStrategy
from coaching.models.sessions import SessionQuerySet
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.lib.keyset import chunks
from companies import organisation_number

# The first rows soon, then many at a time.
FIRST, CHUNK = 100, 2000
# Coaches and their organisations in the same order, so that the first of one belongs to the first of the other.
_TOOK_PART = SessionCoach.objects.filter(session=OuterRef("pk")).order_by("id")
_STRATEGIES = SessionStrategy.objects.filter(session=OuterRef("pk")).order_by("strategy")


def header() -> list[str]:
    """The names of the columns."""
    return [
        gettext("Datum"),
        gettext("Började"),
        gettext("Företag"),
        gettext("Organisationsnummer"),
        gettext("Kommun"),
        gettext("Program"),
        gettext("Läge"),
        gettext("Fullständighet"),
        gettext("Hur ni möttes"),
        gettext("Stödtid, minuter"),
        gettext("Förberedelse, minuter"),
        gettext("Resa, minuter"),
        gettext("Coacher"),
        gettext("Coachernas organisationer"),
        gettext("Strategier"),
    ]


def rows(sessions: SessionQuerySet, user: User, *, are_few: bool = False) -> Iterator[list[object]]:
    """The sessions, the latest first, from values alone. `are_few` as for `paging.newest_first`.

    Preparation and travel are left out of sessions whose page the person may not open, unless she leads the network
    and follows up its hours.
    """
    asked = _with_time(sessions, user).annotate(
        place_in_order=F("ends_at") + dt.timedelta() if are_few else F("ends_at"),
        who=ArraySubquery(_TOOK_PART.values("coach__name")),
        of=ArraySubquery(_TOOK_PART.values("organisation__name")),
        about=ArraySubquery(_STRATEGIES.values("strategy")),
    )
    for chunk in chunks(asked.values(*_COLUMNS), by=("-place_in_order", "-id"), size=CHUNK, first=FIRST):
        for row in chunk:
            yield _row(row)


_COLUMNS = (
    "id",
    "date",
    "start_time",
    "state",
    "completeness",
    "channel",
    "minutes",
    "engagement__company__name",
    "engagement__company__organisation_number",
    "engagement__company__municipality__name",
    "engagement__programme__name",
    "preparation",
    "travel",
    "place_in_order",
    "who",
    "of",
    "about",
)


def _with_time(sessions: SessionQuerySet, user: User) -> QuerySet[Any, Any]:
    if user.may(Permission.SEE_OVERVIEW):
        return sessions.annotate(preparation=F("preparation_minutes"), travel=F("travel_minutes"))
    readable = Exists(Engagement.objects.visible_to(user).filter(pk=OuterRef("engagement")))
    return sessions.annotate(
        preparation=Case(When(readable, then=F("preparation_minutes"))),
        travel=Case(When(readable, then=F("travel_minutes"))),
    )


def _row(row: dict[str, Any]) -> list[object]:
    held = row["state"] == Session.State.HELD
    return [
        row["date"],
        f"{row['start_time']:%H:%M}" if row["start_time"] else "",
        row["engagement__company__name"],
        # A sole trader's number is a personnummer and never leaves.
        organisation_number.shown(row["engagement__company__organisation_number"]),
        row["engagement__company__municipality__name"] or "",
        row["engagement__programme__name"],
        Session.State(row["state"]).label,
        Session.Completeness(row["completeness"]).label if held else "",
        Session.Channel(row["channel"]).label if row["channel"] else "",
        row["minutes"],
        row["preparation"],
        row["travel"],
        ", ".join(row["who"]),
        ", ".join(dict.fromkeys(row["of"])),
        ", ".join(row["about"]),
    ]
