"""The example in docs/examples reads, logs, and logs once also when the answer is lost on its way."""

import importlib.util
import shlex
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar
from urllib.request import Request, urlopen

import pytest

from coaching.models import Session
from coachnet.api.models import Scope
from companies import reference_data
from companies.models import GlossaryTerm
from tests.access.scene import Holding, build
from tests.factories.api import key_for

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLE = Path(__file__).resolve().parents[2] / "docs/examples/client.py"
NOTE = "Ringde om återtaget"


@dataclass
class Line:
    """A bad line to the server: what becomes of each answer, in turn. Every request arrives and is carried out."""

    url: str = ""
    fates: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


class Carrier(BaseHTTPRequestHandler):
    """Takes a POST to the server, and its answer back or not."""

    server_url: ClassVar[str]
    line: ClassVar[Line]

    def do_POST(self) -> None:  # http.server calls it so
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        names = ("Authorization", "Content-Type", "Idempotency-Key")
        headers = {name: self.headers[name] for name in names}
        with urlopen(Request(self.server_url + self.path, sent, headers)) as answer:
            body = answer.read()
        self.line.keys.append(headers["Idempotency-Key"])
        fate = self.line.fates.pop(0) if self.line.fates else "arrives"
        if fate == "reset":  # what a restarted proxy does: no goodbye
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if fate in ("arrives", "half"):
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if fate == "arrives" else body[:9])

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("example_client", EXAMPLE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def own(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Holding:
    """The coach's own company, with her key in the environment."""
    if not GlossaryTerm.objects.exists():
        reference_data.load()
    scene = build()
    monkeypatch.setenv("COACHNET_URL", live_server.url)
    monkeypatch.setenv("COACHNET_KEY", key_for(scene.people["coach"])[1])
    return scene.holdings["own"]


@pytest.fixture
def line(live_server: Any, example: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """In the middle between the example and the server."""
    line = Line()
    carrier = type("Carrier", (Carrier,), {"server_url": live_server.url, "line": line})
    with ThreadingHTTPServer(("localhost", 0), carrier) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        line.url = f"http://localhost:{server.server_port}"
        monkeypatch.setattr(example, "time", SimpleNamespace(sleep=line.waits.append))
        yield line
        server.shutdown()
        thread.join()


def test_it_reads_and_logs(
    example: ModuleType, own: Holding, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    example.main(["companies"])
    assert f"{own.company.pk}\t{own.company.name}\t" in capsys.readouterr().out
    example.main(["log", str(own.company.pk), "45", NOTE])
    said = capsys.readouterr().out
    assert "still lacks contacts" in said
    session = Session.objects.get(note=NOTE)
    assert (session.minutes, session.channel, str(session.pk) in said) == (45, "phone", True)
    monkeypatch.setenv("COACHNET_KEY", key_for(own.coach, Scope.READ)[1])
    with pytest.raises(SystemExit, match="Forbidden"):
        example.main(["log", str(own.company.pk), "45", "x"])


@pytest.mark.parametrize("fate", ["nothing", "reset", "half"])
def test_an_answer_lost_on_its_way_is_asked_for_again(
    fate: str,
    example: ModuleType,
    own: Holding,
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv("COACHNET_URL", line.url)
    line.fates = [fate, fate]
    example.main(["log", str(own.company.pk), "45", NOTE])
    assert str(Session.objects.get(note=NOTE).pk) in capsys.readouterr().out
    assert len(line.keys) == 3
    assert len(set(line.keys)) == 1
    assert line.waits == [1, 2]


def test_when_it_gives_up_it_says_how_to_send_the_same_by_hand(
    example: ModuleType,
    own: Holding,
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv("COACHNET_URL", line.url)
    line.fates = ["nothing"] * example.TRIES
    with pytest.raises(SystemExit) as gave_up:
        example.main(["log", str(own.company.pk), "45", NOTE])
    command = shlex.split(str(gave_up.value.code).splitlines()[-1])
    assert len(line.keys) == example.TRIES
    assert command[-1] == line.keys[0]
    example.main(command[command.index("log") :])
    assert str(Session.objects.get(note=NOTE).pk) in capsys.readouterr().out
    assert len(set(line.keys)) == 1
