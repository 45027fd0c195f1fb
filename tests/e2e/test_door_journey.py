"""The door of a meeting in a cellar: people are checked in without network, and nothing is lost or counted twice."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from coachnet.accounts.models import User
from events.actions import cancel_event, remove_invitation
from events.models import Event, EventInvitation, Registration
from tests.e2e.conftest import Enter
from tests.e2e.visitor import Visitor
from tests.factories.events import EventFactory, GuestFactory

NAMES = ("Åsa Kvarn", "Johan Ståhlberg", "Petra Lindh")
# What the browser holds of taps: the names of the entries and whatever of their content can be read.
STORED = """async () => {
  const request = indexedDB.open("coachnet");
  const db = await new Promise(resolve => { request.onsuccess = () => resolve(request.result) });
  if (!db.objectStoreNames.contains("drafts")) { db.close(); return []; }
  const read = asked => new Promise(resolve => { asked.onsuccess = () => resolve(asked.result) });
  const drafts = db.transaction("drafts").objectStore("drafts");
  const [names, rows] = await Promise.all([read(drafts.getAllKeys()), read(drafts.getAll())]);
  db.close();
  return names.map((name, i) => [name, new TextDecoder().decode(rows[i].sealed)]);
}"""


@pytest.fixture
def event(transactional_db: None, organiser: User) -> Event:
    """A meeting that is going on, with three who come."""
    event = EventFactory(created_by=organiser, going_on=True, title="Återtag i källaren")
    for name in NAMES:
        GuestFactory(event=event, name=name, answered="coming")
    return event


def guest(event: Event, name: str) -> EventInvitation:
    return event.invitations.get(name=name)


def answer_of(event: Event, name: str) -> Registration:
    return Registration.objects.get(invitation__event=event, invitation__name=name)


def half_an_hour_passes(visitor: Visitor) -> None:
    """On the clock of the phone."""
    visitor.page.clock.fast_forward("30:00")


def assert_half_an_hour_ago(here: Registration) -> None:
    """The moment of the tap, whenever it was sent; a busy machine takes its time."""
    assert here.attended_at
    assert dt.timedelta(minutes=29) < timezone.now() - here.attended_at < dt.timedelta(minutes=32)


def open_door(visitor: Visitor, event: Event) -> Page:
    page = visitor.visit(f"/meetings/{event.pk}/check-in/")
    expect(page.get_by_role("button", name=re.compile(NAMES[0]))).to_be_visible()
    return page


def button(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_role("button", name=re.compile(name))


def row(visitor: Visitor, name: str) -> Locator:
    return visitor.page.locator("[data-row]", has_text=name)


def is_here(visitor: Visitor, name: str, *, waits: bool = False, here: bool = True) -> None:
    """The row as it is drawn: here or not, and whether that waits to be sent."""
    expect(button(visitor, name)).to_have_attribute("aria-pressed", str(here).lower())
    words = row(visitor, name).get_by_text(visitor.say("Väntar på att skickas"))
    # A tap that met trouble is tried again after three, then after ten seconds.
    expect(words).to_have_count(int(waits), timeout=20_000)


def says(visitor: Visitor, swedish: str, number: int) -> None:
    expect(visitor.page.locator("[data-door]")).to_contain_text(
        visitor.say(swedish).replace("{n}", f"{number}")
    )


def says_nothing(visitor: Visitor) -> None:
    expect(visitor.page.locator("[data-door] > span")).to_be_empty()


@contextmanager
def no_network(visitor: Visitor) -> Iterator[None]:
    """In a cellar, for a while. The console tells of what could not be sent, also just after."""
    with visitor.tolerating("ERR_INTERNET_DISCONNECTED", "ERR_FAILED"):
        visitor.context.set_offline(True)
        yield
        visitor.context.set_offline(False)


def wait_for(that: Callable[[], bool], page: Page) -> None:
    for _ in range(80):
        if that():
            return
        page.wait_for_timeout(50)
    raise AssertionError("Nothing came of it.")


def test_taps_without_network_wait_and_are_sent(enter: Enter, event: Event, organiser: User) -> None:
    door = enter(organiser)
    door.page.clock.install()
    page = open_door(door, event)
    with no_network(door):
        button(door, "Johan").click()
        is_here(door, "Johan", waits=True)
        says(door, "{n} väntar på nät", 1)
        expect(page.locator("[data-tally-here]")).to_have_text("1")
        # With the keys, in and back again; the list still narrows.
        button(door, "Petra").focus()
        page.keyboard.press("Enter")
        is_here(door, "Petra", waits=True)
        says(door, "{n} väntar på nät", 2)
        page.keyboard.press("Space")
        is_here(door, "Petra", waits=True, here=False)
        page.get_by_role("searchbox").fill("johan")
        expect(page.locator("[data-row]:visible")).to_have_count(1)
        page.get_by_role("searchbox").press("Enter")
        door.sees("Utan nät söks bara i listan.")
        door.press("Lägg till någon som inte är anmäld")
        door.sees("Att lägga till någon kräver nät.")
        page.get_by_role("searchbox").fill("")
        door.check()
        assert not event.invitations.attended().exists()
        half_an_hour_passes(door)
    is_here(door, "Johan")
    is_here(door, "Petra", here=False)
    says_nothing(door)
    here = answer_of(event, "Johan Ståhlberg")
    assert_half_an_hour_ago(here)
    assert here.attended_by == organiser
    assert answer_of(event, "Petra Lindh").attended_at is None
    assert page.evaluate(STORED) == []
    door.check()
    page.reload()
    is_here(door, "Johan")
    assert Registration.objects.to(event).count() == 3


@pytest.mark.parametrize("look", ["phone-sv"], indirect=True)
class TestOnAPhone:
    """What the language and the width of the screen do not change."""

    def test_a_tap_survives_a_closed_tab_and_is_sent_when_the_list_is_opened(
        self, enter: Enter, event: Event, organiser: User
    ) -> None:
        door = enter(organiser)
        door.page.clock.install()
        page = open_door(door, event)
        with no_network(door):
            button(door, "Åsa").click()
            is_here(door, "Åsa", waits=True)
            half_an_hour_passes(door)
            [(name, content)] = page.evaluate(STORED)
            assert re.fullmatch(rf"{organiser.pk}/here/meetings/\d+/people/\d+/here/", name)
            assert "true" not in content
            page.goto("about:blank")
        open_door(door, event)
        is_here(door, "Åsa")
        wait_for(lambda: event.invitations.attended().exists(), page)
        assert_half_an_hour_ago(answer_of(event, "Åsa Kvarn"))
        assert Registration.objects.to(event).count() == 3

    def test_a_tap_is_sent_from_whichever_page_is_opened_next(
        self, enter: Enter, event: Event, organiser: User, admin: User
    ) -> None:
        door = enter(organiser)
        page = open_door(door, event)
        with no_network(door):
            button(door, "Åsa").click()
            is_here(door, "Åsa", waits=True)
            page.goto("about:blank")
            door.lose_session()  # nor by the page that has just been left
        # Not by somebody else on the same phone, though.
        door.sign_in(admin).visit("/meetings/")
        page.wait_for_load_state("networkidle")
        assert not event.invitations.attended().exists()
        door.sign_in(organiser).visit("/meetings/")
        door.sees("Åsa Kvarn är här")
        assert answer_of(event, "Åsa Kvarn").attended_by == organiser

    def test_an_expired_sign_in_costs_no_tap(self, enter: Enter, event: Event, organiser: User) -> None:
        door = enter(organiser)
        page = open_door(door, event)
        door.lose_session()
        button(door, "Johan").click()
        says(door, "Du är utloggad. {n} väntar i telefonen.", 1)
        button(door, "Petra").click()
        says(door, "Du är utloggad. {n} väntar i telefonen.", 2)
        door.check()
        door.press("Logga in")
        expect(page).to_have_url(re.compile(rf"/login/\?next=/meetings/{event.pk}/check-in/$"))
        open_door(door.sign_in(organiser), event)
        for name in ("Johan", "Petra"):
            is_here(door, name)
        says_nothing(door)
        wait_for(lambda: event.invitations.attended().count() == 2, page)

    def test_who_may_no_longer_check_in_is_told_so_and_not_to_sign_in(
        self, enter: Enter, event: Event, organiser: User
    ) -> None:
        door = enter(organiser)
        page = open_door(door, event)
        organiser.roles = ["coach"]
        organiser.save(update_fields=["roles"])
        with door.tolerating("status of 403"):
            button(door, "Johan").click()
            door.sees("Du har inte längre behörighet att göra det här.")
            is_here(door, "Johan", here=False)
            says_nothing(door)
            assert len(page.evaluate(STORED)) == 1
        assert not event.invitations.attended().exists()

    def test_two_phones_end_equal(self, enter: Enter, event: Event, organiser: User, admin: User) -> None:
        one, two = enter(organiser), enter(admin)
        open_door(one, event)
        open_door(two, event)
        with no_network(one):
            button(one, "Johan").click()
            button(one, "Petra").click()
            is_here(one, "Petra", waits=True)
            one.page.wait_for_timeout(
                2000
            )  # what a busy machine takes to receive a tap must not turn the order
            with no_network(two):
                button(two, "Johan").click()
                button(two, "Åsa").click()
                is_here(two, "Åsa", waits=True)
            says_nothing(two)
            # Petra goes home: the phone that taps last is the one that is right.
            button(two, "Petra").click()
            is_here(two, "Petra")
            button(two, "Petra").click()
            is_here(two, "Petra", here=False)
            wait_for(lambda: answer_of(event, "Petra Lindh").attended_at is None, two.page)
            GuestFactory(event=event, name="Kom Senare", answered="coming")
        says_nothing(one)
        for phone in (one, two):
            phone.page.evaluate("dispatchEvent(new Event('online'))")  # as the minute does
            for name, here in (("Johan", True), ("Åsa", True), ("Petra", False), ("Kom", False)):
                is_here(phone, name, here=here)
            expect(phone.page.locator("[data-tally-here]")).to_have_text("2")
        assert {here.person_name for here in event.invitations.attended()} == {"Johan Ståhlberg", "Åsa Kvarn"}
        assert answer_of(event, "Johan Ståhlberg").attended_by == organiser

    def test_what_the_server_refuses_stands_at_the_row(
        self, enter: Enter, event: Event, organiser: User
    ) -> None:
        door = enter(organiser)
        page = open_door(door, event)
        with no_network(door), door.tolerating("status of 409", "status of 403"):
            button(door, "Johan").click()
            is_here(door, "Johan", waits=True)
            remove_invitation(invitation=guest(event, "Johan Ståhlberg"), by=organiser)
            button(door, "Petra").click()
            is_here(door, "Petra", waits=True)
            door.context.set_offline(False)
            alert = page.get_by_role("alert")
            expect(alert).to_contain_text("Johan Ståhlberg är inte incheckad: inbjudan är borttagen.")
            is_here(door, "Johan", here=False)
            is_here(door, "Petra")
            says_nothing(door)
            door.check()
            # Said once, and left alone while somebody stands in it.
            alert.get_by_role("button").focus()
            page.evaluate("dispatchEvent(new Event('offline'))")
            expect(alert.get_by_role("button")).to_be_focused()
            # Not dropped before it has been read, also where there is no such row any more.
            page.reload()
            door.sees("Johan Ståhlberg är inte incheckad: inbjudan är borttagen.")
            door.press("Stäng")
            wait_for(lambda: page.evaluate(STORED) == [], page)
        door.visit("/meetings/")
        page.wait_for_load_state("networkidle")
        expect(page.locator(".toast")).to_have_count(0)

    def test_a_meeting_that_was_cancelled_meanwhile(
        self, enter: Enter, event: Event, organiser: User
    ) -> None:
        door = enter(organiser)
        page = open_door(door, event)
        with no_network(door), door.tolerating("status of 409"):
            button(door, "Johan").click()
            is_here(door, "Johan", waits=True)
            page.goto("about:blank")
            cancel_event(event=event, by=organiser, words="")
            door.context.set_offline(False)
            door.visit("/meetings/")
            door.sees("Johan Ståhlberg är inte incheckad: träffen är inställd.")
        assert not event.invitations.attended().exists()

    def test_an_answer_that_was_lost_is_asked_for_again(
        self, enter: Enter, event: Event, organiser: User
    ) -> None:
        """The server has the first; the second changes nothing."""
        door = enter(organiser)
        page = open_door(door, event)
        lost: list[int] = []

        def lose(route: Route) -> None:
            lost.append(route.fetch().status)
            if len(lost) == 1:
                route.abort()
            else:
                route.fallback()

        page.route("**/here/", lose)
        with door.tolerating("ERR_FAILED"):
            button(door, "Johan").click()
            is_here(door, "Johan", waits=True)
            since = answer_of(event, "Johan Ståhlberg").attended_at
            assert since
            page.evaluate("dispatchEvent(new Event('online'))")
            says_nothing(door)
        attended_at = answer_of(event, "Johan Ståhlberg").attended_at
        assert attended_at
        assert attended_at <= since  # earlier, where the first had been long on its way
        assert len(lost) == 2

    @pytest.mark.parametrize("status", [200, 502, 429])
    def test_an_answer_from_somebody_else_is_no_answer(
        self, status: int, enter: Enter, event: Event, organiser: User
    ) -> None:
        """A hotel's network that wants to be paid, a proxy whose server is away."""
        door = enter(organiser)
        page = open_door(door, event)
        with door.tolerating(f"status of {status}"):
            page.route("**/here/", lambda route: route.fulfill(status=status, body="<p>Betala här</p>"))
            button(door, "Johan").click()
            is_here(door, "Johan", waits=True)
        page.unroute("**/here/")
        is_here(door, "Johan")  # by itself, within seconds
        wait_for(lambda: event.invitations.attended().exists(), page)

    def test_somebody_is_added_when_there_is_a_network(
        self, enter: Enter, event: Event, organiser: User
    ) -> None:
        door = enter(organiser)
        page = door.visit(f"/meetings/{event.pk}/walk-in/")
        door.field("Namn").fill("Linnea Qvist")
        with no_network(door):
            page.locator("form.form button").click()
            door.sees("Att lägga till någon kräver nät.")
        expect(door.field("Namn")).to_have_value("Linnea Qvist")
        page.locator("form.form button").click()
        is_here(door, "Linnea")

    def test_signing_out_asks_before_it_wipes_what_waits(
        self, enter: Enter, event: Event, organiser: User
    ) -> None:
        door = enter(organiser, viewport={"width": 1440, "height": 900})
        page = open_door(door, event)
        asked: list[str] = []

        def answer(dialog: Dialog) -> None:
            asked.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", answer)
        with no_network(door):
            button(door, "Johan").click()
            is_here(door, "Johan", waits=True)
            page.evaluate("document.querySelector('[data-forget]').click()")
            wait_for(lambda: bool(asked), page)
            assert "tas bort" in asked[0]
            assert len(page.evaluate(STORED)) == 1
        is_here(door, "Johan")
        says_nothing(door)
