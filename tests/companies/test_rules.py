from companies.models import Company
from tests.factories.companies import CompanyFactory


def test_smoke(coach):
    CompanyFactory(responsible_coach=coach)
    assert Company.objects.visible_to(coach).count() == 1
