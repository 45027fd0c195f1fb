"""`manage.py rebuild_figures`: count every figure of the overview anew from what has been logged."""

from typing import Any

from django.core.management import CommandError

from coachnet.audit.commands import AuditedCommand
from dashboards.models import Cell
from dashboards.refresh import rebuild


class Command(AuditedCommand):
    help = "Count the overview's figures anew. Safe at any time; the numbers come out the same."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rebuild()
        except RuntimeError as busy:
            raise CommandError(str(busy)) from busy
        if options["verbosity"]:
            self.stdout.write(f"{Cell.objects.count()} figures counted.")
