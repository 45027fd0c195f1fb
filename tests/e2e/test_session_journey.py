"""A coach logs a session and loses nothing: not to time, to a slip, to a double tap or to a colleague.

1. She adds a company, is warned that it may be there already, and starts to coach it.
2. She logs a session with two next steps and a next meeting.
3. The next meeting, once it has passed, waits to be logged by itself.
4. Whatever interrupts her, the text is still there and there is one session.
"""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from coaching.models import Action, EngagementCoach, Session, SessionDraft
from coachnet.accounts.models import User
from companies.models import Company
from tests.e2e.conftest import Enter
from tests.e2e.network import Network
from tests.e2e.visitor import Visitor
from tests.factories.accounts import PASSWORD

NOTE = "Tvätteriet tar bara emot hela burar."


def choose_company(visitor: Visitor, typed: str, name: str) -> None:
    """Find the company by typing, as one does."""
    box = visitor.page.get_by_role("combobox", name=visitor.say("Företag"))
    box.press_sequentially(typed)
    visitor.page.get_by_role("option", name=name).click()
    expect(box).to_have_value(name)


def open_form(visitor: Visitor, network: Network) -> Page:
    """A new form with the company chosen."""
    page = visitor.visit(f"/sessions/new/?company={network.company.pk}")
    expect(page.get_by_role("heading", level=1)).to_have_text(visitor.say("Logga tillfälle"))
    return page


def wait_until_kept(visitor: Visitor) -> None:
    """Autosave says that the server has it."""
    words = visitor.say("Utkast sparat {time}").partition("{")[0].strip()
    expect(visitor.page.locator("[data-save-state]")).to_contain_text(words)


def save(visitor: Visitor) -> None:
    visitor.press("Spara tillfälle")


def logged(network: Network) -> list[Session]:
    """The sessions held today with the company, as the database has them."""
    return list(
        Session.objects.filter(engagement__company=network.company, date=timezone.localdate(), state="held")
    )


def test_a_new_company_is_coached(enter: Enter, network: Network, coach: User) -> None:
    """From the list to a company that may exist already, and on to its engagement."""
    visitor = enter(coach)
    page = visitor.visit("/companies/")
    visitor.check()
    visitor.press("Lägg till företag")
    visitor.field("Företagsnamn").fill("Kvarnåns Arbetsplag")
    visitor.field("Företagsnamn").press("Tab")
    visitor.sees("Finns företaget redan?")
    visitor.check()
    visitor.press("Lägg till företag")
    visitor.sees("Inget är sparat än. Det här liknar ett företag som redan finns:")
    assert not Company.objects.filter(name="Kvarnåns Arbetsplag").exists()
    visitor.check()
    visitor.press("Det är ett annat företag, lägg till ändå")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kvarnåns Arbetsplag")
    visitor.check()
    page.locator("summary", has_text=visitor.say("Fler val för företaget")).click()
    visitor.check()
    visitor.press("Starta coachning")
    visitor.check()
    page.locator("form.form button.btn--primary").click()
    expect(page).to_have_url(re.compile(r"/engagements/\d+/"))
    visitor.check()
    company = Company.objects.get(name="Kvarnåns Arbetsplag")
    assert company.engagements.get().memberships.get().coach == coach


def test_a_session_leads_to_actions_and_the_next_meeting(enter: Enter, network: Network, coach: User) -> None:
    """Two steps, a next meeting, and a meeting that waits to be logged when its time has passed."""
    visitor = enter(coach)
    page = visitor.visit("/today/")
    visitor.check()
    page.locator(f"a[href='{'/sessions/new/'}']").filter(visible=True).first.click()
    choose_company(visitor, "kvarn", network.company.name)
    expect(page.get_by_label("Åsa Kvarn, vd")).to_be_visible()
    visitor.check()
    page.get_by_text(visitor.say("1 h"), exact=True).click()
    page.get_by_text(visitor.say("På plats"), exact=True).click()
    page.get_by_text("Åsa Kvarn, vd").click()
    visitor.field("Anteckning").fill(NOTE)
    due = timezone.localdate() + dt.timedelta(days=10)
    visitor.field("Vad").fill("Skicka offert på burar")
    visitor.field("Senast").fill(due.isoformat())
    visitor.press("Lägg till steg")
    visitor.field("Vad", 1).fill("Ring tvätteriet")
    next_day = timezone.localdate() + dt.timedelta(days=14)
    page.locator("[name=next_date]").fill(next_day.isoformat())
    page.locator("[name=next_time]").fill("09:00")
    wait_until_kept(visitor)
    visitor.check()
    save(visitor)
    expect(page).to_have_url(re.compile(r"/sessions/[0-9a-f-]{36}/\?saved"))
    visitor.sees("Skicka offert på burar")
    visitor.check()

    [session] = logged(network)
    assert session.completeness == Session.Completeness.COMPLETE
    assert [action.what for action in session.actions.order_by("created_at")] == [
        "Skicka offert på burar",
        "Ring tvätteriet",
    ]
    assert session.actions.get(what__startswith="Skicka").due_on == due
    assert session.next_session.date == next_day
    assert not SessionDraft.objects.filter(coach=coach, company=network.company, data__note=[NOTE]).exists()

    assert session.next_session not in Session.objects.to_log()
    Session.objects.filter(pk=session.next_session.pk).update(
        date=timezone.localdate() - dt.timedelta(days=2)
    )
    assert session.next_session in Session.objects.to_log()
    page = visitor.visit("/today/")
    waiting = page.locator(f"a[href='/sessions/{session.next_session.pk}/edit/?log']")
    expect(waiting.first).to_be_visible()
    visitor.check()
    waiting.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(visitor.say("Logga tillfälle"))
    visitor.check()


def test_an_expired_sign_in_costs_nothing(enter: Enter, network: Network, coach: User) -> None:
    """The cookie is gone when she saves: she signs in, and the text is back."""
    visitor = enter(coach)
    page = open_form(visitor, network)
    visitor.field("Anteckning").fill(NOTE)
    with visitor.tolerating("status of 401"):
        visitor.lose_session()
        save(visitor)
        visitor.sees("Du är utloggad. Texten är sparad.")
        visitor.check()
    visitor.press("Logga in")
    visitor.field("E-post").fill(coach.email)
    visitor.field("Lösenord").fill(PASSWORD)
    page.locator("form button.btn--primary").click()
    expect(visitor.field("Anteckning")).to_have_value(NOTE)
    page.wait_for_load_state("networkidle")  # the device hands its own copy in, then shows the form again
    expect(visitor.field("Anteckning")).to_have_value(NOTE)
    visitor.check()
    save(visitor)
    expect(page).to_have_url(re.compile(r"\?saved"))
    [session] = logged(network)
    assert session.note == NOTE


def test_a_failed_validation_keeps_every_value(enter: Enter, network: Network, coach: User) -> None:
    """Errors stand first, focused, linked and in the title; what was right is still there."""
    visitor = enter(coach)
    page = open_form(visitor, network)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    visitor.field("Datum").fill(tomorrow.isoformat())
    page.locator("[name=start_time]").fill("10:15")
    page.get_by_text(visitor.say("Telefon"), exact=True).click()
    visitor.field("Anteckning").fill(NOTE)
    visitor.field("Vad").fill("Ring tvätteriet")
    with visitor.tolerating("status of 422"):
        save(visitor)
        expect(page).to_have_title(re.compile(rf"^{visitor.say('Fel:')}"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    visitor.check()
    page.locator("[data-error-summary] a").first.click()
    expect(visitor.field("Datum")).to_be_focused()
    expect(visitor.field("Datum")).to_have_value(tomorrow.isoformat())
    expect(page.locator("[name=start_time]")).to_have_value("10:15")
    expect(page.locator("[name=channel][value=phone]")).to_be_checked()
    expect(visitor.field("Anteckning")).to_have_value(NOTE)
    expect(visitor.field("Vad")).to_have_value("Ring tvätteriet")
    visitor.field("Datum").fill(timezone.localdate().isoformat())
    save(visitor)
    expect(page).to_have_url(re.compile(r"\?saved"))
    [session] = logged(network)
    assert (session.channel, session.note, session.actions.get().what) == ("phone", NOTE, "Ring tvätteriet")


def test_a_double_tap_gives_one_session(enter: Enter, network: Network, coach: User) -> None:
    visitor = enter(coach)
    page = open_form(visitor, network)
    visitor.field("Anteckning").fill(NOTE)
    visitor.field("Vad").fill("Ring tvätteriet")
    visitor.control("Spara tillfälle").dblclick()
    expect(page).to_have_url(re.compile(r"\?saved"))
    assert [session.note for session in logged(network)] == [NOTE]
    assert Action.objects.filter(what="Ring tvätteriet").count() == 1


def test_the_back_button_gives_one_session(enter: Enter, network: Network, coach: User) -> None:
    """Back to the form and save again: the same session, the same steps."""
    visitor = enter(coach)
    page = open_form(visitor, network)
    visitor.field("Anteckning").fill(NOTE)
    visitor.field("Vad").fill("Ring tvätteriet")
    save(visitor)
    expect(page).to_have_url(re.compile(r"\?saved"))
    with visitor.tolerating("status of 409"):
        page.go_back()
        expect(visitor.field("Anteckning")).to_have_value(NOTE)
        save(visitor)
        expect(page).to_have_url(re.compile(r"\?saved"))
    assert [session.note for session in logged(network)] == [NOTE]
    assert Action.objects.filter(what="Ring tvätteriet").count() == 1


def test_a_second_editor_overwrites_nothing(
    enter: Enter, network: Network, coach: User, colleague: User
) -> None:
    """Both have the form open; the second to save sees both texts and keeps both."""
    EngagementCoach.objects.create(engagement=network.engagement, coach=colleague)
    first, second = enter(coach), enter(colleague)
    for visitor in (first, second):
        visitor.visit(f"/sessions/{network.held.pk}/edit/")
    first.field("Anteckning").fill("Maja skrev först.")
    save(first)
    expect(first.page).to_have_url(re.compile(r"\?saved"))
    with second.tolerating("status of 409"):
        second.field("Anteckning").fill("Åke skrev sedan.")
        save(second)
        expect(second.page.get_by_role("heading", level=1)).to_have_text(second.say("Jämför två texter"))
    second.sees("Maja skrev först.")
    second.sees("Åke skrev sedan.")
    second.check()
    network.held.refresh_from_db()
    assert network.held.note == "Maja skrev först."
    second.press("Spara mitt val")
    expect(second.page).to_have_url(re.compile(r"\?saved"))
    network.held.refresh_from_db()
    assert "Maja skrev först." in network.held.note
    assert "Åke skrev sedan." in network.held.note


def test_a_closed_tab_costs_nothing(enter: Enter, network: Network, coach: User) -> None:
    """A pause of a second is enough; the draft waits in Min dag."""
    visitor = enter(coach)
    page = open_form(visitor, network)
    address = page.url.removeprefix(visitor.home).partition("?")[0]
    visitor.field("Anteckning").fill(NOTE)
    wait_until_kept(visitor)
    page.goto("about:blank")
    page = visitor.visit("/today/")
    link = page.locator(f"a[href='{address}']").filter(visible=True).first
    expect(link).to_be_visible()
    visitor.check()
    link.click()
    expect(visitor.field("Anteckning")).to_have_value(NOTE)


@pytest.mark.parametrize("look", ["phone-sv"], indirect=True)
def test_without_network_the_text_waits_on_the_phone(enter: Enter, network: Network, coach: User) -> None:
    """No coverage: the state says so; with coverage the server gets the text."""
    visitor = enter(coach)
    page = open_form(visitor, network)
    wait = page.locator("[data-save-state]")
    with visitor.tolerating("ERR_INTERNET_DISCONNECTED"):
        visitor.context.set_offline(True)
        visitor.field("Anteckning").fill(NOTE)
        expect(wait).to_contain_text(visitor.say("Sparat i telefonen"))
        visitor.check()
        visitor.context.set_offline(False)
        wait_until_kept(visitor)
    assert SessionDraft.objects.filter(coach=coach, data__note=[NOTE]).exists()


@pytest.mark.parametrize("look", ["phone-sv"], indirect=True)
def test_saving_without_network_keeps_the_page_and_says_so(
    enter: Enter, network: Network, coach: User
) -> None:
    """Everything typed is on the server already, and the network is gone: the browser's own error helps nobody."""
    visitor = enter(coach)
    page = open_form(visitor, network)
    visitor.field("Anteckning").fill(NOTE)
    wait_until_kept(visitor)
    address = page.url
    with visitor.tolerating("ERR_INTERNET_DISCONNECTED"):
        visitor.context.set_offline(True)
        save(visitor)
        expect(page.locator("[data-save-state]")).to_contain_text(visitor.say("Sparat i telefonen"))
        visitor.context.set_offline(False)
        wait_until_kept(visitor)
    assert page.url == address
    expect(visitor.field("Anteckning")).to_have_value(NOTE)
    assert SessionDraft.objects.filter(coach=coach, data__note=[NOTE]).count() == 1
    save(visitor)
    expect(page).to_have_url(re.compile(r"\?saved"))
