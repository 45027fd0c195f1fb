"""The worker and the page without network: alike for everybody, of one release, replaced by the next."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from coachnet import offline
from coachnet.accounts.models import User
from tests.conftest import ClientOf, draw_offline_page

pytestmark = pytest.mark.django_db


def release(language: str = "sv") -> str:
    return offline.worker_address(language).partition("?")[2]


@pytest.fixture
def next_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "FILES", (*offline.FILES, "fonts/hanken-grotesk-ext.woff2"))
    offline._release.cache_clear()


@pytest.fixture(autouse=True)
def forget_release() -> Any:
    yield
    draw_offline_page()


def test_the_worker_stands_at_the_root_and_may_be_kept_for_a_day(outsider: Client) -> None:
    response = outsider.get(offline.worker_address("sv"))
    assert response.status_code == 200
    assert response.request["PATH_INFO"].count("/") == 1  # or it would answer for a part of the pages only
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "public, max-age=86400"
    assert "worker-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_page_is_alike_for_everybody(
    language: str, outsider: Client, coach: User, client_of: ClientOf
) -> None:
    """No name, no token, no nonce: it is kept where the next person finds it."""
    address = reverse("offline", args=[language])
    coach.language = "en"
    coach.save()
    seen = client_of(coach)
    seen.cookies["theme"] = "dark"
    pages = {client.get(address).content.decode() for client in (outsider, seen)}
    [page] = pages
    assert f'<html lang="{language}">' in page
    assert not re.search(rf"nonce|csrf|data-user|{coach.name}", page)
    response = seen.get(address)
    assert (response["Cache-Control"], response["Content-Language"]) == ("no-cache", language)


def test_another_language_is_not_found(outsider: Client) -> None:
    assert outsider.get("/offline/de/").status_code == 404
    assert outsider.get("/worker-de.js").status_code == 404


def test_only_pages_of_those_who_log_name_the_worker(
    coach: User, official: User, client_of: ClientOf, outsider: Client
) -> None:
    page = client_of(coach).get("/people/me/").content.decode()
    assert f'data-worker="{offline.worker_address("sv")}"' in page
    assert "data-worker" not in client_of(official).get("/people/me/").content.decode()
    assert "data-worker" not in outsider.get("/accounts/login/").content.decode()


def test_while_developing_there_is_no_worker(settings: Any) -> None:
    settings.DEBUG = True
    assert offline.worker_address("sv") == ""


def test_a_new_release_has_a_new_address(next_release: None, request: pytest.FixtureRequest) -> None:
    after = release()
    request.getfixturevalue("monkeypatch").undo()
    offline._release.cache_clear()
    assert release() != after


def test_no_page_of_one_release_is_kept_with_the_files_of_another(outsider: Client) -> None:
    """While a release is rolled out, old and new processes answer side by side."""
    for name in ("worker", "offline"):
        address = reverse(name, args=["sv"])
        assert outsider.get(f"{address}?{release()}").status_code == 200
        assert outsider.get(f"{address}?another").status_code == 404
    assert outsider.get("/offline/sv/").status_code == 200  # opened by hand


def test_the_worker_keeps_what_its_page_is_drawn_with(outsider: Client) -> None:
    page = outsider.get("/offline/sv/").content.decode()
    named = set(re.findall(r'(?:src|href)="/static/([^"#]+)', page))
    assert named <= set(offline.FILES)
    script = outsider.get(offline.worker_address("sv")).content.decode()
    assert f'"/offline/sv/?{release()}"' in script.replace("\\u002D", "-").replace("\\u003D", "=")


def test_no_person_is_asked_for_without_network(outsider: Client) -> None:
    """The fields are the session form's own, so that a draft opens with every one of them filled in."""
    page = outsider.get("/offline/sv/").content.decode()
    names = set(re.findall(r'<(?:input|textarea)[^>]* name="([^"]+)"', page))
    assert names == {"company_name", "date", "minutes", "minutes_other", "channel", "note", "steps-0-what"}
