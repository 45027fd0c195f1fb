"""Logging, planning, calling off and removing sessions: one row whatever happens, and nothing lost."""

import datetime as dt
import threading
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from coaching import actions
from coaching.actions import NewContact, NextMeeting, NextStep, SessionConflict, SessionEntry
from coaching.actions import sessions as session_actions
from coaching.models import Action, Engagement, Missing, Session, SessionDraft, Stage, StageChange
from tests.factories.accounts import OrganisationFactory
from tests.factories.coaching import ActionFactory, EngagementFactory, SessionDraftFactory, SessionFactory
from tests.factories.companies import CompanyFactory, ContactFactory

pytestmark = pytest.mark.django_db
State = Session.State


@pytest.fixture
def entry(yesterday, contact):
    return SessionEntry(
        date=yesterday,
        start_time=dt.time(8, 30),
        minutes=60,
        channel="on_site",
        note="Sorteringen är på plats.",
        contacts=(contact,),
    )


def test_log_session_needs_only_company_and_date(coach, company, engagement, yesterday):
    session = actions.log_session(by=coach, company=company, entry=SessionEntry(date=yesterday))

    session = Session.objects.get(pk=session.pk)
    assert (session.state, session.completeness, session.engagement) == ("held", "draft", engagement)
    assert list(session.coaches.all()) == [coach]
    assert session.missing == [Missing.MINUTES, Missing.CHANNEL, Missing.CONTACTS, Missing.NOTE]


def test_log_session_is_complete_when_nothing_is_missing(coach, company, engagement, entry):
    session = actions.log_session(by=coach, company=company, entry=entry)

    assert Session.objects.get(pk=session.pk).completeness == "complete"
    assert list(Session.objects.approved()) == [session]


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        ({"minutes": None}, Missing.MINUTES),
        ({"channel": ""}, Missing.CHANNEL),
        ({"contacts": ()}, Missing.CONTACTS),
        ({"note": "  \n"}, Missing.NOTE),
    ],
)
def test_log_session_names_the_one_thing_missing(coach, company, engagement, entry, without, missing):
    session = actions.log_session(by=coach, company=company, entry=replace(entry, **without))

    assert session.missing == [missing]
    assert not Session.objects.approved().exists()


def test_log_session_strategy_stands_in_for_the_note(coach, company, engagement, entry, reference):
    from companies.models import CircularStrategy

    strategies = (CircularStrategy.objects.get(pk="C05"),)
    session = actions.log_session(
        by=coach, company=company, entry=replace(entry, note="", strategies=strategies)
    )

    assert session.missing == []


def test_log_session_refuses_tomorrow(coach, company, engagement, today):
    with pytest.raises(ValidationError) as refused:
        actions.log_session(by=coach, company=company, entry=SessionEntry(date=today + dt.timedelta(days=1)))
    assert list(refused.value.message_dict) == ["date"]
    assert not Session.objects.exists()


def test_log_session_again_answers_as_the_first_time(
    coach, company, engagement, entry, django_assert_num_queries
):
    key = uuid.uuid4()
    step = NextStep(uuid.uuid4(), "Skicka avtalsmall", coach)
    entry = replace(
        entry, next_steps=(step,), new_contacts=(NewContact("Tove Brandt"),), stage=Stage.BASELINE
    )
    first = actions.log_session(by=coach, company=company, entry=entry, key=key)
    second = actions.log_session(by=coach, company=company, entry=entry, key=key)

    assert first == second
    assert (Session.objects.count(), Action.objects.count(), StageChange.objects.count()) == (1, 1, 1)
    assert Session.objects.get().version == 1
    assert company.contacts.filter(name="Tove Brandt").count() == 1


def test_log_session_changed_body_with_the_same_key_is_a_conflict(coach, company, engagement, entry):
    key = uuid.uuid4()
    actions.log_session(by=coach, company=company, entry=entry, key=key)

    with pytest.raises(SessionConflict) as conflict:
        actions.log_session(by=coach, company=company, entry=replace(entry, note="En annan text"), key=key)

    assert conflict.value.session.note == "Sorteringen är på plats."
    assert Session.objects.get().note == "Sorteringen är på plats."


def test_log_session_second_editor_gets_a_conflict_and_the_first_one_does_not(
    coach, colleague, company, engagement, entry
):
    actions.add_coach(by=coach, engagement=engagement, coach=colleague)
    session = actions.log_session(by=coach, company=company, entry=entry)
    hers, his = replace(entry, note="Hennes"), replace(entry, note="Hans")

    actions.log_session(by=coach, company=company, entry=hers, key=session.pk, version=1)
    with pytest.raises(SessionConflict):
        actions.log_session(by=colleague, company=company, entry=his, key=session.pk, version=1)
    assert Session.objects.get().note == "Hennes"

    # Having seen hers, he may save: the lock is optimistic, not a wall.
    actions.log_session(by=colleague, company=company, entry=his, key=session.pk, version=2)
    assert (Session.objects.get().note, Session.objects.get().version) == ("Hans", 3)


def test_log_session_without_the_version_check_would_overwrite(
    coach, company, engagement, entry, monkeypatch
):
    """Negative control: with the check off, the second editor silently wins."""
    session = actions.log_session(by=coach, company=company, entry=entry)
    actions.log_session(
        by=coach, company=company, entry=replace(entry, note="Ett"), key=session.pk, version=1
    )
    monkeypatch.setattr(session_actions, "_demand_fitting", lambda *args, **kwargs: None)
    actions.log_session(
        by=coach, company=company, entry=replace(entry, note="Två"), key=session.pk, version=1
    )

    assert Session.objects.get().note == "Två"


def _at_once(*deeds):
    """Run the deeds in threads that start together; their results or exceptions, in order."""
    barrier, results = threading.Barrier(len(deeds)), dict[int, Any]()

    def run(place, deed):
        try:
            barrier.wait(5)
            results[place] = deed()
        except Exception as error:  # noqa: BLE001 (handed to the test)
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return [results[place] for place in range(len(deeds))]


@pytest.mark.django_db(transaction=True)
def test_log_session_two_equal_requests_at_once_make_one_row(coach, company, programme, entry):
    key = uuid.uuid4()
    entry = replace(entry, next_steps=(NextStep(uuid.uuid4(), "Ring", coach),), next_meeting=None)

    def save():
        return actions.log_session(by=coach, company=company, entry=entry, key=key)

    first, second = _at_once(save, save)

    assert first == second == Session.objects.get()
    assert (Engagement.objects.count(), Action.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_log_session_two_equal_requests_at_once_collide_without_the_lock(
    coach, company, engagement, entry, monkeypatch
):
    """Negative control: the lock on the id is what makes the row one. Without it one request fails."""
    monkeypatch.setattr(session_actions, "session_lock", lambda key: None)
    key, both_have_looked = uuid.uuid4(), threading.Barrier(2)
    look = session_actions._engagement_for

    def slow_look(*args):
        both_have_looked.wait(5)
        return look(*args)

    monkeypatch.setattr(session_actions, "_engagement_for", slow_look)

    def save():
        return actions.log_session(by=coach, company=company, entry=entry, key=key)

    results = _at_once(save, save)

    assert sorted(type(result).__name__ for result in results) == ["IntegrityError", "Session"]


@pytest.mark.django_db(transaction=True)
def test_log_session_two_first_sessions_at_once_start_one_engagement(coach, company, programme, yesterday):
    def save():
        return actions.log_session(by=coach, company=company, entry=SessionEntry(date=yesterday))

    first, second = _at_once(save, save)

    assert first != second
    assert Engagement.objects.count() == 1


def test_log_session_freezes_the_organisation(coach, company, engagement, entry, science_park):
    session = actions.log_session(by=coach, company=company, entry=entry)
    coach.organisation = OrganisationFactory(name="Ny arbetsgivare")
    coach.save()
    actions.log_session(
        by=coach, company=company, entry=replace(entry, note="Rättat"), key=session.pk, version=1
    )

    assert session.session_coaches.get().organisation == science_park


def test_log_session_freezes_when_logged_not_when_planned(coach, company, engagement, entry):
    session = actions.plan_session(by=coach, company=company, entry=entry)
    coach.organisation = OrganisationFactory(name="Ny arbetsgivare")
    coach.save()
    actions.log_session(by=coach, company=company, entry=entry, key=session.pk, version=1)

    assert session.session_coaches.get().organisation == coach.organisation


def test_log_session_starts_an_engagement_where_nobody_coaches(coach, company, programme, yesterday):
    session = actions.log_session(by=coach, company=company, entry=SessionEntry(date=yesterday))

    engagement = session.engagement
    assert (engagement.lead, engagement.organisation, engagement.programme) == (
        coach,
        coach.organisation,
        programme,
    )
    assert engagement.started_on == yesterday


def test_log_session_needs_a_programme(coach, company, yesterday):
    with pytest.raises(ValidationError) as refused:
        actions.log_session(by=coach, company=company, entry=SessionEntry(date=yesterday))
    assert list(refused.value.message_dict) == ["company"]


def test_log_session_is_for_the_coaches_on_the_engagement(
    colleague, other_coach, organiser, official, admin, company, engagement, yesterday
):
    for person in (colleague, other_coach, organiser, official, admin):
        with pytest.raises(PermissionDenied):
            actions.log_session(by=person, company=company, entry=SessionEntry(date=yesterday))
    assert not Session.objects.exists()


def test_log_session_with_the_id_of_somebody_elses_session_writes_nothing(
    other_coach, engagement, programme, yesterday
):
    theirs = SessionFactory(engagement=engagement, note="Hemligt")
    own = CompanyFactory()
    EngagementFactory(company=own, programme=programme, lead=other_coach)

    with pytest.raises(PermissionDenied):
        actions.log_session(
            by=other_coach, company=own, entry=SessionEntry(date=yesterday), key=theirs.pk, version=1
        )
    theirs.refresh_from_db()
    assert (theirs.note, theirs.version) == ("Hemligt", 1)


def test_log_session_refuses_people_of_another_company(coach, company, engagement, entry):
    stranger = ContactFactory()
    with pytest.raises(ValidationError) as refused:
        actions.log_session(by=coach, company=company, entry=replace(entry, contacts=(stranger,)))
    assert list(refused.value.message_dict) == ["contacts"]
    assert not Session.objects.exists()


def test_log_session_refuses_coaches_outside_the_engagement(coach, colleague, company, engagement, entry):
    with pytest.raises(ValidationError) as refused:
        actions.log_session(by=coach, company=company, entry=replace(entry, coaches=(coach, colleague)))
    assert list(refused.value.message_dict) == ["coaches"]


def test_log_session_refuses_a_step_that_is_another_engagements_action(coach, company, engagement, entry):
    foreign = ActionFactory(what="Någon annans")
    step = NextStep(foreign.pk, "Kapad", coach)
    with pytest.raises(PermissionDenied):
        actions.log_session(by=coach, company=company, entry=replace(entry, next_steps=(step,)))
    foreign.refresh_from_db()
    assert foreign.what == "Någon annans"


def test_log_session_at_another_company_than_it_was_saved_for_is_refused(
    coach, company, engagement, entry, programme
):
    session = actions.log_session(by=coach, company=company, entry=entry)
    other = CompanyFactory()
    with pytest.raises(ValidationError) as refused:
        actions.log_session(
            by=coach, company=other, entry=replace(entry, contacts=()), key=session.pk, version=1
        )
    assert list(refused.value.message_dict) == ["company"]


def test_log_session_turns_next_steps_into_actions(coach, company, engagement, entry, contact, today):
    mine = NextStep(uuid.uuid4(), "Skicka avtalsmall", coach, today)
    theirs = NextStep(uuid.uuid4(), "Räkna på tvätt", contact)
    session = actions.log_session(by=coach, company=company, entry=replace(entry, next_steps=(mine, theirs)))

    by_id = {action.pk: action for action in session.actions.all()}
    assert (by_id[mine.id].owner, by_id[mine.id].due_on) == (coach, today)
    assert (by_id[theirs.id].owner, by_id[theirs.id].due_on) == (contact, None)


def test_log_session_moves_the_stage_on_the_sessions_day(coach, company, engagement, entry, yesterday):
    actions.log_session(by=coach, company=company, entry=replace(entry, stage=Stage.PLAN))

    engagement.refresh_from_db()
    assert engagement.stage == "plan"
    assert StageChange.objects.get(stage="plan").entered_on == yesterday


def test_log_session_plans_the_next_meeting_and_moves_it_instead_of_doubling_it(
    coach, company, engagement, entry, contact, today
):
    def with_meeting(days):
        day = today + dt.timedelta(days=days)
        return replace(entry, next_meeting=NextMeeting(day, dt.time(13)), plans_next_meeting=True)

    session = actions.log_session(by=coach, company=company, entry=with_meeting(7))
    planned = session.next_session
    assert (planned.state, planned.date, planned.start_time) == (
        "planned",
        today + dt.timedelta(7),
        dt.time(13),
    )
    assert list(planned.contacts.all()) == [contact]
    assert list(planned.coaches.all()) == [coach]

    actions.log_session(by=coach, company=company, entry=with_meeting(14), key=session.pk, version=1)
    planned.refresh_from_db()
    assert planned.date == today + dt.timedelta(14)
    assert Session.objects.planned().count() == 1


def test_log_session_leaves_a_meeting_alone_that_its_form_did_not_touch(
    coach, company, engagement, entry, today
):
    meeting = NextMeeting(today + dt.timedelta(7))
    session = actions.log_session(
        by=coach, company=company, entry=replace(entry, next_meeting=meeting, plans_next_meeting=True)
    )
    Session.objects.planned().update(date=today + dt.timedelta(30))
    actions.log_session(
        by=coach,
        company=company,
        entry=replace(entry, note="Rättat", next_meeting=meeting),
        key=session.pk,
        version=1,
    )
    assert Session.objects.planned().get().date == today + dt.timedelta(30)


def test_log_session_calls_the_next_meeting_off_when_its_date_is_cleared(
    coach, company, engagement, entry, today
):
    meeting = NextMeeting(today + dt.timedelta(7))
    session = actions.log_session(
        by=coach, company=company, entry=replace(entry, next_meeting=meeting, plans_next_meeting=True)
    )
    actions.log_session(
        by=coach, company=company, entry=replace(entry, plans_next_meeting=True), key=session.pk, version=1
    )
    assert session.next_session.__class__.objects.get(planned_in=session).state == "cancelled"


def test_log_session_removes_the_draft_in_the_same_breath(coach, colleague, company, engagement, entry):
    key = uuid.uuid4()
    SessionDraftFactory(key=key, coach=coach)
    theirs = SessionDraftFactory(key=key, coach=colleague)
    actions.log_session(by=coach, company=company, entry=entry, key=key)

    assert list(SessionDraft.objects.all()) == [theirs]


def test_log_session_keeps_the_draft_when_it_fails(coach, company, engagement, entry, today):
    draft = SessionDraftFactory(coach=coach)
    with pytest.raises(ValidationError):
        actions.log_session(
            by=coach, company=company, entry=replace(entry, date=today + dt.timedelta(1)), key=draft.key
        )
    assert SessionDraft.objects.of(coach).get() == draft


def test_plan_session_may_lie_ahead_and_cannot_undo_a_held_one(coach, company, engagement, entry, today):
    ahead = replace(entry, date=today + dt.timedelta(days=30))
    planned = actions.plan_session(by=coach, company=company, entry=ahead)
    assert (planned.state, planned.missing) == ("planned", [])

    held = actions.log_session(by=coach, company=company, entry=entry)
    with pytest.raises(ValidationError):
        actions.plan_session(by=coach, company=company, entry=ahead, key=held.pk, version=1)


def test_cancel_session_and_take_it_back(coach, company, engagement, entry):
    session = actions.plan_session(by=coach, company=company, entry=entry)
    assert actions.cancel_session(by=coach, session=session).state == "cancelled"
    assert actions.undo_closing(by=coach, session=session).state == "planned"


def test_plan_session_again_after_it_was_called_off(coach, company, engagement, entry):
    session = actions.plan_session(by=coach, company=company, entry=entry)
    cancelled = actions.cancel_session(by=coach, session=session)

    # A late retry of the first request changes nothing …
    assert actions.plan_session(by=coach, company=company, entry=entry, key=session.pk).state == "cancelled"
    # … but the same content on the present version is a wish to plan it again.
    again = actions.plan_session(
        by=coach, company=company, entry=entry, key=session.pk, version=cancelled.version
    )
    assert again.state == "planned"


def test_cancel_session_is_for_planned_ones(coach, engagement):
    with pytest.raises(ValidationError):
        actions.cancel_session(by=coach, session=SessionFactory(engagement=engagement))


def test_mark_no_show_waits_for_the_day(coach, engagement, yesterday):
    ahead = SessionFactory(engagement=engagement, planned=True)
    with pytest.raises(ValidationError):
        actions.mark_no_show(by=coach, session=ahead)
    past = SessionFactory(engagement=engagement, planned=True, date=yesterday)
    assert actions.mark_no_show(by=coach, session=past).state == "no_show"


@pytest.mark.parametrize("deed", [actions.cancel_session, actions.mark_no_show, actions.remove_session])
def test_closing_and_removing_is_for_the_coaches_on_the_engagement(
    deed, colleague, other_coach, engagement, yesterday
):
    session = SessionFactory(engagement=engagement, planned=True, date=yesterday)
    for person in (colleague, other_coach):
        with pytest.raises(PermissionDenied):
            deed(by=person, session=session)
    session.refresh_from_db()
    assert (session.state, session.removed_at) == ("planned", None)


def test_remove_session_and_restore_it_with_every_field(coach, company, engagement, entry):
    session = actions.log_session(by=coach, company=company, entry=entry)
    before = Session.objects.filter(pk=session.pk).values().get()
    actions.remove_session(by=coach, session=session)
    assert not Session.objects.visible_to(coach).exists()
    assert not Session.objects.approved().exists()
    assert list(Session.objects.in_bin_of(coach)) == [session]

    actions.restore_session(by=coach, session=session)
    assert Session.objects.filter(pk=session.pk).values().get() == before


def test_restore_session_is_over_after_the_bin_days(coach, colleague, engagement):
    long_ago = timezone.now() - dt.timedelta(days=31)
    session = SessionFactory(engagement=engagement, removed_at=long_ago, removed_by=coach)
    for person in (coach, colleague):
        with pytest.raises(PermissionDenied):
            actions.restore_session(by=person, session=session)
