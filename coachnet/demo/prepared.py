"""Whether anything that decides tables, data or static files has changed since the demo was prepared."""

import hashlib
from pathlib import Path

from coachnet.demo.place import PREPARED
from coachnet.lib.embedded import PROJECT

SOURCES = ("coachnet", "companies", "coaching", "static")


def is_prepared() -> bool:
    """Whether the last preparation still holds."""
    return PREPARED.exists() and PREPARED.read_text() == fingerprint(PROJECT)


def note_prepared() -> None:
    """Remember that everything is prepared as the files now stand."""
    PREPARED.write_text(fingerprint(PROJECT))


def fingerprint(project: Path) -> str:
    """A short text that changes when a file under SOURCES does, or when the gathered static files are gone."""
    found = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((project / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                state = path.stat()
                found.update(f"{path.relative_to(project)} {state.st_size} {state.st_mtime_ns}\n".encode())
    found.update(str((project / "staticfiles" / "staticfiles.json").exists()).encode())
    return found.hexdigest()
