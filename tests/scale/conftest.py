"""The large network, small: loaded once for all tests of this folder, and taken back."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tests.scale import SMALL
from tools.seed.load import load


def quietly(line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="package")
def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture(scope="package")
def network(django_db_setup: None, django_db_blocker: Any, today: dt.date) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load(SMALL, today, quietly)
        yield
        transaction.set_rollback(True)
