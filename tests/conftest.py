"""The fixed cast, and a client for each of them."""

from collections.abc import Callable

import pytest
from django.test import Client

from coachnet.accounts.models import Organisation, User
from companies import reference_data
from companies.models import GlossaryTerm
from tests.factories.accounts import OrganisationFactory, UserFactory

ClientOf = Callable[[User], Client]


@pytest.fixture
def science_park(db: None) -> Organisation:
    return OrganisationFactory(name="Science Park Borås")


@pytest.fixture
def coach(science_park: Organisation) -> User:
    return UserFactory(name="Maja Ekdahl", email="maja@example.se", organisation=science_park)


@pytest.fixture
def colleague(science_park: Organisation) -> User:
    """A coach of the same organisation."""
    return UserFactory(name="Åke Lind", email="ake@example.se", organisation=science_park)


@pytest.fixture
def other_coach(db: None) -> User:
    """A coach of another organisation."""
    return UserFactory(
        name="Örjan Berg", email="orjan@example.se", organisation__name="Inkubatorn i Trollhättan"
    )


@pytest.fixture
def organiser(science_park: Organisation) -> User:
    return UserFactory(
        name="Sara Holm",
        email="sara@example.se",
        organisation=science_park,
        roles=["organiser"],
        second_step=True,
    )


@pytest.fixture
def official(db: None) -> User:
    return UserFactory(
        name="Vera Region",
        email="vera@example.se",
        organisation__name="Västra Götalandsregionen",
        organisation__kind=Organisation.Kind.REGION,
        roles=["official"],
        second_step=True,
    )


@pytest.fixture
def admin(science_park: Organisation) -> User:
    return UserFactory(
        name="Adam Admin",
        email="adam@example.se",
        organisation=science_park,
        roles=["admin"],
        second_step=True,
    )


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


@pytest.fixture
def reference(db: None) -> None:
    """The reference tables, filled: again after a test that flushed the database."""
    if not GlossaryTerm.objects.exists():
        reference_data.load()
