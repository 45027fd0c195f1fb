"""The rest of the invented network, from `data/network.csv`: companies with sessions and little else.

They give the overview enough to count. Written in bulk: their hundreds of sessions through the actions, one by
one, would keep the demo waiting. Triggers still write their history and tell the overview.
"""

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from random import Random

from coaching.models import (
    Engagement,
    EngagementCoach,
    Programme,
    Session,
    SessionCoach,
    SessionContact,
    SessionStrategy,
    Stage,
    StageChange,
)
from coachnet.accounts.models import User
from companies.models import CircularStrategy, Company, Contact, Municipality, SniCode
from companies.organisation_number import clean

FILE = Path(__file__).parents[1] / "data" / "network.csv"
FIRST_NAMES = ("Ann-Sofi", "Bengt", "Disa", "Emir", "Frida", "Gustav", "Hanna", "Ibrahim", "Josefin", "Karl")
LAST_NAMES = ("Granvik", "Holmer", "Isling", "Kallén", "Lövås", "Mårdh", "Norring", "Oddner", "Pilfeldt")
# How long ago a company came, in days, and how often it is visited.
FIRST_DAYS, DAYS_BETWEEN = (20, 640), (14, 75)


@dataclass(frozen=True)
class Line:
    """One line of the file. `sessions` is how many it has had at most; those to come are not told."""

    name: str
    number: str
    municipality: str
    sni: str
    size: str
    main_strategy: str
    coach: str
    sessions: str
    description: str


def lines() -> list[Line]:
    """All lines of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [Line(**row) for row in csv.DictReader(file)]


def plant_network(people: dict[str, User], programme: Programme, today: dt.date) -> None:
    """Register the companies and log their sessions up to today. The same numbers give the same network."""
    chance = Random(2027)  # noqa: S311
    companies = _companies(people)
    contacts = Contact.objects.bulk_create(
        Contact(company=company, name=f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}", title="vd")
        for company in companies
    )
    sessions: list[Session] = []
    engagements = []
    for company, line in zip(companies, lines(), strict=True):
        days = list(_days(int(line.sessions), today, chance))
        lead = people[line.coach]
        assert lead.organisation
        stage = list(Stage)[min(len(days), len(Stage)) - 1]
        engagement = Engagement(
            company=company,
            programme=programme,
            organisation=lead.organisation,
            stage=stage,
            started_on=days[0],
        )
        engagements.append(engagement)
        sessions += [_session(engagement, lead, line, day, chance) for day in days]
    Engagement.objects.bulk_create(engagements)
    _follow(engagements, contacts, sessions)


def _companies(people: dict[str, User]) -> list[Company]:
    municipalities = {one.name: one for one in Municipality.objects.all()}
    strategies = {one.code: one for one in CircularStrategy.objects.all()}
    industries = {one.code: one for one in SniCode.objects.filter(version=SniCode.Version.SNI2025)}
    return Company.objects.bulk_create(
        Company(
            name=line.name,
            organisation_number=clean(line.number),
            municipality=municipalities[line.municipality],
            sni=industries[line.sni],
            size_class=line.size,
            main_strategy=strategies[line.main_strategy],
            description=line.description,
            responsible_coach=people[line.coach],
            responsible_organisation=people[line.coach].organisation,
            created_by=people[line.coach],
        )
        for line in lines()
    )


def _days(many: int, today: dt.date, chance: Random) -> list[dt.date]:
    """The days of a company's sessions, on weekdays, none of them ahead. The newest companies are the most."""
    ago = int(FIRST_DAYS[0] + (FIRST_DAYS[1] - FIRST_DAYS[0]) * chance.random() ** 1.4)
    day = today - dt.timedelta(days=ago)
    days: list[dt.date] = []
    while len(days) < many and day < today:
        days.append(day - dt.timedelta(days=max(0, day.weekday() - 4)))
        day += dt.timedelta(days=chance.randint(*DAYS_BETWEEN))
    return days


def _session(engagement: Engagement, lead: User, line: Line, day: dt.date, chance: Random) -> Session:
    channel = chance.choice(Session.Channel.values)
    return Session(
        engagement=engagement,
        state=Session.State.HELD,
        completeness=Session.Completeness.COMPLETE,
        date=day,
        start_time=dt.time(chance.choice((8, 9, 10, 13, 14))),
        minutes=chance.choice((30, 45, 60, 60, 90, 120)),
        channel=channel,
        place=line.municipality if channel == Session.Channel.ON_SITE else "",
        created_by=lead,
    )


def _follow(engagements: list[Engagement], contacts: list[Contact], sessions: list[Session]) -> None:
    """What belongs to engagements and sessions: coaches, stages, contacts, strategies."""
    leads = {session.engagement.company_id: session.created_by for session in sessions}
    EngagementCoach.objects.bulk_create(
        EngagementCoach(engagement=one, coach=leads[one.company_id], is_lead=True, joined_on=one.started_on)
        for one in engagements
    )
    StageChange.objects.bulk_create(
        StageChange(engagement=one, stage=one.stage, entered_on=one.started_on, set_by=leads[one.company_id])
        for one in engagements
    )
    people = {contact.company_id: contact for contact in contacts}
    for session in sessions:
        session.engagement = session.engagement  # which has its key only now
    Session.objects.bulk_create(sessions)
    SessionCoach.objects.bulk_create(
        SessionCoach(session=one, coach=one.created_by, organisation=one.engagement.organisation)
        for one in sessions
    )
    SessionContact.objects.bulk_create(
        SessionContact(session=one, contact=people[one.engagement.company_id]) for one in sessions
    )
    SessionStrategy.objects.bulk_create(
        SessionStrategy(session=one, strategy=one.engagement.company.main_strategy) for one in sessions
    )
