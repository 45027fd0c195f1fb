"""What can be done with meetings. Keyword-only, atomic, `by` the one who does it."""

from events.actions.answers import AnswerRefused, answer, move
from events.actions.attendance import add_walk_in, clear_diets, give_feedback, mark_attendance
from events.actions.invitations import (
    GuestEntry,
    Invited,
    ask_again,
    invite,
    remove_invitation,
    renew_link,
    restore_invitation,
)
from events.actions.places import settle_event
from events.actions.planning import (
    EventChangedMeanwhile,
    cancel_event,
    copy_event,
    plan_event,
    publish_event,
    remove_event,
    update_event,
)

__all__ = (
    "AnswerRefused",
    "EventChangedMeanwhile",
    "GuestEntry",
    "Invited",
    "add_walk_in",
    "answer",
    "ask_again",
    "cancel_event",
    "clear_diets",
    "copy_event",
    "give_feedback",
    "invite",
    "mark_attendance",
    "move",
    "plan_event",
    "publish_event",
    "remove_event",
    "remove_invitation",
    "renew_link",
    "restore_invitation",
    "settle_event",
    "update_event",
)
