"""The web server with the lock on meetings switched off: the control of the drill `answers`, never served to people."""

import datetime as dt
import time

from coachnet.wsgi import application
from events.actions import places
from events.models import Event, EventInvitation, Registration

__all__ = ("application",)
stands = places.as_it_stands


def look(event_id: int) -> Event:
    """The meeting, not held."""
    return Event.objects.get(pk=event_id)


def look_and_wait(
    event: Event, invitation: int, now: dt.datetime
) -> tuple[EventInvitation, Registration | None, places.Recount]:
    """How it stands, and a moment in which others look as well: without it they might miss each other by chance."""
    found = stands(event, invitation, now)
    time.sleep(0.05)
    return found


places.hold, places.as_it_stands = look, look_and_wait
