"""Meetings, who is invited, who comes, and what they thought."""

from events.models.events import Event, EventQuerySet
from events.models.feedback import Feedback
from events.models.invitations import EventInvitation, EventInvitationQuerySet, new_link_key
from events.models.registrations import Registration, RegistrationQuerySet

__all__ = (
    "Event",
    "EventInvitation",
    "EventInvitationQuerySet",
    "EventQuerySet",
    "Feedback",
    "Registration",
    "RegistrationQuerySet",
    "new_link_key",
)
