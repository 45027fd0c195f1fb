"""Organisation numbers: what is accepted, what is refused, and what the refusal says."""

import pytest
from django.core.exceptions import ValidationError

from companies import organisation_number
from tests.factories.companies import invented_number


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("556012-5790", "5560125790"),
        ("5560125790", "5560125790"),
        ("165560125790", "5560125790"),
        ("16556012-5790", "5560125790"),
        (" 556012-5790 ", "5560125790"),
        ("556012 5790", "5560125790"),
        ("556012\u00a05790", "5560125790"),
        ("202100-5489", "2021005489"),
        ("492000-0009", "4920000009"),
    ],
)
def test_clean_accepts_the_usual_ways_of_writing(written, digits):
    assert organisation_number.clean(written) == digits


@pytest.mark.parametrize(
    "written",
    [
        "",
        "556012-5790\n",
        "\n556012-5790",
        "556012+5790",
        "556012–5790",
        "55601-25790",
        "556012--5790",
        "٥٥٦٠١٢٥٧٩٠",
        "５５６０１２５７９０",
        "55601257900",
        "556012579",
        "175560125790",
        "SE556012579001",
        "055012-5790",
        "556012-579O",
    ],
)
def test_clean_refuses_what_is_not_an_organisation_number(written):
    with pytest.raises(ValidationError, match="tio siffror så här: 556012-5790"):
        organisation_number.clean(written)


@pytest.mark.parametrize("written", ["556012-5791", "165560125791", "202100-5488", "492000-0008"])
def test_clean_refuses_a_wrong_check_digit(written):
    with pytest.raises(ValidationError, match="kontrollsiffran"):
        organisation_number.clean(written)


@pytest.mark.parametrize(
    "written", ["811218-9876", "8112189876", "19811218-9876", "198112189876", "811278-9873", "121212+1212"]
)
def test_clean_refuses_a_personnummer_and_says_what_to_do(written):
    with pytest.raises(ValidationError, match="Välj företagsformen Enskild firma") as refused:
        organisation_number.clean(written)
    assert "9876" not in str(refused.value)


def test_every_wrong_last_digit_is_found():
    for last in "123456789":
        with pytest.raises(ValidationError):
            organisation_number.clean(f"556012579{last}")


@pytest.mark.parametrize("mode", ["production", "development"])
def test_invented_numbers_are_refused_where_companies_are_real(settings, mode):
    settings.MODE = mode
    with pytest.raises(ValidationError):
        organisation_number.clean("492000-0009")
    assert organisation_number.clean("556012-5790")


def test_shown_puts_the_hyphen_back():
    assert organisation_number.shown("5560125790") == "556012-5790"
    assert organisation_number.shown("") == ""


def test_invented_numbers_of_the_factories_hold():
    assert [organisation_number.clean(invented_number(n)) for n in (0, 1, 99_999)] == [
        invented_number(n) for n in (0, 1, 99_999)
    ]
