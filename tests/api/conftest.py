"""A client of the open interface for each of the cast."""

from collections.abc import Callable

import pytest
from django.test import Client

from coachnet.accounts.models import User
from coachnet.api.models import Scope
from tests.access.scene import Scene, build
from tests.factories.api import client_for

ApiOf = Callable[..., Client]


@pytest.fixture
def api_of() -> ApiOf:
    """A client with a key: `api_of(coach)` may do everything, `api_of(coach, Scope.READ)` only read."""

    def with_key(user: User, *scopes: Scope) -> Client:
        return client_for(user, *scopes)

    return with_key


@pytest.fixture
def scene(reference: None) -> Scene:
    return build()
