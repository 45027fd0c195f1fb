"""The door: which tap counts, whenever it arrives, what a late one is told, and who is kept out."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coachnet.accounts.models import User
from events import actions
from events.models import Event, EventInvitation, Registration
from tests.conftest import ClientOf
from tests.factories.events import EventFactory, GuestFactory, in_days

pytestmark = pytest.mark.django_db

MINUTE = 60_000
BY_SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def event() -> Event:
    """A meeting that began at nine today."""
    return EventFactory(starts_at=in_days(0, 0), ends_at=in_days(1))


@pytest.fixture
def guest(event: Event) -> EventInvitation:
    return GuestFactory(event=event, name="Johan Ståhlberg", answered="coming")


def tap(client: Client, guest: EventInvitation, done: str = "1", **more: object) -> Any:
    address = reverse("events:person-here", args=[guest.event_id, guest.pk])
    return client.post(address, {"done": done, **more}, headers=BY_SCRIPT)


def ago(minutes: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(minutes=minutes)


def is_near(moment: dt.datetime | None, expected: dt.datetime) -> bool:
    return moment is not None and abs(moment - expected) < dt.timedelta(seconds=20)


def mark(guest: EventInvitation, minutes_ago: int, by: User, *, is_here: bool = True) -> Registration:
    actions.mark_attendance(invitation=guest, is_here=is_here, by=by, tapped_at=ago(minutes_ago))
    return Registration.objects.get(invitation=guest)


def test_a_late_tap_keeps_its_own_time_and_is_told_how_the_person_stands(
    guest: EventInvitation, organiser: User, client_of: ClientOf
):
    since = ago(0)
    midnight = in_days(0, 0)
    minutes = min(30, int((since - midnight).total_seconds() // 60))
    answer = tap(client_of(organiser), guest, ago=minutes * MINUTE)
    here = guest.registrations.get()
    assert is_near(here.attended_at, ago(minutes))
    time = f"{timezone.localtime(here.attended_at):%H:%M}"
    assert answer.json() == {"here": True, "words": f"Här {time}", "receipt": "Johan Ståhlberg är här"}
    answer = tap(client_of(organiser), guest, "0")
    assert answer.json() == {"here": False, "words": "Här nu", "receipt": "Johan Ståhlberg är inte här"}


@pytest.mark.parametrize("late", ["x", "-5", str(10**30), str(3 * 24 * 60 * MINUTE)])
def test_a_time_that_cannot_be_right_gives_way_to_now(
    late: str, guest: EventInvitation, organiser: User, client_of: ClientOf
):
    """Not a number, in the future, beyond the calendar, before the meeting's day: the person is here all the same."""
    assert tap(client_of(organiser), guest, ago=late).status_code == 200
    assert is_near(guest.registrations.get().attended_at, timezone.now())


@pytest.mark.parametrize(
    ("tapped_at", "is_kept"),
    [(in_days(-10, 0), True), (in_days(-10, 0) - dt.timedelta(seconds=1), False), (in_days(1), False)],
)
def test_a_tap_counts_from_the_meetings_day_until_now(tapped_at: dt.datetime, is_kept: bool, organiser: User):
    guest = GuestFactory(event=EventFactory(past=True), answered="coming")
    actions.mark_attendance(invitation=guest, is_here=True, by=organiser, tapped_at=tapped_at)
    attended_at = guest.registrations.get().attended_at
    assert attended_at == tapped_at if is_kept else is_near(attended_at, timezone.now())


class TestTwoPhones:
    """Taps of the same person on two phones; the later may reach the server first. `colleague` has the other phone."""

    @pytest.fixture
    def guest(self) -> EventInvitation:
        """At a meeting so long that no test stands at its first midnight."""
        event = EventFactory(starts_at=in_days(-2), ends_at=in_days(2))
        return GuestFactory(event=event, answered="coming")

    @pytest.mark.parametrize("order", [(20, 10), (10, 20), (20, 10, 20)])
    def test_in_twice_is_once_and_the_first_time_counts(
        self, order: tuple[int, ...], guest: EventInvitation, organiser: User, admin: User
    ):
        for minutes in order:
            here = mark(guest, minutes, organiser if minutes == 20 else admin)
        assert is_near(here.attended_at, ago(20))
        assert here.attended_by == organiser

    def test_an_older_tap_does_not_undo_a_newer_one(
        self, guest: EventInvitation, organiser: User, admin: User
    ):
        mark(guest, 10, organiser)
        assert is_near(mark(guest, 20, admin, is_here=False).attended_at, ago(10))

    def test_a_tap_sent_twice_does_not_undo_what_came_between(
        self, guest: EventInvitation, organiser: User, admin: User
    ):
        """The answer to the first was lost on the way, so the phone sends it again."""
        mark(guest, 20, organiser)
        mark(guest, 10, admin, is_here=False)
        assert mark(guest, 20, organiser).attended_at is None
        assert is_near(mark(guest, 5, admin).attended_at, ago(5))

    def test_an_older_tap_takes_nobody_out_of_the_line(self, guest: EventInvitation, organiser: User):
        guest.registrations.update(state="waiting", marked_at=ago(10))
        assert mark(guest, 20, organiser).state == "waiting"


def test_a_tap_on_a_cancelled_meeting_is_told_why(
    event: Event, guest: EventInvitation, organiser: User, client_of: ClientOf
):
    actions.cancel_event(event=event, by=organiser, words="")
    answer = tap(client_of(organiser), guest)
    assert answer.status_code == 409
    assert answer.json() == {"words": "Johan Ståhlberg är inte incheckad: träffen är inställd."}
    assert guest.registrations.get().attended_at is None
    plain = client_of(organiser).post(reverse("events:person-here", args=[event.pk, guest.pk]), {"done": "1"})
    assert plain.status_code == 403


def test_a_tap_on_somebody_whose_invitation_was_withdrawn_is_told_why(
    event: Event, guest: EventInvitation, organiser: User, client_of: ClientOf
):
    actions.remove_invitation(invitation=guest, by=organiser)
    answer = tap(client_of(organiser), guest)
    assert answer.status_code == 409
    assert answer.json() == {"words": "Johan Ståhlberg är inte incheckad: inbjudan är borttagen."}
    plain = client_of(organiser).post(reverse("events:person-here", args=[event.pk, guest.pk]), {"done": "1"})
    assert plain.status_code == 404
    assert tap(client_of(organiser), GuestFactory(event=event), ago="0").status_code == 200


def test_a_tap_names_nobody_at_another_meeting(guest: EventInvitation, organiser: User, client_of: ClientOf):
    elsewhere = reverse("events:person-here", args=[EventFactory().pk, guest.pk])
    assert client_of(organiser).post(elsewhere, {"done": "1"}, headers=BY_SCRIPT).status_code == 404


@pytest.mark.parametrize("role", ["coach", "official"])
def test_others_send_no_taps(
    role: str, guest: EventInvitation, client_of: ClientOf, request: pytest.FixtureRequest
):
    answer = tap(client_of(request.getfixturevalue(role)), guest, ago=MINUTE)
    assert answer.status_code == 403
    assert "Johan" not in answer.content.decode()
    assert tap(Client(), guest, ago=MINUTE).status_code == 302
    assert guest.registrations.get().attended_at is None
