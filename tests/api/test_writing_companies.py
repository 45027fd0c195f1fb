"""Adding a company and changing its facts: the page's form decides, and nobody's change is overwritten unseen."""

from typing import Any

import pytest

from coachnet.audit.protection import events_of
from companies import actions
from companies.models import Company
from tests.access.scene import Scene
from tests.api.conftest import ApiOf
from tests.factories.api import change, questions, send
from tests.factories.companies import CompanyFactory, invented_number

pytestmark = pytest.mark.django_db
COMPANIES = "/api/v1/companies/"
NEW = {"name": "Vävstugan i Kinna AB", "legal_form": "limited"}
WHOLE = NEW | {
    "municipality": "Borås",
    "sni": "13",
    "sni_version": "SNI2025",
    "size_class": "micro",
    "website": "https://www.vavstugan.example",
    "description": "Väver mattor av spill",
    "main_strategy": "C05",
    "strategies": ["C01", "C02"],
}


def address_of(company: Company) -> str:
    return f"{COMPANIES}{company.pk}/"


def test_a_company_is_added_as_by_the_page(scene: Scene, api_of: ApiOf):
    coach = scene.people["coach"]
    client = api_of(coach)
    number = invented_number(77_777)
    response = send(client, COMPANIES, WHOLE | {"organisation_number": f"{number[:6]}-{number[6:]}"})
    assert response.status_code == 201, response.content
    made = response.json()
    company = Company.objects.get(pk=made["id"])
    assert (company.responsible_coach, company.created_by, company.version) == (coach, coach, 1)
    assert made == {"id": company.pk, "url": f"http://testserver{address_of(company)}", "version": 1}
    told = client.get(made["url"]).json()
    assert {name: told[name] for name in WHOLE} == WHOLE
    assert told["organisation_number"] == number


def test_a_likely_duplicate_is_shown_first_and_added_when_it_has_been_seen(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    body = {"name": own.company.name + " i Borås", "legal_form": "limited"}
    before = Company.objects.count()
    refused = send(client, COMPANIES, body)
    assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
    said = refused.json()
    assert said["code"] == "possible_duplicates"
    assert {
        "id": own.company.pk,
        "name": own.company.name,
        "url": f"http://testserver{address_of(own.company)}",
    } in (said["duplicates"])
    assert Company.objects.count() == before
    assert send(client, COMPANIES, body | {"confirmed": True}).status_code == 201
    assert Company.objects.count() == before + 1


@pytest.mark.parametrize("role", ["coach", "colleague"])
def test_a_duplicate_that_may_not_be_seen_is_not_described(role: str, scene: Scene, api_of: ApiOf):
    held, client = scene.holdings["confidential"], api_of(scene.people[role])
    number = {"organisation_number": held.company.organisation_number}
    taken = send(client, COMPANIES, NEW | number)
    assert (taken.status_code, set(taken.json()["errors"])) == (400, {"organisation_number"})
    named = send(client, COMPANIES, NEW | {"name": held.company.name})
    assert named.status_code == 409  # the three others are alike
    changed = change(client, address_of(scene.holdings["own"].company), {"version": 1} | number)
    assert changed.status_code == 400
    for response in (taken, named, changed):
        assert not [text for text in held.secrets if text in response.content.decode()]


def test_a_number_that_is_taken_is_not_added_even_when_confirmed(scene: Scene, api_of: ApiOf):
    number = scene.holdings["own"].company.organisation_number
    body = NEW | {"organisation_number": number, "confirmed": True}
    response = send(api_of(scene.people["coach"]), COMPANIES, body)
    assert (response.status_code, set(response.json()["errors"])) == (400, {"organisation_number"})


@pytest.mark.parametrize("legal_form", ["limited", "sole_trader"])
def test_a_personnummer_is_neither_taken_nor_repeated(legal_form: str, scene: Scene, api_of: ApiOf):
    """Whole bodies are hashed for a day, and a hash of so few digits hides nothing."""
    client, own = api_of(scene.people["coach"]), scene.holdings["own"]
    sent = {"organisation_number": "19811218-9876", "legal_form": legal_form}
    for response in (
        send(client, COMPANIES, NEW | sent),
        change(client, address_of(own.company), sent | {"version": 1}),
    ):
        assert (response.status_code, set(response.json()["errors"])) == (400, {"organisation_number"})
        assert "9876" not in response.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"legal_form": "guild"}, "legal_form"),
        ({"organisation_number": "5560125791"}, "organisation_number"),
        ({"municipality": "Ankeborg"}, "municipality"),
        ({"sni": "13"}, "sni"),
        ({"sni_version": "SNI2025"}, "sni"),
        ({"sni": "99999", "sni_version": "SNI2025"}, "sni"),
        ({"website": "ftp://vav.example"}, "website"),
        ({"main_strategy": "R9"}, "main_strategy"),
        ({"strategies": ["C01", "R99"]}, "strategies"),
    ],
)
def test_what_cannot_be_right_names_its_field(scene: Scene, api_of: ApiOf, wrong: dict[str, Any], field: str):
    client, own = api_of(scene.people["coach"]), scene.holdings["own"]
    for response in (
        send(client, COMPANIES, NEW | wrong),
        change(client, address_of(own.company), {"version": 1} | wrong),
    ):
        assert (response.status_code, set(response.json()["errors"])) == (400, {field}), response.content


def test_only_what_is_named_is_changed(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    address = address_of(own.company)
    before = client.get(address).json()
    response = change(client, address, {"version": 1, "municipality": "Borås", "strategies": ["C02"]})
    assert (response.status_code, response.json()["version"]) == (200, 2), response.content
    assert set(response.json()) == {"id", "url", "version"}
    after = client.get(address).json()
    changed = {
        "version": 2,
        "municipality": "Borås",
        "sub_region": after["sub_region"],
        "strategies": ["C02"],
    }
    assert after == before | changed
    assert change(client, address, {"version": 2, "municipality": None}).status_code == 200
    assert client.get(address).json()["municipality"] is None


def test_a_change_of_an_older_version_is_refused_whole(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    actions.update_company(by=own.coach, company=own.company, base_version=1, facts={"size_class": "small"})
    response = change(client, address_of(own.company), {"version": 1, "description": "Nytt"})
    assert (response.status_code, response.json()["code"]) == (409, "changed_meanwhile")
    own.company.refresh_from_db()
    assert (own.company.size_class, own.company.version) == ("small", 2)
    assert own.company.description != "Nytt"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"version"}),
        ({"description": "x"}, {"version"}),
        ({"version": 1, "descripton": "x"}, {"descripton"}),
    ],
)
def test_a_slip_of_the_pen_changes_nothing(
    scene: Scene, api_of: ApiOf, body: dict[str, Any], fields: set[str]
):
    company = scene.holdings["own"].company
    response = change(api_of(scene.people["coach"]), address_of(company), body)
    assert (response.status_code, set(response.json()["errors"])) == (400, fields)
    company.refresh_from_db()
    assert company.version == 1


def test_the_history_names_the_person_and_the_key(scene: Scene, api_of: ApiOf):
    company, coach = scene.holdings["own"].company, scene.people["coach"]
    change(api_of(coach), address_of(company), {"version": 1, "description": "Nytt"})
    event = events_of(Company).objects.select_related("pgh_context").filter(pgh_obj=company.pk).last()
    assert event.pgh_label == "update"
    assert event.pgh_context.metadata["user"] == coach.pk
    assert event.pgh_context.metadata["api_key"] == coach.api_keys.get().pk


def test_as_many_questions_whatever_there_is_to_look_through(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    alike = {"name": "Garnboden i Skene AB", "legal_form": "limited"}
    client.get(COMPANIES)  # notes that the key was used
    counts = []
    for turn, codes in ((1, ["C01"]), (2, ["C01", "C02", "C03"])):
        for _ in range(turn**4):
            CompanyFactory(name="Garnboden i Skene AB")
        body = {"version": turn, "strategies": codes}
        counts.append(
            (
                questions(send, client, COMPANIES, alike, f"a{turn}"),
                questions(send, client, COMPANIES, alike | {"confirmed": True}, f"b{turn}"),
                questions(change, client, address_of(own.company), body),
            )
        )
    assert counts[0] == counts[1]
