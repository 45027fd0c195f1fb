"""A reminder goes out, is opened from the mail and turned off; what got stuck is sent again."""

import datetime as dt
import re
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from coachnet.accounts.models import User
from coachnet.notifications import tasks
from coachnet.notifications.models import Notification
from tests.e2e.conftest import Enter
from tests.e2e.network import Network


def due_now(rule: str) -> None:
    """Let what waits by a rule be due, and nothing else."""
    Notification.objects.filter(state="queued").exclude(rule=rule).delete()
    Notification.objects.filter(rule=rule, state="queued").update(
        due_at=timezone.now() - dt.timedelta(minutes=1), claimed_until=None
    )


def links(mail: Any) -> list[str]:
    return re.findall(r"https?://\S+", mail.get_body(("plain",)).get_content())


def test_a_mail_leads_to_the_form_and_to_the_way_out(
    enter: Enter, network: Network, coach: User, mailbox: Any
) -> None:
    visitor = enter(coach)
    coach.language = visitor.look.language
    coach.save()
    Notification.objects.filter(rule="session_to_log").update(state="queued", sent_at=None, attempts=0)
    due_now("session_to_log")
    tasks.send_due()
    (mail,) = mailbox
    to_form = next(link for link in links(mail) if "/edit/" in link)
    way_out = next(link for link in links(mail) if "/reminders/off/" in link)
    page = visitor.page
    page.goto(to_form)
    visitor.sees("Logga tillfälle")
    # On a device where nobody is signed in, as mail is often read.
    stranger = enter()
    page = stranger.page
    page.goto(way_out)
    expect(page.get_by_role("heading", level=1)).to_contain_text(stranger.say("Tillfälle att logga"))
    stranger.check()
    stranger.press("Stäng av")
    stranger.sees("Påminnelsen är avstängd")
    stranger.check()
    stranger.press("Slå på igen")
    stranger.sees("Påminnelsen är på igen")


def test_reminders_are_chosen_with_the_keyboard_and_without_script(
    enter: Enter, network: Network, coach: User
) -> None:
    visitor = enter(coach)
    page = visitor.visit("/people/me/reminders/")
    visitor.check()
    switch = page.get_by_role("switch", name=visitor.say("Tyst företag"))
    expect(switch).to_be_checked()
    switch.focus()
    page.keyboard.press("Space")
    visitor.press("Spara val")
    visitor.sees("Dina val av påminnelser är sparade")
    plain = enter(coach, java_script_enabled=False)
    page = plain.visit("/people/me/reminders/")
    switch = page.get_by_role("switch", name=plain.say("Tyst företag"))
    expect(switch).not_to_be_checked()
    switch.check()
    plain.press("Spara val")
    expect(page.get_by_role("switch", name=plain.say("Tyst företag"))).to_be_checked()


def test_what_got_stuck_is_found_and_sent_again(
    enter: Enter, network: Network, organiser: User, mailbox: Any
) -> None:
    due_now("none")
    visitor = enter(organiser)
    page = visitor.visit("/delivery/")
    visitor.check()
    page.get_by_role("link", name=re.compile(visitor.say("Kom inte fram"))).click()
    visitor.sees("Gick inte att skicka efter flera försök")
    visitor.check()
    row = page.locator("[data-row]").first
    row.locator("summary").click()
    row.get_by_role("button", name=visitor.say("Skicka igen nu")).click()
    visitor.sees("Utskicket skickas igen")
    assert len(mailbox) <= 1  # sent at once, unless its session has been logged since
    assert not Notification.objects.filter(state="failed").exists()
