"""Every page that links lead to, as each role, on phone and desktop, in both languages, in light and dark.

Following the links is also the test that none is dead, and the list of what was reached is compared with
the address map: a page that nobody can reach, or that nobody examined, is found out.
"""

from collections import Counter, deque
from collections.abc import Iterable
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from coachnet.accounts.models import User
from tests.e2e.conftest import Enter
from tests.e2e.network import Network
from tests.e2e.visitor import PHONE_SV, Visitor

# English is also given a phone's width, and Swedish on the wide screen shows nothing that is not seen in the two.
every_look = pytest.mark.parametrize("look", ["phone-sv", "desktop-en"], indirect=True)
# Django admin is another program's page; files and data are no pages.
# The page of the open interface is drawn by Swagger UI, in English: see test_api_page.py.
NO_PAGES = ("/api/v1/", "/admin/", "/static/", "/health/", "mailto:", "tel:")
SIGNED_OUT_STARTS = ["/accounts/login/", "/accounts/password/reset/"]
# A session looks different planned, held and half filled in; other pages are examined once, the rest opened.
EXAMINED = {"coaching:session-detail": 3, "coaching:session-edit": 3}
OPENED = 4


def links_of(visitor: Visitor) -> list[str]:
    """Paths that the page links to, within our own house."""
    found: list[str] = visitor.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    ours = [link.removeprefix(visitor.home) for link in found if link.startswith(visitor.home + "/")]
    return [path.partition("#")[0] for path in ours if not path.startswith(NO_PAGES)]


def view_of(path: str) -> str:
    """The name of the view at a path."""
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return path


def explore(visitor: Visitor, starts: Iterable[str], *, is_thorough: bool = True) -> list[str]:
    """Follow every link, examine every kind of page. Returns all that was wrong."""
    waiting, seen, problems = deque(starts), set(), []
    examined: Counter[str] = Counter()
    opened: Counter[str] = Counter()
    examine = visitor.check if is_thorough else visitor.check_words
    while waiting:
        path = waiting.popleft()
        view = view_of(path)
        if path in seen:
            continue
        seen.add(path)
        is_file = any(word in path for word in ("download", "export"))
        if is_file or examined[view] >= EXAMINED.get(view, 1):
            kind = f"{view}?{sorted(parse_qs(urlsplit(path).query))}"
            opened[kind] += 1
            # Where the links of a page lead is the same on every screen and in both languages.
            is_tried = visitor.look == PHONE_SV and opened[kind] <= OPENED
            if is_tried and not visitor.context.request.get(visitor.home + path).ok:
                problems.append(f"{path} is a dead link")
            continue
        examined[view] += 1
        try:
            visitor.visit(path)
            examine()
            visitor.check_narrow()
        except AssertionError as problem:
            problems.append(str(problem))
        waiting.extend(urljoin(path, link) for link in links_of(visitor))
    return problems


@pytest.mark.parametrize(
    ("role", "look", "is_thorough"),
    [
        ("organiser", "phone-sv", True),
        ("organiser", "desktop-en", False),  # examined as an admin's, who sees more on them
        ("official", "phone-sv", True),
        ("official", "desktop-en", True),
        ("other_coach", "phone-sv", False),  # the coach's pages with less on them: no new rule to break
    ],
    indirect=["look"],
)
def test_every_page_of_a_role(
    role: str, is_thorough: bool, enter: Enter, figures: None, request: pytest.FixtureRequest
) -> None:
    person: User = request.getfixturevalue(role)
    visitor = enter(person)
    assert explore(visitor, ["/", "/people/me/"], is_thorough=is_thorough) == []
    assert len(visitor.checked) > 3


class EveryPage:
    """All that one role reaches. A class for each, so that they can be visited side by side."""

    role: str

    @every_look
    def test_in_every_look(self, enter: Enter, figures: None, request: pytest.FixtureRequest) -> None:
        person: User = request.getfixturevalue(self.role)
        visitor = enter(person)
        assert explore(visitor, ["/", "/people/me/"]) == []
        assert len(visitor.checked) > 3


class TestCoach(EveryPage):
    """She and the administrator reach all pages between them."""

    role = "coach"


class TestAdmin(EveryPage):
    """She sees most on each page."""

    role = "admin"


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
