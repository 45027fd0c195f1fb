"""Asking Postgres and Valkey whether they answer, in such a way that whoever asks us is answered in time.

1. A thread of its own asks, over a connection of its own: in the pool one would wait for ten seconds.
2. Whoever waits for it gives up after PATIENCE. Looking up a name, say, cannot be told to hurry.
3. What was found counts for KEPT seconds. While one asks anew, the others are told what was found last: probes that
   come together hold one of the threads that answer people, not all.
4. What was found before that counts for nothing, so one that hangs is a bad sign.
"""

import datetime as dt
import time
from collections.abc import Callable
from threading import Lock, Thread
from typing import Any, Generic, NamedTuple, TypeVar

import psycopg
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from coachnet.operations import programs
from coachnet.operations.models import Pulse

KEPT, PATIENCE = 1.0, 2.0  # seconds
T = TypeVar("T")


class Prober(Generic[T]):
    """Asks one question on behalf of all who want to know. `ask` may take its time, and raises nothing."""

    def __init__(self, ask: Callable[[], T], *, otherwise: T) -> None:
        self._ask, self._otherwise, self._found = ask, otherwise, otherwise
        self._lock, self._thread = Lock(), Thread()
        self._began = self._at = float("-inf")

    def ask(self) -> T:
        """The answer, or what stands for none within PATIENCE."""
        if thread := self.begin():
            thread.join(PATIENCE)
        return self.found

    def begin(self) -> Thread | None:
        """Ask unless the answer is known or being asked for. What to wait for, if anything."""
        with self._lock:
            now = time.monotonic()
            if now < self._at + KEPT:
                return None
            if not self._thread.is_alive():
                self._thread, self._began = Thread(target=self._look, daemon=True), now
                self._thread.start()
                return self._thread
            hangs = now > self._began + PATIENCE
            return None if self._is_known(now) or hangs else self._thread

    @property
    def found(self) -> T:
        """What was found a moment ago."""
        return self._found if self._is_known(time.monotonic()) else self._otherwise

    def _is_known(self, now: float) -> bool:
        return now < self._at + KEPT + PATIENCE

    def _look(self) -> None:
        self._found, self._at = self._ask(), time.monotonic()


class Database(NamedTuple):
    """Whether Postgres answers, and when a worker last sent what was due."""

    answers: bool
    swept_at: dt.datetime | None = None


def _ask_postgres() -> Database:
    address: dict[str, Any] = programs.address_of(programs.live_name())
    try:
        with psycopg.connect(**address | {"connect_timeout": "2"}) as one:
            one.execute("SET LOCAL statement_timeout = '1s'")
            swept = one.execute("SELECT at FROM operations_pulse WHERE name = %s", [Pulse.SWEEP]).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.QueryCanceled):  # not there yet, or being altered
        return Database(answers=True)
    except psycopg.Error:
        return Database(answers=False)
    return Database(answers=True, swept_at=swept[0] if swept else None)


def _ask_valkey() -> bool:
    limits: dict[str, Any] = {
        "socket_connect_timeout": 1,
        "socket_timeout": 1,
        "retry": Retry(NoBackoff(), 0),
    }
    try:
        with Redis.from_url(settings.REDIS_URL, **limits) as one:
            return bool(one.ping())
    except (RedisError, OSError):
        return False


POSTGRES = Prober(_ask_postgres, otherwise=Database(answers=False))
VALKEY = Prober(_ask_valkey, otherwise=False)


class Answers(NamedTuple):
    """What Postgres and Valkey say."""

    postgres: bool
    valkey: bool
    swept_at: dt.datetime | None


def ask() -> Answers:
    """Ask both at the same time."""
    deadline = time.monotonic() + PATIENCE
    for thread in [POSTGRES.begin(), VALKEY.begin()]:
        if thread:
            thread.join(max(0.0, deadline - time.monotonic()))
    return Answers(POSTGRES.found.answers, VALKEY.found, POSTGRES.found.swept_at)
