"""What must be there before the demo's pages open: tables, reference data, files, the invented network."""

import hashlib
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command

from coachnet.demo.parts import Log
from coachnet.demo.place import PREPARED
from coachnet.lib.embedded import PROJECT

# Whatever decides tables, data and static files.
SOURCES = ("coachnet", "companies", "coaching", "static")


def prepare(log: Log) -> None:
    """Bring the demo up to date; does nothing when nothing has changed since the last time."""
    present = fingerprint(PROJECT)
    if PREPARED.exists() and PREPARED.read_text() == present and Path(settings.STATIC_ROOT).exists():
        return
    log.line("demo", "Preparing the database …")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_reference", verbosity=0, stdout=StringIO())
    if not get_user_model().objects.exists():
        log.line("demo", "Inventing a network …")
        call_command("seed_demo", verbosity=0)
    log.line("demo", "Gathering static files …")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    PREPARED.write_text(present)


def fingerprint(project: Path) -> str:
    """A short text that changes when a file under SOURCES does."""
    found = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((project / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                state = path.stat()
                found.update(f"{path.relative_to(project)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return found.hexdigest()
