"""Read from Coachnet, and log a session, with a key of your own. Standard library only, so that it can be copied.

    export COACHNET_URL=http://localhost:8000 COACHNET_KEY=coachnet_…
    python client.py companies                         # your companies and when you last met
    python client.py log 17 45 "Ringde om återtaget"   # 45 minutes by phone with company 17, today

When no answer comes, it sends the same again, and at last says how to send it by hand: with the date and the
Idempotency-Key after the note, which makes it the same session however often it is sent within a day.

The key is made under Inställningar, Mina nycklar. See docs/api.md.
"""

import datetime as dt
import http.client
import json
import os
import shlex
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

TRIES = 5


class NoAnswerError(Exception):
    """Whether the server has done what it was asked is not known."""


class Coachnet:
    """One person's Coachnet."""

    def __init__(self, url: str, key: str) -> None:
        self.base = url.rstrip("/") + "/api/v1/"
        self.key = key

    def ask(self, address: str, body: dict[str, Any] | None = None, once: str = "") -> Any:
        """GET, or POST with a body. `once` is what makes it safe to send again when no answer came.

        Raises SystemExit with what the server said, for a refusal, and NoAnswerError after five tries.
        """
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "application/json"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": once}
        data = None if body is None else json.dumps(body).encode()
        for attempt in range(TRIES):
            request = urllib.request.Request(address, data=data, headers=headers)  # noqa: S310
            wait = 2**attempt
            try:
                with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                    return json.load(response)
            except urllib.error.HTTPError as refused:
                if refused.code != 429 and refused.code < 500:
                    sys.exit(refusal(refused))
                wait = int(refused.headers.get("Retry-After", wait))
            except (OSError, http.client.HTTPException):
                # Not reached, closed without an answer, or cut off in the middle of it: it may have been done.
                pass
            if attempt < TRIES - 1:
                time.sleep(wait)
        raise NoAnswerError

    def every(self, name: str) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page."""
        address: str | None = self.base + name
        while address:
            page = self.ask(address)
            yield from page["results"]
            address = page["next"]

    def log(self, company: int, minutes: int, note: str, *, date: str, once: str) -> dict[str, Any]:
        """Log a session by phone. The same `once` with the same facts, within a day, is the same session."""
        body = {"company": company, "date": date, "minutes": minutes, "channel": "phone", "note": note}
        made: dict[str, Any] = self.ask(self.base + "sessions/", body, once=once)
        return made


def refusal(refused: urllib.error.HTTPError) -> str:
    """What the server said. Something else than Coachnet, such as a proxy, says it in its own way."""
    if refused.headers.get_content_type() != "application/problem+json":
        return f"{refused.code} {refused.reason}"
    problem = json.load(refused)
    return f"{problem['title']}: {problem['detail']} {problem.get('errors', '')}"


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    coachnet = Coachnet(os.environ["COACHNET_URL"], os.environ["COACHNET_KEY"])
    match arguments:
        case ["companies"]:
            companies(coachnet)
        case ["log", company, minutes, note]:
            today = dt.datetime.now().astimezone().date().isoformat()
            log(coachnet, company, minutes, note, today, str(uuid.uuid4()))
        case ["log", company, minutes, note, date, once]:
            log(coachnet, company, minutes, note, date, once)
        case _:
            sys.exit(__doc__)


def companies(coachnet: Coachnet) -> None:
    """Print your companies, one a line."""
    try:
        for company in coachnet.every("companies/?mine=true"):
            print(company["id"], company["name"], company["last_session_on"] or "-", sep="\t")
    except NoAnswerError:
        sys.exit("Coachnet does not answer.")


def log(coachnet: Coachnet, company: str, minutes: str, note: str, date: str, once: str) -> None:
    """Log a session and print its address, or, without an answer, how to send the same by hand."""
    try:
        made = coachnet.log(int(company), int(minutes), note, date=date, once=once)
    except (NoAnswerError, KeyboardInterrupt):
        same = shlex.join(["python3", sys.argv[0], "log", company, minutes, note, date, once])
        sys.exit(f"No answer came: it may be logged or not. This sends the same, and logs it once:\n{same}")
    lacks = ", ".join(made["missing"])
    print(f"Logged: {made['url']}" + (f" (still lacks {lacks})" if lacks else ""))


if __name__ == "__main__":
    main(sys.argv[1:])
