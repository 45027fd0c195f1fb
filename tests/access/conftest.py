"""The scene of the access tests, and a client for each role."""

import pytest
from django.test import Client
from django.utils import timezone

from coachnet.accounts.models import User
from tests.access.scene import Scene, build


@pytest.fixture
def scene(
    coach: User,
    colleague: User,
    other_coach: User,
    organiser: User,
    official: User,
    admin: User,
    reference: None,
) -> Scene:
    return build(
        {
            "coach": coach,
            "colleague": colleague,
            "other_coach": other_coach,
            "organiser": organiser,
            "official": official,
            "admin": admin,
        }
    )


@pytest.fixture
def clients(scene: Scene) -> dict[str, Client]:
    """A client for each role, just after proving who they are, so that no step-up hides a refusal."""
    clients = {"outsider": Client()}
    for role, user in scene.people.items():
        client = clients[role] = Client()
        client.force_login(user)
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "password", "reauthenticated": True, "at": timezone.now().timestamp()}
        ]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return clients
