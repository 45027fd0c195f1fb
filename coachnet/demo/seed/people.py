"""Organisations and people of the demo. Real actors only employ invented people; no more is said of them."""

import datetime as dt
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.utils import timezone

from coachnet.accounts.actions import change_employer, invite_person
from coachnet.accounts.models import Organisation, User

Kind, Regime, SubRegion = Organisation.Kind, Organisation.AccessRegime, Organisation.SubRegion

ORGANISATIONS = {
    "Science Park Borås": (Kind.SCIENCE_PARK, Regime.STATE_AUTHORITY, SubRegion.BOR),
    "RISE": (Kind.INSTITUTE, Regime.STATE_COMPANY, ""),
    "Inkubatorn Slussporten": (Kind.INCUBATOR, Regime.PUBLIC_COMPANY, SubRegion.FYR),
    "Utvecklingshuset Vättervik": (Kind.INDUSTRY, Regime.PRIVATE, SubRegion.SKA),
    "Näringslivskontoret Älvkanten": (Kind.MUNICIPALITY, Regime.LOCAL_AUTHORITY, SubRegion.GBG),
    "Västra Götalandsregionen": (Kind.REGION, Regime.LOCAL_AUTHORITY, ""),
}


@dataclass(frozen=True)
class Person:
    """One invented person. Roles by key; the e-mail is made of the name unless given."""

    name: str
    organisation: str
    title: str
    roles: tuple[str, ...] = ("coach",)
    language: str = "sv"

    @property
    def email(self) -> str:
        """first.last in ASCII at a domain that cannot exist."""
        plain = self.name.lower().translate(str.maketrans("åäöéč", "aaoec"))
        return f"{plain.replace(' ', '.')}@coachnet.example"


PEOPLE = (
    Person("Maja Ekdahl", "Science Park Borås", "Affärscoach"),
    Person("Åke Lindqvist", "Science Park Borås", "Affärscoach"),
    Person("Amir Haddad", "Science Park Borås", "Affärscoach, textil"),
    Person("Tove Hallin", "RISE", "Forskare och coach"),
    Person("Henrik Öberg", "RISE", "Projektledare", ("coach", "organiser")),
    Person("Örjan Berg", "Inkubatorn Slussporten", "Affärscoach"),
    Person("Lovisa Strand", "Utvecklingshuset Vättervik", "Affärscoach"),  # moves to Slussporten, see below
    Person("Elin Wäring", "Utvecklingshuset Vättervik", "Produktionscoach"),
    Person("Jonas Skoog", "Utvecklingshuset Vättervik", "Affärscoach"),
    Person("Petra Ängmo", "Utvecklingshuset Vättervik", "Affärscoach"),
    Person("Farid Nazari", "Näringslivskontoret Älvkanten", "Näringslivsutvecklare", language="en"),
    Person("Birgitta Aldén", "Näringslivskontoret Älvkanten", "Företagslots"),
    Person("Sara Holm", "Science Park Borås", "Nätverksledare", ("organiser",)),
    Person("Vera Nyberg", "Västra Götalandsregionen", "Regionutvecklare", ("official",)),
    Person("Adam Sjöstrand", "Science Park Borås", "Systemförvaltare", ("admin",)),
)
COACHES = tuple(person.name for person in PEOPLE if "coach" in person.roles)


def plant_people() -> dict[str, User]:
    """Make organisations and people. Returns the people by name."""
    organisations = {
        name: Organisation.objects.create(name=name, kind=kind, access_regime=regime, sub_region=sub_region)
        for name, (kind, regime, sub_region) in ORGANISATIONS.items()
    }
    joined = timezone.localdate() - dt.timedelta(days=700)
    people: dict[str, User] = {}
    for person in PEOPLE:
        user = User.objects.create_user(
            person.email,
            name=person.name,
            title=person.title,
            organisation=organisations[person.organisation],
            organisation_since=joined,
            joined_at=timezone.now() - dt.timedelta(days=700),
            roles=list(person.roles),
            language=person.language,
            phone=f"070-174 06 {len(people) + 5:02}",  # from the series kept for fiction
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        people[person.name] = user
    admin, mover = people["Adam Sjöstrand"], people["Lovisa Strand"]
    change_employer(
        user=mover,
        organisation=organisations["Inkubatorn Slussporten"],
        since=timezone.localdate() - dt.timedelta(days=240),
        by=admin,
    )
    people[mover.name] = User.objects.get(pk=mover.pk)
    return people


def plant_invitation(people: dict[str, User]) -> None:
    """One invitation that waits for an answer; its mail is the first in the mail catcher."""
    organiser = people["Sara Holm"]
    assert organiser.organisation
    invite_person(
        email="ny.coach@coachnet.example",
        name="Noor Salim",
        organisation=organiser.organisation,
        roles=["coach"],
        message="Välkommen till nätverket. Skapa ditt konto före nästa träff, så hinner du titta runt.",
        by=organiser,
    )
