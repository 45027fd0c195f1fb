"""Meetings with members and guests, their answers, who came, and what they thought."""

import datetime as dt
from random import Random

from coachnet.demo.seed.meetings import FEEDBACK, FULL, PAST
from coachnet.lib.days import local_moment
from events.models import Event, EventInvitation, Feedback, Registration
from tools.seed.calendar import Calendar
from tools.seed.companies import Companies
from tools.seed.copying import Table
from tools.seed.people import People
from tools.seed.sizes import YEARS

TITLES = (
    "Hyra i stället för att sälja",
    "Spårbarhet i praktiken",
    "Materialval med framtid",
    "Återtag som affär",
    "Räkna på spill",
    "Design för lång livslängd",
    "Frukost om cirkulära inköp",
    "Reparera lönsamt",
    "Digitala produktpass",
    "Kunden som medskapare",
)
DAYS_AHEAD = 60
TOLD_BEFORE = dt.timedelta(days=DAYS_AHEAD + 1)  # so that nobody was told in days to come
MEMBERS, GUESTS = 14, 12
ANSWERS = ("coming",) * 13 + ("declined",) * 4 + ("",) * 3
State = Event.State


class Meetings:
    """As many meetings as wanted, by season, the last ones ahead of us."""

    def __init__(self, people: People, companies: Companies, today: dt.date, chance: Random) -> None:
        self.people, self.companies, self.today, self.chance = people, companies, today, chance
        self.events = Table(
            Event,
            *(
                "kind",
                "state",
                "title",
                "description",
                "programme",
                "starts_at",
                "ends_at",
                "place",
                "capacity",
            ),
            *("published_at", "cancelled_at", "created_by_id", "created_at"),
        )
        self.hosts = Table(Event.hosts.through, "event_id", "organisation_id")
        self.invitations = Table(
            EventInvitation,
            *(
                "event_id",
                "user_id",
                "name",
                "email",
                "contact_id",
                "link_key",
                "invited_by_id",
                "created_at",
            ),
        )
        self.registrations = Table(
            Registration,
            "invitation_id",
            "state",
            "answered_at",
            "closed_at",
            "attended_at",
            "attended_by_id",
        )
        self.feedback = Table(Feedback, "invitation_id", "rating", "text", "created_at")
        self.tables = (self.events, self.hosts, self.invitations, self.registrations, self.feedback)

    def make(self) -> None:
        """One meeting after the other, the oldest first."""
        first = self.today - dt.timedelta(days=YEARS * 365)
        last = self.today + dt.timedelta(days=DAYS_AHEAD)
        many = self.people.size.meetings
        for number, day in enumerate(Calendar(first, last).pick(many, first, last, self.chance)):
            self._meeting(number, day)
            if number % 1000 == 999:
                for table in self.tables:
                    table.copy()

    def _meeting(self, number: int, day: dt.date) -> None:
        plan = self.chance.choice((*PAST, FULL))
        leader = self.people.organisers[number % len(self.people.organisers)]
        hour = self.chance.choice((9, 13))
        begins = local_moment(day, dt.time(hour))
        ends = begins + dt.timedelta(hours=3)
        told = begins - TOLD_BEFORE
        is_past = day < self.today
        dice = self.chance.random()
        state = State.CANCELLED if dice < 0.03 else State.PUBLISHED
        if not is_past and dice > 0.9:
            state = State.DRAFT
        event = self.events.add(
            *(Event.Kind.NETWORK if number % 4 else Event.Kind.TOPIC, state, TITLES[number % len(TITLES)]),
            *(plan.description, plan.programme, begins, ends, "Science Park Borås, sal Varpen", 40),
            *(
                None if state == State.DRAFT else told,
                begins - dt.timedelta(days=3) if state == State.CANCELLED else None,
            ),
            *(leader.id, told),
        )
        self.hosts.add(event, leader.organisation)
        self._invite(event, leader.id, told, begins, ends, answers=state != State.DRAFT, is_past=is_past)

    def _invite(
        self,
        event: int,
        leader: int,
        told: dt.datetime,
        begins: dt.datetime,
        ends: dt.datetime,
        *,
        answers: bool,
        is_past: bool,
    ) -> None:
        chance = self.chance
        coaches = self.people.coaches
        members = chance.sample(coaches, k=min(MEMBERS, len(coaches)))
        guests = chance.sample(self.companies.guests, k=min(GUESTS, len(self.companies.guests)))
        who: list[tuple[int | None, str, str, int | None]] = [(one.id, "", "", None) for one in members]
        who += [
            (None, name, email, contact) for contact, name, email in {one[2]: one for one in guests}.values()
        ]
        for person in who:
            key = f"{chance.getrandbits(128):032x}"
            invitation = self.invitations.add(event, *person, key, leader, told)
            answer = chance.choice(ANSWERS) if answers else ""
            if not answer:
                continue
            at = told + (min(begins, local_moment(self.today, dt.time(0))) - told) * chance.random() * 0.9
            came = is_past and answer == "coming" and chance.random() < 0.85
            closed = None if answer == "coming" else at
            self.registrations.add(
                invitation, answer, at, closed, begins if came else None, leader if came else None
            )
            if came and chance.random() < 0.3:
                rating, text = chance.choice(FEEDBACK)
                self.feedback.add(invitation, rating, text, ends + dt.timedelta(hours=3))
