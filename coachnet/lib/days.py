"""Local moments and working days in Sweden."""

import datetime as dt
from functools import cache

import holidays
from django.utils import timezone

SATURDAY = 5


def local_moment(day: dt.date, at: dt.time) -> dt.datetime:
    """The moment, in UTC, at which the clock in Sweden shows a time, for any day.

    A time that summer time skips (02:30 on its first day) is the moment as the clock would have gone on: 03:30.
    One that comes twice on its last day is the first of the two.
    """
    # fold=0, the default, gives the offset from before the change: both rules follow.
    return dt.datetime.combine(day, at, tzinfo=timezone.get_default_timezone()).astimezone(dt.UTC)


@cache
def _free_days(year: int) -> frozenset[dt.date]:
    """Public holidays and the three eves on which nobody works."""
    return frozenset(holidays.country_holidays("SE", categories=("public", "de_facto"), years=year))


def is_working_day(day: dt.date) -> bool:
    """Monday to Friday, unless it is a public holiday, Midsummer Eve, Christmas Eve or New Year's Eve."""
    return day.weekday() < SATURDAY and day not in _free_days(day.year)


def working_day_from(day: dt.date) -> dt.date:
    """The day itself if it is a working day, or else the next one that is."""
    while not is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def working_day_after(day: dt.date) -> dt.date:
    """The first working day that follows the day."""
    return working_day_from(day + dt.timedelta(days=1))


def working_morning_after(moment: dt.datetime, at: dt.time) -> dt.datetime:
    """The next time that the clock is `at` on a working day, later than the moment."""
    today = timezone.localdate(moment)
    morning = local_moment(working_day_from(today), at)
    return morning if morning > moment else local_moment(working_day_after(today), at)
