"""No route without a guard, and no public route that is not on this list."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from coachnet.accounts.guards import FOREIGN_GUARDS
from coachnet.accounts.models import User
from tests.access.routes import every_route
from tests.conftest import ClientOf

# Open without signing in. Each says why where it is declared; a new one is added here with open eyes.
PUBLIC = {
    "theme",
    "language",
    # What opens without network, alike for everybody
    "worker",
    "offline",
    "security",
    "about-accessibility",
    "about-personal-data",
    "about-cookies",
    # The description of the open interface; its source is open as well
    "api:page",
    "api:schema",
    "api:unknown",
    # Signing in and out
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "socialaccount_login_cancelled",
    "socialaccount_signup",
    "openid_connect_login",
    "openid_connect_callback",
    "coachnet.accounts.signin_urls.admin_login",  # sends to our own sign-in
    # The way back in
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_confirm_email",
    # Accepting an invitation
    "accounts:invitation-open",
    "accounts:invitation-accept",
    # The way out that stands in every reminder; the address is signed
    "notifications:off",
    # Meetings, opened from a mail without an account
    "events:answer-open",
    "events:answer",
    "events:answer-done",
    "events:answer-calendar",
    "events:feedback-open",
    "events:feedback",
    # Keep what a coach has typed when her sign-in runs out; they ask for a signed token or a sign-in themselves
    "coaching:session-edit",
    "coaching:session-autosave",
}
# Routes of an application server that answers nobody but the machine.
MACHINES = {"health", "health-serving", "health-ready", "health-metrics"}


def planted(request: HttpRequest) -> HttpResponse:
    """A view whose author forgot to say who may open it."""
    return HttpResponse("open to everybody")


urlpatterns = [path("planted/<int:pk>/", planted, name="planted"), path("", include("coachnet.urls"))]


def unguarded(urlconf: str | None = None) -> set[str]:
    return {route.pattern for route in every_route(urlconf) if route.guard is None}


def test_every_route_has_a_guard():
    assert unguarded() == set()


def test_only_the_listed_routes_are_public():
    public = {route.full_name for route in every_route() if route.guard_is_public}
    assert public - PUBLIC - MACHINES == set(), "open without sign-in, and not on the list"
    assert PUBLIC - public == set(), "on the list, but no longer public"


def test_every_public_route_says_why():
    assert [
        route.pattern for route in every_route() if route.guard and route.guard.public and not route.guard.why
    ] == []


def test_every_guard_kept_for_another_package_is_for_a_route_that_exists():
    names = {route.full_name for route in every_route()} | {route.namespace for route in every_route()}
    optional = {name for name in FOREIGN_GUARDS if name.startswith("openid_connect")}
    assert set(FOREIGN_GUARDS) - optional - names == set()


def test_the_demo_declares_its_routes_too():
    assert unguarded("coachnet.demo.urls") == set()


def test_a_planted_view_without_a_guard_is_found():
    """The control: this net can fail."""
    assert unguarded(__name__) == {"planted/<int:pk>/"}


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_planted_view_without_a_guard_is_closed_also_to_an_admin(
    admin: User, coach: User, outsider: Client, client_of: ClientOf
):
    for person in (admin, coach):
        response = client_of(person).get("/planted/1/")
        assert response.status_code == 403
        assert b"open to everybody" not in response.content
    assert outsider.get("/planted/1/").status_code == 302
