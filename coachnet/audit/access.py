"""Recording who came in, who was turned away, and what was taken out.

Keys of `detail`, by kind:
- sign_in: methods (password, totp, webauthn, …)
- sign_in_failed: step (password or the second step's kind), tried (a keyed digest, for an unknown e-mail only)
- sign_out: nothing
- security: what, done, type, by; written by the database itself (see the migration)
- export: what, rows, filters
- denied: status, method, route; repeated when the row stands for many
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import structlog
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from coachnet.audit.context import client_address
from coachnet.audit.masking import masked_path, masked_text
from coachnet.audit.models import AccessEvent
from coachnet.lib.counting import count_in_window

# The first refusals of a person or an address in a window are recorded one by one, then only the round numbers.
WINDOW_SECONDS = 600
ONE_BY_ONE = 20
MILESTONES = frozenset({10**power for power in range(2, 9)})

log = structlog.get_logger(__name__)


def record(kind: AccessEvent.Kind, request: HttpRequest | None, *, user: Any = None, **detail: Any) -> None:
    """Add one row. `user` is whoever it is about; without it, whoever is signed in."""
    person = user or getattr(request, "user", None)
    AccessEvent.objects.create(
        kind=kind,
        user_id=getattr(person, "pk", None),
        address=client_address(request) if request else None,
        request_id=getattr(request, "request_id", ""),
        url=masked_path(request) if request else "",
        detail=detail,
    )
    log.info("access", kind=str(kind), subject=getattr(person, "pk", None), **detail)


def record_export(request: HttpRequest, *, what: str, rows: int, filters: Mapping[str, Any]) -> None:
    """Tell that rows left the platform: what they were, how many, and by which filters they were chosen."""
    chosen = {name: masked_text(str(value)) for name, value in filters.items() if value not in (None, "", [])}
    record(AccessEvent.Kind.EXPORT, request, what=what, rows=rows, filters=chosen)


def record_refusal(request: HttpRequest, response: HttpResponse) -> None:
    """Note a refusal: any 403 or 429, and a 404 that a signed-in person got for an object's address."""
    match = request.resolver_match
    guessed = response.status_code == 404 and match and match.kwargs and request.user.is_authenticated
    if not guessed and response.status_code not in (403, 429):
        return
    count = _count(request)
    if count > ONE_BY_ONE and count not in MILESTONES:
        return
    facts: dict[str, Any] = {
        "status": response.status_code,
        "method": request.method,
        "route": match.view_name if match else "",
    }
    if count > ONE_BY_ONE:
        facts["repeated"] = count
    record(AccessEvent.Kind.DENIED, request, **facts)


def record_failed_sign_in(request: HttpRequest | None, credentials: Mapping[str, Any]) -> None:
    """Note a wrong password.

    A known e-mail names its account. What was typed for an unknown one may be a password or a stranger's address:
    only a keyed digest is kept, enough to see that the same was tried again.
    """
    tried = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    account = get_user_model()._default_manager.filter(email__iexact=tried).first() if tried else None
    detail = {} if account or not tried else {"tried": digest(tried)}
    record(AccessEvent.Kind.SIGN_IN_FAILED, request, user=account, step="password", **detail)


def digest(text: str) -> str:
    """A short digest that only this installation can make."""
    return salted_hmac("coachnet.audit.tried", text, algorithm="sha256").hexdigest()[:12]


def _count(request: HttpRequest) -> int:
    """How many refusals this person, or this address, has had in the present window."""
    who = f"user:{request.user.pk}" if request.user.is_authenticated else f"address:{client_address(request)}"
    return count_in_window("audit-denied-" + hashlib.sha256(who.encode()).hexdigest()[:24], WINDOW_SECONDS)
