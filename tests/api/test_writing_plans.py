"""Ticking an action off, opening it again, calling it off, changing what, who and when."""

from typing import Any

import pytest
from django.utils import timezone

from coaching.models import Action
from coachnet.accounts.models import User
from tests.access.scene import Scene
from tests.api.conftest import ApiOf
from tests.factories.api import change, questions
from tests.factories.coaching import ActionFactory

pytestmark = pytest.mark.django_db


def address_of(action: Action) -> str:
    return f"/api/v1/actions/{action.pk}/"


def test_one_is_ticked_off_once_however_often_it_is_said(scene: Scene, api_of: ApiOf):
    action, client = scene.holdings["own"].action, api_of(scene.people["coach"])
    seen = set()
    for _ in range(2):
        response = change(client, address_of(action), {"status": "done"})
        assert (response.status_code, response.json()["status"]) == (200, "done")
        action.refresh_from_db()
        seen.add((action.status, action.closed_at, action.closed_by))
    assert len(seen) == 1
    assert set(response.json()) == {"id", "url", "status"}


def test_it_is_put_in_the_state_that_was_asked_for(scene: Scene, api_of: ApiOf):
    action, client = scene.holdings["own"].action, api_of(scene.people["coach"])
    for status in ("cancelled", "done", "open", "open", "done", "cancelled"):
        response = change(client, address_of(action), {"status": status})
        assert (response.status_code, response.json()["status"]) == (200, status)
        action.refresh_from_db()
        assert action.status == status


def test_only_what_is_named_is_changed(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    today = timezone.localdate().isoformat()
    before = client.get(address_of(own.action)).json()
    for body in ({"what": "Ringa igen"}, {"due_on": today}, {"due_on": None}):
        assert change(client, address_of(own.action), body).status_code == 200
        assert client.get(address_of(own.action)).json() == (before := before | body)
    assert change(client, address_of(own.action), {"owner_contact": own.contact.pk}).status_code == 200
    after = client.get(address_of(own.action)).json()
    assert (after["owner_coach"], after["owner_contact"]["id"]) == (None, own.contact.pk)


def test_whoever_has_promised_it_may_stay_after_leaving(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    action = ActionFactory(engagement=own.engagement, owner_coach=scene.people["colleague"])
    User.objects.filter(pk=scene.people["colleague"].pk).update(is_active=False)
    stays = {"owner_coach": action.owner_coach_id, "owner_contact": None, "what": "Ringa igen"}
    assert change(client, address_of(action), stays).status_code == 200
    assert change(client, address_of(own.action), stays).status_code == 400


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"what": ""}, "what"),
        ({"status": "doing"}, "status"),
        ({"owner_coach": None}, "owner_coach"),
        ({"owner_contact": 2**40}, "owner_contact"),
        ({"due_on": "soon"}, "due_on"),
        ({"done": True}, "done"),
    ],
)
def test_what_cannot_be_right_names_its_field(scene: Scene, api_of: ApiOf, wrong: dict[str, Any], field: str):
    response = change(api_of(scene.people["coach"]), address_of(scene.holdings["own"].action), wrong)
    assert (response.status_code, set(response.json()["errors"])) == (400, {field}), response.content


def test_what_is_refused_changes_nothing_of_it(scene: Scene, api_of: ApiOf):
    own, other = scene.holdings["own"], scene.holdings["other"]
    body = {"what": "Ringa igen", "status": "done", "owner_contact": other.contact.pk}
    assert change(api_of(scene.people["coach"]), address_of(own.action), body).status_code == 400
    before = own.action.what
    own.action.refresh_from_db()
    assert (own.action.what, own.action.status) == (before, "open")


def test_as_many_questions_however_long_the_plan(scene: Scene, api_of: ApiOf):
    own, client = scene.holdings["own"], api_of(scene.people["coach"])
    counts = []
    for turn in (0, 1, 10):
        for _ in range(turn):
            ActionFactory(engagement=own.engagement, owner_coach=own.coach)
        body = {
            "what": f"Ringa {turn}",
            "owner_coach": None,
            "owner_contact": own.contact.pk,
            "status": "done",
        }
        back = {"owner_coach": own.coach.pk, "owner_contact": None, "status": "open"}
        counts.append(tuple(questions(change, client, address_of(own.action), one) for one in (body, back)))
    # The first notes that the key was used, and which reminders there are.
    assert counts[1] == counts[2]
