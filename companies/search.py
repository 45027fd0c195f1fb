"""Finding companies by name, municipality or organisation number, with typing errors and without accents.

How a text is understood:

1. As it is written: in the name, as a municipality, as a number. If anything is found so, nothing is guessed.
2. Each of its words as one of like letters, or with two neighbouring letters swapped: trigrams alone do not see that
   Kveby means Kevby, since a swap in a short word leaves hardly any three letters in a row as they were.
3. The whole as something alike, for texts with a word that the name does not have.

Each step can be answered by the trigram index, and the next is taken only when the one before finds nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Case, Exists, F, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Round

from coachnet.lib.standing import Among, Given, standing
from coachnet.lib.swedish import SvSearchKey, WordSimilarity
from companies.models import Company, Municipality
from companies.organisation_number import SPACES, looks_personal
from companies.querysets import CompanyQuerySet

LONGEST = 100
# Keep in step with pg_trgm.word_similarity_threshold in the settings: the index uses that one.
ALIKE = 0.45
SHORTEST = 3  # letters; the index knows no less, and two letters are in nearly every name
MOST_WORDS, LONGEST_WORD = 6, 24  # that are guessed at
NUMBER = re.compile(r"\A(?:16(?=\d{10}\Z))?(\d{4,10})\Z", re.ASCII)
LETTERS = re.compile(r"[^\W_]+")

# The order of hits, for `order_by` and for keyset pages.
BEST_FIRST = ("rank", "-likeness", "sort_key", "pk")


# The shape of a search is what makes its SQL: its name, then what else of the text counts there.
Shape = tuple[Any, ...]
# A part of the text by its name: as a value, or as what is given when the question is asked.
Say = Callable[[str], Any]


@dataclass(frozen=True)
class Meaning:
    """What a text was taken to mean: the shape of its search, and the parts of the text in it by name."""

    shape: Shape
    said: dict[str, Any]

    def among(self, companies: CompanyQuerySet) -> CompanyQuerySet:
        """The companies that are meant, with `rank` (0 exact … 4 alike) and `likeness` (0–1000)."""
        return among(companies, self.shape, self._say)

    def best(self, companies: CompanyQuerySet, *, limit: int) -> list[Company]:
        """The likeliest companies, best first."""
        return list(self.among(companies).order_by(*BEST_FIRST)[:limit])

    def _say(self, name: str) -> Value:
        return Value(self.said[name])


NOTHING = Meaning(("nothing",), {})


def meaning(text: str, companies: CompanyQuerySet) -> Meaning:
    """What the text means where these are the companies to choose from. Two queries, three for a guess at words."""

    def found_at(shapes: tuple[Shape, ...], **said: Any) -> int:
        tried = (Meaning(shape, said).among(companies).exists() for shape in shapes)
        return next((n for n, is_found in enumerate(tried) if is_found), len(shapes))

    return meaning_of(text, found_at)


def meaning_of(text: str, found_at: Callable[..., int]) -> Meaning:
    """What the text means. Nothing is found by a personnummer.

    `found_at(shapes, **said)` tells the first of the shapes by which anything is found, by its place, or how many
    they are; `first_found` asks that in one query.
    """
    text = " ".join(text.replace("\0", " ").split())[:LONGEST]
    if not text or looks_personal(text):
        return NOTHING
    written = _as_written(text)
    words = [word for word in LETTERS.findall(text) if len(word) >= SHORTEST][:MOST_WORDS]
    if not words:
        return written
    ladder: list[Shape] = [written.shape, ("alike", len(words))]
    if len(words) > 1:
        ladder.append(("whole",))
    said = written.said
    for n, word in enumerate(words):
        said |= {f"word{n}": word, f"turned{n}": _with_two_letters_swapped(word)}
    # What is left when nothing is found by the others is not asked about: it is the last guess.
    return Meaning(ladder[found_at(tuple(ladder[:-1]), **said)], said)


def first_found(companies: CompanyQuerySet, shapes: tuple[Shape, ...], say: Say) -> Case:
    """The place of the first shape by which anything is found, or how many they are. Tries no more than it must."""
    tried = [When(Exists(among(companies, shape, say)), then=n) for n, shape in enumerate(shapes)]
    return Case(*tried, default=len(shapes), output_field=IntegerField())


def among(companies: CompanyQuerySet, shape: Shape, say: Say) -> CompanyQuerySet:
    """The companies that a text of this shape may mean, with `rank` and `likeness`: see `Meaning.among`."""
    name, *traits = shape
    condition, whens, likeness = _SHAPES[name](say, *traits)
    rank = Case(*whens, default=4, output_field=IntegerField())
    return companies.filter(condition).annotate(rank=rank, likeness=likeness)


def matching(companies: CompanyQuerySet, text: str) -> CompanyQuerySet:
    """The companies that the text may mean, with `rank` and `likeness`: see `Meaning.among`."""
    return meaning(text, companies).among(companies)


def best(companies: CompanyQuerySet, text: str, *, limit: int = 10) -> list[Company]:
    """The likeliest companies, best first."""
    return meaning(text, companies).best(companies, limit=limit)


def _as_written(text: str) -> Meaning:
    """The text as it stands, as a number if it is one, as a municipality if one begins so. One query, or none."""
    said: dict[str, Any] = {"text": text}
    number = NUMBER.match(text.translate(SPACES).replace("-", ""))
    if number:
        said["number"] = number.group(1)
    is_long = len(text) >= SHORTEST
    if is_long and (here := [pk for (pk,) in _municipalities(text=text)]):
        said["here"] = here
    return Meaning(("written", is_long, "number" in said, "here" in said), said)


@standing
def _municipalities() -> Any:
    """Those whose names begin so."""
    places = Municipality.objects.alias(key=SvSearchKey("name"))
    return places.filter(key__startswith=SvSearchKey(Given("text"))).values_list("pk")


def _with_two_letters_swapped(word: str) -> str:
    """A pattern for the word as it is when any two neighbours change places; for "aaa" the word itself."""
    pairs = range(min(len(word), LONGEST_WORD) - 1)
    turned = [f"{word[:n]}{word[n + 1]}{word[n]}{word[n + 2 :]}" for n in pairs if word[n] != word[n + 1]]
    # Letters and digits only, so that nothing in them is a sign of the pattern.
    return "|".join(turned or [word])


class Sought(NamedTuple):
    """A shape as SQL: which companies, which of them first, and how alike they are."""

    condition: Q
    whens: list[When]
    likeness: Any


_NEVER = When(pk=None, then=4)


def _nothing(say: Say) -> Sought:
    return Sought(Q(pk__in=[]), [_NEVER], Value(0))


def _written(say: Say, is_long: bool, has_number: bool, has_places: bool) -> Sought:  # noqa: FBT001 (a shape's)
    key = SvSearchKey(say("text"))
    whens = [When(search_key=key, then=0), When(search_key__startswith=key, then=1)]
    condition = Q(search_key__startswith=key)
    if is_long:
        condition = Q(search_key__contains=key)
        whens.append(When(condition, then=2))
    if has_number:
        by_number = Q(organisation_number__startswith=say("number"))
        condition |= by_number
        whens.insert(0, When(by_number, then=0))
    if has_places:
        here = Q(Among("municipality", say("here")))
        condition |= here
        whens.append(When(here, then=3))
    return Sought(condition, whens, Value(0))


def _alike(say: Say, words: int) -> Sought:
    """Every word in the name, or nearly: first those with letters swapped, then by likeness of the whole."""
    alike, swapped = Q(), Q()
    for n in range(words):
        word = SvSearchKey(say(f"word{n}"))
        turned = Q(search_key__regex=SvSearchKey(say(f"turned{n}")))
        alike &= Q(search_key__trigram_word_similar=word) | turned
        swapped &= Q(search_key__contains=word) | turned
    return Sought(alike, [When(swapped, then=3)], _likeness(say))


def _whole(say: Say) -> Sought:
    return Sought(Q(search_key__trigram_word_similar=SvSearchKey(say("text"))), [_NEVER], _likeness(say))


def _likeness(say: Say) -> Cast:
    return Cast(Round(WordSimilarity(SvSearchKey(say("text")), F("search_key")) * 1000), IntegerField())


_SHAPES: dict[str, Callable[..., Sought]] = {
    "nothing": _nothing,
    "written": _written,
    "alike": _alike,
    "whole": _whole,
}
