"""Whether a reader of all that is shown can tell a hidden number: only if no other world shows the same.

A world is a set of numbers that keeps every rule the reader knows (parts add up to the whole, a quarter has no
more companies than its year …). To show that a hidden number is safe, we build another world: move it a step,
then mend each rule that this breaks by moving another hidden number, until all rules hold. Where that cannot be
done, numbers that were shown are opened, the smallest first, until it can.

Sound, not complete: a world that is found is real, so what is called safe is safe; a search that gives up only
hides more than it had to.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

Key = Any  # whatever names a number: hashable, and the same each time
# How long a chain of moves may be, and how many are tried, before a search gives up.
LONGEST = 30
TRIES = 150
NO_LIMIT = 10**12
# The price from which a number is opened after all that are cheaper: a whole. Twice as dear is opened later still.
DEAR = 1_000_000


@dataclass
class Number:
    """A number of the overview: what it is, and what a reader knows of it while it is hidden.

    `low` and `high` are the bounds that its mask tells; `price` says how much is lost by opening it, None
    that it cannot be. `dependents` are hidden with it.
    """

    value: int
    shown: bool
    low: int = 0
    high: int = NO_LIMIT
    is_sensitive: bool = False
    price: int | None = None
    step: int = 1
    dependents: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Rule:
    """Something every reader knows: the sum of `parts` (each times its sign) never changes.

    With a `slack` it may grow by so much: the rule is then "not more than".
    """

    parts: tuple[tuple[Key, int], ...]
    slack: int | None = None

    def excess(self, change: int) -> int:
        """By how much a change of the sum breaks the rule; 0 where it keeps it."""
        return change if self.slack is None else max(0, change - self.slack)


@dataclass
class Worlds:
    """The numbers and the rules, and the search for another world."""

    numbers: dict[Key, Number]
    rules: list[Rule]
    # Numbers that another world has been found for. It stays one, since hiding more only loosens bounds.
    _safe: set[Key] = field(default_factory=set)
    _touching: dict[Key, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    # The search as it stands: what has been moved, how the sum of each rule has changed, which rules are broken.
    _moves: dict[Key, int] = field(default_factory=dict)
    _change: dict[int, int] = field(default_factory=dict)
    _broken: set[int] = field(default_factory=set)
    _tries: int = 0
    _sparing: frozenset[Key] = frozenset()

    def __post_init__(self) -> None:
        for place, rule in enumerate(self.rules):
            for key, sign in rule.parts:
                self._touching[key].append((place, sign))

    def protect(self, key: Key, *, opening: Iterable[int], sparing: frozenset[Key] = frozenset()) -> bool:
        """See to it that the number could be another, opening so many at most for its sake. Whether it can.

        Those in `sparing` are never opened.
        """
        if key in self._safe:
            return True
        self._sparing = sparing
        step = self.numbers[key].step
        for may_open, move in product(opening, (step, -step)):
            moves = self.another(key, move, may_open)
            if moves is not None:
                self.open(one for one in moves if self.numbers[one].shown)
                self._safe |= {one for one in moves if abs(moves[one]) >= self.numbers[one].step}
                return True
        return False

    def another(self, key: Key, step: int, may_open: int = 0) -> dict[Key, int] | None:
        """A world in which the number differs by `step`, as moves by key; None if none was found."""
        number = self.numbers[key]
        if not number.low <= number.value + step <= number.high:
            return None
        self._moves, self._change, self._broken, self._tries = {}, {}, set(), TRIES
        self._move(key, step)
        return self._moves if self._mend(may_open) else None

    def open(self, keys: Iterable[Key]) -> None:
        """Hide numbers that were shown, and what hangs on them."""
        for key in keys:
            number = self.numbers[key]
            number.shown = False
            for dependent in number.dependents:
                self.numbers[dependent].shown = False
                self.numbers[dependent].low, self.numbers[dependent].high = 0, NO_LIMIT

    def withhold(self, keys: Iterable[Key]) -> None:
        """Hide numbers altogether: not even that they are few is told."""
        for key in keys:
            number = self.numbers[key]
            number.shown, number.low, number.high = False, 0, NO_LIMIT

    def _mend(self, may_open: int) -> bool:
        if not self._broken:
            return True
        self._tries -= 1
        if self._tries < 0 or len(self._moves) >= LONGEST:
            return False
        for key, step in self._candidates(min(self._broken), may_open):
            self._move(key, step)
            if self._mend(may_open - self.numbers[key].shown):
                return True
            self._take_back(key, step)
        return False

    def _move(self, key: Key, step: int) -> None:
        self._moves[key] = step
        self._shift(key, step)

    def _take_back(self, key: Key, step: int) -> None:
        del self._moves[key]
        self._shift(key, -step)

    def _shift(self, key: Key, step: int) -> None:
        for place, sign in self._touching[key]:
            change = self._change[place] = self._change.get(place, 0) + sign * step
            (self._broken.add if self.rules[place].excess(change) else self._broken.discard)(place)

    def _candidates(self, broken: int, may_open: int) -> list[tuple[Key, int]]:
        """The moves that mend a rule, best first: wholes last, then those that break least, that open least."""
        rule, found = self.rules[broken], []
        excess = rule.excess(self._change[broken])
        for order, (key, sign) in enumerate(rule.parts):
            number, step = self.numbers[key], -excess * sign
            price = number.price if number.shown else -1
            if key in self._moves or not number.low <= number.value + step <= number.high:
                continue
            if price is None or (price >= 0 and (not may_open or key in self._sparing)):
                continue
            breaks = 0
            for place, its_sign in self._touching[key]:
                before, one = self._change.get(place, 0), self.rules[place]
                breaks += bool(one.excess(before + its_sign * step)) - bool(one.excess(before))
            found.append((price // DEAR, breaks, price, order, key, step))
        return [(key, step) for *_rank, key, step in sorted(found, key=lambda one: one[:4])]
