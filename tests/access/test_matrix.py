"""Role × route × object: every page visited by GET and POST as everybody, with everybody's things.

What shall come of each visit stands in matrix.txt. A route that is missing there fails, so nobody adds a page
without saying who does not get in. What is refused has changed nothing and shows nothing.
"""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache as django_cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coachnet.accounts.models import User
from coachnet.operations.models import Pulse
from tests.access.fingerprint import fingerprint, writes
from tests.access.routes import every_route
from tests.access.scene import A_LONG_RUN, WHOSE, Holding, Scene, arguments, is_about_a_company

pytestmark = pytest.mark.django_db
ROLES = ("outsider", "coach", "colleague", "other_coach", "organiser", "official", "admin")
TABLE = Path(__file__).with_name("matrix.txt")
METHODS = ("GET", "POST")
REFUSED = set("L-xm")
# Django admin is closed to all but admins as one; its own pages are Django's.
ADMIN = "admin"
# … except these, which lead to our own sign-in and password pages.
OUR_OWN_PAGES = {"login", "logout", "password_change", "password_change_done"}


@pytest.fixture(scope="module", autouse=True)
def swept(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Reminders were sent a moment ago, or nothing would be ready. Probes see only what was committed."""
    with django_db_blocker.unblock():
        Pulse.objects.create(name=Pulse.SWEEP, at=timezone.now() + A_LONG_RUN)
    yield
    with django_db_blocker.unblock():
        Pulse.objects.all().delete()


@cache
def expected() -> dict[tuple[str, str], dict[str, str]]:
    """The table: (route, method) → role → one letter per object."""
    table = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            route, method, *cells = line.split()
            assert (route, method) not in table, f"{route} {method} stands twice"
            table[route, method] = dict(zip(ROLES, cells, strict=True))
    return table


@cache
def names() -> list[str]:
    return sorted(
        {
            route.full_name
            for route in every_route()
            if route.namespace != ADMIN and "." not in route.full_name
        }
    )


def letter(response: Any) -> str:
    """What came of a visit: o let in, L asked to sign in, - not found, x forbidden, m wrong method."""
    status = response.status_code
    if status in (301, 302):
        return "L" if response["Location"].startswith(("/accounts/login/", "/admin/login/")) else "o"
    known = {401: "L", 403: "x", 404: "-", 405: "m"}
    assert status < 500, f"{status}: {response.content[:500]!r}"
    return known.get(status, "o")


def visits(name: str, scene: Scene) -> Iterator[tuple[Holding, str]]:
    """The addresses of a route: one for each holding where it is about one, otherwise one."""
    has_arguments = all(route.arguments for route in every_route() if route.full_name == name)
    holdings = (
        [scene.holdings[whose] for whose in WHOSE]
        if has_arguments and is_about_a_company(name)
        else [scene.holdings["own"]]
    )
    for held in holdings:
        yield held, reverse(name, kwargs=arguments(name, scene, held) if has_arguments else None)


def content_of(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace") + str(response.headers)


class UndoError(Exception):
    """Leaves the transaction of a visit without its changes."""


class Kept:
    """The database as it was, and how often anything had been written when it was last asked."""

    def __init__(self) -> None:
        self.before, self.written = fingerprint(), writes()

    def was_written_to(self) -> bool:
        """Whether anything has been written since this was asked last, be it undone or not."""
        written, self.written = self.written, writes()
        return written != self.written

    def changed(self) -> set[str]:
        """The tables whose content is another now."""
        return {table for table, content in fingerprint().items() if content != self.before[table]}


def visit(client: Client, method: str, address: str, kept: Kept) -> tuple[str, str]:
    """What came of one visit, and what was shown. Undone afterwards; a refusal or a GET must have changed nothing."""
    seen: list[tuple[str, str]] = []
    django_cache.clear()
    cookies = deepcopy(client.cookies)
    try:
        with transaction.atomic():
            response = client.generic(method, address) if method != "POST" else client.post(address)
            came = letter(response)
            seen.append((came, content_of(response)))
            if kept.was_written_to() and (came in REFUSED or method == "GET"):
                assert not kept.changed(), f"{method} {address} ({came}) changed {kept.changed()}"
            raise UndoError
    except UndoError:
        client.cookies = cookies
        return seen[0]


def never_shown(role: str, scene: Scene) -> set[str]:
    """What nobody of this role may read anywhere, whatever the page."""
    held = scene.holdings
    everything = {text for one in held.values() for text in one.secrets}
    notes = {text for one in held.values() for text in one.notes}
    drafts = {one.draft_text for one in held.values()}
    guests = set(scene.guests)
    return {
        "outsider": everything | guests,
        "official": everything | guests,
        "organiser": notes | set(held["confidential"].secrets),
        "admin": drafts,
        "coach": drafts - {held["own"].draft_text}
        | set(held["other"].notes)
        | set(held["confidential"].secrets)
        | guests,
        "colleague": drafts - {held["colleague"].draft_text}
        | set(held["other"].notes)
        | set(held["confidential"].secrets)
        | guests,
        "other_coach": {*held["own"].notes, *held["colleague"].notes} | guests,
    }[role]


@pytest.mark.parametrize("name", names())
def test_who_gets_in(name: str, scene: Scene, clients: dict[str, Client]):
    kept, problems = Kept(), []
    for method in METHODS:
        if (name, method) not in expected():
            problems.append(f"{name} {method} stands not in {TABLE.name}: say who gets in, and who does not.")
        came = dict.fromkeys(ROLES, "")
        for held, address in visits(name, scene):
            for role in ROLES:
                outcome, shown = visit(clients[role], method, address, kept)
                came[role] += outcome
                hidden = set(held.secrets) if outcome in REFUSED else set()
                leaked = [text for text in never_shown(role, scene) | hidden if text in shown]
                if leaked:
                    problems.append(f"{method} {address} shows {role} {leaked}")
        line = " ".join((name, method, *came.values()))
        if (name, method) in expected() and came != expected()[name, method]:
            wanted = " ".join((name, method, *expected()[name, method].values()))
            problems.append(f"expected {wanted}\n     got {line}")
        print(f"MATRIX {line}")
    assert not problems, "\n" + "\n".join(problems)


def test_the_table_names_no_route_that_is_gone():
    assert {route for route, _ in expected()} - set(names()) == set()


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_django_admin_is_closed(role: str, clients: dict[str, Client]):
    kept = Kept()
    for route in every_route():
        if route.namespace == ADMIN and route.name not in OUR_OWN_PAGES and not route.guard_is_public:
            address = "/" + route.pattern
            for argument in route.arguments:
                address = address.replace(f"<path:{argument}>", "1").replace(f"<int:{argument}>", "1")
            if "(" in address:
                address = "/admin/no-such-page/"
            address = address.replace("<str:content_type_id>", "1").replace("<slug:", "x").replace(">", "")
            outcome, _ = visit(clients[role], "GET", address, kept)
            assert outcome in ("L" if role == "outsider" else "x"), f"{address}: {outcome}"


def test_a_fingerprint_sees_a_change_and_only_a_change(scene: Scene):
    """The control: this net can fail."""
    kept = Kept()
    assert not kept.was_written_to()
    assert kept.changed() == set()
    with transaction.atomic():
        User.objects.filter(pk=scene.people["coach"].pk).update(title="Ny titel")
        assert kept.was_written_to()
        assert kept.changed() == {"accounts_user", "accounts_userevent"}
        transaction.set_rollback(True)
    assert kept.changed() == set()
    # What a visit wrote is not counted as the next one's, once it has been asked for.
    assert not kept.was_written_to()
