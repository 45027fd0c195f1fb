"""The web server with the lock on meetings switched off: the control of the drill `answers`, never served to people."""

from coachnet.wsgi import application
from events.actions import places
from events.models import Event

__all__ = ("application",)


def look(event_id: int) -> Event:
    """The meeting, not held."""
    return Event.objects.get(pk=event_id)


places.hold = look
