"""Whether a reader of all that is shown can tell a hidden number: only if no other world shows the same.

A world is a set of numbers that keeps every rule the reader knows (parts add up to the whole, a quarter has no
more companies than its year …). To show that a hidden number is safe, we build another world: move it a step,
then mend each rule that this breaks by moving another hidden number, until all rules hold. Where that cannot be
done, numbers that were shown are opened, the smallest first, until it can.

Sound, not complete: a world that is found is real, so what is called safe is safe; a search that gives up only
hides more than it had to.
"""

from collections.abc import Callable, Iterable
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


def _none(_key: Key) -> bool:
    return False


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

    @property
    def bounds(self) -> tuple[int, int]:
        """Between what the change of the sum keeps the rule."""
        return (0, 0) if self.slack is None else (-NO_LIMIT, self.slack)

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
    # For the search, which takes most of the time, numbers go by their place in a list instead of their long keys.
    _keys: list[Key] = field(init=False)
    _places: dict[Key, int] = field(init=False)
    _by_place: list[Number] = field(init=False)
    _parts: list[list[tuple[int, int]]] = field(init=False)
    _touching: list[list[tuple[int, int, int, int]]] = field(init=False)
    # The search as it stands: what has been moved, how the sum of each rule has changed, which rules are broken.
    _moves: dict[int, int] = field(default_factory=dict)
    _change: list[int] = field(default_factory=list)
    _broken: set[int] = field(default_factory=set)
    _tries: int = 0
    _spare: Callable[[Key], bool] = _none

    def __post_init__(self) -> None:
        self._keys = list(self.numbers)
        self._by_place = list(self.numbers.values())
        self._places = {key: place for place, key in enumerate(self._keys)}
        self._parts = [[(self._places[key], sign) for key, sign in rule.parts] for rule in self.rules]
        self._touching = [[] for _ in self._keys]
        for order, (rule, parts) in enumerate(zip(self.rules, self._parts, strict=True)):
            low, high = rule.bounds
            for place, sign in parts:
                self._touching[place].append((order, sign, low, high))

    def protect(self, key: Key, *, opening: Iterable[int], spare: Callable[[Key], bool] = _none) -> bool:
        """See to it that the number could be another, opening so many at most for its sake. Whether it can.

        Those that `spare` names are never opened.
        """
        if key in self._safe:
            return True
        self._spare = spare
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
        self._moves, self._broken, self._tries = {}, set(), TRIES
        self._change = [0] * len(self.rules)
        self._move(self._places[key], step)
        if not self._mend(may_open):
            return None
        return {self._keys[place]: move for place, move in self._moves.items()}

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
        for place, step in self._candidates(min(self._broken), may_open):
            self._move(place, step)
            if self._mend(may_open - self._by_place[place].shown):
                return True
            self._take_back(place, step)
        return False

    def _move(self, place: int, step: int) -> None:
        self._moves[place] = step
        self._shift(place, step)

    def _take_back(self, place: int, step: int) -> None:
        del self._moves[place]
        self._shift(place, -step)

    def _shift(self, place: int, step: int) -> None:
        changes, broken = self._change, self._broken
        for order, sign, low, high in self._touching[place]:
            change = changes[order] = changes[order] + sign * step
            if low <= change <= high:
                broken.discard(order)
            else:
                broken.add(order)

    def _candidates(self, broken: int, may_open: int) -> list[tuple[int, int]]:
        """The moves that mend a rule, best first: wholes last, then those that break least, that open least."""
        changes, found = self._change, []
        excess = self.rules[broken].excess(changes[broken])
        for order, (place, sign) in enumerate(self._parts[broken]):
            number, step = self._by_place[place], -excess * sign
            price = number.price if number.shown else -1
            if place in self._moves or not number.low <= number.value + step <= number.high:
                continue
            if price is None or (price >= 0 and (not may_open or self._spare(self._keys[place]))):
                continue
            breaks = 0
            for rule, its_sign, low, high in self._touching[place]:
                before = changes[rule]
                breaks += (low <= before <= high) - (low <= before + its_sign * step <= high)
            found.append((price // DEAR, breaks, price, order, place, step))
        return [(place, step) for *_rank, place, step in sorted(found)]
