"""A company's pages: who opens them, what each reader sees, what they cost."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from coachnet.audit.models import AccessEvent
from tests.factories.coaching import ActionFactory, EngagementFactory, SessionFactory
from tests.factories.companies import CompanyFactory, ContactFactory

pytestmark = pytest.mark.django_db
NOTE = "Anteckningen om hyresavtalet"
PAGES = ["company-detail", "company-sessions", "company-plan", "company-history"]


def url(name, company):
    return reverse(f"companies:{name}", args=[company.pk])


def text(response):
    return response.content.decode()


def coached(lead, **fields):
    """A company with a session, a contact and an action."""
    company = CompanyFactory(name="Kvarnåns Arbetsplagg AB", responsible_coach=lead, **fields)
    engagement = EngagementFactory(company=company, lead=lead, stage="plan")
    SessionFactory(engagement=engagement, complete=True, note=NOTE, minutes=90)
    SessionFactory(engagement=engagement, planned=True)
    ActionFactory(engagement=engagement, what="Skicka avtalsmall")
    ContactFactory(company=company, name="Johan Ståhlberg")
    return company


# --- Who opens what ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_company_pages_send_an_outsider_to_sign_in(outsider, coach, name):
    response = outsider.get(url(name, coached(coach)))
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


OPEN, CLOSED, HIDDEN = 200, 403, 404
ACCESS = {
    # page: coach, colleague, other_coach, organiser, official, admin
    ("company-detail", False): (OPEN, OPEN, OPEN, OPEN, CLOSED, OPEN),
    ("company-sessions", False): (OPEN, OPEN, OPEN, OPEN, CLOSED, OPEN),
    ("company-plan", False): (OPEN, OPEN, HIDDEN, HIDDEN, CLOSED, OPEN),
    ("company-history", False): (OPEN, OPEN, CLOSED, CLOSED, CLOSED, OPEN),
    ("company-detail", True): (OPEN, HIDDEN, HIDDEN, HIDDEN, CLOSED, OPEN),
    ("company-sessions", True): (OPEN, HIDDEN, HIDDEN, HIDDEN, CLOSED, OPEN),
    ("company-plan", True): (OPEN, HIDDEN, HIDDEN, HIDDEN, CLOSED, OPEN),
    ("company-history", True): (OPEN, HIDDEN, HIDDEN, HIDDEN, CLOSED, OPEN),
}
EVERYONE = ("coach", "colleague", "other_coach", "organiser", "official", "admin")
MATRIX = [
    (name, secret, who, status)
    for (name, secret), statuses in ACCESS.items()
    for who, status in zip(EVERYONE, statuses, strict=True)
]


@pytest.mark.parametrize(("name", "secret", "who", "status"), MATRIX)
def test_company_pages_open_for(client_of, request, coach, name, secret, who, status):
    company = coached(coach, confidential=secret)
    response = client_of(request.getfixturevalue(who)).get(url(name, company))
    assert response.status_code == status
    if status != OPEN:
        assert company.name not in text(response)


def test_a_refused_page_is_written_down(client_of, coach, other_coach):
    client_of(other_coach).get(url("company-detail", coached(coach, confidential=True)))
    assert AccessEvent.objects.filter(kind="denied", user=other_coach).count() == 1


def test_a_company_that_does_not_exist_is_not_found(client_of, coach):
    assert client_of(coach).get("/companies/4711/").status_code == 404


# --- What each reader sees --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "note", "plan", "edit", "log"),
    [
        ("coach", True, True, True, True),
        ("colleague", True, True, True, False),
        ("other_coach", False, False, False, False),
        ("organiser", False, False, False, False),
        ("admin", True, True, True, False),
    ],
)
def test_company_detail_shows_each_reader_her_share(client_of, request, coach, who, note, plan, edit, log):
    company = coached(coach)
    page = text(client_of(request.getfixturevalue(who)).get(company.get_absolute_url()))
    assert "1 h 30 min" in page
    assert "Johan Ståhlberg" in page
    assert (NOTE in page) is note
    assert ("Skicka avtalsmall" in page) is plan
    assert (url("company-plan", company) in page) is plan
    assert (url("company-edit", company) in page) is edit
    assert (url("company-history", company) in page) is edit
    assert (f"?company={company.pk}" in page) is log


def test_company_sessions_never_hold_the_note(client_of, coach, organiser):
    company = coached(coach)
    for reader in (coach, organiser):
        assert NOTE not in text(client_of(reader).get(url("company-sessions", company)))


def test_company_sessions_link_only_to_what_the_reader_may_open(client_of, coach, organiser):
    company = coached(coach)
    address = url("company-sessions", company)
    assert 'class="table__link"' in text(client_of(coach).get(address))
    assert 'class="table__link"' not in text(client_of(organiser).get(address))


def test_company_detail_tells_who_coaches_and_what_to_do(client_of, coach, other_coach):
    page = text(client_of(other_coach).get(coached(coach).get_absolute_url()))
    assert "Företaget coachas av Maja Ekdahl" in page


def test_company_detail_without_coaching_offers_to_start(client_of, coach, organiser):
    company = CompanyFactory()
    page = text(client_of(coach).get(company.get_absolute_url()))
    assert "Ingen coachar företaget just nu" in page
    assert reverse("coaching:engagement-create") + f"?company={company.pk}" in page
    seen_by_organiser = text(client_of(organiser).get(company.get_absolute_url()))
    assert "Ingen coachar företaget just nu" in seen_by_organiser
    assert reverse("coaching:engagement-create") not in seen_by_organiser


def test_company_detail_marks_a_confidential_company_and_says_why(client_of, coach):
    page = text(client_of(coach).get(coached(coach, confidential=True).get_absolute_url()))
    assert "Sekretessmarkerat" in page
    assert "Patentansökan pågår" in page


def test_company_detail_masks_a_sole_trader(client_of, coach):
    company = CompanyFactory(sole_trader="811218-9876", responsible_coach=coach)
    for name in ("company-detail", "company-edit", "company-history"):
        page = text(client_of(coach).get(url(name, company)))
        assert "9876" not in page, name
    assert "19811218-****" in text(client_of(coach).get(company.get_absolute_url()))


def test_company_detail_never_links_to_a_script(client_of, coach):
    company = CompanyFactory(responsible_coach=coach, website="https://vav.example")
    page = text(client_of(coach).get(company.get_absolute_url()))
    assert 'href="https://vav.example" rel="noopener noreferrer external"' in page


def test_company_history_tells_what_was_changed_and_by_whom(client_of, coach, reference):
    company = CompanyFactory(responsible_coach=coach)
    client = client_of(coach)
    form = {"name": "Nytt namn AB", "legal_form": "limited", "version": 1}
    assert client.post(url("company-edit", company), form).status_code == 302
    page = text(client.get(url("company-history", company)))
    assert "Maja Ekdahl" in page
    assert "Nytt namn AB" in page


# --- Cost -------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 11])
@pytest.mark.parametrize(
    ("name", "queries"), [("company-detail", 12), ("company-sessions", 9), ("company-plan", 9)]
)
def test_company_pages_cost_the_same_for_one_and_eleven(
    client_of, coach, django_assert_num_queries, name, queries, rows
):
    company = CompanyFactory(responsible_coach=coach)
    engagement = EngagementFactory(company=company, lead=coach)
    for number in range(rows):
        SessionFactory(
            engagement=engagement, complete=True, date=timezone.localdate() - dt.timedelta(days=number + 1)
        )
        ActionFactory(engagement=engagement)
        ContactFactory(company=company)
    client = client_of(coach)
    client.get(url(name, company))
    with django_assert_num_queries(queries):
        assert client.get(url(name, company)).status_code == 200


def test_company_sessions_page_by_key(client_of, coach):
    company = CompanyFactory(responsible_coach=coach)
    engagement = EngagementFactory(company=company, lead=coach)
    for number in range(30):
        SessionFactory(engagement=engagement, date=timezone.localdate() - dt.timedelta(days=number))
    response = client_of(coach).get(url("company-sessions", company))
    page = response.context["page"]
    rest = client_of(coach).get(url("company-sessions", company), {"after": page.after}).context["page"]
    assert (len(page.rows), len(rest.rows), rest.after) == (25, 5, "")
    assert not {one.pk for one in page.rows} & {one.pk for one in rest.rows}
