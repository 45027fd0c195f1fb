"""Engagements and their sessions, stages, actions and reminders: six years behind us, three weeks ahead."""

import datetime as dt
import tomllib
import uuid
from dataclasses import dataclass
from random import Random
from typing import Any

from coaching.models import (
    Action,
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
from coaching.reminders import AFTERNOON_BEFORE, SESSION_TOMORROW
from coachnet.demo.seed.coaching import FILE
from coachnet.lib.days import local_moment
from coachnet.notifications.models import Notification
from tools.seed.calendar import Calendar
from tools.seed.companies import Planted
from tools.seed.copying import Table
from tools.seed.people import People, Person
from tools.seed.sizes import YEARS

HOURS = (dt.time(8, 30), dt.time(9), dt.time(10), dt.time(13), dt.time(14), dt.time(15))
STATES = ("held",) * 94 + ("cancelled",) * 4 + ("no_show",) * 2
TODAY_AT = (dt.time(9), dt.time(13), dt.time(15))
ROWS_AT_ONCE = 20_000
LATEST = -900  # days from today: by then the engagements that have ended had begun


@dataclass(frozen=True)
class Journey:
    """An engagement before its sessions are told. `rank` counts the lead's open ones; None when it has ended."""

    id: int
    company: Planted
    first: dt.date
    last: dt.date
    rank: int | None
    second: Person | None
    stages: tuple[Stage, ...]


class Coaching:
    """Plans all engagements first, then tells their sessions, so that there are exactly as many as wanted."""

    def __init__(self, people: People, today: dt.date, chance: Random) -> None:
        self.people, self.today, self.chance = people, today, chance
        self.begin = today - dt.timedelta(days=YEARS * 365)
        self.calendar = Calendar(self.begin, today - dt.timedelta(days=1))
        self.ahead = [day for n in range(1, 29) if (day := today + dt.timedelta(days=n)).weekday() < 5]
        self.said: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
        self.programmes = Table(Programme, "name", "starts_on", "ends_on")
        self.engagements = Table(
            Engagement,
            *("company_id", "programme_id", "organisation_id", "stage", "goals", "started_on", "ended_on"),
        )
        self.memberships = Table(
            EngagementCoach, "engagement_id", "coach_id", "is_lead", "joined_on", "left_on"
        )
        self.stages = Table(StageChange, "engagement_id", "stage", "entered_on", "set_by_id")
        self.sessions = Table(
            Session,
            *("id", "engagement_id", "state", "completeness", "date", "start_time", "minutes"),
            *(
                "preparation_minutes",
                "travel_minutes",
                "channel",
                "place",
                "note",
                "created_at",
                "created_by_id",
            ),
        )
        self.coaches = Table(SessionCoach, "session_id", "coach_id", "organisation_id", "seen_until")
        self.contacts = Table(SessionContact, "session_id", "contact_id")
        self.strategies = Table(SessionStrategy, "session_id", "strategy_id")
        self.actions = Table(
            Action,
            *("id", "engagement_id", "session_id", "what", "owner_coach_id", "owner_contact_id", "due_on"),
            *("status", "closed_at", "closed_by_id", "created_at"),
        )
        self.notifications = Table(
            Notification,
            *("rule", "about", "occurrence", "recipient", "user_id", "due_at", "state", "attempts"),
            *("tried_at", "sent_to", "subject", "sent_at", "created_at"),
        )
        self.tables = (
            *(self.programmes, self.engagements, self.memberships, self.stages, self.sessions),
            *(self.coaches, self.contacts, self.strategies, self.actions, self.notifications),
        )
        self.journeys: list[Journey] = []
        self.past = self.told = 0

    # --- Engagements ---------------------------------------------------------------------------

    def begin_programmes(self) -> None:
        """One a year, each for three years."""
        for year in range(self.begin.year, self.today.year + 1):
            name = f"Cirkulär design och nya affärer {year}"
            self.programmes.add(name, dt.date(year, 1, 1), dt.date(year + 2, 12, 31))

    def plan(self, number: int, company: Planted) -> None:
        """The engagements of the n-th company: those that go on first, then those that have ended, then none."""
        size = self.people.size
        is_open = number < size.open_engagements
        if is_open:
            self._start(company, self.today - dt.timedelta(days=self.chance.randint(30, 600)), number)
        if number < size.coached and (not is_open or self.chance.random() < 0.25):
            earliest = min((company.lead.joined - self.today).days, LATEST)
            first = self.today + dt.timedelta(days=self.chance.randint(earliest, LATEST))
            self._start(company, first, None)

    def _start(self, company: Planted, first: dt.date, number: int | None) -> None:
        lead, chance = company.lead, self.chance
        first = max(first, lead.joined)
        is_open = number is not None
        last = self.today - dt.timedelta(days=chance.randint(1, 20))
        ended = None if is_open else min(last, first + dt.timedelta(days=chance.randint(200, 880)))
        reached = chance.choice((1, 2, 3, 3, 4, 4, 5, 6)) if is_open else chance.choice((3, 5, 6, 6))
        stages = tuple(Stage)[:reached]
        second = chance.choice(self.people.coaches) if chance.random() < 0.12 else None
        second = second if second and second.id != lead.id and second.joined <= first else None
        goals = f"Prova {company.told.idea} med en kund och veta vad det kostar."
        programme = first.year - self.begin.year + 1
        key = self.engagements.add(company.id, programme, lead.organisation, stages[-1], goals, first, ended)
        for person, leads in ((lead, True), (second, False)):
            if person:
                self.memberships.add(key, person.id, leads, first, ended)
        last = max(first, ended or last)
        for place, stage in enumerate(stages):
            entered = first + (last - first) * place // len(stages)
            self.stages.add(key, stage, entered, lead.id)
        rank = number // len(self.people.coaches) if number is not None else None
        self.journeys.append(Journey(key, company, first, last, rank, second, stages))

    # --- Sessions ------------------------------------------------------------------------------

    def tell(self) -> None:
        """All sessions, copied as they come. Longer engagements have more; in sum exactly as many as wanted."""
        planned = sum(journey.rank is not None for journey in self.journeys)
        self.past = self.people.size.sessions - planned
        weights = [
            ((one.last - one.first).days + 30) * self.chance.uniform(0.5, 1.5) for one in self.journeys
        ]
        total, passed, told = sum(weights), 0.0, 0
        for journey, weight in zip(self.journeys, weights, strict=True):
            passed += weight
            many = round(self.past * passed / total) - told
            told += many
            self._tell_past(journey, many)
            if journey.rank is not None:
                self._tell_planned(journey, journey.rank)
            if len(self.sessions.rows) > ROWS_AT_ONCE:
                for table in self.tables:
                    table.copy()

    def _tell_past(self, journey: Journey, many: int) -> None:
        days = self.calendar.pick(many, journey.first, journey.last, self.chance)
        for place, day in enumerate(days):
            stage = journey.stages[place * len(journey.stages) // many]
            texts = self.said.get(stage.value) or self.said[Stage.FOLLOW_UP.value]
            self._tell(journey, day, texts[place % len(texts)], self.chance.choice(STATES))

    def _tell(self, journey: Journey, day: dt.date, said: dict[str, Any], state: str) -> None:
        """One session that lies behind us, with its people, perhaps an action, perhaps a reminder."""
        chance, company = self.chance, journey.company
        held = state == Session.State.HELD
        is_whole = held and bool(company.contacts) and chance.random() < 0.97
        clock = chance.choice(HOURS)
        minutes = chance.choice((30, 45, 60, 60, 90, 90, 120)) if is_whole or not held else None
        place = company.place if said["channel"] == Session.Channel.ON_SITE else ""
        words = {
            "product": company.told.product,
            "idea": company.told.idea,
            "company": company.name,
            "contact": company.contact_name,
        }
        note = said["note"].strip().format(**words) if held else ""
        times = (said.get("preparation"), said.get("travel")) if held else (None, None)
        key = uuid.UUID(int=chance.getrandbits(128), version=4)
        complete = Session.Completeness.COMPLETE if is_whole else Session.Completeness.DRAFT
        at = dt.datetime.combine(day, dt.time(15, chance.randrange(60)), dt.UTC)
        facts = (day, clock, minutes, *times, said["channel"], place, note, at, company.lead.id)
        self.sessions.add(key, journey.id, state, complete, *facts)
        self._attend(journey, key, _seen_until(state, day, is_whole=is_whole))
        if held:
            if chance.random() < 0.7:
                self.strategies.add(key, chance.choice(company.strategies))
            if chance.random() < 0.33:
                self._promise(journey, key, said, day, at)
        self._remind(journey, key, day, clock)

    def _tell_planned(self, journey: Journey, rank: int) -> None:
        """The next session of an engagement that goes on: a coach has three today, the others lie ahead."""
        day, clock = self.chance.choice(self.ahead), self.chance.choice(HOURS)
        if rank < len(TODAY_AT):
            day, clock = self.today, TODAY_AT[rank]
        key = uuid.UUID(int=self.chance.getrandbits(128), version=4)
        made = dt.datetime.combine(self.today - dt.timedelta(days=6), dt.time(11), dt.UTC)
        facts = (day, clock, 60, None, None, Session.Channel.ON_SITE, journey.company.place, "", made)
        state, completeness = Session.State.PLANNED, Session.Completeness.DRAFT
        self.sessions.add(key, journey.id, state, completeness, *facts, journey.company.lead.id)
        self._attend(journey, key, _seen_until(state, day, is_whole=False))

    def _attend(self, journey: Journey, key: uuid.UUID, seen_until: dt.date | None) -> None:
        lead, second = journey.company.lead, journey.second
        self.coaches.add(key, lead.id, lead.organisation, seen_until)
        if second and self.chance.random() < 0.3:
            self.coaches.add(key, second.id, second.organisation, seen_until)
        for contact in journey.company.contacts[: self.chance.choice((1, 1, 2))]:
            self.contacts.add(key, contact)

    def _promise(
        self, journey: Journey, session: uuid.UUID, said: dict[str, Any], day: dt.date, at: dt.datetime
    ) -> None:
        """An action; what was due long ago is done, or was called off when the engagement ended."""
        chance, company = self.chance, journey.company
        due = day + dt.timedelta(days=chance.randint(10, 45))
        by_contact = said["owner"] == "contact" and bool(company.contacts)
        owner = (None, company.contacts[0]) if by_contact else (company.lead.id, None)
        status, closed = Action.Status.OPEN, None
        late = (self.today - due).days
        if journey.rank is None or late > 200 or (late > 0 and chance.random() < 0.95):
            status = Action.Status.DONE if chance.random() < 0.9 else Action.Status.CANCELLED
            closed = dt.datetime.combine(min(due, self.today), dt.time(14), dt.UTC)
        closer = company.lead.id if closed else None
        key = uuid.UUID(int=chance.getrandbits(128), version=4)
        self.actions.add(key, journey.id, session, said["step"], *owner, due, status, closed, closer, at)

    def _remind(self, journey: Journey, key: uuid.UUID, day: dt.date, clock: dt.time) -> None:
        """The mail that went out the afternoon before, for as many sessions as there are to be notifications."""
        wanted = self.people.size.notifications
        number, self.told = self.told, self.told + 1
        if number * wanted // self.past == self.told * wanted // self.past:
            return
        lead = journey.company.lead.id
        due = local_moment(day - dt.timedelta(days=1), AFTERNOON_BEFORE)
        sent = due + dt.timedelta(seconds=17)
        about = (SESSION_TOMORROW, f"coaching.session:{key}", f"{day:%Y-%m-%d}T{clock:%H:%M}")
        subject = f"Tillfälle i morgon klockan {clock:%H:%M}"
        self.notifications.add(
            *(*about, f"user:{lead}", lead, due, Notification.State.SENT, 1),
            *(sent, f"coach{lead}@coachnet.example", subject, sent, due - dt.timedelta(days=6)),
        )


def _seen_until(state: str, day: dt.date, *, is_whole: bool) -> dt.date | None:
    """What the trigger would have written beside each coach; it sleeps while the seed loads."""
    if state == Session.State.PLANNED or (state == Session.State.HELD and not is_whole):
        return dt.date.max
    return day if state == Session.State.HELD else None
