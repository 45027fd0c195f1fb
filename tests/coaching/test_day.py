"""Min dag: what it sums up, and what a coach with nothing yet sees."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from coaching.day import Day
from coaching.models import Session
from tests.factories.coaching import (
    ActionFactory,
    EngagementFactory,
    SessionDraftFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 25, 12, tzinfo=ZoneInfo("Europe/Stockholm"))  # a Wednesday


@pytest.fixture
def on(engagement):
    """Plan a session on a day of that week."""

    def plan(day, clock, **facts):
        time = dt.time.fromisoformat(clock)
        return SessionFactory(engagement=engagement, planned=True, date=day, start_time=time, **facts)

    return plan


TODAY = NOON.date()


def test_day_divides_the_agenda_at_now(coach, on):
    early, now, late = on(TODAY, "09:00"), on(TODAY, "11:30"), on(TODAY, "15:00")
    day = Day(coach, NOON)
    assert (day.before_now, day.after_now, day.left) == ([early], [now, late], 2)
    assert day.left_words == "Två"


def test_day_holds_a_session_without_a_time_for_done_once_it_is_held(coach, engagement, on):
    on(TODAY, "15:00")
    held = SessionFactory(engagement=engagement, date=TODAY, start_time=None)
    day = Day(coach, NOON)
    assert (day.before_now, day.left, day.to_log_count) == ([held], 1, 1)


def test_day_counts_what_waits_and_lists_what_is_older(coach, on, engagement):
    on(TODAY, "09:00")
    older = on(TODAY - dt.timedelta(days=3), "09:00")
    incomplete = SessionFactory(engagement=engagement, date=TODAY - dt.timedelta(days=2))
    draft = SessionDraftFactory(coach=coach)
    day = Day(coach, NOON)
    assert [item.draft or item.session for item in day.to_log] == [draft, older, incomplete]
    assert day.to_log_count == 4


def test_day_names_the_latest_that_lack_something_and_counts_all(client_of, coach, engagement):
    many = [
        SessionFactory(engagement=engagement, date=TODAY - dt.timedelta(days=days)) for days in range(1, 8)
    ]
    day = Day(coach, NOON)
    assert [item.session for item in day.to_log] == many[:5]
    assert (day.to_log_count, day.older_count) == (7, 7)
    page = client_of(coach).get(reverse("coaching:today")).content.decode()
    assert "7 sedan tidigare" in page
    link = f"{reverse('coaching:session-list')}?incomplete=1"
    assert f'href="{link}">Alla 7 ofullständiga' in page
    listed = client_of(coach).get(link).content.decode()
    assert [str(session.pk) in listed for session in many] == [True] * 7


def test_day_names_everything_that_waits_to_be_logged(coach, on):
    many = [on(TODAY - dt.timedelta(days=days), "09:00") for days in range(1, 8)]
    assert [item.session for item in Day(coach, NOON).to_log] == many


def test_day_shows_a_begun_session_as_its_draft(coach, on):
    session = on(TODAY - dt.timedelta(days=1), "09:00")
    draft = SessionDraftFactory(
        coach=coach, key=session.pk, session=session, company=session.engagement.company
    )
    assert [item.draft for item in Day(coach, NOON).to_log] == [draft]


def test_day_takes_actions_to_the_end_of_the_week(coach, engagement):
    sunday = TODAY + dt.timedelta(days=4)
    late = ActionFactory(engagement=engagement, due_on=TODAY - dt.timedelta(days=9))
    this_week = ActionFactory(engagement=engagement, due_on=sunday)
    ActionFactory(engagement=engagement, due_on=sunday + dt.timedelta(days=1))
    ActionFactory(engagement=engagement, due_on=None)
    day = Day(coach, NOON)
    assert (day.actions, day.open_actions) == ([late, this_week], 4)


@pytest.mark.parametrize(("days", "is_quiet"), [(45, False), (46, True)])
def test_day_calls_a_company_quiet_after_45_days(coach, engagement, days, is_quiet):
    SessionFactory(engagement=engagement, complete=True, date=TODAY - dt.timedelta(days=days))
    quiet = Day(coach, NOON).quiet
    assert [item.engagement for item in quiet] == ([engagement] if is_quiet else [])
    if is_quiet:
        assert (quiet[0].days, len(quiet[0].ticks)) == (46, 1)


def test_day_calls_nobody_quiet_who_will_be_met(coach, engagement, on):
    SessionFactory(engagement=engagement, complete=True, date=TODAY - dt.timedelta(days=90))
    on(TODAY + dt.timedelta(days=10), "09:00")
    assert Day(coach, NOON).quiet == []


def test_day_sums_up_the_month_of_the_coach(coach, colleague, engagement):
    SessionFactory(engagement=engagement, complete=True, date=TODAY, minutes=90)
    SessionFactory(engagement=engagement, complete=True, date=dt.date(2026, 11, 1), minutes=30)
    SessionFactory(engagement=engagement, complete=True, date=dt.date(2026, 10, 31), minutes=30)
    SessionFactory(engagement=engagement, complete=True, date=TODAY, coaches=[colleague])
    month = Day(coach, NOON).month
    assert (month.sessions, month.minutes, month.companies, month.all_companies) == (2, 120, 1, 1)


def test_day_is_about_the_coach_alone(coach, colleague, engagement, on):
    on(TODAY, "09:00")
    ActionFactory(engagement=engagement, due_on=TODAY)
    day = Day(colleague, NOON)
    assert (day.agenda, day.to_log, day.actions, day.quiet, day.is_empty) == ([], [], [], [], True)


def test_day_next_session_is_the_first_after_today(coach, on):
    on(TODAY, "15:00")
    on(TODAY + dt.timedelta(days=9), "08:00")
    coming = on(TODAY + dt.timedelta(days=2), "08:00")
    on(TODAY + dt.timedelta(days=1), "08:00", state=Session.State.CANCELLED)
    assert Day(coach, NOON).next_session == coming


def test_today_shows_a_new_coach_the_first_steps(client_of, coach):
    page = client_of(coach).get(reverse("coaching:today")).content.decode()
    assert "Så här kommer du igång" in page
    for name in ("companies:company-create", "coaching:session-create"):
        assert reverse(name) in page


def test_today_is_the_same_day_in_words(client_of, coach, engagement):
    EngagementFactory(lead=coach)
    SessionFactory(engagement=engagement, planned=True, date=timezone.localdate() - dt.timedelta(days=1))
    page = client_of(coach).get(reverse("coaching:today")).content.decode()
    assert "ett tillfälle att logga" in " ".join(page.split())
