"""Places: the lock, the one recount, and who is next in line.

Everything that takes, frees or offers a place holds the meeting's row while it does so, and only then counts. What
happens inside is a handful of statements; mail is queued as rows and leaves later. Everybody else who answers waits
meanwhile, so what each answer asks stands here as SQL: to build it anew took longer than the database needed.
"""

import datetime as dt

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from events import notices
from events.models import Event, EventInvitation, Registration, RegistrationQuerySet

State = Registration.State
CLOSING_STATES = (State.DECLINED, State.CANCELLED, State.EXPIRED)


_HELD = "SELECT * FROM events_event WHERE id = %s FOR NO KEY UPDATE"
_INVITATION = "SELECT * FROM events_eventinvitation WHERE id = %s"
_LIVE = "SELECT * FROM events_registration WHERE invitation_id = %s AND state = ANY(%s)"
_COUNT = """
    SELECT count(*) FILTER (WHERE answer.state = ANY(%(taking)s)),
        count(*) FILTER (WHERE answer.state = 'offered' AND answer.offered_until <= %(now)s),
        count(*) FILTER (WHERE answer.state = 'waiting')
    FROM events_registration answer JOIN events_eventinvitation invitation ON invitation.id = answer.invitation_id
    WHERE invitation.event_id = %(event)s"""


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


def invitation_to(event: Event, pk: int) -> EventInvitation:
    """The invitation as it stands now that the meeting is held."""
    found: EventInvitation = EventInvitation.objects.raw(_INVITATION, [pk])[0]
    found.event = event
    return found


def live_of(invitation: EventInvitation) -> Registration | None:
    """The person's live registration as it stands now that the meeting is held."""
    rows = Registration.objects.raw(_LIVE, [invitation.pk, [*map(str, Registration.LIVE)]])
    live: Registration | None = next(iter(rows), None)
    if live:
        live.invitation = invitation
    return live


@transaction.atomic
def settle_event(*, event_id: int) -> None:
    """Let offers run out and offer free places to those next in line. Safe to repeat, also at the same moment."""
    settle(hold(event_id), timezone.now())


def settle(event: Event, now: dt.datetime) -> int | None:
    """The same for a meeting that is held. Returns the free places that nobody waits for; None for no limit."""
    rows = Registration.objects.to(event)
    # The one recount: what holds a place, what has run out, and whether somebody waits.
    with connection.cursor() as cursor:
        taking = [str(state) for state in Registration.TAKES_A_PLACE]
        cursor.execute(_COUNT, {"taking": taking, "now": now, "event": event.pk})
        taken, overdue, waiting = cursor.fetchone()
    for registration in _rows(rows.overdue(now), event) if overdue else ():
        set_state(registration, State.EXPIRED, now=now)
        notices.tell_answer(registration)
    free = None if event.capacity is None else event.capacity - taken + overdue
    if not waiting or not event.is_published or now >= event.starts_at or (free is not None and free <= 0):
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
