"""People and organisations for tests. Everyone can sign in with PASSWORD."""

import datetime as dt
from functools import cache
from typing import Any

import factory
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from coachnet.accounts.models import Invitation, Organisation, User

PASSWORD = "väva-tyg-av-spill-2026"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@cache
def hashed(password: str) -> str:
    """Argon2 is slow on purpose: hash each test password once."""
    return make_password(password)


class OrganisationFactory(factory.django.DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation
        django_get_or_create = ["name"]

    name = factory.Sequence(lambda n: f"Organisation {n}")
    kind = Organisation.Kind.SCIENCE_PARK
    access_regime = Organisation.AccessRegime.STATE_AUTHORITY


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A coach unless told otherwise; `second_step=True` gives an authenticator app."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.se")
    name = factory.Sequence(lambda n: f"Person {n}")
    organisation = factory.SubFactory(OrganisationFactory)
    roles = ["coach"]
    password = factory.LazyFunction(lambda: hashed(PASSWORD))

    @factory.post_generation
    def verified_email(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)

    @factory.post_generation
    def second_step(self: Any, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if create and extracted:
            TOTP.activate(self, TOTP_SECRET)


class InvitationFactory(factory.django.DjangoModelFactory[Invitation]):
    """An open invitation. Nobody knows its token: take one from `actions` where a link is needed."""

    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"inbjuden{n}@example.se")
    organisation = factory.SubFactory(OrganisationFactory)
    roles = ["coach"]
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    invited_by = factory.SubFactory(UserFactory, roles=["organiser"])
    expires_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=14))


# The fixed cast: who stands for what in most tests. Fixtures of the same names give one at a time.
CAST: dict[str, dict[str, Any]] = {
    "coach": {"name": "Maja Ekdahl", "email": "maja@example.se", "organisation__name": "Science Park Borås"},
    "colleague": {"name": "Åke Lind", "email": "ake@example.se", "organisation__name": "Science Park Borås"},
    "other_coach": {
        "name": "Örjan Berg",
        "email": "orjan@example.se",
        "organisation__name": "Inkubatorn i Trollhättan",
    },
    "organiser": {
        "name": "Sara Holm",
        "email": "sara@example.se",
        "organisation__name": "Science Park Borås",
        "roles": ["organiser"],
        "second_step": True,
    },
    "official": {
        "name": "Vera Region",
        "email": "vera@example.se",
        "organisation__name": "Västra Götalandsregionen",
        "organisation__kind": Organisation.Kind.REGION,
        "roles": ["official"],
        "second_step": True,
    },
    "admin": {
        "name": "Adam Admin",
        "email": "adam@example.se",
        "organisation__name": "Science Park Borås",
        "roles": ["admin"],
        "second_step": True,
    },
}


def cast(role: str) -> User:
    """One of the cast, made now."""
    person: User = UserFactory(**CAST[role])
    return person
