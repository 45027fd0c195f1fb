"""Duplicates: found by number, by owner and by like names, without telling of what must stay hidden."""

import pytest

from companies import duplicates
from companies.models import Municipality
from tests.factories.companies import CompanyFactory

pytestmark = pytest.mark.django_db


def test_same_number(coach):
    there = CompanyFactory(organisation_number="4920000009")
    assert duplicates.find(user=coach, number="492000-0009").same_number == there
    assert not duplicates.find(user=coach, number="492000-0017")


def test_a_hidden_number_is_told_without_a_name(coach, other_coach):
    CompanyFactory(
        name="Hemlig", organisation_number="4920000009", responsible_coach=other_coach, confidential=True
    )
    found = duplicates.find(user=coach, number="492000-0009", name="Hemlig")
    assert found.number_is_hidden
    assert found.same_number is None
    assert found.similar == []
    assert duplicates.find(user=other_coach, number="492000-0009").same_number is not None


@pytest.mark.parametrize(
    "typed", ["Kvarnåns Arbetsplagg", "kvarnans arbetsplagg AB", "Kvarnåns Arbetsplag AB"]
)
def test_like_names(coach, typed):
    there = CompanyFactory(name="Kvarnåns Arbetsplagg AB")
    CompanyFactory(name="Spillro Plast AB")
    assert duplicates.find(user=coach, name=typed).similar == [there]


def test_short_names_are_not_alike_for_their_form_of_company(coach):
    CompanyFactory(name="Väv AB")
    assert not duplicates.find(user=coach, name="Ull AB")


def test_like_names_in_another_municipality_are_another_company(coach, reference):
    boras, mark = Municipality.objects.get(code="1490"), Municipality.objects.get(code="1463")
    there = CompanyFactory(name="Väveriet AB", municipality=boras)
    unknown = CompanyFactory(name="Väveriet AB")
    assert set(duplicates.find(user=coach, name="Väveriet", municipality=boras).similar) == {there, unknown}
    assert duplicates.find(user=coach, name="Väveriet", municipality=mark).similar == [unknown]
    assert set(duplicates.find(user=coach, name="Väveriet").similar) == {there, unknown}


def test_same_owner_is_told_for_a_sole_trader(coach, other_coach):
    there = CompanyFactory(sole_trader="811218-9876")
    CompanyFactory(sole_trader="811218-9876", responsible_coach=other_coach, confidential=True)
    assert duplicates.find(user=coach, personal="19811218-9876").similar == [there]


def test_same_owner_is_found_after_a_change_of_keys(coach, settings):
    from cryptography.fernet import Fernet

    there = CompanyFactory(sole_trader="811218-9876")
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    assert duplicates.find(user=coach, personal="811218-9876").similar == [there]


def test_a_company_is_no_duplicate_of_itself(coach):
    there = CompanyFactory(name="Väveriet AB")
    assert not duplicates.find(
        user=coach, name="Väveriet AB", number=there.organisation_number, other_than=there
    )


@pytest.mark.parametrize("number", ["", "12", "811218-9876", "492000-0008"])
def test_a_number_that_cannot_be_read_is_not_looked_for(coach, number):
    assert not duplicates.find(user=coach, number=number)
