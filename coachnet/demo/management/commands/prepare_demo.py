"""`manage.py prepare_demo`: what must be there before the demo's pages open."""

import subprocess
import sys
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from coachnet.accounts.models import User
from coachnet.demo.prepared import note_prepared
from dashboards.refresh import refresh


class Command(BaseCommand):
    help = "Bring the demo's tables, reference data, invented network and static files up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Set COACHNET_MODE=demo, or run make demo.")
        # To compress takes a core as long as the tables do, and neither waits for the other.
        gather = [sys.executable, "manage.py", "collectstatic", "--verbosity=0", "--no-input", "--clear"]
        with subprocess.Popen(gather, cwd=settings.BASE_DIR) as gathering:
            self.say("Preparing the database, and gathering static files …")
            call_command("migrate", verbosity=0, interactive=False)
            call_command("load_reference", verbosity=0, stdout=StringIO())
            if not User.objects.exists():
                self.say("Inventing a network …")
            call_command("seed_demo", verbosity=0)
            refresh()
        if gathering.returncode:
            raise CommandError("The static files could not be gathered. The lines above say why.")
        note_prepared()

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
