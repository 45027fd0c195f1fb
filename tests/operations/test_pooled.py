"""Behind PgBouncer in transaction mode nothing may outlive a transaction; through a real one, where there is one."""

import datetime as dt
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from psycopg import sql

from coaching.models import Engagement, Session
from coachnet.accounts.models import User
from coachnet.audit.protection import events_of
from coachnet.lib.embedded import PROJECT
from coachnet.operations.checks import threshold_is_the_searchs
from tests.conftest import ClientOf
from tests.dashboards.scene import coached
from tests.operations.bouncer import PROGRAM, Bouncer, bouncer
from tests.operations.server import Server

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


# --- Through a real one -----------------------------------------------------------------------------------------

CONNECTIONS, SESSIONS = 2, 120  # fewer connections than people, and more rows than the first chunk of a file
THRESHOLD = "pg_trgm.word_similarity_threshold"


@pytest.fixture
def pooled(transactional_db: None) -> Iterator[Bouncer]:
    """In front of the test database, whose role brings the search's threshold along, as the guide says."""
    database = sql.Identifier(connection.settings_dict["NAME"])

    def alter(rest: str) -> None:
        role = sql.Identifier(connection.settings_dict["USER"])
        command = sql.SQL("ALTER ROLE {} IN DATABASE {} " + rest).format(role, database)
        with connection.cursor() as cursor:
            cursor.execute(command.as_string())

    alter(f"SET {THRESHOLD} = 0.45")
    try:
        with bouncer(connections=CONNECTIONS) as one:
            yield one
    finally:
        alter(f"RESET {THRESHOLD}")


@pytest.fixture
def behind(pooled: Bouncer) -> Iterator[Server]:
    """The web server as it is deployed behind one."""
    server = Server(through=pooled.address, DATABASE_POOLED="1", MFA_REQUIRED_ROLES="admin")
    try:
        server.wait()
        yield server
    finally:
        server.process.terminate()
        server.process.wait(20)


class Person:
    """A browser of somebody who is signed in."""

    def __init__(self, server: Server, client: Client) -> None:
        self.server, self.token = server, get_random_string(32)
        self.cookies = f"session={client.cookies['session'].value}; csrftoken={self.token}"

    def sees(self, path: str) -> str:
        return self.server.get(path, Cookie=self.cookies)

    def sends(self, path: str, form: dict[str, Any]) -> str:
        """Where she is sent afterwards."""
        headers = {"Cookie": self.cookies, "X-CSRFToken": self.token}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, text, answered = self.server.ask("POST", path, headers, urlencode(form, doseq=True))
        assert status == 302, (status, text[:500])
        return answered["Location"]


def logged(engagement: Engagement, coach: User, day: dt.date) -> dict[str, Any]:
    """What the smallest form of a session sends."""
    return {
        "company": engagement.company_id,
        "date": day.isoformat(),
        "coaches": [coach.pk],
        "note": "Sorteringen är på plats.",
        "state": "held",
        "version": "0",
        "next_was": "",
        "steps-TOTAL_FORMS": "0",
        "steps-INITIAL_FORMS": "0",
        "people-TOTAL_FORMS": "0",
        "people-INITIAL_FORMS": "0",
    }


@pytest.mark.slow
@pytest.mark.skipif(not PROGRAM, reason="no pgbouncer on this machine")
@pytest.mark.usefixtures("reference")
def test_people_work_side_by_side_through_fewer_connections_than_they_are(
    behind: Server, pooled: Bouncer, coach: User, other_coach: User, organiser: User, client_of: ClientOf
):
    today = timezone.localdate()
    company = coached(coach, [(today - dt.timedelta(days=1), 60)] * SESSIONS, name="Kvarnåns Arbetsplagg AB")
    other = coached(other_coach, [(today, 60)], name="Väv i Viskan AB")
    led = {coach: company.engagements.get(), other_coach: other.engagements.get()}

    def work(user: User, person: Person) -> str:
        key = uuid.uuid4()
        for page in ("/companies/", f"/companies/{company.pk}/", "/sessions/?scope=all"):
            assert "<main" in person.sees(page)
        assert company.name in person.sees(
            "/companies/?view=network&q=kvarnons+arbetsplag"
        )  # found by likeness
        assert person.sees("/sessions/export/?scope=all").count("\n") > SESSIONS
        if user not in led:
            return person.sees("/overview/export.json")
        there = person.sends(reverse("coaching:session-edit", args=[key]), logged(led[user], user, today))
        assert "Sorteringen är på plats." in person.sees(there)
        return str(key)

    people = [coach, other_coach, organiser] * 2
    with ThreadPoolExecutor(len(people)) as hands:
        done = list(hands.map(work, people, [Person(behind, client_of(user)) for user in people]))
    # What one transaction knew of its person, the next on the same connection did not.
    for user, key in zip(people, done, strict=True):
        if user in led:
            assert Session.objects.get(pk=key).created_by == user
            (event,) = events_of(Session).objects.filter(pgh_obj=key, pgh_label="insert")
            assert event.pgh_context.metadata["user"] == user.pk
    database = connection.settings_dict["NAME"]
    (stats,) = (one for one in pooled.told("SHOW STATS") if one["database"] == database)
    assert stats["total_query_count"] > len(people) * 20
    servers = [one for one in pooled.told("SHOW SERVERS") if one["database"] == database]
    assert 0 < len(servers) <= CONNECTIONS


@pytest.mark.skipif(not PROGRAM, reason="no pgbouncer on this machine")
def test_without_the_setting_it_refuses_us(pooled: Bouncer):
    """The control: what DATABASE_POOLED leaves out is what it does not take."""
    name = connection.settings_dict["NAME"]
    with pooled.connect(name) as through:
        row = through.execute(f"SHOW {THRESHOLD}").fetchone()
        assert row == {THRESHOLD: "0.45"}
    with pytest.raises(psycopg.OperationalError, match="unsupported startup parameter"):
        pooled.connect(name, options=f"-c {THRESHOLD}=0.45")
