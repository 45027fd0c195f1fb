"""Companies and contacts for tests, with invented numbers (they start with 4) whose check digit holds."""

from typing import Any

import factory
from django.utils import timezone

from companies import actions
from companies.models import Company, Contact


def invented_number(n: int) -> str:
    """The n-th organisation number of a company that does not exist."""
    digits = f"4920{n % 100_000:05d}"
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    total = sum(value // 10 + value % 10 for value in doubled)
    return digits + str(-total % 10)


class CompanyFactory(factory.django.DjangoModelFactory[Company]):
    """A limited company that everyone in the network sees.

    `confidential=True` marks it as secret, set by its responsible coach (give one).
    `sole_trader="198112189876"` makes it an enskild firma with that personnummer.
    """

    class Meta:
        model = Company

    class Params:
        confidential = factory.Trait(
            is_confidential=True,
            confidential_reason="Patentansökan pågår",
            confidential_set_by=factory.LazyAttribute(lambda company: company.responsible_coach),
            confidential_set_at=factory.LazyFunction(timezone.now),
        )

    name = factory.Sequence(lambda n: f"Provföretaget {n} AB")
    organisation_number = factory.Sequence(invented_number)
    responsible_organisation = factory.LazyAttribute(
        lambda company: company.responsible_coach and company.responsible_coach.organisation
    )
    responsible_coach: Any = None

    @classmethod
    def _create(cls, model_class: type[Company], *args: Any, **kwargs: Any) -> Company:
        number = kwargs.pop("sole_trader", "")
        if number:
            kwargs |= {"legal_form": Company.LegalForm.SOLE_TRADER, "organisation_number": ""}
            kwargs |= actions.sealed_number(number)
        return super()._create(model_class, *args, **kwargs)


class ContactFactory(factory.django.DjangoModelFactory[Contact]):
    class Meta:
        model = Contact

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Kontakt {n}")
    email = factory.Sequence(lambda n: f"kontakt{n}@foretag.example")
