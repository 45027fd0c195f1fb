"""Whether this process answers, whether it can serve, and whether the whole works. Says no more: anybody may ask."""

import datetime as dt
import os
from pathlib import Path

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError

from coachnet.accounts.guards import public
from coachnet.operations.models import Pulse

# Of the tick that sends reminders, every 30 seconds: a batch may take a minute, and a restart of the worker another.
SWEEP_MAY_BE = dt.timedelta(minutes=4)


@public("Asked by load balancers and containers")
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@public("Asked by load balancers and containers")
@never_cache
def serving(request: HttpRequest) -> HttpResponse:
    """200 when pages can be served: Postgres and Valkey answer, and this server stays. For proxies and containers.

    A worker that stands still is no reason to take the pages away from people.
    """
    return _answer(works=not is_leaving() and database_answers() and cache_answers())


@public("Asked by monitoring and by whoever deploys")
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """200 when everything works: Postgres and Valkey answer, and reminders are being sent."""
    works = not is_leaving() and database_answers() and cache_answers() and sweep_is_fresh()
    return _answer(works=works)


def _answer(*, works: bool) -> HttpResponse:
    words, status = ("ok", 200) if works else ("not ready", 503)
    return HttpResponse(words, status=status, content_type="text/plain")


def is_leaving() -> bool:
    """Whether this web server was told to stop and waits for proxies to notice (see deploy/gunicorn.conf.py)."""
    return "LEAVING_MARK" in os.environ and Path(os.environ["LEAVING_MARK"]).exists()


def database_answers() -> bool:
    """Whether Postgres answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def cache_answers() -> bool:
    """Whether Valkey answers."""
    try:
        cache.get("health")
    except (RedisError, OSError):
        return False
    return True


def sweep_is_fresh() -> bool:
    """Whether beat, queue and a worker together have sent what was due a short while ago."""
    try:
        age = Pulse.objects.ages().get(Pulse.SWEEP)
    except DatabaseError:
        return False
    return age is not None and age < SWEEP_MAY_BE
