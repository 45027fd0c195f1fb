"""Which reminders follow from the facts, and that every action keeps them in step."""

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from coaching import actions, reminders, tasks
from coaching.actions import NextMeeting, NextStep, SessionEntry
from coaching.models import Action, Engagement, Session
from coachnet.lib.days import local_moment, working_day_from
from coachnet.notifications.models import Notification, about_key
from tests.factories.coaching import ActionFactory, EngagementFactory, SessionFactory
from tests.factories.companies import ContactFactory

pytestmark = pytest.mark.django_db


def rows(thing, rule=None):
    found = Notification.objects.about(thing).order_by("due_at", "pk")
    return list(found.filter(rule=rule) if rule else found)


def waiting(thing, rule=None):
    return [row for row in rows(thing, rule) if row.state == Notification.State.QUEUED]


def at(day, clock):
    return local_moment(day, dt.time.fromisoformat(clock))


@pytest.fixture
def thursday(today):
    """A Thursday some weeks ahead, with working days around it."""
    day = today + dt.timedelta(days=21)
    while day.weekday() != 3 or not all(
        working_day_from(day + dt.timedelta(days=n)) == day + dt.timedelta(days=n) for n in (-1, 0, 1)
    ):
        day += dt.timedelta(days=1)
    return day


def plan(coach, company, day, *, key=None, version=0, **facts):
    entry = SessionEntry(**{"date": day, "start_time": dt.time(9), "minutes": 60} | facts)
    return actions.plan_session(by=coach, company=company, entry=entry, key=key, version=version)


# --- Sessions ----------------------------------------------------------------------------------


def test_planning_queues_the_afternoon_before_and_the_working_morning_after(
    coach, colleague, engagement, thursday
):
    actions.add_coach(by=coach, engagement=engagement, coach=colleague)
    session = plan(coach, engagement.company, thursday, coaches=(colleague, coach))
    found = [(row.rule, row.user, row.due_at) for row in waiting(session)]
    before = at(thursday - dt.timedelta(days=1), "15:00")
    assert sorted(found, key=str) == sorted(
        [
            ("session_tomorrow", coach, before),
            ("session_tomorrow", colleague, before),
            ("session_to_log", coach, at(thursday + dt.timedelta(days=1), "08:30")),
        ],
        key=str,
    )


def test_the_company_is_reminded_only_if_wished_and_only_who_has_an_address_and_is_left(
    coach, engagement, thursday
):
    johan = ContactFactory(company=engagement.company, email="johan@foretag.example")
    silent = ContactFactory(company=engagement.company, email="")
    session = plan(coach, engagement.company, thursday, contacts=(johan, silent))
    assert rows(session, "session_tomorrow_contact") == []
    session = plan(
        coach,
        engagement.company,
        thursday,
        key=session.pk,
        version=1,
        contacts=(johan, silent),
        reminds_contacts=True,
    )
    (row,) = waiting(session, "session_tomorrow_contact")
    assert (row.user, row.email, row.name) == (None, "johan@foretag.example", johan.name)
    plan(coach, engagement.company, thursday, key=session.pk, version=2, contacts=(johan,))
    assert waiting(session, "session_tomorrow_contact") == []


def test_moving_moves_in_the_same_transaction(coach, engagement, thursday):
    session = plan(coach, engagement.company, thursday)
    friday = thursday + dt.timedelta(days=1)
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012
        plan(coach, engagement.company, friday, key=session.pk, version=1)
        (moved,) = waiting(session, "session_tomorrow")
        assert moved.due_at == at(thursday, "15:00")
        raise RuntimeError  # the move is undone, and the reminder with it
    (row,) = waiting(session, "session_tomorrow")
    assert row.due_at == at(thursday - dt.timedelta(days=1), "15:00")
    plan(coach, engagement.company, friday, key=session.pk, version=1)
    plan(coach, engagement.company, thursday, key=session.pk, version=2)
    assert [one.pk for one in waiting(session, "session_tomorrow")] == [
        row.pk
    ]  # back again, not a second one


def test_a_time_that_changes_after_the_reminder_is_told_again(coach, engagement, thursday):
    session = plan(coach, engagement.company, thursday)
    Notification.objects.about(session).filter(rule="session_tomorrow").update(
        state="sent", sent_at=timezone.now()
    )
    plan(coach, engagement.company, thursday, key=session.pk, version=1, start_time=dt.time(13))
    assert [row.occurrence[-5:] for row in waiting(session, "session_tomorrow")] == ["13:00"]


@pytest.mark.parametrize("deed", [actions.cancel_session, actions.remove_session])
def test_calling_off_withdraws_and_taking_back_restores(coach, engagement, thursday, deed):
    session = plan(coach, engagement.company, thursday)
    before = {row.pk for row in waiting(session)}
    deed(by=coach, session=session)
    assert waiting(session) == []
    assert {row.reason for row in rows(session)} == {Notification.Reason.WITHDRAWN}
    undo = actions.undo_closing if deed is actions.cancel_session else actions.restore_session
    undo(by=coach, session=session)
    assert {row.pk for row in waiting(session)} == before


def test_logging_withdraws_everything(coach, engagement, today):
    session = SessionFactory(engagement=engagement, planned=True, date=today)
    reminders.align_session(session)
    assert waiting(session, "session_to_log")
    entry = SessionEntry(date=today, start_time=dt.time(9), minutes=60)
    actions.log_session(by=coach, company=engagement.company, entry=entry, key=session.pk, version=1)
    assert waiting(session) == []


def test_the_next_meeting_of_a_log_has_reminders_of_its_own(coach, engagement, today, thursday):
    entry = SessionEntry(
        date=today, next_meeting=NextMeeting(thursday, dt.time(10)), plans_next_meeting=True, coaches=(coach,)
    )
    session = actions.log_session(by=coach, company=engagement.company, entry=entry)
    planned = session.next_session
    assert {row.rule for row in waiting(planned)} == {"session_tomorrow", "session_to_log"}


def test_planned_late_the_coach_knows_and_the_company_is_told_if_there_is_time(
    coach, engagement, contact, today
):
    tomorrow = today + dt.timedelta(days=1)
    made = SessionFactory(
        engagement=engagement,
        planned=True,
        date=tomorrow,
        start_time=dt.time(20),
        contacts=[contact],
        reminds_contacts=True,
    )
    session = reminders.sessions_for_reminders().get(pk=made.pk)
    evening = at(today, "18:00")
    by_rule = {one.rule: one for one in reminders.wanted_of_session(session, evening)}
    assert by_rule["session_tomorrow"].only_ahead  # due at 15:00, three hours ago: not queued any more
    assert not by_rule["session_tomorrow_contact"].only_ahead
    shortly_before = at(tomorrow, "18:30")
    by_rule = {one.rule: one for one in reminders.wanted_of_session(session, shortly_before)}
    assert by_rule["session_tomorrow_contact"].only_ahead


def test_what_is_only_wanted_ahead_is_not_queued_late_but_stays_when_it_waits(coach, engagement, today):
    action = ActionFactory(engagement=engagement, due_on=today - dt.timedelta(days=1))
    reminders.align_action(action)
    assert rows(action, "action_due") == []  # entered when it was late already
    Notification.objects.create(
        rule="action_due",
        about=about_key(action),
        occurrence=action.due_on.isoformat(),
        recipient=f"user:{coach.pk}",
        user=coach,
        due_at=at(action.due_on, "07:30"),  # the mail server has been away since
    )
    reminders.align_action(action)
    assert len(waiting(action, "action_due")) == 1


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        # Session on the day after each change of the clock: 15:00 on the wall, whatever the offset.
        ("2027-03-29", "2027-03-28T13:00+00:00", "2027-03-30T06:30+00:00"),
        ("2027-03-28", "2027-03-27T14:00+00:00", "2027-03-30T06:30+00:00"),  # Easter Monday is free
        ("2027-10-31", "2027-10-30T13:00+00:00", "2027-11-01T07:30+00:00"),
        ("2027-11-01", "2027-10-31T14:00+00:00", "2027-11-02T07:30+00:00"),
        # Friday before Midsummer Eve's week-end, and the eve of Christmas Eve.
        ("2027-06-24", "2027-06-23T13:00+00:00", "2027-06-28T06:30+00:00"),
        ("2026-12-23", "2026-12-22T14:00+00:00", "2026-12-28T07:30+00:00"),
    ],
)
def test_summer_time_and_holidays(engagement, day, before, after):
    made = SessionFactory(engagement=engagement, planned=True, date=dt.date.fromisoformat(day))
    session = reminders.sessions_for_reminders().get(pk=made.pk)
    due = {
        one.rule: one.due_at
        for one in reminders.wanted_of_session(session, at(dt.date(2026, 12, 1), "12:00"))
    }
    assert due["session_tomorrow"] == dt.datetime.fromisoformat(before)
    assert due["session_to_log"] == dt.datetime.fromisoformat(after)


# --- Actions -----------------------------------------------------------------------------------


def test_an_action_reminds_its_coach_the_same_morning_and_once_when_late(coach, engagement, thursday):
    action = actions.add_action(by=coach, engagement=engagement, what="Räkna", owner=coach, due_on=thursday)
    due, late = waiting(action)
    assert (due.rule, due.user, due.due_at) == ("action_due", coach, at(thursday, "07:30"))
    sunday = thursday + dt.timedelta(days=3)
    assert (late.rule, late.due_at) == ("action_overdue", at(working_day_from(sunday), "07:30"))
    assert late.due_at.astimezone(timezone.get_default_timezone()).weekday() < 5


def test_an_action_follows_its_owner_its_day_and_its_state(coach, colleague, engagement, contact, thursday):
    actions.add_coach(by=coach, engagement=engagement, coach=colleague)
    action = actions.add_action(by=coach, engagement=engagement, what="Räkna", owner=coach, due_on=thursday)
    actions.update_action(by=coach, action=action, what="Räkna", owner=colleague, due_on=thursday)
    assert {row.user for row in waiting(action)} == {colleague}
    actions.update_action(by=coach, action=action, what="Räkna", owner=contact, due_on=thursday)
    assert waiting(action) == []  # the company promised: nobody is written to
    actions.update_action(by=coach, action=action, what="Räkna", owner=coach, due_on=None)
    assert waiting(action) == []
    actions.update_action(by=coach, action=action, what="Räkna", owner=coach, due_on=thursday)
    assert len(waiting(action)) == 2
    actions.complete_action(by=coach, action=action)
    assert waiting(action) == []
    actions.reopen_action(by=coach, action=action)
    assert len(waiting(action)) == 2
    actions.cancel_action(by=coach, action=action)
    assert waiting(action) == []


def test_next_steps_of_a_session_are_reminded_of(coach, engagement, today, thursday):
    step = NextStep(uuid.uuid4(), "Skicka underlag", coach, thursday)
    actions.log_session(
        by=coach, company=engagement.company, entry=SessionEntry(date=today, next_steps=(step,))
    )
    assert len(waiting(Action.objects.get(pk=step.id))) == 2


# --- Quiet companies ---------------------------------------------------------------------------


def test_a_quiet_company_is_told_of_after_45_days_on_a_working_morning(coach, engagement, today, thursday):
    SessionFactory(engagement=engagement, date=today - dt.timedelta(days=10))
    reminders.align_engagement(engagement)
    (row,) = waiting(engagement)
    day = working_day_from(today + dt.timedelta(days=35))
    assert (row.user, row.due_at, row.occurrence) == (
        coach,
        at(day, "08:30"),
        (today - dt.timedelta(days=10)).isoformat(),
    )
    session = plan(coach, engagement.company, thursday)
    assert waiting(engagement) == []
    actions.cancel_session(by=coach, session=session)
    assert [one.pk for one in waiting(engagement)] == [row.pk]
    entry = SessionEntry(date=today)
    actions.log_session(by=coach, company=engagement.company, entry=entry)
    assert [one.occurrence for one in waiting(engagement)] == [today.isoformat()]


def test_one_that_has_been_quiet_for_longer_is_told_of_the_next_working_morning(engagement, today):
    reminders.align_engagement(engagement)  # it began 200 days ago and nothing has been held
    (row,) = waiting(engagement)
    assert timezone.now() < row.due_at < timezone.now() + dt.timedelta(days=8)
    assert row.occurrence == engagement.started_on.isoformat()


def test_the_lead_and_the_end_of_an_engagement_decide(coach, colleague, company, programme):
    engagement = actions.start_engagement(by=coach, company=company, programme=programme)
    assert [row.user for row in waiting(engagement)] == [coach]
    actions.change_lead(by=coach, engagement=engagement, coach=colleague)
    assert [row.user for row in waiting(engagement)] == [colleague]
    actions.end_engagement(by=coach, engagement=engagement)
    assert waiting(engagement) == []
    actions.reopen_engagement(by=coach, engagement=engagement)
    assert [row.user for row in waiting(engagement)] == [colleague]


# --- Healing -----------------------------------------------------------------------------------


def test_aligning_everything_mends_what_went_round_the_actions(coach, engagement, thursday):
    planned = SessionFactory(engagement=engagement, planned=True, date=thursday)
    action = ActionFactory(engagement=engagement, due_on=thursday)
    quiet = EngagementFactory(lead=coach)
    gone = plan(coach, engagement.company, thursday)
    Session.objects.filter(pk=gone.pk).update(state=Session.State.CANCELLED)
    Engagement.objects.filter(pk=quiet.pk).update(ended_on=None)
    tasks.align_reminders()
    assert len(waiting(planned)) == 2
    assert len(waiting(action)) == 2
    assert len(waiting(quiet)) == 1
    assert waiting(gone) == []
    before = list(Notification.objects.order_by("pk").values())
    tasks.align_reminders()
    assert list(Notification.objects.order_by("pk").values()) == before


def test_aligning_everything_needs_as_many_queries_for_1_as_for_11(engagement, django_assert_num_queries):
    SessionFactory(engagement=engagement, planned=True)
    tasks.align_reminders()
    SessionFactory.create_batch(11, engagement=engagement, planned=True)
    with django_assert_num_queries(21):
        tasks.align_reminders()
    SessionFactory.create_batch(1, engagement=engagement, planned=True)
    with django_assert_num_queries(21):
        tasks.align_reminders()


def test_the_sessions_page_says_when_the_company_is_reminded(coach, engagement, contact, thursday, client_of):
    session = plan(coach, engagement.company, thursday, contacts=(contact,), reminds_contacts=True)
    page = client_of(coach).get(f"/sessions/{session.pk}/").content.decode()
    assert f"{contact.name} påminns {thursday - dt.timedelta(days=1)} 15:00." in page


def test_the_form_of_a_plan_asks_and_keeps_the_answer(coach, engagement, contact, thursday, client_of):
    client = client_of(coach)
    address = client.get(f"/sessions/new/?planned&company={engagement.company_id}")["Location"]
    page = client.get(address).content.decode()
    assert "Påminn deltagarna från företaget" in page
    sent = {
        "company": engagement.company_id,
        "date": thursday.isoformat(),
        "start_time": "09:00",
        "contacts": [contact.pk],
        "coaches": [coach.pk],
        "reminds_contacts": "on",
        "state": "planned",
        "version": "0",
    }
    client.post(address.partition("?")[0], sent)
    session = Session.objects.get()
    assert session.reminds_contacts
    page = client.get(f"/sessions/{session.pk}/edit/").content.decode()
    box = page.partition('name="reminds_contacts"')[2].partition(">")[0]
    assert "checked" in box
    page = client.get(f"/sessions/{session.pk}/edit/?log").content.decode()  # not asked, and not forgotten
    assert '<input type="hidden" name="reminds_contacts" value="on"' in page
