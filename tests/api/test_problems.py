"""Whatever goes wrong under /api/, a program is answered with problem details and never with a page."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from coachnet.accounts.models import User
from coachnet.api import endpoints
from tests.api.conftest import ApiOf

pytestmark = pytest.mark.django_db
SESSIONS = "/api/v1/sessions/"


def is_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["title"] == HTTPStatus(status).phrase
    assert body["detail"]
    return body


def test_refusals_are_problems(coach: User, api_of: ApiOf):
    client = api_of(coach)
    for response, status, code in (
        (client.get("/api/v1/companies/1/"), 404, "not_found"),
        (client.get("/api/v1/companies/x/"), 404, "not_found"),
        (Client(enforce_csrf_checks=True).post("/api/v1/no-such-thing/"), 404, "not_found"),
        (client.put("/api/v1/companies/"), 405, "method_not_allowed"),
        (client.options("/api/v1/companies/"), 405, "method_not_allowed"),
        (client.get("/api/v1/companies/", headers={"Accept": "text/html"}), 406, "not_acceptable"),
        (
            client.post("/api/v1/actions/", {"what": "x"}, headers={"Idempotency-Key": "x"}),
            415,
            "unsupported_media_type",
        ),
        (Client().get("/api/v1/companies/"), 401, "not_authenticated"),
    ):
        is_problem(response, status, code)


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/companies/1%0A/",
        "/api/v1/companies/%0A1%0A/",
        "/api/v1/companies/%0D%0A/",
        "/api/v1/%0A",
        "/api/v1/companies",  # no page leads a program to where the slash is
        "/api/v1//companies/",
        "/api/v2/companies/",
        "/api/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_such_address_is_a_problem_whatever_stands_in_it(address: str, method: str):
    is_problem(getattr(Client(), method)(address), 404, "not_found")


@pytest.mark.parametrize("beginning", ["", "companies/", "sessions/", "schema/"])
def test_odd_addresses_are_never_answered_with_a_page(beginning: str):
    """Drawn from what a route may take for the end of an address, or of a line."""
    client = Client()

    @seed(20261126)
    @settings(max_examples=60, deadline=None, database=None, phases=[Phase.generate])
    @given(st.text(st.sampled_from("1aå %.\0\n\r\t\u2028/"), min_size=1, max_size=8))
    def ask(odd: str) -> None:
        response = client.get("/api/v1/" + quote(beginning + odd))
        assert response.status_code in (401, 404)
        assert response["Content-Type"] == "application/problem+json"

    ask()


def test_what_is_not_there_is_said_in_the_readers_language(coach: User, api_of: ApiOf):
    address = reverse("api:event-detail", args=[1])
    for language, words in (("sv", "Hittades inte."), ("en", "Not found.")):
        response = api_of(coach).get(address, headers={"Accept-Language": language})
        assert is_problem(response, 404, "not_found")["detail"] == words


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("[" * 100_000, 400, "parse_error"),
        ('{"company":' * 100_000, 400, "parse_error"),
        ('{"company": %s}' % ("9" * 5000), 400, "parse_error"),
        ('{"company": NaN}', 400, "parse_error"),
        (b'{"note": "\xe5"}', 400, "parse_error"),
        ('{"note": "%s"}' % ("x" * 3_000_000), 413, "too_large"),
    ],
)
def test_a_body_that_cannot_be_read_is_no_fault_of_ours(
    body: Any, status: int, code: str, coach: User, api_of: ApiOf
):
    headers = {"Idempotency-Key": "x"}
    response = api_of(coach).post(SESSIONS, body, content_type="application/json", headers=headers)
    is_problem(response, status, code)


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    ("trouble", "status", "code"),
    [(RuntimeError, 500, "internal_server_error"), (OperationalError, 503, "service_unavailable")],
)
def test_our_own_faults_are_problems_too(
    trouble: type[Exception],
    status: int,
    code: str,
    coach: User,
    api_of: ApiOf,
    monkeypatch: pytest.MonkeyPatch,
):
    def fail(*_: Any) -> None:
        raise trouble("Hemlig orsak")

    monkeypatch.setattr(endpoints.EventList, "rows", fail)
    client = api_of(coach)
    client.raise_request_exception = False
    response = client.get(reverse("api:event-list"))
    is_problem(response, status, code)
    assert "Hemlig" not in response.content.decode()
    assert response.headers.get("Retry-After") == ("30" if status == 503 else None)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_allow_names_what_is_answered_and_nothing_else(method: str, coach: User, api_of: ApiOf):
    client = api_of(coach)
    for address, allowed in {
        "events/": {"GET", "HEAD"},
        "sessions/": {"GET", "HEAD", "POST"},
        "companies/1/": {"GET", "HEAD", "PATCH"},
    }.items():
        if method in allowed:
            continue
        response = client.generic(method, f"/api/v1/{address}")
        is_problem(response, 405, "method_not_allowed")
        assert set(response["Allow"].split(", ")) == allowed


def test_head_is_answered_as_get_without_its_body(coach: User, api_of: ApiOf):
    response = api_of(coach).head(reverse("api:event-list"))
    assert (response.status_code, response["Content-Type"], response.content) == (
        200,
        "application/json",
        b"",
    )


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("company-list", "company"),  # of the other lists
        ("session-list", "compny"),
        ("event-list", "q"),
        ("overview", "splt"),
    ],
)
def test_a_filter_that_does_not_exist_gives_no_unfiltered_list(
    name: str, asked: str, organiser: User, api_of: ApiOf
):
    response = api_of(organiser).get(reverse(f"api:{name}"), {asked: "1"})
    assert set(is_problem(response, 400, "invalid")["errors"]) == {asked}
