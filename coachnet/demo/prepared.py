"""Whether the demo is prepared: for the files as they stand, and for today."""

import datetime as dt
import hashlib
from pathlib import Path
from zoneinfo import ZoneInfo

from coachnet.demo.place import PREPARED
from coachnet.lib.embedded import PROJECT

SOURCES = ("coachnet", "companies", "coaching", "events", "dashboards", "static")


def is_prepared() -> bool:
    """Whether the last preparation still holds."""
    return PREPARED.exists() and PREPARED.read_text() == fingerprint(PROJECT)


def note_prepared() -> None:
    """Remember that everything is prepared as the files now stand."""
    PREPARED.write_text(fingerprint(PROJECT))


def fingerprint(project: Path) -> str:
    """A short text that changes with a file under SOURCES, with the day, and when static files are gone."""
    found = hashlib.sha256(str(dt.datetime.now(ZoneInfo("Europe/Stockholm")).date()).encode())
    for folder in SOURCES:
        for path in sorted((project / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                state = path.stat()
                found.update(f"{path.relative_to(project)} {state.st_size} {state.st_mtime_ns}\n".encode())
    found.update(str((project / "staticfiles" / "staticfiles.json").exists()).encode())
    return found.hexdigest()
