"""Read from Coachnet, and log a session, with a key of your own. Standard library only, so that it can be copied.

    export COACHNET_URL=http://localhost:8000 COACHNET_KEY=coachnet_…
    python docs/examples/client.py companies           # your companies and when you last met
    python docs/examples/client.py log 17 45 "Ringde om återtaget"   # 45 minutes by phone with company 17, today

The key is made under Inställningar, Mina nycklar. See docs/api.md.
"""

import datetime as dt
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

TRIES = 5


class Coachnet:
    """One person's Coachnet."""

    def __init__(self, url: str, key: str) -> None:
        self.base = url.rstrip("/") + "/api/v1/"
        self.key = key

    def ask(self, address: str, body: dict[str, Any] | None = None, once: str = "") -> Any:
        """GET, or POST with a body. `once` is what makes it safe to send again when no answer came.

        Raises SystemExit with what the server said, for a refusal.
        """
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "application/json"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": once}
        data = None if body is None else json.dumps(body).encode()
        for attempt in range(TRIES):
            request = urllib.request.Request(address, data=data, headers=headers)  # noqa: S310
            try:
                with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                    return json.load(response)
            except urllib.error.HTTPError as refused:
                if refused.code != 429 and refused.code < 500:
                    problem = json.load(refused)
                    sys.exit(f"{problem['title']}: {problem['detail']} {problem.get('errors', '')}")
                wait = int(refused.headers.get("Retry-After", 2**attempt))
            except urllib.error.URLError:
                wait = 2**attempt
            time.sleep(wait)
        sys.exit("Coachnet does not answer.")

    def every(self, name: str) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page."""
        address: str | None = self.base + name
        while address:
            page = self.ask(address)
            yield from page["results"]
            address = page["next"]

    def log(self, company: int, minutes: int, note: str) -> dict[str, Any]:
        """Log a session by phone, today."""
        today = dt.datetime.now().astimezone().date().isoformat()
        body = {"company": company, "date": today, "minutes": minutes, "channel": "phone", "note": note}
        made: dict[str, Any] = self.ask(self.base + "sessions/", body, once=str(uuid.uuid4()))
        return made


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    coachnet = Coachnet(os.environ["COACHNET_URL"], os.environ["COACHNET_KEY"])
    match arguments:
        case ["companies"]:
            for company in coachnet.every("companies/?mine=true"):
                print(company["id"], company["name"], company["last_session_on"] or "-", sep="\t")
        case ["log", company, minutes, note]:
            made = coachnet.log(int(company), int(minutes), note)
            lacks = ", ".join(made["missing"])
            print(f"Logged: {made['url']}" + (f" (still lacks {lacks})" if lacks else ""))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
