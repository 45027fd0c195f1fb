"""Planning a session, changing it, logging it once it was held, calling it off: the form's road, by name."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from coaching.actions import SessionConflict, SessionEntry, log_session
from coaching.models import Session
from tests.access.scene import Holding, Scene
from tests.api.conftest import ApiOf
from tests.factories.api import change, questions, send
from tests.factories.companies import ContactFactory

pytestmark = pytest.mark.django_db
SESSIONS = "/api/v1/sessions/"


def address_of(session: Session) -> str:
    return f"{SESSIONS}{session.pk}/"


def next_week() -> str:
    return (timezone.localdate() + dt.timedelta(days=7)).isoformat()


def planned(held: Holding, **more: Any) -> dict[str, Any]:
    return {"company": held.company.pk, "state": "planned", "date": next_week(), "start_time": "10:00"} | more


def test_a_session_is_planned_and_logged_when_it_has_been_held(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    response = send(client, SESSIONS, planned(own, place="Verkstaden", contacts=[own.contact.pk]))
    assert response.status_code == 201, response.content
    made = response.json()
    assert {name: made[name] for name in ("state", "missing", "version")} == {
        "state": "planned",
        "missing": [],
        "version": 1,
    }
    session = Session.objects.get(pk=made["id"])
    assert (session.state, session.date.isoformat()) == ("planned", next_week())
    today = timezone.localdate().isoformat()
    body = {"version": 1, "state": "held", "date": today, "minutes": 50, "channel": "on_site", "note": "Bra"}
    response = change(client, made["url"], body)
    assert response.status_code == 200, response.content
    assert response.json() == made | {"state": "held", "completeness": "complete", "version": 2}
    session.refresh_from_db()
    assert (session.state, session.minutes, session.place) == ("held", 50, "Verkstaden")
    assert [contact.pk for contact in session.contacts.all()] == [own.contact.pk]


def test_what_is_not_named_stays(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    Session.objects.filter(pk=own.session.pk).update(reminds_contacts=True, place="Verkstaden")
    before = client.get(address_of(own.session)).json()
    response = change(client, address_of(own.session), {"version": before["version"], "travel_minutes": 20})
    assert response.status_code == 200, response.content
    after = client.get(address_of(own.session)).json()
    assert after == before | {"travel_minutes": 20, "version": before["version"] + 1}
    own.session.refresh_from_db()
    assert own.session.reminds_contacts


def test_a_change_of_an_older_version_is_refused_and_the_same_again_is_not(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    version = own.session.version
    for _ in range(2):
        response = change(client, address_of(own.session), {"version": version, "minutes": 50})
        assert (response.status_code, response.json()["version"]) == (200, version + 1)
    response = change(client, address_of(own.session), {"version": version, "minutes": 55})
    assert (response.status_code, response.json()["code"]) == (409, "changed_meanwhile")
    own.session.refresh_from_db()
    assert own.session.minutes == 50


@pytest.mark.parametrize("state", ["cancelled", "no_show"])
def test_a_planned_session_is_called_off_and_planned_again(state: str, scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    for said in (state, state, "planned"):
        response = change(client, address_of(own.planned), {"state": said})
        assert (response.status_code, response.json()["state"]) == (200, said)
        own.planned.refresh_from_db()
        assert own.planned.state == said


def test_one_that_was_held_is_neither_called_off_nor_planned(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    for body in (
        {"state": "cancelled"},
        {"state": "no_show"},
        {"state": "planned", "version": own.session.version},
        {"state": "planned", "version": own.session.version, "date": next_week()},
    ):
        assert change(client, address_of(own.session), body).status_code == 400
    own.session.refresh_from_db()
    assert own.session.state == "held"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"minutes": 50}, "version"),
        ({"version": 1, "state": "cancelled", "minutes": 50}, "state"),
        ({"version": 1, "company": 1}, "company"),
        ({"version": 1, "minutes": 0}, "minutes"),
        ({"version": 1, "place": 0}, "place"),
        ({"version": 1, "coaches": [1]}, "coaches"),
        ({"version": 1, "strategies": ["R99"]}, "strategies"),
        ({"version": 1, "date": "2099-01-01"}, "date"),
    ],
)
def test_what_cannot_be_right_names_its_field(scene: Scene, api_of: ApiOf, wrong: dict[str, Any], field: str):
    response = change(api_of(scene.people["coach"]), address_of(scene.holdings["own"].session), wrong)
    assert (response.status_code, set(response.json()["errors"])) == (400, {field}), response.content


def test_people_of_other_companies_are_answered_as_those_who_do_not_exist(scene: Scene, api_of: ApiOf):
    own, hidden = scene.holdings["own"], scene.holdings["confidential"]
    response = change(
        api_of(scene.people["coach"]),
        address_of(own.session),
        {"version": 1, "contacts": [hidden.contact.pk]},
    )
    assert (response.status_code, set(response.json()["errors"])) == (400, {"contacts"})


def test_one_in_the_bin_is_not_there(scene: Scene, api_of: ApiOf):
    own = scene.holdings["own"]
    body = {"version": own.removed.version, "minutes": 50}
    assert change(api_of(scene.people["coach"]), address_of(own.removed), body).status_code == 404


def test_a_plan_is_logged_by_the_form_as_well(scene: Scene, api_of: ApiOf):
    """Both take the same road, so what one has saved the other does not overwrite unseen."""
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    change(client, address_of(own.session), {"version": own.session.version, "minutes": 50})
    with pytest.raises(SessionConflict):
        log_session(
            by=own.coach,
            company=own.company,
            entry=SessionEntry(date=own.session.date),
            key=own.session.pk,
            version=own.session.version,
        )


def test_as_many_questions_however_many_people(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    for state in ("cancelled", "planned"):  # notes that the key was used, and that reminders are called off
        change(client, address_of(own.planned), {"state": state})
    counts = []
    for turn in (0, 1):
        people = [ContactFactory(company=own.company).pk for _ in range(1 + 5 * turn)]
        body = {"version": own.session.version + turn, "contacts": people}
        counts.append(
            (
                questions(send, client, SESSIONS, planned(own, contacts=people), f"a{turn}"),
                questions(change, client, address_of(own.session), body),
                questions(change, client, address_of(own.planned), {"state": "cancelled"}),
            )
        )
        change(client, address_of(own.planned), {"state": "planned"})
    assert counts[0] == counts[1]
