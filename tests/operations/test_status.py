"""Driftläge: who opens it, and that it tells what runs, waits and failed."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from coachnet.accounts.models import User
from coachnet.notifications.models import Notification
from coachnet.operations import status
from coachnet.operations.health import SWEEP_MAY_BE
from coachnet.operations.models import Pulse
from tests.conftest import ClientOf

pytestmark = pytest.mark.django_db
QUERIES = 10


def mail(coach: User, n: int, **facts: Any) -> Notification:
    facts = {"due_at": timezone.now() - dt.timedelta(hours=2)} | facts
    return Notification.objects.create(
        rule="x", about=f"x:{n}", recipient=f"user:{coach.pk}", user=coach, **facts
    )


def test_every_task_of_the_clock_has_its_line():
    of_the_clock = {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert set(status.WORK) == of_the_clock | {Pulse.BACKUP, Pulse.PROOF}


def install_before(ago: dt.timedelta) -> None:
    ours = MigrationRecorder.Migration.objects.filter(app="operations")
    ours.update(applied=timezone.now() - ago)


@pytest.mark.parametrize("role", ["coach", "organiser", "official"])
def test_status_is_for_admins_only(request: pytest.FixtureRequest, client_of: ClientOf, role: str):
    assert client_of(request.getfixturevalue(role)).get("/status/").status_code == 403


@pytest.mark.parametrize(
    ("name", "minutes"),
    [
        (Pulse.SWEEP, SWEEP_MAY_BE.total_seconds() / 60),
        ("coachnet.accounts.tasks.clear_expired", 180),
        ("coaching.tasks.align_reminders", 26 * 60),
        (Pulse.BACKUP, 26 * 60),
    ],
)
def test_work_stands_still_when_it_is_later_than_its_clock_allows(name: str, minutes: float):
    def is_late() -> bool:
        return {one.key: one.is_late for one in status.look().work}[name]

    install_before(dt.timedelta())
    assert not is_late()  # never done, on a platform that was just installed
    install_before(dt.timedelta(minutes=minutes + 1))
    assert is_late()
    for more, late in ((-1, False), (1, True)):
        at = timezone.now() - dt.timedelta(minutes=minutes + more)
        Pulse.objects.update_or_create(name=name, defaults={"at": at})
        assert is_late() == late


def test_status_tells_what_waits_and_failed_and_where_to_mend_it(
    admin: User, coach: User, client_of: ClientOf
):
    install_before(dt.timedelta(days=2))
    mail(coach, 1)
    mail(coach, 2, due_at=timezone.now() + dt.timedelta(days=2))
    mail(coach, 3, state="failed", reason="parked")
    found = status.look()
    assert (found.waiting, found.due, found.failed) == (2, 1, 1)
    assert found.oldest_due_at
    assert found.oldest_due_at < timezone.now() - dt.timedelta(hours=1)
    page = client_of(admin).get("/status/").content.decode()
    assert 'href="/delivery/?state=failed"' in page
    assert f"{len(status.WORK)} arbeten står still" in page
    for name in status.WORK:
        Pulse.objects.beat(name)
    assert "står still" not in client_of(admin).get("/status/").content.decode().lower()


@pytest.mark.parametrize("rows", [1, 11])
def test_status_asks_the_same_number_of_questions(
    admin: User, coach: User, client_of: ClientOf, django_assert_num_queries: Any, rows: int
):
    for n in range(rows):
        mail(coach, n)
        Pulse.objects.beat(f"work {n}")
    client = client_of(admin)
    client.get("/status/")
    with django_assert_num_queries(QUERIES):
        client.get("/status/")
