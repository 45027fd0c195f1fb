"""What the actions write, what they refuse, and that a personnummer leaves no trace."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from companies import actions
from companies.models import Company
from tests.factories.companies import CompanyFactory, ContactFactory

pytestmark = pytest.mark.django_db
PERSONAL = "198112189876"


def facts(**more):
    return {"name": "Väveriet AB", "legal_form": "limited", "organisation_number": "4920000009"} | more


def test_register_company_makes_the_coach_responsible(coach, reference):
    company = actions.register_company(
        by=coach, facts=facts(strategies=["C05", "C07"], municipality_id="1490")
    )
    assert (company.responsible_coach, company.responsible_organisation) == (coach, coach.organisation)
    assert company.created_by == coach
    assert {strategy.pk for strategy in company.strategies.all()} == {"C05", "C07"}


def test_register_company_by_admin_leaves_it_free(admin):
    company = actions.register_company(by=admin, facts=facts())
    assert company.responsible_coach is None
    assert company.responsible_organisation is None


def test_register_company_refuses_a_number_that_is_taken(coach):
    actions.register_company(by=coach, facts=facts())
    with pytest.raises(ValidationError, match="Numret finns redan"):
        actions.register_company(by=coach, facts=facts(name="Ett annat"))
    assert Company.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_register_company_two_at_the_same_moment_gives_one(coach):
    barrier, outcomes = threading.Barrier(2), []

    def add():
        try:
            barrier.wait()
            actions.register_company(by=coach, facts=facts())
            outcomes.append("saved")
        except ValidationError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "saved"]
    assert Company.objects.count() == 1


def test_one_sole_trader_may_run_several_businesses(coach):
    sole = {"legal_form": "sole_trader", "organisation_number": "", "written_personal_number": PERSONAL}
    one = actions.register_company(by=coach, facts=facts(**sole))
    two = actions.register_company(by=coach, facts=facts(**sole, name="Nummer två"))
    assert one.personal_number_hash == two.personal_number_hash
    assert one.personal_number != two.personal_number


def test_a_sole_trader_never_keeps_an_organisation_number(coach):
    company = actions.register_company(
        by=coach, facts=facts(legal_form="sole_trader", written_personal_number=PERSONAL)
    )
    assert company.organisation_number == ""
    assert company.number_shown == "19811218-****"


def test_update_company_keeps_the_personal_number_unless_a_new_one_is_given(coach):
    company = CompanyFactory(sole_trader=PERSONAL, responsible_coach=coach)
    changed = actions.update_company(
        by=coach, company=company, base_version=1, facts={"name": "Nytt namn", "written_personal_number": ""}
    )
    assert changed.personal_number.reveal() == PERSONAL


def test_update_company_that_becomes_a_limited_company_drops_the_personal_number(coach):
    company = CompanyFactory(sole_trader=PERSONAL, responsible_coach=coach)
    changed = actions.update_company(by=coach, company=company, base_version=1, facts=facts())
    changed.refresh_from_db()
    assert not changed.personal_number
    assert changed.personal_number_hash == ""
    assert changed.organisation_number == "4920000009"


def test_update_company_counts_versions_and_stops_the_second_editor(coach):
    company = CompanyFactory(responsible_coach=coach)
    actions.update_company(by=coach, company=company, base_version=1, facts={"description": "Mitt"})
    with pytest.raises(actions.CompanyChangedMeanwhile) as stopped:
        actions.update_company(by=coach, company=company, base_version=1, facts={"description": "Ditt"})
    assert stopped.value.company.description == "Mitt"
    company.refresh_from_db()
    assert (company.description, company.version) == ("Mitt", 2)


def test_mark_and_clear_confidentiality(coach):
    company = CompanyFactory(responsible_coach=coach)
    actions.mark_confidential(by=coach, company=company, reason="Patent", provision="30 kap. 23 § OSL")
    company.refresh_from_db()
    assert (company.is_confidential, company.confidential_set_by) == (True, coach)
    assert company.confidential_set_at is not None
    actions.clear_confidentiality(by=coach, company=company)
    company.refresh_from_db()
    assert (company.is_confidential, company.confidential_reason, company.confidential_set_by) == (
        False,
        "",
        None,
    )


def test_the_database_refuses_a_mark_without_reason(coach):
    company = CompanyFactory()
    with pytest.raises(IntegrityError, match="company_confidential_with_reason"), transaction.atomic():
        Company.objects.filter(pk=company.pk).update(is_confidential=True)


def test_change_responsible_takes_the_organisation_along(coach, other_coach):
    company = CompanyFactory(responsible_coach=coach)
    actions.change_responsible(by=coach, company=company, coach=other_coach)
    company.refresh_from_db()
    assert company.responsible_organisation == other_coach.organisation


def test_mark_contact_left(coach):
    contact = ContactFactory()
    actions.mark_contact_left(by=coach, contact=contact)
    contact.refresh_from_db()
    assert contact.left_on is not None


def test_a_personal_number_is_in_no_table_at_all(coach):
    """Every column of every table is read as text: neither the twelve digits nor the ten are anywhere."""
    company = actions.register_company(
        by=coach,
        facts=facts(legal_form="sole_trader", organisation_number="", written_personal_number=PERSONAL),
    )
    actions.update_company(
        by=coach, company=company, base_version=1, facts={"written_personal_number": PERSONAL, "name": "Nytt"}
    )
    Company.objects.filter(pk=company.pk).update(description="x")
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        assert {"companies_companyevent", "companies_company", "audit_accessevent"} <= set(tables)
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            stored = "".join(row[0] for row in cursor.fetchall())
            assert PERSONAL not in stored, table
            assert "8112189876" not in stored, table
            assert "811218-9876" not in stored, table


def test_the_history_has_no_column_for_a_personal_number():
    event = Company._meta.apps.get_model("companies", "CompanyEvent")
    columns = {field.name for field in event._meta.get_fields()}
    assert "description" in columns
    assert not columns & {"personal_number", "personal_number_hash", "search_key", "sort_key"}
