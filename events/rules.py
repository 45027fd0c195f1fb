"""Who may do what with a meeting. Who may see one is decided by `visible_to`."""

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from events.models import Event


def can_plan(user: User) -> bool:
    """Those who lead the network plan each other's meetings too: somebody is always away."""
    return user.may(Permission.PLAN_MEETINGS)


def can_edit(user: User, event: Event) -> bool:
    """As long as it is not cancelled and has not ended."""
    return can_plan(user) and not event.is_cancelled and not event.is_over


def can_invite(user: User, event: Event) -> bool:
    """Before it ends; also to a draft, whose invitations leave when it is published."""
    return can_edit(user, event)


def can_mark_attendance(user: User, event: Event) -> bool:
    """From the day it is published, also afterwards from a list on paper."""
    return can_plan(user) and event.is_published


def can_remove(user: User, event: Event) -> bool:
    """A draft, of which nobody has been told."""
    return can_plan(user) and event.is_draft
