"""A replica that really follows: who reads there, that it shows the same, and what happens when it does not keep up."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from typing import Any

import pytest
from django.db import DatabaseError, connections
from django.test import Client
from django.utils import timezone

from coachnet.accounts.models import User
from coachnet.audit.models import AccessEvent
from coachnet.lib import replica
from coachnet.lib.embedded import PROJECT
from coachnet.operations import metrics
from companies.models import Company
from dashboards.refresh import refresh
from tests.conftest import ClientOf
from tests.dashboards.scene import coached
from tests.factories.api import client_for
from tests.operations.standby import Standby, standby

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("reference"),
]
ALIASES = ("default", replica.ALIAS)
PAGES = (
    "/overview/",
    "/overview/export.csv",
    "/overview/export.xlsx",
    "/overview/export.json",
    "/overview/companies/",
    "/companies/export/",
    "/sessions/export/",
    "/api/v1/overview/",
)
# Those that only who may see companies reads.
NAMED = ("/overview/companies/", "/companies/export/", "/sessions/export/")
FIGURES = re.compile(r"dashboards_(cell|companyperiod|upkeep)")
# What a page is made of, where it is not figures.
WANTED = {"/companies/export/": 'FROM "companies_company"', "/sessions/export/": 'FROM "coaching_session"'}


@pytest.fixture(scope="module")
def following() -> Iterator[Standby]:
    with standby() as one:
        yield one


@pytest.fixture
def second(following: Standby, db: None) -> Iterator[Standby]:
    """The replica as DATABASE_REPLICA_URL would name it."""
    facts = deepcopy(connections.databases["default"])
    facts |= {"HOST": str(following.folder), "NAME": connections["default"].settings_dict["NAME"]}
    connections.databases[replica.ALIAS] = facts
    wrapper = connections[replica.ALIAS]

    def connect() -> None:
        """Django's own forbids databases that are not the tests' to write in; this one takes no writes."""
        if wrapper.connection is None:
            with wrapper.wrap_database_errors:
                wrapper.connect()

    wrapper.ensure_connection = connect  # type: ignore[method-assign]
    ask_anew()
    yield following
    connections[replica.ALIAS].close()
    del connections[replica.ALIAS], connections.databases[replica.ALIAS]
    ask_anew()


@pytest.fixture
def region(coach: User) -> list[Company]:
    visits = [(timezone.localdate(), 60)]
    found = [coached(coach, visits, place="1490", name=f"Väv {n} AB") for n in range(7)]
    found.append(
        coached(coach, visits, place="1490", name="Tyst AB", confidential=True, responsible_coach=coach)
    )
    refresh()
    return found


def ask_anew() -> None:
    replica._verdict.note(is_fresh=False, seconds=-1)


@contextmanager
def recorded() -> Iterator[dict[str, list[str]]]:
    """What each of the two was asked."""
    asked: dict[str, list[str]] = {alias: [] for alias in ALIASES}

    def note(alias: str) -> Callable[..., Any]:
        def execute(run: Callable[..., Any], sql: Any, *rest: Any) -> Any:
            asked[alias].append(str(sql))
            return run(sql, *rest)

        return execute

    with ExitStack() as stack:
        for alias in ALIASES:
            stack.enter_context(connections[alias].execute_wrapper(note(alias)))
        yield asked


def body_of(client: Client, address: str) -> bytes:
    response: Any = client.get(address)
    assert response.status_code == 200, address
    body: bytes = b"".join(response.streaming_content) if response.streaming else response.content
    if address.endswith("xlsx"):
        return b""  # holds the moment it was made
    if page := re.search(rb"<main.*</main>", body, re.DOTALL):  # around it, words that are new each time
        return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", page[0])
    return body


@pytest.mark.parametrize("role", ["organiser", "official"])
def test_overview_and_exports_are_read_there_and_say_the_same(
    second: Standby, region: list[Company], request: pytest.FixtureRequest, client_of: ClientOf, role: str
):
    user = request.getfixturevalue(role)
    person, program = client_of(user), client_for(user)
    pages = [one for one in PAGES if role == "organiser" or one not in NAMED]

    def body(address: str) -> bytes:
        return body_of(program if address.startswith("/api/") else person, address)

    there = []
    for address in pages:
        wait_until_usable()
        with recorded() as asked:
            there.append(body(address))
        wanted = WANTED.get(address, FIGURES)
        assert [one for one in asked[replica.ALIAS] if re.search(wanted, one)], address
        assert not [one for one in asked["default"] if FIGURES.search(one)], address
        for table in WANTED.values():
            assert not [one for one in asked["default"] if table in one], address
        read = ("SELECT", "WITH", "SET coachnet.may_truncate")  # the last by the tests themselves
        assert [one for one in asked[replica.ALIAS] if not one.lstrip("( ").startswith(read)] == [], address
    exports = [address for address in pages if "export" in address or address.startswith("/api/")]
    assert AccessEvent.objects.filter(kind=AccessEvent.Kind.EXPORT).count() == len(exports)
    del connections.databases[replica.ALIAS]
    try:
        assert [body(address) for address in pages] == there
    finally:
        connections.databases[replica.ALIAS] = connections[replica.ALIAS].settings_dict
    assert role == "organiser" or b"Tyst AB" not in b"".join(there)


def test_no_view_that_is_read_there_is_left_out():
    marked = [
        str(file.relative_to(PROJECT))
        for folder in ("coachnet", "companies", "coaching", "events", "dashboards")
        for file in (PROJECT / folder).rglob("*.py")
        for _ in re.findall(r"^ *@reads_replica$", file.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert len(marked) == len(PAGES), marked


def test_other_pages_are_not_read_there(second: Standby, organiser: User, client_of: ClientOf):
    with recorded() as asked:
        assert client_of(organiser).get("/companies/").status_code == 200
    assert asked[replica.ALIAS] == []
    assert asked["default"]


def test_a_write_goes_to_the_primary_also_for_a_row_that_was_read_there(
    second: Standby, region: list[Company]
):
    wait_until_usable()
    with replica.reading():
        company = Company.objects.get(name="Väv 3 AB")
        assert company._state.db == replica.ALIAS
        with recorded() as asked:
            company.save(update_fields=["name"])
    assert asked[replica.ALIAS] == []
    assert [one for one in asked["default"] if one.startswith("UPDATE") or "UPDATE " in one]
    # And Postgres itself would not take it.
    with pytest.raises(DatabaseError, match="read-only"), connections[replica.ALIAS].cursor() as cursor:
        cursor.execute("UPDATE companies_company SET name = name")


def test_one_that_is_behind_is_passed_over_until_it_has_caught_up(
    second: Standby, region: list[Company], coach: User, organiser: User, admin: User, client_of: ClientOf
):
    client = client_of(organiser)
    wait_until_usable()
    before = total(client)
    second.ask("SELECT pg_wal_replay_pause()")
    try:
        coached(coach, [(timezone.localdate(), 60)], place="1490", name="Ny AB")
        refresh()
        ask_anew()
        with recorded() as asked:
            assert total(client) == before + 1  # from the primary, where it is known
        assert not [one for one in asked[replica.ALIAS] if FIGURES.search(one)]
        page = client_of(admin).get("/status/").content.decode()
        assert "ligger efter" in page
        assert 'coachnet_up{part="replica"} 0.0' in metrics.exposition().decode()
    finally:
        second.ask("SELECT pg_wal_replay_resume()")
    wait_until_usable()
    assert total(client) == before + 1
    assert "ligger efter" not in client_of(admin).get("/status/").content.decode()
    assert 'coachnet_up{part="replica"} 1.0' in metrics.exposition().decode()


def test_one_that_goes_away_in_the_middle_costs_nobody_a_page(
    second: Standby, region: list[Company], organiser: User, client_of: ClientOf
):
    client = client_of(organiser)
    wait_until_usable()
    there = total(client)
    second.stop()
    try:
        assert replica._verdict.is_fresh  # not known yet
        with recorded() as asked:
            assert total(client) == there
        assert [one for one in asked["default"] if FIGURES.search(one)]
        assert not replica.is_usable()
        with recorded() as asked:
            assert total(client) == there
        assert asked[replica.ALIAS] == []  # nobody waits for it again so soon
        ask_anew()
        assert not replica.is_usable()
    finally:
        second.start()
    wait_until_usable()


def test_a_server_that_follows_nobody_is_no_replica(second: Standby, region: list[Company]):
    connections[replica.ALIAS].close()
    connections[replica.ALIAS].settings_dict["HOST"] = connections["default"].settings_dict["HOST"]
    ask_anew()
    assert not replica.is_usable()


def total(client: Client) -> int:
    data = json.loads(client.get("/overview/export.json").content)
    values = [one["value"] for one in data["figures"] if one["measure"] == "K01"]
    return int(max(values))


def wait_until_usable() -> None:
    # Long: a standby that was away tries again every five seconds, and the other tests go on writing meanwhile.
    deadline = time.monotonic() + 90
    while True:
        ask_anew()
        if replica.is_usable():
            return
        assert time.monotonic() < deadline
        time.sleep(0.1)
