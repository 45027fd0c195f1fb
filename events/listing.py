"""Meetings as their list shows them: the words of each row, and no column that the row does not show."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.translation import gettext

from coachnet.accounts.models import User
from coachnet.lib.addresses import address_of
from coachnet.lib.templatetags.formats import clock, spoken_day
from events.models import Event, EventInvitation, Registration
from events.models.events import EventQuerySet

_SHOWN = ("kind", "state", "title", "starts_at", "ends_at", "place", "link", "capacity", "answer_by")


@dataclass(frozen=True)
class Line:
    """A meeting and what stands beside its title."""

    event: Any  # a meeting with what `as_lines` adds
    day: int
    month: str
    address: str
    when: str
    facts: list[str]
    # One's own answer, empty for none yet; None for those who are not invited, and where there is nothing to come to.
    answer: str | None
    is_asked: bool


def as_lines(events: EventQuerySet, user: User) -> EventQuerySet:
    """The meetings with what a line needs: who hosts, and the person's own invitation and last answer."""
    own = EventInvitation.objects.of(user)
    own_there = own.filter(event=OuterRef("pk"))
    # Two queries up: the meeting, and not the registration in between.
    answers = Registration.objects.filter(
        invitation__in=own.filter(event=OuterRef(OuterRef("pk"))).values("pk")
    )
    newest = answers.order_by("-pk").values("state")[:1]
    shown = events.annotate(
        invitation_pk=Subquery(own_there.values("pk")[:1]), answer=Coalesce(Subquery(newest), Value(""))
    )
    return shown.with_hosts().only(*_SHOWN)


def ahead(events: EventQuerySet) -> EventQuerySet:
    """Those that have not ended, with `begins` to put them in order.

    That is an expression which no index has: Postgres sorts the few that lie ahead, where it would otherwise read all
    that ever were by when they began.
    """
    return events.ahead().annotate(begins=F("starts_at") + dt.timedelta())


def lines_of(events: Sequence[Event], *, counted: bool) -> list[Line]:
    """The lines of a page, in the reader's language. `counted` for those who read how many come."""
    return [_line(event, counted=counted) for event in events]


def _line(event: Any, *, counted: bool) -> Line:
    starts = timezone.localtime(event.starts_at)
    when = f"{spoken_day(starts, 'capital')} {clock(starts)}–{clock(event.ends_at)}"
    month = str(MONTHS_3[starts.month]).lower()
    address = address_of("events:event-detail", event.pk)
    facts = list(_facts(event, counted=counted))
    answer = event.answer if event.invitation_pk and not event.is_cancelled else None
    return Line(event, starts.day, month, address, when, facts, answer, event.takes_answers)


def _facts(event: Any, *, counted: bool) -> Iterator[str]:
    yield event.get_kind_display()
    if event.place or event.link:
        yield event.place or gettext("Digital")
    if event.host_names:
        yield ", ".join(event.host_names)
    if counted and not event.is_draft and not event.is_cancelled:
        yield _people(event)


def _people(event: Any) -> str:
    """How many come, or came."""
    if event.is_over and event.attended:
        return gettext("%(here)s var där") % {"here": event.attended}
    if event.capacity:
        return gettext("%(taken)s av %(all)s platser") % {"taken": event.taken, "all": event.capacity}
    return gettext("%(taken)s kommer") % {"taken": event.taken}
