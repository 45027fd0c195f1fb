"""Making and revoking keys."""

import datetime as dt
import secrets
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from coachnet.accounts.actions import TOKEN_BYTES, token_hash
from coachnet.accounts.models import User
from coachnet.api.models import ApiKey, scopes_for
from coachnet.lib.locks import lock_for_transaction

# So that one that has leaked is known for what it is, by people and by programs that look for such.
PREFIX = "coachnet_"
MOST_KEYS = 10
LONGEST_DAYS = 365


@transaction.atomic
def make_key(*, by: User, name: str, scopes: Sequence[str], days: int) -> tuple[ApiKey, str]:
    """A key for oneself, and its token, which cannot be shown again.

    Raises PermissionDenied for scopes the person's roles cannot use, or ValidationError for no scope, more than
    a year, or too many keys.
    """
    allowed = scopes_for(by)
    if not set(scopes) <= set(allowed):
        raise PermissionDenied
    if not scopes:
        raise ValidationError({"scopes": gettext("Välj minst en sak som nyckeln får göra.")}, code="no_scope")
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError({"days": gettext("En nyckel gäller högst ett år.")}, code="too_long")
    lock_for_transaction(f"api keys of {by.pk}")
    if ApiKey.objects.of(by).open().count() >= MOST_KEYS:
        words = gettext("Du har redan %(count)s nycklar. Återkalla en som inte används.")
        raise ValidationError(words % {"count": MOST_KEYS}, code="too_many")
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    key = ApiKey.objects.create(
        user=by,
        name=name,
        scopes=[scope for scope in allowed if scope in scopes],
        token_hash=token_hash(token),
        expires_at=timezone.now() + dt.timedelta(days=days),
    )
    return key, token


@transaction.atomic
def revoke_key(*, key: ApiKey, by: User) -> ApiKey:
    """Make a key useless at once; it stays in the list. Raises PermissionDenied for somebody else's."""
    if key.user_id != by.pk:
        raise PermissionDenied
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
    return key
