"""The demo as one of its people sees it, without a browser: sign in, follow links, keep the pages."""

import re
from collections import Counter, deque
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

# Another program's pages, files, and what would sign out or change the language.
NO_PAGES = ("/api/", "/admin/", "/static/", "/health/", "/demo/")
OF_A_KIND = 2  # pages that differ in their numbers only
SECONDS = 120


class Links(HTMLParser):
    """Collects where a page links to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the address of a link."""
        if tag == "a" and (href := dict(attrs).get("href")):
            self.found.append(href)


class Visitor:
    """Somebody at the demo; nobody in particular until signed in."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.jar = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.jar))

    @property
    def cookies(self) -> str:
        """As a browser sends them."""
        return "; ".join(f"{one.name}={one.value}" for one in self.jar)

    def sign_in(self, key: str) -> None:
        """Become a person of the demo."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.read("/demo/"))
        assert token
        body = urlencode({"csrfmiddlewaretoken": token[1]}).encode()
        referer = {"Referer": f"{self.address}/demo/"}
        request = Request(f"{self.address}/demo/sign-in/{key}/", body, referer)  # noqa: S310 (the demo)
        self._opener.open(request, timeout=SECONDS).close()

    def read(self, path: str) -> str:
        """The page at a path; nothing if it is a file or leads elsewhere. Raises HTTPError for what is not there."""
        with self._opener.open(self.address + path, timeout=SECONDS) as response:
            if "text/html" not in response.headers.get("Content-Type", ""):
                return ""
            text: str = response.read().decode()
            return text if response.url.startswith(self.address) else ""

    def led_to(self, path: str) -> str:
        """The path that one ends at."""
        with self._opener.open(self.address + path, timeout=SECONDS) as response:
            return str(response.url).removeprefix(self.address)

    def first(self, path: str, pattern: str) -> str:
        """The first link of a page that a pattern matches."""
        return next(link for link in Links(self.read(path)).found if re.fullmatch(pattern, link))

    def pages(self, start: str) -> tuple[dict[str, str], list[str]]:
        """Every kind of page that links lead to, by path, and the links that are dead."""
        waiting, seen, kinds = deque([start]), {start}, Counter[str]()
        found: dict[str, str] = {}
        dead: list[str] = []
        while waiting:
            path = waiting.popleft()
            kinds[kind := kind_of(path)] += 1
            if kinds[kind] > OF_A_KIND or "export" in path or path.endswith(".ics"):
                continue
            try:
                text = found[path] = self.read(path)
            except HTTPError as error:
                dead.append(f"{path}: {error.code}")
                continue
            for link in Links(text).found:
                onward = urljoin(path, link).partition("#")[0]
                if onward.startswith("/") and not onward.startswith(NO_PAGES) and onward not in seen:
                    seen.add(onward)
                    waiting.append(onward)
        return {path: text for path, text in found.items() if text}, dead


def kind_of(path: str) -> str:
    """The path with keys and numbers left out, and of the question only which words it has."""
    parts = urlsplit(path)
    bare = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "*", parts.path)
    return f"{bare}?{','.join(sorted(re.findall(r'([^&=]+)=', parts.query)))}"
