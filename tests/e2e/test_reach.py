"""For everyone: by keyboard, without script, at 320 px, with large text, forced colours, on a slow line."""

import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from coaching.models import Action, Session
from coachnet.accounts.models import User
from tests.e2e.conftest import Enter
from tests.e2e.network import Network
from tests.e2e.visitor import Visitor
from tests.factories.accounts import PASSWORD
from tools import chromium

# What has focus, and whether its outline or anything else tells it apart, in view and not beneath something.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const label = one.closest("label"), marked = [one, label].filter(Boolean).map(part => getComputedStyle(part));
  return {
    name: one.tagName + " " + (one.name || one.getAttribute("href") || one.textContent.trim().slice(0, 30)),
    inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    visible: marked.some(part => part.outlineStyle !== "none" || part.boxShadow !== "none"),
  };
}"""

# From where to where each word of the bar at the thumb reaches.
LABELS = """() => [...document.querySelectorAll(".tabbar > *")].map(one => {
  const words = document.createRange();
  words.selectNode([...one.childNodes].at(-1));
  const box = words.getBoundingClientRect();
  return [box.left, box.right];
})"""


def pages_of(network: Network) -> list[str]:
    """The pages a coach lives in."""
    return [
        "/today/",
        "/companies/",
        f"/companies/{network.company.pk}/",
        f"/companies/{network.company.pk}/sessions/",
        f"/sessions/new/?company={network.company.pk}",
        f"/sessions/{network.held.pk}/",
        "/sessions/",
        "/actions/",
        f"/engagements/{network.engagement.pk}/",
        "/people/me/",
    ]


def tab_to(page: Page, selector: str, *, key: str = "Tab", most: int = 80) -> None:
    """Go there with the tabulator; focus must be seen at every stop."""
    for _ in range(most):
        page.keyboard.press(key)
        focus = page.evaluate(FOCUS)
        if focus:
            assert focus["visible"], f"Focus cannot be seen on {focus['name']}"
            assert focus["inView"], f"Focus is out of view on {focus['name']}"
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} was not reached by {most} presses of {key}")


@pytest.mark.parametrize("look", ["desktop-sv"], indirect=True)
def test_a_session_by_keyboard_alone(enter: Enter, network: Network, coach: User) -> None:
    """Sign in, log a session with a next step, mark it as done; the mouse is never touched."""
    visitor = enter()
    page = visitor.visit("/accounts/login/")
    tab_to(page, "[name=login]")
    page.keyboard.type(coach.email)
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/today/")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("c")
    page.wait_for_url("**/edit/")
    tab_to(page, "[role=combobox]")
    page.keyboard.type("kvarn", delay=30)
    expect(page.get_by_role("option", name=network.company.name)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Åsa Kvarn, vd")).to_be_visible()
    tab_to(page, "[name=minutes]")
    page.keyboard.press("Space")
    tab_to(page, "[name=channel]")
    page.keyboard.press("ArrowRight")
    tab_to(page, "#id_note")
    page.keyboard.type("Skrivet utan mus.")
    tab_to(page, "[name=steps-0-what]")
    page.keyboard.type("Ring tvätteriet")
    tab_to(page, ".actionbar .btn--primary")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?saved"))
    session = Session.objects.get(note="Skrivet utan mus.")
    assert session.date == timezone.localdate()
    page.goto(f"{visitor.home}/actions/")
    action = session.actions.get()
    tab_to(page, f"form[action='/actions/{action.pk}/done/'] button")
    page.keyboard.press("Enter")
    visitor.sees("Åtgärden är markerad som klar")
    action.refresh_from_db()
    assert action.status == Action.Status.DONE


@pytest.mark.parametrize("look", ["phone-sv"], indirect=True)
def test_a_session_without_script(enter: Enter, network: Network, coach: User) -> None:
    """Plain HTML from the first page to the saved session, and an error on the way."""
    visitor = enter(coach, java_script_enabled=False)
    page = visitor.page
    page.goto(f"{visitor.home}/sessions/new/")
    page.locator("select[name=company]").select_option(label=network.company.name)
    page.locator("[name=date]").fill("")
    page.locator("#id_note").fill("Skrivet utan skript.")
    page.locator("[name=steps-0-what]").fill("Ring tvätteriet")
    with visitor.tolerating("status of 422"):
        page.locator(".actionbar .btn--primary").click()
        expect(page).to_have_title(re.compile("^Fel:"))
    page.locator("[name=date]").fill(timezone.localdate().isoformat())
    page.locator(".actionbar .btn--primary").click()
    expect(page).to_have_url(re.compile(r"\?saved"))
    session = Session.objects.get(note="Skrivet utan skript.")
    assert session.actions.get().what == "Ring tvätteriet"
    page.goto(f"{visitor.home}/actions/")
    page.locator(f"form[action='/actions/{session.actions.get().pk}/done/'] button").click()
    assert session.actions.get().status == Action.Status.DONE


@pytest.mark.parametrize("look", ["narrow-sv"], indirect=True)
def test_reflow_at_320_px(enter: Enter, network: Network, coach: User) -> None:
    """As a wide screen at 400 %: no page scrolls sideways, no rule is broken."""
    visitor = enter(coach)
    for path in pages_of(network):
        visitor.visit(path)
        visitor.check()


@pytest.fixture
def large_text(browser: Browser) -> Iterator[Browser]:
    """A browser whose reader has set the text to twice its size, as one does in its settings."""
    arguments = ["--no-sandbox", "--blink-settings=defaultFontSize=32"]
    large = browser.browser_type.launch(executable_path=chromium.find(), args=arguments)
    yield large
    large.close()


@pytest.mark.parametrize("look", ["desktop-sv", "phone-sv"], indirect=True)
def test_text_at_twice_the_size(enter: Enter, network: Network, coach: User, large_text: Browser) -> None:
    """Nothing scrolls sideways, and no rule is broken."""
    visitor = enter(coach, through=large_text)
    for path in pages_of(network):
        visitor.visit(path)
        assert visitor.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        visitor.check()
    for width in (390, 320):
        visitor.page.set_viewport_size({"width": width, "height": 844})
        sides = visitor.page.evaluate(LABELS)
        assert len(sides) == 5
        assert all(left > right for (_, right), (left, _) in pairwise(sides)), sides
        assert sides[0][0] >= 0
        assert sides[-1][1] <= width


def test_nothing_moves_for_those_who_want_calm(enter: Enter, network: Network, coach: User) -> None:
    """With reduced motion no animation runs, not even when something opens."""
    visitor = enter(coach, reduced_motion="reduce")
    page = visitor.visit("/today/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    moving = "document.getAnimations().filter(one => one.playState === 'running').length"
    assert page.evaluate(moving) == 0


def test_forced_colours_keep_what_is_seen(enter: Enter, network: Network, coach: User) -> None:
    """In forced colours icons, chosen options and focus are still drawn."""
    visitor = enter(coach, forced_colors="active")
    page = visitor.visit(f"/sessions/new/?company={network.company.pk}")
    page.get_by_text(visitor.say("Telefon"), exact=True).click()
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    label = "document.querySelector('[name=channel][value=phone]').closest('label')"
    other = "document.querySelector('[name=channel][value=on_site]').closest('label')"
    drawn = ["borderTopWidth", "borderTopColor", "outlineStyle", "backgroundColor"]
    look = f"(one => {drawn}.map(name => getComputedStyle(one)[name]).join())"
    assert page.evaluate(f"{look}({label})") != page.evaluate(f"{look}({other})")
    page.locator("#id_note").focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    visitor.check()


@pytest.mark.parametrize("look", ["phone-sv"], indirect=True)
def test_the_session_form_on_a_slow_line(
    enter: Enter, network: Network, coach: User, record_property: Callable[[str, object], None]
) -> None:
    """400 kbit/s and 400 ms: measured and told, not judged; a busy machine is no slow line."""
    visitor = enter(coach)
    line = visitor.context.new_cdp_session(visitor.page)
    line.send("Network.enable")
    speed = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    line.send("Network.emulateNetworkConditions", speed)
    address = f"/sessions/new/?company={network.company.pk}"
    for name in ("first", "again"):
        began = time.monotonic()
        visitor.page.goto(visitor.home + address, wait_until="domcontentloaded")
        visitor.field("Anteckning").fill("x")
        seconds = round(time.monotonic() - began, 1)
        record_property(f"session_form_{name}_visit_seconds", seconds)
        print(f"\nThe session form on a slow line, {name} visit: {seconds} s")
    assert visitor.field("Anteckning").input_value() == "x"


def first_words(visitor: Visitor) -> str:
    """The heading of the page."""
    return visitor.page.get_by_role("heading", level=1).inner_text()


def test_one_tap_to_log_from_every_page(enter: Enter, network: Network, coach: User) -> None:
    """From each page a coach lives in, one tap opens a new session; where it leads is seen from the first and last."""
    visitor = enter(coach)
    paths = [path for path in pages_of(network) if not path.startswith("/sessions/new/")]
    for path in paths:
        page = visitor.visit(path)
        link = page.locator("a[href^='/sessions/new/']:not([href*=planned])").filter(visible=True).first
        link.click(trial=path not in (paths[0], paths[-1]))  # in reach, and nothing lies over it
        if path in (paths[0], paths[-1]):
            page.wait_for_url("**/edit/*")
            assert first_words(visitor) == visitor.say("Logga tillfälle"), path


@pytest.mark.parametrize("look", ["phone-sv"], indirect=True)
def test_the_tab_that_is_open_is_in_sight(enter: Enter, network: Network, organiser: User) -> None:
    """Also where there are more of them than the screen is wide."""
    visitor = enter(organiser)
    for state in ("", "?state=queued", "?state=failed", "?state=skipped"):
        page = visitor.visit(f"/delivery/{state}")
        expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=0.99)
        assert page.evaluate("scrollY") == 0
