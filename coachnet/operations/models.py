"""That work which must be done again and again was done, or failed."""

import datetime as dt
from typing import Any

from django.db import models
from django.utils import timezone

MOST_LETTERS = 80


class PulseQuerySet(models.QuerySet["Pulse"]):
    """Sets of pulses."""

    def beat(self, name: str) -> None:
        """Note that something was done just now. One statement, whoever does it at the same time."""
        pulse: Any = Pulse(name=name, at=timezone.now())
        self.bulk_create([pulse], update_conflicts=True, unique_fields=["name"], update_fields=["at"])

    def ages(self) -> dict[str, dt.timedelta]:
        """How long ago each was last done."""
        now = timezone.now()
        return {pulse.name: now - pulse.at for pulse in self.order_by("name")}


class Pulse(models.Model):
    """When something was last done: a task of the clock, a backup, a proof of one. One row for each.

    In Postgres, not in Valkey: an emptied Valkey must neither hide nor feign that the work stands still.
    Not audited: it holds nothing of anybody.
    """

    BACKUP, PROOF = "backup", "proof"
    SWEEP = "coachnet.notifications.tasks.send_due"

    name = models.CharField(max_length=MOST_LETTERS, primary_key=True)
    at = models.DateTimeField()

    objects = PulseQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"


class StumbleQuerySet(models.QuerySet["Stumble"]):
    """Sets of stumbles."""

    def note(self, name: str, fault: BaseException) -> None:
        """Note that something failed just now. One statement, as for a pulse."""
        stumble: Any = Stumble(name=name, at=timezone.now(), fault=type(fault).__name__[:MOST_LETTERS])
        self.bulk_create(
            [stumble], update_conflicts=True, unique_fields=["name"], update_fields=["at", "fault"]
        )


class Stumble(models.Model):
    """When a task of the clock last failed, and by which kind of fault. One row for each task.

    Only the kind: a fault's words may hold anything. They are in the log, masked.
    """

    name = models.CharField(max_length=MOST_LETTERS, primary_key=True)
    at = models.DateTimeField()
    fault = models.CharField(max_length=MOST_LETTERS)

    objects = StumbleQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S} {self.fault}"
