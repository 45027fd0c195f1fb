"""A copy on disk: a folder with what pg_dump wrote and a manifest that says what must be in it.

Coachnet keeps no files outside the database; a test fails the day a model gets one (tests/operations).
"""

import datetime as dt
import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from coachnet.lib.encrypted import Sealed
from coachnet.operations import programs
from coachnet.operations.contents import Contents
from coachnet.operations.programs import CopyError

FORMAT = 1
DUMP, MANIFEST = "database.dump", "manifest.json"
PREFIX, PARTIAL = "coachnet-", ".partial"
# Sealed with the key of the day: whoever cannot open it cannot read the sealed columns either.
KEY_WORD = "coachnet"

# Kind, primary key, decision and moment (ISO) of one erasure: never what was erased.
Erased = tuple[str, int, str, str]


@dataclass(frozen=True)
class Copy:
    """A finished copy and its manifest."""

    folder: Path
    made_at: dt.datetime
    postgres: int
    contents: Contents
    migrations: list[list[str]]
    facts: dict[str, Any]

    @property
    def dump(self) -> Path:
        """What pg_dump wrote."""
        return self.folder / DUMP


def make(target: Path) -> Copy:
    """Write a copy into a new folder under `target`, of one moment, while people work.

    1. A transaction holds still a snapshot of the database.
    2. pg_dump writes that snapshot; we count and hash the very same one.
    3. Everything is on disk before the folder gets its name: what has the name is whole.

    Raises CopyError; nothing half-made is left behind, nor what an earlier one left that was killed.
    """
    now = timezone.now()
    folder = target / f"{PREFIX}{now:%Y%m%dT%H%M%SZ}"
    partial = folder.with_name(folder.name + PARTIAL)
    try:
        target.mkdir(parents=True, exist_ok=True)
        _forget_killed(target, now)
        partial.mkdir(mode=0o700)
        _write(partial, now)
        partial.rename(folder)
        _sync(target)
    except OSError as error:
        raise CopyError(
            f"The copy cannot be written to {target}: {error.strerror}. Make room there."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return read(folder)


def _write(folder: Path, now: dt.datetime) -> None:
    with programs.connect(programs.live_name(), autocommit=False) as source:
        # Ours waits while pg_dump works; it must not be thrown out meanwhile.
        source.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        source.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        (snapshot,) = source.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        server = source.info.server_version // 10000
        programs.run(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
            f"--file={folder / DUMP}",
            server=server,
            database=programs.live_name(),
        )
        contents = Contents.of(source)
        erased = erasures_of(source)
        migrations = source.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    manifest = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "postgres": server,
        "files": {DUMP: {"bytes": (folder / DUMP).stat().st_size, "sha256": sha256(folder / DUMP)}},
        "key_word": Sealed.of(KEY_WORD).token,
        "migrations": migrations,
        "erasures": erased,
        **contents.as_json(),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    for file in (folder / DUMP, folder / MANIFEST):
        file.chmod(0o600)
        _sync(file)


def erasures_of(database: Any) -> list[Erased]:
    """What was erased for good in a database, as it says itself; nothing in one from before there were erasures."""
    if not database.execute("SELECT to_regclass('audit_erasure')").fetchone()[0]:
        return []
    rows = database.execute("SELECT kind, object_id, decision, at FROM audit_erasure ORDER BY id").fetchall()
    return [(kind, pk, decision, at.isoformat()) for kind, pk, decision, at in rows]


def erasures_since(copy: Copy) -> list[Erased]:
    """What the copies beside this one know to be erased: a newer one knows what happened after it was made."""
    found = [read(folder) for folder in finished(copy.folder.parent)]
    return [tuple(one) for other in found for one in other.facts.get("erasures", [])]


def read(folder: Path) -> Copy:
    """The copy in a folder by its manifest. Raises CopyError when it is none."""
    try:
        facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if facts["format"] != FORMAT:
            raise CopyError(f"{folder} has format {facts['format']}; this Coachnet reads {FORMAT}.")
        contents = Contents(facts["tables"], facts["objects"])
        made_at = dt.datetime.fromisoformat(facts["made_at"])
        return Copy(folder, made_at, facts["postgres"], contents, facts["migrations"], facts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CopyError(f"{folder} is no whole copy: its {MANIFEST} cannot be read. Take another.") from error


def check(copy: Copy) -> None:
    """Whether the bytes are those that were written and pg_restore can read them. Raises CopyError if not."""
    for name, wanted in copy.facts["files"].items():
        file = copy.folder / name
        if not file.is_file():
            raise CopyError(f"{file} is missing. Take another copy.")
        if (file.stat().st_size, sha256(file)) != (wanted["bytes"], wanted["sha256"]):
            raise CopyError(f"{file} is not what was written: its checksum differs. Take another copy.")
    programs.run("pg_restore", "--list", str(copy.dump), server=copy.postgres)


def check_fits(copy: Copy) -> None:
    """Whether this Coachnet, with its keys, can work on the copy. Raises CopyError if not."""
    try:
        opened = Sealed(copy.facts["key_word"]).reveal()
    except InvalidToken:
        opened = ""
    if opened != KEY_WORD:
        raise CopyError(
            "The keys in FIELD_ENCRYPTION_KEYS do not open this copy: sole traders' numbers would be lost. "
            f"Add the key that was in use on {copy.made_at:%Y-%m-%d}."
        )
    known = set(MigrationLoader(None).disk_migrations)
    unknown = [f"{app}.{name}" for app, name in copy.migrations if (app, name) not in known]
    if unknown:
        raise CopyError(
            f"The copy was made by a newer Coachnet: {unknown[-1]} is unknown here. Install that version first."
        )


def finished(target: Path) -> list[Path]:
    """The copies under a folder, oldest first."""
    return sorted(
        one.parent for one in target.glob(f"{PREFIX}*/{MANIFEST}") if not one.parent.name.endswith(PARTIAL)
    )


def forget_all_but(target: Path, keep: int) -> list[Path]:
    """Remove the oldest copies so that `keep` are left; which they were."""
    gone = finished(target)[:-keep] if keep else []
    for folder in gone:
        shutil.rmtree(folder)
    return gone


def _forget_killed(target: Path, now: dt.datetime) -> None:
    """Remove half copies that nobody can be writing any more."""
    for folder in target.glob(f"{PREFIX}*{PARTIAL}"):
        if folder.stat().st_mtime < (now - dt.timedelta(days=1)).timestamp():
            shutil.rmtree(folder)


def sha256(file: Path) -> str:
    """The file's checksum, read in pieces."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
