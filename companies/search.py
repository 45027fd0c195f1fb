"""Finding companies by name, municipality or organisation number, with typing errors and without accents."""

import re

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Round

from coachnet.lib.swedish import SvSearchKey, WordSimilarity
from companies.models import Company, Municipality
from companies.organisation_number import SPACES, looks_personal
from companies.querysets import CompanyQuerySet

LONGEST = 100
# Keep in step with pg_trgm.word_similarity_threshold in the settings: the index uses that one.
ALIKE = 0.45
NUMBER = re.compile(r"\A(?:16(?=\d{10}\Z))?(\d{4,10})\Z", re.ASCII)

# The order of hits, for `order_by` and for keyset pages.
BEST_FIRST = ("rank", "-likeness", "sort_key", "pk")


def matching(companies: CompanyQuerySet, text: str) -> CompanyQuerySet:
    """The companies that the text may mean, with `rank` (0 exact … 4 alike) and `likeness` (0–1000).

    Costs one query of its own, for the municipalities. Nothing is found by a personnummer.
    """
    text = " ".join(text.replace("\0", " ").split())[:LONGEST]
    if not text or looks_personal(text):
        return companies.none().annotate(rank=Value(0), likeness=Value(0))
    key = SvSearchKey(Value(text))
    whens = [
        When(search_key=key, then=0),
        When(search_key__startswith=key, then=1),
        When(search_key__contains=key, then=2),
    ]
    condition = Q(search_key__contains=key) | Q(search_key__trigram_word_similar=key)
    number = NUMBER.match(text.translate(SPACES).replace("-", ""))
    if number:
        by_number = Q(organisation_number__startswith=number.group(1))
        condition |= by_number
        whens.insert(0, When(by_number, then=0))
    places = list(
        Municipality.objects.alias(key=SvSearchKey("name"))
        .filter(key__startswith=key)
        .values_list("pk", flat=True)
    )
    if places and len(text) > 2:
        condition |= Q(municipality__in=places)
        whens.append(When(municipality__in=places, then=3))
    return companies.filter(condition).annotate(
        rank=Case(*whens, default=4, output_field=IntegerField()),
        likeness=Cast(Round(WordSimilarity(key, F("search_key")) * 1000), IntegerField()),
    )


def best(companies: CompanyQuerySet, text: str, *, limit: int = 10) -> list[Company]:
    """The likeliest companies, best first."""
    return list(matching(companies, text).order_by(*BEST_FIRST)[:limit])
