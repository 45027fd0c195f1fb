"""Postgres and Valkey away or silent, for real: whoever asks for our health is answered in time."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from coachnet.lib.embedded import PROJECT
from coachnet.operations import probes
from tests.operations.test_metrics import TOKEN
from tools.drill.answers import free_port
from tools.drill.stage import production

SERVING, READY, METRICS = "/health/serving/", "/health/ready/", "/health/metrics/"
IN_TIME = probes.PATIENCE + 1.0  # what a busy machine adds
AWAY = ("closed", "silent")


class Place:
    """A port where Postgres or Valkey would be, and is not."""

    def __init__(self) -> None:
        self.port = free_port()

    @contextmanager
    def being(self, how: str) -> Iterator[None]:
        """Nobody listens there, or somebody who takes connections and never says a word."""
        if how == "closed":
            yield
            return
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self.port))
            listener.listen(64)
            yield


@pytest.fixture(scope="module")
def postgres() -> Place:
    return Place()


@pytest.fixture(scope="module")
def valkey() -> Place:
    return Place()


@pytest.fixture(scope="module")
def web(postgres: Place, valkey: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of one web process with four threads, as it is deployed, whose servers are both away."""
    port = free_port()
    own = {
        "DATABASE_URL": f"postgresql://coachnet@127.0.0.1:{postgres.port}/coachnet",
        "REDIS_URL": f"redis://127.0.0.1:{valkey.port}/0",
        "ALLOWED_HOSTS": "localhost",
        "METRICS_TOKEN": TOKEN,
        "WEB_PROCESSES": "1",
        "LOG_LEVEL": "CRITICAL",
        "STATIC_ROOT": str(tmp_path_factory.mktemp("static")),
    }
    command = ["gunicorn", "--config=deploy/gunicorn.conf.py", f"--bind=127.0.0.1:{port}", "coachnet.wsgi"]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", *command],
        cwd=PROJECT,
        env={**os.environ, **production(), **own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while True:
        try:
            ask(port, "/health/")
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    yield port
    process.terminate()
    process.wait(40)


def ask(port: int, path: str) -> tuple[int, str, float]:
    """Status, text and how long it took."""
    began = time.monotonic()
    server = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Host": "localhost", "Authorization": f"Bearer {TOKEN}", "X-Forwarded-Proto": "https"}
    server.request("GET", path, headers=headers | {"Connection": "close"})
    answer = server.getresponse()
    return answer.status, answer.read().decode(), time.monotonic() - began


@pytest.mark.slow
@pytest.mark.parametrize("how", AWAY)
def test_every_probe_is_answered_in_time(web: int, postgres: Place, valkey: Place, how: str):
    with postgres.being(how), valkey.being(how):
        for path in (SERVING, READY):
            status, text, seconds = ask(web, path)
            assert (status, text) == (503, "not ready")
            assert seconds < IN_TIME
        status, text, seconds = ask(web, METRICS)
        assert status == 200
        for part in ("postgres", "valkey"):
            assert f'coachnet_up{{part="{part}"}} 0.0' in text
        assert seconds < IN_TIME


@pytest.mark.slow
@pytest.mark.parametrize("how", AWAY)
def test_probes_leave_a_thread_to_whoever_asks_whether_the_process_lives(
    web: int, postgres: Place, valkey: Place, how: str
):
    with postgres.being(how), valkey.being(how), ThreadPoolExecutor(10) as people:
        ask(web, SERVING)  # as it is a moment after they went away
        for _ in range(2):
            probing = [people.submit(ask, web, path) for path in (SERVING, READY, METRICS) * 2]
            time.sleep(0.3)
            status, _text, seconds = ask(web, "/health/")
            assert (status, seconds < 1) == (200, True)
            assert max(one.result()[2] for one in probing) < IN_TIME


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """One of the two is away in this process, in the way that the test says."""
    part, how = request.param
    place = Place()
    monkeypatch.setattr(probes, "KEPT", 0)
    if part == "postgres":
        for name, value in (("HOST", "127.0.0.1"), ("PORT", str(place.port))):
            monkeypatch.setitem(connection.settings_dict, name, value)
    else:
        monkeypatch.setattr(settings, "REDIS_URL", f"redis://127.0.0.1:{place.port}/0")
    with place.being(how):
        yield


@pytest.mark.logs_errors
@pytest.mark.django_db
@pytest.mark.parametrize(
    "away", [(part, how) for part in ("postgres", "valkey") for how in AWAY], indirect=True
)
def test_either_of_them_is_enough_to_be_not_ready(away: None, client: Any, request: pytest.FixtureRequest):
    began = time.monotonic()
    response = client.get(SERVING)
    assert (response.status_code, response.content) == (503, b"not ready")
    assert time.monotonic() - began < IN_TIME


def test_one_asks_for_all_and_what_it_found_counts_for_a_moment(monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []

    def answer() -> bool:
        asked.append(1)
        time.sleep(0.2)
        return True

    prober = probes.Prober(answer, otherwise=False)
    with ThreadPoolExecutor(8) as people:
        assert list(people.map(lambda _n: prober.ask(), range(8))) == [True] * 8  # nobody knew; all waited
    assert len(asked) == 1
    assert prober.ask()
    assert len(asked) == 1
    monkeypatch.setattr(time, "monotonic", lambda at=time.monotonic: at() + probes.KEPT)
    assert prober.ask()
    assert len(asked) == 2


def test_whoever_hangs_holds_up_one_and_is_a_bad_sign(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(probes, "PATIENCE", 2.0)
    monkeypatch.setattr(probes, "KEPT", 0)
    may_answer = threading.Event()
    may_answer.set()
    prober = probes.Prober(lambda: may_answer.wait(20), otherwise=False)
    assert prober.ask()
    may_answer.clear()
    with ThreadPoolExecutor(1) as people:
        first = people.submit(prober.ask)
        time.sleep(0.5)
        began = time.monotonic()
        assert prober.ask()  # what was found a moment ago
        assert time.monotonic() - began < 1
        assert not first.result()
    began = time.monotonic()
    assert not prober.ask()
    assert time.monotonic() - began < 1
    may_answer.set()
    time.sleep(0.5)
    assert prober.ask()
