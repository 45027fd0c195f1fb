"""The list of meetings: the badge of each, and one's own answer."""

import re

import pytest
from django.utils import timezone

from coachnet.accounts.models import User
from events.models import Event, Registration
from tests.conftest import ClientOf
from tests.factories.events import EventFactory, MemberFactory

pytestmark = pytest.mark.django_db


def badges(client, view: str = "ahead") -> dict[str, list[str]]:
    """The words of the badges of each meeting, by its title."""
    text = client.get(f"/meetings/?view={view}").content.decode()
    rows = re.findall(r'<li class="row" id="event-row-.*?</li>', text, re.DOTALL)
    titles = [re.findall(r'class="row__title"[^>]*>([^<]*)', row)[0] for row in rows]
    marks = [re.findall(r'<span class="badge[^>]*>(?:<svg.*?</svg> )?([^<]*)', row) for row in rows]
    return dict(zip(titles, marks, strict=True))


def test_a_meeting_is_marked_by_how_far_it_has_come(organiser: User, client_of: ClientOf) -> None:
    EventFactory(title="As usual")
    EventFactory(title="Begun", going_on=True)
    EventFactory(title="Unpublished", draft=True, created_by=organiser)
    cancelled = {"state": Event.State.CANCELLED, "cancelled_at": timezone.now()}
    EventFactory(title="Called off", **cancelled)
    EventFactory(title="Held", past=True)
    EventFactory(title="Never held", past=True, **cancelled)
    assert badges(client_of(organiser)) == {
        "As usual": [],
        "Begun": ["Pågår nu"],
        "Unpublished": ["Utkast"],
        "Called off": ["Inställd"],
    }
    assert badges(client_of(organiser), "past") == {"Held": [], "Never held": ["Inställd"]}


def test_ones_own_answer_stands_in_the_list(coach: User, client_of: ClientOf) -> None:
    for state in Registration.State:
        MemberFactory(event=EventFactory(title=state.value), user=coach, answered=state.value)
    MemberFactory(event=EventFactory(title="unanswered"), user=coach)
    MemberFactory(event=EventFactory(title="unanswered, begun", going_on=True), user=coach)
    gone = EventFactory(title="cancelled meeting", state=Event.State.CANCELLED, cancelled_at=timezone.now())
    MemberFactory(event=gone, user=coach, answered="coming")
    EventFactory(title="others'")
    assert badges(client_of(coach)) == {
        "coming": ["Du kommer"],
        "waiting": ["Du väntar på plats"],
        "offered": ["Plats att svara på"],
        "declined": ["Du kommer inte"],
        "cancelled": ["Du kommer inte"],
        "expired": ["Du kommer inte"],
        "unanswered": ["Svara"],
        "unanswered, begun": ["Pågår nu"],
        "cancelled meeting": ["Inställd"],
        "others&#x27;": [],
    }
