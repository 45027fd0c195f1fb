"""The scene of the access tests, and a client for each role."""

import pytest
from django.test import Client

from tests.access.scene import Scene, build, sign_in


@pytest.fixture
def scene(reference: None) -> Scene:
    return build()


@pytest.fixture
def clients(scene: Scene) -> dict[str, Client]:
    return sign_in(scene)
