"""Every component in every state, in a real browser. That the page breaks no rule at rest, `test_every_page` sees."""

import pytest
from playwright.sync_api import expect

from coachnet.accounts.models import User
from tests.e2e.conftest import Enter
from tests.e2e.visitor import DESKTOP_SV, Look

NARROW, PHONE_SV = Look(320, 640, "sv"), Look(390, 844, "sv")
TEXT_SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }"""
CUT = """() => [...document.querySelectorAll("main *")].filter(one => {
  const style = getComputedStyle(one);
  return style.overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1 && !one.closest(".sr, svg, thead")
}).map(one => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("look", [NARROW])
def test_gallery_reflows_at_320_px(enter: Enter, admin: User) -> None:
    person = enter(admin)
    person.visit("/gallery/")
    person.check()


@pytest.mark.parametrize("look", [PHONE_SV])
def test_gallery_survives_wider_text(enter: Enter, admin: User) -> None:
    page = enter(admin, bypass_csp=True).visit("/gallery/")
    page.add_style_tag(content=TEXT_SPACING)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("look", [DESKTOP_SV])
def test_gallery_works_without_script(enter: Enter, admin: User) -> None:
    page = enter(admin, java_script_enabled=False).visit("/gallery/")
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
