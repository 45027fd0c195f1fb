"""Answers: what an invited person says herself, and what an organiser says for her.

`answer` is the road that two hundred people take in the same minute:
1. Hold the meeting, so that answers come one after the other.
2. Look at the person's own live registration: a repeated answer changes nothing. The one recount comes with it.
3. Say no if the meeting takes no answers.
4. Settle: offers that have run out are gone, free places go to those in line.
5. Take a free place, or a place in line. The mail is a row; nothing is sent here.
"""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from events import notices, rules
from events.actions import places
from events.models import Event, EventInvitation, Registration

State = Registration.State


class AnswerRefused(Exception):  # noqa: N818  (it reads as a sentence where it is caught)
    """The meeting takes no such answer; `reason` says why."""

    class Reason(models.TextChoices):
        """Why, as the page says it."""

        CANCELLED = "cancelled", _("Träffen är inställd.")
        STARTED = "started", _("Träffen har börjat.")
        LATE = "late", _("Sista svarsdag har passerat.")
        CLOSED = "closed", _("Inbjudan gäller inte längre.")

    def __init__(self, reason: "AnswerRefused.Reason") -> None:
        super().__init__(str(reason))
        self.reason = reason


Reason = AnswerRefused.Reason


@transaction.atomic
def answer(*, invitation: EventInvitation, coming: bool, diet: str = "") -> Registration:
    """A person's own answer. She may change her mind both ways until the start. Raises AnswerRefused."""
    event = places.hold(invitation.event_id)
    now = timezone.now()  # after the lock, so that the line is in the order of the lock
    invitation, live, recount = places.as_it_stands(event, invitation.pk, now)
    _demand_open(event, invitation, live, coming=coming, now=now)
    if not coming:
        return _stay_away(event, invitation, live, now)
    if live and live.is_offered and live.offered_until and live.offered_until > now:
        live.diet = diet
        places.set_state(live, State.COMING, now=now)
        notices.tell_answer(live)
        return live
    if live and not live.is_offered:
        Registration.objects.filter(pk=live.pk).update(diet=diet)
        return live
    free = places.settle(event, now, recount)
    state = State.COMING if free is None or free > 0 else State.WAITING
    registration = places.open_registration(invitation, state, now=now, diet=diet)
    notices.tell_answer(registration)
    return registration


@transaction.atomic
def move(
    *, invitation: EventInvitation, to: Registration.State, by: User, last_in_line: bool = True
) -> Registration:
    """An organiser's word for a person: a place (also beyond the capacity), a place in line, or no.

    `last_in_line` is False when a move is taken back: the person stands where she stood. Raises PermissionDenied.
    """
    event = places.hold(invitation.event_id)
    now = timezone.now()
    if not rules.can_mark_attendance(by, event):
        raise PermissionDenied
    invitation, live, _recount = places.as_it_stands(event, invitation.pk, now)
    if to == State.DECLINED:
        return _stay_away(event, invitation, live, now, by_hand=True)
    if live is None:
        registration = places.open_registration(invitation, to, now=now)
    elif live.state == to:
        return live
    else:
        registration = live
        place_in_line = now if to == State.WAITING and last_in_line else None
        places.set_state(live, to, now=now, answered_at=place_in_line)
    notices.tell_answer(registration, by_hand=True)
    places.settle(event, now)
    return registration


def _stay_away(
    event: Event,
    invitation: EventInvitation,
    live: Registration | None,
    now: dt.datetime,
    *,
    by_hand: bool = False,
) -> Registration:
    """Free what the person held and let the next in line have it. Said twice, it is said once."""
    if live is None:
        latest = invitation.registrations.order_by("-pk").first()
        if latest and latest.state != State.EXPIRED:
            return latest
        return places.open_registration(invitation, State.DECLINED, now=now)
    had_a_place = live.is_coming
    places.set_state(live, State.CANCELLED if had_a_place else State.DECLINED, now=now)
    if had_a_place or by_hand:
        notices.tell_answer(live, by_hand=by_hand)
    places.settle(event, now)
    return live


def _demand_open(
    event: Event, invitation: EventInvitation, live: Registration | None, *, coming: bool, now: dt.datetime
) -> None:
    """Raise AnswerRefused. Whoever holds a place or an offer may answer after the last day too."""
    if event.is_cancelled:
        raise AnswerRefused(Reason.CANCELLED)
    if event.is_draft or invitation.removed_at:
        raise AnswerRefused(Reason.CLOSED)
    if event.starts_at <= now:
        raise AnswerRefused(Reason.STARTED)
    if coming and live is None and event.answers_are_in:
        raise AnswerRefused(Reason.LATE)
