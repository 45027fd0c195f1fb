"""The open interface: what a person's pages show her, for programs that she gives a key."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registers the app."""

    name = "coachnet.api"
    label = "api"
