"""The scene of the access tests, and a client for each role."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from companies import reference_data
from companies.models import GlossaryTerm
from tests.access.scene import Scene, build, sign_in


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """One scene for all tests of a module, since what each of them does is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        if not GlossaryTerm.objects.exists():
            reference_data.load()
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clients(scene: Scene) -> dict[str, Client]:
    return sign_in(scene)
