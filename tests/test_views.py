import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisConnectionError

from coachnet import views
from coachnet.accounts.models import User
from tests.conftest import ClientOf

# --- Start page --------------------------------------------------------------------------------


def test_home_asks_a_stranger_to_sign_in(outsider: Client) -> None:
    response = outsider.get("/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/")


def test_home_of_a_coach_is_her_day(client_of: ClientOf, coach: User) -> None:
    assert client_of(coach).get("/")["Location"] == "/today/"


@pytest.mark.parametrize(
    ("role", "sees", "never"),
    [
        ("organiser", "Nätverksledare", "/today/"),
        ("admin", "Administratör", "/today/"),
    ],
)
def test_home_says_what_the_role_can_do(
    client_of: ClientOf, request: pytest.FixtureRequest, role: str, sees: str, never: str
) -> None:
    response = client_of(request.getfixturevalue(role)).get("/")
    assert response.status_code == 200
    assert sees in response.content.decode()
    assert f'href="{never}"' not in response.content.decode()


def test_the_menu_costs_no_query(
    client_of: ClientOf, admin: User, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(admin)
    client.get("/")
    # The session and the person; the menu, the theme and the messages come without the database.
    with django_assert_max_num_queries(5):
        client.get("/")


# --- Theme and language ------------------------------------------------------------------------


def test_theme_is_remembered_on_the_device_and_written_by_the_server(
    client_of: ClientOf, organiser: User
) -> None:
    client = client_of(organiser)
    response = client.post("/theme/", {"theme": "dark", "next": "/?a=1"})
    assert response["Location"] == "/?a=1"
    assert client.cookies["theme"]["samesite"] == "Lax"
    assert '<html lang="sv" data-theme="dark">' in client.get("/").content.decode()
    client.post("/theme/", {"theme": "system"})
    assert '<html lang="sv">' in client.get("/").content.decode()


def test_theme_cookie_that_we_did_not_write_is_ignored(client_of: ClientOf, organiser: User) -> None:
    client = client_of(organiser)
    client.cookies["theme"] = '"><script>'
    assert '<html lang="sv">' in client.get("/").content.decode()


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
@pytest.mark.parametrize("path", ["/theme/", "/language/"])
def test_choices_never_lead_to_another_host(outsider: Client, path: str, address: str) -> None:
    response = outsider.post(path, {"theme": "dark", "language": "en", "next": address})
    assert response["Location"] == "/"


@pytest.mark.parametrize("path", ["/theme/", "/language/"])
def test_choices_are_not_made_by_following_a_link(outsider: Client, path: str) -> None:
    assert outsider.get(path).status_code == 405


def test_language_follows_the_person_to_the_next_device(client_of: ClientOf, organiser: User) -> None:
    client = client_of(organiser)
    client.post("/language/", {"language": "en"})
    organiser.refresh_from_db()
    assert organiser.language == "en"
    assert '<html lang="en">' in client_of(organiser).get("/").content.decode()


def test_language_of_a_stranger_is_kept_in_a_cookie(outsider: Client) -> None:
    outsider.post("/language/", {"language": "en"})
    assert '<html lang="en">' in outsider.get("/accounts/login/").content.decode()
    outsider.post("/language/", {"language": "xx"})
    assert '<html lang="en">' in outsider.get("/accounts/login/").content.decode()


# --- Gallery -----------------------------------------------------------------------------------


def test_gallery_is_for_administrators(client_of: ClientOf, admin: User) -> None:
    response = client_of(admin).get("/gallery/")
    assert response.status_code == 200
    assert list(get_messages(response.wsgi_request)) is not None


@pytest.mark.parametrize("role", ["coach", "organiser", "official"])
def test_gallery_is_closed_to_others(client_of: ClientOf, request: pytest.FixtureRequest, role: str) -> None:
    assert client_of(request.getfixturevalue(role)).get("/gallery/").status_code == 403


@pytest.mark.parametrize("mode", ["DEBUG", "DEMO"])
def test_gallery_is_open_to_all_signed_in_while_developing(
    client_of: ClientOf, coach: User, settings: Any, mode: str
) -> None:
    setattr(settings, mode, True)
    assert client_of(coach).get("/gallery/").status_code == 200


def test_gallery_asks_a_stranger_to_sign_in(outsider: Client) -> None:
    assert outsider.get("/gallery/").status_code == 302


# --- Errors ------------------------------------------------------------------------------------


def answers(request: HttpRequest) -> dict[int, str]:
    """Each error page's text by its status."""
    responses = [
        views.bad_request(request, Exception()),
        views.permission_denied(request, PermissionDenied()),
        views.not_found(request, Http404()),
        views.too_many_requests(request),
        views.server_error(request),
        views.unavailable(request),
    ]
    return {response.status_code: response.content.decode() for response in responses}


@pytest.mark.parametrize("method", ["get", "post"])
def test_error_pages_need_neither_database_nor_session(method: str) -> None:
    request = getattr(RequestFactory(), method)("/companies/new/")  # no user, no session, no database mark
    pages = answers(request)
    assert sorted(pages) == [400, 403, 404, 429, 500, 503]
    for status, page in pages.items():
        assert re.search(r"<h1>[^<]+</h1>", page), status
        assert "mailto:stod@coachnet.example" in page
        told = "sparades" in page or "ändrades" in page
        assert told is (method == "post"), f"{status} does not say what happened to what was typed"
        assert not re.search(
            r"\b(?:exception|server error|traceback|http \d|forbidden)\b", page, re.IGNORECASE
        )


def test_error_pages_keep_theme_and_language(outsider: Client) -> None:
    outsider.cookies["theme"] = "dark"
    outsider.cookies["django_language"] = "en"
    response = outsider.get("/nothing-here/")
    assert '<html lang="en" data-theme="dark">' in response.content.decode()


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    ("trouble", "status"), [(OperationalError, 503), (RedisConnectionError, 503), (RuntimeError, 500)]
)
def test_trouble_with_database_or_cache_passes_by_itself(
    client_of: ClientOf,
    organiser: User,
    monkeypatch: pytest.MonkeyPatch,
    trouble: type[Exception],
    status: int,
) -> None:
    client = client_of(organiser)
    client.raise_request_exception = False

    def fail(*_: Any) -> None:
        raise trouble

    monkeypatch.setattr(views, "menu", fail)
    response = client.get("/")
    assert response.status_code == status
    assert re.search(r"Ärende [0-9a-f]{8}", response.content.decode())


def test_unavailable_says_when_to_come_back() -> None:
    assert views.unavailable(RequestFactory().get("/"))["Retry-After"] == "30"


def test_csrf_failure_says_what_to_do(coach: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(coach)
    response = client.post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "Formuläret var för gammalt" in response.content.decode()


def test_error_pages_do_not_repeat_what_the_address_says(outsider: Client) -> None:
    page = outsider.get("/%3Cscript%3Ealert(1)%3C/script%3E/").content.decode()
    assert "<script>alert" not in page


def test_security_txt_says_where_to_report_and_has_not_expired(outsider: Client, settings: Any) -> None:
    settings.SUPPORT_EMAIL = "stod@example.se"
    text = outsider.get("/.well-known/security.txt").content.decode()
    facts = dict(line.split(": ", 1) for line in text.splitlines())
    assert facts["Contact"] == "mailto:stod@example.se"
    ahead = dt.datetime.fromisoformat(facts["Expires"]) - timezone.now()
    assert dt.timedelta(days=150) < ahead < dt.timedelta(days=366)  # RFC 9116: less than a year
