import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from coachnet.lib.templatetags import formats

TODAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


def away(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("value", "swedish", "english"),
    [
        (1284.5, "1\u202f284,5", "1\u202f284.5"),
        (Decimal("1240000.00"), "1\u202f240\u202f000", "1\u202f240\u202f000"),
        (0, "0", "0"),
        (-3, "−3", "−3"),
        (None, "–", "–"),
    ],
)
def test_number_follows_the_language(value: Decimal | None, swedish: str, english: str) -> None:
    assert formats.number(value) == swedish
    with translation.override("en"):
        assert formats.number(value) == english


def test_what_was_not_counted_out_says_so() -> None:
    assert [formats.counted(value, 1000) for value in (0, 1000, 1001)] == ["0", "1\u202f000", "1\u202f000+"]


def test_number_keeps_the_wanted_decimals() -> None:
    assert formats.number(Decimal("2.9"), 2) == "2,90"


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0 min"), (45, "45 min"), (60, "1 h"), (90, "1 h 30 min"), (60 * 1234, "1\u202f234 h"), (None, "–")],
)
def test_minutes_are_spoken(value: int | None, words: str) -> None:
    assert formats.minutes(value) == words


def test_days_and_clocks_are_swedish_whatever_the_zone() -> None:
    late = dt.datetime(2026, 11, 22, 23, 30, tzinfo=ZoneInfo("UTC"))
    assert (formats.iso_day(late), formats.clock(late)) == ("2026-11-23", "00:30")
    assert (formats.iso_day(None), formats.clock(None), formats.clock(dt.time(9))) == ("", "", "09:00")


@pytest.mark.parametrize(
    ("day", "swedish", "english"),
    [
        (dt.date(2026, 12, 3), "torsdag 3 december", "Thursday 3 December"),
        (dt.date(2027, 1, 15), "fredag 15 januari 2027", "Friday 15 January 2027"),
    ],
)
def test_spoken_day(day: dt.date, swedish: str, english: str) -> None:
    assert formats.spoken_day(day) == swedish
    assert formats.spoken_day(day, "capital") == swedish.capitalize()
    with translation.override("en"):
        assert formats.spoken_day(day) == english


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "i dag"),
        (1, "i morgon"),
        (-1, "i går"),
        (3, "om 3 dagar"),
        (-3, "3 dagar sedan"),
        (-1400, "1\u202f400 dagar sedan"),
    ],
)
def test_relative_day(days: int, words: str) -> None:
    assert formats.relative_day(away(days)) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-3, "försenad 3 dagar"),
        (-1, "försenad 1 dag"),
        (0, "i dag"),
        (1, "i morgon"),
        (2, "onsdag 25 november"),
    ],
)
def test_due_words(days: int, words: str) -> None:
    assert formats.due_words(away(days)) == words
    assert formats.is_late(away(days)) is (days < 0)


def test_days_have_their_unit() -> None:
    assert [formats.days(1), formats.days(63), formats.days(None)] == ["1 dag", "63 dagar", "–"]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Maja Ekdahl", "ME"), ("Åke von Örn", "ÅÖ"), ("Cher", "C"), ("", "?"), (None, "?"), ("(x) Åsa", "Å")],
)
def test_initials(name: str | None, letters: str) -> None:
    assert formats.initials(name) == letters
