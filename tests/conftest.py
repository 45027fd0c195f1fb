"""The fixed cast, and a client for each of them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from coachnet import offline
from coachnet.accounts.models import Organisation, User
from companies import reference_data
from companies.models import GlossaryTerm
from tests.factories.accounts import OrganisationFactory, cast
from tests.plugins.template import begin_with_a_copy

ClientOf = Callable[[User], Client]
# Argon2 is slow on purpose, and a hundred sign-ins of tests need not be: the same hasher, with the least it can take.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


@pytest.fixture
def science_park(db: None) -> Organisation:
    return OrganisationFactory(name="Science Park Borås")


@pytest.fixture
def coach(db: None) -> User:
    return cast("coach")


@pytest.fixture
def colleague(db: None) -> User:
    """A coach of the same organisation."""
    return cast("colleague")


@pytest.fixture
def other_coach(db: None) -> User:
    """A coach of another organisation."""
    return cast("other_coach")


@pytest.fixture
def organiser(db: None) -> User:
    return cast("organiser")


@pytest.fixture
def official(db: None) -> User:
    return cast("official")


@pytest.fixture
def admin(db: None) -> User:
    return cast("admin")


@pytest.fixture
def outsider(db: None) -> Client:
    """A client that nobody has signed in on."""
    return Client()


@pytest.fixture
def client_of() -> ClientOf:
    """A signed-in client: `client_of(coach).get(…)`."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture(scope="session", autouse=True)
def offline_page() -> None:
    """Pages carry its release, so the first page of a process draws it: a test would find its form in `context`."""
    draw_offline_page()


def draw_offline_page() -> None:
    """Draw it anew, in each language."""
    offline._release.cache_clear()
    for language, _name in settings.LANGUAGES:
        offline._release(language)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Several workers begin with copies of one database."""
    begin_with_a_copy()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """A test database has the reference tables filled, as every installation has."""
    with django_db_blocker.unblock():
        if not GlossaryTerm.objects.exists():
            reference_data.load()


@pytest.fixture
def reference(db: None) -> None:
    """The reference tables, filled: again after a test that emptied them in Django's way."""
    if not GlossaryTerm.objects.exists():
        reference_data.load()
