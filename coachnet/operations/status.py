"""What runs, what waits and what failed, for the page of those who look after the platform."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from celery.schedules import crontab
from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.lib import replica
from coachnet.notifications.listing import Line, lines_for
from coachnet.notifications.models import NEXT_AT, Notification
from coachnet.operations import probes
from coachnet.operations.broker import queue_depth
from coachnet.operations.health import SWEEP_MAY_BE
from coachnet.operations.models import Pulse, Stumble
from coachnet.operations.receivers import tasks_of_the_clock
from dashboards.models import Stale, Upkeep

DAY = dt.timedelta(days=1)
SHOWN = 10  # of what got stuck; the rest is in Utskick
GRACE = dt.timedelta(hours=2)  # a backup of a large database, or a task of the hour that had to wait
# What is done again and again, in the order of the page. A test holds it to the schedule.
WORK: dict[str, str | Promise] = {
    Pulse.SWEEP: _("Skicka påminnelser och utskick"),
    "coachnet.accounts.tasks.send_waiting_invitations": _("Skicka inbjudningar som blev liggande"),
    "events.tasks.settle_events": _("Låta träffar börja och sluta, erbjuda lediga platser"),
    "dashboards.tasks.refresh_figures": _("Räkna översiktens siffror"),
    "coaching.tasks.align_reminders": _("Stämma av påminnelser mot det som är planerat"),
    "coaching.tasks.clear_old_drafts": _("Rensa gamla utkast"),
    "events.tasks.clear_diets": _("Rensa specialkost efter träffar"),
    "coachnet.api.tasks.forget_answers": _("Rensa svar som sparats åt program"),
    "coachnet.accounts.tasks.clear_expired": _("Rensa inloggningar som gått ut"),
    Pulse.BACKUP: _("Säkerhetskopiera"),
    Pulse.PROOF: _("Pröva att säkerhetskopian går att läsa tillbaka"),
}


@dataclass(frozen=True)
class Work:
    """Something that is done again and again: when it was last done, and whether that is too long ago.

    `failed_at` and `fault` tell of a failure since then, by the name of its kind.
    """

    key: str
    name: str | Promise
    done_at: dt.datetime | None
    is_late: bool
    failed_at: dt.datetime | None = None
    fault: str = ""

    @property
    def can_be_run(self) -> bool:
        """Whether somebody should ask for it now, and a worker can do it: copies are made by commands."""
        return (self.is_late or bool(self.failed_at)) and self.key in tasks_of_the_clock()


@dataclass(frozen=True)
class Status:
    """The state of the whole at one moment."""

    work: list[Work]
    valkey_answers: bool
    queued: int | None  # tasks that wait for a worker; None while Valkey is away
    replica: str  # "", "ok" or "behind"
    waiting: int
    due: int
    oldest_due_at: dt.datetime | None
    failed: int
    stuck: list[Line]
    figures_at: dt.datetime | None
    figures_waiting: int

    @property
    def late(self) -> list[Work]:
        """What stands still."""
        return [one for one in self.work if one.is_late]

    @property
    def failed_work(self) -> list[Work]:
        """What failed since it was last done."""
        return [one for one in self.work if one.failed_at]


def most_between(name: str) -> dt.timedelta:
    """How long may pass between two times of something before it counts as standing still."""
    if name == Pulse.SWEEP:
        return SWEEP_MAY_BE
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        schedule: Any = entry["schedule"]
        if entry["task"] == name and not isinstance(schedule, crontab):
            every = dt.timedelta(seconds=float(schedule))
            return every + (GRACE if every >= dt.timedelta(hours=1) else SWEEP_MAY_BE)
    return DAY + GRACE


def installed_at() -> dt.datetime:
    """When the table of pulses was made: what has never been done is late when its clock has passed since then."""
    ours = MigrationRecorder.Migration.objects.filter(app="operations")
    return ours.aggregate(first=Min("applied"))["first"] or timezone.now()


def _work(key: str, done_at: dt.datetime | None, stumble: Stumble | None, *, is_late: bool) -> Work:
    if stumble and (done_at is None or stumble.at > done_at):
        return Work(key, WORK[key], done_at, is_late, stumble.at, stumble.fault)
    return Work(key, WORK[key], done_at, is_late)


def look(viewer: User) -> Status:
    """Ask once about everything, and name nobody whom the viewer may not see."""
    now, rows = timezone.now(), Notification.objects.order_by()
    began = installed_at()
    done = dict(Pulse.objects.values_list("name", "at"))
    stumbles = {one.name: one for one in Stumble.objects.all()}
    valkey_answers = probes.VALKEY.ask()
    due = rows.due(now)
    stuck = rows.stuck().select_related("user", "decided_by").order_by("-due_at", "-pk")[:SHOWN]
    return Status(
        work=[
            _work(
                key, done.get(key), stumbles.get(key), is_late=now - done.get(key, began) > most_between(key)
            )
            for key in WORK
        ],
        valkey_answers=valkey_answers,
        queued=queue_depth() if valkey_answers else None,
        replica=("ok" if replica.is_usable() else "behind") if replica.is_configured() else "",
        waiting=rows.waiting().count(),
        due=due.count(),
        oldest_due_at=due.values_list(NEXT_AT, flat=True).order_by(NEXT_AT, "pk").first(),
        failed=rows.filter(state=Notification.State.FAILED).count(),
        stuck=lines_for(stuck, viewer),
        figures_at=Upkeep.objects.values_list("current_at", flat=True).first(),
        figures_waiting=Stale.objects.count(),
    )
