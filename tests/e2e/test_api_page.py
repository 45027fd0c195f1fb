"""The readable page of the open interface: drawn by another's script, within our content security policy."""

from playwright.sync_api import expect

from coachnet.accounts.models import User
from tests.e2e.conftest import Enter
from tests.e2e.visitor import axe_looks
from tests.factories.accounts import PASSWORD
from tests.factories.api import key_for


def test_the_description_is_drawn_within_our_policy_and_can_be_tried(enter: Enter, coach: User) -> None:
    _key, token = key_for(coach)
    visitor = enter()  # leaving fails for anything that the policy stopped
    page = visitor.visit("/api/v1/")
    expect(page.locator(".opblock")).to_have_count(23)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        # How close its links stand is Swagger's; what colours they have is ours.
        assert [line for line in axe_looks(page) if not line.startswith("target-size")] == [], scheme
    page.get_by_role("button", name="Authorize").click()
    page.locator(".auth-container input").fill(token)
    page.locator(".auth-btn-wrapper").get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").last.click()
    events = page.locator("#operations-events-events_list")
    events.locator(".opblock-summary-control").click()
    events.get_by_role("button", name="Try it out").click()
    events.get_by_role("button", name="Execute").click()
    expect(events.locator(".live-responses-table tr.response .response-col_status")).to_have_text("200")


def test_a_key_is_made_and_revoked_on_ones_own_page(enter: Enter, coach: User) -> None:
    visitor = enter(coach)
    visitor.visit("/people/me/keys/")
    visitor.sees("Inga nycklar än")
    visitor.press("Ny nyckel")
    visitor.field("Lösenord").fill(PASSWORD)
    visitor.press("Fortsätt")
    visitor.check()
    visitor.field("Vad ska nyckeln användas till?").fill("Kundregistret")
    visitor.press("Skapa nyckel")
    expect(visitor.page.locator("code")).to_contain_text("coachnet_")
    visitor.check()
    visitor.press("Jag har kopierat den")
    visitor.check()
    visitor.page.get_by_role("button", name="Kundregistret").click()
    visitor.sees("Nyckeln är återkallad")
