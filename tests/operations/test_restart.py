"""Web servers and workers under SIGTERM, SIGHUP and load, on the processes themselves. At length: make drill."""

import asyncio
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from coachnet.accounts.models import Invitation, User
from coachnet.celery import app
from coachnet.demo.parts import Log, Part, kill_group
from tests.conftest import ClientOf
from tests.operations.test_worker import Worker, database_url
from tools.drill import restart
from tools.drill.answers import free_port, wait_until_ready
from tools.drill.restart import Traffic, command, leave, reload, serving

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HOST = "localhost"


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[dict[int, Part]]:
    """Two web servers as they are deployed, on the test's database and Valkey."""
    environment = {
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "DRAIN_SECONDS": "2",
        "LOG_LEVEL": "CRITICAL",
    }
    with (tmp_path / "web.log").open("w") as output:
        started = {}
        for port in (free_port(), free_port()):
            started[port] = Part("web", command(port), environment, Log(output))
            started[port].start()
        yield started
        for part in started.values():
            assert part.process
            kill_group(part.process.pid)
            part.process.wait()


def test_no_request_fails_when_one_server_is_restarted_and_the_other_reloaded(
    servers: dict[int, Part], monkeypatch: pytest.MonkeyPatch
):
    first, second = servers
    for port in servers:
        wait_until_ready(port, HOST)
    traffic = Traffic([first, second], HOST, clients=2)
    with traffic.running():
        assert leave(servers[first], first, HOST) == []
        servers[first].start()
        wait_until_ready(first, HOST)
        traffic.wait_for_answers(first)
        reload(servers[second])
        traffic.wait_for_answers(second, 30)
    assert traffic.failed == []
    # The same people notice when a server is killed instead, before the proxy does.
    monkeypatch.setattr(restart, "ASKED_EVERY", 2)
    control = Traffic([first, second], HOST, clients=2)
    with control.running():
        control.wait_for_answers(first)
        killed = servers[first].process
        assert killed
        kill_group(killed.pid)
        control.wait_for_answers(second)
    assert control.failed
    assert serving(first, HOST) == 0


def test_a_worker_that_is_told_to_stop_finishes_its_task_and_leaves_the_next_one_in_the_queue(
    tmp_path: Path, admin: User, client_of: ClientOf, science_park: Any, settings: Any
):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    app.conf.task_always_eager = False
    is_held, may_answer = threading.Event(), threading.Event()

    async def hold() -> None:
        is_held.set()
        while not may_answer.is_set():
            await asyncio.sleep(0.02)

    worker = Worker(tmp_path / "worker.log", pool="prefork")
    try:
        worker.mail.before_answer = hold
        invite(client_of(admin), science_park.pk, "ett@coachnet.example")
        assert is_held.wait(60)
        worker.process.terminate()
        worker.wait_for("Warm shutdown")
        invite(client_of(admin), science_park.pk, "tva@coachnet.example")
        with pytest.raises(subprocess.TimeoutExpired):
            worker.process.wait(0.5)
        may_answer.set()
        assert worker.process.wait(30) == 0
        assert list(worker.mail.taken) == ["ett@coachnet.example"]
        with app.connection_for_read() as broker:
            assert broker.default_channel.client.llen(app.conf.task_default_queue) == 1
    finally:
        may_answer.set()
        worker.process.kill()
        worker.process.wait()
        worker.smtp.stop()
        app.conf.task_always_eager = True


def invite(client: Client, organisation: int, email: str) -> None:
    form = {"name": "Ny Coach", "email": email, "roles": ["coach"], "language": "sv"}
    assert client.post("/people/invitations/new/", form | {"organisation": organisation}).status_code == 302
    assert Invitation.objects.filter(email=email).exists()
