"""Small networks in the database, quick to make: companies with sessions on given days."""

import datetime as dt
from typing import Any

from coaching.models import Engagement, Session, SessionCoach
from coachnet.accounts.models import User
from companies.models import CircularStrategy, Company, Municipality
from tests.factories.coaching import EngagementFactory, ProgrammeFactory
from tests.factories.companies import CompanyFactory

Visits = list[tuple[dt.date, int]]


def coached(coach: User, visits: Visits, *, place: str = "1490", **facts: Any) -> Company:
    """A company in a municipality (Borås unless told otherwise) with approved sessions: (day, minutes)."""
    facts.setdefault("main_strategy", CircularStrategy.objects.get(pk="C07"))
    company = CompanyFactory(municipality=Municipality.objects.get(pk=place), **facts)
    programme = Engagement.objects.first()
    engagement = EngagementFactory(
        company=company, programme=programme.programme if programme else ProgrammeFactory(), lead=coach
    )
    for day, minutes in visits:
        log(engagement, coach, day, minutes)
    return company


def log(engagement: Engagement, coach: User, day: dt.date, minutes: int = 60) -> Session:
    """An approved session."""
    session = Session.objects.create(
        engagement=engagement,
        date=day,
        minutes=minutes,
        channel=Session.Channel.ONLINE,
        state=Session.State.HELD,
        completeness=Session.Completeness.COMPLETE,
        note="Vi gick igenom återtaget.",
        created_by=coach,
    )
    assert coach.organisation
    SessionCoach.objects.create(session=session, coach=coach, organisation=coach.organisation)
    return session
