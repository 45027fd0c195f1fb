"""How each view says who may open it. A view that says nothing is closed (see RoleGuardMiddleware)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required

from coachnet.accounts.roles import Permission

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True)
class Guard:
    """Who may open a view: everybody, everyone signed in, or those with a permission."""

    public: bool = False
    permission: Permission | None = None
    why: str = ""


SIGNED_IN = Guard()

# Views of other packages, which we cannot decorate: by view name or by URL namespace.
FOREIGN_GUARDS: dict[str, Guard] = {
    "admin": Guard(permission=Permission.ADMINISTER, why="Django admin, behind our own sign-in"),
}


def requires(permission: Permission) -> Callable[[V], V]:
    """Open to signed-in people whose roles carry the permission."""
    return _guarded(Guard(permission=permission))


def signed_in(view: V) -> V:
    """Open to everyone who is signed in, whatever the role."""
    return _guarded(SIGNED_IN)(view)


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
