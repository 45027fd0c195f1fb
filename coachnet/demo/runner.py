"""`make demo`: the whole of Coachnet in the foreground, until Ctrl-C.

1. Refuse settings that point anywhere else, and a second demo beside the first.
2. Prepare database and files, unless nothing has changed.
3. Start web and mail catcher while the servers come up; say where to look when the first page answers;
   start worker and beat.
4. Watch: a part that dies is started again, and so are the servers beneath.
5. On Ctrl-C (or SIGTERM, or a closed terminal) stop everything in order.

This process stays without Django's apps, so that a second start is quick.
"""

import errno
import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

from coachnet.demo.parts import Log, Part, Parts
from coachnet.demo.place import ADDRESS, NOT_FOR_THE_DEMO, PLACE, SCHEDULE
from coachnet.demo.prepared import is_prepared
from coachnet.lib import embedded

LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
FIRST_PORT = 8000
READY_SECONDS = 60
BEGAN = time.perf_counter()


def run(log: Log) -> None:
    """Run the demo until it is told to stop.

    Errors: ImproperlyConfigured with a sentence when it must not or cannot start.
    """
    foreign = [name for name in NOT_FOR_THE_DEMO if os.environ.get(name)]
    if foreign:
        raise ImproperlyConfigured(
            f"The demo brings its own servers. Unset {', '.join(foreign)} and try again."
        )
    with _alone(), _told_to_stop() as stop, ThreadPoolExecutor(1) as aside:
        servers = aside.submit(embedded.ensure, PLACE)
        if not is_prepared():
            servers.result()
            if not _prepare(log, stop):
                return
        port, mail_port = free_port(FIRST_PORT), free_port(0)
        site = f"http://localhost:{port}"
        ADDRESS.write_text(site)
        web, mail, worker, beat = make_parts(log, site, port, mail_port)
        parts = Parts(log)
        try:
            parts.start(web, mail)
            servers.result()
            if _wait_for_page(f"{site}/demo/", stop, parts):
                _announce(log, site, time.perf_counter() - BEGAN)
            elif not stop.is_set():
                log.line("demo", f"No page has answered for {READY_SECONDS} s; the lines above say why.")
            parts.start(worker, beat)
            while not stop.wait(0.5):
                parts.restart_dead()
                embedded.ensure(PLACE)
        finally:
            log.line("demo", "Stopping …")
            parts.stop()
            ADDRESS.unlink(missing_ok=True)


def make_parts(log: Log, site: str, port: int, mail_port: int) -> list[Part]:
    """The processes of the demo, all with the same settings."""
    environment = {"COACHNET_MODE": "demo", "SITE_URL": site, "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}"}
    python = [sys.executable, "-m"]
    binds = [f"--bind={_written(host)}:{port}" for family, host in LOOPBACK.items() if _can_bind(family, 0)]
    celery = [*python, "celery", "--app", "coachnet", "--quiet"]
    return [
        Part(
            "web",
            [*python, "gunicorn", "--config", "deploy/gunicorn.conf.py", *binds, "coachnet.wsgi"],
            environment | {"WEB_PROCESSES": "2", "WEB_THREADS": "4", "GRACEFUL_SECONDS": "3"},
            log,
        ),
        Part("mail", [*python, "coachnet.demo.catcher", str(mail_port)], environment, log),
        Part(
            "worker",
            [*celery, "worker", "--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel=INFO"],
            environment | {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"},
            log,
        ),
        Part(
            "beat",
            [*celery, "beat", f"--schedule={SCHEDULE}", "--pidfile=", "--loglevel=INFO"],
            environment,
            log,
        ),
    ]


def free_port(first: int) -> int:
    """The first port from `first` that is free on the loopback interfaces; 0 lets the system choose."""
    if first == 0:
        with socket.socket() as probe:
            probe.bind((LOOPBACK[socket.AF_INET], 0))
            return int(probe.getsockname()[1])
    for port in range(first, first + 100):
        if all(_can_bind(family, port) for family in LOOPBACK if _can_bind(family, 0)):
            return port
    raise ImproperlyConfigured(f"No port from {first} to {first + 99} is free.")


def _can_bind(family: socket.AddressFamily, port: int) -> bool:
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK[family], port))
    except OSError:
        return False
    return True


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _prepare(log: Log, stop: Event) -> bool:
    """Prepare in a process of its own, whose output goes into the log. False if told to stop meanwhile."""
    preparing = Part("demo", [sys.executable, "manage.py", "prepare_demo"], {"COACHNET_MODE": "demo"}, log)
    parts = Parts(log)
    parts.start(preparing)
    while not preparing.died() and not stop.wait(0.1):
        pass
    parts.stop()
    if not stop.is_set() and preparing.exit_code != 0:
        raise ImproperlyConfigured("The demo could not be prepared; the lines above say why.")
    return not stop.is_set()


@contextmanager
def _alone() -> Iterator[None]:
    """Refuse to run twice: both would share one database and end each other's parts."""
    with (PLACE.data / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            address = ADDRESS.read_text() if ADDRESS.exists() else "another terminal"
            raise ImproperlyConfigured(f"The demo is already running: {address}") from None
        yield


@contextmanager
def _told_to_stop() -> Iterator[Event]:
    """An event that is set by Ctrl-C, SIGTERM or a closed terminal; the second time we leave at once."""
    stop = Event()

    def tell(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, tell) for number in signals]
    try:
        yield stop
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _wait_for_page(url: str, stop: Event, parts: Parts) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not stop.is_set():
        answered = suppress(urllib.error.URLError, ConnectionError, TimeoutError)
        with answered, urllib.request.urlopen(url, timeout=5):  # noqa: S310  (always http://localhost)
            return True
        parts.restart_dead()
        stop.wait(0.1)
    return False


def _announce(log: Log, site: str, seconds: float) -> None:
    for text in (
        "",
        f"Coachnet is ready after {seconds:.1f} s, with invented people and companies only.",
        "",
        f"  Open it            {site}/demo/     one click signs you in as coach, organiser, official or admin",
        f"  Read its mail      {site}/demo/mail/",
        "  Stop               Ctrl-C; data stay until make demo-reset",
        "",
    ):
        log.line("demo", text)
