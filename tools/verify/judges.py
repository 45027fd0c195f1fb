"""Lighthouse and the Nu HTML checker: fetched on demand into an ignored folder, pinned by package-lock.json."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools import chromium

ROOT = Path(__file__).resolve().parents[2]
PINS = Path(__file__).resolve().parent
FOLDER = ROOT / ".tools" / "verify"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# Every page tells search engines to stay away, on purpose: that one audit would be about something else.
SKIPPED = "is-crawlable"
# htmx's own attributes, which no standard knows: the checker sees the page without them.
HTMX = re.compile(r"""\shx-[a-z:-]+(=("[^"]*"|'[^']*'))?""")
# Without the role, Safari with VoiceOver takes a list without bullets for no list.
MEANT = (
    "The “list” role is unnecessary for element “ul”.",
    "The “list” role is unnecessary for element “ol”.",
)
TRIES = 3
ENOUGH = 0.98  # of an audit's own score, 1 being all
MISSING = (
    "make verify needs {}. Install them with `sudo apt install nodejs npm default-jre-headless chromium` "
    "(Node 18.20 or later)."
)


def missing() -> str:
    """One line that says what to install, or nothing."""
    absent = [name for name in ("node", "npm", "java") if not shutil.which(name)]
    if chromium.find() is None:
        absent.append("chromium")
    return MISSING.format(", ".join(absent)) if absent else ""


def fetch() -> None:
    """Install the judges, unless they are here as the lock names them. Runs none of their scripts."""
    names = ("package.json", "package-lock.json")
    if all((FOLDER / name).exists() for name in (*names, "node_modules")) and all(
        (FOLDER / name).read_bytes() == (PINS / name).read_bytes() for name in names
    ):
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(PINS / name, FOLDER / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=FOLDER, check=True)


def html_faults(pages: dict[str, str], work: Path) -> list[str]:
    """Errors and warnings of the Nu HTML checker in the pages, which are texts by their names: each kind once."""
    files = {}
    for number, (name, text) in enumerate(pages.items()):
        file = work / f"{number}.html"
        file.write_text(HTMX.sub("", text), encoding="utf-8")
        files[file.name] = name
    jar = FOLDER / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always"]
    done = subprocess.run(
        [*command, *(str(work / file) for file in files)], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)["messages"]
    grave = [one for one in found if one["type"] != "info" or one.get("subType") == "warning"]
    kinds: dict[str, list[dict[str, Any]]] = {}
    for one in grave:
        if one["message"] not in MEANT:
            kinds.setdefault(re.sub(r"\d[\d:T.+-]*", "…", one["message"]), []).append(one)
    return [
        f"{files[Path(first['url']).name]}, line {first.get('lastLine')}: {message} ({len(all_of_it)} times)\n"
        f"    {' '.join(first.get('extract', '').split())}"
        for message, all_of_it in kinds.items()
        for first in all_of_it[:1]
    ]


def lighthouse(address: str, cookies: str, work: Path) -> tuple[dict[str, int], list[str]]:
    """The points of each category, of 100, on Lighthouse's phone, and the audits that cost points."""
    headers, report = work / "headers.json", work / "report.json"
    headers.write_text(json.dumps({"Cookie": cookies}), encoding="utf-8")
    program = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
    options = (
        *("--quiet", "--output=json", f"--output-path={report}", f"--extra-headers={headers}"),
        *(f"--only-categories={','.join(CATEGORIES)}", f"--skip-audits={SKIPPED}"),
        "--chrome-flags=--headless=new --no-sandbox",
        "--no-enable-error-reporting",
    )
    surroundings = os.environ | {"CHROME_PATH": str(chromium.find())}  # it takes no flag for that
    for left in reversed(range(TRIES)):
        # It loses a trace now and then, and asks to be run again.
        command = ["node", str(program), address, *options]
        done = subprocess.run(command, check=left == 0, env=surroundings, stdout=subprocess.DEVNULL)
        if done.returncode == 0:
            break
    found = json.loads(report.read_text(encoding="utf-8"))
    if found["finalDisplayedUrl"] != address:
        raise SystemExit(
            f"Lighthouse was sent from {address} to {found['finalDisplayedUrl']}, and judged that."
        )
    return points_of(found)


def points_of(report: dict[str, Any]) -> tuple[dict[str, int], list[str]]:
    """Points by category, and what took any. A category without points counts as 0."""
    points = {name: round((report["categories"][name]["score"] or 0) * 100) for name in CATEGORIES}
    lost = [
        f"{name}: {_words(report['audits'][one['id']])}"
        for name in CATEGORIES
        for one in report["categories"][name]["auditRefs"]
        if one["weight"]
        and (report["audits"][one["id"]]["score"] or 0) < ENOUGH
        and report["audits"][one["id"]]["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
    ]
    return points, [re.sub(r"\s+", " ", text).strip() for text in lost]


def _words(audit: dict[str, Any]) -> str:
    """What an audit found, and the first places where."""
    places = [
        item["node"]["snippet"] for item in audit.get("details", {}).get("items", [])[:3] if "node" in item
    ]
    return " ".join([audit["title"], audit.get("displayValue", ""), *places])


def below(points: dict[str, int], least: int, names: Sequence[str] = CATEGORIES) -> list[str]:
    """The categories with too few points."""
    return [f"{name} {points[name]}" for name in names if points[name] < least]
