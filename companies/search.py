"""Finding companies by name, municipality or organisation number, with typing errors and without accents.

How a text is understood:

1. As it is written: in the name, as a municipality, as a number. If anything is found so, nothing is guessed.
2. Each of its words as one of like letters, or with two neighbouring letters swapped: trigrams alone do not see that
   Kveby means Kevby, since a swap in a short word leaves hardly any three letters in a row as they were.
3. The whole as something alike, for texts with a word that the name does not have.

Each step can be answered by the trigram index, and the next is taken only when the one before finds nothing.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Round

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


@dataclass(frozen=True)
class Meaning:
    """What a text was taken to mean: which companies, and which of them first."""

    condition: Q
    whens: list[When] = field(default_factory=list)
    likeness: Any = field(default_factory=lambda: Value(0))

    def among(self, companies: CompanyQuerySet) -> CompanyQuerySet:
        """The companies that are meant, with `rank` (0 exact … 4 alike) and `likeness` (0–1000)."""
        rank = Case(*self.whens, default=4, output_field=IntegerField())
        return companies.filter(self.condition).annotate(rank=rank, likeness=self.likeness)

    def best(self, companies: CompanyQuerySet, *, limit: int) -> list[Company]:
        """The likeliest companies, best first."""
        return list(self.among(companies).order_by(*BEST_FIRST)[:limit])


_NEVER = When(pk=None, then=4)
NOTHING = Meaning(Q(pk__in=[]), [_NEVER])


def meaning(text: str, companies: CompanyQuerySet) -> Meaning:
    """What the text means where these are the companies to choose from. Two queries, three for a guess at words.

    Nothing is found by a personnummer.
    """
    text = " ".join(text.replace("\0", " ").split())[:LONGEST]
    if not text or looks_personal(text):
        return NOTHING
    written = _as_written(text)
    words = [word for word in LETTERS.findall(text) if len(word) >= SHORTEST][:MOST_WORDS]
    if not words or companies.filter(written.condition).exists():
        return written
    alike = _alike(text, words)
    if len(words) == 1 or companies.filter(alike.condition).exists():
        return alike
    return Meaning(Q(search_key__trigram_word_similar=SvSearchKey(Value(text))), [_NEVER], alike.likeness)


def matching(companies: CompanyQuerySet, text: str) -> CompanyQuerySet:
    """The companies that the text may mean, with `rank` and `likeness`: see `Meaning.among`."""
    return meaning(text, companies).among(companies)


def best(companies: CompanyQuerySet, text: str, *, limit: int = 10) -> list[Company]:
    """The likeliest companies, best first."""
    return meaning(text, companies).best(companies, limit=limit)


def _as_written(text: str) -> Meaning:
    key = SvSearchKey(Value(text))
    whens = [When(search_key=key, then=0), When(search_key__startswith=key, then=1)]
    condition = Q(search_key__startswith=key)
    if len(text) >= SHORTEST:
        condition = Q(search_key__contains=key)
        whens.append(When(condition, then=2))
    number = NUMBER.match(text.translate(SPACES).replace("-", ""))
    if number:
        by_number = Q(organisation_number__startswith=number.group(1))
        condition |= by_number
        whens.insert(0, When(by_number, then=0))
    places = Municipality.objects.alias(key=SvSearchKey("name")).filter(key__startswith=key)
    here = list(places.values_list("pk", flat=True)) if len(text) >= SHORTEST else []
    if here:
        condition |= Q(municipality__in=here)
        whens.append(When(municipality__in=here, then=3))
    return Meaning(condition, whens)


def _alike(text: str, words: list[str]) -> Meaning:
    """Every word in the name, or nearly: first those with letters swapped, then by likeness of the whole."""
    alike, swapped = Q(), Q()
    for word in words:
        turned = _with_two_letters_swapped(word)
        alike &= Q(search_key__trigram_word_similar=SvSearchKey(Value(word))) | turned
        swapped &= Q(search_key__contains=SvSearchKey(Value(word))) | turned
    likeness = Round(WordSimilarity(SvSearchKey(Value(text)), F("search_key")) * 1000)
    return Meaning(alike, [When(swapped, then=3)], Cast(likeness, IntegerField()))


def _with_two_letters_swapped(word: str) -> Q:
    """Names with the word as it is when any two neighbours change places."""
    pairs = range(min(len(word), LONGEST_WORD) - 1)
    turned = [f"{word[:n]}{word[n + 1]}{word[n]}{word[n + 2 :]}" for n in pairs if word[n] != word[n + 1]]
    # Letters and digits only, so that nothing in them is a sign of the pattern.
    return Q(search_key__regex=SvSearchKey(Value("|".join(turned)))) if turned else Q()
