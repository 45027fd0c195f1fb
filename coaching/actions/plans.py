"""The action plan: promising, doing, changing and taking back."""

import datetime as dt
import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coaching import reminders, rules
from coaching.models import Action, Engagement, Session
from coachnet.accounts.models import User
from coachnet.lib.locks import lock_for_transaction
from companies.models import Contact


def _locked(action: Action, *, by: User) -> Action:
    row = Action.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if not rules.can_edit_action(by, row):
        raise PermissionDenied
    return row


def _demand_owner(engagement: Engagement, owner: User | Contact) -> None:
    """An action is owned by a coach on the engagement or by someone at the company."""
    is_theirs = isinstance(owner, Contact) and owner.company_id == engagement.company_id
    if not is_theirs and not (isinstance(owner, User) and rules.is_on(owner, engagement)):
        raise ValidationError(_("Välj någon av coacherna eller någon från företaget."), code="owner")


@transaction.atomic
def add_action(
    *,
    by: User,
    engagement: Engagement,
    what: str,
    owner: User | Contact,
    due_on: dt.date | None = None,
    key: uuid.UUID | None = None,
    session: Session | None = None,
) -> Action:
    """Put a step into the plan. A repeated `key` (made by the client) gives the first action back."""
    if not rules.can_edit_engagement(by, engagement):
        raise PermissionDenied
    _demand_owner(engagement, owner)
    key = key or uuid.uuid4()
    lock_for_transaction(f"action {key}")
    existing = Action.objects.filter(pk=key).first()
    if existing:
        if existing.engagement_id != engagement.pk:
            raise PermissionDenied
        return existing
    action = Action.objects.create(
        id=key,
        engagement=engagement,
        session=session,
        what=what,
        owner_coach=owner if isinstance(owner, User) else None,
        owner_contact=owner if isinstance(owner, Contact) else None,
        due_on=due_on,
    )
    if due_on:
        reminders.align_action(action)
    return action


@transaction.atomic
def update_action(
    *, by: User, action: Action, what: str, owner: User | Contact, due_on: dt.date | None = None
) -> Action:
    """Change what, who or when. The owner it already has may stay, also after leaving the engagement."""
    action = _locked(action, by=by)
    if owner != action.owner:
        _demand_owner(action.engagement, owner)
    action.what = what
    action.owner_coach = owner if isinstance(owner, User) else None
    action.owner_contact = owner if isinstance(owner, Contact) else None
    action.due_on = due_on
    action.save(update_fields=["what", "owner_coach", "owner_contact", "due_on"])
    reminders.align_action(action)
    return action


@transaction.atomic
def complete_action(*, by: User, action: Action, at: dt.datetime | None = None) -> Action:
    """Tick an action off, as done now or `at` an earlier moment. A closed one stays as it was closed."""
    return _close(action, Action.Status.DONE, by=by, at=at)


@transaction.atomic
def cancel_action(*, by: User, action: Action) -> Action:
    """Call an action off: it will not be done."""
    return _close(action, Action.Status.CANCELLED, by=by)


def _close(action: Action, status: Action.Status, *, by: User, at: dt.datetime | None = None) -> Action:
    action = _locked(action, by=by)
    if action.is_open:
        now = timezone.now()
        action.status, action.closed_at, action.closed_by = status, min(at or now, now), by
        action.save(update_fields=["status", "closed_at", "closed_by"])
        reminders.align_action(action)
    return action


@transaction.atomic
def reopen_action(*, by: User, action: Action) -> Action:
    """Take back that an action was done or called off."""
    action = _locked(action, by=by)
    action.status, action.closed_at, action.closed_by = Action.Status.OPEN, None, None
    action.save(update_fields=["status", "closed_at", "closed_by"])
    reminders.align_action(action)
    return action
