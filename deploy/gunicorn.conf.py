"""The web server: threads in a few processes, behind a reverse proxy. Numbers come from the environment."""

import os
import shutil
import socket
import tempfile
from contextlib import suppress
from itertools import count
from typing import Any

from prometheus_client import values

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True  # one import, shared memory; connections are opened after the fork
graceful_timeout = int(os.environ.get("GRACEFUL_SECONDS", "30"))
timeout = 60
keepalive = 5
max_requests, max_requests_jitter = 5000, 500
control_socket_disable = True  # no socket in the home folder
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
errorlog, accesslog, loglevel = "-", None, "warning"

# Each process counts its requests into files of its own; the one that is asked for /health/metrics/ adds them up. The
# files go by a process's place among the workers, not by its number: a worker that follows another (max_requests)
# goes on counting in the same file, so there are never more files than workers.
if os.environ.get("METRICS_OF") != str(os.getpid()):  # this file is read again on SIGHUP
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="coachnet-metrics-")
    os.environ["METRICS_OF"] = str(os.getpid())
values.ValueClass = values.MultiProcessValue(lambda: os.environ.get("METRICS_PLACE", "master"))

# Monitoring asks each web server by its own address.
if "METRICS_TOKEN" in os.environ or "METRICS_TOKEN_FILE" in os.environ:
    with suppress(OSError):
        _own = socket.gethostbyname_ex(socket.gethostname())[2]
        os.environ["ALLOWED_HOSTS"] = ",".join([os.environ.get("ALLOWED_HOSTS", "localhost"), *_own])


def pre_fork(server: Any, worker: Any) -> None:
    """Give the new worker the first place that no living one has."""
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = next(place for place in count() if place not in taken)


def post_fork(server: Any, worker: Any) -> None:
    """In the new process: count into the files of its place."""
    os.environ["METRICS_PLACE"] = str(worker.place)


def on_exit(server: Any) -> None:
    """Counts end with the server; whoever reads them knows that counters begin anew."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
