"""The menu shows each role what it may open, and nothing else."""

import pytest
from django.test import RequestFactory
from django.urls import resolve

from coachnet.accounts.models import User
from coachnet.navigation import PLACES, START, TODAY, menu, thumb_bar
from tests.conftest import ClientOf


def names(user: User, path: str = "/") -> list[str]:
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    return [str(item.name) for item in menu(request, user)]


@pytest.mark.parametrize(
    ("roles", "places"),
    [
        (["coach"], ["Min dag", "Företag", "Tillfällen", "Åtgärder", "Träffar"]),
        (["organiser"], ["Start", "Företag", "Tillfällen", "Träffar", "Översikt", "Personer", "Utskick"]),
        (["official"], ["Översikt"]),
        (
            ["admin"],
            [
                "Start",
                "Företag",
                "Tillfällen",
                "Träffar",
                "Översikt",
                "Personer",
                "Utskick",
                "Granska historik",
                "Driftläge",
            ],
        ),
        (
            ["coach", "organiser"],
            ["Min dag", "Företag", "Tillfällen", "Åtgärder", "Träffar", "Översikt", "Personer", "Utskick"],
        ),
        ([], ["Start"]),
    ],
)
def test_menu_of_a_role(roles: list[str], places: list[str]) -> None:
    assert names(User(roles=roles)) == places


@pytest.mark.parametrize("role", ["coach", "organiser", "official", "admin"])
def test_every_place_in_the_menu_opens(
    client_of: ClientOf, request: pytest.FixtureRequest, role: str
) -> None:
    user: User = request.getfixturevalue(role)
    client = client_of(user)
    for item in menu(RequestFactory().get("/"), user):
        assert client.get(item.url, follow=True).status_code == 200, item.url


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/today/", "Min dag"),
        ("/companies/new/", "Företag"),
        ("/sessions/new/", "Tillfällen"),
        ("/actions/", "Åtgärder"),
    ],
)
def test_the_present_place_is_marked(path: str, place: str) -> None:
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    assert [str(item.name) for item in menu(request, User(roles=["coach"])) if item.current] == [place]


def test_bar_at_the_thumb_has_at_most_four_and_logs_in_the_middle() -> None:
    request = RequestFactory().get("/")
    coach = thumb_bar(menu(request, User(roles=["coach", "organiser"])), "/sessions/new/")
    assert [str(item.name) for item in coach] == ["Min dag", "Företag", "Logga", "Åtgärder"]
    admin = thumb_bar(menu(request, User(roles=["admin"])), "")
    assert [str(item.name) for item in admin] == ["Start", "Företag", "Träffar", "Översikt"]


def test_keys_to_places_are_different() -> None:
    keys = [place.key for place in PLACES if place.key]
    assert len({*keys, START.key, TODAY.key}) == len(keys) + 2
