"""The hosts that a web server answers to, wherever the operator wrote them: monitoring's and the health check's too."""

import json
import os
import re
import runpy
import shlex
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from coachnet.lib.embedded import PROJECT

TOKEN = "invented-token-of-monitoring-0123456789"
# The web server's own file is read before the settings.
SERVED = """
import json, runpy
runpy.run_path("deploy/gunicorn.conf.py")
from coachnet.settings import ALLOWED_HOSTS
print(json.dumps(ALLOWED_HOSTS))
"""


def served(folder: Path, **environment: str) -> list[str]:
    """The hosts of a web server that is set up like this."""
    lines = (PROJECT / "deploy" / "check.env").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith(("#", "ALLOWED_HOSTS")))
    done = subprocess.run(
        [sys.executable, "-c", SERVED],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(folder), **given, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    hosts: list[str] = json.loads(done.stdout)
    return hosts


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "hosts"
    file.write_text("coachnet.example, www.coachnet.example\n", encoding="utf-8")
    return file


def test_monitoring_adds_the_servers_own_address_to_the_hosts(tmp_path: Path, secret: Path):
    own = socket.gethostbyname_ex(socket.gethostname())[2]
    hosts = ["coachnet.example", "www.coachnet.example"]
    assert served(tmp_path, ALLOWED_HOSTS=",".join(hosts), METRICS_TOKEN=TOKEN) == hosts + own
    assert served(tmp_path, ALLOWED_HOSTS_FILE=str(secret), METRICS_TOKEN=TOKEN) == hosts + own
    assert served(tmp_path, ALLOWED_HOSTS_FILE=str(secret), METRICS_TOKEN="") == hosts


def test_monitoring_does_not_hide_that_no_host_was_named(tmp_path: Path):
    with pytest.raises(AssertionError, match="ALLOWED_HOSTS is missing"):
        served(tmp_path, METRICS_TOKEN=TOKEN)


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ({"ALLOWED_HOSTS": "coachnet.example,other.example"}, "coachnet.example"),
        ({"ALLOWED_HOSTS": ".coachnet.example"}, "coachnet.example"),
        ({"ALLOWED_HOSTS": "*"}, "localhost"),
        ({"ALLOWED_HOSTS_FILE": "hosts"}, "coachnet.example"),
    ],
)
def test_the_health_check_asks_for_a_host_that_is_served(
    monkeypatch: pytest.MonkeyPatch, secret: Path, given: dict[str, str], host: str
):
    asked: list[urllib.request.Request] = []

    def note(request: urllib.request.Request, **options: Any) -> Any:
        asked.append(request)
        raise TimeoutError("invented")

    monkeypatch.chdir(secret.parent)
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(urllib.request, "urlopen", note)
    with pytest.raises(SystemExit, match="invented"):
        runpy.run_path(str(PROJECT / "deploy" / "healthy.py"))
    assert [one.get_header("Host") for one in asked] == [host]


def test_the_health_check_runs_as_the_image_calls_it(tmp_path: Path):
    written = re.search(
        r"^HEALTHCHECK .*\n *CMD (\[.*\])$", (PROJECT / "Dockerfile").read_text("utf-8"), re.MULTILINE
    )
    assert written
    command = json.loads(written[1])
    assert command[0] == "python", shlex.join(command)
    done = subprocess.run(
        [sys.executable, *command[1:]], cwd=PROJECT, env={}, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr  # nothing listens here, which is told in a line
