"""Saved sessions as a form would have typed them: for editing, for drafts and to compare two texts."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from coaching.actions import NextMeeting
from coaching.forms.session import LENGTHS, OTHER
from coaching.forms.words import meeting_text
from coaching.models import Session
from coachnet.accounts.models import User
from companies.models import Company

ROWS = ("steps", "people")
# What a browser sends along that is not an answer.
NOT_TYPED = {"csrfmiddlewaretoken", "owner_token", "resolve", "refresh"}


def fresh(
    user: User, company: Company | None, *, planned: bool, day: dt.date | None = None
) -> dict[str, Any]:
    """A new form: today and the coach herself. The form adds the contact if the company has only one."""
    return {
        "company": company and company.pk,
        "date": day or (None if planned else timezone.localdate()),
        "coaches": [user.pk],
        "state": Session.State.PLANNED if planned else Session.State.HELD,
        "stage": "",
        "version": 0,
        "next_was": "",
    }


def of_session(session: Session, *, state: str) -> dict[str, Any]:
    """A saved session as the form's initial values. Its next steps are actions by now and no part of it."""
    planned = next_meeting_of(session)
    known = session.minutes is None or session.minutes in LENGTHS
    return {
        "company": session.engagement.company_id,
        "date": session.date,
        "start_time": session.start_time,
        "minutes": (session.minutes or "") if known else OTHER,
        "minutes_other": None if known else session.minutes,
        "preparation_minutes": session.preparation_minutes,
        "travel_minutes": session.travel_minutes,
        "channel": session.channel,
        "place": session.place,
        # As a browser sends a box: on, or nothing.
        "reminds_contacts": "on" if session.reminds_contacts else "",
        "contacts": [one.pk for one in session.contacts.all()],
        "coaches": [one.pk for one in session.coaches.all()],
        "strategies": [one.pk for one in session.strategies.all()],
        "note": session.note,
        "state": state,
        "stage": "",
        "version": session.version,
        "next_date": planned and planned.date,
        "next_time": planned and planned.start_time,
        "next_was": meeting_text(planned),
    }


def next_meeting_of(session: Session) -> NextMeeting | None:
    """The next meeting that this session's form planned, while it can still be moved."""
    planned = Session.objects.planned().filter(planned_in=session).first()
    return NextMeeting(planned.date, planned.start_time) if planned else None


def as_typed(data: MultiValueDict[str, str]) -> dict[str, list[str]]:
    """What a browser sent, exactly, without what belongs to the sending."""
    return {name: values for name, values in data.lists() if name not in NOT_TYPED}


def retyped(stored: dict[str, list[str]]) -> MultiValueDict[str, str]:
    """A draft's data as a form reads it. A draft cut short still has its row counts."""
    data: MultiValueDict[str, str] = MultiValueDict({name: list(values) for name, values in stored.items()})
    return with_row_counts(data)


def with_row_counts(data: MultiValueDict[str, str]) -> MultiValueDict[str, str]:
    """Add the formsets' counts where they are missing or are no numbers."""
    data = data.copy()
    for rows in ROWS:
        for count in ("TOTAL_FORMS", "INITIAL_FORMS"):
            if not str(data.get(f"{rows}-{count}", "")).isdecimal():
                data.setlist(f"{rows}-{count}", ["0"])
    return data


def of_initial(initial: dict[str, Any]) -> MultiValueDict[str, str]:
    """Initial values as a browser would have sent them."""
    data: MultiValueDict[str, str] = MultiValueDict()
    for name, value in initial.items():
        data.setlist(name, [_text(one) for one in value] if isinstance(value, list) else [_text(value)])
    return data


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return str(value)
