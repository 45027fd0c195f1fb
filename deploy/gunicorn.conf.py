"""The web server: threads in a few processes, behind a reverse proxy. Numbers come from the environment."""

import os
import shutil
import signal
import sys
import tempfile
from itertools import count
from pathlib import Path
from threading import Timer
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker
from prometheus_client import values


class Worker(ThreadWorker):  # type: ignore[misc]
    """Leaves nobody waiting: gunicorn's own keeps its sockets open while it finishes what it has.

    Who connects meanwhile would wait in the kernel's queue for a process that never asks, and be cut off with it. So
    the queue is emptied once more and the socket closed at once: whoever comes later is refused, and a proxy that is
    refused asks another web server, whatever the request.
    """

    def set_accept_enabled(self, enabled: bool) -> None:  # noqa: FBT001  (gunicorn's signature)
        """Also called once when the worker has been told to stop."""
        super().set_accept_enabled(enabled)
        if self.alive:
            return
        for listener in self.sockets:
            before = None
            while before != self.nr_conns:
                before = self.nr_conns
                self.accept(listener)
            listener.close()


class Log(Logger):  # type: ignore[misc]
    """What gunicorn has to say goes the way of all our lines: masked, as JSON (LOGGING in coachnet/settings.py)."""

    def setup(self, cfg: Any) -> None:
        """Leave out gunicorn's own handler."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """What is wrong with a request that cannot be read, without the words it came with: they follow a colon."""
        if str(msg).startswith("Invalid request from"):
            msg = ": ".join(msg.split(": ")[:2])
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """An address is told without its query."""
        super().exception(msg, *(str(one).partition("?")[0] for one in args), **kwargs)


bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class, logger_class = Worker, Log
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Who holds a place for a moment and waits for the database gets its turn back within 1 ms: in Python's 5 ms, another
# request of the same process kept all waiting who wanted a place at the same meeting (6 % more answers a second).
sys.setswitchinterval(0.001)
preload_app = True  # one import, shared memory; connections are opened after the fork
# How long to go on serving after SIGTERM while /health/serving/ says no: as long as a proxy needs to notice.
drain_seconds = float(os.environ.get("DRAIN_SECONDS", "0"))
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
    os.environ["LEAVING_MARK"] = str(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"], "leaving"))
values.ValueClass = values.MultiProcessValue(lambda: os.environ.get("METRICS_PLACE", "master"))


def on_starting(server: Any) -> None:
    """SIGTERM is said twice: first to the proxy, by /health/serving/, and after DRAIN_SECONDS to gunicorn."""
    stop = server.handle_term

    def leave() -> None:
        mark = Path(os.environ["LEAVING_MARK"])
        if mark.exists() or not drain_seconds:  # a second SIGTERM, ours or an impatient operator's
            stop()
        mark.touch()
        again = Timer(drain_seconds, os.kill, [os.getpid(), signal.SIGTERM])
        again.daemon = True
        again.start()

    server.handle_term = leave


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
