"""Each script behaviour alone, in a real browser, against a server whose answers the test decides.

The script is the bundle that production sends.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.utils import translation
from playwright.sync_api import Browser, Dialog, Page, Request, Route, expect

from coachnet.lib.static import SCRIPTS, bundle_script
from tests.lib.test_static import real

DOCUMENT = """<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Prov</title>
<link rel="stylesheet" href="/static/css/index.css">
<script type="module" src="/static/js/app.js"></script>
<script src="/static/django_htmx/htmx-2.min.js" defer></script></head>
<body data-user="7" hx-headers='{{"X-CSRFToken": "{token}"}}'><main>{body}</main>
<div class="toasts" data-toasts role="status" data-recovered="Ett utkast är nu sparat."></div></body></html>"""


@dataclass
class Stage:
    """A browser page whose server is played by the test: `answer` sets what an address says."""

    page: Page
    home: str
    token: str = "old"
    posts: list[Request] = field(default_factory=list)

    def answer(self, path: str, status: int = 200, body: str = "", **headers: str) -> None:
        """From now on this address answers so."""

        def fulfil(route: Route) -> None:
            if route.request.method == "POST":
                self.posts.append(route.request)
            content = headers.get("content_type", "text/html; charset=utf-8")
            kept = {name.title(): value for name, value in headers.items() if name != "content_type"}
            route.fulfill(status=status, body=body, headers={"Content-Type": content, **kept})

        self.page.unroute(f"{self.home}{path}")
        self.page.route(f"{self.home}{path}", fulfil)

    def show(self, template: str, **values: Any) -> Page:
        """Open /prov/ with the template as its content."""
        with translation.override("sv"):
            body = Template(template).render(Context(values))
        self.answer("/prov/", body=DOCUMENT.format(body=body, token=self.token))
        self.page.goto(f"{self.home}/prov/")
        expect(self.page.locator("html")).to_have_class("js")
        return self.page

    def sent(self, number: int = -1) -> dict[str, list[str]]:
        """The fields of a POST."""
        request = self.posts[number]
        if "multipart" in (request.headers.get("content-type") or ""):
            data = request.post_data or ""
            return {"done": [data.split('name="done"')[1].split()[0]]}
        return parse_qs(request.post_data or "", keep_blank_values=True)

    def wait(self, that: Callable[[], bool], within: int = 4000) -> None:
        """Wait until something has come true on this side."""
        for _ in range(within // 50):
            if that():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"Not within {within} ms; posts: {[one.url for one in self.posts]}")


HOME = "http://localhost:1"  # nothing listens: every answer comes from the test


def static_file(route: Route) -> None:
    """Our static files, with the script as production sends it."""
    name = route.request.url.partition("/static/")[2]
    if name in SCRIPTS:
        route.fulfill(body=bundle_script(real(), name), content_type="text/javascript")
    else:
        route.fulfill(path=finders.find(name))


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    context = browser.new_context(locale="sv-SE", timezone_id="Europe/Stockholm", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    problems: list[str] = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.route("**/*", lambda route: route.fulfill(status=404))
    context.route("**/static/**", static_file)
    yield Stage(context.new_page(), HOME)
    context.close()
    assert not problems


# --- Autosave ----------------------------------------------------------------------------------

FORM = """<form class="form" action="/save/" method="post" novalidate data-once
  data-autosave-url="/autosave/" data-draft="d-1" {{ flag }}>
  <input type="hidden" name="csrfmiddlewaretoken" value="old">
  <label for="note">Anteckning</label><textarea class="input" id="note" name="note"></textarea>
  <c-offline confidential="{{ confidential }}" />
  <div class="actionbar"><c-button variant="primary">Spara</c-button><c-save-state /></div></form>"""
SECRET = "Kvarnåns returburar"
STORED = """async () => {
  const request = indexedDB.open("coachnet");
  const db = await new Promise(resolve => { request.onsuccess = () => resolve(request.result) });
  if (!db.objectStoreNames.contains("drafts")) { db.close(); return []; }
  const all = db.transaction("drafts").objectStore("drafts").getAll();
  const rows = await new Promise(resolve => { all.onsuccess = () => resolve(all.result) });
  db.close();
  return rows.map(row => new TextDecoder().decode(row.sealed));
}"""


def form(stage: Stage, *, confidential: bool = False) -> Page:
    return stage.show(
        cotton(FORM),
        flag="data-confidential" if confidential else "",
        confidential="yes" if confidential else "",
    )


def cotton(template: str) -> str:
    """Components compiled: a template from a string does not pass the loader that does it."""
    from django_cotton.compiler_regex import CottonCompiler

    return CottonCompiler().process(template)


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-save-state]")).to_contain_text(words)


def test_autosave_sends_the_form_after_a_pause_and_says_when(stage: Stage) -> None:
    stage.answer("/autosave/", body=json.dumps({"saved_at": "10:44"}), content_type="application/json")
    page = form(stage)
    page.locator("#note").type(SECRET)
    says(page, "Sparar …")
    says(page, "Utkast sparat 10:44")
    assert len(stage.posts) == 1
    assert stage.sent() == {"note": [SECRET]}
    assert stage.posts[0].headers["x-csrftoken"] == "old"
    assert page.evaluate(STORED) == []


def test_autosave_keeps_an_unreadable_copy_and_tries_again(stage: Stage) -> None:
    stage.answer("/autosave/", status=500)
    page = form(stage)
    page.locator("#note").fill(SECRET)
    says(page, "Kunde inte spara")
    (sealed,) = page.evaluate(STORED)
    assert SECRET not in sealed
    stage.answer("/autosave/", status=204)
    says(page, "Utkast sparat")
    assert page.evaluate(STORED) == []


def test_autosave_without_network_says_that_the_phone_has_the_text(stage: Stage) -> None:
    page = form(stage)
    stage.page.route(f"{stage.home}/autosave/", lambda route: route.abort())
    page.context.set_offline(True)
    expect(page.locator("[data-offline]")).to_be_visible()
    page.locator("#note").fill(SECRET)
    says(page, "Sparat i telefonen")
    stage.answer("/autosave/", status=204)
    page.context.set_offline(False)
    says(page, "Utkast sparat")
    expect(page.locator("[data-offline]")).to_be_hidden()


@pytest.mark.parametrize("refusal", [302, 401])
def test_signed_out_while_typing_loses_nothing(stage: Stage, refusal: int) -> None:
    stage.answer("/autosave/", status=refusal, location="/accounts/login/")
    page = form(stage)
    page.locator("#note").fill(SECRET)
    says(page, "Du är utloggad. Texten finns kvar i telefonen.")
    # Saving sends the form: the server keeps it as a draft and asks to sign in.
    stage.answer("/save/", body="<h1>Logga in</h1>")
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible()
    assert stage.posts[-1].url.endswith("/save/")
    assert stage.sent()["note"] == [SECRET]
    # After signing in, any page sends what the phone kept.
    stage.answer("/autosave/", status=204)
    stage.posts.clear()
    page = stage.show("<h1>Min dag</h1>")
    expect(page.locator(".toast")).to_contain_text("Ett utkast är nu sparat.")
    assert stage.sent() == {"note": [SECRET]}
    stage.wait(lambda: page.evaluate(STORED) == [])


def accept_dialogs(page: Page) -> list[str]:
    """Say yes to whatever the browser asks; the kinds of questions end up in the list."""
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    return asked


def test_confidential_text_never_stays_on_the_phone(stage: Stage) -> None:
    stage.answer("/autosave/", status=401)
    page = form(stage, confidential=True)
    page.locator("#note").fill(SECRET)
    says(page, "Logga in i en annan flik innan du lämnar sidan")
    assert page.evaluate(STORED) == []
    asked = accept_dialogs(page)
    page.goto(f"{stage.home}/prov/")
    assert asked == ["beforeunload"]


def test_leaving_is_not_questioned_when_the_text_is_safe(stage: Stage) -> None:
    stage.answer("/autosave/", status=500)
    page = form(stage)
    page.locator("#note").fill(SECRET)
    says(page, "Kunde inte spara")
    asked = accept_dialogs(page)
    page.goto(f"{stage.home}/prov/")
    assert asked == []


def test_a_new_token_is_fetched_after_signing_in_elsewhere(stage: Stage) -> None:
    page = form(stage)

    def strict(route: Route) -> None:
        stage.posts.append(route.request)
        fresh = route.request.headers["x-csrftoken"] == "new"
        route.fulfill(status=204 if fresh else 403)

    page.route(f"{stage.home}/autosave/", strict)
    stage.answer("/", body=DOCUMENT.format(body="", token="new"))
    page.locator("#note").fill(SECRET)
    says(page, "Utkast sparat")
    assert len(stage.posts) == 2
    assert page.locator("[name=csrfmiddlewaretoken]").input_value() == "new"


def test_somebody_elses_change_is_told(stage: Stage) -> None:
    stage.answer("/autosave/", status=409)
    page = form(stage)
    page.locator("#note").fill(SECRET)
    says(page, "Någon annan har ändrat tillfället")


def test_saving_sends_the_draft_first_and_the_form_once(stage: Stage) -> None:
    stage.answer("/autosave/", status=204)
    stage.answer("/save/", body="<h1>Sparat</h1>")
    page = form(stage)
    page.locator("#note").fill(SECRET)
    page.get_by_role("button", name="Spara").dblclick()
    expect(page.get_by_role("heading", name="Sparat")).to_be_visible()
    assert [one.url.removeprefix(stage.home) for one in stage.posts] == ["/autosave/", "/save/"]


def test_signing_out_wipes_the_phone(stage: Stage) -> None:
    stage.answer("/autosave/", status=500)
    stage.answer("/logout/", body="<h1>Utloggad</h1>")
    page = form(stage)
    page.locator("#note").fill(SECRET)
    says(page, "Kunde inte spara")
    assert len(page.evaluate(STORED)) == 1
    page = stage.show('<form action="/logout/" method="post"><button data-forget>Logga ut</button></form>')
    asked = accept_dialogs(page)
    page.get_by_role("button", name="Logga ut").click()
    expect(page.get_by_role("heading", name="Utloggad")).to_be_visible()
    assert asked == ["confirm"]  # something would be lost
    page = stage.show("<h1>Logga in</h1>")
    assert page.evaluate(STORED) == []


def test_signing_out_wipes_what_another_tab_has_opened(stage: Stage) -> None:
    stage.answer("/autosave/", status=500)
    other = form(stage)
    other.locator("#note").fill(SECRET)
    says(other, "Kunde inte spara")
    assert len(other.evaluate(STORED)) == 1
    stage.page = other.context.new_page()
    stage.answer("/logout/", body="<h1>Utloggad</h1>")
    page = stage.show('<form action="/logout/" method="post"><button data-forget>Logga ut</button></form>')
    other.unroute(f"{stage.home}/autosave/")  # it would try again, and keep what it tries
    accept_dialogs(page)
    page.get_by_role("button", name="Logga ut").click()
    expect(page.get_by_role("heading", name="Utloggad")).to_be_visible()
    page = stage.show("<h1>Logga in</h1>")
    # A wipe that the other tab holds up would hold this up as well.
    page.wait_for_function(f"async () => (await ({STORED})()).length === 0", timeout=5000)


# --- Forms -------------------------------------------------------------------------------------

STEPS = """<form method="post"><input type="hidden" name="steps-TOTAL_FORMS" value="1">
<fieldset data-repeat="steps" data-repeat-name="Nästa steg {n}" data-repeat-remove="Ta bort"><legend>Nästa steg</legend>
<div data-repeat-list><fieldset><legend>Nästa steg 1</legend>
<input type="hidden" name="steps-0-id" value="{{ stored }}">
<input type="checkbox" hidden name="steps-0-DELETE"><label for="id_steps-0-what">Vad</label>
<input id="id_steps-0-what" name="steps-0-what" value="A">
<button type="button" data-repeat-remove><span class="sr">Ta bort</span></button></fieldset></div>
<template><fieldset><legend>Nästa steg</legend><input type="hidden" name="steps-__prefix__-id">
<label for="id_steps-__prefix__-what">Vad</label><input id="id_steps-__prefix__-what" name="steps-__prefix__-what">
<button type="button" data-repeat-remove><span class="sr">Ta bort</span></button></fieldset></template>
<button type="button" data-repeat-add>Lägg till steg</button></fieldset></form>"""


def test_rows_are_added_and_numbered_for_the_formset(stage: Stage) -> None:
    page = stage.show(STEPS, stored="")
    page.get_by_role("button", name="Lägg till steg").click()
    expect(page.locator("[name=steps-1-what]")).to_be_focused()
    expect(page.get_by_label("Vad").nth(1)).to_have_id("id_steps-1-what")
    expect(page.locator("[name=steps-TOTAL_FORMS]")).to_have_value("2")
    page.get_by_role("button", name="Ta bort nästa steg 1").click()
    expect(page.locator("[name=steps-TOTAL_FORMS]")).to_have_value("1")
    expect(page.locator("[name=steps-0-what]")).to_have_value("")
    expect(page.get_by_role("button", name="Lägg till steg")).to_be_focused()


def test_a_stored_row_is_marked_for_removal(stage: Stage) -> None:
    page = stage.show(STEPS, stored="17")
    page.get_by_role("button", name="Ta bort nästa steg 1").click()
    expect(page.locator("[name=steps-0-DELETE]")).to_be_checked()
    expect(page.locator("[name=steps-0-what]")).to_be_hidden()
    expect(page.locator("[name=steps-TOTAL_FORMS]")).to_have_value("1")


MARKUP = "Grönbo <img src=x onerror=alert(1)>"
PICK = """<form><div class="field"><label class="field__label" for="company">Företag</label>
<select class="input" id="company" name="company" data-typeahead data-typeahead-url="/options/">
<option value=""></option><option value="1">Kvarnåns Arbetsplagg AB</option></select></div></form>"""
HITS = """<c-options status="2 förslag"><c-option value="2" label="{{ name }}" :step="3" />
<c-option value="3" label="Skimra AB" meta="Borås" /></c-options>"""


def test_typeahead_is_worked_by_keys_and_sets_the_value(stage: Stage) -> None:
    with translation.override("sv"):
        stage.answer("/options/?q=gr", body=Template(cotton(HITS)).render(Context({"name": MARKUP})))
    page = stage.show(PICK)
    box = page.get_by_role("combobox", name="Företag")
    box.type("gr")
    expect(page.get_by_role("status").filter(has_text="2 förslag")).to_be_attached()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(page.get_by_role("option", name="Skimra AB")).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    assert page.evaluate("document.querySelector('[name=company]').value") == "3"
    expect(box).to_have_value("Skimra AB")
    expect(box).to_have_attribute("aria-expanded", "false")
    # Text that names nothing chosen is not sent as the old choice.
    box.fill("Skimra")
    assert page.evaluate("document.querySelector('[name=company]').value") == ""


def test_typeahead_shows_markup_in_a_name_as_text(stage: Stage) -> None:
    with translation.override("sv"):
        stage.answer("/options/?q=gr", body=Template(cotton(HITS)).render(Context({"name": MARKUP})))
    page = stage.show(PICK)
    page.get_by_role("combobox").type("gr")
    expect(page.get_by_role("option").first).to_contain_text(MARKUP)
    page.get_by_role("option").first.click()
    assert page.locator("main img").count() == 0


def test_typeahead_without_network_offers_what_came_with_the_page(stage: Stage) -> None:
    page = stage.show(PICK)
    page.route(f"{stage.home}/options/*", lambda route: route.abort())
    page.get_by_role("combobox").type("kvarn")
    page.get_by_role("option", name="Kvarnåns Arbetsplagg AB").click()
    assert page.evaluate("document.querySelector('[name=company]').value") == "1"


def test_note_template_fills_and_never_overwrites(stage: Stage) -> None:
    page = stage.show(
        '<form><div data-templates><select data-template-choice aria-label="Mall">'
        '<option data-text="Hinder:||Beslut:|">Besök</option></select>'
        '<button type="button" data-insert-template="n">Infoga</button></div>'
        '<textarea id="n" aria-label="Anteckning"></textarea></form>'
    )
    page.get_by_role("button", name="Infoga").click()
    expect(page.locator("#n")).to_have_value("Hinder:\n\nBeslut:\n")
    page.locator("#n").fill("Mitt")
    page.get_by_role("button", name="Infoga").click()
    expect(page.locator("#n")).to_have_value("Mitt\n\nHinder:\n\nBeslut:\n")


def test_password_is_shown_on_wish_and_hidden_before_it_is_sent(stage: Stage) -> None:
    stage.answer("/in/", body="<h1>Inne</h1>")
    page = stage.show(
        '<form action="/in/" method="post"><input id="p" type="password" name="p" aria-label="Lösenord">'
        '<button type="button" data-reveal="p" data-on="Dölj" data-off="Visa" aria-pressed="false">'
        "<span data-reveal-text>Visa</span></button><button>Logga in</button></form>"
    )
    page.get_by_role("button", name="Visa").click()
    expect(page.locator("#p")).to_have_attribute("type", "text")
    expect(page.get_by_role("button", name="Dölj")).to_have_attribute("aria-pressed", "true")
    page.evaluate(
        "document.querySelector('form').addEventListener('submit', event => { event.preventDefault() })"
    )
    page.get_by_role("button", name="Logga in").click()
    expect(page.locator("#p")).to_have_attribute("type", "password")


def test_errors_take_focus_and_lead_into_folds(stage: Stage) -> None:
    page = stage.show(
        '<div class="error-summary" tabindex="-1" data-error-summary><a href="#x">Välj ett datum</a></div>'
        '<details><summary>Mer</summary><label for="x">Datum</label><input id="x"></details>'
    )
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="Välj ett datum").click()
    expect(page.locator("#x")).to_be_focused()


def test_coming_back_makes_the_button_work_again(stage: Stage) -> None:
    stage.answer("/save/", body="<h1>Sparat</h1>")
    page = stage.show('<form action="/save/" method="post" data-once><button>Spara</button></form>')
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_role("heading", name="Sparat")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Spara")).not_to_have_attribute("aria-busy", "true")
    page.get_by_role("button", name="Spara").click()
    stage.wait(lambda: len(stage.posts) == 2)


# --- Lists, menus, keys ------------------------------------------------------------------------

DONE = """<ul class="rows"><li class="row" data-row>
<form action="/actions/1/done/" method="post" data-done="Klarmarkerad"
data-undo="Ångra" data-failed="Det gick inte att spara."><input type="hidden" name="done" value="1">
<button class="done" aria-pressed="false">Klar</button></form>
<div><p class="row__title">Skicka mall</p></div></li></ul>"""


def test_done_is_one_tap_and_can_be_taken_back(stage: Stage) -> None:
    stage.answer("/actions/1/done/", status=204)
    page = stage.show(DONE)
    page.get_by_role("button", name="Klar").click()
    expect(page.locator(".toast")).to_contain_text("Klarmarkerad")
    expect(page.get_by_role("button", name="Klar")).to_have_attribute("aria-pressed", "true")
    assert stage.sent()["done"] == ["1"]
    page.get_by_role("button", name="Ångra").click()
    expect(page.get_by_role("button", name="Klar")).to_be_focused()
    expect(page.get_by_role("button", name="Klar")).to_have_attribute("aria-pressed", "false")
    assert stage.sent()["done"] == ["0"]
    expect(page.locator(".toast")).to_have_count(0)


def test_done_that_fails_is_taken_back_and_told_beside_the_row(stage: Stage) -> None:
    stage.answer("/actions/1/done/", status=500)
    page = stage.show(DONE)
    page.get_by_role("button", name="Klar").click()
    expect(page.get_by_role("alert")).to_have_text("Det gick inte att spara.")
    expect(page.get_by_role("button", name="Klar")).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".toast")).to_have_count(0)


def test_receipts_go_by_themselves_but_not_under_the_pointer(stage: Stage) -> None:
    stage.page.clock.install()
    page = stage.show('<div class="toast" data-toast><span>Sparat</span></div>')
    page.locator(".toast").hover()
    page.clock.fast_forward(11_000)
    expect(page.locator(".toast")).to_be_visible()
    page.mouse.move(0, 0)
    page.clock.fast_forward(11_000)
    expect(page.locator(".toast")).to_have_count(0)


MORE = """<ul id="rows"><li><a href="/1/">Ett</a></li></ul>
<c-more href="/prov/?after=1" target="rows" text="Visar 1 företag" />"""
NEXT = """<ul id="rows"><li><a href="/2/">Två</a></li><li><a href="/3/">Tre</a></li></ul>
<c-more target="rows" text="Visar 3 företag" />"""


def test_more_adds_rows_moves_focus_to_them_and_updates_the_count(stage: Stage) -> None:
    with translation.override("sv"):
        stage.answer(
            "/prov/?after=1", body=DOCUMENT.format(body=Template(cotton(NEXT)).render(Context()), token="t")
        )
    page = stage.show(cotton(MORE))
    page.get_by_role("link", name="Visa fler").click()
    expect(page.locator("#rows li")).to_have_count(3)
    expect(page.get_by_role("link", name="Två")).to_be_focused()
    expect(page.get_by_text("Visar 3 företag")).to_be_visible()
    expect(page.get_by_role("link", name="Visa fler")).to_have_count(0)


PALETTE = """<dialog class="dialog dialog--top" id="palette" data-palette="/search/" aria-label="Sök">
<input type="search" aria-label="Sök">
<p class="sr" role="status" data-failed="Sökningen fungerar inte just nu."></p>
<div data-palette-results></div>
<div data-palette-commands><h2>Gå till</h2>
<ul><li><a href="/today/">Min dag</a></li><li><a href="/companies/">Företag</a></li></ul>
</div></dialog><a href="/search/" data-dialog-open="palette">Sök företag</a>"""
FOUND = """<c-palette-results status="1 träff"><c-palette-group title="Företag"><c-palette-link href="/companies/1/"
meta="Borås" :step="4">{{ name }}</c-palette-link></c-palette-group></c-palette-results>"""


def test_palette_finds_by_keyboard(stage: Stage) -> None:
    stage.answer(
        "/search/?q=kv", body=Template(cotton(FOUND)).render(Context({"name": "Kvarnåns <b>AB</b>"}))
    )
    stage.answer("/companies/1/", body="<h1>Kvarnåns</h1>")
    page = stage.show(PALETTE)
    page.keyboard.press("Control+k")
    page.keyboard.type("kv")
    expect(page.get_by_role("status").filter(has_text="1 träff")).to_be_attached()
    expect(page.get_by_role("link", name="Kvarnåns <b>AB</b>")).to_be_visible()
    expect(page.get_by_role("link", name="Min dag")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Kvarnåns")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Kvarnåns")).to_be_visible()


def test_palette_says_when_the_search_is_down_and_gives_focus_back(stage: Stage) -> None:
    stage.answer("/search/?q=x", status=500)
    page = stage.show(PALETTE)
    page.get_by_role("link", name="Sök företag").click()
    page.keyboard.type("x")
    expect(page.get_by_text("Sökningen fungerar inte just nu.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Sök företag")).to_be_focused()


KEYS = """<dialog data-shortcuts="/sessions/new/" data-shortcuts-on="{{ on }}" aria-label="Tangenter">
<a hidden href="/companies/" data-go="f">Företag</a></dialog><input aria-label="Text">"""


@pytest.mark.parametrize(("keys", "path"), [(["c"], "/sessions/new/"), (["g", "f"], "/companies/")])
def test_keys_go_to_pages(stage: Stage, keys: list[str], path: str) -> None:
    stage.answer(path, body="<h1>Framme</h1>")
    page = stage.show(KEYS, on="yes")
    for key in keys:
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name="Framme")).to_be_visible()


def test_keys_do_nothing_while_typing(stage: Stage) -> None:
    page = stage.show(KEYS, on="yes")
    page.get_by_label("Text").type("c?gf")
    expect(page.get_by_label("Text")).to_have_value("c?gf")
    assert page.url.endswith("/prov/")


def test_keys_do_nothing_when_switched_off(stage: Stage) -> None:
    page = stage.show(KEYS, on="")
    for key in ("?", "c"):
        page.keyboard.press(key)
    page.wait_for_timeout(200)
    assert page.url.endswith("/prov/")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_theme_changes_at_once_and_is_told_to_the_server(stage: Stage) -> None:
    stage.answer("/theme/", status=302, location="/")
    page = stage.show(
        '<form action="/theme/" method="post" data-theme-form><button name="theme" value="dark" aria-pressed="false">'
        'Mörkt</button><button name="theme" value="system" aria-pressed="true">System</button></form>'
    )
    page.get_by_role("button", name="Mörkt").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Mörkt")).to_have_attribute("aria-pressed", "true")
    stage.wait(lambda: len(stage.posts) == 1)
    page.get_by_role("button", name="System").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")


def test_menu_closes_on_escape_outside_and_when_focus_leaves(stage: Stage) -> None:
    page = stage.show(
        '<details class="menu"><summary>Fler val</summary>'
        '<div class="menu__list"><a href="#a">Ändra</a></div></details>'
        "<button>Annat</button>"
    )
    menu = page.locator("details")
    for leave in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.mouse.click(600, 400),
        lambda: [page.keyboard.press(key) for key in ("Tab", "Tab")],  # type: ignore[func-returns-value]
    ):
        page.locator("summary").click()
        expect(menu).to_have_attribute("open", "")
        leave()
        expect(menu).not_to_have_attribute("open", "")
