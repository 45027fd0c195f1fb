"""Questions that stand: the same answers as Django's own, written once, and nothing in them that was anybody's own."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Value
from django.test.utils import CaptureQueriesContext

from coachnet.accounts.readers import standing_for_reader
from coachnet.lib.standing import Among, Given, standing
from companies.models import Company, Contact
from tests.factories.companies import CompanyFactory, ContactFactory

pytestmark = pytest.mark.django_db


def same_as_django(question, *kind, **values):
    """The rows of a standing question, after holding them against those of the QuerySet itself."""
    rows = question(*kind, **values)
    assert rows == list(question.build(*kind, **values))
    return rows


@pytest.fixture
def companies(reference, coach):
    found = [
        CompanyFactory(name="Alvens Verkstad AB", municipality_id="1490", responsible_coach=coach),
        CompanyFactory(name="Björkö Textil", sole_trader="811218-9876"),
        CompanyFactory(name="Cirkelns AB"),
    ]
    for company in found:
        ContactFactory(company=company)
    return found


def people_of(first, least):
    """Rows with a related one, values that are given, and one of them in a query within."""
    namesakes = Company.objects.filter(name=OuterRef("company__name"), pk__gte=least)
    rows = Contact.objects.select_related("company").only("name", "company__name")
    return rows.filter(company__gte=first).annotate(has=Exists(namesakes), once=F("name")).order_by("pk")[:2]


def test_it_answers_as_the_orm_does_with_the_same_query(companies):
    @standing
    def asked():
        return people_of(Given("first"), Given("least"))

    def shown(rows):
        with CaptureQueriesContext(connection) as queries:
            told = [(one, one.name, one.company.name, one.has, one.once) for one in rows]
        return told, texts(queries)

    def texts(queries):
        # Django puts a condition's right side in brackets where it does not know it for a plain value.
        return [query["sql"].replace("(", "").replace(")", "") for query in queries]

    for first, least in ((companies[0].pk, companies[2].pk), (companies[2].pk, companies[0].pk)):
        with CaptureQueriesContext(connection) as queries:
            rows = asked(first=first, least=least)
        assert shown(rows) == (shown(people_of(first, least))[0], [])
        assert texts(queries) == shown(people_of(first, least))[1]
        assert rows[0].company_id == first


def test_models_come_with_the_same_columns_and_neighbours(companies, django_assert_num_queries):
    def rows(name):
        around = Company.objects.filter(name__startswith=name).select_related("municipality__sub_region")
        return around.only("name", "personal_number", "municipality__name", "municipality__sub_region__name")

    @standing
    def asked():
        return rows(Given("name")).order_by("name")

    for name in ("Alvens", "Björkö", ""):
        for ours, theirs in zip(asked(name=name), rows(name).order_by("name"), strict=True):
            assert ours == theirs
            assert ours.get_deferred_fields() == theirs.get_deferred_fields()
            with django_assert_num_queries(0):
                assert told(ours) == told(theirs)
    assert [told(one)[:2] for one in asked(name="Al")] == [("Alvens Verkstad AB", "Boråsregionen (Sjuhärad)")]


def told(company):
    """What a page shows of it, with the sealed number in the clear."""
    around = company.municipality and company.municipality.sub_region.name
    return company.name, around, company.personal_number and company.personal_number.reveal()


def test_dicts_and_tuples_come_as_the_queryset_gives_them(companies):
    @standing
    def dicts():
        return named(Given("name")).annotate(more=Value(7)).values("municipality__name", "name", "more")

    @standing
    def tuples():
        return named(Given("name")).values_list("name", "main_strategy")

    def named(name):
        return Company.objects.filter(name__startswith=name).order_by("name")

    assert dicts(name="Al") == list(
        named("Al").annotate(more=Value(7)).values("municipality__name", "name", "more")
    )
    assert tuples(name="") == list(named("").values_list("name", "main_strategy"))


def test_it_is_written_once_for_each_kind(companies):
    built = []

    @standing
    def asked(order):
        built.append(order)
        return Company.objects.filter(pk__gte=Given("least")).order_by(order).values_list("pk", flat=True)

    keys = [one.pk for one in companies]
    assert asked("pk", least=0) == keys
    assert asked("-pk", least=0) == keys[::-1]
    assert asked("pk", least=keys[1]) == keys[1:]
    assert built == ["pk", "-pk"]


def test_what_is_taken_by_name_is_given(companies, coach, other_coach):
    @standing
    def named(order, *, name):
        return Company.objects.filter(name__startswith=name).order_by(order)

    @standing_for_reader
    def own(user, *, least):
        return Company.objects.of(user).filter(pk__gte=least)

    assert [len(same_as_django(named, "pk", name=text)) for text in ("", "B", "x")] == [3, 1, 0]
    assert same_as_django(named, "-pk", name="") == companies[::-1]
    assert same_as_django(own, coach, least=0) == companies[:1]
    assert same_as_django(own, coach, least=companies[1].pk) == []
    assert same_as_django(own, other_coach, least=0) == []


def test_it_takes_lists_and_groups(companies):
    @standing
    def asked():
        rows = Company.objects.filter(Among("pk", "keys")).order_by("name")
        return rows.values_list("name").annotate(Count("contacts"))

    assert asked(keys=[one.pk for one in companies[1:]]) == [("Björkö Textil", 1), ("Cirkelns AB", 1)]
    assert asked(keys=[]) == []


def test_it_prefetches(companies):
    @standing
    def asked():
        return Company.objects.filter(pk=Given("company")).prefetch_related("contacts")

    for company in companies:
        assert [list(one.contacts.all()) for one in asked(company=company.pk)] == [
            list(company.contacts.all())
        ]


def test_nothing_is_asked_where_nothing_can_be(companies, django_assert_num_queries):
    @standing
    def asked():
        return Company.objects.none()

    with django_assert_num_queries(0):
        assert asked() == []


@pytest.mark.parametrize("hostile", ["'; DROP TABLE companies_company; --", "%", "%s", "%(name)s", "\\"])
def test_what_is_given_is_only_ever_a_value(companies, hostile):
    CompanyFactory(name=hostile)

    @standing
    def asked():
        return Company.objects.filter(name=Given("name"))

    assert [one.name for one in asked(name=hostile)] == [hostile]


@pytest.mark.parametrize("own", [dt.date(2026, 11, 26), dt.datetime.now(dt.UTC), uuid.UUID(int=7)])
def test_what_is_somebodys_or_a_days_cannot_be_built_in(companies, own):
    @standing
    def asked():
        return Company.objects.annotate(own=Value(own))

    with pytest.raises(ValueError, match="let it be given"):
        asked()


def test_a_value_that_is_not_told_raises(companies):
    @standing
    def asked():
        return Company.objects.filter(pk=Given("company"))

    with pytest.raises(KeyError, match="company"):
        asked(other=1)
