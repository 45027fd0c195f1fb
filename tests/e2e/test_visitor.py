"""The examiner itself: a page with a fault must be found out."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.visitor import DESKTOP_SV, Visitor, axe, axe_looks

PAGE = """<!doctype html><html lang="{lang}"><head><title>Prov</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>Prov</h1>{body}</main></body></html>"""

BUTTONS = """<style>button {{ all: unset; display: block; width: {0}px; height: {0}px }}</style>
<button>A</button><button>B</button>"""


@pytest.fixture
def stranger(browser: Browser) -> Visitor:
    context = browser.new_context(viewport={"width": DESKTOP_SV.width, "height": DESKTOP_SV.height})
    return Visitor(context, "http://localhost:1", DESKTOP_SV)


def show(stranger: Visitor, body: str, lang: str = "sv") -> None:
    stranger.page.set_content(PAGE.format(body=body, lang=lang))


def test_check_passes_a_page_without_faults(stranger: Visitor) -> None:
    show(stranger, "<p>Hej</p>")
    stranger.check()
    stranger.leave()


@pytest.mark.parametrize(
    ("body", "lang", "complaint"),
    [
        ("<img src='data:,'>", "sv", "image-alt"),
        ("<p style='color: #ccc; background: #fff'>Blek</p>", "sv", "color-contrast"),
        ("<p style='width: 2000px'>Bred</p>", "sv", "scrolls sideways"),
        ("<p>Hello</p>", "en", "wrong lang"),
        ("<p>Forgot your password?</p>", "sv", "not translated"),
    ],
)
def test_check_finds_a_fault(stranger: Visitor, body: str, lang: str, complaint: str) -> None:
    show(stranger, body, lang)
    with pytest.raises(AssertionError, match=complaint):
        stranger.check()


def test_a_wide_page_is_also_given_the_width_of_a_phone(stranger: Visitor) -> None:
    show(stranger, "<p style='width: 600px'>Bred</p>")
    stranger.check_words()
    with pytest.raises(AssertionError, match=r"390 px, sv\) scrolls sideways"):
        stranger.check_narrow()


def test_axe_sees_the_dark_page(stranger: Visitor) -> None:
    show(
        stranger,
        "<style>@media (prefers-color-scheme: dark) { p { color: #333; background: #222 } }</style>"
        "<p>Mörk</p>",
    )
    assert axe(stranger.page) + axe_looks(stranger.page) == []
    stranger.page.emulate_media(color_scheme="dark")
    assert [line.partition(":")[0] for line in axe_looks(stranger.page)] == ["color-contrast"]


@pytest.mark.parametrize(
    ("fair", "broken", "rule"),
    [
        (
            "<p style='color: #6a6a6a'>Text</p>",
            "<div style='background: #bbb'><p style='color: #6a6a6a'>Text</p></div>",
            "color-contrast",
        ),
        ("<p>Text</p>", "<style>p + p { color: #ccc }</style><p>Text</p><p>Text</p>", "color-contrast"),
        ("<p>Text</p>", "<p>Text</p><style>p { color: #ccc }</style>", "color-contrast"),
        (BUTTONS.format(24), BUTTONS.format(20), "target-size"),
    ],
)
def test_what_is_drawn_otherwise_is_asked_again(stranger: Visitor, fair: str, broken: str, rule: str) -> None:
    show(stranger, fair)
    assert axe_looks(stranger.page) == []
    show(stranger, broken)
    for _ in ("it is found", "and not taken for examined"):
        assert {line.partition(":")[0] for line in axe_looks(stranger.page)} == {rule}


@pytest.mark.parametrize("fault", ["console.error('trasigt')", "setTimeout(() => { throw Error('kast') })"])
def test_leave_tells_of_script_errors(stranger: Visitor, fault: str) -> None:
    show(stranger, f"<script>{fault}</script>")
    stranger.page.wait_for_timeout(100)
    with pytest.raises(AssertionError, match=r"trasigt|kast"):
        stranger.leave()


def test_leave_tells_of_other_hosts(stranger: Visitor) -> None:
    show(stranger, "<img alt='' src='http://127.0.0.1:9/pixel.png'>")
    stranger.page.wait_for_timeout(100)
    with pytest.raises(AssertionError, match="another host"):
        stranger.leave()


def test_tolerating_lets_an_expected_refusal_pass(stranger: Visitor) -> None:
    show(stranger, "")
    with stranger.tolerating("status of 404"):
        stranger.page.evaluate("console.error('the server responded with a status of 404 (Not Found)')")
    stranger.leave()
