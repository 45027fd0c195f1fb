"""Every component in every state, in a real browser: accessible, reflowing, usable without script."""

import pytest
from playwright.sync_api import expect

from coachnet.accounts.models import User
from tests.e2e.conftest import Enter
from tests.e2e.visitor import DESKTOP_SV, PHONE_SV, Look

NARROW = Look(320, 640, "sv")
TEXT_SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }"""
CUT = """() => [...document.querySelectorAll("main *")].filter(one => {
  const style = getComputedStyle(one);
  return style.overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1 && !one.closest(".sr, svg")
}).map(one => one.className)"""


def test_gallery_breaks_no_rule(enter: Enter, admin: User) -> None:
    person = enter(admin)
    person.visit("/gallery/")
    person.check()


def test_gallery_reflows_at_320_px(enter: Enter, admin: User) -> None:
    person = enter(admin, look=NARROW)
    person.visit("/gallery/")
    person.check()


def test_gallery_survives_wider_text(enter: Enter, admin: User) -> None:
    page = enter(admin, look=PHONE_SV, bypass_csp=True).visit("/gallery/")
    page.add_style_tag(content=TEXT_SPACING)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT) == []


def test_gallery_works_without_script(enter: Enter, admin: User) -> None:
    page = enter(admin, look=DESKTOP_SV, java_script_enabled=False).visit("/gallery/")
    expect(page.get_by_role("button", name="Tangenter")).to_have_count(0)
    expect(page.locator("select[name=company]").first).to_be_visible()
    page.locator(".who").click()
    page.get_by_role("button", name="Mörkt").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_gallery_with_the_menus_open(enter: Enter, admin: User) -> None:
    """The sheet on a phone, the person's menu, the dialogs: each state keeps the rules."""
    person = enter(admin)
    page = person.visit("/gallery/")
    if person.look.is_phone:
        person.press("Meny")
    page.locator(".who").click()
    person.check()
    person.press("Tangenter")
    expect(page.locator("#shortcuts")).to_be_visible()
    person.check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=person.say("Ta bort …")).click()
    person.check()


@pytest.mark.parametrize("status", [404])
def test_error_page_keeps_the_rules(enter: Enter, status: int) -> None:
    person = enter()
    person.visit("/nothing-here/", status=status)
    person.check()
