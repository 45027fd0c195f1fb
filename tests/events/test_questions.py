"""What a meeting's pages ask is what Django would ask, for each kind of reader."""

import pytest

from coachnet.accounts.models import User
from coachnet.notifications.models import about_key
from events import actions, console, questions
from events.models import Event, Feedback
from tests.factories.companies import CompanyFactory, ContactFactory
from tests.factories.events import EventFactory, GuestFactory, MemberFactory
from tests.lib.test_standing import same_as_django

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers(coach: User, organiser: User, official: User, admin: User) -> list[User]:
    return [coach, organiser, official, admin]


@pytest.fixture
def event(coach: User) -> Event:
    """With somebody of each kind of answer, and guests from a company that all see and one that few do."""
    event = EventFactory(capacity=2)
    secret = CompanyFactory(responsible_coach=coach, confidential=True)
    for company in (CompanyFactory(), secret):
        GuestFactory(
            event=event, contact=ContactFactory(company=company), answered="coming", answered__diet="Vegan"
        )
    for state in ("waiting", "offered", "declined", "cancelled", "expired", None):
        GuestFactory(event=event, answered=state)
    MemberFactory(event=event, user=coach, answered="coming")
    Feedback.objects.create(invitation=event.invitations.order_by("pk")[0], rating=4, text="Bra")
    GuestFactory(answered="coming")
    return event


def test_a_draft_is_for_those_who_plan(readers: list[User], event: Event) -> None:
    draft = EventFactory(draft=True)
    seen = [
        [len(same_as_django(questions.events_of_key, reader, event=one.pk)) for reader in readers]
        for one in (event, draft)
    ]
    assert seen == [[1, 1, 0, 1], [0, 1, 0, 1]]


def test_each_reader_is_counted_herself(readers: list[User], event: Event) -> None:
    rows = [same_as_django(questions.counts_of, reader, event=event.pk)[0] for reader in readers]
    assert [row["mine"] for row in rows] == [1, 0, 0, 0]
    assert (rows[0]["coming"], rows[0]["waiting"], rows[0]["all"], rows[0]["diets"]) == (
        3,
        2,
        9,
        ["Vegan", "Vegan"],
    )
    assert same_as_django(questions.counts_of, readers[0], event=EventFactory().pk) == []


def test_a_meeting_that_nobody_is_invited_to_has_empty_tabs(organiser: User) -> None:
    tally = console.tally_of(EventFactory(), organiser)
    assert (set(tally.counts.values()), tally.places.taken, tally.diets, tally.is_invited) == (
        {0},
        0,
        [],
        False,
    )


def test_companies_of_guests_are_named_to_those_who_see_them(readers: list[User], event: Event) -> None:
    named = [len(same_as_django(questions.companies_of_guests, reader, event=event.pk)) for reader in readers]
    assert named == [2, 1, 0, 2]


def test_each_tab_begins_as_its_set_does(event: Event) -> None:
    counts = {}
    for group in console.GROUPS:
        found = same_as_django(console.first_people, group.key, event=event.pk)
        page = console.people_of(event, group)
        assert [one.pk for one in page.rows] == [one.pk for one in found]
        assert {one.pk for one in found} == set(
            group.chosen(event.invitations.all()).values_list("pk", flat=True)
        )
        counts[group.key] = len(found)
    assert counts == {"coming": 3, "waiting": 2, "unanswered": 1, "away": 3, "all": 9, "attended": 0}


def test_what_is_asked_about_one_meeting(event: Event, organiser: User) -> None:
    actions.invite(event=event, by=organiser, guests=[actions.GuestEntry("Någon", "nagon@foretag.example")])
    assert len(same_as_django(questions.first_in_line, event=event.pk)) == 2
    assert same_as_django(questions.feedback_on, event=event.pk) == [(4, "Bra")]
    assert same_as_django(questions.mailings_about, about=about_key(event))
