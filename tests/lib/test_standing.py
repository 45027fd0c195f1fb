"""Standing questions give what the QuerySet gives, are written once, and hold nothing that was anybody's own."""

import datetime as dt
import uuid

import pytest
from django.db.models import Value

from coachnet.lib.standing import Among, Given, standing
from companies.models import Company
from tests.factories.companies import CompanyFactory, ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def companies(reference, coach):
    CompanyFactory(name="Ettan", municipality_id="1490", main_strategy_id="C05", responsible_coach=coach)
    CompanyFactory(name="Tvåan", sole_trader="811218-9876")
    return Company.objects.order_by("name")


def written_in(name):
    return Company.objects.filter(name__startswith=name).order_by("name")


def test_models_come_as_the_queryset_gives_them(companies, django_assert_num_queries):
    def rows(name):
        around = written_in(name).select_related("municipality__sub_region", "responsible_coach")
        shown = ("name", "organisation_number", "personal_number", "responsible_coach__email")
        places = ("municipality__name", "municipality__sub_region__name", "responsible_coach__name")
        return around.annotate(more=Value(7)).only(*shown, *places)

    @standing
    def asked():
        return rows(Given("name"))

    for name in ("Ettan", "Tvåan", ""):
        ours, theirs = asked(name=name), list(rows(name))
        assert ours == theirs
        for one, other in zip(ours, theirs, strict=True):
            assert one.get_deferred_fields() == other.get_deferred_fields()
            with django_assert_num_queries(0):
                assert one.more == 7
                assert one.name == other.name
                assert str(one.municipality) == str(other.municipality)
                assert str(one.responsible_coach) == str(other.responsible_coach)
                assert one.number_shown == other.number_shown


def test_dicts_and_tuples_come_as_the_queryset_gives_them(companies):
    names = ("municipality__name", "name", "personal_number")

    @standing
    def dicts():
        return written_in(Given("name")).annotate(more=Value(7)).values(*names, "more")

    @standing
    def tuples():
        return written_in(Given("name")).values_list(*names)

    assert told(dicts(name="")) == told(written_in("").annotate(more=Value(7)).values(*names, "more"))
    ours, theirs = tuples(name="Tv"), list(written_in("Tv").values_list(*names))
    assert [row[:2] for row in ours] == [row[:2] for row in theirs]
    assert ours[0][2].reveal() == theirs[0][2].reveal()


def told(rows):
    """The rows with the sealed number in the clear, where there is one."""
    return [
        row | {"personal_number": row["personal_number"] and row["personal_number"].reveal()} for row in rows
    ]


def test_it_is_written_once_for_each_kind(companies):
    built = []

    @standing
    def asked(order):
        built.append(order)
        return written_in(Given("name")).order_by(order)

    assert [one.name for one in asked("name", name="")] == ["Ettan", "Tvåan"]
    assert [one.name for one in asked("-name", name="")] == ["Tvåan", "Ettan"]
    assert [one.name for one in asked("name", name="Tv")] == ["Tvåan"]
    assert built == ["name", "-name"]


@pytest.mark.parametrize(
    "hostile", ["'; DROP TABLE companies_company; --", "%", "%s", "%(name)s", "\\", "Slot"]
)
def test_a_given_value_is_only_ever_a_value(companies, hostile):
    CompanyFactory(name=hostile)

    @standing
    def asked():
        return written_in(Given("name"))

    assert [one.name for one in asked(name=hostile)] == [hostile]


def test_keys_are_told_however_many(companies):
    @standing
    def asked():
        return Company.objects.filter(Among("pk", "keys")).order_by("name")

    keys = [one.pk for one in companies]
    assert [one.pk for one in asked(keys=keys)] == keys
    assert [one.pk for one in asked(keys=keys[1:])] == keys[1:]
    assert asked(keys=[]) == []


def test_nothing_is_asked_where_nothing_can_be(companies, django_assert_num_queries):
    @standing
    def asked():
        return Company.objects.none()

    with django_assert_num_queries(0):
        assert asked() == []


@pytest.mark.parametrize("own", [dt.date(2026, 11, 26), uuid.UUID(int=7)])
def test_what_is_somebodys_or_a_days_cannot_be_built_in(companies, own):
    @standing
    def asked():
        return Company.objects.annotate(own=Value(own))

    with pytest.raises(ValueError, match="let it be given"):
        asked()


def test_a_value_that_is_not_told_raises(companies):
    @standing
    def asked():
        return written_in(Given("name"))

    with pytest.raises(KeyError, match="name"):
        asked(other="")


def test_what_is_fetched_beside_is_refused(companies):
    ContactFactory(company=companies[0])

    @standing
    def asked():
        return Company.objects.prefetch_related("contacts")

    with pytest.raises(AssertionError, match="fetches nothing beside"):
        asked()
