"""Lists and things: what is told to whom, in the same number of questions to the database however many rows."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from coachnet.accounts.models import User
from coachnet.api import pages
from coachnet.audit.models import AccessEvent
from tests.access.scene import Scene
from tests.api.conftest import ApiOf
from tests.factories.coaching import ActionFactory, EngagementFactory, SessionFactory
from tests.factories.companies import CompanyFactory, ContactFactory
from tests.factories.events import EventFactory, MemberFactory

pytestmark = pytest.mark.django_db


def listed(client: Client, name: str, **asked: Any) -> list[dict[str, Any]]:
    response = client.get(reverse(f"api:{name}"), asked)
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["results"]
    return found


def one_more(coach: User, organiser: User) -> None:
    """One row more in every list."""
    company = CompanyFactory(responsible_coach=coach)
    contact = ContactFactory(company=company)
    engagement = EngagementFactory(company=company, lead=coach)
    session = SessionFactory(
        complete=True, engagement=engagement, created_by=coach, coaches=[coach], contacts=[contact]
    )
    ActionFactory(engagement=engagement, session=session, owner_coach=coach)
    event = EventFactory(created_by=organiser)
    event.hosts.add(coach.organisation)
    MemberFactory(event=event, user=coach, answered="coming")


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("company-list", 3),
        ("engagement-list", 3),
        ("session-list", 2),
        ("action-list", 2),
        ("event-list", 3),
        ("registration-list", 2),
    ],
)
def test_one_row_and_eleven_take_the_same_queries(
    name: str,
    queries: int,
    coach: User,
    organiser: User,
    reference: None,
    api_of: ApiOf,
    django_assert_num_queries: DjangoAssertNumQueries,
):
    client = api_of(coach)
    one_more(coach, organiser)
    client.get(reverse(f"api:{name}"))  # notes that the key was used
    for rows in (1, 11):
        with django_assert_num_queries(queries):
            assert len(listed(client, name)) == rows
        for _ in range(10):
            one_more(coach, organiser)


def test_lists_come_a_page_at_a_time_and_miss_nothing(
    coach: User, reference: None, api_of: ApiOf, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pages, "PAGE_SIZE", 3)
    made = {CompanyFactory(name=f"Företag {n}").pk for n in range(7)}
    client, address, seen, sizes = api_of(coach), reverse("api:company-list"), [], []
    while address:
        body = client.get(address).json()
        seen += [row["id"] for row in body["results"]]
        sizes.append(len(body["results"]))
        address = body["next"]
    assert sizes == [3, 3, 1]
    assert set(seen) == made
    assert len(seen) == 7


LISTS = ("company-list", "engagement-list", "session-list", "action-list", "event-list", "registration-list")


@pytest.mark.parametrize("name", LISTS)
def test_rows_added_between_pages_are_neither_repeated_nor_push_others_out(
    name: str,
    coach: User,
    organiser: User,
    reference: None,
    api_of: ApiOf,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(pages, "PAGE_SIZE", 2)
    for _ in range(5):
        one_more(coach, organiser)
    client, address = api_of(coach), reverse(f"api:{name}")
    there = set()
    while address:
        body = client.get(address).json()
        there |= {row["id"] for row in body["results"]}
        address = body["next"]
    assert len(there) == 5
    address, seen, sizes = reverse(f"api:{name}"), [], []
    while address:
        body = client.get(address).json()
        seen += [row["id"] for row in body["results"]]
        sizes.append(len(body["results"]))
        address = body["next"]
        if len(sizes) < 3:
            one_more(coach, organiser)
    assert len(seen) == len(set(seen))
    assert there <= set(seen)
    assert set(sizes[:-1]) == {2}


def test_a_search_goes_on_to_its_next_page(scene: Scene, api_of: ApiOf, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pages, "PAGE_SIZE", 1)
    client = api_of(scene.people["admin"])
    address, seen = reverse("api:company-list") + "?q=Näckrosens", []
    while address:
        body = client.get(address).json()
        seen += [row["id"] for row in body["results"]]
        address = body["next"]
    assert sorted(seen) == sorted(held.company.pk for held in scene.holdings.values())


@pytest.mark.parametrize("after", ["x", "WyJhIl0:1abc:def", "0"])
def test_a_made_up_position_is_refused(coach: User, api_of: ApiOf, after: str):
    response = api_of(coach).get(reverse("api:company-list"), {"after": after})
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert set(response.json()["errors"]) == {"after"}


def test_the_list_tells_no_notes_and_the_session_tells_them_to_those_who_may(scene: Scene, api_of: ApiOf):
    coach, other = api_of(scene.people["coach"]), api_of(scene.people["other_coach"])
    own = scene.holdings["own"]
    for client in (coach, other):
        rows = {row["id"]: row for row in listed(client, "session-list")}
        assert "note" not in rows[str(own.session.pk)]
    address = reverse("api:session-detail", args=[own.session.pk])
    assert coach.get(address).json()["note"] == own.session.note
    assert other.get(address).status_code == 404


def test_goals_are_told_to_those_who_may_read_them(scene: Scene, api_of: ApiOf):
    own = scene.holdings["own"]
    address = reverse("api:engagement-detail", args=[own.engagement.pk])
    assert api_of(scene.people["coach"]).get(address).json()["goals"] == own.engagement.goals
    assert api_of(scene.people["organiser"]).get(address).status_code == 404
    organised = listed(api_of(scene.people["organiser"]), "engagement-list")
    assert own.engagement.pk in {row["id"] for row in organised}
    assert all("goals" not in row for row in organised)


def test_a_confidential_company_is_nowhere_for_those_who_may_not_see_it(scene: Scene, api_of: ApiOf):
    hidden = scene.holdings["confidential"]
    for role in ("coach", "organiser"):
        client = api_of(scene.people[role])
        assert client.get(reverse("api:company-detail", args=[hidden.company.pk])).status_code == 404
        for name in ("engagement-list", "session-list", "action-list"):
            assert listed(client, name, company=hidden.company.pk) == []
        assert hidden.company.pk not in {row["id"] for row in listed(client, "company-list")}
    theirs = listed(api_of(scene.people["other_coach"]), "company-list")
    assert hidden.company.pk in {row["id"] for row in theirs}


def test_a_company_tells_what_its_page_tells(scene: Scene, api_of: ApiOf):
    own = scene.holdings["own"]
    told = api_of(scene.people["coach"]).get(reverse("api:company-detail", args=[own.company.pk])).json()
    assert told["organisation_number"] == own.company.organisation_number
    assert told["stage"] == own.engagement.stage
    assert told["last_session_on"] == own.session.date.isoformat()
    assert [one["email"] for one in told["contacts"]] == [own.contact.email]
    assert told["responsible_coach"] == {"id": own.coach.pk, "name": own.coach.name}


def test_a_sole_traders_number_never_leaves(coach: User, reference: None, api_of: ApiOf):
    trader = CompanyFactory(sole_trader="198112189876")
    told = api_of(coach).get(reverse("api:company-detail", args=[trader.pk]))
    assert told.json()["organisation_number"] == ""
    assert "9876" not in told.content.decode()


def test_lists_are_narrowed(scene: Scene, api_of: ApiOf):
    client, own = api_of(scene.people["coach"]), scene.holdings["own"]
    assert {row["company"]["id"] for row in listed(client, "session-list", company=own.company.pk)} == {
        own.company.pk
    }
    assert [row["id"] for row in listed(client, "session-list", mine="true", state="planned")] == [
        str(own.planned.pk)
    ]
    assert [row["id"] for row in listed(client, "company-list", mine="true")] == [own.company.pk]
    assert [row["id"] for row in listed(client, "company-list", q=own.company.organisation_number)] == [
        own.company.pk
    ]
    assert [row["id"] for row in listed(client, "action-list", mine="true", status="open")] == [
        str(own.action.pk)
    ]
    assert listed(client, "event-list", when="past") == []
    assert len(listed(client, "event-list", when="ahead")) == 1
    assert len(listed(client, "engagement-list", open="true")) == 3


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("session-list", {"state": "nonsense"}),
        ("session-list", {"company": "x"}),
        ("session-list", {"company": 2**63}),
        ("session-list", {"mine": "perhaps"}),
        ("engagement-list", {"open": ""}),
        ("company-list", {"q": "x" * 101}),
        ("event-list", {"when": "later"}),
        ("registration-list", {"event": 0}),
        ("action-list", {"status": ""}),
    ],
)
def test_a_question_that_makes_no_sense_is_not_an_unfiltered_list(
    name: str, asked: dict[str, Any], organiser: User, api_of: ApiOf
):
    response = api_of(organiser).get(reverse(f"api:{name}"), asked)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert set(response.json()["errors"]) == set(asked)


def test_registrations_are_everybodys_for_those_who_plan_and_ones_own_for_others(scene: Scene, api_of: ApiOf):
    coach = scene.people["coach"]
    mine = MemberFactory(event=scene.guest.event, user=scene.people["colleague"], answered="coming")
    everybody = listed(api_of(scene.people["organiser"]), "registration-list", event=scene.guest.event_id)
    assert {row["name"] for row in everybody} == {scene.guest.name, mine.user.name}
    assert "diet" not in everybody[0]
    assert [row["name"] for row in listed(api_of(mine.user), "registration-list")] == [mine.user.name]
    assert listed(api_of(coach), "registration-list") == []
    theirs = reverse("api:registration-detail", args=[mine.registrations.get().pk])
    assert api_of(coach).get(theirs).status_code == 404
    mine.removed_at, mine.removed_by = timezone.now(), scene.people["organiser"]
    mine.save()
    assert listed(api_of(mine.user), "registration-list") == []


def test_the_overview_is_the_pages_own_figures(scene: Scene, api_of: ApiOf, client_of: Any):
    for role in ("official", "organiser"):
        told = api_of(scene.people[role]).get(reverse("api:overview"))
        file = client_of(scene.people[role]).get(reverse("dashboards:overview-json"))
        assert told.json()["figures"] == file.json()["figures"]
        assert told.json().keys() == file.json().keys()
    assert AccessEvent.objects.filter(kind="export", detail__what="overview.api").count() == 2


@pytest.mark.parametrize("asked", [{"period": "1999-Q1"}, {"split": "coach"}])
def test_the_overview_refuses_what_it_does_not_have(scene: Scene, api_of: ApiOf, asked: dict[str, str]):
    response = api_of(scene.people["official"]).get(reverse("api:overview"), asked)
    assert response.status_code == 400
    assert set(response.json()["errors"]) == set(asked)


def test_an_official_reads_the_overview_and_nothing_else(scene: Scene, api_of: ApiOf):
    client = api_of(scene.people["official"])
    for name in ("company", "engagement", "session", "action", "event", "registration"):
        assert client.get(reverse(f"api:{name}-list")).status_code == 403
    assert client.get(reverse("api:overview")).status_code == 200


def test_more_than_the_limit_within_a_minute_is_refused_over_all_keys(
    coach: User, api_of: ApiOf, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(settings, "API_REQUESTS_PER_MINUTE", 3)
    cache.clear()
    first, second, address = api_of(coach), api_of(coach), reverse("api:event-list")
    assert [client.get(address).status_code for client in (first, first, second, second)] == [
        200,
        200,
        200,
        429,
    ]
    refused = second.get(address)
    assert refused["Retry-After"] == "60"
    assert refused.json()["code"] == "throttled"


def test_answers_stay_out_of_caches(coach: User, api_of: ApiOf):
    assert "no-store" in api_of(coach).get(reverse("api:event-list"))["Cache-Control"]


def test_moments_carry_their_zone(organiser: User, api_of: ApiOf):
    EventFactory(created_by=organiser)
    moment = dt.datetime.fromisoformat(listed(api_of(organiser), "event-list")[0]["starts_at"])
    assert moment.tzinfo
