"""Logging a session and adding an action: the pages' rules, once however often it is sent."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import close_old_connections
from django.utils import timezone

from coaching.models import Action, Session
from coachnet.api.models import ANSWER_HOURS, ApiKey, StoredAnswer
from coachnet.api.tasks import forget_answers
from coachnet.audit.protection import events_of
from companies import reference_data
from companies.models import GlossaryTerm
from tests.access.scene import Holding, Scene, build
from tests.api.conftest import ApiOf
from tests.factories.api import client_with, key_for, send

pytestmark = pytest.mark.django_db
SESSIONS, ACTIONS = "/api/v1/sessions/", "/api/v1/actions/"


def said(held: Holding, **more: Any) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    return {
        "company": held.company.pk,
        "date": today,
        "start_time": "09:30",
        "minutes": 75,
        "channel": "on_site",
        "note": "Vi gick igenom återtaget.\n",
        "contacts": [held.contact.pk],
        "strategies": ["C01"],
    } | more


def test_a_session_is_logged_as_by_the_form(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    response = send(client, SESSIONS, said(own, stage="plan"))
    assert response.status_code == 201, response.content
    made = response.json()
    session = Session.objects.get(pk=made["id"])
    assert (session.engagement, session.state, session.minutes) == (own.engagement, "held", 75)
    assert session.note == "Vi gick igenom återtaget.\n"
    assert [coach.pk for coach in session.coaches.all()] == [own.coach.pk]
    assert (made["completeness"], made["missing"]) == ("complete", [])
    own.engagement.refresh_from_db()
    assert own.engagement.stage == "plan"
    assert client.get(made["url"]).json()["contacts"] == [{"id": own.contact.pk, "name": own.contact.name}]


def test_the_history_names_the_person_and_the_key(scene: Scene, api_of: ApiOf):
    made = send(api_of(scene.people["coach"]), SESSIONS, said(scene.holdings["own"])).json()
    event = events_of(Session).objects.select_related("pgh_context").filter(pgh_obj=made["id"]).first()
    assert event.pgh_context.metadata["user"] == scene.people["coach"].pk
    assert event.pgh_context.metadata["api_key"] == scene.people["coach"].api_keys.get().pk
    assert event.pgh_context.metadata["url"] == SESSIONS


def test_what_is_missing_is_told(scene: Scene, api_of: ApiOf):
    body = {"company": scene.holdings["own"].company.pk, "date": timezone.localdate().isoformat()}
    made = send(api_of(scene.people["coach"]), SESSIONS, body).json()
    assert made["completeness"] == "draft"
    assert made["missing"] == ["minutes", "channel", "contacts", "note"]


def test_the_same_request_again_gives_the_same_answer_and_one_session(scene: Scene, api_of: ApiOf):
    client, body = api_of(scene.people["coach"]), said(scene.holdings["own"])
    before = Session.objects.count()
    first = send(client, SESSIONS, body)
    # Another order of the names is the same request.
    again = send(client, SESSIONS, dict(reversed(body.items())))
    assert (again.status_code, again.json()) == (201, first.json())
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Session.objects.count() == before + 1


def test_another_request_under_the_same_key_is_refused(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    send(client, SESSIONS, said(own))
    before = Session.objects.count()
    for address, body in ((SESSIONS, said(own, minutes=30)), (ACTIONS, said(own))):
        response = send(client, address, body)
        assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert Session.objects.count() == before
    assert send(client, SESSIONS, said(own, minutes=30), key="a2").status_code == 201


def test_two_keys_may_use_the_same_name(scene: Scene, api_of: ApiOf):
    body = said(scene.holdings["own"])
    answers = [send(api_of(scene.people["coach"]), SESSIONS, body).json()["id"] for _ in range(2)]
    assert len(set(answers)) == 2


def test_a_refused_request_may_be_mended_and_sent_under_the_same_key(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    refused = send(client, SESSIONS, said(own, date=tomorrow))
    assert (refused.status_code, set(refused.json()["errors"])) == (400, {"date"})
    assert not StoredAnswer.objects.exists()
    assert send(client, SESSIONS, said(own)).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 101, "nyckelå"])
def test_a_request_without_a_usable_key_is_refused(scene: Scene, api_of: ApiOf, key: str):
    before = Session.objects.count()
    response = send(api_of(scene.people["coach"]), SESSIONS, said(scene.holdings["own"]), key=key)
    assert (response.status_code, set(response.json()["errors"])) == (400, {"Idempotency-Key"})
    assert Session.objects.count() == before


@pytest.mark.parametrize(
    ("whose", "status"), [("own", 201), ("colleague", 403), ("other", 403), ("confidential", 400)]
)
def test_whose_companies_one_logs_for(scene: Scene, api_of: ApiOf, whose: str, status: int):
    held, before = scene.holdings[whose], Session.objects.count()
    response = send(api_of(scene.people["coach"]), SESSIONS, said(held))
    assert response.status_code == status
    assert Session.objects.count() == before + (status == 201)


def test_what_may_not_be_seen_is_answered_as_what_does_not_exist(scene: Scene, api_of: ApiOf):
    client, own, hidden = api_of(scene.people["coach"]), scene.holdings["own"], scene.holdings["confidential"]
    for there, not_there in (
        (said(hidden), said(own, company=hidden.company.pk + 1000)),
        (said(own, contacts=[hidden.contact.pk]), said(own, contacts=[hidden.contact.pk + 1000])),
    ):
        answers = [send(client, SESSIONS, body) for body in (there, not_there)]
        assert [one.status_code for one in answers] == [400, 400]
        shown = [str(one.json()["errors"]).replace("1000", "") for one in answers]
        assert shown[0].split(":")[1] == shown[1].split(":")[1]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"start_time": "09:30:00Z"}, "start_time"),
        ({"start_time": "0930"}, "start_time"),
        ({"channel": "carrier pigeon"}, "channel"),
        ({"date": "1850-01-01"}, "date"),
        ({"company": "x"}, "company"),
        ({"coaches": [1, "x"]}, "coaches"),
        ({"strategies": ["R99"]}, "strategies"),
        ({"note": "x" * 20_001}, "note"),
        ({"note": "nul \0"}, "note"),
        ({"stage": "end"}, "stage"),
    ],
)
def test_what_cannot_be_right_names_its_field(scene: Scene, api_of: ApiOf, wrong: dict[str, Any], field: str):
    response = send(api_of(scene.people["coach"]), SESSIONS, said(scene.holdings["own"], **wrong))
    assert (response.status_code, set(response.json()["errors"])) == (400, {field})


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "{", "1"])
def test_a_body_of_another_shape_is_refused(scene: Scene, api_of: ApiOf, body: str):
    assert send(api_of(scene.people["coach"]), SESSIONS, body).status_code == 400


def test_an_action_is_added_with_a_coach_or_a_contact_as_owner(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    body = {"engagement": own.engagement.pk, "what": "Ringa materialleverantören", "due_on": "2027-01-15"}
    first = send(client, ACTIONS, body | {"owner_coach": own.coach.pk})
    second = send(client, ACTIONS, body | {"owner_contact": own.contact.pk}, key="a2")
    assert [first.status_code, second.status_code] == [201, 201]
    assert Action.objects.get(pk=first.json()["id"]).owner == own.coach
    assert Action.objects.get(pk=second.json()["id"]).owner == own.contact
    assert client.get(first.json()["url"]).json()["what"] == "Ringa materialleverantören"
    again = send(client, ACTIONS, body | {"owner_coach": own.coach.pk})
    assert again.json() == first.json()


def test_an_action_needs_one_owner_who_may_own_it(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    body = {"engagement": own.engagement.pk, "what": "x"}
    wrong: list[dict[str, Any]] = [
        {},
        {"owner_coach": own.coach.pk, "owner_contact": own.contact.pk},
        {"owner_coach": scene.people["official"].pk},
        {"owner_contact": scene.holdings["other"].contact.pk},
    ]
    assert [send(client, ACTIONS, body | owner).status_code for owner in wrong] == [400] * 4


@pytest.mark.parametrize(
    ("whose", "status"), [("own", 201), ("colleague", 403), ("other", 400), ("confidential", 400)]
)
def test_whose_plans_one_adds_to(scene: Scene, api_of: ApiOf, whose: str, status: int):
    held, before = scene.holdings[whose], Action.objects.count()
    body = {"engagement": held.engagement.pk, "what": "x", "owner_coach": held.coach.pk}
    assert send(api_of(scene.people["coach"]), ACTIONS, body).status_code == status
    assert Action.objects.count() == before + (status == 201)


def test_answers_hold_nothing_of_what_was_written_and_are_forgotten(scene: Scene, api_of: ApiOf):
    send(api_of(scene.people["coach"]), SESSIONS, said(scene.holdings["own"]))
    answer = StoredAnswer.objects.get()
    assert set(answer.body) == {"id", "url", "state", "completeness", "missing", "version"}
    forget_answers()
    assert StoredAnswer.objects.exists()
    StoredAnswer.objects.update(created_at=timezone.now() - dt.timedelta(hours=ANSWER_HOURS))
    forget_answers()
    assert not StoredAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_request_eight_times_at_once_makes_one_session():
    if not GlossaryTerm.objects.exists():
        reference_data.load()
    scene = build()
    _key, token = key_for(scene.people["coach"])
    body, before = said(scene.holdings["own"]), Session.objects.count()
    start, answers = threading.Barrier(8), []

    def ask() -> None:
        start.wait()
        response = send(client_with(token), SESSIONS, body)
        answers.append((response.status_code, response.json().get("id")))
        close_old_connections()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in answers} == {201}
    assert len({made for _, made in answers}) == 1
    assert Session.objects.count() == before + 1
    assert ApiKey.objects.count() == 1
