"""`manage.py seed_demo`: the invented network, once."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from coachnet.demo.seed import plant


class Command(BaseCommand):  # not an AuditedCommand: each change is its invented person's
    help = "Load the invented demo network, unless there are people already."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE not in ("demo", "test"):
            raise CommandError("Invented companies belong in the demo: run make demo.")
        planted = plant()
        if options["verbosity"]:
            self.stdout.write("Planted." if planted else "There are people already; nothing done.")
