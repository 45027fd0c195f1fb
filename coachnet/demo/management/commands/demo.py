"""`manage.py demo`, which `make demo` runs."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, CommandError

from coachnet.demo.parts import Log
from coachnet.demo.runner import run


class Command(BaseCommand):
    help = "Run Coachnet with invented data in the foreground, until Ctrl-C."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Set COACHNET_MODE=demo, or run make demo.")
        try:
            run(Log())
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
