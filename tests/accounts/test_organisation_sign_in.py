"""An organisation's sign-in opens what is there: existing, open accounts, by an address the provider vouches for."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from allauth.socialaccount.internal.flows.login import complete_login
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from coachnet.accounts.adapters import SocialAccountAdapter
from coachnet.accounts.models import User
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def provider(settings):
    app: dict[str, Any] = {
        "provider_id": "organisation",
        "name": "Högskolan",
        "client_id": "x",
        "secret": "x",
    }
    app["settings"] = {"server_url": "https://login.example.org"}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}


def come_from_the_organisation(email, *, verified=True):
    """What allauth does when the provider has sent someone back: the answer and the session."""
    request: Any = RequestFactory().get("/accounts/oidc/organisation/login/callback/")
    request.user, request.session = AnonymousUser(), SessionStore()
    request.allauth = None
    request._messages = FallbackStorage(request)
    user = User(email=email, name="Någon")
    account = SocialAccount(provider="organisation", uid="42", extra_data={})
    addresses = [EmailAddress(email=email, verified=verified, primary=True)]
    with request_context(request):
        provider = SocialAccountAdapter().get_provider(request, "organisation")
        login = SocialLogin(user=user, account=account, email_addresses=addresses, provider=provider)
        return complete_login(request, login), request


def is_in(request):
    return "_auth_user_id" in request.session


def test_existing_person_is_signed_in_by_a_verified_address(coach):
    response, request = come_from_the_organisation(coach.email)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert request.session["_auth_user_id"] == str(coach.pk)
    assert SocialAccount.objects.get(user=coach).uid == "42"


def test_second_step_is_asked_for_here_too(organiser):
    response, request = come_from_the_organisation(organiser.email)
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(request)


def test_address_that_the_provider_does_not_vouch_for_opens_nothing(coach):
    _, request = come_from_the_organisation(coach.email, verified=False)
    assert not is_in(request)
    assert not SocialAccount.objects.exists()


def test_unknown_person_gets_no_account():
    response, request = come_from_the_organisation("ny@example.se")
    assert not is_in(request)
    assert not User.objects.filter(email="ny@example.se").exists()
    assert "inbjudan" in response.content.decode()


def test_closed_account_stays_closed():
    user = UserFactory(is_active=False)
    response, request = come_from_the_organisation(user.email)
    assert response["Location"] == "/accounts/inactive/"
    assert not is_in(request)


def test_provider_in_the_database_is_ignored():
    SocialApp.objects.create(
        provider="openid_connect", provider_id="foreign", name="Främmande", client_id="y"
    )
    names = [app.name for app in SocialAccountAdapter().list_apps(RequestFactory().get("/"))]
    assert names == ["Högskolan"]
