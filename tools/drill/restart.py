"""Web servers and a worker are replaced one after the other under load: no request fails, no task is lost.

A proxy as in docs/operations.md stands in front: it asks every server for /health/serving/ and sends to those that say
yes. It tries nothing twice, so every request that a restart costs is counted. It keeps connections and uses them again
within a second, as the proxy of deploy/Caddyfile.
"""

import http.client
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Lock, Thread
from urllib.parse import urlencode, urlsplit

from coachnet.demo.parts import Part
from tools.drill.answers import Browser, free_port, static_files, wait_until_ready
from tools.drill.stage import Stage

CLIENTS = 4
ASKED_EVERY, PAUSE, IDLE, DRAIN = 0.2, 0.02, 1, 3  # seconds
PAGE = "/accounts/login/"
GONE_SECONDS = 40
WORKER_SECONDS = 60


@dataclass
class Traffic:
    """People who never stop asking, through the proxy; what went wrong for them."""

    ports: list[int]
    host: str
    clients: int = CLIENTS
    answered: dict[int, int] = field(default_factory=dict)  # by port
    failed: list[str] = field(default_factory=list)
    _serving: set[int] = field(default_factory=set)
    _over: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Keep them asking for as long as the block runs."""
        self._serving = {port for port in self.ports if self._says_yes(port)}
        threads = [Thread(target=self._watch), *(Thread(target=self._ask) for _ in range(self.clients))]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    @property
    def total(self) -> int:
        """How many requests were answered."""
        return sum(self.answered.values())

    def wait_for_answers(self, port: int, more: int = 10, seconds: float = 30) -> None:
        """Wait until a server has taken part again. Raises TimeoutError."""
        wanted, deadline = self.answered.get(port, 0) + more, time.monotonic() + seconds
        while self.answered.get(port, 0) < wanted:
            if time.monotonic() > deadline:
                raise TimeoutError(f"The server on port {port} gets no requests.")
            time.sleep(0.05)

    def _watch(self) -> None:
        while not self._over.wait(ASKED_EVERY):
            self._serving = {port for port in self.ports if self._says_yes(port)}

    def _says_yes(self, port: int) -> bool:
        return serving(port, self.host) == 200

    def _ask(self) -> None:
        """One person: opens a page, sends a form, through one server after the other."""
        browsers = {port: Browser(port, self.host) for port in self.ports}
        cookies: dict[str, str] = {}
        used, token = dict.fromkeys(self.ports, 0.0), ""
        for turn in count():
            if self._over.wait(PAUSE):
                break
            serving = sorted(self._serving)
            if not serving:
                self._note(0, "no server says yes")
                continue
            port = serving[turn % len(serving)]
            browser = browsers[port]
            browser.cookies = cookies
            if time.monotonic() - used[port] > IDLE:
                browser.connection.close()
            try:
                if token:
                    body = urlencode({"csrfmiddlewaretoken": token, "language": "sv"})
                    status, wanted = browser.ask("POST", "/language/", body)[0], 302
                    token = ""
                else:
                    status, _location, text = browser.ask("GET", PAGE)
                    token, wanted = token_of(text), 200
            except (OSError, http.client.HTTPException) as error:
                self._note(port, f"{type(error).__name__}: {error}")
                browser.connection.close()
            else:
                used[port] = time.monotonic()
                self._note(port, "" if status == wanted else f"status {status}")
        for browser in browsers.values():
            browser.connection.close()

    def _note(self, port: int, fault: str) -> None:
        with self._lock:
            if fault:
                self.failed.append(f"port {port}: {fault}")
            else:
                self.answered[port] = self.answered.get(port, 0) + 1


def token_of(page: str) -> str:
    """The token of a page's form."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return found[1] if found else ""


def serving(port: int, host: str) -> int:
    """What a server says about itself: 200, 503, or 0 when nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Host": host, "X-Forwarded-Proto": "https"}
    try:
        connection.request("GET", "/health/serving/", headers=headers)
        with connection.getresponse() as response:
            return response.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


class HalfSent:
    """A request in flight: a form of which the server has half, and waits for the rest."""

    def __init__(self, port: int, host: str) -> None:
        browser = Browser(port, host)
        token = token_of(browser.ask("GET", PAGE)[2])
        browser.connection.close()
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        body = urlencode({"csrfmiddlewaretoken": token, "language": "en"}).encode()
        head = {
            **browser.headers,
            "Cookie": cookies,
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self._rest = body[10:]
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=GONE_SECONDS)
        self._socket.sendall(f"POST /language/ HTTP/1.1\r\n{lines}\r\n".encode() + body[:10])

    def finish(self) -> int:
        """Send the rest; the status of the answer."""
        self._socket.sendall(self._rest)
        response = http.client.HTTPResponse(self._socket)
        response.begin()
        response.close()
        self._socket.close()
        return response.status


def command(port: int) -> list[str]:
    """The web server as docker-compose.yml starts it, on another port."""
    given = ["--config=deploy/gunicorn.conf.py", f"--bind=127.0.0.1:{port}", "coachnet.wsgi"]
    return [sys.executable, "-m", "gunicorn", *given]


def leave(part: Part, port: int, host: str) -> list[str]:
    """SIGTERM with a request in flight: says no, still serves, finishes, is gone. The promises that were broken."""
    assert part.process
    faults, half = [], HalfSent(port, host)
    part.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + DRAIN - 0.5
    while serving(port, host) == 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    visitor = Browser(port, host)
    said, page = serving(port, host), visitor.ask("GET", PAGE)[0]
    visitor.connection.close()
    if (said, page) != (503, 200):
        faults.append(f"while leaving it said {said} of itself and {page} to a page, not 503 and 200")
    deadline = time.monotonic() + GONE_SECONDS
    while serving(port, host) and time.monotonic() < deadline:
        time.sleep(0.05)
    if (status := half.finish()) != 302:
        faults.append(f"the request in flight was answered with {status}")
    if part.process.wait(GONE_SECONDS):
        faults.append(f"it ended with {part.process.returncode}")
    return faults


def run(stage: Stage, size: int) -> list[str]:
    """Two web servers: each ended and started again, each told to reload; one killed, as a control. Then a worker."""
    with static_files(stage):
        faults = _web(stage)
    return faults + _worker(stage, min(size, 200))


def _web(stage: Stage) -> list[str]:
    from django.conf import settings

    host = urlsplit(settings.SITE_URL).netloc
    ports = [free_port(), free_port()]
    traffic, faults = Traffic(ports, host), []
    parts = {port: _start(stage, port) for port in ports}
    try:
        for port in ports:
            wait_until_ready(port, host)
        began = time.monotonic()
        with traffic.running():
            for port in ports:
                faults += leave(parts[port], port, host)
                parts[port] = _start(stage, port)
                wait_until_ready(port, host)
                traffic.wait_for_answers(port)
            for port in ports:
                reload(parts[port])
                traffic.wait_for_answers(port, 50)
        print(
            f"  {traffic.total} requests in {time.monotonic() - began:.0f} s over two restarts and two reloads, "
            f"{len(traffic.failed)} failed"
        )
        faults += traffic.failed[:5]
        control = Traffic(ports, host)
        with control.running():
            control.wait_for_answers(ports[0])
            stage.kill(parts[ports[0]])
            control.wait_for_answers(ports[1])
        print(f"  control, one of them killed instead: {len(control.failed)} failed")
        if not control.failed:
            faults.append("the control failed no request, so the drill proves nothing")
    finally:
        for part in parts.values():
            stage.kill(part)
    return faults


def _start(stage: Stage, port: int) -> Part:
    return stage.start("web", command(port), DATABASE_POOL="1", DRAIN_SECONDS=str(DRAIN))


def reload(part: Part) -> None:
    """SIGHUP: new processes take over from the old ones, on the same socket."""
    assert part.process
    os.kill(part.process.pid, signal.SIGHUP)


def _worker(stage: Stage, size: int) -> list[str]:
    """SIGTERM in the middle of a batch: the worker finishes it, another does the rest, nothing twice."""
    from tools.drill import reminders

    while stage.workers:
        stage.kill(stage.workers.pop())
    reminders.plant(size)
    stage.sink.clear()
    stage.crew(workers=1, beats=1)
    reminders.wait_for(stage, 0.2, size)
    leaving = stage.workers.pop()
    assert leaving.process
    leaving.ask_to_stop()
    code = leaving.process.wait(WORKER_SECONDS)
    held = reminders.held()
    print(
        f"  worker told to stop after {stage.sink.count} mails: ended with {code}, {held} rows left in its hands"
    )
    stage.crew(workers=1, beats=1)
    stage.wait(lambda: reminders.unfinished() == 0, "nothing left to send")
    faults = reminders.judge(stage, size)
    if code or held:
        faults.append(f"the worker ended with {code} and held {held} rows")
    return faults
