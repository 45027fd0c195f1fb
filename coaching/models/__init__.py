"""Programmes, engagements, sessions and the actions they lead to. One module per noun."""

from coaching.models.drafts import SessionDraft
from coaching.models.engagements import Engagement, EngagementCoach, Programme, Stage, StageChange
from coaching.models.plans import Action
from coaching.models.sessions import Missing, Session, SessionCoach, SessionContact, SessionStrategy

__all__ = (
    "Action",
    "Engagement",
    "EngagementCoach",
    "Missing",
    "Programme",
    "Session",
    "SessionCoach",
    "SessionContact",
    "SessionDraft",
    "SessionStrategy",
    "Stage",
    "StageChange",
)
