"""Taking a company on, moving it through its stages, ending: the pages' actions, all of a request or nothing."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from coaching.models import Engagement, Programme
from tests.access.scene import Scene
from tests.api.conftest import ApiOf
from tests.factories.api import change, questions, send
from tests.factories.coaching import EngagementFactory, ProgrammeFactory
from tests.factories.companies import CompanyFactory

pytestmark = pytest.mark.django_db
ENGAGEMENTS = "/api/v1/engagements/"


def address_of(engagement: Engagement) -> str:
    return f"{ENGAGEMENTS}{engagement.pk}/"


def test_a_company_that_nobody_coaches_is_taken_on(scene: Scene, api_of: ApiOf):
    coach, company = scene.people["coach"], CompanyFactory()
    client, today = api_of(coach), timezone.localdate()
    body = {
        "company": company.pk,
        "stage": "baseline",
        "goals": "Återbruka spillet",
        "started_on": "2026-11-02",
    }
    response = send(client, ENGAGEMENTS, body)
    assert response.status_code == 201, response.content
    made = response.json()
    engagement = Engagement.objects.get(pk=made["id"])
    assert (engagement.company, engagement.lead, engagement.programme.name) == (company, coach, "Utmaningen")
    assert made == {"id": engagement.pk, "url": made["url"], "stage": "baseline", "ended_on": None}
    told = client.get(made["url"]).json()
    assert (told["goals"], told["started_on"]) == ("Återbruka spillet", "2026-11-02")
    assert today >= engagement.started_on


def test_the_programme_is_named_as_it_is_told(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    past = timezone.localdate() - dt.timedelta(days=2000)
    ProgrammeFactory(name="Det som var", starts_on=past, ends_on=past)
    ProgrammeFactory(name="Det andra")
    for name, status in (
        ("Det som var", 400),
        ("Det som aldrig var", 400),
        ("Utmaningen", 400),
        ("Det andra", 201),
    ):
        response = send(client, ENGAGEMENTS, {"company": own.company.pk, "programme": name})
        assert response.status_code == status, name
    assert own.company.engagements.open().count() == 2


def test_without_a_programme_nothing_begins(scene: Scene, api_of: ApiOf):
    Programme.objects.update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    response = send(api_of(scene.people["coach"]), ENGAGEMENTS, {"company": CompanyFactory().pk})
    assert (response.status_code, set(response.json()["errors"])) == (400, {"programme"})


def test_stage_goals_and_end_are_changed_together(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    day = timezone.localdate() - dt.timedelta(days=1)
    body = {"stage": "plan", "entered_on": day.isoformat(), "goals": "Nya mål", "ended_on": day.isoformat()}
    for _ in range(2):  # said again, it is done
        response = change(client, address_of(own.engagement), {"ended_on": day.isoformat()} if _ else body)
        assert response.status_code == 200, response.content
        assert {name: response.json()[name] for name in ("stage", "ended_on")} == {
            "stage": "plan",
            "ended_on": day.isoformat(),
        }
    own.engagement.refresh_from_db()
    assert (own.engagement.goals, own.engagement.ended_on) == ("Nya mål", day)
    assert own.engagement.stage_changes.get(stage="plan").entered_on == day
    response = change(client, address_of(own.engagement), {"ended_on": None, "stage": "ongoing"})
    assert (response.json()["ended_on"], response.json()["stage"]) == (None, "ongoing")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"stage": "end"}, "stage"),
        ({"entered_on": "2026-11-02"}, "stage"),
        ({"goals": "x" * 2001}, "goals"),
        ({"ended_on": "soon"}, "ended_on"),
        ({"programme": "Utmaningen"}, "programme"),
    ],
)
def test_what_cannot_be_right_names_its_field(scene: Scene, api_of: ApiOf, wrong: dict[str, Any], field: str):
    response = change(api_of(scene.people["coach"]), address_of(scene.holdings["own"].engagement), wrong)
    assert (response.status_code, set(response.json()["errors"])) == (400, {field})


def test_what_is_refused_in_the_end_undoes_what_came_before(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    before = client.get(address_of(own.engagement)).json()
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    body = {"stage": "ongoing", "goals": "Nya mål", "ended_on": tomorrow}
    assert change(client, address_of(own.engagement), body).status_code == 400
    assert client.get(address_of(own.engagement)).json() == before


def test_an_ended_engagement_moves_no_more_and_is_not_opened_beside_another(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    today = timezone.localdate().isoformat()
    assert change(client, address_of(own.engagement), {"ended_on": today}).status_code == 200
    assert change(client, address_of(own.engagement), {"stage": "ongoing"}).status_code == 400
    EngagementFactory(company=own.company, programme=own.engagement.programme, lead=own.coach)
    assert change(client, address_of(own.engagement), {"ended_on": None}).status_code == 400


def test_an_administrator_moves_but_does_not_begin(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["admin"])
    assert change(client, address_of(own.engagement), {"stage": "plan"}).status_code == 200
    assert send(client, ENGAGEMENTS, {"company": CompanyFactory().pk}).status_code == 403


def test_as_many_questions_however_many_coaches_and_engagements(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    client.get(ENGAGEMENTS)  # notes that the key was used
    counts = []
    for turn, stage in ((1, "plan"), (2, "ongoing")):
        for _ in range(turn**3):
            EngagementFactory(company=own.company, lead=own.coach)
        name = ProgrammeFactory().name
        counts.append(
            (
                questions(
                    send, client, ENGAGEMENTS, {"company": own.company.pk, "programme": name}, f"a{turn}"
                ),
                questions(change, client, address_of(own.engagement), {"stage": stage, "goals": stage}),
            )
        )
    assert counts[0] == counts[1]
