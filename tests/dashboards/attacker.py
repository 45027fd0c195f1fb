"""Somebody who reads everything that the overview shows and wants to know what it hides.

Knows how numbers hang together, and that a group marked "visas inte" among others that are told has five or more.
Narrows what each number can be, again and again, until nothing more comes of it.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from dashboards.periods import Period

Place = tuple[str, Period, str, str]  # measure, period, split, group
MUCH = 10**9
TOTAL = "total"


@dataclass
class Attacker:
    """`told` is what was read: a number, or None and the words (a Mask) that stood there."""

    told: dict[Place, tuple[int | None, str]]
    sub_region_of: dict[str, str]
    low: dict[Place, int] = field(default_factory=dict)
    high: dict[Place, int] = field(default_factory=dict)
    rules: list[tuple[list[tuple[Place, int]], bool]] = field(default_factory=list)

    def secrets(self) -> dict[Place, int]:
        """Counts of 1–4 that are hidden and yet known exactly."""
        self._read()
        self._suppose()
        while self._narrow():
            pass
        hidden = [place for place in self.low if self.told.get(place, (None, ""))[0] is None]
        return {
            place: self.low[place]
            for place in hidden
            if place[0] != "minutes" and self.low[place] == self.high[place] and 1 <= self.low[place] <= 4
        }

    def minutes_known(self) -> set[Place]:
        """Hidden sums that are known to the minute; after `secrets`."""
        return {
            place
            for place, (value, _state) in self.told.items()
            if place[0] == "minutes" and value is None and 0 < self.low[place] == self.high[place]
        }

    def _read(self) -> None:
        tables = defaultdict(list)
        for place, (value, state) in self.told.items():
            tables[place[:3]].append((value, state))
        for place, (value, state) in self.told.items():
            self.low[place], self.high[place] = 0, MUCH
            told_in_part = any(value is not None or state == "few" for value, state in tables[place[:3]])
            if value is not None:
                self.low[place] = self.high[place] = value
            elif state == "few" and place[0] != "minutes":
                self.low[place], self.high[place] = 1, 4
            elif place[0] == "companies" and place[2] not in (TOTAL, "municipality") and told_in_part:
                self.low[place] = 5

    def _suppose(self) -> None:
        """Writes down how the numbers hang together."""
        groups, children = defaultdict(list), defaultdict(list)
        for place in list(self.told):
            measure, period, split, group = place
            whole = self._whole_of(place)
            if whole:
                groups[whole, split].append(place)
            if period.parent:
                children[measure, period.parent, split, group].append(place)
            if measure == "continued" and ("companies", *place[1:]) in self.told:
                once = ("once", *place[1:])
                self.low[once], self.high[once] = 0, MUCH
                self.rules.append(([(("companies", *place[1:]), 1), (place, -1), (once, -1)], True))
                if period.parent:
                    children["once", period.parent, split, group].append(once)
        for (whole, _split), parts in groups.items():
            self.rules.append(([*((part, 1) for part in parts), (whole, -1)], True))
        for whole, parts in children.items():
            if whole in self.low:
                adds_up = whole[0] in ("minutes", "once")
                self.rules.append(([(whole, 1), *((part, -1) for part in parts)], adds_up))
                self.rules += [([(part, 1), (whole, -1)], False) for part in parts]

    def _whole_of(self, place: Place) -> Place | None:
        """What the group is a part of. Whoever coaches with several kinds of organisation is in several."""
        measure, period, split, group = place
        if split == "municipality":
            return measure, period, "sub_region", self.sub_region_of[group]
        return None if split in (TOTAL, "organisation") else (measure, period, TOTAL, "")

    def _narrow(self) -> bool:
        """One round: what each rule says of each of its parts, the others being as they can be."""
        changed = False
        for parts, is_equal in self.rules:
            known = [(place, sign) for place, sign in parts if place in self.low]
            least = [self.low[place] if sign > 0 else -self.high[place] for place, sign in known]
            most = [self.high[place] if sign > 0 else -self.low[place] for place, sign in known]
            for index, (place, sign) in enumerate(known):
                # sum <= 0, so sign * x <= -(least of the others)
                ceiling = -(sum(least) - least[index])
                floor = -(sum(most) - most[index]) if is_equal else -MUCH
                high, low = (ceiling, floor) if sign > 0 else (-floor, -ceiling)
                if high < self.high[place] or low > self.low[place]:
                    self.high[place] = min(high, self.high[place])
                    self.low[place] = max(low, self.low[place])
                    changed = True
                    least[index] = self.low[place] if sign > 0 else -self.high[place]
                    most[index] = self.high[place] if sign > 0 else -self.low[place]
        return changed
