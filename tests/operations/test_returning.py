"""Bringing a copy back when everything went wrong, on the real server."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from django.core.management import CommandError
from django.db import connection

from coachnet.lib import embedded
from coachnet.lib.embedded import PROJECT
from coachnet.operations import copies, programs, returning
from coachnet.operations.copies import Copy
from coachnet.operations.programs import CopyError
from companies.models import Contact
from tests.operations.conftest import command, query

pytestmark = pytest.mark.django_db(transaction=True)


def maintain(statement: str) -> None:
    with programs.connect(returning.MAINTENANCE) as server:
        server.execute(statement)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of the database in use, on a server that has none of that name."""
    name = returning.side_name("gone")
    with monkeypatch.context() as patched:
        patched.setitem(connection.settings_dict, "NAME", name)
        yield name
    returning.drop(name)


def test_a_server_without_a_live_database_gets_one(copy: Copy, side: str, live: str):
    said = command("restore", copy.folder, into=side, take_over=live)
    assert f"{live} is now what was brought back" in said
    assert "was before" not in said
    assert query(live, "SELECT count(*) FROM companies_company") == 4
    assert not returning.exists(side)


def test_what_was_brought_back_to_be_looked_at_takes_over_without_coming_back_again(
    copy: Copy, side: str, live: str, monkeypatch: pytest.MonkeyPatch
):
    command("restore", copy.folder, into=side)
    with monkeypatch.context() as patched:
        patched.setattr(programs, "run", None)  # no pg_restore
        said = command("restore", copy.folder, into=side, take_over=live)
    assert "each table compared when it was brought back" in said
    assert query(live, "SELECT count(*) FROM companies_company") == 4
    # In use from here on: whatever it is renamed to, nobody takes it for what the copy holds.
    maintain(f"ALTER DATABASE {live} RENAME TO {side}")
    with pytest.raises(CommandError, match=f"{side} is not empty"):
        command("restore", copy.folder, into=side, take_over=live)


def test_what_was_not_proven_or_is_of_another_copy_does_not_take_over(copy: Copy, side: str, live: str):
    maintain(f"CREATE DATABASE {side}")
    with programs.connect(side) as target:
        target.execute("CREATE TABLE left_over (id int)")
    with pytest.raises(CommandError, match=f"{side} is not empty"):
        command("restore", copy.folder, into=side, take_over=live)
    returning.drop(side)
    command("restore", copy.folder, into=side)
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(connection.settings_dict, "NAME", side)
        command("backup", copy.folder / "other")
    (other,) = copies.finished(copy.folder / "other")
    with pytest.raises(CommandError, match=f"{side} is not empty"):
        command("restore", other, into=side, take_over=live)


def test_a_live_database_that_cannot_be_opened_is_told_before_the_long_part(copy: Copy, side: str, live: str):
    """What was erased stands in it. Whoever gives it up does so by a deed of her own."""
    maintain(f"CREATE DATABASE {live} ALLOW_CONNECTIONS false")
    with pytest.raises(CommandError, match=rf"not currently accepting.*RENAME TO {live}_broken") as refused:
        command("restore", copy.folder, into=side, take_over=live)
    assert not returning.exists(side)
    advice = re.search(r"ALTER DATABASE \S+ RENAME TO \S+?(?=;)", str(refused.value))
    assert advice
    maintain(advice[0])
    try:
        command("restore", copy.folder, into=side, take_over=live)
        assert query(live, "SELECT count(*) FROM companies_company") == 4
    finally:
        returning.drop(f"{live}_broken")


@pytest.mark.slow
def test_a_copy_from_before_erasures_were_noted_is_brought_up_to_date_first(
    erased_since: Copy, side: str, live: str, monkeypatch: pytest.MonkeyPatch
):
    """Somebody was erased since, and such a copy cannot take note of it."""
    with monkeypatch.context() as patched:
        patched.setattr(returning, "erase_again", lambda copy, side: 0)
        command("restore", erased_since.folder, into=side)
    with programs.connect(side) as target:
        target.execute("DROP TABLE audit_erasure")
        target.execute("DELETE FROM django_migrations WHERE (app, name) = ('audit', '0003_erasure')")
    newer = erased_since.folder.with_name("coachnet-20991231T000000Z")
    newer.mkdir()
    erased = [["companies.contact", Contact.objects.get().pk, "Dnr 9", "2026-11-26T00:00:00+00:00"]]
    (newer / copies.MANIFEST).write_text(json.dumps(erased_since.facts | {"erasures": erased}))
    with pytest.raises(CommandError, match=rf"audit_erasure.*older.*manage.py migrate.*--into {side}"):
        command("restore", erased_since.folder, into=side, take_over=live)
    assert query(side, "SELECT name FROM companies_contact") == "Berit Lind"  # all of it, or nothing
    address = programs.address_of(side)
    url = f"postgresql:///{side}?host={address['host']}&user={address['user']}"
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": url},
        check=True,
    )
    assert "1 people erased" in command("restore", erased_since.folder, into=side, take_over=live)
    assert query(live, "SELECT decision FROM audit_erasure") == "Dnr 9"


@pytest.fixture
def own_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that vacuums, as all do but the tests'; the name of its live database."""
    with embedded.running("vacuumed") as place:
        monkeypatch.setitem(connection.settings_dict, "HOST", str(place.runtime))
        monkeypatch.setitem(connection.settings_dict, "NAME", embedded.DATABASE)
        for setting in ("autovacuum_naptime = 1", "autovacuum_vacuum_cost_delay = 100"):
            maintain(f"ALTER SYSTEM SET {setting}")
        maintain("ALTER SYSTEM SET autovacuum_vacuum_cost_limit = 1")
        maintain("SELECT pg_reload_conf()")
        yield embedded.DATABASE
    embedded.erase(place)


@pytest.mark.slow
def test_an_autovacuum_worker_is_nobody_who_is_connected(own_server: str):
    side = returning.side_name("restored")
    maintain(f"CREATE DATABASE {side}")
    with programs.connect(side) as target:
        target.execute("CREATE TABLE t AS SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n")
        target.execute("DELETE FROM t")
    deadline = time.monotonic() + 60
    working = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{side}' AND backend_type = 'autovacuum worker'"
    while not query(returning.MAINTENANCE, working):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with programs.connect(side), pytest.raises(CopyError, match="1 connections are open"):
        returning.take_over(side)  # the control: a person is
    assert query(returning.MAINTENANCE, working)
    former = returning.take_over(side)
    assert query(own_server, "SELECT count(*) FROM t") == 0
    returning.drop(former)


def test_what_was_erased_since_is_erased_again_in_what_comes_back(erased_since: Copy, side: str):
    assert "1 people erased" in command("restore", erased_since.folder, into=side)
    assert query(side, "SELECT name || email FROM companies_contact") == "Borttagen person"
    assert query(side, "SELECT count(*) FROM companies_contactevent WHERE name LIKE 'Berit%'") == 0
    assert query(side, "SELECT decision FROM audit_erasure") == "Dnr 2026-17"


def test_without_it_the_person_would_be_there_again(
    erased_since: Copy, side: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(returning, "erase_again", lambda copy, side: 0)
    command("restore", erased_since.folder, into=side)
    assert query(side, "SELECT name FROM companies_contact") == "Berit Lind"


def test_a_newer_copy_knows_what_was_erased_when_the_live_database_does_not(
    erased_since: Copy, side: str, monkeypatch: pytest.MonkeyPatch
):
    newer = erased_since.folder.with_name("coachnet-20991231T000000Z")
    newer.mkdir()
    stones = {
        "erasures": [["companies.contact", Contact.objects.get().pk, "Dnr 9", "2026-11-26T00:00:00+00:00"]]
    }
    (newer / copies.MANIFEST).write_text(json.dumps(erased_since.facts | stones))
    live = programs.live_name()
    monkeypatch.setattr(returning, "exists", lambda name: name != live and name != side)
    assert "1 people erased" in command("restore", erased_since.folder, into=side)
    assert query(side, "SELECT decision FROM audit_erasure") == "Dnr 9"


def test_a_copy_with_an_erasure_that_nobody_can_repeat_is_not_used(
    erased_since: Copy, side: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(returning, "ERASERS", {})
    with pytest.raises(CommandError, match=r"Nobody knows how to erase companies\.contact"):
        command("restore", erased_since.folder, into=side)
