"""The web server that is measured: the deployed application untouched, the floors beside it, and two questions.

`/bench/usage/` tells the seconds of CPU and the memory of the process; a request with `X-Bench-Count` is answered with
the number of its database queries. Never served to people.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import connection

# Developers' tools bring these, libraries take them where they are, and no deployment has them: see requirements.txt.
# An import fails, as it would there. Who has them already (the tests) keeps them.
ABSENT = ("greenlet", "pygments", "rich")
for name in ABSENT:
    sys.modules.setdefault(name, None)  # type: ignore[arg-type]

from coachnet.wsgi import application as site  # noqa: E402
from tools.bench.floors import handler  # noqa: E402

__all__ = ("application",)
PER_MEGABYTE = 1e6 if sys.platform == "darwin" else 1e3
floors = handler()
# Here one person's program asks for all lists again and again, as fast as the machine answers.
settings.API_REQUESTS_PER_MINUTE = sys.maxsize


class Counter:
    """Counts what goes to the database."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Count one and let it pass."""
        self.queries += 1
        return execute(*arguments)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Serve the site, or a floor."""
    if environ["PATH_INFO"] == "/bench/usage/":
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(_usage()).encode()]
    serve: Any = floors if environ["PATH_INFO"].startswith("/bench/") else site
    if "HTTP_X_BENCH_COUNT" not in environ:
        return serve(environ, start_response)
    counter = Counter()

    def answer(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, ("X-Bench-Queries", str(counter.queries))], *more)

    with connection.execute_wrapper(counter):
        return serve(environ, answer)


def _usage() -> dict[str, float]:
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / PER_MEGABYTE
    return {"cpu": time.process_time(), "megabytes": megabytes}
