"""Bringing a copy back: always into a database at the side, compared, and only then by renaming into its place."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.db import connections
from django.utils import timezone
from psycopg import sql

from coachnet.operations import copies, programs
from coachnet.operations.contents import Contents
from coachnet.operations.copies import Copy, Erased
from coachnet.operations.programs import CopyError
from companies import forgetting

MAINTENANCE = "postgres"  # the database one stands in while others are made and renamed
JOBS = 2
# Somebody signed out, or was shut out, after the copy was made: no sign-in of it may live again.
SIGN_INS = ("django_session", "usersessions_usersession")  # end with the return of a copy
_END_SIGN_INS = f"TRUNCATE {', '.join(SIGN_INS)}"
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
            with suppress(psycopg.errors.InsufficientPrivilege):  # somebody else's database, made beforehand
                target.execute(
                    sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(into), _mark_of(copy))
                )


def _mark_of(copy: Copy) -> sql.Literal:
    """What stands beside a database that was compared with a copy, until it is in use."""
    return sql.Literal(f"coachnet: compared with {copy.facts['files'][copies.DUMP]['sha256']}")


def was_brought_back(copy: Copy, name: str) -> bool:
    """Whether a database at the side is this very copy, compared to the last row, and was never in use."""
    with programs.connect(MAINTENANCE) as server:
        marked = sql.SQL(
            "SELECT FROM pg_database WHERE datname = {} AND shobj_description(oid, 'pg_database') = {}"
        ).format(sql.Literal(name), _mark_of(copy))
        return server.execute(marked).fetchone() is not None


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
    with _inside(name) as target:
        (count,) = target.execute(_OVERDUE).fetchone() or (0,)
    return int(count)


def settle(name: str, *, hold_mail: bool) -> None:
    """Before people work on it: nobody is signed in, and mails due by now are stopped if that is wanted."""
    with _inside(name) as target:
        target.execute(_END_SIGN_INS)
        if hold_mail:
            target.execute(_HOLD_MAIL)


@contextmanager
def _inside(side: str) -> Iterator[psycopg.Connection[Any]]:
    """A transaction in a database at the side. Raises CopyError where an old copy lacks what we work on."""
    try:
        with programs.connect(side) as target, target.transaction():
            yield target
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise CopyError(
            f"{side} lacks something: {str(error).splitlines()[0]}. The copy is older than that. Bring it up to date: "
            f"manage.py migrate with {side} in DATABASE_URL; then restore again, with --into {side} --take-over."
        ) from error


def known_erasures(copy: Copy) -> list[Erased]:
    """What was erased as far as anybody knows: the live database, if it is there, and the copies beside this one.

    Raises CopyError when the live one is there and cannot be asked: nobody but a person may decide to go on without.
    """
    known, live = copies.erasures_since(copy), programs.live_name()
    if not exists(live):
        return known
    try:
        with programs.connect(live) as database:
            return known + copies.erasures_of(database)
    except (CopyError, psycopg.Error) as error:
        raise CopyError(
            f"{str(error).strip()} What was erased after the copy was made stands in {live}. If it cannot be mended, "
            f"put it aside: psql {MAINTENANCE} -c 'ALTER DATABASE {live} RENAME TO {live}_broken;', and run this "
            "again. Erasures are then known from the newer copies only."
        ) from error


def erase_again(copy: Copy, side: str) -> int:
    """Erase in a database at the side what was erased after the copy was made; how many things.

    Raises CopyError for a kind that nobody can erase: the copy must not be used then.
    """
    known = known_erasures(copy)
    with _inside(side) as target:
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
    """Put a database in the live one's place by two renames; what the former is called now, if there was one.

    Raises CopyError while anybody is connected: both keep their names then.
    """
    live = programs.live_name()
    former = side_name("before") if exists(live) else ""
    for name in (live, side):
        check_nobody_is_connected(name)
    if former:
        _maintain("ALTER DATABASE {} RENAME TO {}", live, former)
    try:
        _maintain("ALTER DATABASE {} RENAME TO {}", side, live)
    except CopyError:
        if former:
            _maintain("ALTER DATABASE {} RENAME TO {}", former, live)
        raise
    with suppress(CopyError):
        _maintain("COMMENT ON DATABASE {} IS NULL", live)
    return former


def check_nobody_is_connected(name: str) -> None:
    """Raises CopyError while anybody else is connected to a database. Autovacuum makes way for a renaming."""
    connections.close_all()  # our own
    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type <> 'autovacuum worker'"
    with programs.connect(MAINTENANCE) as server:
        asked: Any = server.execute(busy, [name])
        if count := asked.fetchone()[0]:
            raise CopyError(
                f"{count} connections are open to {name}. Stop web, worker and beat, then run it again."
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
