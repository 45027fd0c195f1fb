"""What a session form says, once it has been understood. Forms, imports and the demo all hand this over."""

import datetime as dt
import hashlib
import json
import uuid
from dataclasses import dataclass

from coaching.models import Stage
from coachnet.accounts.models import User
from companies.models import CircularStrategy, Company, Contact


@dataclass(frozen=True)
class NextStep:
    """A next step: becomes an action. Its id is made by the client, so that it is made once."""

    id: uuid.UUID
    what: str
    owner: User | Contact
    due_on: dt.date | None = None


@dataclass(frozen=True)
class NextMeeting:
    """When the coach and the company meet again: becomes a planned session."""

    date: dt.date
    start_time: dt.time | None = None


@dataclass(frozen=True)
class NewContact:
    """Someone at the company who was not known before."""

    name: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class SessionEntry:
    """Everything one session form says. Times are local, lengths in minutes, the note is Markdown."""

    date: dt.date
    start_time: dt.time | None = None
    minutes: int | None = None
    preparation_minutes: int | None = None
    travel_minutes: int | None = None
    channel: str = ""
    place: str = ""
    reminds_contacts: bool = False
    note: str = ""
    coaches: tuple[User, ...] = ()
    contacts: tuple[Contact, ...] = ()
    new_contacts: tuple[NewContact, ...] = ()
    strategies: tuple[CircularStrategy, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    # The stage to move to; None stays.
    stage: Stage | None = None
    next_meeting: NextMeeting | None = None
    # Whether the form's next meeting was changed; if not, a meeting moved elsewhere keeps its new time.
    plans_next_meeting: bool = False

    def fingerprint(self, *, company: Company, state: str) -> str:
        """The same for the same content, whatever the order of ticks and rows."""
        content = {
            "company": company.pk,
            "state": state,
            "facts": [
                self.date,
                self.start_time,
                self.minutes,
                self.preparation_minutes,
                self.travel_minutes,
                self.channel,
                self.place,
                self.reminds_contacts,
                self.note,
                self.stage,
            ],
            "coaches": sorted(coach.pk for coach in self.coaches),
            "contacts": sorted(contact.pk for contact in self.contacts),
            "new_contacts": sorted([person.name, person.title] for person in self.new_contacts),
            "strategies": sorted(strategy.pk for strategy in self.strategies),
            "next_steps": sorted(
                [step.id, step.what, type(step.owner).__name__, step.owner.pk, step.due_on]
                for step in self.next_steps
            ),
            "next_meeting": self.next_meeting
            and [self.next_meeting.date, self.next_meeting.start_time, self.plans_next_meeting],
        }
        return hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).hexdigest()
