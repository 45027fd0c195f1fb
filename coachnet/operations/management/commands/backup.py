"""`manage.py backup FOLDER`: a copy of everything, of one moment, while people work."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import CommandError

from coachnet.audit.commands import AuditedCommand
from coachnet.operations import copies
from coachnet.operations.models import Pulse
from coachnet.operations.programs import CopyError


class Command(AuditedCommand):
    help = "Write a copy of the database with checksums and row counts into a new folder under FOLDER."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--keep", type=int, default=0, help="remove the oldest, so that this many are left"
        )

    def handle(self, *args: Any, folder: Path, keep: int, **options: Any) -> None:
        began = time.monotonic()
        try:
            copy = copies.make(folder)
        except CopyError as error:
            raise CommandError(f"There is no new copy. {error}") from error
        Pulse.objects.beat(Pulse.BACKUP)
        self.stdout.write(
            f"{copy.folder}: {copy.contents.rows} rows in {len(copy.contents.tables)} tables, "
            f"{copy.dump.stat().st_size} bytes, {time.monotonic() - began:.1f} s"
        )
        for gone in copies.forget_all_but(folder, keep):
            self.stdout.write(f"{gone}: removed, {keep} newer ones are there")
