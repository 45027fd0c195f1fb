"""Search finds what people mean, ranks it, and never finds what they may not see."""

import pytest
from django.db import connection

from companies import search
from companies.models import Company
from tests.factories.companies import CompanyFactory

pytestmark = pytest.mark.django_db

NAMES = [
    "Kvarnåns Arbetsplagg AB",
    "Emmabo Byggåterbruk AB",
    "Hjulspår Cykelservice AB",
    "Tolvmans Möbelverkstad AB",
    "Skimra Ljudabsorbenter AB",
    "Limmabo Trämoduler AB",
    "Spillro Plast AB",
    "Grönbo Emballage AB",
    "Nolåker Maskinhyra AB",
    "Sjöflinga Garn & Filt AB",
    "Fjällripa Ytterplagg AB",
    "Bergshult Pallretur AB",
    "Brunnslyckan Kontorsmöbler AB",
    "Åkerbär Livsmedel AB",
    "Lyktan & Loop Belysning AB",
    "Östergrens Återbruk AB",
    "Ärtbacken Odling AB",
    "Kvarnby Verkstad AB",
    "Borås Väv AB",
    "Garveriet i Mark AB",
]
MISSPELLED = [
    ("kvarnans arbetsplag", "Kvarnåns Arbetsplagg AB"),
    ("kvarnåns arbetsplgg", "Kvarnåns Arbetsplagg AB"),
    ("emabo", "Emmabo Byggåterbruk AB"),
    ("byggaterbruk", "Emmabo Byggåterbruk AB"),
    ("hjulspor cykel", "Hjulspår Cykelservice AB"),
    ("cykelservis", "Hjulspår Cykelservice AB"),
    ("tolmans", "Tolvmans Möbelverkstad AB"),
    ("mobelverkstd", "Tolvmans Möbelverkstad AB"),
    ("skimmra", "Skimra Ljudabsorbenter AB"),
    ("ljudabsorbent", "Skimra Ljudabsorbenter AB"),
    ("trämodler", "Limmabo Trämoduler AB"),
    ("spilro", "Spillro Plast AB"),
    ("grönbo embalage", "Grönbo Emballage AB"),
    ("nolaker", "Nolåker Maskinhyra AB"),
    ("sjoflinga", "Sjöflinga Garn & Filt AB"),
    ("fjellripa", "Fjällripa Ytterplagg AB"),
    ("bergshlt", "Bergshult Pallretur AB"),
    ("brunslyckan", "Brunnslyckan Kontorsmöbler AB"),
    ("åkerber", "Åkerbär Livsmedel AB"),
    ("ostergren aterbruk", "Östergrens Återbruk AB"),
    ("LYKTAN & LOP", "Lyktan & Loop Belysning AB"),
    ("ÄRTBACKN", "Ärtbacken Odling AB"),
]


@pytest.fixture
def companies(db):
    for name in NAMES:
        CompanyFactory(name=name)
    return Company.objects.all()


def names(found):
    return [company.name for company in found]


@pytest.mark.parametrize(("written", "meant"), MISSPELLED)
def test_search_forgives_misspelling(companies, written, meant):
    assert meant in names(search.best(companies, written))[:3]


def swaps(name):
    """The name with each two neighbouring letters of its first word swapped."""
    word, rest = name.split(" ", 1)
    for n in range(len(word) - 1):
        if word[n] != word[n + 1]:
            yield f"{word[:n]}{word[n + 1]}{word[n]}{word[n + 2 :]} {rest}"


SHORT_NAMES = ["Ekby Bageri AB", "Talalånga Möbler AB", "Åsås Smide AB", "Örby Väv AB", "Näs Trä AB"]


@pytest.mark.parametrize("name", [*NAMES, *SHORT_NAMES])
def test_search_finds_a_name_with_any_two_neighbours_swapped(companies, name):
    if name not in NAMES:
        CompanyFactory(name=name)
    for written in swaps(name):
        assert names(search.best(companies, written))[0] == name, written
        alone = written.split()[0]
        if len(alone) > search.SHORTEST:  # three letters stand somewhere in another name
            assert name in names(search.best(companies, alone)), alone


def test_swapped_letters_come_before_likeness_and_nothing_is_guessed_beside_what_is_written(companies):
    for name in ("Kveby Tyg", "Kevby Tyg"):
        CompanyFactory(name=name)
    assert names(search.best(companies, "kveby")) == ["Kveby Tyg"]
    assert names(search.best(companies, "keevby"))[:1] == ["Kevby Tyg"]
    assert names(search.best(companies, "kvbey"))[0] == "Kveby Tyg"


def test_without_swapping_short_names_would_not_be_found(companies):
    """The control: likeness alone does not see it."""
    CompanyFactory(name="Ekby Bageri AB")
    assert not companies.filter(search_key__trigram_word_similar="keby").exists()


def test_search_needs_some_likeness(companies):
    """The control: not everything is like everything."""
    assert search.best(companies, "xylofonfabriken") == []
    assert "Spillro Plast AB" not in names(search.best(companies, "kvarnans"))


def test_search_ranks_exact_then_prefix_then_substring_then_alike(db):
    for name in ("Byggvav", "Vävstugan", "Väv", "Borås Väv", "Värv"):
        CompanyFactory(name=name)
    assert names(search.best(Company.objects.all(), "väv"))[:4] == [
        "Väv",
        "Vävstugan",
        "Borås Väv",
        "Byggvav",
    ]


@pytest.mark.parametrize(
    "written", ["492000-0009", "4920000009", "164920000009", "492000", "492000-0", " 492000 0009"]
)
def test_search_finds_an_organisation_number_however_written(db, written):
    wanted = CompanyFactory(name="Numret AB", organisation_number="4920000009")
    CompanyFactory(organisation_number="4929999995")
    assert search.best(Company.objects.all(), written) == [wanted]


@pytest.mark.parametrize("written", ["Alingsås", "alingsas", "ALINGS"])
def test_search_finds_by_municipality(reference, written):
    here = CompanyFactory(name="Nollan", municipality_id="1489")
    CompanyFactory(name="Ettan", municipality_id="1490")
    assert search.best(Company.objects.all(), written) == [here]


def test_search_never_finds_a_sole_trader_by_personnummer(db):
    CompanyFactory(name="Lagat & Lappat", sole_trader="811218-9876")
    for written in ("811218-9876", "8112189876", "198112189876", "19811218", "811218", "9876"):
        assert search.best(Company.objects.all(), written) == []


def test_search_leaves_out_what_the_person_may_not_see(coach, other_coach):
    secret = CompanyFactory(name="Hemliga Väven AB", responsible_coach=other_coach, confidential=True)
    for written in ("hemliga", "hemlga", secret.organisation_number, "Hemliga Väven AB"):
        assert search.best(Company.objects.visible_to(coach), written) == []
        assert search.best(Company.objects.visible_to(other_coach), written) == [secret]


@pytest.mark.parametrize(
    "written", ["", "   ", "%", "_", "\\", "'", "\0", "😀", "a" * 5000, "'; DROP TABLE x; --", "%%%%", "((("]
)
def test_search_stands_any_text(companies, written):
    search.best(companies, written)


def test_a_percent_sign_is_a_sign(companies):
    assert search.best(companies, "%") == []
    assert search.best(companies, "___") == []


def test_search_can_use_the_index(companies):
    """With many rows Postgres takes the trigram index; here it is told not to read the whole table."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for written in ("kvarn", "kvran", "kvranby verkstad", "kv"):
        plan = search.matching(Company.objects.all(), written).explain()
        assert "company_search" in plan
        assert "Seq Scan on companies_company" not in plan


def test_the_threshold_of_the_index_is_set(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pg_trgm.word_similarity_threshold')")
        assert float(cursor.fetchone()[0]) == search.ALIKE


@pytest.mark.parametrize(
    ("written", "queries"),
    [
        ("kvarn", 3),  # municipalities, whether it is written so anywhere, the hits
        ("kvran", 3),
        ("kvranby verkstad", 4),
        ("by", 1),
    ],
)
def test_a_search_costs_few_queries(companies, django_assert_num_queries, written, queries):
    with django_assert_num_queries(queries):
        search.best(companies, written)
