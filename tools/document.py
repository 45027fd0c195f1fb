"""docs/performance.md, where programs write what they found, each in a part of its own between two marks."""

import datetime as dt
import os
import platform
import subprocess
from pathlib import Path
from zoneinfo import ZoneInfo

from coachnet.lib.embedded import PROJECT

DOCUMENT = PROJECT / "docs" / "performance.md"


def marks(name: str) -> tuple[str, str]:
    """The lines between which a part stands."""
    return f"<!-- {name} begins: written by make {name.partition(' ')[0]} -->", f"<!-- {name} ends -->"


def part(document: str, name: str) -> str:
    """What stands between the marks; nothing when they are missing."""
    first, last = marks(name)
    return document.partition(first)[2].partition(last)[0].strip()


def put(document: str, name: str, text: str) -> str:
    """The document with a part replaced. Raises ValueError when its marks are missing."""
    first, last = marks(name)
    before, found, rest = document.partition(first)
    _old, ended, after = rest.partition(last)
    if not found or not ended:
        raise ValueError(f"docs/performance.md has no marks for {name}.")
    return f"{before}{first}\n\n{text.strip()}\n\n{last}{after}"


def circumstances() -> str:
    """When, where, and on what code."""
    now = dt.datetime.now(ZoneInfo("Europe/Stockholm"))
    load = os.getloadavg()[0]
    return (
        f"{now:%Y-%m-%d %H:%M}, commit {_commit()}, {_processor()}, {os.cpu_count()} cores, {_gigabytes()} GB, "
        f"load {load:.1f} at the end, Python {platform.python_version()}."
    )


def _gigabytes() -> int:
    """The machine's memory."""
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)


def _commit() -> str:
    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    # The document itself changes between the scales.
    changed = git("status", "--porcelain", "--untracked-files=no", "--", f":!{DOCUMENT.relative_to(PROJECT)}")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + (" with changes" if changed else "")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    for line in info.read_text().splitlines() if info.exists() else []:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
