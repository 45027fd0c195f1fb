"""Network and topic meetings: invitations, answers, attendance, feedback."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Registers the app."""

    name = "events"
