"""Running Coachnet."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Registers the app."""

    name = "coachnet.operations"
    label = "operations"
