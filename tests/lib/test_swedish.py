"""Swedish order and search in the database, against an order worked out in Python."""

import random
import unicodedata

import pytest
from django.db import connection
from django.db.models import F

from coachnet.lib.swedish import SvSearchKey, SvSortKey
from companies.models import GlossaryTerm

pytestmark = pytest.mark.django_db

# In Swedish order, ties included: accents weigh more than capitals, small letters come first.
IN_ORDER = [
    "",
    "1 november AB",
    "10-gruppen",
    "2:a hand",
    "a",
    "A",
    "à",
    "À",
    "a b",
    "a-b",
    "ab",
    "abc",
    "ide",
    "Ide",
    "idé",
    "Idé",
    "IDÉ",
    "Idéer",
    "muller",
    "mysa",
    "Müsli",  # ü sorts as y
    "mörk",
    "resume",
    "resumé",
    "Résumé",
    "vass",
    "Viken",
    "wass",
    "Wiken",
    "Xerxes",
    "yla",
    "Zon",
    "å",
    "Å",
    "åa",
    "Åkerbär",
    "Åmål",
    "ä",
    "Ä",
    "æ",
    "Æ",
    "äga",
    "Ärla",
    "ö",
    "Ö",
    "ø",
    "Ø",
    "Öckerö",
    "Örebro",
]
ALPHABET = " -0123456789abcdefghijklmnopqrstuvwxyzåäö"


def python_key(text: str) -> tuple[list[int], str, str]:
    """The order said another way: letters, then accents, then capitals."""
    composed = unicodedata.normalize("NFC", text)
    small = composed.lower()
    letters = []
    for char in small.translate(str.maketrans("æøü", "äöy")):
        plain = char if char in "åäö" else unicodedata.normalize("NFD", char)[0]
        letters.append(ALPHABET.index(plain))
    bare = "".join(ALPHABET[place] for place in letters)
    accents = "" if bare == small else small.translate(str.maketrans("åäö", "{|}"))
    return letters, accents, "" if composed == small else composed.swapcase()


def sort_keys(texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sv_sort_key(t) FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n", [texts]
        )
        return [row[0] for row in cursor.fetchall()]


def search_keys(texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sv_search_key(t) FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n", [texts]
        )
        return [row[0] for row in cursor.fetchall()]


def test_sort_key_puts_a_list_in_swedish_order():
    shuffled = IN_ORDER.copy()
    random.Random(49).shuffle(shuffled)
    keys = dict(zip(shuffled, sort_keys(shuffled), strict=True))
    assert sorted(shuffled, key=lambda text: keys[text].encode()) == IN_ORDER


def test_sort_key_agrees_with_python_on_random_words():
    source = random.Random(2026)
    letters = "aAbBoOeEéÉuUüÜvVwWyYzZåÅäÄöÖæÆøØ -19"
    words = sorted({"".join(source.choices(letters, k=source.randint(1, 6))).strip() for _ in range(800)})
    keys = dict(zip(words, sort_keys(words), strict=True))
    by_database = sorted(words, key=lambda word: keys[word].encode())
    assert by_database == sorted(words, key=python_key)


def test_sort_key_is_the_same_however_the_letters_are_composed():
    composed, decomposed = "Åsa Räf", unicodedata.normalize("NFD", "Åsa Räf")
    assert composed != decomposed
    assert len(set(sort_keys([composed, decomposed]))) == 1


def test_plain_byte_order_would_be_wrong():
    """The control: without the key the same list comes out wrong."""
    assert sorted(IN_ORDER) != IN_ORDER
    assert sorted(["Ärla", "Åmål", "Örebro"]) != ["Åmål", "Ärla", "Örebro"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Åkerbär & Café Ö", "akerbar & cafe o"),
        ("ÅTERBRUKET", "aterbruket"),
        ("Ægir Ørsted", "aegir orsted"),
        (unicodedata.normalize("NFD", "Öckerö"), "ockero"),
        ("Straße", "strasse"),
    ],
)
def test_search_key_folds_accents_and_capitals(text, key):
    assert search_keys([text]) == [key]


def test_keys_are_ascii_so_that_trigrams_work_on_every_cluster():
    assert all(key.isascii() for key in search_keys(IN_ORDER))


def test_the_functions_may_stand_in_indexes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT provolatile FROM pg_proc WHERE proname IN ('sv_sort_key', 'sv_search_key')")
        assert cursor.fetchall() == [("i",), ("i",)]


def test_the_functions_work_with_an_empty_search_path():
    """A restore from pg_dump runs so."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = ''")
        cursor.execute("SELECT public.sv_sort_key('Éa'), public.sv_search_key('Éa')")
        assert cursor.fetchone() == ("ea\x01éa\x01éA", "ea")


@pytest.mark.parametrize(
    "collation",
    ["", 'COLLATE "C"', 'COLLATE "POSIX"', 'COLLATE "en-x-icu"', 'COLLATE "sv-x-icu"', "COLLATE pg_c_utf8"],
)
def test_the_keys_do_not_depend_on_the_collation_of_the_cluster(collation):
    name = collation.removeprefix("COLLATE ").strip('"')
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_collation WHERE collname = %s", [name])
        if name and not cursor.fetchone()[0]:
            pytest.skip(f"this cluster has no collation {name}")
        cursor.execute(
            f"SELECT sv_sort_key(t {collation}), sv_search_key(t {collation}) FROM unnest(%s::text[]) AS u(t)",
            [IN_ORDER],
        )
        assert cursor.fetchall() == list(zip(sort_keys(IN_ORDER), search_keys(IN_ORDER), strict=True))


def test_expressions_order_and_find_any_model(reference):
    terms = GlossaryTerm.objects.order_by(SvSortKey(F("sv"))).values_list("sv", flat=True)
    assert list(terms) == sorted(terms, key=lambda sv: sort_keys([sv])[0].encode())
    assert GlossaryTerm.objects.alias(key=SvSearchKey("sv")).filter(key="atgard").get().sv == "åtgärd"
