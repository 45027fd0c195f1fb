"""`make verify`: the Nu HTML checker on every page, Lighthouse on the ten main pages, the session form on a slow line.

Uses the demo that is running, or starts one, and writes what it found into docs/performance.md. Not a part of
`make test` or `make check`: its judges come from elsewhere.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import sync_playwright

from tools import chromium
from tools.document import DOCUMENT, circumstances, put
from tools.screenshots import demo
from tools.verify import judges
from tools.verify.visit import Visitor, kind_of

ROLES = ("coach", "organiser", "official", "admin")
LEAST_POINTS = 98
KBIT, LATENCY, MOST_SECONDS = 400, 400, 3.0
PHONE = {"width": 390, "height": 844}


class Verdict(NamedTuple):
    """What a judge found: its faults, and lines of Markdown that say how it went."""

    faults: list[str]
    lines: list[str]


def check_html(address: str, work: Path) -> Verdict:
    """Every kind of page that each role reaches, and those of nobody."""
    pages: dict[str, str] = {}
    faults = []
    for role in ("", *ROLES):
        visitor = Visitor(address)
        if role:
            visitor.sign_in(role)
        found, dead = visitor.pages("/" if role else "/accounts/login/")
        pages |= {f"{role or 'nobody'} {path}": text for path, text in found.items()}
        faults += [f"{role or 'nobody'} {link}" for link in dead]
    faults += judges.html_faults(pages, work)
    return Verdict(faults, [f"Nu HTML checker: {len(pages)} pages, {len(faults)} faults."])


def main_pages(address: str) -> list[tuple[Visitor, str]]:
    """The ten pages that people live in, each with somebody whose page it is."""
    people = {role: Visitor(address) for role in ROLES}
    for role, visitor in people.items():
        visitor.sign_in(role)
    coach, organiser, official = people["coach"], people["organiser"], people["official"]
    company = coach.first("/companies/", r"/companies/\d+/")
    session = coach.first("/sessions/", r"/sessions/[0-9a-f-]{36}/")
    meeting = organiser.first("/meetings/", r"/meetings/\d+/")
    form = coach.led_to(form_of(company))  # Lighthouse hands the sign-in to the first address only
    paths = ("/today/", "/companies/", company, "/sessions/", session, form, "/actions/")
    return [
        *((coach, path) for path in paths),
        *((organiser, "/meetings/"), (organiser, meeting), (official, "/overview/")),
    ]


def form_of(company: str) -> str:
    """The form of a new session with the company of a page."""
    return f"/sessions/new/?company={company.strip('/').rpartition('/')[2]}"


def ask_lighthouse(address: str, work: Path) -> Verdict:
    """All four categories on the main pages."""
    names = [name.replace("-", " ").capitalize() for name in judges.CATEGORIES]
    faults, lines = [], [f"| Page | {' | '.join(names)} |", f"|---|{'--:|' * len(names)}"]
    for visitor, path in main_pages(address):
        points, lost = judges.lighthouse(address + path, visitor.cookies, work)
        lines.append(f"| {kind_of(path).rstrip('?')} | {' | '.join(map(str, points.values()))} |")
        if low := judges.below(points, LEAST_POINTS):
            faults.append("\n    ".join([f"{path}: {', '.join(low)}", *lost]))
    return Verdict(faults, ["Lighthouse's points, on its phone:", "", *lines])


def try_slow_line(address: str, _work: Path) -> Verdict:
    """How long until one can write in the session form, with nothing kept from before and with it."""
    visitor = Visitor(address)
    visitor.sign_in("coach")
    path = form_of(visitor.first("/companies/", r"/companies/\d+/"))
    faults, times = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
        cookies = [{"name": one.name, "value": one.value, "url": address} for one in visitor.jar]
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        speed = KBIT * 1000 / 8
        network.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": LATENCY, "downloadThroughput": speed, "uploadThroughput": speed},
        )
        for name in ("first", "second"):
            began = time.monotonic()
            page.goto(address + path, wait_until="commit")
            page.locator("#id_note").fill("Det går att skriva.")
            seconds = time.monotonic() - began
            times.append(f"{seconds:.1f} s at the {name} visit")
            if seconds > MOST_SECONDS:
                faults.append(f"Session form, {name} visit: {seconds:.1f} s, at most {MOST_SECONDS} wanted")
        browser.close()
    line = f"{KBIT} kbit/s with {LATENCY} ms"
    return Verdict(
        faults, [f"The session form on a line of {line} can be written in after {' and '.join(times)}."]
    )


JUDGES: dict[str, Callable[[str, Path], Verdict]] = {
    "html": check_html,
    "line": try_slow_line,
    "lighthouse": ask_lighthouse,
}


def verified(judge: str) -> str:
    """The part of the document that a judge's findings are."""
    return f"verify {judge}"


def main() -> int:
    """Run every judge, or those that are named. 1 if one of them finds a fault."""
    parser = argparse.ArgumentParser(prog="python -m tools.verify", description=__doc__.splitlines()[0])
    parser.add_argument("judges", nargs="*", help=f"{', '.join(JUDGES)} (all of them if none is named)")
    wanted = parser.parse_args().judges or list(JUDGES)
    if unknown := set(wanted) - JUDGES.keys():
        parser.error(f"no judge is called {', '.join(sorted(unknown))}")
    if lack := judges.missing():
        print(lack, file=sys.stderr)
        return 1
    judges.fetch()
    faults: list[str] = []
    with demo() as address, tempfile.TemporaryDirectory() as folder:
        for name in wanted:
            found = JUDGES[name](address, Path(folder))
            faults += found.faults
            text = "\n".join([circumstances(), "", *found.lines])
            print(text, flush=True)
            document = DOCUMENT.read_text(encoding="utf-8")
            DOCUMENT.write_text(put(document, verified(name), text), encoding="utf-8")
    print("\n".join([f"{len(faults)} faults", *faults]) if faults else "Nothing to complain of.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
