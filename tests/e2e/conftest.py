"""What the browser journeys stand on: a real browser, a live server, real Postgres, Valkey and mail.

`look` runs a journey twice: on a phone in Swedish and on a wide screen in English. `enter()` gives a
`Visitor`, and a second call a second person with a browser of her own. Every page of the platform is
examined in all combinations by `test_every_page.py`.
"""

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from coachnet.lib.static import SCRIPTS, STYLES, bundle
from tests.e2e.network import figures, network, programme
from tests.e2e.visitor import LOOKS, Look, Visitor
from tests.lib.test_static import real
from tools import chromium

__all__ = ("figures", "network", "programme")

Enter = Callable[..., Visitor]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium.find()
    if program is None:
        pytest.skip(chromium.MISSING)
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The server of pytest-django, with style sheets and script in one piece each, which a browser keeps for an hour.

    As in production but for the names, which stay plain, so that a page is the same in every test.
    """
    folder = tmp_path_factory.mktemp("static")
    server = LiveServer("localhost", start=False)
    # Whitenoise comes first in our middleware.
    server.thread.static_handler = lambda application: application  # type: ignore[assignment]
    with override_settings(
        STATIC_ROOT=folder,
        WHITENOISE_AUTOREFRESH=False,
        WHITENOISE_USE_FINDERS=False,
        WHITENOISE_MAX_AGE=3600,
        MEDIA_URL="/no-media/",  # or Django's live server looks below "/", and answers with our sources
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        for name in (*STYLES, *SCRIPTS):
            (folder / name).write_text(bundle(real(), name), encoding="utf-8")
        server.start()
    yield server
    server.stop()


@pytest.fixture(params=["phone-sv", "desktop-en"])
def look(request: pytest.FixtureRequest) -> Look:
    """The screen and the language of a journey, or of a page: see LOOKS for what else a test may ask for."""
    return LOOKS[request.param]


@pytest.fixture
def enter(browser: Browser, live_server: LiveServer, settings: Any, look: Look) -> Iterator[Enter]:
    """Let a person in: `enter()`, `enter(coach)` signed in, `enter(coach, java_script_enabled=False)`.

    `through` is another browser than the usual; other options are those of a browser context.
    """
    settings.SITE_URL = live_server.url
    visitors: list[Visitor] = []

    def open_browser(
        user: Any = None, *, look: Look = look, through: Browser = browser, **options: Any
    ) -> Visitor:
        usual: dict[str, Any] = {
            "viewport": {"width": look.width, "height": look.height},
            "has_touch": look.is_phone,
            "locale": "sv-SE" if look.language == "sv" else "en-GB",
            "timezone_id": "Europe/Stockholm",
            "color_scheme": "light",
            "reduced_motion": "reduce",  # a colour on its way is measured as the wrong colour
        }
        context = through.new_context(**usual | options)
        context.set_default_timeout(10_000)
        visitor = Visitor(context, live_server.url, look)
        visitors.append(visitor)
        return visitor.sign_in(user) if user else visitor

    yield open_browser
    problems = []
    for visitor in visitors:
        try:
            visitor.leave()
        except AssertionError as problem:
            problems.append(str(problem))
    _let_requests_end()
    assert not problems, "\n".join(problems)


def _let_requests_end() -> None:
    """Wait for what a browser asked for and did not stay to hear, or emptying the tables runs into it."""
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)


@pytest.fixture
def visitor(enter: Enter) -> Visitor:
    """Somebody who is not signed in."""
    return enter()
