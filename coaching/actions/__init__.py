"""What people do in the coaching log. Every action is atomic, takes `by` and refuses whoever may not."""

from coaching.actions.drafts import clear_old_drafts, discard_draft, restore_draft, save_draft
from coaching.actions.engagements import (
    add_coach,
    change_lead,
    change_stage,
    end_engagement,
    remove_coach,
    reopen_engagement,
    set_goals,
    start_engagement,
)
from coaching.actions.entries import NewContact, NextMeeting, NextStep, SessionEntry
from coaching.actions.plans import add_action, cancel_action, complete_action, reopen_action, update_action
from coaching.actions.sessions import (
    SessionConflict,
    cancel_session,
    log_session,
    mark_no_show,
    plan_session,
    refuse_future,
    remove_session,
    restore_session,
    undo_closing,
)

__all__ = (
    "NewContact",
    "NextMeeting",
    "NextStep",
    "SessionConflict",
    "SessionEntry",
    "add_action",
    "add_coach",
    "cancel_action",
    "cancel_session",
    "change_lead",
    "change_stage",
    "clear_old_drafts",
    "complete_action",
    "discard_draft",
    "end_engagement",
    "log_session",
    "mark_no_show",
    "plan_session",
    "refuse_future",
    "remove_coach",
    "remove_session",
    "reopen_action",
    "reopen_engagement",
    "restore_draft",
    "restore_session",
    "save_draft",
    "set_goals",
    "start_engagement",
    "undo_closing",
    "update_action",
)
