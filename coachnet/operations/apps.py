"""Running Coachnet."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Notes that the work of the clock is done, and checks what only the database can tell."""

    name = "coachnet.operations"
    label = "operations"

    def ready(self) -> None:
        """Connect the receivers."""
        from coachnet.operations import checks, receivers

        receivers.connect()
        _ = checks  # importing it registers them
