"""Calendar files (RFC 5545 and 5546): a meeting as one person's calendar should hold it.

The UID is the same for a meeting and a person however often it is sent. SEQUENCE is the meeting's, which the database
raises with every move, plus the person's own, raised when she gives up her place and when she takes it again; both
only grow, and so does their sum.
"""

import datetime as dt
from email.utils import parseaddr
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from coachnet.lib import markdown
from coachnet.notifications.registry import Attachment
from events.models import Event, EventInvitation

# Loaded by the first file: mail is written by workers, and two megabytes are much in a web process.
if TYPE_CHECKING:
    from icalendar import vCalAddress

PRODID = "-//Coachnet//Coachnet//SV"
ZONE = ZoneInfo(settings.TIME_ZONE)
# Rules of summer time are given for the years around the meeting.
AROUND = dt.timedelta(days=400)


class Method(StrEnum):
    """What the file asks the calendar to do."""

    REQUEST = "REQUEST"  # hold the time, or move it
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"  # a file that somebody saves by hand


def uid_of(invitation: EventInvitation) -> str:
    """What names this meeting in this person's calendar, for ever."""
    return f"meeting-{invitation.event_id}-{invitation.pk}@{urlsplit(settings.SITE_URL).hostname}"


def sequence_of(invitation: EventInvitation) -> int:
    """Which version of the calendar's entry this is."""
    return invitation.event.sequence + invitation.calendar_turn


def calendar_file(invitation: EventInvitation, method: Method) -> bytes:
    """The file, folded and escaped as calendars want it, with the rules of summer time in it."""
    from icalendar import Calendar
    from icalendar import Event as CalendarEvent

    event = invitation.event
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    entry = CalendarEvent()
    entry.add("uid", uid_of(invitation))
    entry.add("sequence", sequence_of(invitation))
    entry.add("dtstamp", timezone.now())
    entry.add("dtstart", event.starts_at.astimezone(ZONE))
    entry.add("dtend", event.ends_at.astimezone(ZONE))
    entry.add("summary", event.title)
    entry.add("location", event.where)
    entry.add("description", _described(event))
    entry.add("status", "CANCELLED" if method == Method.CANCEL else "CONFIRMED")
    entry.add("organizer", _organiser(event))
    if method != Method.PUBLISH:
        entry.add("attendee", _attendee(invitation, method), encode=False)
    calendar.add_component(entry)
    calendar.add_missing_timezones(
        first_date=(event.starts_at - AROUND).date(), last_date=(event.ends_at + AROUND).date()
    )
    return calendar.to_ical()


def attachment(invitation: EventInvitation, method: Method) -> Attachment:
    """The file as a mail carries it."""
    return Attachment(
        filename=_("traff.ics"),
        content=calendar_file(invitation, method),
        mimetype=f"text/calendar; method={method}; charset=utf-8",
    )


def _described(event: Event) -> str:
    parts = [markdown.plain(event.description)]
    if event.link:
        parts.append(_("Länk: %(link)s") % {"link": event.link})
    if event.programme_items:
        parts.append("\n".join(f"{one.time} {one.what}".strip() for one in event.programme_items))
    return "\n\n".join(part for part in parts if part)


def _organiser(event: Event) -> "vCalAddress":
    """The organiser's name at the platform's own address: calendars ask that it be the sender's."""
    from icalendar import vCalAddress, vText

    address = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    address.params["cn"] = vText(event.created_by.name)
    return address


def _attendee(invitation: EventInvitation, method: Method) -> "vCalAddress":
    """The person. RSVP is off: an answer is given at the link, which also knows the waiting list (ADR 0020)."""
    from icalendar import vCalAddress, vText

    address = vCalAddress(f"mailto:{invitation.address}")
    address.params["cn"] = vText(invitation.person_name)
    address.params["role"] = vText("REQ-PARTICIPANT")
    address.params["partstat"] = vText("DECLINED" if method == Method.CANCEL else "ACCEPTED")
    address.params["rsvp"] = vText("FALSE")
    return address
