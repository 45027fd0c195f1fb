"""Strict headers on every kind of answer, and production's cookies as a browser gets them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db

ANSWERS = [
    ("/accounts/login/", 200),
    ("/health/", 200),
    ("/people/me/", 302),
    ("/finns-inte/", 404),
    ("/people/invitation/", 410),
]


def assert_strict(response):
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "form-action 'self'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(("path", "status"), ANSWERS)
def test_headers_for_outsiders(path, status, outsider):
    response = outsider.get(path)
    assert response.status_code == status
    assert_strict(response)


@pytest.mark.parametrize(
    ("path", "status"), [("/people/me/", 200), ("/people/", 403), ("/finns-inte/", 404), ("/", 302)]
)
def test_headers_for_those_signed_in(path, status, coach, client_of):
    response = client_of(coach).get(path)
    assert response.status_code == status
    assert_strict(response)
    assert "no-store" in response["Cache-Control"]


def test_headers_of_a_form_without_token(coach):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": coach.email})
    assert response.status_code == 403
    assert_strict(response)


def test_headers_of_too_many_tries(outsider, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/h/ip"}
    outsider.post("/accounts/login/", {})
    response = outsider.post("/accounts/login/", {})
    assert response.status_code == 429
    assert_strict(response)


@pytest.mark.logs_errors
def test_headers_of_a_fault_of_ours(coach, client_of, monkeypatch):
    from coachnet.accounts import views

    monkeypatch.setattr(views, "ProfileForm", None)
    client = client_of(coach)
    client.raise_request_exception = False
    response = client.get("/people/me/")
    assert response.status_code == 500
    assert_strict(response)


def test_every_page_has_a_nonce_of_its_own(outsider):
    first, second = (outsider.get("/accounts/login/") for _ in range(2))
    assert first["Content-Security-Policy"] != second["Content-Security-Policy"]


@pytest.mark.logs_errors
def test_foreign_host_is_refused(outsider):
    assert outsider.get("/accounts/password/reset/", headers={"host": "evil.example"}).status_code == 400


IN_PRODUCTION = """
import json
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
if settings.PRODUCTION:
    call_command("collectstatic", verbosity=0, interactive=False)
proxied = {"x-forwarded-proto": "https", "host": "coachnet.example.se"}
page = Client().get("/accounts/login/", headers=proxied)
plain = Client().get("/accounts/login/", headers={"host": "coachnet.example.se"})
print(json.dumps({
    "status": page.status_code,
    "headers": dict(page.headers),
    "cookies": {name: cookie.OutputString() for name, cookie in page.cookies.items()},
    "plain": [plain.status_code, plain.headers.get("Location")],
    "session": [settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY,
                settings.SESSION_COOKIE_SAMESITE, settings.SESSION_COOKIE_PATH, settings.SESSION_COOKIE_DOMAIN],
    "debug": settings.DEBUG,
    "passkeys_over_http": settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN,
    "page": page.content.decode(),
}))
"""


def in_production(static_root: Path, **extra: str) -> dict:
    """What a process with production's settings answers. Nothing is there but the process: no database."""
    lines = (settings.BASE_DIR / "deploy" / "check.env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "coachnet.settings"} | given
    env |= {"COACHNET_MODE": "production", "SITE_URL": "https://coachnet.example.se"}
    env |= {"ALLOWED_HOSTS": "coachnet.example.se", "STATIC_ROOT": str(static_root)} | extra
    answer = subprocess.run(
        [sys.executable, "-c", IN_PRODUCTION],
        env=env,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    return json.loads(answer.stdout.splitlines()[-1])


def test_production_answers_with_strict_headers_and_cookies(tmp_path):
    got = in_production(tmp_path)
    assert got["status"] == 200
    assert_strict(got["headers"])
    assert got["headers"]["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
    (cookie,) = got["cookies"].values()
    assert cookie.startswith("__Host-csrf=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie
    assert got["session"] == ["__Host-session", True, True, "Lax", "/", None]
    assert got["plain"] == [301, "https://coachnet.example.se/accounts/login/"]
    assert (got["debug"], got["passkeys_over_http"]) == (False, False)
    assert "Logga in med din" not in got["page"]  # no organisation's sign-in unless switched on


def test_organisations_sign_in_is_switched_on_by_settings(tmp_path):
    got = in_production(
        tmp_path,
        COACHNET_MODE="test",
        OIDC_SERVER_URL="https://login.example.org/tenant/v2.0",
        OIDC_NAME="Högskolan",
        OIDC_CLIENT_ID="coachnet",
        OIDC_CLIENT_SECRET="secret",
    )
    assert "Logga in med Högskolan" in got["page"]
    assert "form-action 'self' https://login.example.org;" in got["headers"]["Content-Security-Policy"] + ";"
