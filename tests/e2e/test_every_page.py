"""Every page that links lead to, as each role, on phone and desktop, in both languages, light and dark.

Following the links is also the test that none is dead, and the list of what was reached is compared with
the address map: a page that nobody can reach, or that nobody examined, is found out.
"""

from collections import deque
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from coachnet.accounts.models import User
from tests.e2e.conftest import Enter
from tests.e2e.network import Network
from tests.e2e.visitor import Visitor

every_look = pytest.mark.parametrize(
    "look", ["phone-sv", "phone-en", "desktop-sv", "desktop-en"], indirect=True
)
# Django admin is another program's page; files and data are no pages.
NO_PAGES = ("/admin/", "/static/", "/health/", "mailto:", "tel:")
SIGNED_OUT_STARTS = ["/accounts/login/", "/accounts/password/reset/"]
# The same page with other rows is examined this many times.
EXAMPLES = 2


def links_of(visitor: Visitor) -> list[str]:
    """Paths that the page links to, within our own house."""
    found: list[str] = visitor.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    ours = [link.removeprefix(visitor.home) for link in found if link.startswith(visitor.home + "/")]
    return [path.partition("#")[0] for path in ours if not path.startswith(NO_PAGES)]


def name_of(path: str) -> str:
    """The name of the view at a path, with the names of what the query asks for."""
    parts = urlsplit(path)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return parts.path
    asked = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return "?".join([name, *asked])


def explore(visitor: Visitor, starts: Iterable[str]) -> list[str]:
    """Visit and examine everything that can be reached. Returns what was wrong, all of it."""
    waiting, seen, problems = deque(starts), {}, []
    while waiting:
        path = waiting.popleft()
        name = name_of(path)
        if seen.get(name, 0) >= EXAMPLES or (name, path) in seen:
            continue
        seen[name] = seen.get(name, 0) + 1
        seen[name, path] = 1
        if _is_file(visitor, path):
            continue
        try:
            visitor.visit(path)
            visitor.check()
        except AssertionError as problem:
            problems.append(str(problem))
        waiting.extend(urljoin(path, link) for link in links_of(visitor))
    return problems


def _is_file(visitor: Visitor, path: str) -> bool:
    """Whether the address gives a file to keep; those are fetched, not looked at."""
    if not any(word in path for word in ("download", "export", ".csv", ".xlsx")):
        return False
    assert visitor.context.request.get(visitor.home + path).ok
    return True


@every_look
@pytest.mark.parametrize("role", ["coach", "other_coach", "organiser", "official", "admin"])
def test_every_page_of_a_role(
    role: str, enter: Enter, network: Network, request: pytest.FixtureRequest
) -> None:
    person: User = request.getfixturevalue(role)
    visitor = enter(person)
    assert explore(visitor, ["/", "/people/me/"]) == []
    assert len(visitor.checked) > 3


@every_look
def test_every_page_without_signing_in(visitor: Visitor) -> None:
    assert explore(visitor, SIGNED_OUT_STARTS) == []
    assert "/accounts/login/" in visitor.checked


def test_error_pages(enter: Enter, network: Network, coach: User, official: User) -> None:
    visitor = enter(coach)
    visitor.visit("/no-such-page/", status=404)
    visitor.check()
    visitor = enter()
    visitor.visit("/people/invitation/stale-token/", status=410)
    visitor.check()
    visitor = enter(official)
    visitor.visit("/companies/", status=403)
    visitor.check()
