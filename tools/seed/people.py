"""Organisations, coaches and the few who lead and follow the network."""

import datetime as dt
from dataclasses import dataclass
from random import Random

from allauth.account.models import EmailAddress

from coachnet.accounts.models import Organisation, User
from coachnet.demo.seed.people import ORGANISATIONS
from tools.seed.copying import Table
from tools.seed.sizes import YEARS, Size
from tools.seed.words import PLAIN, mailbox, people_names

# Beside the coaches: enough to answer for each role.
OTHERS = (("organiser", "Nätverksledare", 3), ("official", "Regionutvecklare", 2), ("admin", "Förvaltare", 1))
VERIFIED_AND_PRIMARY = (True, True)
EMPLOYERS = [name for name in ORGANISATIONS if name != "Västra Götalandsregionen"]


@dataclass(frozen=True)
class Person:
    """Somebody with an account: her number, her organisation's, and since when she is here."""

    id: int
    organisation: int
    joined: dt.date


class People:
    """Everybody with an account, and a stream of names for those without."""

    def __init__(self, size: Size, today: dt.date, chance: Random) -> None:
        self.size, self.today, self.chance = size, today, chance
        self.organisations = Table(Organisation, "name", "kind", "access_regime", "sub_region")
        # "!" is no password: nobody signs in with it.
        self.users = Table(
            User,
            "email",
            "name",
            "title",
            "organisation_id",
            "organisation_since",
            "roles",
            "joined_at",
            "password",
        )
        self.addresses = Table(EmailAddress, "user_id", "email", "verified", "primary")
        self.tables = (self.organisations, self.users, self.addresses)
        self.names = people_names(chance)
        self.coaches: list[Person] = []
        self.organisers: list[Person] = []

    def make(self) -> None:
        """Organisations, then coaches, who came one after the other, then the rest, who were here from the start."""
        numbers = {
            name: self.organisations.add(name, kind, regime, region)
            for name, (kind, regime, region) in ORGANISATIONS.items()
        }
        days = YEARS * 365
        for number in range(self.size.coaches):
            employer = numbers[EMPLOYERS[number % len(EMPLOYERS)]]
            ago = days - int(days * 0.6 * self.chance.random() ** 2)
            self.coaches.append(self._person("Affärscoach", "coach", employer, ago))
        for role, title, many in OTHERS:
            for _ in range(many):
                home = "Västra Götalandsregionen" if role == "official" else EMPLOYERS[0]
                person = self._person(title, role, numbers[home], days)
                if role == "organiser":
                    self.organisers.append(person)

    def _person(self, title: str, role: str, employer: int, ago: int) -> Person:
        joined = self.today - dt.timedelta(days=ago)
        name = next(self.names)
        email = f"{mailbox(name).translate(PLAIN)}.{self.users.last + 1}@coachnet.example"
        noon = dt.datetime.combine(joined, dt.time(12), dt.UTC)
        number = self.users.add(email, name, title, employer, joined, [role], noon, "!")
        self.addresses.add(number, email, *VERIFIED_AND_PRIMARY)
        return Person(number, employer, joined)
