"""Who sees which companies, and the sets that lists are made of."""

import datetime as dt

import pytest
from django.utils import timezone

from companies.models import Company, Contact
from tests.factories.coaching import EngagementFactory, SessionFactory
from tests.factories.companies import CompanyFactory, ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def companies(coach, other_coach):
    """One of each kind."""
    return {
        "own": CompanyFactory(responsible_coach=coach),
        "other": CompanyFactory(responsible_coach=other_coach),
        "free": CompanyFactory(),
        "own_secret": CompanyFactory(responsible_coach=coach, confidential=True),
        "other_secret": CompanyFactory(responsible_coach=other_coach, confidential=True),
    }


def keys(companies, found):
    return {name for name, company in companies.items() if company in found}


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("coach", {"own", "other", "free", "own_secret"}),
        ("colleague", {"own", "other", "free"}),
        ("other_coach", {"own", "other", "free", "other_secret"}),
        ("organiser", {"own", "other", "free"}),
        ("admin", {"own", "other", "free", "own_secret", "other_secret"}),
        ("official", set()),
    ],
)
def test_visible_to(companies, request, who, seen):
    assert keys(companies, Company.objects.visible_to(request.getfixturevalue(who))) == seen


def test_visible_to_a_coach_on_the_engagement_of_a_confidential_company(companies, colleague, other_coach):
    secret = companies["other_secret"]
    engagement = EngagementFactory(company=secret, lead=other_coach, co_coaches=[colleague])
    assert secret in Company.objects.visible_to(colleague)
    engagement.memberships.filter(coach=colleague).update(left_on=timezone.localdate())
    assert secret not in Company.objects.visible_to(colleague)


def test_visible_to_nobody_whose_account_is_closed(companies, coach):
    coach.is_active = False
    assert not Company.objects.visible_to(coach).exists()


def test_visible_to_gives_each_company_once(companies, coach, colleague):
    EngagementFactory(company=companies["own_secret"], lead=coach)
    EngagementFactory(company=companies["own_secret"], lead=coach, co_coaches=[colleague])
    assert list(Company.objects.visible_to(coach).filter(pk=companies["own_secret"].pk)) == [
        companies["own_secret"]
    ]


def test_of_holds_what_a_coach_is_responsible_for_or_coaches_now(companies, coach, colleague):
    running = EngagementFactory(company=companies["free"], lead=colleague, co_coaches=[coach])
    ended = EngagementFactory(company=companies["other"], lead=coach, ended_on=timezone.localdate())
    assert keys(companies, Company.objects.of(coach)) == {"own", "own_secret", "free"}
    assert keys(companies, Company.objects.of(colleague)) == {"free"}
    assert running.is_open
    assert not ended.is_open


def test_of_looks_at_one_engagement_at_a_time(companies, coach, colleague):
    """An ended engagement of mine and an open one of somebody else do not add up to an open one of mine."""
    EngagementFactory(company=companies["free"], lead=coach, ended_on=timezone.localdate())
    EngagementFactory(company=companies["free"], lead=colleague)
    assert companies["free"] not in Company.objects.of(coach)


def test_without_open_engagement(companies, coach):
    EngagementFactory(company=companies["own"], lead=coach)
    EngagementFactory(company=companies["other"], lead=coach, ended_on=timezone.localdate())
    assert keys(companies, Company.objects.without_open_engagement()) == set(companies) - {"own"}


def test_with_last_session_counts_what_was_held(companies, coach):
    today = timezone.localdate()
    engagement = EngagementFactory(company=companies["own"], lead=coach)
    SessionFactory(engagement=engagement, date=today - dt.timedelta(days=9))
    SessionFactory(engagement=engagement, date=today - dt.timedelta(days=5))
    SessionFactory(engagement=engagement, planned=True)
    removed = SessionFactory(engagement=engagement, date=today)
    type(removed).objects.filter(pk=removed.pk).update(removed_at=timezone.now(), removed_by=coach)
    found = dict(Company.objects.with_last_session().values_list("pk", "last_on"))  # type: ignore[misc]
    assert found[companies["own"].pk] == today - dt.timedelta(days=5)
    assert found[companies["free"].pk] is None


def test_quiet_since(companies, coach):
    today = timezone.localdate()
    limit = today - dt.timedelta(days=45)
    started = today - dt.timedelta(days=100)
    silent = EngagementFactory(company=companies["own"], lead=coach, started_on=started)
    SessionFactory(engagement=silent, date=limit - dt.timedelta(days=1))
    heard = EngagementFactory(company=companies["other"], lead=coach, started_on=started)
    SessionFactory(engagement=heard, date=limit)
    EngagementFactory(company=companies["own_secret"], lead=coach, started_on=today)
    EngagementFactory(company=companies["other_secret"], lead=coach, started_on=started, ended_on=today)
    assert keys(companies, Company.objects.quiet_since(limit)) == {"own"}


def test_in_stage_looks_at_open_engagements(companies, coach):
    EngagementFactory(company=companies["own"], lead=coach, stage="plan")
    EngagementFactory(company=companies["other"], lead=coach, stage="plan", ended_on=timezone.localdate())
    assert keys(companies, Company.objects.in_stage("plan")) == {"own"}


def test_in_swedish_order(db):
    for name in ("Östra AB", "Zon AB", "Åre AB", "Ärla AB", "alfa AB", "Alfa AB"):
        CompanyFactory(name=name)
    names = [company.name for company in Company.objects.in_swedish_order()]
    assert names == ["alfa AB", "Alfa AB", "Zon AB", "Åre AB", "Ärla AB", "Östra AB"]


def test_present_contacts_have_not_left(db):
    here = ContactFactory()
    ContactFactory(company=here.company, left_on=timezone.localdate())
    assert list(Contact.objects.present()) == [here]
