"""Load or refresh the reference data. Safe to run at any time, also while people work."""

from typing import Any

from django.core.management.base import CommandError

from coachnet.audit.commands import AuditedCommand
from companies import reference_data


class Command(AuditedCommand):
    help = "Load municipalities, SNI, strategies, indicators, assessment and glossary from companies/data."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tables = reference_data.load()
        except reference_data.ReferenceDataError as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        for done in tables:
            self.stdout.write(f"{done.table:<20} {done.rows:>4} rows, {done.new} new, {done.changed} changed")
            if done.kept:
                self.stdout.write(f"{'':<20} kept, though in no file: {', '.join(done.kept)}")
