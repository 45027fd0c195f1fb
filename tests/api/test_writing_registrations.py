"""Answering one's own invitation and checking people in: the pages' actions."""

from typing import Any

import pytest
from django.test import Client

from coachnet.accounts.models import User
from events.actions import cancel_event
from events.models import Event, Registration
from tests.api.conftest import ApiOf
from tests.factories.api import change, questions, send
from tests.factories.events import EventFactory, GuestFactory, MemberFactory

pytestmark = pytest.mark.django_db
REGISTRATIONS = "/api/v1/registrations/"


@pytest.fixture
def event(organiser: User) -> Event:
    found: Event = EventFactory(created_by=organiser, capacity=1)
    return found


def answer(client: Client, event: Event, *, coming: bool, key: str = "a1") -> Any:
    return send(client, REGISTRATIONS, {"event": event.pk, "coming": coming}, key)


def address_of(registration: Registration) -> str:
    return f"{REGISTRATIONS}{registration.pk}/"


def test_one_answers_changes_ones_mind_and_stands_in_line(coach: User, api_of: ApiOf, event: Event):
    MemberFactory(event=event, user=coach)
    client = api_of(coach)
    response = answer(client, event, coming=True)
    assert response.status_code == 201, response.content
    made = response.json()
    assert made == {"id": made["id"], "url": made["url"], "state": "coming", "attended_at": None}
    assert client.get(made["url"]).json()["event"]["id"] == event.pk
    assert answer(client, event, coming=True, key="a2").json() == made  # said twice, it is said once
    assert answer(client, event, coming=False, key="a3").json() == made | {"state": "cancelled"}
    GuestFactory(event=event, answered="coming")
    assert answer(client, event, coming=True, key="a4").json()["state"] == "waiting"


def test_what_she_eats_stays_as_she_has_said_it(coach: User, api_of: ApiOf, event: Event):
    mine = MemberFactory(event=event, user=coach, answered="coming", answered__diet="Nötfri kost")
    response = answer(api_of(coach), event, coming=True)
    assert mine.registrations.get().diet == "Nötfri kost"
    assert "Nötfri" not in response.content.decode()


def test_whoever_is_not_invited_is_answered_as_if_there_were_no_meeting(
    coach: User, organiser: User, api_of: ApiOf, event: Event
):
    draft = EventFactory(draft=True)
    MemberFactory(event=draft, user=coach)
    GuestFactory(event=event)
    nowhere = Event(pk=event.pk + 1000)
    for found in (event, draft, nowhere):
        response = answer(api_of(coach), found, coming=True)
        assert (response.status_code, set(response.json()["errors"])) == (400, {"event"})
    assert answer(api_of(organiser), event, coming=True).status_code == 400
    assert not Registration.objects.exists()


def test_a_meeting_that_has_begun_takes_no_answer_and_says_why(coach: User, api_of: ApiOf):
    event = EventFactory(going_on=True)
    MemberFactory(event=event, user=coach)
    response = answer(api_of(coach), event, coming=True)
    assert (response.status_code, response.json()["code"]) == (409, "answer_refused")
    assert response.json()["detail"] == "Träffen har börjat."


def test_an_organiser_checks_in_and_takes_it_back(organiser: User, api_of: ApiOf, event: Event):
    guest, client = GuestFactory(event=event, answered="coming"), api_of(organiser)
    registration = guest.registrations.get()
    for is_here in (True, True, False):
        response = change(client, address_of(registration), {"attended": is_here})
        assert response.status_code == 200, response.content
        assert response.json()["id"] == registration.pk
        registration.refresh_from_db()
        assert bool(response.json()["attended_at"]) == bool(registration.attended_at) == is_here


def test_whoever_had_said_no_and_came_has_a_registration_of_her_own(
    organiser: User, api_of: ApiOf, event: Event
):
    guest = GuestFactory(event=event, answered="declined")
    declined = guest.registrations.get()
    came = change(api_of(organiser), address_of(declined), {"attended": True}).json()
    assert (came["state"], came["id"] != declined.pk) == ("coming", True)
    declined.refresh_from_db()
    assert declined.state == "declined"


def test_a_member_checks_nobody_in_and_nobody_is_checked_in_to_what_is_cancelled(
    coach: User, organiser: User, api_of: ApiOf, event: Event
):
    mine = MemberFactory(event=event, user=coach, answered="coming").registrations.get()
    assert change(api_of(coach), address_of(mine), {"attended": True}).status_code == 403
    cancel_event(event=event, by=organiser)
    assert change(api_of(organiser), address_of(mine), {"attended": True}).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "attended"),
        ({"attended": "so"}, "attended"),
        ({"attended": 1}, "attended"),
        ({"attended": "true"}, "attended"),
        ({"attended": True, "diet": "x"}, "diet"),
    ],
)
def test_what_cannot_be_right_names_its_field(
    organiser: User, api_of: ApiOf, event: Event, body: dict[str, Any], field: str
):
    registration = GuestFactory(event=event, answered="coming").registrations.get()
    response = change(api_of(organiser), address_of(registration), body)
    assert (response.status_code, set(response.json()["errors"])) == (400, {field})


def test_as_many_questions_however_many_are_invited(coach: User, organiser: User, api_of: ApiOf):
    counts = []
    clients = api_of(coach), api_of(organiser)
    for guests in (0, 1, 11):
        event = EventFactory(capacity=50)
        MemberFactory(event=event, user=coach)
        for _ in range(guests):
            GuestFactory(event=event, answered="coming")
        asked = questions(send, clients[0], REGISTRATIONS, {"event": event.pk, "coming": True}, f"a{guests}")
        mine = Registration.objects.get(invitation__event=event, invitation__user=coach)
        counts.append((asked, questions(change, clients[1], address_of(mine), {"attended": True})))
    # The first notes that the keys were used.
    assert counts[1] == counts[2]
