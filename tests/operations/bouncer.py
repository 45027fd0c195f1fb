"""A real PgBouncer in transaction mode in front of the tests' own Postgres."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row

from coachnet.lib import embedded
from coachnet.lib.embedded import USER, server_user
from coachnet.lib.embedded.supervisor import dies_with_parent

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin") or ""
PORT = 6432  # only names the socket
PATIENCE = 30


class Bouncer:
    """Started when made, with `connections` to Postgres for everybody."""

    def __init__(self, *, connections: int) -> None:
        place = embedded.Place("test")
        self.folder = place.runtime / f"bouncer-{os.getpid()}"
        self.folder.mkdir(mode=0o700)
        user = server_user() if place.root else None  # it refuses to be root
        settings = {
            "listen_addr": "",
            "listen_port": PORT,
            "unix_socket_dir": self.folder,
            "auth_type": "any",
            "pool_mode": "transaction",
            "default_pool_size": connections,
            "max_client_conn": 200,
        }
        lines = ["[databases]", f"* = host={place.runtime} user={USER}", "[pgbouncer]"]
        lines += [f"{name} = {value}" for name, value in settings.items()]
        (self.folder / "pgbouncer.ini").write_text("\n".join(lines), encoding="utf-8")
        if user:
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, user.pw_uid, user.pw_gid)
        self.process = subprocess.Popen(
            [PROGRAM, self.folder / "pgbouncer.ini"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            preexec_fn=dies_with_parent(signal.SIGINT),  # noqa: PLW1509
        )

    @property
    def address(self) -> str:
        """How it is reached, as the query of a database's address."""
        return f"host={self.folder}&port={PORT}"

    def connect(self, database: str, **options: Any) -> "psycopg.Connection[dict[str, Any]]":
        """A connection through it, or with `pgbouncer` to itself."""
        return psycopg.connect(
            host=str(self.folder),
            port=PORT,
            user=USER,
            dbname=database,
            row_factory=dict_row,
            autocommit=True,
            **options,
        )

    def told(self, question: str) -> list[dict[str, Any]]:
        """What it says of itself: SHOW STATS, SHOW SERVERS."""
        with (
            self.connect("pgbouncer") as console,
            psycopg.ClientCursor(console, row_factory=dict_row) as cursor,
        ):
            return cursor.execute(question).fetchall()

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.told("SHOW VERSION")
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.1)
            else:
                return


@contextmanager
def bouncer(*, connections: int) -> Iterator[Bouncer]:
    """Have one for the length of the block, and leave nothing of it."""
    one = Bouncer(connections=connections)
    try:
        one.wait()
        yield one
    finally:
        one.process.send_signal(signal.SIGINT)
        one.process.wait(PATIENCE)
        shutil.rmtree(one.folder, ignore_errors=True)
