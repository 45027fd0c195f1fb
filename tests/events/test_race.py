"""Forty people want the last ten places at the same moment; and the control, in which the lock is switched off."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest import mock

import pytest
from django.db import connection

from events import actions
from events.actions import places
from events.models import Event, EventInvitation, Registration
from tests.factories.events import EventFactory, GuestFactory


@pytest.fixture(autouse=True)
def nobody_sends(monkeypatch):
    """Here a queued mail would be sent by the thread that queued it, as there is no worker."""
    monkeypatch.setattr("coachnet.notifications.actions.send_soon", lambda: None)


PEOPLE, PLACES, AT_ONCE = 40, 10, 8


def everybody_answers(event: Event) -> None:
    barrier = Barrier(AT_ONCE)
    guests = list(EventInvitation.objects.filter(event=event))

    def answer(guest: EventInvitation) -> None:
        try:
            barrier.wait(10)
            actions.answer(invitation=guest, coming=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        list(crowd.map(answer, guests))


def count(event: Event, state: Registration.State) -> int:
    return Registration.objects.to(event).filter(state=state).count()


@pytest.mark.django_db(transaction=True)
def test_the_last_places_are_given_exactly_once():
    event = EventFactory(capacity=PLACES)
    GuestFactory.create_batch(PEOPLE, event=event)
    everybody_answers(event)
    assert count(event, Registration.State.COMING) == PLACES
    line = list(Registration.objects.to(event).in_line().values_list("pk", flat=True))
    assert len(line) == PEOPLE - PLACES
    assert line == sorted(line), "the line is not in the order in which places were asked for"


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_too_many_get_a_place():
    """The test above can fail: what it proves is the lock."""

    def look(event_id: int) -> Event:
        return Event.objects.get(pk=event_id)

    with mock.patch.object(places, "hold", look):
        for _ in range(5):
            event = EventFactory(capacity=PLACES)
            GuestFactory.create_batch(PEOPLE, event=event)
            everybody_answers(event)
            if count(event, Registration.State.COMING) > PLACES:
                return
    pytest.fail("five rounds without the lock sold no place twice")


@pytest.mark.django_db(transaction=True)
def test_a_double_click_takes_one_place():
    event = EventFactory(capacity=PLACES)
    guest = GuestFactory(event=event)
    barrier = Barrier(AT_ONCE)

    def click(_: int) -> None:
        try:
            barrier.wait(10)
            actions.answer(invitation=guest, coming=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as tabs:
        list(tabs.map(click, range(AT_ONCE)))
    assert count(event, Registration.State.COMING) == 1
