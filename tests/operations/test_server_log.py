"""What the servers beneath us write into their own logs: neither a note nor a number, whatever goes wrong."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.db import IntegrityError, connection, transaction

from coachnet.accounts.models import User
from coachnet.lib.embedded import PROJECT, QUIET, Place
from coachnet.operations.checks import server_keeps_rows_out_of_its_log
from tests.factories.coaching import EngagementFactory, SessionFactory
from tests.plugins.services import OWN_SERVICES
from tools.drill.answers import free_port
from tools.drill.stage import production

NOTE = "Ägaren är sjuk och vill sälja före sommaren, säger 811218-9876"


def fail_a_constraint(coach: User) -> str:
    """What Postgres wrote when a row with a note was refused."""
    log = Place("test").runtime / "postgres.log"
    before = log.stat().st_size
    session = SessionFactory(engagement=EngagementFactory(lead=coach))
    with pytest.raises(IntegrityError, match="session_minutes_in_a_day"), transaction.atomic():
        type(session).objects.filter(pk=session.pk).update(note=NOTE, minutes=9999)
    with log.open("rb") as written:
        written.seek(before)
        return written.read().decode()


@pytest.mark.skipif(not OWN_SERVICES, reason="the log of a server that is not ours cannot be read")
def test_postgres_writes_no_row_and_no_statement_when_a_constraint_fails(coach: User):
    said = fail_a_constraint(coach)
    assert "session_minutes_in_a_day" in said  # that it failed is told
    assert "Ägaren" not in said
    assert "811218" not in said
    # The control: as Postgres comes, both the row and the statement stand there.
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL log_min_error_statement = 'error'; SET LOCAL log_error_verbosity = 'default'"
        )
    said = fail_a_constraint(coach)
    assert "DETAIL:  Failing row contains" in said
    assert "STATEMENT:  UPDATE" in said
    assert NOTE in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log_min_error_statement", "error"),
        ("log_error_verbosity", "default"),
        ("log_statement", "mod"),
        ("log_min_duration_statement", "250"),
        ("log_parameter_max_length_on_error", "-1"),
    ],
)
def test_a_postgres_that_writes_what_people_wrote_is_warned_of(name: str, value: str):
    assert server_keeps_rows_out_of_its_log(databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {name} = '{value}'")
    (warning,) = server_keeps_rows_out_of_its_log(databases=["default"])
    assert f"{name} = {value}" in warning.msg
    assert f"ALTER SYSTEM SET {name} = " in str(warning.hint)


def test_the_postgres_of_compose_keeps_rows_out_of_its_log():
    compose = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
    command = compose["services"]["database"]["command"]
    assert {f"{name}={value}" for name, value in QUIET.items()} <= set(command)


# Answers nothing and says so in gunicorn's way; Django has set up the logs, as it does for the real one.
BROKEN = """
import coachnet.wsgi

def application(environ, start_response):
    raise ValueError("violates\\nDETAIL:  Failing row contains (Sjuk)")
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What a web server, as it is deployed, writes on its standard error when it is asked something."""
    tmp_path = tmp_path_factory.mktemp("web")
    (tmp_path / "broken.py").write_text(BROKEN)
    port, log = free_port(), tmp_path / "log"
    given = ["--config=deploy/gunicorn.conf.py", f"--bind=127.0.0.1:{port}", f"--pythonpath={tmp_path}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "gunicorn", *given, "broken"],
            cwd=PROJECT,
            env={**os.environ, **production(), "STATIC_ROOT": str(tmp_path), "WEB_PROCESSES": "1"},
            stdout=output,
            stderr=output,
        )

    def ask(request: bytes) -> str:
        deadline = time.monotonic() + 60
        while True:
            before = log.stat().st_size
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=20) as one:
                    one.sendall(request)
                    while one.recv(4096):
                        pass
                return log.read_bytes()[before:].decode()
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)

    yield ask
    process.terminate()
    process.wait(20)


@pytest.mark.parametrize(
    ("request_line", "told"),
    [
        (
            b"GET /companies/?q=Hemlig+Verkstad&n=811218-9876 HTTP/1.1\r\nHost: localhost",
            "Error handling request",
        ),
        (b"POST /companies/?q=Hemlig HTTP/9.9\r\nHost: localhost", "Invalid HTTP Version"),
        (b"note=Hemlig Verkstad 811218-9876", "Invalid HTTP method"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHemlig Verkstad: 811218-9876", "Invalid HTTP header name"),
    ],
)
def test_gunicorn_tells_of_a_bad_request_in_json_and_repeats_nothing_of_it(
    said: Any, request_line: bytes, told: str
):
    (line,) = said(request_line + b"\r\nConnection: close\r\n\r\n").splitlines()
    record = json.loads(line)
    assert record["logger"] == "gunicorn.error"
    assert told in record["event"]
    for secret in ("Hemlig", "811218", "Sjuk"):
        assert secret not in line
