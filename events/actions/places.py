"""Places: the lock, the one recount, and who is next in line.

Everything that takes, frees or offers a place holds the meeting's row while it does so, and only then counts. What
happens inside is a handful of statements; mail is queued as rows and leaves later. Everybody else who answers waits
meanwhile, so what each answer asks stands here as SQL: to build it anew took longer than the database needed.
"""

import datetime as dt
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from events import notices
from events.models import Event, EventInvitation, Registration, RegistrationQuerySet

State = Registration.State
CLOSING_STATES = (State.DECLINED, State.CANCELLED, State.EXPIRED)


_HELD = "SELECT * FROM events_event WHERE id = %s FOR NO KEY UPDATE"
_COUNT = """
    SELECT count(*) FILTER (WHERE answer.state = ANY(%(taking)s)) AS taken,
        count(*) FILTER (WHERE answer.state = 'offered' AND answer.offered_until <= %(now)s) AS overdue,
        count(*) FILTER (WHERE answer.state = 'waiting') AS waiting
    FROM events_registration answer JOIN events_eventinvitation invited ON invited.id = answer.invitation_id
    WHERE invited.event_id = %(event)s"""
_STANDS = f"""
    SELECT invitation.*, recount.*, live.id AS live_id
    FROM events_eventinvitation invitation CROSS JOIN ({_COUNT}) recount
    LEFT JOIN events_registration live ON live.invitation_id = invitation.id AND live.state = ANY(%(live)s)
    WHERE invitation.id = %(invitation)s"""  # noqa: S608 (both halves stand here)
_TAKING, _LIVE = [*map(str, Registration.TAKES_A_PLACE)], [*map(str, Registration.LIVE)]


class Recount(NamedTuple):
    """How a meeting stands: answers that hold a place, offers among them that have run out, and who waits."""

    taken: int
    overdue: int
    waiting: int


def hold(event_id: int) -> Event:
    """Hold the meeting until the transaction ends. Others who want a place in it wait; readers do not.

    Raises Event.DoesNotExist.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("To hold a meeting needs a transaction.")
    found: Event | None = next(iter(Event.objects.raw(_HELD, [event_id])), None)
    if found is None:
        raise Event.DoesNotExist
    return found


def as_it_stands(
    event: Event, invitation: int, now: dt.datetime
) -> tuple[EventInvitation, Registration | None, Recount]:
    """An invitation now that its meeting is held, the person's live registration, and how the meeting stands."""
    given = _given(event, now) | {"invitation": invitation, "live": _LIVE}
    found: Any = EventInvitation.objects.raw(_STANDS, given)[0]
    found.event = event
    live = None if found.live_id is None else Registration.objects.get(pk=found.live_id)
    if live:
        live.invitation = found
    return found, live, Recount(found.taken, found.overdue, found.waiting)


def _given(event: Event, now: dt.datetime) -> dict[str, Any]:
    return {"taking": _TAKING, "now": now, "event": event.pk}


@transaction.atomic
def settle_event(*, event_id: int) -> None:
    """Let offers run out and offer free places to those next in line. Safe to repeat, also at the same moment."""
    settle(hold(event_id), timezone.now())


def settle(event: Event, now: dt.datetime, recount: Recount | None = None) -> int | None:
    """The same for a meeting that is held. Returns the free places that nobody waits for; None for no limit.

    `recount` is how it stands, where somebody has counted since it was held and changed nothing.
    """
    rows = Registration.objects.to(event)
    if recount is None:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, _given(event, now))
            recount = Recount(*cursor.fetchone())
    for registration in _rows(rows.overdue(now), event) if recount.overdue else ():
        set_state(registration, State.EXPIRED, now=now)
        notices.tell_answer(registration)
    free = None if event.capacity is None else event.capacity - recount.taken + recount.overdue
    is_closed = not event.is_published or now >= event.starts_at
    if not recount.waiting or is_closed or (free is not None and free <= 0):
        return free
    offered = 0
    for registration in _rows(rows.in_line() if free is None else rows.in_line()[:free], event):
        set_state(registration, State.OFFERED, now=now, offered_until=offer_ends(event, now))
        notices.tell_answer(registration)
        offered += 1
    return None if free is None else free - offered


def _rows(rows: RegistrationQuerySet, event: Event) -> list[Registration]:
    """Rows with their people, all at the meeting that is held."""
    found = list(rows.select_related("invitation__user"))
    for registration in found:
        registration.invitation.event = event
    return found


def offer_ends(event: Event, now: dt.datetime) -> dt.datetime:
    """How long a place is held: so many hours, at most half the time that is left to the start."""
    usual = dt.timedelta(hours=settings.EVENT_OFFER_HOURS)
    return now + min(usual, (event.starts_at - now) / 2)


def open_registration(
    invitation: EventInvitation, state: Registration.State, *, now: dt.datetime, diet: str = ""
) -> Registration:
    """A new answer, in whatever state."""
    registration = Registration.objects.create(
        invitation=invitation,
        state=state,
        answered_at=now,
        closed_at=now if state in CLOSING_STATES else None,
        diet=diet,
    )
    if registration.is_coming:
        _place_taken(registration)
    notices.stop_asking(invitation)
    return registration


def set_state(
    registration: Registration,
    state: Registration.State,
    *,
    now: dt.datetime,
    offered_until: dt.datetime | None = None,
    answered_at: dt.datetime | None = None,
) -> None:
    """Move a registration on. Reminders follow the place, and the calendar is told when one is given up."""
    was_coming = registration.is_coming
    registration.state = state
    registration.step += 1
    registration.answered_at = answered_at or registration.answered_at
    registration.closed_at = now if state in CLOSING_STATES else None
    if registration.is_waiting or registration.is_offered:
        registration.offered_until = offered_until
    if not registration.is_coming:
        registration.attended_at = registration.attended_by = None
    registration.save()
    if registration.is_coming and not was_coming:
        _place_taken(registration)
    elif was_coming and not registration.is_coming:
        _turn(registration.invitation)
        notices.forget(registration)


def _place_taken(registration: Registration) -> None:
    if registration.invitation.calendar_turn % 2:
        _turn(registration.invitation)


def _turn(invitation: EventInvitation) -> None:
    """Raise the calendar's count: odd while a place that stood in a calendar is given up, even otherwise."""
    EventInvitation.objects.filter(pk=invitation.pk).update(calendar_turn=F("calendar_turn") + 1)
    invitation.calendar_turn += 1
