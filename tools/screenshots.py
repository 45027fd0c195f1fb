"""Take the README's pictures from the running product: `make screenshots`.

Uses the demo that is running, or starts one for as long as it takes. The pictures are of the invented
network, at the size of a phone and of a wide screen, small enough to live in the repository.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from coachnet.demo.place import ADDRESS
from tools import chromium

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screenshots"
START_SECONDS = 180
PHONE, DESKTOP = (390, 844), (1280, 800)


class Picture(NamedTuple):
    """One picture: who looks, at which address, and what to follow from there."""

    name: str
    person: str
    path: str
    follow: str = ""
    size: tuple[int, int] = DESKTOP
    scheme: str = "light"


PICTURES = [
    Picture("today", "coach", "/today/"),
    Picture("today-phone", "coach", "/today/", size=PHONE),
    Picture("session-form-phone", "coach", "/today/", "main a[href$='/edit/?log']", size=PHONE),
    Picture("companies-dark", "coach", "/companies/", scheme="dark"),
    Picture("company", "coach", "/companies/", "main table a[href^='/companies/']"),
    Picture("meeting", "organiser", "/meetings/", "main a[href^='/meetings/']:not([href$='/new/'])"),
    Picture("overview", "official", "/overview/"),
    Picture("overview-phone", "official", "/overview/", size=PHONE),
]


@contextmanager
def demo() -> Iterator[str]:
    """The address of a demo that answers, started and stopped here unless one is running already."""
    if (address := _running()) is not None:
        yield address
        return
    with subprocess.Popen(
        [sys.executable, "-m", "coachnet.demo"],
        cwd=ROOT,
        env=os.environ | {"COACHNET_MODE": "demo"},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            deadline = time.monotonic() + START_SECONDS
            while (address := _running()) is None:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("The demo did not start. Run make demo to see why.")
                time.sleep(0.3)
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def _running() -> str | None:
    if not ADDRESS.exists():
        return None
    address = ADDRESS.read_text()
    with suppress(OSError), urllib.request.urlopen(f"{address}/demo/", timeout=5):  # noqa: S310
        return address
    return None


def take(browser: Browser, address: str, picture: Picture) -> None:
    """Take one picture as PNG; an address that is not there stops the work."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=picture.scheme,  # type: ignore[arg-type]
        locale="sv-SE",
        timezone_id="Europe/Stockholm",
        reduced_motion="reduce",
    )
    page = context.new_page()
    _open(page, f"{address}/demo/")
    page.locator(f"form[action='/demo/sign-in/{picture.person}/'] button").click()
    _open(page, address + picture.path)
    if picture.follow:
        href = page.locator(picture.follow).first.get_attribute("href")
        _open(page, f"{address}{href}")
    page.wait_for_timeout(300)
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    context.close()
    print(f"docs/screenshots/{picture.name}.png", flush=True)


def _open(page: Page, address: str) -> None:
    response = page.goto(address)
    if response is None or not response.ok:
        raise SystemExit(f"{address} answered {response and response.status}.")


def main() -> int:
    """Take every picture."""
    program = chromium.find()
    if program is None:
        print(chromium.MISSING, file=sys.stderr)
        return 1
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for picture in PICTURES:
            take(browser, address, picture)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
