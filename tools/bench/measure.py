"""Asking the server: times, CPU, queries, bytes. In rounds, so that what else the machine does hits all alike."""

import gzip
import json
import time
from dataclasses import dataclass, field
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from tools.bench.first_view import files_of
from tools.bench.pages import FLOORS, Cast, Page
from tools.drill.answers import Browser

WARM_UP, IN_A_ROUND = 4, 5


@dataclass
class Measured:
    """What one page took: seconds of each request, CPU seconds a request in each round."""

    page: Page
    queries: int = 0
    bytes: int = 0
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    files: frozenset[str] = frozenset()  # that it names

    @property
    def median_ms(self) -> float:
        """Wall time, the middle one."""
        return median(self.seconds) * 1000

    @property
    def p95_ms(self) -> float:
        """Wall time of the slowest of twenty."""
        return quantiles(self.seconds, n=20)[-1] * 1000

    @property
    def cpu_ms(self) -> float:
        """CPU of the web process for one request."""
        return median(self.cpu) * 1000

    def times(self, floor: "Measured") -> float:
        """How many times the CPU of a floor, each round against the floor's same round."""
        return median(mine / its for mine, its in zip(self.cpu, floor.cpu, strict=True))


@dataclass(frozen=True)
class Export:
    """A file of many rows: seconds to its first byte and its last, and by how much the server's memory peak rose."""

    rows: int
    first: float
    last: float
    megabytes: float


class Site:
    """The running server as the cast sees it."""

    def __init__(self, port: int, cast: Cast) -> None:
        self.host = urlsplit(settings.SITE_URL).netloc
        self.port, self.cast = port, cast
        self.browsers: dict[tuple[str, ...], Browser] = {}
        self._teller = self._browser("")

    def _browser(self, role: str) -> Browser:
        browser = Browser(self.port, self.host)
        if role:
            browser.cookies[settings.SESSION_COOKIE_NAME] = self.cast.session_key(role)
        return browser

    def browser_for(self, page: Page) -> Browser:
        """The browser of the one whose page it is; a guest has pressed her link, a program has a key and no cookie."""
        key = (page.role, *page.headers)
        if key not in self.browsers:
            browser = self.browsers[key] = self._browser("" if "Authorization" in page.headers else page.role)
            browser.headers |= page.headers
            if not page.role:
                status, _location, _text = browser.ask("GET", urlsplit(self.cast.guest_link).path)
                assert status == 302, status
        return self.browsers[key]

    def usage(self) -> dict[str, float]:
        """Seconds of CPU and megabytes of the web process so far."""
        self._teller.connection.close()  # the server ends idle connections
        found: dict[str, float] = json.loads(self._teller.ask("GET", "/bench/usage/")[2])
        return found

    def count(self, browser: Browser, method: str, path: str, body: str = "") -> tuple[int, str, int]:
        """Ask once and have the queries counted. Returns status, text and queries."""
        browser.connection.close()
        browser.headers["X-Bench-Count"] = "1"
        status, _location, text = browser.ask(method, path, body)
        del browser.headers["X-Bench-Count"]
        return status, text, browser.queries

    def pages(self, rounds: int) -> list[Measured]:
        """All floors and pages, in so many rounds."""
        measured = [Measured(page) for page in (*FLOORS, *self.cast.pages())]
        for one in measured:
            self._warm_up(one)
        for _ in range(rounds):
            for one in measured:
                self._round(one)
        return measured

    def _warm_up(self, one: Measured) -> None:
        browser = self.browser_for(one.page)
        for _ in range(WARM_UP):
            status, text, one.queries = self.count(browser, "GET", one.page.path)
            assert status == 200, f"{one.page.name}: {status}"
            assert one.page.shows in text, f"{one.page.name} does not show {one.page.shows}"
        one.bytes, one.files = len(gzip.compress(text.encode(), 6)), files_of(text)

    def _round(self, one: Measured) -> None:
        browser = self.browser_for(one.page)
        before = self.usage()["cpu"]
        for _ in range(IN_A_ROUND):
            browser.connection.close()
            browser.connection.connect()
            began = time.perf_counter()
            status, _location, _text = browser.ask("GET", one.page.path)
            one.seconds.append(time.perf_counter() - began)
            assert status == 200, f"{one.page.name}: {status}"
        one.cpu.append((self.usage()["cpu"] - before) / IN_A_ROUND)

    def fetch(self, path: str) -> bytes:
        """A file as it comes over the line to a browser that takes gzip."""
        connection = self._teller.connection
        connection.close()
        connection.request("GET", path, headers=self._teller.headers | {"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        assert response.status == 200, f"{path}: {response.status}"
        return response.read()

    def export(self, role: str, path: str) -> Export:
        """A file of many rows, read as it comes."""
        browser = self._browser(role)
        before = self.usage()["megabytes"]
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        began = time.perf_counter()
        browser.connection.request("GET", path, headers=browser.headers | {"Cookie": cookies})
        response = browser.connection.getresponse()
        assert response.status == 200, response.status
        rows, first = -1, 0.0  # the first line names the columns
        while part := response.read1(65536):
            first = first or time.perf_counter() - began
            rows += part.count(b"\r\n")
        return Export(rows, first, time.perf_counter() - began, self.usage()["megabytes"] - before)

    def log_sessions(self, many: int) -> tuple[Measured, Measured]:
        """Save so many new sessions through the form, after warming up. Returns these, and fifty rows in between."""
        one, fifty = Measured(Page("Save a session", "colleague", "/sessions/", None)), Measured(FLOORS[-1])
        browser = self.browser_for(one.page)
        browser.connection.close()
        text = browser.ask("GET", self.cast.form_path())[2]
        token = text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        body = urlencode(self.cast.form() | {"csrfmiddlewaretoken": token})
        for _ in range(WARM_UP):
            status, _text, one.queries = self.count(browser, "POST", self.cast.form_path(), body)
            assert status == 302, status
        for _ in range(many):
            path = self.cast.form_path()
            browser.connection.close()
            before = self.usage()["cpu"]
            began = time.perf_counter()
            status, location, _text = browser.ask("POST", path, body)
            one.seconds.append(time.perf_counter() - began)
            assert (status, "?saved" in location) == (302, True), (status, location)
            one.cpu.append(self.usage()["cpu"] - before)
            self._round(fifty)
        return one, fifty
