"""Programmes, engagements, sessions and actions."""

from django.apps import AppConfig


class CoachingConfig(AppConfig):
    """Registers the coaching log."""

    name = "coaching"
