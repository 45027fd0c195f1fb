"""The demo's companies, from `data/companies.csv`: invented names, numbers that belong to nobody."""

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from coachnet.accounts.models import User
from companies.actions import register_company
from companies.models import CircularStrategy, Company, Contact, Municipality, SniCode
from companies.organisation_number import clean

FILE = Path(__file__).parents[1] / "data" / "companies.csv"
SNI_VERSION = "SNI2025"


@dataclass(frozen=True)
class Invented:
    """One line of the file. `sessions` is how many lie behind it; no coach means nobody coaches it yet."""

    name: str
    number: str
    municipality: str
    sni: str
    size: str
    main_strategy: str
    strategies: str
    coach: str
    stage: str
    sessions: str
    description: str
    product: str
    idea: str
    contacts: str

    @cached_property
    def people(self) -> list[tuple[str, str]]:
        """(name, title) of its contacts."""
        return [(name, title) for name, title in (text.split(", ") for text in self.contacts.split("|"))]

    @property
    def email_domain(self) -> str:
        """A domain that cannot exist."""
        plain = self.name.lower().removesuffix(" ab").translate(str.maketrans("åäöéč", "aaoec"))
        return "".join(sign for sign in plain if sign.isascii() and sign.isalnum()) + ".example"


def invented() -> list[Invented]:
    """All lines of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [Invented(**row) for row in csv.DictReader(file)]


def plant_company(line: Invented, *, by: User) -> Company:
    """Register one company with its contacts, as `by`."""
    company = register_company(
        by=by,
        facts={
            "name": line.name,
            "legal_form": Company.LegalForm.LIMITED,
            "organisation_number": clean(line.number),
            "municipality": Municipality.objects.get(name=line.municipality),
            "sni": SniCode.objects.get(version=SNI_VERSION, code=line.sni),
            "size_class": line.size,
            "website": f"https://{line.email_domain}",
            "description": line.description,
            "main_strategy": CircularStrategy.objects.get(code=line.main_strategy),
            "strategies": CircularStrategy.objects.filter(code__in=line.strategies.split()),
        },
    )
    for number, (name, title) in enumerate(line.people):
        first = name.split()[0].lower().translate(str.maketrans("åäöéč", "aaoec"))
        Contact.objects.create(
            company=company,
            name=name,
            title=title,
            email=f"{first}@{line.email_domain}",
            phone=f"031-390 06 {(company.pk + number) % 100:02}",  # from the series kept for fiction
        )
    return company
