"""Pages by key: every row once, in order, whatever happens in between."""

import datetime as dt

import pytest
from django.core import signing
from django.db.models.functions import Coalesce

from coachnet.lib import keyset
from coachnet.lib.keyset import chunks, page_of
from companies.models import Company
from tests.factories.companies import CompanyFactory

pytestmark = pytest.mark.django_db
BY = ("-version", "sort_key", "pk")


def walk(size, by=BY):
    seen, after, pages = [], "", 0
    while True:
        page = page_of(Company.objects.all(), by=by, after=after, size=size)
        seen += page.rows
        pages += 1
        if not page.after:
            return seen, pages
        after = page.after


@pytest.fixture
def eleven(db):
    return [CompanyFactory(name="Samma namn" if n % 2 else f"Namn {n}", version=n % 3 + 1) for n in range(11)]


@pytest.mark.parametrize("size", [1, 2, 3, 10, 11, 12])
def test_every_row_comes_once_and_in_order(eleven, size):
    seen, pages = walk(size)
    assert seen == list(Company.objects.order_by(*BY))
    assert pages == -(-11 // size)


def test_a_page_of_nothing(db):
    assert page_of(Company.objects.all(), by=BY) == keyset.Page([], "")


def test_a_row_added_before_the_place_shows_nothing_twice(eleven):
    first = page_of(Company.objects.all(), by=("sort_key", "pk"), size=5)
    CompanyFactory(name="AAA")
    second = page_of(Company.objects.all(), by=("sort_key", "pk"), after=first.after, size=50)
    assert not set(first.rows) & set(second.rows)
    assert len(second.rows) == 6


def test_a_removed_last_row_loses_nothing(eleven):
    first = page_of(Company.objects.all(), by=("sort_key", "pk"), size=5)
    first.rows[-1].delete()
    second = page_of(Company.objects.all(), by=("sort_key", "pk"), after=first.after, size=50)
    assert len(second.rows) == 6


def test_dates_travel_in_the_token(eleven):
    by = ("-made", "pk")
    rows = Company.objects.annotate(made=Coalesce("created_at", "created_at"))
    page = page_of(rows, by=by, size=4)
    rest = page_of(rows, by=by, after=page.after, size=50)
    assert page.rows + rest.rows == list(rows.order_by(*by))


SIGNED = pytest.param(signing.dumps(["nonsense"]), id="signed")  # the time is in it: no name for a test


@pytest.mark.parametrize("token", ["x", "a:b:c", "…", SIGNED, "%00"])
def test_a_token_that_is_not_ours_gives_the_first_page(eleven, token):
    assert page_of(Company.objects.all(), by=BY, after=token, size=3).rows == walk(3)[0][:3]


def test_a_token_for_another_order_gives_the_first_page(eleven):
    token = page_of(Company.objects.all(), by=("pk",), size=3).after
    assert page_of(Company.objects.all(), by=BY, after=token, size=3).rows == walk(3)[0][:3]


def test_rows_of_the_same_microsecond_follow_each_other(db):
    """Cut to milliseconds, the moment in the token would lie before them all, and the rest be left out."""
    rows = CompanyFactory.create_batch(5)
    Company.objects.update(created_at=dt.datetime(2026, 11, 25, 12, 0, 0, 123456, tzinfo=dt.UTC))
    seen, _pages = walk(2, by=("-created_at", "-pk"))
    assert [company.pk for company in seen] == sorted((row.pk for row in rows), reverse=True)


@pytest.mark.parametrize(
    ("size", "first", "sizes"), [(4, 2, [2, 4, 4, 1]), (9, 2, [2, 9]), (5, 11, [11]), (5, 12, [11])]
)
def test_chunks_hold_every_row_once_and_in_order(eleven, size, first, sizes):
    found = list(chunks(Company.objects.all(), by=BY, size=size, first=first))
    assert [len(chunk) for chunk in found] == sizes
    rows = [row for chunk in found for row in chunk]
    assert rows == list(Company.objects.order_by(*BY))
    values = chunks(Company.objects.values("pk", "version", "sort_key"), by=BY, size=size, first=first)
    assert [row["pk"] for chunk in values for row in chunk] == [row.pk for row in rows]


def test_a_chunk_is_asked_for_when_it_is_needed(eleven, django_assert_num_queries):
    """However many rows there are, no more are read than a chunk, behind whatever pool: each query has its limit."""
    found = chunks(Company.objects.all(), by=BY, size=3, first=2)
    with django_assert_num_queries(1) as first:
        assert len(next(found)) == 2
    with django_assert_num_queries(1) as second:
        assert len(next(found)) == 3
    assert first.captured_queries[0]["sql"].endswith("LIMIT 2")
    assert second.captured_queries[0]["sql"].endswith("LIMIT 3")
    assert list(chunks(Company.objects.none(), by=BY, size=3, first=2)) == []
