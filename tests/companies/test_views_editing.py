"""Adding and changing companies and contacts: who may, what is asked, what is never lost or leaked."""

import pytest
from django.urls import reverse

from companies.models import Company, Contact
from tests.factories.coaching import EngagementFactory
from tests.factories.companies import CompanyFactory, ContactFactory

pytestmark = pytest.mark.django_db
CREATE = "/companies/new/"
DUPLICATES = "/companies/duplicates/"


def url(name, *args):
    return reverse(f"companies:{name}", args=args)


def text(response):
    return response.content.decode()


def facts(**more):
    return {"name": "Väveriet AB", "legal_form": "limited", "organisation_number": "492000-0009"} | more


# --- Who may ----------------------------------------------------------------------------------

WRITERS = ["company-edit", "company-confidentiality", "company-responsible", "contact-create"]
EVERYONE = ("coach", "colleague", "other_coach", "organiser", "official", "admin")
MAY = {
    "company-edit": {"coach", "colleague", "admin"},
    "company-responsible": {"coach", "colleague", "admin"},
    "contact-create": {"coach", "colleague", "admin"},
    "company-confidentiality": {"coach", "admin"},
}


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("name", WRITERS)
def test_writing_pages_open_for(client_of, request, coach, reference, name, who):
    company = CompanyFactory(responsible_coach=coach)
    response = client_of(request.getfixturevalue(who)).get(url(name, company.pk))
    assert response.status_code == (200 if who in MAY[name] else 403)


@pytest.mark.parametrize("who", ["colleague", "other_coach", "organiser"])
@pytest.mark.parametrize("name", WRITERS)
def test_writing_pages_of_a_confidential_company_are_hidden(client_of, request, coach, name, who):
    company = CompanyFactory(responsible_coach=coach, confidential=True)
    response = client_of(request.getfixturevalue(who)).get(url(name, company.pk))
    assert response.status_code in (403, 404)
    if who != "organiser":  # her role may not write at all
        assert response.status_code == 404


@pytest.mark.parametrize("name", WRITERS)
def test_a_refused_post_writes_nothing(client_of, coach, other_coach, reference, name):
    company = CompanyFactory(name="Oförändrat AB", responsible_coach=coach)
    before = list(Company.objects.filter(pk=company.pk).values())
    form = facts(version=1, reason="x", coach=other_coach.pk)
    assert client_of(other_coach).post(url(name, company.pk), form).status_code == 403
    assert list(Company.objects.filter(pk=company.pk).values()) == before
    assert not Contact.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("organiser", 403), ("official", 403)])
def test_company_create_is_for_those_who_edit(client_of, request, who, status):
    client = client_of(request.getfixturevalue(who))
    assert client.get(CREATE).status_code == status
    assert client.post(CREATE, facts()).status_code == status
    assert client.post(DUPLICATES, facts()).status_code == status
    assert not Company.objects.exists()


def test_company_create_sends_an_outsider_to_sign_in(outsider):
    assert outsider.get(CREATE).status_code == 302
    assert outsider.post(CREATE, facts()).status_code == 302
    assert not Company.objects.exists()


def test_nothing_is_written_by_get(client_of, coach):
    contact = ContactFactory(company=CompanyFactory(responsible_coach=coach))
    for name in ("contact-left", "contact-return"):
        assert client_of(coach).get(url(name, contact.company_id, contact.pk)).status_code == 405
    assert client_of(coach).get(DUPLICATES).status_code == 405


# --- Add --------------------------------------------------------------------------------------


def test_company_create_needs_only_name_and_form(client_of, coach, reference):
    response = client_of(coach).post(CREATE, {"name": "Väveriet", "legal_form": "limited"})
    company = Company.objects.get()
    assert response["Location"] == company.get_absolute_url()
    assert company.responsible_coach == coach


def test_company_create_keeps_everything_given(client_of, coach, reference):
    form = facts(
        municipality="1490",
        size_class="micro",
        website="vav.example",
        description="Väver tyg av spill",
        main_strategy="C03",
        strategies=["C05", "C07"],
    )
    client_of(coach).post(CREATE, form)
    company = Company.objects.get()
    assert company.organisation_number == "4920000009"
    assert (company.municipality_id, company.size_class, company.main_strategy_id) == ("1490", "micro", "C03")
    assert company.website == "https://vav.example"
    assert {strategy.pk for strategy in company.strategies.all()} == {"C05", "C07"}


def test_company_create_with_errors_keeps_every_value_and_says_what_to_do(client_of, coach, reference):
    form = facts(
        name="", organisation_number="492000-0008", website="javascript:alert(1)", description="Min text"
    )
    page = text(client_of(coach).post(CREATE, form))
    assert "<title>Fel:" in page
    assert "Tre saker behöver rättas" in page
    assert page.count("Skriv företagets namn") == 2
    assert "kontrollsiffran" in page
    assert "Skriv adressen så här" in page
    assert "Min text" in page
    assert "492000-0008" in page
    assert not Company.objects.exists()


def test_company_create_refuses_a_personnummer_as_organisation_number(client_of, coach, reference):
    page = text(client_of(coach).post(CREATE, facts(organisation_number="811218-9876")))
    assert "Välj företagsformen Enskild firma" in page
    assert not Company.objects.exists()


def test_company_create_takes_what_a_sole_trader_wrote_in_the_other_field(client_of, coach, reference):
    """The refusal says: choose Enskild firma. Doing just that is enough."""
    client_of(coach).post(CREATE, facts(legal_form="sole_trader", organisation_number="811218-9876"))
    company = Company.objects.get()
    assert company.organisation_number == ""
    assert company.number_shown == "19811218-****"


def test_company_create_warns_of_a_like_name_before_saving(client_of, coach, reference):
    there = CompanyFactory(name="Väveriet i Borås AB", municipality_id="1490")
    client, form = (
        client_of(coach),
        {"name": "Väveriet i Boras", "legal_form": "limited", "municipality": "1490"},
    )
    page = text(client.post(CREATE, form))
    assert Company.objects.count() == 1
    assert "Inget är sparat än" in page
    assert there.get_absolute_url() in page
    assert "Det är ett annat företag, lägg till ändå" in page
    assert client.post(CREATE, form | {"confirmed": "1"}).status_code == 302
    assert Company.objects.count() == 2


def test_company_create_never_saves_a_number_twice_even_if_confirmed(client_of, coach, reference):
    there = CompanyFactory(name="Kvarnåns", organisation_number="4920000009")
    page = text(client_of(coach).post(CREATE, facts(confirmed="1")))
    assert "Numret tillhör Kvarnåns, som redan finns." in page
    assert there.get_absolute_url() in page
    assert Company.objects.count() == 1


@pytest.mark.parametrize("address", [CREATE, DUPLICATES])
def test_duplicates_never_name_a_confidential_company(client_of, coach, other_coach, reference, address):
    secret = CompanyFactory(
        name="Hemliga Väveriet AB",
        organisation_number="4920000009",
        responsible_coach=other_coach,
        confidential=True,
    )
    page = text(client_of(coach).post(address, facts(name="Väveriet")))
    assert "Numret finns redan hos en annan coach. Kontakta administratören." in page
    assert "Hemliga" not in page
    assert secret.get_absolute_url() + '"' not in page


def test_duplicates_live_hint_answers_with_a_fragment(client_of, coach, reference):
    CompanyFactory(name="Väveriet AB")
    page = text(client_of(coach).post(DUPLICATES, {"name": "väveriet"}))
    assert "Finns företaget redan?" in page
    assert "<html" not in page
    assert text(client_of(coach).post(DUPLICATES, {"name": "Något helt annat"})).strip() == ""


# --- Change -----------------------------------------------------------------------------------


def test_company_edit_saves(client_of, coach, reference):
    company = CompanyFactory(responsible_coach=coach, main_strategy_id="C05")
    company.strategies.set(["C07"])
    response = client_of(coach).post(
        url("company-edit", company.pk), facts(version=1, strategies=["C08"], main_strategy="")
    )
    assert response["Location"] == company.get_absolute_url()
    company.refresh_from_db()
    assert (company.name, company.main_strategy, company.version) == ("Väveriet AB", None, 2)
    assert [strategy.pk for strategy in company.strategies.all()] == ["C08"]


def test_company_edit_by_two_keeps_both_texts(client_of, coach, colleague, reference):
    company = CompanyFactory(responsible_coach=coach, organisation_number="4920000009")
    address = url("company-edit", company.pk)
    client_of(colleague).post(address, facts(version=1, description="Kollegans text"))
    response = client_of(coach).post(address, facts(version=1, description="Min text", size_class="small"))
    page = text(response)
    assert response.status_code == 409
    assert "Någon annan har sparat företaget under tiden" in page
    assert page.count("Kollegans text") == 1
    assert page.count("Min text") == 2  # in the comparison and in the field
    assert 'name="version" value="2"' in page
    company.refresh_from_db()
    assert company.description == "Kollegans text"
    saved = client_of(coach).post(address, facts(version=2, description="Min text", size_class="small"))
    assert saved.status_code == 302
    company.refresh_from_db()
    assert company.description == "Min text"


@pytest.mark.parametrize("version", ["", "x", "-1", "٣", "9" * 30])
def test_company_edit_without_a_readable_version_is_a_conflict(client_of, coach, reference, version):
    company = CompanyFactory(responsible_coach=coach)
    response = client_of(coach).post(url("company-edit", company.pk), facts(version=version))
    assert response.status_code == 409


def test_company_edit_takes_no_fields_of_others(client_of, coach, other_coach, reference):
    company = CompanyFactory(responsible_coach=coach)
    more = {
        "responsible_coach": other_coach.pk,
        "is_confidential": "on",
        "created_by": other_coach.pk,
        "personal_number": "811218-9876",
    }
    client_of(coach).post(url("company-edit", company.pk), facts(version=1, **more))
    company.refresh_from_db()
    assert company.responsible_coach == coach
    assert not company.is_confidential
    assert company.created_by is None
    assert not company.personal_number


def test_company_edit_of_a_sole_trader_keeps_the_number_when_left_empty(client_of, coach, reference):
    company = CompanyFactory(sole_trader="811218-9876", responsible_coach=coach)
    form = facts(version=1, legal_form="sole_trader", organisation_number="")
    assert client_of(coach).post(url("company-edit", company.pk), form).status_code == 302
    company.refresh_from_db()
    assert company.personal_number.reveal() == "198112189876"


# --- Sekretessmarkering and responsibility ----------------------------------------------------


def test_company_confidentiality_is_set_with_a_reason_and_hides_at_once(client_of, coach, other_coach):
    company = CompanyFactory(responsible_coach=coach)
    address = url("company-confidentiality", company.pk)
    assert "Skriv varför" in text(client_of(coach).post(address, {"reason": " "}))
    assert client_of(other_coach).get(company.get_absolute_url()).status_code == 200
    client_of(coach).post(address, {"reason": "Patent pågår", "provision": "30 kap. 23 § OSL"})
    company.refresh_from_db()
    assert (company.is_confidential, company.confidential_reason) == (True, "Patent pågår")
    assert company.confidential_set_by == coach
    assert client_of(other_coach).get(company.get_absolute_url()).status_code == 404
    client_of(coach).post(address, {"clear": "1"})
    assert client_of(other_coach).get(company.get_absolute_url()).status_code == 200


def test_company_responsible_hands_over(client_of, coach, other_coach):
    company = CompanyFactory(responsible_coach=coach)
    client_of(coach).post(url("company-responsible", company.pk), {"coach": other_coach.pk})
    company.refresh_from_db()
    assert company.responsible_coach == other_coach
    assert company.responsible_organisation == other_coach.organisation


def test_company_responsible_of_a_confidential_company_leads_away_when_no_longer_seen(
    client_of, coach, other_coach
):
    company = CompanyFactory(responsible_coach=coach, confidential=True)
    response = client_of(coach).post(url("company-responsible", company.pk), {"coach": other_coach.pk})
    assert response["Location"] == reverse("companies:company-list")


@pytest.mark.parametrize("who", ["organiser", "official", "admin"])
def test_company_responsible_must_be_a_coach(client_of, request, coach, who):
    company = CompanyFactory(responsible_coach=coach)
    page = text(
        client_of(coach).post(
            url("company-responsible", company.pk), {"coach": request.getfixturevalue(who).pk}
        )
    )
    assert "Välj en coach i listan" in page


# --- Contacts ---------------------------------------------------------------------------------


def test_contact_create_and_edit(client_of, coach):
    company = CompanyFactory(responsible_coach=coach)
    client = client_of(coach)
    assert "Skriv kontaktpersonens namn" in text(client.post(url("contact-create", company.pk), {"name": ""}))
    client.post(url("contact-create", company.pk), {"name": "Johan", "email": "johan@vav.example"})
    contact = company.contacts.get()
    client.post(url("contact-edit", company.pk, contact.pk), {"name": "Johan Ståhlberg"})
    contact.refresh_from_db()
    assert (contact.name, contact.email) == ("Johan Ståhlberg", "")


def test_contact_left_and_back_again_by_undo(client_of, coach):
    contact = ContactFactory(company=CompanyFactory(responsible_coach=coach))
    client, address = client_of(coach), [contact.company_id, contact.pk]
    page = text(client.post(url("contact-left", *address), follow=True))
    contact.refresh_from_db()
    assert contact.left_on is not None
    assert url("contact-return", *address) in page
    client.post(url("contact-return", *address))
    contact.refresh_from_db()
    assert contact.left_on is None


@pytest.mark.parametrize("name", ["contact-edit", "contact-left", "contact-return"])
def test_a_contact_is_reached_only_through_its_own_company(client_of, coach, other_coach, name):
    mine = CompanyFactory(responsible_coach=coach)
    theirs = ContactFactory(company=CompanyFactory(responsible_coach=other_coach, confidential=True))
    client = client_of(coach)
    assert client.post(url(name, mine.pk, theirs.pk), {"name": "X"}).status_code == 404
    assert client.post(url(name, theirs.company_id, theirs.pk), {"name": "X"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.left_on is None
    assert theirs.name != "X"


def test_a_coach_on_the_engagement_may_edit_what_another_organisation_owns(client_of, coach, other_coach):
    company = CompanyFactory(responsible_coach=coach)
    EngagementFactory(company=company, lead=coach, co_coaches=[other_coach])
    assert client_of(other_coach).get(url("contact-create", company.pk)).status_code == 200


# --- Errors -----------------------------------------------------------------------------------


@pytest.mark.logs_errors
def test_an_error_while_saving_shows_and_logs_no_personnummer(
    client_of, coach, reference, monkeypatch, caplog, capsys
):
    def broken(**given):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("companies.actions.register_company", broken)
    client = client_of(coach)
    client.raise_request_exception = False
    form = facts(legal_form="sole_trader", organisation_number="", written_personal_number="811218-9876")
    response = client.post(CREATE, form)
    assert response.status_code == 500
    written = text(response) + caplog.text + "".join(capsys.readouterr())
    assert "9876" not in written
