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
from coachnet.operations.health import SWEEP_MAY_BE, cache_answers
from coachnet.operations.models import Pulse
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
    """Something that is done again and again: when it was last done, and whether that is too long ago."""

    key: str
    name: str | Promise
    done_at: dt.datetime | None
    is_late: bool


@dataclass(frozen=True)
class Status:
    """The state of the whole at one moment."""

    work: list[Work]
    valkey_answers: bool
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


def look(viewer: User) -> Status:
    """Ask once about everything, and name nobody whom the viewer may not see."""
    now, rows = timezone.now(), Notification.objects.order_by()
    began = installed_at()
    done = dict(Pulse.objects.values_list("name", "at"))
    due = rows.due(now)
    stuck = rows.stuck().select_related("user", "decided_by").order_by("-due_at", "-pk")[:SHOWN]
    return Status(
        work=[
            Work(key, name, done.get(key), now - done.get(key, began) > most_between(key))
            for key, name in WORK.items()
        ],
        valkey_answers=cache_answers(),
        replica=("ok" if replica.is_usable() else "behind") if replica.is_configured() else "",
        waiting=rows.waiting().count(),
        due=due.count(),
        oldest_due_at=due.values_list(NEXT_AT, flat=True).order_by(NEXT_AT, "pk").first(),
        failed=rows.filter(state=Notification.State.FAILED).count(),
        stuck=lines_for(stuck, viewer),
        figures_at=Upkeep.objects.values_list("current_at", flat=True).first(),
        figures_waiting=Stale.objects.count(),
    )
