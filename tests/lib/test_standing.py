"""Questions that stand: the same answers as Django's own, and built once."""

import pytest
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef
from django.test.utils import CaptureQueriesContext

from coachnet.lib.standing import among, given, standing
from companies.models import Company, Contact
from tests.factories.companies import CompanyFactory, ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def companies():
    found = [CompanyFactory(name=name) for name in ("Alvens Verkstad AB", "Björkö Textil AB", "Cirkelns AB")]
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
        return people_of(given("first"), given("least"))

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


def test_it_is_built_once(companies):
    made = []

    @standing
    def asked():
        made.append(1)
        return Company.objects.filter(pk=given("company")).values_list("name", flat=True)

    assert [asked(company=one.pk) for one in companies] == [[one.name] for one in companies]
    assert made == [1]


def test_it_takes_lists_and_groups(companies):
    @standing
    def asked():
        rows = Company.objects.filter(among("pk", "keys")).order_by("name")
        return rows.values_list("name").annotate(Count("contacts"))

    assert asked(keys=[one.pk for one in companies[1:]]) == [(companies[1].name, 1), (companies[2].name, 1)]
    assert asked(keys=[]) == []


def test_it_prefetches(companies):
    @standing
    def asked():
        return Company.objects.filter(pk=given("company")).prefetch_related("contacts")

    assert [list(one.contacts.all()) for one in asked(company=companies[1].pk)] == [
        list(companies[1].contacts.all())
    ]


def test_a_value_too_few_or_too_many_is_an_error(companies):
    @standing
    def asked():
        return Company.objects.filter(pk=given("company"))

    with pytest.raises(KeyError, match="company"):
        asked()
    with pytest.raises(TypeError, match="user"):
        asked(company=1, user=1)
