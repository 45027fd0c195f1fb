"""The demo refuses whatever is not its own."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from coachnet.demo.place import PLACE, refuse_foreign


def own(**changes: Any) -> SimpleNamespace:
    values: dict[str, Any] = {
        "DATABASES": {"default": {"HOST": str(PLACE.runtime)}},
        "REDIS_URL": PLACE.redis_url,
        "EMAIL_HOST": "127.0.0.1",
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1"],
    }
    return SimpleNamespace(**(values | changes))


def test_refuse_foreign_accepts_its_own():
    refuse_foreign(own())


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"DATABASES": {"default": {"HOST": "db.example.se"}}}, "DATABASE_URL"),
        ({"DATABASES": {"default": {"HOST": str(PLACE.runtime).replace("demo", "test")}}}, "DATABASE_URL"),
        ({"REDIS_URL": "redis://cache.example.se/0"}, "REDIS_URL"),
        ({"EMAIL_HOST": "smtp.example.se"}, "EMAIL_URL"),
        ({"ALLOWED_HOSTS": ["localhost", "coachnet.example.se"]}, "coachnet.example.se"),
        ({"ALLOWED_HOSTS": ["*"]}, "ALLOWED_HOSTS"),
    ],
)
def test_refuse_foreign_names_what_is_not_its_own(changes: dict[str, Any], named: str):
    with pytest.raises(ImproperlyConfigured, match=named):
        refuse_foreign(own(**changes))
