"""Mails about meetings as they arrive, through a real SMTP server, with their calendar files."""

import datetime as dt
import re
from email.message import EmailMessage
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from coachnet.accounts.models import User
from coachnet.notifications import delivery
from coachnet.notifications.models import Notification
from events import actions, notices
from events.models import Event, EventInvitation, Registration
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, GuestFactory, in_days

pytestmark = pytest.mark.django_db
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def send() -> None:
    """What the worker does until nothing is due."""
    while mails := delivery.claim():
        delivery.deliver(mails)


def send_on(moment: dt.datetime) -> None:
    """The same at another time: rows whose time has come by then are due now, and the clock stands there."""
    Notification.objects.waiting().filter(due_at__lte=moment).update(due_at=timezone.now())
    with mock.patch("django.utils.timezone.now", return_value=moment):
        send()


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    content: str = body.get_content()
    return content


def subject_of(mail: EmailMessage) -> str:
    return " ".join(mail["Subject"].split())  # a long one is folded


def calendar_in(mail: EmailMessage) -> Any:
    """The calendar of a mail: as a form of its text, and the same as a file."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    files = [part for part in mail.iter_attachments() if part.get_filename() == "traff.ics"]
    assert len(parts) == len(files) == 1
    shown: Any = parts[0].get_payload(decode=True)
    file: Any = files[0].get_payload(decode=True)
    assert shown.strip() == file.strip()
    calendar: Any = Calendar.from_ical(shown)
    assert parts[0].get_param("method") == calendar["METHOD"]
    return calendar


def entry_in(mail: EmailMessage) -> Any:
    (entry,) = calendar_in(mail).walk("VEVENT")
    return entry


def to(mailbox: list[EmailMessage], person: EventInvitation) -> list[EmailMessage]:
    return [mail for mail in mailbox if mail["To"] == person.address]


@pytest.fixture
def event(organiser: User) -> Event:
    return EventFactory(draft=True, title="Återtag; som, affär", capacity=1, created_by=organiser)


def test_from_invitation_to_waiting_list_to_a_place(
    event: Event, organiser: User, mailbox: list[EmailMessage]
):
    guests = [actions.GuestEntry("Johan Ståhlberg", "johan@kvarnan.example")]
    member = UserFactory(name="Maja Ekdahl", language="en")
    actions.invite(event=event, by=organiser, members=[member], guests=guests)
    send()
    assert mailbox == []  # a draft tells nobody
    actions.publish_event(event=event, by=organiser)
    send()
    johan = event.invitations.get(user=None)
    maja = event.invitations.get(user=member)
    (mail,) = to(mailbox, johan)
    assert subject_of(mail) == "Inbjudan: Återtag; som, affär"
    assert mail["Reply-To"] == organiser.email
    assert not [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    link = re.search(r"http://\S+/meetings/answer/open/\S+", text_of(mail))
    assert link
    client = Client()
    client.get(link[0].replace("http://localhost:8000", ""))
    client.post(f"/meetings/answer/{johan.pk}/", {"answer": "yes"})
    actions.answer(invitation=maja, coming=True)
    send()
    entry = entry_in(to(mailbox, johan)[-1])
    assert str(entry["SUMMARY"]) == "Återtag; som, affär"
    assert entry["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert "waiting list" in subject_of(to(mailbox, maja)[-1])
    client.post(f"/meetings/answer/{johan.pk}/", {"answer": "no"})
    send()
    gone = entry_in(to(mailbox, johan)[-1])
    assert (gone["UID"], str(gone["STATUS"])) == (entry["UID"], "CANCELLED")
    assert gone["SEQUENCE"] > entry["SEQUENCE"]
    offer = to(mailbox, maja)[-1]
    assert "There is a place for you" in subject_of(offer)
    actions.answer(invitation=maja, coming=True)
    send()
    assert subject_of(to(mailbox, maja)[-1]).startswith("You are registered")
    # Changing one's mind once more raises the calendar's count again, so that no calendar keeps the older word.
    actions.answer(invitation=maja, coming=False)
    client.post(f"/meetings/answer/{johan.pk}/", {"answer": "yes"})
    send()
    back = entry_in(to(mailbox, johan)[-1])
    assert back["UID"] == entry["UID"]
    assert back["SEQUENCE"] > gone["SEQUENCE"]


def test_a_move_and_a_cancellation_reach_the_calendar_as_the_same_entry(
    organiser: User, mailbox: list[EmailMessage]
):
    event = EventFactory(created_by=organiser)
    guest = GuestFactory(event=event)
    actions.answer(invitation=guest, coming=True)
    send()
    before = entry_in(mailbox[-1])
    start = dt.datetime(2031, 3, 31, 9, tzinfo=STOCKHOLM)  # the day after summer time begins
    moved = {"starts_at": start, "ends_at": start + dt.timedelta(hours=3), "place": "Sal Inslaget, våning 2"}
    actions.update_event(event=event, version=1, facts=moved, by=organiser)
    send()
    mail = mailbox[-1]
    after, calendar = entry_in(mail), calendar_in(mail)
    assert calendar["METHOD"] == "REQUEST"
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["DTSTART"].params["TZID"] == "Europe/Stockholm"
    assert after.start == start
    assert str(after["LOCATION"]) == "Sal Inslaget, våning 2"
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Stockholm"
    assert zone.to_tz(lookup_tzid=False).utcoffset(start.replace(tzinfo=None)) == dt.timedelta(hours=2)
    event.refresh_from_db()
    actions.cancel_event(event=event, by=organiser, words="Talaren är sjuk")
    send()
    calendar, gone = calendar_in(mailbox[-1]), entry_in(mailbox[-1])
    assert (calendar["METHOD"], str(gone["STATUS"])) == ("CANCEL", "CANCELLED")
    assert gone["UID"] == before["UID"]
    assert gone["SEQUENCE"] == after["SEQUENCE"] + 1
    assert "Talaren är sjuk" in text_of(mailbox[-1])


def test_the_calendar_file_is_folded_and_escaped(mailbox: list[EmailMessage]):
    event = EventFactory(title="Å" * 100 + "; a, b\\c", description="Rad ett\n\nRad två")
    actions.answer(invitation=GuestFactory(event=event), coming=True)
    send()
    (part,) = [part for part in mailbox[-1].iter_attachments() if part.get_filename() == "traff.ics"]
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    assert str(entry_in(mailbox[-1])["SUMMARY"]) == event.title


def test_reminders_and_thanks_come_at_their_days_to_those_who_come(
    organiser: User, mailbox: list[EmailMessage]
):
    event = EventFactory(created_by=organiser, programme="09:00 Välkommen")
    coming, silent, gone, absent = GuestFactory.create_batch(4, event=event)
    for guest in (coming, gone, absent):
        actions.answer(invitation=guest, coming=True)
    actions.answer(invitation=gone, coming=False)
    send()
    mailbox.clear()
    week, day = event.starts_at - dt.timedelta(days=7), event.starts_at - dt.timedelta(days=1)
    send_on(week)
    assert {mail["To"] for mail in mailbox} == {coming.email, absent.email}
    assert subject_of(mailbox[0]).startswith("Om 7 dagar: ")
    assert "09:00 Välkommen" in text_of(mailbox[0])
    mailbox.clear()
    send_on(day)
    assert subject_of(mailbox[0]).startswith("I morgon: ")
    mailbox.clear()
    actions.mark_attendance(invitation=coming, is_here=True, by=organiser)
    Event.objects.filter(pk=event.pk).update(starts_at=in_days(-1), ends_at=in_days(-1, 12))
    send_on(event.ends_at + dt.timedelta(days=1))
    assert [mail["To"] for mail in mailbox] == [coming.email]
    assert "/meetings/feedback/open/" in text_of(mailbox[0])
    assert "List-Unsubscribe" in mailbox[0]
    skipped = Notification.objects.get(rule=notices.THANKS, email=absent.email)
    assert (skipped.state, skipped.reason) == ("skipped", "withdrawn")
    assert not Notification.objects.filter(email=silent.email, rule__in=notices.REMINDERS).exists()


def test_a_receipt_that_was_overtaken_is_not_sent(organiser: User, mailbox: list[EmailMessage]):
    guest = GuestFactory(event=EventFactory(created_by=organiser))
    actions.answer(invitation=guest, coming=True)
    actions.answer(invitation=guest, coming=False)
    send()
    assert [subject_of(mail).partition(":")[0] for mail in mailbox] == ["Du är avanmäld"]


def test_what_an_organiser_takes_back_at_once_is_never_told(organiser: User, mailbox: list[EmailMessage]):
    event = EventFactory(capacity=1)
    actions.answer(invitation=GuestFactory(event=event), coming=True)
    guest = GuestFactory(event=event)
    actions.answer(invitation=guest, coming=True)
    send()
    mailbox.clear()
    actions.move(invitation=guest, to=Registration.State.COMING, by=organiser)
    actions.move(invitation=guest, to=Registration.State.WAITING, by=organiser, last_in_line=False)
    send_on(timezone.now() + dt.timedelta(minutes=2))
    assert [subject_of(mail).partition(":")[0] for mail in mailbox] == ["Du står på väntelistan"]


def test_the_question_to_those_who_have_not_answered(organiser: User, mailbox: list[EmailMessage]):
    last_day = timezone.localdate() + dt.timedelta(days=10)
    event = EventFactory(created_by=organiser, answer_by=last_day)
    guests = [
        actions.GuestEntry("Johan", "johan@x.example"),
        actions.GuestEntry("Linnea", "linnea@x.example"),
    ]
    johan, linnea = actions.invite(event=event, by=organiser, guests=guests).new
    actions.answer(invitation=johan, coming=False)
    send()
    mailbox.clear()
    send_on(timezone.now() + dt.timedelta(days=9))
    assert [mail["To"] for mail in mailbox] == [linnea.email]
    assert subject_of(mailbox[0]).startswith("Kommer du?")


def test_a_new_link_goes_to_the_mended_address_and_the_old_one_is_dead(
    organiser: User, mailbox: list[EmailMessage]
):
    guest = GuestFactory(event=EventFactory(created_by=organiser), email="fel@x.example")
    actions.renew_link(invitation=guest, by=organiser, email="ratt@x.example")
    send()
    assert [mail["To"] for mail in mailbox] == ["ratt@x.example"]


def test_text_from_people_is_inert_in_mail(organiser: User, mailbox: list[EmailMessage]):
    event = EventFactory(
        created_by=organiser, title="<b>Fet</b> [länk](http://x.example)\r\nBcc: alla@x.example"
    )
    actions.invite(event=event, by=organiser, guests=[actions.GuestEntry("<i>Å</i>", "a@x.example")])
    send()
    (mail,) = mailbox
    html = mail.get_body(("html",))
    assert html
    assert "<b>Fet</b>" not in html.get_content()
    assert "&lt;i&gt;" in html.get_content()
    assert mail["Bcc"] is None
    assert mail["X-Rcpt-To"] == "a@x.example"
