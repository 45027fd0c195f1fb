"""Copies and their way back, with the real pg_dump, on the real server: what goes wrong is done on purpose."""

import datetime as dt
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError
from django.db import connection, models
from django.utils import timezone

from coachnet.accounts.models import Organisation, User
from coachnet.lib.embedded import PROJECT
from coachnet.notifications.models import Notification
from coachnet.operations import copies, programs, returning
from coachnet.operations.copies import Copy
from coachnet.operations.programs import CopyError
from companies.models import Company
from tests.factories.accounts import OrganisationFactory
from tests.operations.conftest import command, query, rewrite_manifest

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_copy_comes_back_to_the_last_row(copy: Copy, side: str):
    assert copy.contents.tables["companies_company"][0] == 4
    assert copy.contents.objects["triggers"] > 50
    said = command("restore", copy.folder, into=side)
    assert f"{copy.contents.rows} rows" in said
    assert query(side, "SELECT count(*) FROM companies_company") == 4
    # What came back works: the audit still writes, and search finds without accents.
    before = query(side, "SELECT count(*) FROM companies_companyevent")
    with programs.connect(side) as target:
        target.execute("UPDATE companies_company SET name = name || '!'")
        with pytest.raises(Exception, match=r"(?i)truncate"):
            target.execute("TRUNCATE companies_companyevent")
    assert query(side, "SELECT count(*) FROM companies_companyevent") == before + 4


def test_a_copy_is_nobody_elses_to_read(copy: Copy):
    for path, wanted in ((copy.folder, 0o700), (copy.dump, 0o600), (copy.folder / copies.MANIFEST, 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == wanted
    manifest = (copy.folder / copies.MANIFEST).read_text()
    assert "8112189876" not in manifest


def test_a_copy_is_of_one_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coach: User, side: str):
    """Somebody writes between pg_dump and counting: the copy holds neither half of it."""
    run = programs.run

    def run_and_write(*args: Any, **options: Any) -> str:
        said = run(*args, **options)
        if args[0] == "pg_dump":
            OrganisationFactory(name="Kom för sent AB")
        return said

    monkeypatch.setattr(programs, "run", run_and_write)
    copy = copies.make(tmp_path)
    assert Organisation.objects.filter(name="Kom för sent AB").exists()
    returning.bring_back(copy, side)
    assert query(side, "SELECT count(*) FROM accounts_organisation WHERE name LIKE 'Kom för%'") == 0


def test_verify_says_whole_and_proves(copy: Copy):
    assert "whole" in command("verify_backup", copy.folder)
    assert f"came back with all {copy.contents.rows} rows" in command(
        "verify_backup", copy.folder, prove=True
    )
    left = "SELECT count(*) FROM pg_database WHERE datname LIKE current_database() || '_proof_%'"
    assert query(programs.live_name(), left) == 0


def test_one_bit_too_many_is_found(copy: Copy, side: str):
    content = bytearray(copy.dump.read_bytes())
    content[len(content) // 2] ^= 1
    copy.dump.write_bytes(content)
    with pytest.raises(CommandError, match=r"checksum differs. Take another copy"):
        command("verify_backup", copy.folder)
    with pytest.raises(CommandError, match=r"is as it was.*checksum differs"):
        command("restore", copy.folder, into=side)
    assert not returning.exists(side)


def test_a_copy_without_its_parts_is_none(copy: Copy):
    copy.dump.unlink()
    with pytest.raises(CommandError, match=r"missing. Take another copy"):
        command("verify_backup", copy.folder)
    (copy.folder / copies.MANIFEST).write_text('{"format": 1')
    with pytest.raises(CommandError, match="no whole copy"):
        command("verify_backup", copy.folder)


@pytest.mark.parametrize("column", [0, 1], ids=["a row fewer", "another content"])
def test_a_difference_is_told_and_the_side_removed(copy: Copy, side: str, column: int):
    """The control of the comparison: rows and hashes are both looked at."""
    tables = {name: list(facts) for name, facts in copy.contents.tables.items()}
    tables["companies_company"][column] = 5 if column == 0 else "1 2"
    rewrite_manifest(copy, tables=tables)
    with pytest.raises(CommandError, match="not what was copied: companies_company has"):
        command("restore", copy.folder, into=side)
    assert not returning.exists(side)


def test_a_lost_trigger_is_told(copy: Copy, side: str):
    objects = copy.contents.objects
    rewrite_manifest(copy, objects=objects | {"triggers": objects["triggers"] + 1})
    with pytest.raises(CommandError, match=f"{objects['triggers']} triggers instead of"):
        command("restore", copy.folder, into=side)


def test_the_live_database_is_never_laid_over(copy: Copy):
    with pytest.raises(CommandError, match="is the database in use"):
        command("restore", copy.folder, into=programs.live_name())
    with pytest.raises(CommandError, match="Nothing was done"):
        command("restore", copy.folder, take_over="another")
    assert Company.objects.count() == 4


def test_a_database_with_something_in_it_is_left_alone(copy: Copy, side: str):
    command("restore", copy.folder, into=side)
    with pytest.raises(CommandError, match=f"{side} is not empty. Name another with --into"):
        command("restore", copy.folder, into=side)
    assert query(side, "SELECT count(*) FROM companies_company") == 4


def test_the_database_in_use_is_replaced_by_renaming_and_only_when_nobody_is_connected(copy: Copy, side: str):
    command("restore", copy.folder, into=side)  # plays the one in use from here on
    with programs.connect(side) as target:
        target.execute("DELETE FROM companies_company")
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(connection.settings_dict, "NAME", side)
        with (
            programs.connect(side),
            pytest.raises(CommandError, match=r"1 connections are open to .* Stop web"),
        ):
            command("restore", copy.folder, take_over=side)
        said = command("restore", copy.folder, take_over=side)
        former = re.search(r"what it was before is (\w+)\.", said)
        assert former
        assert query(side, "SELECT count(*) FROM companies_company") == 4
        assert query(former[1], "SELECT count(*) FROM companies_company") == 0
        returning.drop(former[1])
        with pytest.raises(CopyError, match="is not dropped"):
            returning.drop(side)


def test_another_key_is_told_before_anything_is_made(copy: Copy, side: str, settings: Any):
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="FIELD_ENCRYPTION_KEYS do not open this copy"):
        command("restore", copy.folder, into=side)
    assert not returning.exists(side)


def test_a_copy_of_a_newer_coachnet_is_told(copy: Copy, side: str):
    rewrite_manifest(copy, migrations=[*copy.migrations, ["companies", "9999_later"]])
    with pytest.raises(CommandError, match=r"companies.9999_later is unknown here"):
        command("restore", copy.folder, into=side)


def stand_in(folder: Path, version: int, says: str) -> Path:
    """A pg_dump that fails as the real one would."""
    program = folder / "pg_dump"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump (PostgreSQL) {version}.1" && exit\n'
        f'echo "half" > "$(echo "$@" | sed "s/.*--file=//; s/ --dbname.*//")"\necho "{says}" >&2\nexit 1\n'
    )
    program.chmod(0o755)
    return folder


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, settings: Any):
    said = "pg_dump: error: could not write to output file: No space left on device"
    settings.POSTGRES_PROGRAMS = str(stand_in(tmp_path, 99, said))
    with pytest.raises(CommandError, match=r"no new copy. pg_dump failed.*A disk is full: make room"):
        command("backup", tmp_path / "copies")
    assert list((tmp_path / "copies").iterdir()) == []


def test_an_old_or_missing_pg_dump_is_told(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "_wheel", str)
    with pytest.raises(CommandError, match=r"is missing. Install postgresql-client-"):
        command("backup", tmp_path)
    monkeypatch.setenv("PATH", "/bin:/usr/bin")
    settings.POSTGRES_PROGRAMS = str(stand_in(tmp_path, 9, ""))
    with pytest.raises(CopyError, match=r"pg_dump is version 9.*POSTGRES_PROGRAMS"):
        programs.find("pg_dump", 98)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "copies").write_text("a file in the way")
    with pytest.raises(CommandError, match="cannot be written"):
        command("backup", tmp_path / "copies")


def test_the_password_is_in_no_argument(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "hemligt-ord")
    seen: dict[str, Any] = {}

    def remember(command: list[str], **options: Any) -> Any:
        seen.update(command=command, env=options.get("env"))
        return type("Done", (), {"returncode": 0, "stdout": "", "stderr": ""})

    monkeypatch.setattr(programs, "find", lambda name, server: Path(name))
    monkeypatch.setattr(subprocess, "run", remember)
    programs.run("pg_dump", server=18, database="coachnet")
    assert seen["env"]["PGPASSWORD"] == "hemligt-ord"
    assert "hemligt-ord" not in " ".join(seen["command"])


def test_the_oldest_copies_go_once_there_is_a_new_one(copy: Copy):
    target = copy.folder.parent
    for day in ("20200101", "20200102"):
        old = target / f"coachnet-{day}T000000Z"
        old.mkdir()
        (old / copies.MANIFEST).write_text("{}")
    (target / "something-else").mkdir()
    assert [one.name for one in copies.forget_all_but(target, 2)] == ["coachnet-20200101T000000Z"]
    assert copy.folder in copies.finished(target)
    assert (target / "something-else").is_dir()


def test_what_a_killed_backup_left_goes_with_the_next_but_not_what_another_is_writing(tmp_path: Path):
    killed, writing = (tmp_path / f"coachnet-{day}T000000Z.partial" for day in ("20200101", "20200102"))
    for folder in (killed, writing):
        folder.mkdir()
    long_ago = timezone.now().timestamp() - 25 * 3600
    os.utime(killed, (long_ago, long_ago))
    command("backup", tmp_path)
    assert (killed.exists(), writing.exists()) == (False, True)
    assert len(copies.finished(tmp_path)) == 1


def test_sign_ins_end_and_overdue_mail_can_be_held(tmp_path: Path, coach: User, client_of: Any, side: str):
    client_of(coach)
    due = timezone.now() - dt.timedelta(hours=1)
    for n, due_at in enumerate((due, due, due + dt.timedelta(days=1))):
        Notification.objects.create(
            rule="x", about=f"x:{n}", recipient=f"user:{coach.pk}", user=coach, due_at=due_at
        )
    command("backup", tmp_path)
    (folder,) = copies.finished(tmp_path)
    assert "2 mails were due by now" in command("restore", folder, into=side)
    assert query(side, "SELECT count(*) FROM django_session") == 0
    returning.drop(side)
    assert "were due by now" not in command("restore", folder, into=side, hold_mail=True)
    states = "SELECT string_agg(state || reason, ',' ORDER BY due_at) FROM notifications_notification"
    assert query(side, states) == "skippedstopped,skippedstopped,queued"


@pytest.mark.slow
def test_the_drill_destroys_a_network_and_brings_it_back(copy: Copy, side: str):
    command("restore", copy.folder, into=side)
    address = programs.address_of(side)
    database = f"postgresql:///{side}?host={address['host']}&user={address['user']}"
    drill = [sys.executable, "-m", "tools.drill", "restore", "--size", "20", "--database", database]
    done = subprocess.run(drill, cwd=PROJECT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for words in (
        "connections are open to",
        "is no longer there",
        "20 due, 20 arrived, 0 lost",
        "kept, after",
    ):
        assert words in done.stdout
    assert done.stdout.count(": 0 differences") == 2


def test_no_model_keeps_a_file_that_a_copy_would_forget():
    """Copies hold the database. A model with files must bring its files into coachnet.operations.copies."""

    def with_files(fields: Any) -> list[str]:
        return [str(field) for field in fields if isinstance(field, models.FileField)]

    assert with_files([models.ImageField()])  # the control
    assert with_files(field for model in apps.get_models() for field in model._meta.get_fields()) == []
