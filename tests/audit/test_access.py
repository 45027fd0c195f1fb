"""Sign-ins, sign-outs and refusals, with the address that can be believed and nothing that is secret."""

from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client, RequestFactory

from coachnet.accounts.models import User
from coachnet.audit.access import digest, record, record_export
from coachnet.audit.context import client_address
from coachnet.audit.models import AccessEvent
from tests.conftest import ClientOf
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def events(kind: str) -> list[AccessEvent]:
    return list(AccessEvent.objects.filter(kind=kind).order_by("id"))


def request_from(peer: str, forwarded: str = "") -> HttpRequest:
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=peer, **headers)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        (0, "192.0.2.1", "", "192.0.2.1"),
        (0, "192.0.2.1", "198.51.100.9", "192.0.2.1"),
        (1, "10.0.0.1", "198.51.100.9", "198.51.100.9"),
        (1, "10.0.0.1", "6.6.6.6, 198.51.100.9", "198.51.100.9"),
        (2, "10.0.0.1", "6.6.6.6, 198.51.100.9, 10.0.0.2", "198.51.100.9"),
        (2, "10.0.0.1", "198.51.100.9", "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", "<script>", None),
        (0, "", "", None),
        (1, "10.0.0.1", "2001:db8::1", "2001:db8::1"),
        (1, "10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
    ],
)
def test_client_address_believes_only_the_proxies(
    proxies: int, peer: str, forwarded: str, address: str | None, settings: Any
):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(request_from(peer, forwarded)) == address


def test_sign_in_and_sign_out_are_recorded_with_method_and_address(coach: User, client: Client):
    client.post(LOGIN, {"login": coach.email, "password": PASSWORD}, REMOTE_ADDR="192.0.2.9")
    client.post("/accounts/logout/")
    (came,) = events("sign_in")
    (left,) = events("sign_out")
    assert (came.user, came.address, came.detail) == (coach, "192.0.2.9", {"methods": ["password"]})
    assert left.user == coach
    assert came.request_id
    assert came.request_id != left.request_id


def test_failed_sign_in_names_the_account(coach: User, client: Client):
    client.post(LOGIN, {"login": coach.email.upper(), "password": "fel-lösenord-igen"})
    (failed,) = events("sign_in_failed")
    assert (failed.user, failed.detail) == (coach, {"step": "password"})
    assert "fel-lösenord-igen" not in str(failed.detail)


def test_failed_sign_in_keeps_only_a_digest_of_what_was_typed_for_an_unknown_email(db: None, client: Client):
    typed = "mitt-losenord@example.se"
    for _ in range(2):
        client.post(LOGIN, {"login": typed, "password": "hemligt-lösenord"})
    first, second = events("sign_in_failed")
    assert first.user is None
    assert first.detail == second.detail == {"step": "password", "tried": digest(typed)}
    assert "example" not in str(first.detail)


def test_refused_page_is_recorded(official: User, client_of: ClientOf):
    assert client_of(official).get("/audit/?q=hemligt").status_code == 403
    (denied,) = events("denied")
    assert denied.user == official
    assert denied.url == "/audit/"
    assert denied.detail == {"status": 403, "method": "GET", "route": "audit:log"}


def test_missing_object_is_recorded_for_the_signed_in_and_a_mistyped_address_is_not(
    coach: User, client_of: ClientOf, client: Client
):
    coach_client = client_of(coach)
    assert coach_client.get("/companies/999999/").status_code == 404
    assert coach_client.get("/no-such-page/").status_code == 404
    (denied,) = events("denied")
    assert (denied.user, denied.url, denied.detail["status"]) == (coach, "/companies/999999/", 404)
    client.get("/companies/999999/")
    assert len(events("denied")) == 1


def test_refusals_of_one_person_do_not_flood_the_table(official: User, coach: User, client_of: ClientOf):
    client = client_of(official)
    for _ in range(101):
        client.get("/audit/")
    denied = events("denied")
    assert len(denied) == 21
    assert denied[-1].detail["repeated"] == 100
    client_of(coach).get("/audit/")
    assert len(events("denied")) == 22
    cache.clear()  # the window has closed
    client.get("/audit/")
    assert len(events("denied")) == 23


def test_refusals_are_recorded_without_the_cache(official: User, client_of: ClientOf, settings: Any):
    client = client_of(official)
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert client.get("/audit/").status_code == 403
    assert len(events("denied")) == 1


def test_record_export_keeps_the_filters_without_secrets(admin: User, rf: RequestFactory):
    request = rf.get("/audit/")
    request.user = admin
    record_export(request, what="företag", rows=3, filters={"q": "811218-9876", "kommun": "", "steg": "plan"})
    (event,) = events("export")
    assert event.detail == {"what": "företag", "rows": 3, "filters": {"q": "…", "steg": "plan"}}


def test_record_without_request_or_person(db: None):
    record(AccessEvent.Kind.DENIED, None, status=403)
    (event,) = events("denied")
    assert (event.user_id, event.address, event.url) == (None, None, "")
