"""`make demo` as people meet it: started, stopped, killed, healed. On a copy, beside any real demo."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from coachnet.lib import embedded
from coachnet.lib.embedded import PROJECT, Place

pytestmark = pytest.mark.slow
COPIED = (
    "coachnet",
    "companies",
    "coaching",
    "events",
    "dashboards",
    "templates",
    "static",
    "locale",
    "deploy",
    "manage.py",
)
READY = re.compile(r"Open it +(http://localhost:\d+)/demo/")
START_SECONDS, LEAVE_SECONDS = 480, 20


class Demo:
    """A running demo and what it has printed."""

    def __init__(self, home: Path, **environment: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.endswith(("_URL", "_NAME"))}
        self.home, self.output, self.log = home, "", home / f"demo-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "coachnet.demo"],
                cwd=home,
                env={**clean, "COACHNET_MODE": "demo", **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> "Demo":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    @property
    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def ready(self) -> str:
        """Wait for the announcement; returns the site's address."""
        assert wait(
            lambda: bool(READY.search(self.text)) or self.process.poll() is not None, START_SECONDS
        ), self.text
        found = READY.search(self.text)
        assert found, self.text
        return found[1]

    def descendants(self) -> dict[int, str]:
        """Process id → command of everything this demo has started, servers included."""
        listing = subprocess.run(
            ["ps", "-ww", "-eo", "pid=,ppid=,command="], capture_output=True, text=True, check=True
        )
        rows = [line.split(None, 2) for line in listing.stdout.splitlines()]
        found: dict[int, str] = {self.process.pid: "runner"}
        for _ in range(4):  # runner → part → pool
            found |= {int(pid): command for pid, parent, command in rows if int(parent) in found}
        own = (str(place(self.home).runtime), f"demo {self.home}")
        return found | {int(pid): command for pid, _, command in rows if any(mark in command for mark in own)}

    def pid_of(self, words: str) -> int:
        return min(pid for pid, command in self.descendants().items() if words in command)

    def stop(self) -> int:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(LEAVE_SECONDS)

    def kill(self, pids: list[int]) -> None:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()


def place(home: Path) -> Place:
    return Place("demo", home)


def alive(pids: dict[int, str]) -> dict[int, str]:
    """Those that still run; a zombie that nobody has reaped yet does not."""
    found = {}
    for pid, command in pids.items():
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        if state.stdout.strip() and not state.stdout.startswith("Z"):
            found[pid] = command
    return found


def wait(condition, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


class Browser:
    """A visitor with cookies."""

    def __init__(self, site: str) -> None:
        self.site, self.jar = site, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> str:
        with self.opener.open(self.site + path, timeout=20) as response:
            return response.read().decode()

    def sign_in(self, key: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get("/demo/"))
        assert token
        data = urlencode({"csrfmiddlewaretoken": token[1]}).encode()
        with self.opener.open(f"{self.site}/demo/sign-in/{key}/", data, timeout=20) as response:
            return response.read().decode()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project, whose demo is nobody else's."""
    home = tmp_path_factory.mktemp("demo-home").resolve()
    for name in COPIED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, home / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, home / name)
    yield home
    embedded.wait_until_stopped(place(home))
    shutil.rmtree(place(home).base, ignore_errors=True)


def test_demo_can_be_stopped_while_it_prepares(home: Path):
    """On the first start, before anything is there."""
    with Demo(home) as demo:
        assert wait(lambda: "Preparing" in demo.text, 60)
        started = demo.descendants()
        assert demo.stop() == 0
        assert wait(lambda: not alive(started), 3), alive(started)


def test_demo_serves_mails_survives_a_killed_part_and_leaves_nothing(home: Path):
    with Demo(home) as demo:
        site = demo.ready()
        browser = Browser(site)
        assert "Maja Ekdahl" in browser.sign_in("coach")
        assert wait(lambda: "ny.coach@coachnet.example" in browser.get("/demo/mail/"), 20)

        worker = demo.pid_of("celery --app coachnet --quiet worker")
        os.kill(worker, signal.SIGKILL)
        assert wait(lambda: "worker stopped (-9). Starting it again." in demo.text, 10)
        postgres = demo.pid_of(" -D ")
        os.kill(postgres, signal.SIGKILL)
        assert wait(lambda: worker not in demo.descendants() and postgres not in demo.descendants(), 10)
        assert wait(lambda: "Välj vem du är" in page_or_nothing(browser, "/demo/"), 20)

        started = demo.descendants()
        assert len(started) >= 10  # runner, catcher, web ×3, worker ×3, beat, supervisor, two servers
        assert demo.stop() == 0
        assert wait(lambda: not alive(started), 3), alive(started)


def bind(listener: socket.socket, port: int) -> bool:
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def page_or_nothing(browser: Browser, path: str) -> str:
    try:
        return browser.get(path)
    except OSError:
        return ""


def test_demo_starts_again_and_heals_whatever_was_killed(home: Path):
    """With its data, and alone; after the runner was killed, and after everything was."""
    with Demo(home) as demo:
        site = demo.ready()
        assert "Preparing" not in demo.text
        assert "ny.coach@coachnet.example" in Browser(site).get("/demo/mail/")
        other = Demo(home)
        assert other.process.wait(30) != 0
        assert f"already running: {site}" in other.text
        reset = [sys.executable, "-m", "coachnet.demo.reset"]
        refused = subprocess.run(
            reset, cwd=home, env=os.environ | {"COACHNET_MODE": "demo"}, check=False, stderr=-1
        )
        assert refused.returncode != 0
        assert b"Stop it with Ctrl-C" in refused.stderr
        started = demo.descendants()
        demo.kill([demo.process.pid])
        assert wait(lambda: not alive(started), LEAVE_SECONDS), alive(started)
    with Demo(home) as demo:
        first = demo.ready()
        demo.kill(sorted(demo.descendants(), reverse=True))
    orphan, bystander = left_by_a_killed_demo(home)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = int(first.rpartition(":")[2])
        assert wait(lambda: bind(taken, port), LEAVE_SECONDS)  # the killed web server's last thread lets go
        taken.listen()
        with Demo(home) as demo:
            second = demo.ready()
            assert second != first
            assert "Maja Ekdahl" in Browser(second).sign_in("coach")
            assert orphan.wait(5) == -signal.SIGKILL
            assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def left_by_a_killed_demo(home: Path) -> tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]:
    """A part that outlives its runner, as on a system without parent-death signals, and a process that took a number.

    The next demo ends the one and leaves the other alone.
    """
    program = "import time; time.sleep(120)"
    orphan = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
    bystander = subprocess.Popen(["sleep", "120"], start_new_session=True)
    (place(home).data / "parts").write_text(f"[{orphan.pid}, {bystander.pid}]")
    return orphan, bystander


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL"])
def test_demo_refuses_servers_that_are_not_its_own(home: Path, name: str):
    foreign = {"DATABASE_URL": "postgresql://db.example.se/real", "REDIS_URL": "redis://cache.example.se/0"}
    with Demo(home, **{name: foreign.get(name, "smtp://mail.example.se")}) as demo:
        assert demo.process.wait(60) != 0
        assert f"{name}" in demo.text
        assert "Open it" not in demo.text


def test_reset_starts_over(home: Path):
    reset = [sys.executable, "-m", "coachnet.demo.reset"]
    subprocess.run(reset, cwd=home, env=os.environ | {"COACHNET_MODE": "demo"}, check=True)
    assert not place(home).data.exists()
