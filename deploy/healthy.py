"""The container's health check: exit 0 when this web process, its database and its cache answer."""

import sys
import urllib.error
import urllib.request

from coachnet.lib.env import Environment

# A host that is served, or the answer would be 400. A leading dot stands for every name below, a star for all.
host = [*Environment().words("ALLOWED_HOSTS"), ""][0].lstrip(".*") or "localhost"
request = urllib.request.Request(
    "http://127.0.0.1:8000/health/serving/", headers={"Host": host, "X-Forwarded-Proto": "https"}
)
try:
    with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310
        sys.exit(0 if answer.status == 200 else 1)
except (urllib.error.URLError, TimeoutError) as error:
    sys.exit(str(error))
