"""From an organiser's idea to the thanks: a meeting for ten, twelve invited, all mail through a real mail server."""

import datetime as dt
import re
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import expect

from coachnet.accounts.models import User
from coachnet.notifications import delivery
from coachnet.notifications.models import Notification
from events import links, notices
from events.models import Event, EventInvitation, Registration
from tests.e2e.conftest import Enter
from tests.e2e.network import Network
from tests.e2e.visitor import Look, Visitor
from tests.factories.events import EventFactory, GuestFactory, in_days

GUESTS = [f"gast{number}@foretag.example" for number in range(11)]


def mails_to(mailbox: list[EmailMessage], address: str) -> list[EmailMessage]:
    return [mail for mail in mailbox if mail["To"] == address]


def link_in(mail: EmailMessage) -> str:
    """The path of the link in a mail, as a guest presses it."""
    body = mail.get_body(("plain",))
    assert body
    found = re.search(r"https?://[^/\s]+(/meetings/(?:answer|feedback)/open/\S+)", body.get_content())
    assert found, body.get_content()
    return found[1]


def entry_in(mail: EmailMessage) -> Any:
    """The entry of the calendar that a mail carries."""
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    content: Any = part.get_payload(decode=True)
    (entry,) = Calendar.from_ical(content).walk("VEVENT")
    return entry


def send() -> None:
    while mails := delivery.claim():
        delivery.deliver(mails)


def plan(organiser: Visitor, look: Look) -> Event:
    """The organiser makes a draft, invites and publishes, all on screen."""
    page = organiser.visit("/meetings/new/")
    organiser.press("Spara utkast")
    organiser.sees("Skriv en rubrik")
    organiser.check()
    organiser.field("Rubrik").fill("Återtag på riktigt")
    organiser.field("Dag").fill(str(timezone.localdate() + dt.timedelta(days=20)))
    organiser.field("Börjar").fill("09:00")
    organiser.field("Slutar").fill("12:00")
    organiser.field("Plats").fill("Science Park Borås")
    organiser.field("Antal platser").fill("10")
    organiser.press("Spara utkast")
    page.wait_for_url(re.compile(r"/meetings/\d+/$"))
    organiser.press("Bjud in")
    page.get_by_label(organiser.say("De jag kryssar för")).check(force=True)
    page.get_by_text(organiser.say("Visa och kryssa för personer")).click()
    page.get_by_label(re.compile("Maja Ekdahl")).check(force=True)
    organiser.field("Gäster utan konto").fill("bara ett namn\n" + "\n".join(GUESTS))
    if look.language == "en":
        page.get_by_label(organiser.say("Engelska")).check(force=True)
    organiser.press("Granska mottagarna")
    expect(page.get_by_role("alert")).to_contain_text("bara ett namn")
    organiser.field("Gäster utan konto").fill("\n".join(GUESTS))
    organiser.press("Granska mottagarna")
    organiser.check()
    organiser.press("Bjud in")
    page.wait_for_url(re.compile(r"answer=all"))
    organiser.press("Publicera och bjud in")
    organiser.sees("Publicerad")
    return Event.objects.get(title="Återtag på riktigt")


def say_yes(guest: Visitor, link: str) -> None:
    guest.visit(link)
    guest.page.get_by_label(guest.say("Ja, jag kommer")).check(force=True)
    guest.check()
    guest.press("Skicka svar")
    guest.page.wait_for_url(re.compile(r"/done/$"))


@pytest.mark.slow
def test_a_meeting_from_idea_to_thanks(
    enter: Enter, network: Network, coach: User, organiser: User, mailbox: list[EmailMessage], look: Look
) -> None:
    console = enter(organiser)
    event = plan(console, look)
    assert len(mailbox) == 12
    invited = {address: link_in(mails_to(mailbox, address)[0]) for address in GUESTS}

    # Nine guests answer from their mails, and the coach on her day; then one place is left for two.
    maja = enter(coach)
    maja.visit("/today/")
    maja.sees("Återtag på riktigt")
    maja.press("Återtag på riktigt")
    maja.page.get_by_label(maja.say("Ja, jag kommer")).check(force=True)
    maja.press("Skicka svar")
    maja.sees("Du är anmäld.")
    for address in GUESTS[1:9]:
        browser = Client()
        browser.post(browser.get(invited[address])["Location"], {"answer": "yes"})
    first, last = enter(), enter()
    say_yes(first, invited[GUESTS[0]])
    first.sees("Du är anmäld")
    first.check()
    say_yes(last, invited[GUESTS[9]])
    last.sees("Du står på väntelistan")
    last.check()
    confirmed = entry_in(mails_to(mailbox, GUESTS[0])[-1])

    # The first changes her mind: the place is offered to whoever waits, and is taken.
    first.visit(invited[GUESTS[0]])
    first.page.get_by_label(first.say("Nej, jag kan inte")).check(force=True)
    first.press("Skicka svar")
    first.sees("Tack för ditt svar")
    assert str(entry_in(mails_to(mailbox, GUESTS[0])[-1])["STATUS"]) == "CANCELLED"
    say_yes(last, link_in(mails_to(mailbox, GUESTS[9])[-1]))
    last.sees("Du är anmäld")
    console.visit(f"/meetings/{event.pk}/")
    console.check()
    assert Registration.objects.to(event).coming().count() == 10

    # A new time moves the meeting in every calendar.
    before = entry_in(mails_to(mailbox, GUESTS[9])[-1])
    console.visit(f"/meetings/{event.pk}/edit/")
    console.field("Börjar").fill("10:00")
    console.press("Spara ändringar")
    console.sees("Ändringarna är sparade och mejlas till de inbjudna")
    after = entry_in(mails_to(mailbox, GUESTS[9])[-1])
    assert after["UID"] == before["UID"] != confirmed["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after.start.hour == 10

    # The day comes: one tap at the door, taken back, and given again.
    started = timezone.now() - dt.timedelta(hours=1)
    Event.objects.filter(pk=event.pk).update(starts_at=started, ends_at=started + dt.timedelta(hours=3))
    notices.reschedule(Event.objects.get(pk=event.pk))
    door = enter(organiser)
    page = door.visit(f"/meetings/{event.pk}/check-in/")
    count = page.locator("[data-tally-here]")
    here = page.get_by_role("button", name=re.compile("Maja Ekdahl"))
    here.click()
    expect(here).to_have_attribute("aria-pressed", "true")
    expect(count).to_have_text("1")
    expect(here).not_to_have_attribute("aria-busy", "true")
    here.click()
    expect(count).to_have_text("0")
    expect(here).not_to_have_attribute("aria-busy", "true")
    page.get_by_role("searchbox").fill("maja")
    expect(page.locator("[data-row]:visible")).to_have_count(1)
    here.click()
    expect(here).to_have_attribute("aria-pressed", "true")
    expect(here).not_to_have_attribute("aria-busy", "true")
    page.reload()
    expect(count).to_have_text("1")
    door.check()

    # The day after: thanks to her who was there, and her word to the organiser.
    Event.objects.filter(pk=event.pk).update(starts_at=in_days(-1), ends_at=in_days(-1, 12))
    mailbox.clear()
    Notification.objects.filter(rule=notices.THANKS).update(due_at=timezone.now())
    send()
    assert [mail["To"] for mail in mailbox] == [coach.email]
    guest = enter()
    guest.visit(link_in(mailbox[0]))
    guest.page.get_by_label(guest.say("Mycket nyttig"), exact=True).check(force=True)
    guest.page.get_by_role("textbox").fill("Guld värt")
    guest.check()
    guest.press("Skicka omdöme")
    guest.sees("Tack för ditt omdöme")
    console.visit(f"/meetings/{event.pk}/")
    expect(console.page.get_by_text("Guld värt")).to_be_visible()
    console.check()


@pytest.mark.parametrize("look", ["phone-sv"], indirect=True)
def test_links_that_do_not_open(enter: Enter, network: Network, organiser: User) -> None:
    event = EventFactory(created_by=organiser)
    mine, other = GuestFactory.create_batch(2, event=event)

    def path(guest: EventInvitation) -> str:
        return f"/meetings/answer/open/{links.token_for(guest, links.Purpose.ANSWER)}/"

    guest = enter()
    guest.visit(path(mine))
    guest.sees("Kommer du?")
    changed = path(mine)[:-2] + ("A" if path(mine)[-2] != "A" else "B") + "/"
    for address in (f"/meetings/answer/{other.pk}/", changed, f"/meetings/feedback/{mine.pk}/"):
        guest.visit(address, status=410)
        guest.sees("Länken gäller inte")
    guest.check()
    Event.objects.filter(pk=event.pk).update(starts_at=in_days(-16), ends_at=in_days(-15))
    guest.visit(path(mine), status=410)
    outsider = enter()
    outsider.visit("/meetings/")
    assert "/accounts/login/" in outsider.page.url
    outsider.visit(f"/meetings/{event.pk}/check-in/")
    assert "/accounts/login/" in outsider.page.url


@pytest.mark.parametrize("look", ["phone-sv"], indirect=True)
def test_check_in_and_answer_without_script(enter: Enter, network: Network, organiser: User) -> None:
    event = EventFactory(created_by=organiser, going_on=True)
    guest = GuestFactory(event=event, name="Johan Ståhlberg", answered="coming")
    door = enter(organiser, java_script_enabled=False)
    door.visit(f"/meetings/{event.pk}/check-in/?q=johan")
    door.page.get_by_role("button", name=re.compile("Johan")).click()
    door.visit(f"/meetings/{event.pk}/check-in/")
    assert guest.registrations.get().attended_at is not None
    reader = enter(java_script_enabled=False)
    ahead = GuestFactory(event=EventFactory(created_by=organiser))
    reader.visit(f"/meetings/answer/open/{links.token_for(ahead, links.Purpose.ANSWER)}/")
    reader.page.get_by_label("Ja, jag kommer").check(force=True)
    reader.press("Skicka svar")
    reader.sees("Du är anmäld")
