"""Whether this process answers, whether it can serve, and whether the whole works. Says no more: anybody may ask."""

import datetime as dt
import os
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from coachnet.accounts.guards import public
from coachnet.operations import probes

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
    answers = probes.ask()
    return _answer(works=not is_leaving() and answers.postgres and answers.valkey)


@public("Asked by monitoring and by whoever deploys")
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """200 when everything works: Postgres and Valkey answer, and reminders are being sent."""
    answers = probes.ask()
    is_serving = not is_leaving() and answers.postgres and answers.valkey
    return _answer(works=is_serving and _sweep_is_fresh(answers.swept_at))


def _answer(*, works: bool) -> HttpResponse:
    words, status = ("ok", 200) if works else ("not ready", 503)
    return HttpResponse(words, status=status, content_type="text/plain")


def is_leaving() -> bool:
    """Whether this web server was told to stop and waits for proxies to notice (see deploy/gunicorn.conf.py)."""
    return "LEAVING_MARK" in os.environ and Path(os.environ["LEAVING_MARK"]).exists()


def _sweep_is_fresh(swept_at: dt.datetime | None) -> bool:
    """Whether beat, queue and a worker together have sent what was due a short while ago."""
    return swept_at is not None and timezone.now() - swept_at < SWEEP_MAY_BE
