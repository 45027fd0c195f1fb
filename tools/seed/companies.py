"""Companies with contacts, strategies and what they do; a few marked as confidential."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from coachnet.demo.seed.companies import SNI_VERSION, Invented, invented
from companies.models import CircularStrategy, Company, Contact, Municipality, SniCode
from tools.seed.copying import Table
from tools.seed.people import People, Person
from tools.seed.sizes import YEARS
from tools.seed.words import TITLES, mailbox, organisation_number, place_names, trade

# Of a hundred: how many are in the larger municipalities; the others share the rest.
WEIGHTS = {
    "1480": 30,
    "1490": 16,
    "1488": 6,
    "1496": 6,
    "1485": 6,
    "1481": 5,
    "1494": 4,
    "1482": 4,
    "1463": 4,
}
SIZES = (["micro"] * 12) + (["small"] * 5) + (["medium"] * 2) + ["large"]
FORMS = (["limited"] * 22) + ["economic_association", "partnership", "sole_trader"]
ENDINGS = {"limited": " AB", "economic_association": " ek. för.", "partnership": " HB", "sole_trader": ""}
ONE_IN = 200  # is marked as confidential
PROVISION, REASON = "30 kap. 23 § OSL", "Patentansökan pågår."


@dataclass(frozen=True)
class Planted:
    """A company on its way: what the stories of its sessions need."""

    id: int
    name: str
    place: str
    lead: Person
    told: Invented
    strategies: tuple[str, ...]
    contacts: tuple[int, ...]
    contact_name: str


class Companies:
    """All companies, in an order that says nothing."""

    def __init__(self, people: People, today: dt.date, chance: Random) -> None:
        self.people, self.today, self.chance = people, today, chance
        self.companies = Table(
            Company,
            *(
                "name",
                "legal_form",
                "organisation_number",
                "municipality_id",
                "sni_id",
                "size_class",
                "description",
            ),
            *("main_strategy_id", "responsible_coach_id", "responsible_organisation_id", "created_at"),
            *("created_by_id", "is_confidential", "confidential_reason", "confidential_provision"),
            *("confidential_set_by_id", "confidential_set_at"),
        )
        self.contacts = Table(Contact, "company_id", "name", "title", "email", "left_on")
        self.strategies = Table(Company.strategies.through, "company_id", "circularstrategy_id")
        self.tables = (self.companies, self.contacts, self.strategies)
        # Who can be invited to meetings as a guest: number, name, address.
        self.guests: list[tuple[int, str, str]] = []

    def make(self) -> Iterator[Planted]:
        """One company after the other."""
        places = {one.pk: one.name for one in Municipality.objects.order_by("pk")}
        weights = [WEIGHTS.get(code, 1) for code in places]
        sni = {one.code: one.pk for one in SniCode.objects.filter(version=SNI_VERSION)}
        codes = list(CircularStrategy.objects.order_by("pk").values_list("pk", flat=True))
        where = self.chance.choices(list(places), weights, k=self.people.size.companies)
        names, lines = place_names(self.chance), invented()
        for number, municipality in enumerate(where):
            told = self.chance.choice(lines)
            # A place's name that comes back does so together with another.
            again, place = divmod(number, len(names))
            partner = f" & {names[(place * 7 + again * 101) % len(names)]}" if again else ""
            form = self.chance.choice(FORMS)
            name = f"{names[place]}{partner} {trade(told.sni, again + place)}"
            lead = self.people.coaches[number % len(self.people.coaches)]
            main, *more = self.chance.sample(codes, k=self.chance.randint(1, 3))
            company = self._company(
                number, name + ENDINGS[form], form, municipality, sni[told.sni], told, main, lead
            )
            for code in more:
                self.strategies.add(company, code)
            contacts, first = self._contacts(company, name)
            yield Planted(
                company, name, places[municipality], lead, told, (main, *more), contacts, first.split()[0]
            )

    def _company(
        self, number: int, name: str, form: str, place: str, sni: int, told: Invented, main: str, lead: Person
    ) -> int:
        came = self.today - dt.timedelta(days=int(YEARS * 365 * self.chance.random()) + 1)
        at = dt.datetime.combine(came, dt.time(9, number % 60), dt.UTC)
        mark = (REASON, PROVISION, lead.id, at) if number % ONE_IN == ONE_IN - 1 else ("", "", None, None)
        digits = "" if form == "sole_trader" else organisation_number(number + 1)
        facts = (name, form, digits, place, sni, self.chance.choice(SIZES), told.description, main)
        return self.companies.add(*facts, lead.id, lead.organisation, at, lead.id, bool(mark[0]), *mark)

    def _contacts(self, company: int, name: str) -> tuple[tuple[int, ...], str]:
        """One to three people; the last of three may have left."""
        numbers = []
        domain = mailbox(name).replace(".", "")
        first = ""
        for place in range(self.chance.choice((1, 1, 2, 2, 3))):
            who = next(self.people.names)
            email = f"{mailbox(who)}@{domain}.example"
            left = self.today - dt.timedelta(days=90) if place == 2 and self.chance.random() < 0.3 else None
            one = self.contacts.add(company, who, self.chance.choice(TITLES), email, left)
            first = first or who
            if left is None:
                numbers.append(one)
                self.guests.append((one, who, email))
        return tuple(numbers), first
