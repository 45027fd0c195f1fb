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
# Alike for all who are signed in, so examined as a coach's; the others' are read for their words.
EVERYBODYS = (
    "about-",
    "account_",
    "accounts:me",
    "accounts:role-list",
    "keys:",
    "notifications:choices",
    "usersessions_",
)
EVERY_VIEW = ("",)
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


def explore(visitor: Visitor, starts: Iterable[str], *, only_read: tuple[str, ...] = ()) -> list[str]:
    """Follow every link, examine every kind of page. Returns all that was wrong.

    Views whose names begin with `only_read` are looked at for words and width, not for every rule.
    """
    waiting, seen, problems = deque(starts), set(), []
    examined: Counter[str] = Counter()
    opened: Counter[str] = Counter()
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
            (visitor.check_words if view.startswith(only_read) else visitor.check)()
            visitor.check_narrow()
        except AssertionError as problem:
            problems.append(str(problem))
        waiting.extend(urljoin(path, link) for link in links_of(visitor))
    return problems


@pytest.mark.parametrize(
    ("role", "look", "only_read"),
    [
        ("organiser", "phone-sv", EVERY_VIEW),  # examined as an admin's, who sees more on them
        ("organiser", "desktop-en", EVERY_VIEW),
        ("official", "phone-sv", EVERYBODYS),
        ("official", "desktop-en", EVERYBODYS),
        ("other_coach", "phone-sv", EVERY_VIEW),  # the coach's pages with less on them: no new rule to break
    ],
    indirect=["look"],
)
def test_every_page_of_a_role(
    role: str, only_read: tuple[str, ...], enter: Enter, figures: None, request: pytest.FixtureRequest
) -> None:
    person: User = request.getfixturevalue(role)
    visitor = enter(person)
    assert explore(visitor, ["/", "/people/me/"], only_read=only_read) == []
    assert len(visitor.checked) > 3


class EveryPage:
    """All that one role reaches. A class for each, so that they can be visited side by side."""

    role: str
    only_read: tuple[str, ...] = ()

    @every_look
    def test_in_every_look(self, enter: Enter, figures: None, request: pytest.FixtureRequest) -> None:
        person: User = request.getfixturevalue(self.role)
        visitor = enter(person)
        assert explore(visitor, ["/", "/people/me/"], only_read=self.only_read) == []
        assert len(visitor.checked) > 3


class TestCoach(EveryPage):
    """She and the administrator reach all pages between them."""

    role = "coach"


class TestAdmin(EveryPage):
    """She sees most on each page."""

    role = "admin"
    only_read = EVERYBODYS


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
