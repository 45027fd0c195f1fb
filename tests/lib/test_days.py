"""Wall clocks and working days in Sweden."""

import datetime as dt

import pytest

from coachnet.lib.days import (
    is_working_day,
    local_moment,
    working_day_after,
    working_day_from,
    working_morning_after,
)

UTC = dt.UTC


@pytest.mark.parametrize(
    ("day", "at", "moment"),
    [
        # The afternoon before is 15:00 on the wall, on both sides of each change.
        (dt.date(2027, 3, 27), dt.time(15), dt.datetime(2027, 3, 27, 14, tzinfo=UTC)),
        (dt.date(2027, 3, 28), dt.time(15), dt.datetime(2027, 3, 28, 13, tzinfo=UTC)),
        (dt.date(2027, 10, 30), dt.time(15), dt.datetime(2027, 10, 30, 13, tzinfo=UTC)),
        (dt.date(2027, 10, 31), dt.time(15), dt.datetime(2027, 10, 31, 14, tzinfo=UTC)),
        # 02:30 is missing: the clock shows 03:30.
        (dt.date(2027, 3, 28), dt.time(2, 30), dt.datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        # 02:30 comes twice: the first.
        (dt.date(2027, 10, 31), dt.time(2, 30), dt.datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_wall_clock_is_one_moment(day, at, moment):
    assert local_moment(day, at) == moment


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (dt.date(2026, 11, 26), True),
        (dt.date(2026, 11, 28), False),  # Saturday
        (dt.date(2026, 4, 3), False),  # Good Friday
        (dt.date(2026, 5, 14), False),  # Ascension Day
        (dt.date(2026, 5, 15), True),  # the day after, though many are off
        (dt.date(2026, 6, 19), False),  # Midsummer Eve
        (dt.date(2026, 12, 24), False),
        (dt.date(2026, 12, 31), False),
        (dt.date(2027, 1, 6), False),  # Epiphany
    ],
)
def test_working_days(day, works):
    assert is_working_day(day) is works


def test_the_next_working_day_leaps_over_christmas():
    assert working_day_after(dt.date(2026, 12, 23)) == dt.date(2026, 12, 28)
    assert working_day_from(dt.date(2026, 12, 31)) == dt.date(2027, 1, 4)
    assert working_day_from(dt.date(2027, 1, 4)) == dt.date(2027, 1, 4)


def test_the_next_working_morning_is_later_than_now():
    at = dt.time(8, 30)
    thursday = local_moment(dt.date(2026, 11, 26), dt.time(7))
    assert working_morning_after(thursday, at) == local_moment(dt.date(2026, 11, 26), at)
    assert working_morning_after(local_moment(dt.date(2026, 11, 26), at), at) == local_moment(
        dt.date(2026, 11, 27), at
    )
    assert working_morning_after(local_moment(dt.date(2026, 11, 27), dt.time(9)), at) == local_moment(
        dt.date(2026, 11, 30), at
    )
