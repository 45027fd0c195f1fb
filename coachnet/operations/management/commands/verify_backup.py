"""`manage.py verify_backup COPY`: is it whole? With --prove: does it come back, to the last row?"""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import CommandError

from coachnet.audit.commands import AuditedCommand
from coachnet.operations import copies, returning
from coachnet.operations.models import Pulse
from coachnet.operations.programs import CopyError


class Command(AuditedCommand):
    help = "Check a copy's checksums; with --prove, bring it back beside the live database, compare, and drop it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("copy", type=Path)
        parser.add_argument("--prove", action="store_true", help="bring it back and compare every table")

    def handle(self, *args: Any, copy: Path, prove: bool, **options: Any) -> None:
        began = time.monotonic()
        try:
            found = copies.read(copy)
            copies.check(found)
            copies.check_fits(found)
            if prove:
                self.prove(found)
        except CopyError as error:
            raise CommandError(f"Do not rely on this copy. {error}") from error
        done = f"came back with all {found.contents.rows} rows" if prove else "whole"
        self.stdout.write(f"{copy}: {done}, {time.monotonic() - began:.1f} s")

    def prove(self, copy: copies.Copy) -> None:
        side = returning.side_name("proof")
        returning.bring_back(copy, side)
        returning.drop(side)
        Pulse.objects.beat(Pulse.PROOF)
