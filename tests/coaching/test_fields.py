"""Times as people write them, and a personnummer that slipped into a note."""

import pytest
from django.core.exceptions import ValidationError

from coaching.forms.fields import MinutesField, parse_minutes
from coaching.notes import seems_to_hold_personal_number


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("75", 75),
        ("1 200", 1200),
        ("1\u00a0200", 1200),
        ("1\u202f200", 1200),
        (" 90 min ", 90),
        ("1:15", 75),
        ("1 h", 60),
        ("1 h 15", 75),
        ("1 h 15 min", 75),
        ("1,5 h", 90),
        ("1.5 tim", 90),
        ("2 timmar", 120),
        ("en stund", None),
        ("-5", None),
        ("1e3", None),
        ("٣٠", None),
        ("", None),
    ],
)
def test_parse_minutes(text, minutes):
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize("text", ["1441", "25:00", "länge"])
def test_minutes_field_says_what_to_do(text):
    with pytest.raises(ValidationError):
        MinutesField().clean(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ring Anna, 811218-9876, i morgon", True),
        ("19811218-9876", True),
        ("8112189876", True),
        ("811218+9876", True),
        ("Org.nr 556012-5790", False),
        ("811218-9875", False),  # the check digit does not hold
        ("811332-9876", False),  # no such day
        ("tel 0701-234567", False),
        ("order 98112189876001", False),
        ("", False),
    ],
)
def test_seems_to_hold_personal_number(text, found):
    assert seems_to_hold_personal_number(text) == found
