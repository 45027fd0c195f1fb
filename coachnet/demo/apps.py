"""The demo: its runner, logins, mail catcher and invented network."""

from django.apps import AppConfig
from django.conf import settings


class DemoConfig(AppConfig):
    """Only installed in demo and test mode."""

    name = "coachnet.demo"
    label = "demo"

    def ready(self) -> None:
        """However the demo was started: nothing but its own servers."""
        from coachnet.demo.place import refuse_foreign

        if settings.DEMO:
            refuse_foreign(settings)
