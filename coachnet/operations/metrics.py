"""What is measured, in Prometheus' text format.

Requests are counted by each process; with several, `deploy/gunicorn.conf.py` has them count into files, and whichever
is asked adds them up. Not by django-prometheus, which stands in for the database's engine and keeps dozens of series
for each route: these few are what the alerts in docs/operations.md go by.

What waits, failed or stands still is asked of Postgres and Valkey when monitoring asks.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from coachnet.accounts.guards import public
from coachnet.lib import replica
from coachnet.notifications import bounces
from coachnet.notifications.models import NEXT_AT, UNFINISHED, Notification
from coachnet.operations import probes
from coachnet.operations.broker import queue_depth
from coachnet.operations.models import Pulse
from dashboards.models import Stale, Upkeep

GetResponse = Callable[[HttpRequest], HttpResponse]
# By the name of the route: never an address, which could hold a secret and has no end of values.
REQUESTS = Counter("coachnet_requests", "Requests answered.", ["route", "method", "status"])
QUERIES = Counter("coachnet_queries", "Database queries made for requests.", ["route"])
SECONDS = Histogram(
    "coachnet_request_seconds",
    "Time until the answer began.",
    ["route"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
METHODS = {
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
}  # whoever asks may write anything there
DAY = timedelta(days=1)


class MetricsMiddleware:
    """Counts each request, its time and its queries."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Count around the answer."""
        began, queries = time.perf_counter(), 0

        def count(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal queries
            queries += 1
            return execute(*arguments)

        with ExitStack() as stack:
            for database in connections.all():
                stack.enter_context(database.execute_wrapper(count))
            response = self.get_response(request)
        route = request.resolver_match.view_name if request.resolver_match else ""
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(route, method, response.status_code).inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)
        QUERIES.labels(route).inc(queries)
        return response


@public("Prometheus, with a token of its own; closed to all without one")
@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything that is measured, for whoever knows METRICS_TOKEN."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    if not wanted or scheme != "Bearer" or not constant_time_compare(token, wanted):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def exposition() -> bytes:
    """What all processes of this server counted, and the state of the whole."""
    state = CollectorRegistry()
    state.register(State())
    counted: Any = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    return generate_latest(counted) + generate_latest(state)


class State:
    """What waits, failed or stands still, at this moment."""

    def collect(self) -> Iterator[Metric]:
        """One family after the other. What cannot be asked is left out, and `coachnet_up` says why."""
        answers = probes.ask()
        parts = {"postgres": answers.postgres, "valkey": answers.valkey}
        if parts["postgres"] and replica.is_configured():  # it is compared with the primary
            parts["replica"] = replica.is_usable()
        yield _gauge("coachnet_up", "Whether a part answers.", "part", parts)
        if parts["valkey"] and (depth := queue_depth()) is not None:
            yield GaugeMetricFamily("coachnet_queue_depth", "Tasks that wait for a worker.", depth)
            yield _bounces()
        if parts["postgres"]:
            try:
                yield from (*_mails(), *_rollup(), _pulses())
            except DatabaseError:  # tables that are not there yet
                connection.close()


def _mails() -> Iterator[GaugeMetricFamily]:
    now, rows = timezone.now(), Notification.objects.order_by()
    ready = rows.due(now).values_list(NEXT_AT, flat=True).order_by(NEXT_AT, "pk").first()
    lag = (now - ready).total_seconds() if ready else 0.0
    yield GaugeMetricFamily("coachnet_reminder_lag_seconds", "How long the oldest due mail has waited.", lag)
    held = dict.fromkeys((*UNFINISHED, "failed"), 0) | _by_state(
        rows.filter(state__in=(*UNFINISHED, "failed"))
    )
    yield _gauge("coachnet_mails", "Mails that wait, are being sent, or were given up.", "state", held)
    # Of a year's mails nobody needs the number, and counting them takes a while each time.
    day = dict.fromkeys(Notification.State.values, 0) | _by_state(rows.filter(due_at__range=(now - DAY, now)))
    yield _gauge("coachnet_mails_last_day", "What became of mails due in the last 24 hours.", "state", day)


def _bounces() -> CounterMetricFamily:
    family = CounterMetricFamily("coachnet_bounces", "Messages to the address of bounces.", labels=["kind"])
    for kind, number in bounces.counts().items():
        family.add_metric([kind], number)
    return family


def _by_state(rows: Any) -> dict[str, int]:
    return dict(rows.values_list("state").annotate(Count("pk")))


def _rollup() -> Iterator[GaugeMetricFamily]:
    current_at = Upkeep.objects.values_list("current_at", flat=True).first()
    if current_at:
        age = (timezone.now() - current_at).total_seconds()
        yield GaugeMetricFamily("coachnet_rollup_age_seconds", "Age of the overview's figures.", age)
    waiting = Stale.objects.count()
    yield GaugeMetricFamily("coachnet_rollup_waiting", "Changes the figures do not hold yet.", waiting)


def _pulses() -> GaugeMetricFamily:
    ages = {name: age.total_seconds() for name, age in Pulse.objects.ages().items()}
    return _gauge("coachnet_last_done_seconds", "How long ago this was last done.", "what", ages)


def _gauge(name: str, says: str, label: str, values: dict[str, Any]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=[label])
    for value, number in values.items():
        family.add_metric([str(value)], float(number))
    return family
