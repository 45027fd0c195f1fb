"""Driftläge: who opens it, and that it tells what runs, waits and failed."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from coachnet.accounts.models import User
from coachnet.celery import app
from coachnet.notifications.models import Notification
from coachnet.operations import status
from coachnet.operations.health import SWEEP_MAY_BE
from coachnet.operations.models import Pulse, Stumble
from tests.conftest import ClientOf

pytestmark = pytest.mark.django_db
QUERIES = 12


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
def test_work_stands_still_when_it_is_later_than_its_clock_allows(admin: User, name: str, minutes: float):
    def is_late() -> bool:
        return {one.key: one.is_late for one in status.look(admin).work}[name]

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
    found = status.look(admin)
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
        mail(coach, n + 100, state="failed", reason="parked")
        Pulse.objects.beat(f"work {n}")
        Stumble.objects.note(f"work {n}", ValueError())
    client = client_of(admin)
    client.get("/status/")
    with django_assert_num_queries(QUERIES):
        client.get("/status/")


def test_what_got_stuck_is_sent_again_after_a_question_and_the_answer_is_kept(
    admin: User, coach: User, client_of: ClientOf
):
    stuck = mail(coach, 1, state="failed", reason="parked", attempts=9, last_error="451 try later")
    mail(coach, 2)  # waits its turn and is nobody's trouble
    client = client_of(admin)
    page = client.get("/status/").content.decode()
    assert page.count("stuck-row-") == 1
    assert "451 try later" in page
    address = f"/status/mail/{stuck.pk}/retry/"
    assert f'href="{address}"' in page
    asked = client.get(address).content.decode()
    assert 'method="post"' in asked
    stuck.refresh_from_db()
    assert stuck.state == "failed"  # asking changes nothing
    answer = client.post(address, follow=True).content.decode()
    assert "Utskicket skickas igen" in answer
    assert "stuck-row-" not in answer
    stuck.refresh_from_db()
    assert (stuck.state, stuck.attempts, stuck.decided_by) == ("queued", 0, admin)
    assert stuck.decided_at


@pytest.mark.parametrize(
    "facts", [{"state": "failed", "reason": "refused"}, {"attempts": 2, "last_error": "no route"}]
)
def test_what_got_stuck_is_put_aside_and_can_be_sent_later(
    admin: User, coach: User, client_of: ClientOf, facts: dict[str, Any]
):
    stuck, client = mail(coach, 1, **facts), client_of(admin)
    address = f"/status/mail/{stuck.pk}/park/"
    assert address in client.get("/status/").content.decode()
    assert "Lägg utskicket åt sidan" in client.get(address).content.decode()
    assert "Utskicket är lagt åt sidan" in client.post(address, follow=True).content.decode()
    stuck.refresh_from_db()
    assert (stuck.state, stuck.reason, stuck.decided_by) == ("skipped", "stopped", admin)
    assert stuck.can_be_retried
    # Twice, from another window: told, and nothing is changed.
    assert "kan inte stoppas" in client.post(address, follow=True).content.decode()


def test_one_that_was_sent_is_neither_sent_again_nor_put_aside(admin: User, coach: User, client_of: ClientOf):
    sent, client = mail(coach, 1, state="sent", sent_at=timezone.now()), client_of(admin)
    for deed in ("retry", "park"):
        client.post(f"/status/mail/{sent.pk}/{deed}/")
        sent.refresh_from_db()
        assert (sent.state, sent.decided_by) == ("sent", None)
        assert client.get(f"/status/mail/{sent.pk + 1}/{deed}/").status_code == 404


FAILING = "coaching.tasks.align_reminders"


def line_of(page: str, name: str) -> str:
    (line,) = [row for row in page.split("<tr>") if name in row]
    return line


def test_work_that_failed_is_told_until_it_is_done_and_asked_for_by_hand(admin: User, client_of: ClientOf):
    for name in status.WORK:
        Pulse.objects.beat(name)
    Stumble.objects.note("events.tasks.clear_diets", KeyError("Hemligt AB"))
    Pulse.objects.beat("events.tasks.clear_diets")  # done since then
    Stumble.objects.note(FAILING, KeyError("Hemligt AB"))
    client = client_of(admin)
    page = client.get("/status/").content.decode()
    assert "1 arbete gick fel senast" in page
    assert "Allt som ska göras på klockan blir gjort" not in page
    assert page.count("/run/") == 1
    line = line_of(page, str(status.WORK[FAILING]))
    assert "Gick fel" in line
    assert "KeyError" in line
    assert "Hemligt" not in page
    answer = client.post(f"/status/work/{FAILING}/run/", follow=True)
    assert "Arbetet är lagt i kö" in answer.content.decode()
    Pulse.objects.beat(FAILING)
    page = client.get("/status/").content.decode()
    assert "Gick fel" not in page
    assert "/run/" not in page


def test_only_tasks_of_the_clock_are_run_and_a_backup_is_none(admin: User, client_of: ClientOf):
    client = client_of(admin)
    for name in ("coachnet.accounts.tasks.send_invitation", Pulse.BACKUP, "nothing"):
        assert client.post(f"/status/work/{name}/run/").status_code == 404
    install_before(dt.timedelta(days=2))
    page = client.get("/status/").content.decode()
    assert "/run/" not in line_of(page, str(status.WORK[Pulse.BACKUP]))
    assert "/run/" in line_of(page, str(status.WORK[Pulse.SWEEP]))


def test_without_valkey_nothing_is_put_into_the_queue_and_that_is_said(
    admin: User, client_of: ClientOf, no_broker: None
):
    answer = client_of(admin).post(f"/status/work/{FAILING}/run/", follow=True).content.decode()
    assert "inget kunde läggas i kö" in answer
    assert "Arbetet är lagt i kö" not in answer


@pytest.fixture
def no_broker(settings: Any) -> Iterator[None]:
    """Celery's queue at an address where nobody listens."""
    before = app.conf.broker_url, app.conf.broker_write_url, app.conf.task_always_eager
    app.conf.update(broker_url="redis://127.0.0.1:1/0", broker_write_url=None, task_always_eager=False)
    app.amqp._producer_pool = None
    yield
    app.conf.update(broker_url=before[0], broker_write_url=before[1], task_always_eager=before[2])
    app.amqp._producer_pool = None
