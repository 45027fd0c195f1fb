"""A sole trader's personnummer: checked, completed to twelve digits, masked. Only published dummies are used."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from companies import personal_number
from companies.organisation_number import luhn_holds


def with_check_digit(nine: str) -> str:
    return next(nine + digit for digit in "0123456789" if luhn_holds(nine + digit))


COORDINATION = with_check_digit("811278987")


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("811218-9876", "198112189876"),
        ("8112189876", "198112189876"),
        ("19811218-9876", "198112189876"),
        ("19811218 9876", "198112189876"),
        ("811218+9876", "188112189876"),
        (COORDINATION, "19" + COORDINATION),
        ("19" + COORDINATION, "19" + COORDINATION),
    ],
)
def test_clean_gives_twelve_digits(written, digits):
    assert personal_number.clean(written) == digits


@pytest.mark.parametrize(
    "written",
    [
        "",
        "811218-9875",
        "811318-9876",
        "810229-9876",
        "811218-9876\n",
        "٨١١٢١٨٩٨٧٦",
        "11218-9876",
        "556012-5790",
        "29811218-9876",
    ],
)
def test_clean_refuses_and_never_repeats_the_number(written):
    with pytest.raises(ValidationError) as refused:
        personal_number.clean(written)
    assert "9876" not in str(refused.value)


def test_a_birthday_still_to_come_this_year_was_a_hundred_years_ago(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: dt.date(2081, 6, 1))
    assert personal_number.clean("811218-9876") == "198112189876"
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: dt.date(2081, 12, 31))
    assert personal_number.clean("811218-9876") == "208112189876"


def test_masked_keeps_the_last_four_to_itself():
    assert personal_number.masked("198112189876") == "19811218-****"
    assert personal_number.masked("") == ""
