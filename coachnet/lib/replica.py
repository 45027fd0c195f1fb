"""Reads that go to a copy of the database which Postgres keeps in step: the overview and large exports.

How it holds together:

1. A view that may read from the replica says so: `@reads_replica`. Nothing else ever goes there.
2. Before it does, the replica is asked whether it holds everything the primary had written just then. The verdict
   counts for CHECK_SECONDS, so what a reader gets is never older than that. One that is behind or away is passed
   over, and asked again after as long, or AWAY_SECONDS.
3. Inside such a view the router sends every read of a model to the replica, and every write to the primary.
4. A replica that fails in the middle (it went away, or cancelled a read that stood in the way of the copying) is
   passed over too, and the view begins again on the primary: it only reads, and notes an export at its end.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from threading import Lock
from typing import Any, TypeVar

import structlog
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections
from django.http import StreamingHttpResponse

ALIAS = "replica"
CHECK_SECONDS, AWAY_SECONDS = 5.0, 30.0
# How often it is asked anew whether it has caught up, and the pause between: copying takes a few milliseconds.
TRIES, PAUSE = 4, 0.02

V = TypeVar("V", bound=Callable[..., Any])
log = structlog.get_logger(__name__)
_chosen: ContextVar[bool] = ContextVar("reading_from_replica", default=False)


class Router:
    """Reads go to the replica inside `reading`, everything else to the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """The replica for what was declared to read there."""
        return ALIAS if _chosen.get() else DEFAULT_DB_ALIAS

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Never the replica, also not for a row that was read there."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """They are the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Postgres brings the tables along by itself."""
        return db != ALIAS


class _Verdict:
    """What this process knows of the replica, and until when it believes it."""

    def __init__(self) -> None:
        self.is_fresh, self.until, self.lock = False, 0.0, Lock()

    def note(self, *, is_fresh: bool, seconds: float) -> None:
        if self.is_fresh and not is_fresh:
            log.warning("replica_passed_over")
        self.is_fresh, self.until = is_fresh, time.monotonic() + seconds


_verdict = _Verdict()


def is_configured() -> bool:
    """Whether there is one at all."""
    return ALIAS in connections.databases


def is_usable() -> bool:
    """Whether the replica may be read from now. Asked at most every few seconds, by one thread at a time."""
    if not is_configured():
        return False
    if time.monotonic() > _verdict.until and _verdict.lock.acquire(blocking=False):
        try:
            _verdict.note(**_look())
        finally:
            _verdict.lock.release()
    return _verdict.is_fresh and time.monotonic() <= _verdict.until


def _look() -> dict[str, Any]:
    try:
        return {"is_fresh": has_caught_up(), "seconds": CHECK_SECONDS}
    except DatabaseError:
        connections[ALIAS].close()
        return {"is_fresh": False, "seconds": AWAY_SECONDS}


def has_caught_up() -> bool:
    """Whether the replica holds all that the primary had written when asked. Raises DatabaseError when one is away.

    By position in the log of changes, not by the clock: a replica that lost its primary would not notice that.
    """
    with connections[DEFAULT_DB_ALIAS].cursor() as primary:
        # What was committed counts, also where Postgres writes it a moment later (synchronous_commit off).
        primary.execute("SELECT pg_current_wal_insert_lsn()::text")
        (written,) = primary.fetchone()
    for _try in range(TRIES):
        with connections[ALIAS].cursor() as cursor:
            # A server that follows nobody is no replica, whatever it holds.
            cursor.execute("SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= %s::pg_lsn", [written])
            if cursor.fetchone()[0]:
                return True
        time.sleep(PAUSE)
    return False


@contextmanager
def reading() -> Iterator[None]:
    """Send the reads of the block to the replica."""
    before = _chosen.set(True)
    try:
        yield
    finally:
        _chosen.reset(before)


def reads_replica(view: V) -> V:
    """The view, or method of one, only reads and may be answered from the replica. Stands beneath the guard."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        if not is_usable():
            return view(*args, **kwargs)
        try:
            with reading():
                response = view(*args, **kwargs)
        except (OperationalError, InterfaceError):
            _verdict.note(is_fresh=False, seconds=AWAY_SECONDS)
            connections[ALIAS].close()
            return view(*args, **kwargs)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = _piece_by_piece(iter(response))
        return response

    return answer  # type: ignore[return-value]


def _piece_by_piece(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, each made while reading from the replica: they are asked for after the view has ended."""
    while True:
        with reading():
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
