"""Who was there, and what they thought of it."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from coachnet.accounts.models import User
from events import notices, rules
from events.actions import places
from events.models import Event, EventInvitation, Feedback, Registration

State = Registration.State


@transaction.atomic
def mark_attendance(
    *, invitation: EventInvitation, is_here: bool, by: User, tapped_at: dt.datetime | None = None
) -> Registration | None:
    """Check a person in, or take that back. Whoever stands at the door has a place. Raises PermissionDenied.

    Taps may arrive late, twice and in any order: the latest decides, and of two in a row the first time counts.
    """
    event = places.hold(invitation.event_id)
    if not rules.can_mark_attendance(by, event):
        raise PermissionDenied
    now = timezone.now()
    when = tapped_at if tapped_at and event.day_begins_at <= tapped_at <= now else now
    live = Registration.objects.live().filter(invitation=invitation).first()
    if live is None and not is_here:
        return None
    if live is None:
        live = places.open_registration(invitation, State.COMING, now=now)
    live.invitation = invitation
    is_late = live.marked_at is not None and when < live.marked_at
    if is_late and not (is_here and live.attended_at):
        return live
    if is_here and not live.is_coming:
        places.set_state(live, State.COMING, now=now)
    if is_here:
        notices.remind(live)
    if not is_here:
        live.attended_at = live.attended_by = None
    elif live.attended_at is None or when < live.attended_at:
        live.attended_at, live.attended_by = when, by
    live.marked_at = when if live.marked_at is None else max(when, live.marked_at)
    live.save(update_fields=["attended_at", "attended_by", "marked_at"])
    return live


@transaction.atomic
def add_walk_in(*, event: Event, name: str, by: User, email: str = "") -> EventInvitation:
    """Check in somebody who was not invited; whoever has that address already is checked in as herself.

    Raises PermissionDenied.
    """
    event = places.hold(event.pk)
    if not rules.can_mark_attendance(by, event):
        raise PermissionDenied
    email = email.strip().lower()
    member = User.objects.active().filter(email__iexact=email).first() if email else None
    known = event.invitations.filter(user=member) if member else event.invitations.filter(email=email)
    invitation = known.first() if email else None
    if invitation is None:
        invitation = EventInvitation(event=event, how=EventInvitation.How.WALK_IN, invited_by=by)
        if member:
            invitation.user, invitation.language = member, member.language
        else:
            invitation.name, invitation.email = name, email
    invitation.removed_at = invitation.removed_by = None
    invitation.save()
    mark_attendance(invitation=invitation, is_here=True, by=by)
    return invitation


@transaction.atomic
def give_feedback(*, invitation: EventInvitation, rating: int, text: str = "") -> Feedback:
    """What a person thinks of the meeting; said again, it replaces what she said before."""
    facts = {"rating": rating, "text": text}
    feedback, _ = Feedback.objects.update_or_create(invitation=invitation, defaults=facts)
    return feedback


def clear_diets() -> int:
    """Delete what people eat the day after they have eaten. How many were deleted."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    past = Registration.objects.exclude(diet="").filter(invitation__event__ends_at__lt=today)
    return past.update(diet="")
