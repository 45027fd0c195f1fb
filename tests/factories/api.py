"""Keys as tests need them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coachnet.accounts.actions import token_hash
from coachnet.accounts.models import User
from coachnet.api.models import ApiKey, Scope


def key_for(user: User, *scopes: Scope, token: str = "", **facts: Any) -> tuple[ApiKey, str]:
    """A key and its token; without scopes it may do everything."""
    token = token or f"coachnet_key-of-{user.pk}-{ApiKey.objects.count()}"
    key = ApiKey.objects.create(
        user=user,
        name="Testnyckel",
        scopes=list(scopes or Scope),
        token_hash=token_hash(token),
        **{"expires_at": timezone.now() + dt.timedelta(days=30)} | facts,
    )
    return key, token


def client_with(token: str) -> Client:
    """A client that sends the token, and nothing else that tells who it is."""
    return Client(headers={"Authorization": f"Bearer {token}"})


def client_for(user: User, *scopes: Scope) -> Client:
    """A client with a key of the person's."""
    return client_with(key_for(user, *scopes)[1])


def send(client: Client, address: str, body: Any, key: str = "a1") -> Any:
    """POST once: without a key, none is sent."""
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(address, body, content_type="application/json", headers=headers)


def change(client: Client, address: str, body: Any) -> Any:
    """PATCH."""
    return client.patch(address, body, content_type="application/json")


def questions(ask: Callable[..., Any], *sent: Any) -> int:
    """How many questions to the database it takes to be answered."""
    with CaptureQueriesContext(connection) as asked:
        assert ask(*sent).status_code in (200, 201, 409)
    return len(asked)
