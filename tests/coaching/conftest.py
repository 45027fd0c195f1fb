"""What most coaching tests stand on: a running programme, and an engagement that `coach` leads."""

import datetime as dt

import pytest
from django.utils import timezone

from coaching.models import Engagement, Programme
from coachnet.accounts.models import User
from companies.models import Company, Contact
from tests.factories.coaching import EngagementFactory, ProgrammeFactory
from tests.factories.companies import CompanyFactory, ContactFactory


@pytest.fixture
def programme(db: None) -> Programme:
    return ProgrammeFactory(name="Cirkulär omställning")


@pytest.fixture
def company(db: None) -> Company:
    return CompanyFactory(name="Kvarnåns Arbetsplagg AB")


@pytest.fixture
def engagement(coach: User, company: Company, programme: Programme) -> Engagement:
    return EngagementFactory(company=company, programme=programme, lead=coach)


@pytest.fixture
def contact(company: Company) -> Contact:
    return ContactFactory(company=company, name="Johan Ståhlberg", title="vd")


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def yesterday(today: dt.date) -> dt.date:
    return today - dt.timedelta(days=1)
