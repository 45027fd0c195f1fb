"""Sets of sessions and what the database itself holds: visibility, time, completeness."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from coaching.models import Action, Engagement, Session, Stage
from tests.factories.coaching import ActionFactory, EngagementFactory, SessionFactory
from tests.factories.companies import CompanyFactory

pytestmark = pytest.mark.django_db
UTC = dt.UTC
PAST = dt.date(2026, 3, 2)
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def at(day: str, clock: str, zone=UTC) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("day", "start", "minutes", "end"),
    [
        ("2026-11-23", "09:00", 60, at("2026-11-23", "09:00")),  # winter: UTC+1
        ("2026-07-01", "09:00", 60, at("2026-07-01", "08:00")),  # summer: UTC+2
        ("2026-11-23", "09:00", None, at("2026-11-23", "09:00")),  # no length: an hour
        ("2026-11-23", None, 60, at("2026-11-23", "23:00")),  # no start: the end of the day
        ("2026-11-23", "23:30", 60, at("2026-11-23", "23:30")),  # over midnight
        ("2027-03-28", "01:30", 60, at("2027-03-28", "01:30")),  # the clock jumps from 02 to 03
        ("2027-03-28", "02:30", 30, at("2027-03-28", "02:00")),  # a time that is missing: read as 03:30
        ("2027-03-28", "09:00", 60, at("2027-03-28", "08:00")),
        ("2027-03-28", None, None, at("2027-03-28", "22:00")),  # a day of 23 hours
        ("2027-10-31", "01:30", 60, at("2027-10-31", "00:30")),
        ("2027-10-31", "02:30", 60, at("2027-10-31", "02:30")),  # a time that comes twice: the second
        ("2027-10-31", "09:00", 60, at("2027-10-31", "09:00")),
        ("2027-10-31", None, None, at("2027-10-31", "23:00")),  # a day of 25 hours
    ],
)
def test_ends_at_is_the_local_end_in_utc(engagement, day, start, minutes, end):
    session = SessionFactory(
        engagement=engagement,
        state=Session.State.PLANNED,
        date=dt.date.fromisoformat(day),
        start_time=start and dt.time.fromisoformat(start),
        minutes=minutes,
    )
    assert session.ends_at == end


@pytest.mark.parametrize("day", ["2026-11-23", "2027-03-28", "2027-10-31"])
def test_to_log_begins_when_the_session_ends(engagement, day):
    session = SessionFactory(
        engagement=engagement,
        planned=True,
        date=dt.date.fromisoformat(day),
        start_time=dt.time(13),
        minutes=90,
    )
    end = at(day, "14:30", STOCKHOLM)
    before = end - dt.timedelta(seconds=1)
    assert (list(Session.objects.to_log(before)), list(Session.objects.upcoming(before))) == ([], [session])
    assert (list(Session.objects.to_log(end)), list(Session.objects.upcoming(end))) == ([session], [])


def test_to_log_at_midnight_for_a_session_without_a_time(engagement):
    day = dt.date(2027, 10, 31)
    session = SessionFactory(engagement=engagement, planned=True, date=day, start_time=None)
    assert not Session.objects.to_log(at("2027-10-31", "23:59", STOCKHOLM)).exists()
    assert list(Session.objects.to_log(at("2027-11-01", "00:00", STOCKHOLM))) == [session]


@pytest.mark.parametrize("state", ["held", "cancelled", "no_show"])
def test_to_log_is_about_planned_ones(engagement, yesterday, state):
    SessionFactory(engagement=engagement, state=state, date=yesterday)
    assert not Session.objects.to_log().exists()


def test_to_log_leaves_out_what_lies_in_the_bin(engagement, coach, yesterday):
    moment = at("2026-01-01", "12:00")
    SessionFactory(engagement=engagement, planned=True, date=yesterday, removed_at=moment, removed_by=coach)
    assert not Session.objects.to_log().exists()


def test_on_day_is_the_local_day_in_its_order(engagement, today, yesterday, coach):
    late = SessionFactory(engagement=engagement, planned=True, date=today, start_time=dt.time(23, 30))
    early = SessionFactory(engagement=engagement, planned=True, date=today, start_time=dt.time(0, 15))
    untimed = SessionFactory(engagement=engagement, planned=True, date=today, start_time=None)
    SessionFactory(engagement=engagement, planned=True, date=yesterday)
    SessionFactory(engagement=engagement, state="cancelled", date=today)
    assert list(Session.objects.of(coach).on_day(today)) == [early, late, untimed]


def test_approved_are_held_and_complete(engagement, coach):
    complete = SessionFactory(engagement=engagement, complete=True)
    SessionFactory(engagement=engagement)
    SessionFactory(engagement=engagement, planned=True)
    SessionFactory(
        engagement=engagement, complete=True, removed_at=at("2026-01-01", "12:00"), removed_by=coach
    )
    assert list(Session.objects.approved()) == [complete]


@pytest.mark.parametrize(
    "facts",
    [
        {"completeness": "complete"},
        {"completeness": "complete", "minutes": 60},
        {"completeness": "complete", "minutes": 60, "channel": "phone", "state": "planned"},
        {"minutes": 0},
        {"minutes": 1441},
        {"removed_at": at("2026-01-01", "12:00")},
    ],
)
def test_database_refuses_what_cannot_be(engagement, facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        SessionFactory(engagement=engagement, **facts)


@pytest.fixture
def network(coach, colleague, other_coach, programme):
    """An open and a confidential company of coach, and one of other_coach."""
    secret = CompanyFactory(confidential=True, responsible_coach=coach)
    sessions = {
        "open": SessionFactory(engagement=EngagementFactory(lead=coach, programme=programme)),
        "secret": SessionFactory(
            engagement=EngagementFactory(lead=coach, programme=programme, company=secret)
        ),
        "theirs": SessionFactory(engagement=EngagementFactory(lead=other_coach, programme=programme)),
    }
    for session in sessions.values():
        ActionFactory(engagement=session.engagement)
    return sessions


@pytest.mark.parametrize(
    ("who", "reads", "lists"),
    [
        ("coach", {"open", "secret"}, {"open", "secret", "theirs"}),
        ("colleague", {"open"}, {"open", "theirs"}),
        ("other_coach", {"theirs"}, {"open", "theirs"}),
        ("organiser", set(), {"open", "theirs"}),
        ("official", set(), set()),
        ("admin", {"open", "secret", "theirs"}, {"open", "secret", "theirs"}),
    ],
)
def test_who_reads_and_who_lists(request, network, who, reads, lists):
    person = request.getfixturevalue(who)
    name = {session.pk: name for name, session in network.items()}
    engagement = {session.engagement_id: name for name, session in network.items()}
    assert {name[one.pk] for one in Session.objects.visible_to(person)} == reads
    assert {name[one.pk] for one in Session.objects.listed_for(person)} == lists
    assert {engagement[one.pk] for one in Engagement.objects.visible_to(person)} == reads
    assert {engagement[one.pk] for one in Engagement.objects.listed_for(person)} == lists
    assert {engagement[one.engagement_id] for one in Action.objects.visible_to(person)} == reads


def test_a_coach_whose_account_is_closed_reads_nothing(network, coach):
    coach.is_active = False
    coach.save()
    assert not Session.objects.visible_to(coach).exists()


def test_stage_knows_its_number_and_what_follows():
    assert [stage.number for stage in Stage] == [1, 2, 3, 4, 5, 6]
    assert (Stage.CONTACT.next, Stage.ONGOING.next) == (Stage.BASELINE, None)


def test_history_sees_people_and_strategies_too(engagement, contact, reference):
    from coaching.models import SessionContact, SessionStrategy
    from companies.models import CircularStrategy

    session = SessionFactory(engagement=engagement, contacts=[contact])
    session.strategies.set(CircularStrategy.objects.filter(pk="C05"))
    for model in (SessionContact, SessionStrategy):
        events = model.pgh_event_model.objects  # type: ignore[union-attr]
        assert events.filter(session=session).count() == 1


@pytest.mark.parametrize("who", ["coach", "colleague", "other_coach", "organiser", "official", "admin"])
def test_is_read_says_what_visible_to_holds(request, engagement, who):
    """The two must never part: pages ask the one, everything else the other."""
    user, colleague = request.getfixturevalue(who), request.getfixturevalue("colleague")
    secret = CompanyFactory(confidential=True, responsible_coach=colleague)
    EngagementFactory(company=secret, lead=colleague)
    EngagementFactory(lead=request.getfixturevalue("other_coach"))
    pairs = Engagement.objects.with_is_read(user).values_list("pk", "is_read")  # type: ignore[misc]
    told = {pk for pk, is_read in pairs if is_read}
    assert told == {one.pk for one in Engagement.objects.visible_to(user)}


@pytest.mark.parametrize(
    ("facts", "seen_until"),
    [
        ({"planned": True, "date": PAST}, dt.date.max),
        ({"date": PAST}, dt.date.max),
        ({"complete": True, "date": PAST}, PAST),
        ({"date": PAST, "state": Session.State.CANCELLED}, None),
        ({"date": PAST, "state": Session.State.NO_SHOW}, None),
    ],
)
def test_a_session_tells_its_coaches_its_place_in_time(engagement, coach, facts, seen_until):
    """By its own insert and by each of its changes: Min dag finds by it what concerns a coach now."""
    added = SessionFactory(engagement=engagement, **facts)
    assert added.session_coaches.get().seen_until == seen_until
    changed = SessionFactory(engagement=engagement, complete=True, date=PAST - dt.timedelta(days=1))
    names = ("state", "completeness", "date", "minutes", "channel")
    Session.objects.filter(pk=changed.pk).update(**{name: getattr(added, name) for name in names})
    assert changed.session_coaches.get().seen_until == seen_until
    Session.objects.filter(pk=added.pk).update(removed_at=timezone.now(), removed_by=coach)
    assert added.session_coaches.get().seen_until is None
    Session.objects.filter(pk=added.pk).update(removed_at=None, removed_by=None)
    assert added.session_coaches.get().seen_until == seen_until


def test_what_is_in_sight_is_found_by_its_place_in_time(engagement, coach, colleague):
    first = dt.date(2026, 11, 1)
    day = dt.timedelta(days=1)
    late = SessionFactory(engagement=engagement, planned=True, date=first - 90 * day)
    lacking = SessionFactory(engagement=engagement, date=first - 90 * day)
    held = SessionFactory(engagement=engagement, complete=True, date=first)
    SessionFactory(engagement=engagement, complete=True, date=first - day)
    SessionFactory(engagement=engagement, planned=True, date=first, coaches=[colleague])
    assert set(Session.objects.in_sight_of(coach, first)) == {late, lacking, held}
    assert set(Session.objects.in_sight_of(colleague, first)) == set(Session.objects.of(colleague))
