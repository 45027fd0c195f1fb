"""Bringing a copy back: always into a database at the side, compared, and only then by renaming into its place."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections
from django.utils import timezone
from psycopg import sql

from coachnet.operations import copies, programs
from coachnet.operations.contents import Contents
from coachnet.operations.copies import Copy
from coachnet.operations.programs import CopyError
from companies import forgetting

MAINTENANCE = "postgres"  # the database one stands in while others are made and renamed
JOBS = 2
# Somebody signed out, or was shut out, after the copy was made: no sign-in of it may live again.
_END_SIGN_INS = "TRUNCATE django_session, usersessions_usersession"
# As if somebody had pressed Stoppa in Utskick, where each can be sent again.
_HOLD_MAIL = """
UPDATE notifications_notification SET state = 'skipped', reason = 'stopped', claimed_until = NULL
WHERE state IN ('queued', 'sending') AND due_at <= now()
"""
_NOTE_ERASURE = "INSERT INTO audit_erasure (kind, object_id, decision, at) VALUES (%s, %s, %s, %s)"
# What can be erased, and how: see coachnet.audit.models.Erasure.
ERASERS = {forgetting.KIND: forgetting}
_OVERDUE = (
    "SELECT count(*) FROM notifications_notification WHERE state IN ('queued', 'sending') AND due_at <= now()"
)


def side_name(what: str, now: dt.datetime | None = None) -> str:
    """A name beside the live database's, such as `coachnet_restored_20261126t021500`."""
    # Postgres cuts names at 63 bytes.
    return f"{programs.live_name()[:35]}_{what}_{now or timezone.now():%Y%m%dt%H%M%S}"


def bring_back(copy: Copy, into: str) -> None:
    """Load the copy into a database at the side and compare every table with the manifest.

    Raises CopyError when it is not the same to the last row; a database made here is then removed.
    """
    if into == programs.live_name():
        raise CopyError(
            f"{into} is the database in use; a copy is never laid over it. Leave out --into, look at what was "
            "brought back, and put it in place with --take-over."
        )
    copies.check(copy)
    copies.check_fits(copy)
    with _side_database(into):
        with programs.connect(into) as target:
            server = target.info.server_version // 10000
        programs.run(
            "pg_restore",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            f"--jobs={JOBS}",
            str(copy.dump),
            server=server,
            database=into,
        )
        with programs.connect(into) as target:
            with target.transaction():
                found = Contents.of(target)
            target.execute("ANALYZE")
        if differing := copy.contents.differences(found):
            raise CopyError(f"What came back is not what was copied: {'; '.join(differing[:10])}.")


@contextmanager
def _side_database(name: str) -> Iterator[None]:
    """An empty database, made unless it is there. Removed again after a failure, if it was made here."""
    if exists(name):
        with programs.connect(name) as target:
            if Contents.of(target).tables:
                raise CopyError(
                    f"The database {name} is not empty. Name another with --into, or drop it first."
                )
        yield
        return
    _maintain("CREATE DATABASE {} TEMPLATE template0", name)
    try:
        yield
    except BaseException:
        drop(name)
        raise


def exists(name: str) -> bool:
    """Whether the server has a database of that name."""
    with programs.connect(MAINTENANCE) as server:
        return server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def drop(name: str) -> None:
    """Remove a database that was brought back. Never the live one."""
    if name == programs.live_name():
        raise CopyError(f"{name} is the database in use and is not dropped.")
    _maintain("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def overdue_mails(name: str) -> int:
    """How many mails in a database would go out at once: in an old copy, mails that have gone out before."""
    with programs.connect(name) as target:
        (count,) = target.execute(_OVERDUE).fetchone() or (0,)
    return int(count)


def settle(name: str, *, hold_mail: bool) -> None:
    """Before people work on it: nobody is signed in, and mails due by now are stopped if that is wanted."""
    with programs.connect(name) as target, target.transaction():
        target.execute(_END_SIGN_INS)
        if hold_mail:
            target.execute(_HOLD_MAIL)


def erase_again(copy: Copy, side: str) -> int:
    """Erase in a database at the side what was erased after the copy was made; how many things.

    Known from the live database, if it is there, and from the copies beside this one. Raises CopyError for a kind
    that nobody can erase: the copy must not be used then.
    """
    known = copies.erasures_since(copy)
    if exists(programs.live_name()):
        with programs.connect(programs.live_name()) as live:
            known += copies.erasures_of(live)
    with programs.connect(side) as target, target.transaction():
        there = {(kind, pk) for kind, pk, *_rest in copies.erasures_of(target)}
        missing = {(kind, pk): rest for kind, pk, *rest in known if (kind, pk) not in there}
        for (kind, pk), (decision, at) in missing.items():
            if kind not in ERASERS:
                raise CopyError(
                    f"Nobody knows how to erase {kind} {pk}, which was erased after the copy was made."
                )
            # As Django does it: the values go into the statement here, and Postgres guesses no types.
            with psycopg.ClientCursor(target) as cursor:
                for statement in ERASERS[kind].STATEMENTS:
                    cursor.execute(statement, ERASERS[kind].values(pk))
            target.execute(_NOTE_ERASURE, [kind, pk, decision, at])
    return len(missing)


def take_over(side: str) -> str:
    """Put a database in the live one's place by two renames; what the former is called now.

    Raises CopyError while anybody is connected: both keep their names then.
    """
    live, former = programs.live_name(), side_name("before")
    for name in (live, side):
        check_nobody_is_connected(name)
    _maintain("ALTER DATABASE {} RENAME TO {}", live, former)
    try:
        _maintain("ALTER DATABASE {} RENAME TO {}", side, live)
    except CopyError:
        _maintain("ALTER DATABASE {} RENAME TO {}", former, live)
        raise
    return former


def check_nobody_is_connected(name: str) -> None:
    """Raises CopyError while anybody else is connected to a database."""
    connections.close_all()  # our own
    with programs.connect(MAINTENANCE) as server:
        asked: Any = server.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name])
        if busy := asked.fetchone()[0]:
            raise CopyError(
                f"{busy} connections are open to {name}. Stop web, worker and beat, then run it again."
            )


def _maintain(statement: str, *names: str) -> None:
    command = sql.SQL(statement).format(*map(sql.Identifier, names))
    with programs.connect(MAINTENANCE) as server:
        try:
            server.execute(command)
        except psycopg.Error as error:
            advice = " The role in DATABASE_URL needs the right to create databases: ALTER ROLE … CREATEDB."
            is_refused = isinstance(error, psycopg.errors.InsufficientPrivilege)
            raise CopyError(
                f"Postgres refused: {str(error).strip()}.{advice if is_refused else ''}"
            ) from error
