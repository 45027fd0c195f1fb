"""Who may change an engagement, session or action. Who may see one is decided by `visible_to`."""

import datetime as dt

from coaching import form_questions
from coaching.models import Action, Engagement, Session
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from companies.models import Company


def is_on(user: User, engagement: Engagement) -> bool:
    """Whether the coach works on the engagement now."""
    if "present_memberships" in engagement.__dict__:
        return any(membership.coach_id == user.pk for membership in engagement.present())
    return bool(form_questions.memberships_of(coach=user.pk, engagement=engagement.pk))


def engagement_for_logging(user: User, company: Company, day: dt.date) -> Engagement | None:
    """The coach's own open engagement with the company; of several, the one whose programme runs that day."""
    return min(
        form_questions.engagements_of_own(user, company=company.pk),
        key=lambda one: (
            not one.programme.starts_on <= day <= one.programme.ends_on,
            -one.started_on.toordinal(),
        ),
        default=None,
    )


def can_log_for(user: User, company: Company, *, own: Engagement | None = None) -> bool:
    """Whether the coach may log for a company that she sees: she is on its engagement, or it has none.

    `own` is what `engagement_for_logging` found, for whoever has asked already.
    """
    if not user.may(Permission.LOG_SESSIONS) or user.organisation_id is None:
        return False
    if own:
        return True
    running = Engagement.objects.open().filter(company=company)
    if running.exists():
        return running.of(user).exists()
    return Company.objects.visible_to(user).filter(pk=company.pk).exists()


def can_start_engagement(user: User, company: Company) -> bool:
    """Whether the coach may take the company on: the same as logging for it."""
    return can_log_for(user, company)


def can_edit_engagement(user: User, engagement: Engagement) -> bool:
    """The coaches on it; an administrator too, so that nothing is orphaned when a coach leaves."""
    if user.may(Permission.ADMINISTER):
        return True
    return user.may(Permission.LOG_SESSIONS) and is_on(user, engagement)


def can_edit_session(user: User, session: Session) -> bool:
    """The coaches on the engagement, as long as the session is not in the bin."""
    return (
        session.removed_at is None
        and user.may(Permission.LOG_SESSIONS)
        and user.organisation_id is not None
        and is_on(user, session.engagement)
    )


def can_restore_session(user: User, session: Session) -> bool:
    """The coaches on the engagement, while the session lies in the bin."""
    return session in Session.objects.in_bin_of(user) and user.may(Permission.LOG_SESSIONS)


def can_edit_action(user: User, action: Action) -> bool:
    """The coaches on the engagement, and the coach who has promised it."""
    if not user.may(Permission.LOG_SESSIONS):
        return False
    return action.owner_coach_id == user.pk or is_on(user, action.engagement)


def can_be_on_engagement(person: User) -> bool:
    """Whether somebody can be made coach of an engagement: active, a coach, employed somewhere."""
    return person.may(Permission.LOG_SESSIONS) and person.organisation_id is not None
