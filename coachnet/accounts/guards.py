"""How each view says who may open it. A view that says nothing is closed (see RoleGuardMiddleware)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.lib.counting import count_in_window


class SignedInRequest(HttpRequest):
    """The request of a view that asks for sign-in: whoever comes here is a person. For types only."""

    user: User


V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True)
class Guard:
    """Who may open a view: everybody, everyone signed in, or those with a permission.

    `sets_up` marks what people need in order to set up their second step, before anything else opens.
    `by_key` marks a view of the open interface: a key opens it, never a sign-in, and the view asks for the
    permission itself, once it knows whose key it is.
    `closed` marks a view of another package that nobody may open here: it answers 404.
    """

    public: bool = False
    permission: Permission | None = None
    why: str = ""
    sets_up: bool = False
    by_key: bool = False
    closed: bool = False


SIGNED_IN = Guard()
_SETS_UP = Guard(sets_up=True)
_OWN = Guard(why="A person's own sign-in")
_ENTRANCE = Guard(public=True, sets_up=True, why="Part of signing in")
_RECOVERY = Guard(public=True, why="The way back in without the password")
_CLOSED = Guard(closed=True, why="Not used here")

# Views of other packages, which we cannot decorate: by view name or, for a whole package, by URL namespace.
FOREIGN_GUARDS: dict[str, Guard] = {
    "admin": Guard(permission=Permission.ADMINISTER, why="Django admin, behind our own sign-in"),
    "audit": Guard(permission=Permission.READ_AUDIT, why="A layer below this one, which knows no roles"),
    # Signing in and out
    "account_login": _ENTRANCE,
    "account_logout": _ENTRANCE,
    "account_inactive": Guard(public=True, why="Says that the account is closed"),
    "account_signup": Guard(public=True, why="Says that people come in by invitation"),
    "mfa_authenticate": _ENTRANCE,
    "mfa_login_webauthn": _ENTRANCE,
    # A code by mail is not one of our ways in; allauth keeps the address all the same.
    "account_confirm_login_code": _CLOSED,
    # The organisation's sign-in
    "openid_connect_login": _ENTRANCE,
    "openid_connect_callback": _ENTRANCE,
    "socialaccount_login_cancelled": Guard(public=True, why="Says that the organisation's sign-in was left"),
    "socialaccount_login_error": _OWN,
    "socialaccount_signup": Guard(public=True, why="Says that people come in by invitation"),
    "socialaccount_connections": _OWN,
    # Password and e-mail
    "account_reset_password": _RECOVERY,
    "account_reset_password_done": _RECOVERY,
    "account_reset_password_from_key": _RECOVERY,
    "account_reset_password_from_key_done": _RECOVERY,
    "account_email_verification_sent": _RECOVERY,
    "account_confirm_email": Guard(
        public=True, why="A link by mail proves the address, also on another device"
    ),
    "account_email": _OWN,
    "account_change_password": _OWN,
    "account_set_password": _OWN,
    # The second step
    "account_reauthenticate": _SETS_UP,
    "mfa_reauthenticate": _SETS_UP,
    "mfa_reauthenticate_webauthn": _SETS_UP,
    "mfa_index": _SETS_UP,
    "mfa_activate_totp": _SETS_UP,
    "mfa_deactivate_totp": _SETS_UP,
    "mfa_view_recovery_codes": _SETS_UP,
    "mfa_generate_recovery_codes": _SETS_UP,
    "mfa_download_recovery_codes": _SETS_UP,
    "mfa_list_webauthn": _SETS_UP,
    "mfa_add_webauthn": _SETS_UP,
    "mfa_remove_webauthn": _SETS_UP,
    "mfa_edit_webauthn": _SETS_UP,
    "usersessions_list": _OWN,
    # allauth's own forwards from addresses of former versions, which have no names.
    "django.views.generic.base.RedirectView": _CLOSED,
}


def requires(permission: Permission) -> Callable[[V], V]:
    """Open to signed-in people whose roles carry the permission."""
    return _guarded(Guard(permission=permission))


def signed_in(view: V) -> V:
    """Open to everyone who is signed in, whatever the role."""
    return _guarded(SIGNED_IN)(view)


def sets_up(view: V) -> V:
    """Open to everyone who is signed in, also before the second step that the role demands is there."""
    return _guarded(_SETS_UP)(view)


def public(why: str) -> Callable[[V], V]:
    """Open without signing in; `why` is read by people who review the list of open routes."""

    def declare(view: V) -> V:
        return _guarded(Guard(public=True, why=why))(login_not_required(view))

    return declare


def _guarded(guard: Guard) -> Callable[[V], V]:
    def declare(view: V) -> V:
        view.guard = guard  # type: ignore[attr-defined]
        return view

    return declare


def limited(what: str, *, most: int, seconds: int) -> Callable[[V], V]:
    """At most so many visits a person within so many seconds; then 429. Stands beneath the guard.

    The limit lies far above what a hand can do: a stolen session shall not empty the register in a minute.
    """

    def declare(view: V) -> V:
        @wraps(view)
        def within_limit(request: SignedInRequest, *args: Any, **kwargs: Any) -> Any:
            if count_in_window(f"limit:{what}:{request.user.pk}", seconds) > most:
                return too_many(request)
            return view(request, *args, **kwargs)

        return within_limit  # type: ignore[return-value]

    return declare


def too_many(request: HttpRequest) -> HttpResponse:
    """The answer to one who asks too often."""
    response: HttpResponse = get_resolver().resolve_error_handler(429)(request)
    return response
