"""Reminders that have gone out in the last weeks, so that the list of what was sent has a history.

Those that wait follow from planned sessions and promised actions by themselves. A few are made due now: the demo's
worker sends them, and its mail catcher shows them within half a minute.
"""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from coaching.models import Session
from coaching.reminders import (
    AFTERNOON_BEFORE,
    COMPANY_QUIET,
    MORNING,
    SESSION_TO_LOG,
    SESSION_TOMORROW,
    SESSION_TOMORROW_CONTACT,
    day_and_time,
)
from coachnet.accounts.models import User
from coachnet.lib.days import local_moment, working_day_after
from coachnet.notifications.models import Notification, about_key, recipient_key
from companies.coached import QUIET_DAYS

State, Reason = Notification.State, Notification.Reason
WEEKS = 5
# Every so many sessions one thing went differently.
EVERY = 6


def plant_reminders(coach: User) -> None:
    """Plant the history, and let what waits to be logged be told of now."""
    since = timezone.localdate() - dt.timedelta(weeks=WEEKS)
    held = Session.objects.held().filter(date__gte=since).order_by("date", "pk")
    rows = []
    for place, session in enumerate(held.prefetch_related("session_coaches__coach", "contacts")):
        rows += _told(session, place)
    for guest in [row for row in rows if row.rule == SESSION_TOMORROW_CONTACT][::3]:
        guest.state, guest.reason, guest.sent_at = State.FAILED, Reason.UNKNOWN, None
        guest.last_error = "550 5.1.1 User unknown"
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    # A year told in one go leaves reminders that were withdrawn before anybody could have had them.
    Notification.objects.filter(reason=Reason.WITHDRAWN).delete()
    long_ago = (timezone.localdate() - dt.timedelta(days=QUIET_DAYS)).isoformat()
    told_now = Q(rule=SESSION_TO_LOG) | Q(rule=COMPANY_QUIET, occurrence__lte=long_ago)
    Notification.objects.waiting().filter(told_now, user=coach).update(due_at=timezone.now())


def _told(session: Session, place: int) -> list[Notification]:
    """What went out about one session that has been held since."""
    before = local_moment(session.date - dt.timedelta(days=1), AFTERNOON_BEFORE)
    after = local_moment(working_day_after(session.date), MORNING)
    coach = session.session_coaches.all()[0].coach
    clock = f" klockan {session.start_time:%H:%M}" if session.start_time else ""
    rows = [_row(session, SESSION_TOMORROW, before, coach, f"Tillfälle i morgon{clock}")]
    contact = next(iter(session.contacts.all()), None)
    if place % EVERY == 1 and after < timezone.now():
        rows.append(_row(session, SESSION_TO_LOG, after, coach, "1 tillfälle att logga"))
    if place % EVERY == 2 and contact and contact.email:
        guest = _row(session, SESSION_TOMORROW_CONTACT, before, None, f"Påminnelse: vi ses i morgon{clock}")
        guest.recipient, guest.name = recipient_key(contact.email), contact.name
        guest.email = guest.sent_to = contact.email
        guest.language = User.Language.SV
        rows.append(guest)
    if place % EVERY == 3:
        rows[0].state, rows[0].reason, rows[0].sent_at = State.SKIPPED, Reason.TURNED_OFF, None
    return rows


def _row(session: Session, rule: str, at: dt.datetime, person: User | None, subject: str) -> Notification:
    """A row as the delivery leaves it, some seconds after its time."""
    return Notification(
        rule=rule,
        about=about_key(session),
        occurrence=day_and_time(session),
        recipient=recipient_key(person) if person else "",
        user=person,
        due_at=at,
        state=State.SENT,
        attempts=1,
        sent_at=at + dt.timedelta(seconds=17),
        tried_at=at + dt.timedelta(seconds=17),
        sent_to=person.email if person else "",
        subject=subject,
        created_at=at - dt.timedelta(days=6),
    )
