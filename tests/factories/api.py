"""Keys as tests need them."""

import datetime as dt
from typing import Any

from django.test import Client
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
