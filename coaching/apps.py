"""Programmes, engagements, sessions and actions."""

from django.apps import AppConfig


class CoachingConfig(AppConfig):
    """Registers the coaching log."""

    name = "coaching"

    def ready(self) -> None:
        """Add the reminders to those that are sent."""
        from coaching.letters import register_rules

        register_rules()
