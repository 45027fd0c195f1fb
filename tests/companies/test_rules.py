"""Who may change a company, and who may mark it confidential."""

import pytest

from companies import rules
from tests.factories.coaching import EngagementFactory
from tests.factories.companies import CompanyFactory

pytestmark = pytest.mark.django_db
EVERYONE = ("coach", "colleague", "other_coach", "organiser", "official", "admin")


def who(rule, company, request):
    return {name for name in EVERYONE if rule(request.getfixturevalue(name), company)}


def test_can_edit_company_own_coach_colleagues_and_admin(request, coach):
    company = CompanyFactory(responsible_coach=coach)
    assert who(rules.can_edit_company, company, request) == {"coach", "colleague", "admin"}


def test_can_edit_company_coach_of_another_organisation_on_the_engagement(request, coach, other_coach):
    company = CompanyFactory(responsible_coach=coach)
    EngagementFactory(company=company, lead=coach, co_coaches=[other_coach])
    assert rules.can_edit_company(other_coach, company)


def test_can_edit_company_that_nobody_has(request):
    assert who(rules.can_edit_company, CompanyFactory(), request) == {
        "coach",
        "colleague",
        "other_coach",
        "admin",
    }


def test_can_edit_confidential_company_only_own_coaches_and_admin(request, coach):
    company = CompanyFactory(responsible_coach=coach, confidential=True)
    assert who(rules.can_edit_company, company, request) == {"coach", "admin"}


def test_can_mark_confidential_only_own_coaches_and_admin(request, coach):
    company = CompanyFactory(responsible_coach=coach)
    assert who(rules.can_mark_confidential, company, request) == {"coach", "admin"}
    EngagementFactory(company=company, lead=coach, co_coaches=[request.getfixturevalue("other_coach")])
    assert who(rules.can_mark_confidential, company, request) == {"coach", "admin", "other_coach"}
