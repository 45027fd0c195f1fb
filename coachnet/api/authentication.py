"""Whose key is it? The one way into the open interface; a sign-in counts for nothing here."""

from typing import Any, cast

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from coachnet.accounts.actions import token_hash
from coachnet.accounts.models import User, second_steps_of
from coachnet.api.models import ApiKey
from coachnet.audit import access
from coachnet.audit.context import client_address
from coachnet.audit.middleware import remember_person
from coachnet.audit.models import AccessEvent
from coachnet.lib.counting import count_in_window
from coachnet.lib.standing import standing

USED_SECONDS = 300
# Wrong keys of one address that are noted one by one within a window; more of them tell nothing new.
NOTED = 20
WINDOW_SECONDS = 600


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer coachnet_…`. Gives the person and the key."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """None without a key. Raises AuthenticationFailed for one that opens nothing."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = self._key(token.strip())
        if key is None:
            self._note(request)
            raise AuthenticationFailed(gettext("Nyckeln är okänd, återkallad eller har gått ut."))
        if key.user.must_have_second_step and not key.user.has_second_step:
            raise AuthenticationFailed(
                gettext("Rollen kräver ett andra steg vid inloggning. Lägg till det först.")
            )
        if count_in_window(f"key-used:{key.pk}", USED_SECONDS) == 1:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=timezone.now())
        self._remember(request, key)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="Coachnet"'

    def _key(self, token: str) -> ApiKey | None:
        """The open key with this token and its person, in one query."""
        key: Any = _open_keys.first(token_hash=token_hash(token), now=timezone.now())
        if key is not None:
            key.user.has_second_step = key.second_step
        return cast(ApiKey | None, key)

    def _remember(self, request: Request, key: ApiKey) -> None:
        """Put the person, and which key, beside what the request changes."""
        remember_person(request._request, key.user)
        context: Any = getattr(request, "audit_context", None)
        if context:
            context.metadata.update(user=key.user_id, api_key=key.pk)

    def _note(self, request: Request) -> None:
        if count_in_window(f"key-refused:{client_address(request._request)}", WINDOW_SECONDS) <= NOTED:
            access.record(AccessEvent.Kind.SIGN_IN_FAILED, request._request, step="api_key")


@standing
def _open_keys(*, token_hash: str, now: Any) -> QuerySet[ApiKey]:
    """Asked by every request, so its SQL stands."""
    second_step = Exists(second_steps_of(OuterRef("user")))
    keys = ApiKey.objects.open(now).filter(token_hash=token_hash)
    return keys.select_related("user__organisation").annotate(second_step=second_step)
