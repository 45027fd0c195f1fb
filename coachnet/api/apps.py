"""The open interface: what a person's pages show her, for programs that she gives a key."""

import sys
from importlib import import_module

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registers the app."""

    name = "coachnet.api"
    label = "api"

    def ready(self) -> None:
        """Load REST framework without the HTTP client that it takes along for its own tests: four megabytes."""
        if "requests" not in sys.modules:
            sys.modules["requests"] = None  # type: ignore[assignment]  # an import fails, and it does without
            import_module("rest_framework.compat")
            del sys.modules["requests"]
