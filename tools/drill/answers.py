"""Two hundred people answer in the same moment, through the real web server: ten places, ten who get one."""

import datetime as dt
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import quantiles
from tempfile import TemporaryDirectory
from threading import Barrier
from urllib.parse import urlencode, urlsplit

from django.db.models import Model

from coachnet.demo.parts import Part
from tools.drill.stage import Stage

PEOPLE, PLACES, EARLY = 200, 10, 16
GOAL = 2.0  # seconds, for 95 of 100 answers
READY_SECONDS = 60


class Browser:
    """One guest's browser: keeps cookies, and measures how long its answer took."""

    def __init__(self, port: int, host: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Host": host, "X-Forwarded-Proto": "https", "Referer": f"https://{host}/"}
        self.cookies: dict[str, str] = {}
        self.token = self.path = ""
        self.queries = 0  # of the last answer, where the server counts them (tools.bench)

    def ask(self, method: str, path: str, body: str = "") -> tuple[int, str, str]:
        """Status, Location and text of an answer."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = self.headers | {"Cookie": cookies}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body or None, headers)
        response = self.connection.getresponse()
        for header in response.headers.get_all("Set-Cookie", []):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.queries = int(response.headers.get("X-Bench-Queries", 0))
        return response.status, response.headers.get("Location", ""), response.read().decode()

    def open(self, link: str) -> None:
        """Press the link in the mail and wait with the form open."""
        status, self.path, _text = self.ask("GET", urlsplit(link).path)
        assert status == 302, status
        status, _location, text = self.ask("GET", self.path)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        assert status == 200, status
        assert found
        self.token = found[1]
        self.connection.close()  # as after minutes of thinking

    def say_yes(self) -> float:
        """Answer; how many seconds until the page after it."""
        began = time.monotonic()
        body = urlencode({"csrfmiddlewaretoken": self.token, "answer": "yes"})
        status, _location, _text = self.ask("POST", self.path, body)
        assert status == 302, status
        self.connection.close()
        return time.monotonic() - began


def run(stage: Stage, size: int) -> list[str]:
    """With two and with eight processes; then without the lock, where places must be sold twice."""
    with static_files(stage):
        return _rounds(stage)


@contextmanager
def static_files(stage: Stage) -> Iterator[None]:
    """Collect the static files where the web servers of the stage look for them."""
    with TemporaryDirectory() as static:
        stage.environment["STATIC_ROOT"] = static
        command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
        subprocess.run(command, check=True, env=os.environ | stage.environment)
        yield


def _rounds(stage: Stage) -> list[str]:
    faults = []
    for processes in (2, 8):
        coming, waiting, in_order, seconds = round_of_answers(stage, processes, "coachnet.wsgi:application")
        slow = quantiles(seconds, n=20)[-1]
        print(
            f"  {processes} processes: {coming} got a place, {waiting} wait{' in order' if in_order else ''}, "
            f"95 of 100 within {slow:.2f} s (goal {GOAL:.0f} s), the last after {max(seconds):.2f} s"
        )
        if (coming, waiting) != (PLACES, PEOPLE - PLACES):
            faults.append(f"{coming} of {PLACES} places were given, {waiting} wait")
        if not in_order:
            faults.append("the waiting list is not in the order of the answers")
    coming, _waiting, _in_order, _seconds = round_of_answers(stage, 2, "tools.drill.unlocked:application")
    print(f"  control, without the lock: {coming} got one of {PLACES} places")
    if coming <= PLACES:
        faults.append("the control sold no place twice, so the drill proves nothing")
    return faults


def round_of_answers(stage: Stage, processes: int, application: str) -> tuple[int, int, bool, list[float]]:
    """All answer at once. Returns how many got a place, how many wait, whether in order, and the seconds of each."""
    from django.conf import settings

    from events.models import Registration

    _another, early = _invite(EARLY)
    event, links = _invite(PEOPLE)
    port = free_port()
    host = urlsplit(settings.SITE_URL).netloc
    server = serve(stage, processes, application, port)
    try:
        wait_until_ready(port, host)
        # Others have answered before, at another meeting: a web server that has just started is no common one.
        others, browsers = ([Browser(port, host) for _ in each] for each in (early, links))
        with ThreadPoolExecutor(8) as few:
            list(few.map(Browser.open, [*others, *browsers], [*early, *links]))
            list(few.map(Browser.say_yes, others))
        barrier = Barrier(PEOPLE)

        def answer(browser: Browser) -> float:
            barrier.wait(60)
            return browser.say_yes()

        with ThreadPoolExecutor(PEOPLE) as crowd:
            seconds = list(crowd.map(answer, browsers))
    finally:
        stage.kill(server)
    coming = Registration.objects.to(event).coming().count() - PLACES
    line = list(Registration.objects.to(event).in_line().values_list("pk", flat=True))
    return coming, len(line), line == sorted(line), seconds


def _invite(people: int) -> tuple[Model, list[str]]:
    """A meeting with ten places left of twenty, and the links of so many guests."""
    from django.utils import timezone

    from coachnet.accounts.models import Organisation, User
    from events.links import Purpose, address_of
    from events.models import Event, EventInvitation, Registration

    now = timezone.now()
    organisation, _ = Organisation.objects.get_or_create(
        name="Inkubatorn Slussporten", defaults={"kind": "incubator", "access_regime": "public_company"}
    )
    organiser = User.objects.filter(roles=["organiser"]).first() or User.objects.create_user(
        "sara@coachnet.example", name="Sara Holm", roles=["organiser"], organisation=organisation
    )
    event = Event.objects.create(
        title="Återtag som affär",
        state=Event.State.PUBLISHED,
        published_at=now,
        starts_at=now + dt.timedelta(days=20),
        ends_at=now + dt.timedelta(days=20, hours=3),
        place="Sal Varpen",
        capacity=2 * PLACES,
        created_by=organiser,
    )
    guests = [
        EventInvitation(event=event, name=f"Gäst {n}", email=f"gast{n}@foretag.example", invited_by=organiser)
        for n in range(people + PLACES)
    ]
    for guest in guests:
        guest.save()
    for guest in guests[people:]:
        Registration.objects.create(invitation=guest, state=Registration.State.COMING)
    Event.objects.filter(pk=event.pk).update(capacity=2 * PLACES)
    return event, [address_of(guest, Purpose.ANSWER) for guest in guests[:people]]


def serve(stage: Stage, processes: int, application: str, port: int) -> Part:
    """The web server as it is deployed, with so many processes."""
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config=deploy/gunicorn.conf.py",
        f"--bind=127.0.0.1:{port}",
    ]
    return stage.start("web", [*command, application], WEB_PROCESSES=str(processes), DATABASE_POOL="1")


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(port: int, host: str) -> None:
    """Wait until the web server answers. Raises OSError when it does not in time."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        browser = Browser(port, host)
        try:
            if browser.ask("GET", "/health/")[0] == 200:
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
        finally:
            browser.connection.close()
        time.sleep(0.2)
