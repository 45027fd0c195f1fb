"""Working days as a network uses them: much in spring and autumn, little at Christmas, hardly anything in July."""

import datetime as dt
from bisect import bisect_left, bisect_right
from itertools import accumulate
from random import Random

# January to December.
SEASON = (0.8, 1.0, 1.2, 1.0, 1.1, 0.7, 0.06, 0.6, 1.2, 1.3, 1.3, 0.6)


class Calendar:
    """The working days from one day to another, each as likely as its season."""

    def __init__(self, first: dt.date, last: dt.date) -> None:
        span = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
        self.days = [day for day in span if day.weekday() < 5]
        self.weights = list(accumulate(SEASON[day.month - 1] for day in self.days))

    def pick(self, many: int, first: dt.date, last: dt.date, chance: Random) -> list[dt.date]:
        """So many days between two, in order. A day may come twice."""
        low, high = bisect_left(self.days, first), bisect_right(self.days, last) - 1
        if high <= low:
            return [self.days[min(max(low, 0), len(self.days) - 1)]] * many
        start, end = self.weights[low - 1] if low else 0.0, self.weights[high]
        places = (bisect_right(self.weights, chance.uniform(start, end)) for _ in range(many))
        return sorted(self.days[min(place, high)] for place in places)
