"""Behind PgBouncer in transaction mode nothing may outlive a transaction. Tried by hand: see docs/operations.md."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection

from coachnet.lib.embedded import PROJECT
from coachnet.operations.checks import threshold_is_the_searchs

APPS = ("coachnet", "companies", "coaching", "events", "dashboards")
# What stays on a connection after a transaction has ended.
OUTLIVES = re.compile(
    r"pg_(try_)?advisory_lock|\bLISTEN \w|\bPREPARE \w|WITH HOLD|[\"']\s*SET (?!LOCAL|TRANSACTION)|"
    r"set_config\([^)]*, false\)"
)
# Their connections go straight to Postgres; embedded and demo start servers of their own.
STRAIGHT = ("coachnet/operations/", "coachnet/lib/embedded/")


def databases(**environment: str) -> dict[str, Any]:
    """What the settings make of an environment."""
    lines = (PROJECT / "deploy" / "check.env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    code = "import json, coachnet.settings as s; print(json.dumps(s.DATABASES))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **given, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_pooled_connections_carry_nothing_along():
    straight, pooled = databases()["default"], databases(DATABASE_POOLED="1")["default"]
    assert "pg_trgm.word_similarity_threshold" in straight["OPTIONS"]["options"]
    assert straight["OPTIONS"]["pool"]["max_size"] == 8
    assert straight["DISABLE_SERVER_SIDE_CURSORS"] is False
    assert set(pooled["OPTIONS"]) == {"prepare_threshold"}
    assert pooled["OPTIONS"]["prepare_threshold"] is None
    assert pooled["DISABLE_SERVER_SIDE_CURSORS"] is True


def test_a_replica_is_a_second_database_and_nobody_waits_long_for_it():
    assert set(databases()) == {"default"}
    found = databases(DATABASE_REPLICA_URL="postgresql://reader:x@replica.example/coachnet")
    assert set(found) == {"default", "replica"}
    assert found["replica"]["OPTIONS"]["connect_timeout"] == "2"
    assert found["replica"]["OPTIONS"]["pool"]["timeout"] == 2


def test_the_words_are_found():
    """The net below catches what it is for, and lets pass what ends with its transaction."""
    for bad in (
        "pg_advisory_lock(1)",
        "LISTEN changes",
        '"SET timezone = 1"',
        "set_config('a.b', %s, false)",
    ):
        assert OUTLIVES.search(bad), bad
    for good in ("pg_advisory_xact_lock(1)", '"SET LOCAL timezone = 1"', "UPDATE a SET b = 'c'"):
        assert not OUTLIVES.search(good), good


def test_our_own_queries_leave_nothing_on_a_connection():
    for app in APPS:
        for file in (PROJECT / app).rglob("*.py"):
            place = file.relative_to(PROJECT).as_posix()
            if "/migrations/" not in place and not place.startswith(STRAIGHT):
                assert not OUTLIVES.search(file.read_text(encoding="utf-8")), place


@pytest.mark.django_db
def test_migrate_stops_unless_the_role_brings_the_threshold_along(settings: Any):
    assert threshold_is_the_searchs(databases=["default"]) == []
    settings.DATABASE_POOLED = True
    assert threshold_is_the_searchs(databases=["default"]) == []  # this connection has it
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = 0.6")
    (error,) = threshold_is_the_searchs(databases=["default"])
    assert "0.45, not 0.6" in error.msg
    assert "ALTER ROLE" in str(error.hint)
