"""Running Coachnet."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Notes that the work of the clock is done."""

    name = "coachnet.operations"
    label = "operations"

    def ready(self) -> None:
        """Connect the receivers."""
        from coachnet.operations import receivers

        receivers.connect()
