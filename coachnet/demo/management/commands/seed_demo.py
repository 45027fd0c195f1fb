"""`manage.py seed_demo`: the invented network once, and visits for today each day."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from coachnet.demo import seed


class Command(BaseCommand):  # not an AuditedCommand: each change is its invented person's
    help = "Load the invented demo network, unless it is there; then give its coach visits for today."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE not in ("demo", "test"):
            raise CommandError("Invented companies belong in the demo: run make demo.")
        changed = seed.plant() or seed.refresh()
        if options["verbosity"]:
            self.stdout.write("Planted." if changed else "All is there; nothing done.")
