"""Taking a company on, sharing it, moving through the stages, ending: who may, and what stays true."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from coaching import actions
from coaching.models import Engagement, EngagementCoach, Stage, StageChange
from tests.factories.accounts import UserFactory
from tests.factories.coaching import EngagementFactory, ProgrammeFactory
from tests.factories.companies import CompanyFactory

pytestmark = pytest.mark.django_db


def test_start_engagement_makes_the_coach_lead_and_her_organisation_owner(
    coach, company, programme, yesterday
):
    engagement = actions.start_engagement(
        by=coach,
        company=company,
        programme=programme,
        stage=Stage.BASELINE,
        goals="Hyra",
        started_on=yesterday,
    )
    assert (engagement.lead, engagement.organisation, engagement.goals) == (coach, coach.organisation, "Hyra")
    change = StageChange.objects.get(engagement=engagement)
    assert (change.stage, change.entered_on, change.set_by) == ("baseline", yesterday, coach)


def test_start_engagement_once_per_programme(coach, company, engagement, programme):
    with pytest.raises(ValidationError):
        actions.start_engagement(by=coach, company=company, programme=programme)
    assert actions.start_engagement(by=coach, company=company, programme=ProgrammeFactory()).pk


def test_start_engagement_is_refused_to_whoever_may_not_log(
    colleague, other_coach, organiser, official, admin, company, engagement
):
    other = ProgrammeFactory()
    for person in (colleague, other_coach, organiser, official, admin):
        with pytest.raises(PermissionDenied):
            actions.start_engagement(by=person, company=company, programme=other)
    assert Engagement.objects.count() == 1


def test_start_engagement_not_ahead_of_time_and_not_with_somebody_who_is_no_coach(
    coach, organiser, company, programme, today
):
    with pytest.raises(ValidationError):
        actions.start_engagement(
            by=coach, company=company, programme=programme, started_on=today + dt.timedelta(days=1)
        )
    with pytest.raises(ValidationError):
        actions.start_engagement(by=coach, company=company, programme=programme, lead=organiser)
    assert not Engagement.objects.exists()


def test_add_coach_twice_is_once_and_opens_the_engagement(coach, other_coach, engagement):
    assert not Engagement.objects.visible_to(other_coach).exists()
    for _ in range(2):
        actions.add_coach(by=coach, engagement=engagement, coach=other_coach)
    assert EngagementCoach.objects.filter(coach=other_coach).count() == 1
    assert list(Engagement.objects.visible_to(other_coach)) == [engagement]


@pytest.mark.parametrize("roles", [["organiser"], ["official"], ["admin"], []])
def test_add_coach_takes_only_coaches(coach, engagement, roles):
    with pytest.raises(ValidationError):
        actions.add_coach(by=coach, engagement=engagement, coach=UserFactory(roles=roles))


def test_remove_coach_closes_the_engagement_to_her_again(coach, other_coach, engagement):
    actions.add_coach(by=coach, engagement=engagement, coach=other_coach)
    actions.remove_coach(by=coach, engagement=engagement, coach=other_coach)
    assert not Engagement.objects.visible_to(other_coach).exists()
    assert EngagementCoach.objects.get(coach=other_coach).left_on is not None
    actions.add_coach(by=coach, engagement=engagement, coach=other_coach)
    assert EngagementCoach.objects.filter(coach=other_coach).count() == 2


def test_remove_coach_keeps_the_lead_until_another_leads(coach, colleague, engagement):
    with pytest.raises(ValidationError):
        actions.remove_coach(by=coach, engagement=engagement, coach=coach)
    actions.change_lead(by=coach, engagement=engagement, coach=colleague)
    engagement = Engagement.objects.get()
    assert engagement.lead == colleague
    assert [one.coach for one in engagement.present()] == [colleague, coach]
    actions.remove_coach(by=coach, engagement=engagement, coach=coach)
    assert [one.coach for one in Engagement.objects.get().present()] == [colleague]


def test_change_lead_by_an_administrator_saves_an_orphan(admin, coach, colleague, engagement):
    coach.is_active = False
    coach.save()
    actions.change_lead(by=admin, engagement=engagement, coach=colleague)
    assert Engagement.objects.get().lead == colleague


def test_database_holds_that_one_coach_leads(coach, colleague, engagement):
    with pytest.raises(IntegrityError), transaction.atomic():
        EngagementCoach.objects.create(engagement=engagement, coach=colleague, is_lead=True)


def test_change_stage_is_dated_and_the_same_stage_is_no_change(coach, engagement, yesterday, today):
    actions.change_stage(by=coach, engagement=engagement, stage=Stage.PLAN, on=yesterday)
    assert actions.change_stage(by=coach, engagement=engagement, stage=Stage.PLAN) is None
    change = StageChange.objects.get()
    assert (change.stage, change.entered_on) == ("plan", yesterday)
    with pytest.raises(ValidationError):
        actions.change_stage(
            by=coach, engagement=engagement, stage=Stage.ONGOING, on=today + dt.timedelta(days=1)
        )


def test_end_engagement_and_take_it_back(coach, engagement, today):
    actions.end_engagement(by=coach, engagement=engagement)
    engagement.refresh_from_db()
    assert engagement.ended_on == today
    with pytest.raises(ValidationError):
        actions.add_coach(by=coach, engagement=engagement, coach=UserFactory())
    actions.reopen_engagement(by=coach, engagement=engagement)
    engagement.refresh_from_db()
    assert engagement.is_open


def test_end_engagement_not_before_it_began(coach, engagement):
    with pytest.raises(ValidationError):
        actions.end_engagement(
            by=coach, engagement=engagement, on=engagement.started_on - dt.timedelta(days=1)
        )


def test_reopen_engagement_not_beside_a_new_one(coach, engagement, company, programme):
    actions.end_engagement(by=coach, engagement=engagement)
    actions.start_engagement(by=coach, company=company, programme=programme)
    with pytest.raises(ValidationError):
        actions.reopen_engagement(by=coach, engagement=engagement)


@pytest.mark.parametrize("who", ["colleague", "other_coach", "organiser", "official"])
def test_engagement_actions_are_for_its_coaches_and_admins(request, who, engagement, coach):
    person = request.getfixturevalue(who)
    deeds = [
        lambda: actions.add_coach(by=person, engagement=engagement, coach=UserFactory()),
        lambda: actions.remove_coach(by=person, engagement=engagement, coach=coach),
        lambda: actions.change_lead(by=person, engagement=engagement, coach=UserFactory()),
        lambda: actions.change_stage(by=person, engagement=engagement, stage=Stage.PLAN),
        lambda: actions.set_goals(by=person, engagement=engagement, goals="x"),
        lambda: actions.end_engagement(by=person, engagement=engagement),
        lambda: actions.reopen_engagement(by=person, engagement=engagement),
    ]
    before = Engagement.objects.values().get()
    for deed in deeds:
        with pytest.raises(PermissionDenied):
            deed()
    assert Engagement.objects.values().get() == before


def test_another_companys_engagement_stays_out_of_it(coach, programme, engagement):
    other = EngagementFactory(programme=programme, company=CompanyFactory())
    assert list(Engagement.objects.of(coach)) == [engagement]
    assert other not in Engagement.objects.visible_to(coach)
