"""A person at a browser: signs in, visits pages, and has every page examined.

A visitor fails the test for a page that logs an error, breaks the content security policy, reaches
for another host, scrolls sideways, falls out of its language or breaks an accessibility rule.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from django.utils import translation
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    WebError,
    expect,
)

from tests.e2e.languages import words_of_other_language

AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The rules that ask what each text and each target looks like, not how the page is built.
AXE_COLOUR_RULES = ["color-contrast", "link-in-text-block"]
AXE_LOOK_RULES = [*AXE_COLOUR_RULES, "target-size"]
# Without preload, since axe would put copies of the style sheets into the page, which the policy forbids.
AXE_RUN = """([kinds, options]) => axe.run(kinds ? {include: kinds.map(kind => window.kinds.get(kind))} : document,
    {...options, preload: false, resultTypes: ["violations"]}).then(found =>
  found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(" ")}
      ${node.html.slice(0, 160)}\n      ${node.failureSummary.replaceAll("\\n", " ")}`)))"""
# One element of each kind, kept in window.kinds by the name of the kind. Texts are of one kind if they and what is
# painted beneath them are drawn alike; targets if they are as large (what is larger than 48 px is large enough) and
# stand in equal places.
KINDS = """() => {
  const text = ["color", "fontSize", "fontWeight", "fontStyle", "textDecorationLine", "textShadow", "position"];
  const paint = ["backgroundColor", "backgroundImage", "opacity", "filter", "mixBlendMode"];
  const pick = (style, names) => names.map(name => style[name]).join(";");
  const remember = make => {
    const made = new Map();
    return element => {
      if (!made.has(element)) made.set(element, make(element));
      return made.get(element);
    };
  };
  const style = remember(element => getComputedStyle(element));
  const none = pick({backgroundColor: "rgba(0, 0, 0, 0)", backgroundImage: "none", opacity: "1", filter: "none",
    mixBlendMode: "normal"}, paint);
  const painted = remember(element => {
    if (!element) return "";
    const own = pick(style(element), paint);
    return (own === none ? "" : own + "|") + painted(element.parentElement);
  });
  const place = remember(element =>
    element ? `${place(element.parentElement)} ${element.tagName}.${element.className}` : "");
  const hasWords = element => element.matches("input, select, textarea") ||
    [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const kinds = window.kinds = new Map();
  const isNew = (name, element) => kinds.has(name) || kinds.set(name, element);
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.checkVisibility()) continue;
    if (hasWords(element))
      isNew(["text", innerWidth, element.matches("a"), element.disabled, pick(style(element), text),
        pick(style(element.parentElement), text), painted(element)].join(), element);
    if (element.matches("a[href], button, input, select, textarea, summary, label, [role], [tabindex]")) {
      const box = element.getBoundingClientRect();
      const size = [box.width, box.height].map(side => Math.min(48, Math.round(side)));
      isNew(["target", innerWidth, size, place(element)].join(), element);
    }
  }
  return [...kinds.keys()];
}"""
# Kinds of texts and targets that kept the rules, on any page that this process has examined.
kinds_in_order: set[str] = set()
VISIBLE_WORDS = """() => {
  const words = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest("script, style, template, [translate=no]")) continue;
    const foreign = parent.closest("[lang]");
    if (foreign && foreign.lang !== document.documentElement.lang) continue;
    words.push(walker.currentNode.data);
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
    for (const name of ["aria-label", "title", "placeholder", "alt"])
      words.push(element.getAttribute(name) || "");
  return words.map(text => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""
REPORT_POLICY = """document.addEventListener("securitypolicyviolation", event =>
  console.error(`CSP ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));"""


@dataclass(frozen=True)
class Look:
    """The size of the screen and the language of the reader."""

    width: int
    height: int
    language: str

    @property
    def is_phone(self) -> bool:
        return self.width < 640


PHONE_SV, DESKTOP_SV = Look(390, 844, "sv"), Look(1440, 900, "sv")
LOOKS = {
    "phone-sv": PHONE_SV,
    "phone-en": Look(390, 844, "en"),
    "desktop-sv": DESKTOP_SV,
    "desktop-en": Look(1440, 900, "en"),
    "narrow-sv": Look(320, 640, "sv"),
}


@dataclass
class Visitor:
    """One browser context with one page in it. `visit` and `check` are what most tests need."""

    context: BrowserContext
    home: str
    look: Look
    faults: list[str] = field(default_factory=list)
    tolerated: list[str] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.add_init_script(REPORT_POLICY)
        self.context.on("console", self._on_console)
        self.context.on("weberror", self._on_script_error)
        self.context.on("request", self._on_request)

    @cached_property
    def page(self) -> Page:
        """The page this visitor looks at."""
        return self.context.new_page()

    def say(self, swedish: str, **values: Any) -> str:
        """A text of the interface in this visitor's language, with its values filled in."""
        with translation.override(self.look.language):
            text = translation.gettext(swedish)
        return text % values if values else text

    def sign_in(self, user: Any) -> "Visitor":
        """Signed in without the sign-in page (which has journeys of its own), reading in `look.language`."""
        type(user)._default_manager.filter(pk=user.pk).update(language=self.look.language)
        client = Client()
        client.force_login(user)
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.home}])
        return self

    def lose_session(self) -> None:
        """The sign-in runs out while the page stands open."""
        self.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    def visit(self, path: str, status: int = 200) -> Page:
        """Go to an address and see that it answers as expected, redirects followed."""
        with self.tolerating(f"status of {status}" if status >= 400 else None):
            response: Response | None = self.page.goto(f"{self.home}{path}")
            assert response is not None
            assert response.status == status, f"{path} answered {response.status}, not {status}"
            self.page.wait_for_load_state("load")
        return self.page

    @contextmanager
    def tolerating(self, *words: str | None) -> Iterator[None]:
        """Within the block, console messages with any of the words are no fault: a refusal is expected."""
        wanted = [word for word in words if word]
        self.tolerated += wanted
        try:
            yield
        finally:
            if wanted:
                self.page.wait_for_timeout(50)  # the browser tells of a refused page after it has come
            for word in wanted:
                self.tolerated.remove(word)

    def press(self, swedish: str, *, exact: bool = True, **values: Any) -> None:
        """Press the button or link that reads so."""
        self.control(swedish, exact=exact, **values).click()

    def control(self, swedish: str, *, exact: bool = True, **values: Any) -> Locator:
        """The first visible button or link that reads so."""
        name = self.say(swedish, **values)
        both = self.page.get_by_role("button", name=name, exact=exact).or_(
            self.page.get_by_role("link", name=name, exact=exact)
        )
        return both.filter(visible=True).first

    def field(self, swedish: str, number: int = 0) -> Locator:
        """The visible field whose label reads so, "(optional)" or not; the first unless another is asked for."""
        words = rf"^\s*{re.escape(self.say(swedish))}(\s*{re.escape(self.say('(valfritt)'))})?\s*$"
        return self.page.get_by_label(re.compile(words)).filter(visible=True).nth(number)

    def sees(self, swedish: str, **values: Any) -> None:
        """The text stands visibly on the page."""
        text = self.page.get_by_text(self.say(swedish, **values)).filter(visible=True)
        expect(text.first).to_be_visible()

    def check(self) -> Page:
        """Examine the page as it stands, in light and dark; the state of forms and dialogs is kept."""
        where, page = self.check_words(), self.page
        # A sticky bar hides what lies beneath it from the rules, so the screen is made as tall as the page.
        page.set_viewport_size({"width": self.look.width, "height": max(self.look.height, page_height(page))})
        found = axe(page) + axe_looks(page)
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {line}" for line in axe_looks(page)]
        page.emulate_media(color_scheme="light")
        assert not found, f"{where}:\n  " + "\n  ".join(found)
        page.set_viewport_size({"width": self.look.width, "height": self.look.height})
        return page

    def check_words(self) -> str:
        """Examine only what another language changes: the words, and the room they take. Returns where it was."""
        page, path = self.page, self.page.url.removeprefix(self.home)
        where = f"{path} ({self.look.width} px, {self.look.language})"
        assert page.locator("html").get_attribute("lang") == self.look.language, f"{where}: wrong lang"
        self._check_width(where)
        stray = words_of_other_language(page.evaluate(VISIBLE_WORDS), self.look.language)
        assert not stray, f"{where} is not translated: {sorted(stray)}"
        self.checked.append(path)
        return where

    def check_narrow(self) -> None:
        """What stands on a wide screen finds room on a phone as well, in this language too."""
        if not self.look.is_phone:
            self.page.set_viewport_size({"width": PHONE_SV.width, "height": PHONE_SV.height})
            self._check_width(
                f"{self.page.url.removeprefix(self.home)} ({PHONE_SV.width} px, {self.look.language})"
            )
            self.page.set_viewport_size({"width": self.look.width, "height": self.look.height})

    def _check_width(self, where: str) -> None:
        scroll = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert scroll[0] <= scroll[1], f"{where} scrolls sideways: {scroll[0]} > {scroll[1]}"

    def leave(self) -> None:
        """Close the browser and tell of everything that went wrong."""
        self.context.close()
        assert not self.faults, "The browser complained:\n  " + "\n  ".join(self.faults)

    def _on_console(self, message: ConsoleMessage) -> None:
        text = message.text
        if message.type == "error" and not any(word in text for word in self.tolerated):
            self.faults.append(f"console: {text} ({message.location.get('url', '')})")

    def _on_script_error(self, problem: WebError) -> None:
        where = getattr(problem.error, "stack", "") or ""
        self.faults.append(f"script error: {problem.error} {where.partition(' at ')[2].splitlines()[:2]}")

    def _on_request(self, request: Request) -> None:
        if not re.match(rf"{re.escape(self.home)}|data:|blob:", request.url):
            self.faults.append(f"reached for another host: {request.url}")


def axe(page: Page) -> list[str]:
    """Broken accessibility rules on the page as it stands, one line each; those of looks are `axe_looks`."""
    return _axe(
        page,
        None,
        {
            "runOnly": {"type": "tag", "values": AXE_RULES},
            "rules": {rule: {"enabled": False} for rule in AXE_LOOK_RULES},
        },
    )


def axe_looks(page: Page) -> list[str]:
    """Broken rules of colours and sizes, one line each, asked of each kind of text and target that is new.

    They take three times as long as all other rules together, and fifty rows of a list give one answer fifty times.
    """
    new = [kind for kind in page.evaluate(KINDS) if kind not in kinds_in_order]
    found = _axe(page, new, {"runOnly": AXE_LOOK_RULES}) if new else []
    if not found:
        kinds_in_order.update(new)
    return found


def _axe(page: Page, kinds: list[str] | None, options: dict[str, Any]) -> list[str]:
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
        page.context.add_init_script(
            AXE_SCRIPT
        )  # from here on the browser has it on every page, and need not be sent it
    found: list[str] = page.evaluate(AXE_RUN, [kinds, options])
    return found


def page_height(page: Page) -> int:
    """The height of the whole page in CSS pixels."""
    height: int = page.evaluate("document.documentElement.scrollHeight")
    return height
