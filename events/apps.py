"""Network and topic meetings: invitations, answers, attendance, feedback."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Registers the app and its rules of mail."""

    name = "events"

    def ready(self) -> None:
        """Make the rules known before the first mail is sent."""
        from events.reminders import register_rules

        register_rules()
