"""Places, the waiting list and its offers: exact, in order, and never twice."""

import datetime as dt
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from coachnet.accounts.models import User
from coachnet.notifications.models import Notification
from events import actions, notices, tasks
from events.actions import AnswerRefused, places
from events.models import Event, EventInvitation, Registration
from tests.factories.events import EventFactory, GuestFactory, in_days

pytestmark = pytest.mark.django_db
State = Registration.State


def states(event: Event) -> list[str]:
    """The state of each person's last answer, in the order of invitation."""
    rows = EventInvitation.objects.filter(event=event).order_by("pk")
    return [one.latest.state if one.latest else "" for one in rows]


def posted(rule: str, **where: object) -> int:
    return Notification.objects.filter(rule=rule, **where).count()


@pytest.fixture
def full() -> Event:
    """A meeting for two: two come, two wait."""
    event = EventFactory(capacity=2)
    for guest in GuestFactory.create_batch(4, event=event):
        actions.answer(invitation=guest, coming=True)
    assert states(event) == ["coming", "coming", "waiting", "waiting"]
    return event


def person(event: Event, number: int) -> EventInvitation:
    return EventInvitation.objects.filter(event=event).order_by("pk")[number]


def test_answer_yes_twice_takes_one_place():
    guest = GuestFactory()
    first = actions.answer(invitation=guest, coming=True, diet="Vegetarisk")
    second = actions.answer(invitation=guest, coming=True, diet="Vegan")
    assert first.pk == second.pk
    assert Registration.objects.get().diet == "Vegan"
    assert posted(notices.ANSWER) == 1


def test_the_database_itself_refuses_a_second_live_registration():
    guest = GuestFactory(answered="coming")
    with pytest.raises(IntegrityError, match="registration_one_live"), transaction.atomic():
        Registration.objects.create(invitation=guest, state=State.WAITING)


def test_answer_changes_both_ways_and_keeps_what_was():
    guest = GuestFactory()
    actions.answer(invitation=guest, coming=False)
    actions.answer(invitation=guest, coming=False)
    actions.answer(invitation=guest, coming=True)
    actions.answer(invitation=guest, coming=False)
    actions.answer(invitation=guest, coming=True)
    history = list(guest.registrations.order_by("pk").values_list("state", flat=True))
    assert history == ["declined", "cancelled", "coming"]


def test_a_cancelled_place_is_offered_to_the_first_in_line_at_once(full: Event):
    actions.answer(invitation=person(full, 0), coming=False)
    assert states(full) == ["cancelled", "coming", "offered", "waiting"]
    offer = Registration.objects.get(state=State.OFFERED)
    assert offer.offered_until is not None
    assert dt.timedelta(hours=23) < offer.offered_until - timezone.now() <= dt.timedelta(hours=24)
    assert posted(notices.ANSWER, occurrence=f"{offer.pk}-2", email=offer.invitation.email) == 1


def test_an_offered_place_counts_as_taken(full: Event):
    actions.answer(invitation=person(full, 0), coming=False)
    late = GuestFactory(event=full)
    assert actions.answer(invitation=late, coming=True).state == State.WAITING


def test_an_offer_is_accepted_or_passed_on(full: Event):
    actions.answer(invitation=person(full, 0), coming=False)
    actions.answer(invitation=person(full, 2), coming=False)
    assert states(full) == ["cancelled", "coming", "declined", "offered"]
    accepted = actions.answer(invitation=person(full, 3), coming=True)
    assert states(full) == ["cancelled", "coming", "declined", "coming"]
    assert accepted.came_from_line


def test_an_offer_that_nobody_takes_runs_out_and_two_beats_make_one_offer(full: Event):
    actions.answer(invitation=person(full, 0), coming=False)
    Registration.objects.filter(state=State.OFFERED).update(offered_until=timezone.now())
    tasks.settle_events()
    tasks.settle_events()
    assert states(full) == ["cancelled", "coming", "expired", "offered"]
    assert Registration.objects.filter(state=State.OFFERED).count() == 1
    assert posted(notices.ANSWER, email=person(full, 3).email) == 2  # in line, then the offer
    # Whose offer ran out may ask again, and stands last in line.
    assert actions.answer(invitation=person(full, 2), coming=True).state == State.WAITING


def test_an_offer_is_shorter_near_the_start_and_none_is_made_after_it(full: Event):
    Event.objects.filter(pk=full.pk).update(
        starts_at=timezone.now() + dt.timedelta(hours=4), ends_at=in_days(2)
    )
    actions.answer(invitation=person(full, 0), coming=False)
    offer = Registration.objects.get(state=State.OFFERED)
    assert offer.offered_until
    assert offer.offered_until - timezone.now() <= dt.timedelta(hours=2)
    Event.objects.filter(pk=full.pk).update(starts_at=timezone.now() - dt.timedelta(minutes=1))
    Registration.objects.filter(pk=offer.pk).update(offered_until=timezone.now())
    tasks.settle_events()
    assert states(full) == ["cancelled", "coming", "expired", "waiting"]


def test_more_places_are_offered_and_fewer_take_nobodys(full: Event, organiser: User):
    actions.update_event(event=full, version=full.version, facts={"capacity": 3}, by=organiser)
    assert states(full) == ["coming", "coming", "offered", "waiting"]
    full.refresh_from_db()
    actions.update_event(event=full, version=full.version, facts={"capacity": 1}, by=organiser)
    assert states(full) == ["coming", "coming", "offered", "waiting"]
    actions.answer(invitation=person(full, 0), coming=False)
    assert states(full)[3] == "waiting"


def test_a_meeting_without_a_limit_lets_everybody_come():
    event = EventFactory(capacity=None)
    for guest in GuestFactory.create_batch(3, event=event):
        assert actions.answer(invitation=guest, coming=True).is_coming


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"starts_at": in_days(-1), "ends_at": in_days(1)}, "started"),
        ({"answer_by": timezone.localdate() - dt.timedelta(days=1)}, "late"),
        ({"state": Event.State.CANCELLED, "cancelled_at": timezone.now()}, "cancelled"),
        ({"draft": True}, "closed"),
    ],
)
def test_answers_are_refused_with_a_reason(facts: dict, reason: str):
    guest = GuestFactory(event=EventFactory(**facts))
    with pytest.raises(AnswerRefused) as refused:
        actions.answer(invitation=guest, coming=True)
    assert refused.value.reason == reason
    assert not Registration.objects.exists()


def test_after_the_last_day_a_place_can_still_be_given_up_and_an_offer_taken(full: Event):
    Event.objects.filter(pk=full.pk).update(answer_by=timezone.localdate() - dt.timedelta(days=1))
    actions.answer(invitation=person(full, 0), coming=False)
    assert actions.answer(invitation=person(full, 2), coming=True).is_coming


def test_organiser_gives_a_place_beyond_the_capacity_and_takes_it_back(full: Event, organiser: User):
    before = person(full, 3).latest
    actions.move(invitation=person(full, 3), to=State.COMING, by=organiser)
    assert states(full) == ["coming", "coming", "waiting", "coming"]
    actions.move(invitation=person(full, 3), to=State.WAITING, by=organiser, last_in_line=False)
    after = person(full, 3).latest
    assert before
    assert after
    assert after.answered_at == before.answered_at
    actions.move(invitation=person(full, 1), to=State.DECLINED, by=organiser)
    assert states(full) == ["coming", "cancelled", "offered", "waiting"]


def test_organiser_removes_a_person_whose_place_goes_on_and_brings_her_back(full: Event, organiser: User):
    gone = actions.remove_invitation(invitation=person(full, 0), by=organiser)
    assert states(full) == ["cancelled", "coming", "offered", "waiting"]
    with pytest.raises(AnswerRefused):
        actions.answer(invitation=gone, coming=True)
    actions.restore_invitation(invitation=gone, by=organiser)
    actions.move(invitation=gone, to=State.COMING, by=organiser)
    assert states(full) == ["coming", "coming", "offered", "waiting"]


def test_only_those_who_plan_may_move_and_remove(full: Event, coach: User):
    for forbidden in (
        lambda: actions.move(invitation=person(full, 3), to=State.COMING, by=coach),
        lambda: actions.remove_invitation(invitation=person(full, 0), by=coach),
        lambda: actions.mark_attendance(invitation=person(full, 0), is_here=True, by=coach),
        lambda: actions.cancel_event(event=full, by=coach),
    ):
        with pytest.raises(PermissionDenied):
            forbidden()
    assert states(full) == ["coming", "coming", "waiting", "waiting"]


def test_reminders_follow_the_place(full: Event):
    someone = person(full, 0)
    rows = Notification.objects.filter(rule__in=notices.REMINDERS, email=someone.email)
    assert set(rows.values_list("rule", "state")) == {(rule, "queued") for rule in notices.REMINDERS}
    assert not Notification.objects.filter(rule__in=notices.REMINDERS, email=person(full, 2).email).exists()
    actions.answer(invitation=someone, coming=False)
    assert set(rows.values_list("state", "reason")) == {("skipped", "withdrawn")}
    actions.answer(invitation=person(full, 2), coming=False)
    actions.answer(invitation=person(full, 3), coming=False)
    actions.answer(invitation=someone, coming=True)
    assert rows.filter(state="queued").count() == 3


def test_an_answer_costs_few_statements_however_many_have_answered(django_assert_num_queries):
    """The lock is short: what is done while it is held does not grow with the meeting."""
    for places_taken in (1, 11):
        event = EventFactory(capacity=places_taken + 1)
        GuestFactory.create_batch(places_taken, event=event, answered="coming")
        guest = GuestFactory(event=event)
        with django_assert_num_queries(7):
            actions.answer(invitation=guest, coming=True)


def test_nothing_is_sent_while_the_meeting_is_held(full: Event, mailbox: list):
    with mock.patch.object(places, "hold", wraps=places.hold) as held:
        actions.answer(invitation=person(full, 0), coming=False)
    assert held.call_count == 1
    assert mailbox == []
