"""May this person do this to that person? What a role may do at all stands in roles.py."""

from collections.abc import Iterable

from coachnet.accounts.models import User
from coachnet.accounts.roles import ROLES, Admin, Permission


def roles_to_invite(user: User) -> list[str]:
    """The roles the user may invite people to: only administrators make administrators."""
    if not user.may(Permission.INVITE_PEOPLE):
        return []
    return [key for key in ROLES if key != Admin.key or user.may(Permission.MANAGE_PEOPLE)]


def can_invite_to(user: User, roles: Iterable[str]) -> bool:
    """Whether the user may send, send again or withdraw an invitation to these roles."""
    wanted = set(roles)
    return bool(wanted) and wanted.issubset(roles_to_invite(user))


def can_manage(user: User, person: User) -> bool:
    """Whether the user may change the person's employer and roles, and close or open the account."""
    return user.may(Permission.MANAGE_PEOPLE)


def can_close(user: User, person: User) -> bool:
    """Nobody closes the own account: a colleague must still be able to open it."""
    return can_manage(user, person) and person.pk != user.pk
