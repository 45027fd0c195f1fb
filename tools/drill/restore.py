"""The network is destroyed and comes back to the last row; then its reminders go out, each once."""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from psycopg import sql

from coachnet.operations import copies, programs, returning
from coachnet.operations.contents import Contents
from tools.drill import reminders
from tools.drill.stage import Stage

DESTROYED = "companies_company, coaching_session, accounts_user"


def run(stage: Stage, size: int) -> list[str]:
    """Plant, copy, prove; destroy; be refused while somebody is connected; bring back, compare; lose it whole, again.

    As an operator does it: by the commands, in processes of their own.
    """
    live = programs.live_name()
    _stand_still(stage)
    reminders.plant(size)
    stage.sink.clear()
    _sign_in()
    before = _contents(live)
    with TemporaryDirectory() as folder:
        faults = _told(stage, "backup", folder)
        (copy,) = copies.finished(Path(folder))
        faults += _told(stage, "verify_backup", str(copy), "--prove")
        _destroy(live)
        print(f"  destroyed: {_contents(live).rows} rows left of {before.rows}")
        with programs.connect(live):
            refusal = _manage(stage, "restore", str(copy), "--take-over", live)
        print(f"  while somebody is connected: {refusal.stderr.strip()}")
        if not refusal.returncode:
            faults.append("a database in use was replaced")
        connections.close_all()
        faults += _told(stage, "restore", str(copy), "--take-over", live)
        differing = _compared(before, live)
        _drop_former(live)
        _lose(live)
        faults += _told(stage, "restore", str(copy), "--take-over", live)
        differing += _compared(before, live)
    stage.crew(workers=2, beats=1)
    stage.wait(lambda: reminders.unfinished() == 0, "nothing left to send")
    return faults + differing + reminders.judge(stage, size)


def _stand_still(stage: Stage) -> None:
    """End the processes that earlier drills left, as before any return of a copy."""
    for parts in (stage.workers, stage.beats):
        while parts:
            stage.kill(parts.pop())


def _contents(database: str) -> Contents:
    with programs.connect(database) as connection, connection.transaction():
        return Contents.of(connection)


def _destroy(database: str) -> None:
    """Everybody and everything they did, with the history of it: what hangs on it goes along."""
    with programs.connect(database) as connection:
        connection.execute("SET coachnet.may_truncate = 'yes'")
        connection.execute(f"TRUNCATE {DESTROYED} CASCADE")


def _lose(database: str) -> None:
    """The database itself, as with a disk: the server is there, with nothing of ours on it."""
    connections.close_all()
    with programs.connect(returning.MAINTENANCE) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))
    print(f"  dropped: {database} is {'still' if returning.exists(database) else 'no longer'} there")


def _sign_in() -> None:
    """Somebody is signed in when the copy is made."""
    SessionStore().create()


def _compared(before: Contents, database: str) -> list[str]:
    """All must be as it was, but that nobody is signed in any more."""
    after = _contents(database)
    differing = before.differences(after, but=returning.SIGN_INS)
    differing += [f"{table} still holds sign-ins" for table in returning.SIGN_INS if after.tables[table][0]]
    print(f"  compared with what was there before: {len(differing)} differences")
    return differing


def _told(stage: Stage, *words: str) -> list[str]:
    """Run a command and print what it said; a fault unless it succeeded."""
    began = time.monotonic()
    done = _manage(stage, *words)
    said = (done.stdout + done.stderr).strip().splitlines()
    print(f"  {words[0]}, {time.monotonic() - began:.1f} s: " + "\n    ".join(said))
    return [f"{words[0]} failed"] if done.returncode else []


def _manage(stage: Stage, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | stage.environment
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def _drop_former(live: str) -> None:
    """What was destroyed, kept by the command under another name."""
    with programs.connect(returning.MAINTENANCE) as server:
        former = returning.side_name("before").rpartition("_")[0] + "_%"
        found = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [former]).fetchall()
    print(f"  kept until now: {', '.join(name for (name,) in found)}")
    for (name,) in found:
        returning.drop(name)
