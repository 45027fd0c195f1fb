"""A page, Valkey and a real worker process: the log tells which page caused which task."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from coachnet.accounts.models import Invitation, User
from coachnet.celery import app
from coachnet.lib.embedded import PROJECT
from coachnet.notifications.tasks import send_due
from coachnet.operations.models import Pulse, Stumble
from events.tasks import settle_events
from tests.conftest import ClientOf
from tools.drill.stage import Server, Sink

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PATIENCE = 60


def database_url() -> str:
    """The test's database, for a process of its own."""
    facts = connection.settings_dict
    return f"postgresql:///{facts['NAME']}?host={facts['HOST']}&user={facts['USER']}"


class Worker:
    """Celery's worker as it is deployed, with one process, on the test database and the test's Valkey."""

    def __init__(self, log: Path, pool: str = "solo") -> None:
        quiet = {"PYTHONWARNINGS": "ignore"}
        command = ["celery", "--app", "coachnet", "worker", f"--pool={pool}", "--concurrency=1"]
        command += ["--loglevel=INFO"]
        self.log, self.mail = log, Sink()
        self.smtp = Server(self.mail, hostname="127.0.0.1", port=0)
        self.smtp.start()
        servers = {
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.smtp.port}",
        }
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=PROJECT,
                env=os.environ | quiet | servers,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_for(self, *words: str) -> str:
        """The first line that holds all of the words."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for line in self.log.read_text(encoding="utf-8").splitlines():
                if all(word in line for word in words):
                    return line
            time.sleep(0.2)
        raise AssertionError(f"No line with {words} in:\n{self.log.read_text(encoding='utf-8')[-3000:]}")


@pytest.fixture
def worker(tmp_path: Path, settings: Any) -> Iterator[Worker]:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    app.conf.task_always_eager = False
    started = Worker(tmp_path / "worker.log")
    yield started
    started.process.terminate()
    started.process.wait(30)
    started.smtp.stop()
    app.conf.task_always_eager = True


def test_a_tasks_log_line_carries_the_request_of_the_page_that_caused_it(
    worker: Worker, admin: User, client_of: ClientOf, science_park: Any
):
    client = client_of(admin)
    form = {"name": "Ny Coach", "email": "ny.coach@coachnet.example", "roles": ["coach"], "language": "sv"}
    response = client.post("/people/invitations/new/", form | {"organisation": science_park.pk})
    assert response.status_code == 302
    (invitation,) = Invitation.objects.all()
    asked: str = vars(response.wsgi_request)["request_id"]
    line = worker.wait_for("send_invitation[", "succeeded in", asked)
    assert f"user_id={admin.pk}" in line
    assert list(worker.mail.taken) == [invitation.email]
    # The next task of the same process was caused by nobody, and says so.
    send_due.apply_async(headers={"__django_structlog__": {}})
    assert asked not in worker.wait_for("send_due[", "succeeded in")
    log = worker.log.read_text(encoding="utf-8")
    assert invitation.email not in log
    assert re.search(r"/people/invitation/\S", log) is None


def test_a_tick_that_was_done_by_a_worker_is_noted(worker: Worker):
    assert not Pulse.objects.exists()
    send_due.delay()
    worker.wait_for("send_due[", "succeeded in")
    deadline = time.monotonic() + 10
    while not Pulse.objects.filter(name=Pulse.SWEEP).exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_tick_that_fails_in_a_worker_is_noted_by_its_kind(worker: Worker):
    """The column that the task asks for is away, as after a migration half done."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_event RENAME COLUMN starts_at TO started_at")
    try:
        settle_events.delay()
        worker.wait_for("settle_events[", "raised unexpected")
        deadline = time.monotonic() + 10
        while not Stumble.objects.exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE events_event RENAME COLUMN started_at TO starts_at")
    stumble = Stumble.objects.get()
    assert (stumble.name, stumble.fault) == (settle_events.name, "ProgrammingError")


def test_a_tick_inside_a_request_is_no_proof_of_a_worker():
    send_due.delay()  # eager here
    assert not Pulse.objects.exists()


def test_every_name_that_is_watched_is_a_task_of_the_clock():
    assert Pulse.SWEEP in json.dumps(settings.CELERY_BEAT_SCHEDULE, default=str)
