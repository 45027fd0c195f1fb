"""`manage.py restore COPY`: bring a copy back beside the live database, and in its place when told so."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import CommandError

from coachnet.audit.commands import AuditedCommand
from coachnet.operations import copies, programs, returning
from coachnet.operations.programs import CopyError


class Command(AuditedCommand):
    help = "Bring a copy back into a database beside the live one, and compare every table with the manifest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("copy", type=Path)
        parser.add_argument(
            "--into",
            default="",
            help="the database at the side; made if it is not there; with --take-over also one brought back before",
        )
        parser.add_argument(
            "--take-over",
            default="",
            metavar="LIVE",
            help="then put it in the place of the database of that name, which is kept under another",
        )
        parser.add_argument(
            "--hold-mail",
            action="store_true",
            help="stop mails that were due by now, to be sent again by hand",
        )

    def handle(
        self, *args: Any, copy: Path, into: str, take_over: str, hold_mail: bool, **options: Any
    ) -> None:
        began, live = time.monotonic(), programs.live_name()
        if take_over and take_over != live:
            raise CommandError(f"The database in use is {live}, not {take_over}. Nothing was done.")
        side = into or returning.side_name("restored")
        try:
            found = copies.read(copy)
            # Before the long part, not only after it.
            returning.known_erasures(found)
            for name in (live, side) if take_over else ():
                returning.check_nobody_is_connected(name)
            came = f"{found.contents.rows} rows of {found.made_at:%Y-%m-%d %H:%M} UTC, each table compared"
            if take_over and returning.was_brought_back(found, side):
                self.stdout.write(
                    f"{side}: {came} when it was brought back; what was changed there since stays"
                )
            else:
                returning.bring_back(found, side)
                self.stdout.write(f"{side}: {came}, {time.monotonic() - began:.1f} s")
            if again := returning.erase_again(found, side):
                self.stdout.write(f"{again} people erased after the copy was made were erased in it again.")
            returning.settle(side, hold_mail=hold_mail)
            if waiting := returning.overdue_mails(side):
                self.stdout.write(
                    f"{waiting} mails were due by now and may have gone out after the copy was made; they go out "
                    "when the workers start. To stop them first, restore with --hold-mail."
                )
            if take_over:
                former = returning.take_over(side)
                kept = f"; what it was before is {former}" if former else ""
                self.stdout.write(f"{live} is now what was brought back{kept}.")
                self.stdout.write("Run manage.py migrate, then start web, worker and beat.")
        except CopyError as error:
            raise CommandError(f"{live} is as it was. {error}") from error
