"""What waits for the demo's coach today: sessions around this very hour, things to log, a draft, actions due."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils import timezone

from coaching.actions import (
    SessionEntry,
    add_action,
    cancel_session,
    mark_no_show,
    plan_session,
    save_draft,
)
from coaching.models import Engagement, Session
from coachnet.accounts.models import User
from companies.models import Company

DAY_STARTS, DAY_ENDS = dt.time(7), dt.time(21)
NOTE = """Elias vill veta vad ett serviceavtal skulle kosta per cykel och månad.

- Räkna på två besök per år
- Fråga"""


@dataclass(frozen=True)
class Plan:
    """A planned session: hours from now, company, how and with whom."""

    hours: float
    company: str
    minutes: int
    channel: Session.Channel
    contact: str


# The first is over by now and waits to be logged.
TODAY = (
    Plan(-2, "Kvarnåns Arbetsplagg AB", 60, Session.Channel.ON_SITE, "Johan Ståhlberg"),
    Plan(1, "Grönbo Emballage AB", 90, Session.Channel.ON_SITE, "Linnea Qvist"),
    Plan(3, "Skimra Ljudabsorbenter AB", 30, Session.Channel.ONLINE, "Ida Rosenqvist"),
)
# (company, what, owner's name or "" for the coach, days from today)
ACTIONS = (
    ("Kvarnåns Arbetsplagg AB", "Skicka avtalsmall för hyresplagg", "", -3),
    ("Kvarnåns Arbetsplagg AB", "Boka studiebesök på tvätteri", "", 0),
    ("Limmabo Trämoduler AB", "Återkoppla om finansiering", "", 2),
    ("Spillro Plast AB", "Fråga om spillmängder för hela året", "", 4),
    ("Kvarnåns Arbetsplagg AB", "Mät andelen plagg som går att laga", "Mirela Kovač", 11),
    ("Grönbo Emballage AB", "Ta fram siffror på svinn", "Linnea Qvist", 1),
)


def plant_today(coach: User) -> None:
    """Plant the coach's present: around now, the days before and the weeks ahead."""
    now = timezone.localtime()
    plant_agenda(coach)
    before = Plan(0, "Emmabo Byggåterbruk AB", 60, Session.Channel.ON_SITE, "Stig Emanuelsson")
    _plan(coach, before, _working_days(now, -2).replace(hour=10, minute=0))
    ahead = Plan(0, "Limmabo Trämoduler AB", 120, Session.Channel.ON_SITE, "Ulrika Sand")
    _plan(coach, ahead, _working_days(now, 1).replace(hour=13, minute=0), reminds_contacts=True)
    _plan(coach, ahead, _working_days(now, 8).replace(hour=9, minute=0))
    off = Plan(0, "Spillro Plast AB", 60, Session.Channel.ONLINE, "Anders Frejd")
    cancel_session(by=coach, session=_plan(coach, off, _working_days(now, 5).replace(hour=13, minute=0)))
    missed = Plan(0, "Hjulspår Cykelservice AB", 30, Session.Channel.PHONE, "Elias Brodd")
    mark_no_show(by=coach, session=_plan(coach, missed, _working_days(now, -6).replace(hour=14, minute=0)))
    for name, what, owner, days in ACTIONS:
        _add_action(coach, name, what, owner, now.date() + dt.timedelta(days=days))
    _save_draft(coach, _working_days(now, -3))


def plant_agenda(coach: User) -> None:
    """Plan today's visits, around this very hour."""
    now = timezone.localtime()
    for plan in TODAY:
        _plan(coach, plan, _around(now, plan.hours))


def _plan(coach: User, plan: Plan, start: dt.datetime, *, reminds_contacts: bool = False) -> Session:
    company = Company.objects.get(name=plan.company)
    on_site = plan.channel == Session.Channel.ON_SITE and company.municipality
    entry = SessionEntry(
        date=start.date(),
        start_time=start.time(),
        minutes=plan.minutes,
        channel=plan.channel,
        place=company.municipality.name if on_site and company.municipality else "",
        contacts=tuple(company.contacts.filter(name=plan.contact)),
        reminds_contacts=reminds_contacts,
    )
    return plan_session(by=coach, company=company, entry=entry)


def _add_action(coach: User, name: str, what: str, owner: str, due_on: dt.date) -> None:
    engagement = Engagement.objects.open().of(coach).get(company__name=name)
    someone = engagement.company.contacts.get(name=owner) if owner else coach
    add_action(by=coach, engagement=engagement, what=what, owner=someone, due_on=due_on)


def _save_draft(coach: User, day: dt.datetime) -> None:
    company = Company.objects.get(name="Hjulspår Cykelservice AB")
    data = {
        "company": [str(company.pk)],
        "date": [day.date().isoformat()],
        "start_time": ["14:15"],
        "minutes": ["30"],
        "channel": [Session.Channel.PHONE.value],
        "coaches": [str(coach.pk)],
        "contacts": [str(company.contacts.get().pk)],
        "note": [NOTE],
        "state": [Session.State.HELD.value],
        "version": ["0"],
    }
    save_draft(by=coach, key=uuid.uuid4(), data=data, company=company)


def _around(now: dt.datetime, hours: float) -> dt.datetime:
    """So many hours from now on the half hour, kept inside today's waking hours."""
    start = now + dt.timedelta(hours=hours)
    start = start.replace(minute=30 if start.minute >= 30 else 0, second=0, microsecond=0)
    first = now.replace(hour=DAY_STARTS.hour, minute=0, second=0, microsecond=0)
    last = now.replace(hour=DAY_ENDS.hour, minute=0, second=0, microsecond=0)
    return min(max(start, first), last)


def _working_days(now: dt.datetime, days: int) -> dt.datetime:
    """The moment so many working days from now."""
    step = 1 if days > 0 else -1
    day = now.replace(second=0, microsecond=0)
    while days:
        day += dt.timedelta(days=step)
        if day.weekday() < 5:
            days -= step
    return day
