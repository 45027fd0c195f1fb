"""That work which must be done again and again was done."""

import datetime as dt
from typing import Any

from django.db import models
from django.utils import timezone


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

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField()

    objects = PulseQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
