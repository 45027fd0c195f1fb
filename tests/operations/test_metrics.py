"""What is measured: who may read it, that it is right, and that several processes count as one."""

import datetime as dt
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coachnet.accounts.models import User
from coachnet.celery import app
from coachnet.lib.embedded import PROJECT
from coachnet.notifications import bounces
from coachnet.notifications.models import Notification
from coachnet.operations import probes
from coachnet.operations.models import Pulse
from dashboards.models import Stale, Upkeep
from tests.conftest import ClientOf
from tests.operations.server import Server

TOKEN = "invented-token-of-monitoring-0123456789"
PATH = "/health/metrics/"


def read(text: str, name: str, **labels: str) -> float:
    """The value of one series; 0 where there is none."""
    wanted = {f'{key}="{value}"' for key, value in labels.items()}
    for line in text.splitlines():
        found = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
        if found and wanted <= set((found[1] or "").split(",")):
            return float(found[2])
    return 0.0


@pytest.fixture
def scrape(settings: Any, db: None) -> Any:
    settings.METRICS_TOKEN = TOKEN

    def ask() -> str:
        response = Client().get(PATH, headers={"Authorization": f"Bearer {TOKEN}"})
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/plain; version=")
        assert "no-store" in response["Cache-Control"]
        return response.content.decode()

    return ask


@pytest.mark.parametrize(
    "shown", ["", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN, "Bearer å"]
)
def test_metrics_are_closed_without_the_token(scrape: Any, admin: User, client_of: ClientOf, shown: str):
    assert scrape()  # the control
    for client in (Client(), client_of(admin)):
        response = client.get(PATH, headers={"Authorization": shown})
        assert response.status_code == 404
        assert b"coachnet_" not in response.content


def test_metrics_without_a_token_of_their_own_are_closed_to_all(db: None, settings: Any):
    assert settings.METRICS_TOKEN == ""
    for shown in ("", "Bearer ", "Bearer"):
        assert Client().get(PATH, headers={"Authorization": shown}).status_code == 404


def test_a_short_token_stops_the_start():
    environment = {"PATH": os.environ["PATH"], "COACHNET_MODE": "test", "METRICS_TOKEN": "short"}
    command = [sys.executable, "-c", "import coachnet.settings"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert "METRICS_TOKEN is too short" in done.stderr


def test_requests_and_queries_are_counted_by_route(scrape: Any, coach: User, client_of: ClientOf):
    client = client_of(coach)
    facts = {"route": "companies:company-list", "method": "GET"}
    before = scrape()
    for _ in range(3):
        client.get("/companies/?q=hemlig")
    client.get("/companies/finns-inte/")
    client.generic("BREW", "/health/")
    after = scrape()

    def more(name: str, **labels: str) -> float:
        return read(after, name, **labels) - read(before, name, **labels)

    assert more("coachnet_requests_total", **facts, status="200") == 3
    assert more("coachnet_request_seconds_count", route=facts["route"]) == 3
    assert more("coachnet_requests_total", route="", method="GET", status="404") == 1
    assert more("coachnet_requests_total", route="health", method="other") == 1
    assert more("coachnet_queries_total", route=facts["route"]) > 3
    assert "hemlig" not in after
    assert "BREW" not in after


def test_queries_are_those_that_were_made(scrape: Any, coach: User, client_of: ClientOf):
    client, route = client_of(coach), {"route": "companies:company-list"}
    before = read(scrape(), "coachnet_queries_total", **route)
    with CaptureQueriesContext(connection) as made:
        client.get("/companies/")
    assert (queries := len(made)) > 3
    assert read(scrape(), "coachnet_queries_total", **route) == before + queries


def test_mails_are_counted_by_state_and_the_oldest_due_one_tells_the_lag(scrape: Any, coach: User):
    assert read(scrape(), "coachnet_reminder_lag_seconds") == 0
    now = timezone.now()
    plan = [
        ("queued", -dt.timedelta(minutes=10)),
        ("queued", dt.timedelta(days=2)),
        ("failed", -dt.timedelta(days=3)),
        ("sent", -dt.timedelta(hours=1)),
        ("sent", -dt.timedelta(days=3)),
    ]
    for n, (state, due) in enumerate(plan):
        Notification.objects.create(
            rule="x",
            about=f"x:{n}",
            recipient=f"user:{coach.pk}",
            user=coach,
            due_at=now + due,
            state=state,
            sent_at=now if state == "sent" else None,
        )
    text = scrape()
    assert 600 <= read(text, "coachnet_reminder_lag_seconds") < 660
    assert {
        state: read(text, "coachnet_mails", state=state) for state in ("queued", "sending", "failed")
    } == {
        "queued": 2,
        "sending": 0,
        "failed": 1,
    }
    assert read(text, "coachnet_mails_last_day", state="sent") == 1
    assert read(text, "coachnet_mails_last_day", state="failed") == 0
    # A worker has the late one and is in time: nothing lags.
    Notification.objects.filter(state="queued").update(
        state="sending", claimed_until=now + dt.timedelta(minutes=5)
    )
    assert read(scrape(), "coachnet_reminder_lag_seconds") == 0


def test_figures_queue_and_pulses_are_told(scrape: Any):
    Upkeep.objects.update_or_create(pk=1, defaults={"current_at": timezone.now() - dt.timedelta(minutes=3)})
    Stale.objects.all().delete()
    Stale.objects.create(what="company", key=1)
    Pulse.objects.beat(Pulse.BACKUP)
    Pulse.objects.update(at=timezone.now() - dt.timedelta(hours=30))
    with app.connection_for_write() as broker:
        queue = broker.SimpleQueue(app.conf.task_default_queue)
        queue.clear()
        assert read(scrape(), "coachnet_queue_depth") == 0
        queue.put({"invented": "task"})
        queue.put({"invented": "task"})
        text = scrape()
        queue.clear()
    assert read(text, "coachnet_queue_depth") == 2
    assert 180 <= read(text, "coachnet_rollup_age_seconds") < 240
    assert read(text, "coachnet_rollup_waiting") == 1
    assert read(text, "coachnet_last_done_seconds", what="backup") > 29 * 3600
    assert (read(text, "coachnet_up", part="postgres"), read(text, "coachnet_up", part="valkey")) == (1, 1)


def test_what_came_back_is_counted_by_kind(scrape: Any):
    for _ in range(2):
        bounces.receive("somebody@coachnet.example", b"Status: 5.1.1")
    text = scrape()
    assert "# TYPE coachnet_bounces_total counter" in text
    assert 'coachnet_bounces_total{kind="failed"} 0.0' in text
    assert read(text, "coachnet_bounces_total", kind="forged") == 2


@pytest.mark.logs_errors
def test_a_part_that_is_away_is_told_and_the_rest_still_stands(scrape: Any, monkeypatch: pytest.MonkeyPatch):
    away = probes.Answers(postgres=False, valkey=True, swept_at=None)
    monkeypatch.setattr(probes, "ask", lambda: away)
    text = scrape()
    assert (read(text, "coachnet_up", part="postgres"), read(text, "coachnet_up", part="valkey")) == (0, 1)
    assert "coachnet_mails{" not in text
    assert "coachnet_requests_total{" in text


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    started = Server(METRICS_TOKEN=TOKEN)
    started.wait()
    yield started
    started.process.terminate()
    started.process.wait(20)


@pytest.mark.slow
def test_several_processes_count_as_one_and_a_new_one_goes_on_counting(server: Server):
    def counted() -> float:
        text = server.get(PATH, Authorization=f"Bearer {TOKEN}")
        return read(text, "coachnet_requests_total", route="health-serving", status="200")

    for _ in range(30):
        server.get("/health/serving/")
    assert [counted() for _ in range(6)] == [30] * 6  # whichever is asked
    own = socket.gethostbyname_ex(socket.gethostname())[2][0]
    assert server.get(PATH, Authorization=f"Bearer {TOKEN}", Host=own)
    with pytest.raises(AssertionError, match="400"):
        server.get(PATH, Authorization=f"Bearer {TOKEN}", Host="192.0.2.1")
    for pid in server.workers():
        os.kill(pid, signal.SIGKILL)
    server.wait()
    for _ in range(10):
        server.get("/health/serving/")
    assert [counted() for _ in range(6)] == [40] * 6
