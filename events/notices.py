"""Which mails a meeting wants sent, to whom and when. What they say is decided in reminders.py, at sending.

Every mail is a row of notifications about the meeting, queued in the transaction that gives the reason for it.
`occurrence` tells apart the times of one rule: the number of a change, a registration's step, a day.
"""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import QuerySet
from django.utils import timezone

from coachnet.accounts.models import User
from coachnet.lib.standing import standing
from coachnet.notifications.actions import Guest, Wanted, align, post, withdraw
from coachnet.notifications.models import Notification, about_key, recipient_key
from events.models import Event, EventInvitation, Registration

INVITATION = "event-invitation"
ASKED = "event-asked"
ANSWER = "event-answer"
CHANGE = "event-change"
CANCELLATION = "event-cancellation"
WEEK_BEFORE = "event-week-before"
DAY_BEFORE = "event-day-before"
THANKS = "event-thanks"
REMINDERS = (WEEK_BEFORE, DAY_BEFORE, THANKS)
EVERY_RULE = (INVITATION, ASKED, ANSWER, CHANGE, CANCELLATION, *REMINDERS)

MORNING = dt.time(8)
ASK_DAYS = 2
# What an organiser does by hand can be taken back for so long before anybody is told.
REGRET = dt.timedelta(minutes=1)


def recipient(invitation: EventInvitation) -> User | Guest | None:
    """Whom to write to; nobody when somebody at the door gave no address."""
    if invitation.user:
        return invitation.user
    if not invitation.email:
        return None
    return Guest(invitation.name, invitation.email, invitation.language)


def invite(event: Event, invitations: Iterable[EventInvitation]) -> None:
    """Send invitations, and a question to those who have not answered shortly before the last day."""
    now = timezone.now()
    wanted: list[Wanted] = []
    for one in invitations:
        if to := recipient(one):
            wanted.append(Wanted(INVITATION, to, str(one.times_sent), now))
            wanted += _question(event, to, now)
    post(event, wanted)


def ask_again(event: Event, invitations: Iterable[EventInvitation]) -> int:
    """Ask those who have not answered, now; at most once a day and person. How many are asked."""
    now = timezone.now()
    day = f"by-hand-{timezone.localdate()}"
    wanted = [Wanted(ASKED, to, day, now) for one in invitations if (to := recipient(one))]
    post(event, wanted)
    return len(wanted)


def tell_answer(registration: Registration, *, by_hand: bool = False) -> None:
    """Tell of the state that the registration now has, and queue the reminders of somebody who comes.

    A mail for an earlier step that still waits stays unsent. One statement, since the meeting is held meanwhile.
    """
    invitation = registration.invitation
    if to := recipient(invitation):
        due_at = timezone.now() + (REGRET if by_hand else dt.timedelta())
        receipt = Wanted(ANSWER, to, f"{registration.pk}-{registration.step}", due_at)
        post(invitation.event, [receipt, *(_reminders(registration) if registration.is_coming else ())])


def remind(registration: Registration) -> None:
    """Queue the reminders of somebody who has a place, without a word about it."""
    post(registration.invitation.event, _reminders(registration))


def forget(registration: Registration) -> None:
    """Withdraw the reminders of somebody who has given up her place."""
    _withdraw(registration.invitation, REMINDERS, f"{registration.pk}-")


def stop_asking(invitation: EventInvitation) -> None:
    """Withdraw the question to somebody who has now answered."""
    _withdraw(invitation, [ASKED])


def _withdraw(invitation: EventInvitation, rules: Collection[str], beginning: str = "") -> None:
    """Withdraw what waits for one person: `align` would look at everybody's."""
    to = recipient(invitation)
    if to is None:
        return
    someone = recipient_key(to if isinstance(to, User) else to.email)
    keys = [
        key
        for key, rule, occurrence, state in _mails(about=about_key(invitation.event), recipient=someone)
        if rule in rules and occurrence.startswith(beginning) and state == Notification.State.QUEUED
    ]
    if keys:
        waiting = Notification.objects.filter(pk__in=keys).waiting()
        waiting.update(state=Notification.State.SKIPPED, reason=Notification.Reason.WITHDRAWN)


@standing
def _mails(*, about: str, recipient: str) -> QuerySet[Notification, tuple[int, str, str, str]]:
    """All mails to one person about a meeting: a handful, while the meeting is held.

    By which rule and whether they wait is not asked here. Of both, Postgres may believe that there are few, and then
    reads everything that waits to find none for this person.
    """
    found = Notification.objects.filter(about=about, recipient=recipient).order_by()
    return found.values_list("pk", "rule", "occurrence", "state")


def change(event: Event) -> None:
    """Tell everybody who comes, waits or has not answered that the meeting has changed."""
    now = timezone.now()
    away = event.invitations.staying_away().values("pk")
    concerned = event.invitations.present().exclude(pk__in=away).select_related("user")
    wanted = [Wanted(CHANGE, to, str(event.sequence), now) for one in concerned if (to := recipient(one))]
    post(event, wanted)


def reschedule(event: Event) -> None:
    """Move all that waits to the meeting's present times."""
    now = timezone.now()
    coming = Registration.objects.to(event).coming().select_related("invitation__event", "invitation__user")
    wanted = [one for registration in coming for one in _reminders(registration)]
    align(event, wanted, rules=REMINDERS)
    unanswered = event.invitations.unanswered().select_related("user")
    asked = [one for row in unanswered if (to := recipient(row)) for one in _question(event, to, now)]
    align(event, asked, rules=[ASKED])


def cancel(event: Event) -> None:
    """Withdraw everything that waits, and tell everybody who has not said no."""
    now = timezone.now()
    withdraw(event, rules=[rule for rule in EVERY_RULE if rule != CANCELLATION])
    away = event.invitations.staying_away().values("pk")
    concerned = event.invitations.present().exclude(pk__in=away).select_related("user")
    wanted = [
        Wanted(CANCELLATION, to, str(event.sequence), now) for one in concerned if (to := recipient(one))
    ]
    post(event, wanted)


def _question(event: Event, to: User | Guest, now: dt.datetime) -> list[Wanted]:
    """The question to those who have not answered: before the last day, or a week before the meeting."""
    last_day, days = (event.answer_by, ASK_DAYS) if event.answer_by else (event.day, 7)
    day = last_day - dt.timedelta(days=days)
    due_at = _at_morning(day)
    return [Wanted(ASKED, to, f"before-{day}", due_at)] if due_at > now else []


def _reminders(registration: Registration) -> list[Wanted]:
    """Seven days and one day before, and thanks the day after; those whose time is over are left out."""
    event = registration.invitation.event
    to = recipient(registration.invitation)
    if to is None:
        return []
    ends_on = timezone.localtime(event.ends_at).date()
    times = {
        WEEK_BEFORE: event.day - dt.timedelta(days=7),
        DAY_BEFORE: event.day - dt.timedelta(days=1),
        THANKS: ends_on + dt.timedelta(days=1),
    }
    now = timezone.now()
    return [
        Wanted(rule, to, f"{registration.pk}-{day}", _at_morning(day))
        for rule, day in times.items()
        if _at_morning(day) > now
    ]


def _at_morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, MORNING))
