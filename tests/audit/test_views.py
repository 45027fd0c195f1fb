"""The log of the whole house: who reads it, what the filters let through, and that taking it out is recorded."""

import csv
import datetime as dt
import html
import io
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coachnet.accounts.models import User
from coachnet.audit.access import record
from coachnet.audit.context import acting
from coachnet.audit.models import AccessEvent
from coachnet.audit.views import ROWS_PER_PAGE
from companies.models import Company
from tests.conftest import ClientOf

pytestmark = pytest.mark.django_db
LOG = "/audit/"


@pytest.fixture
def company(coach: User) -> Company:
    with acting(user=coach.pk, address="192.0.2.1", url="/companies/new/"):
        return Company.objects.create(name="Väveriet AB", created_by=coach)


def page_of(client: Client, **chosen: Any) -> str:
    response = client.get(LOG, chosen)
    assert response.status_code == 200
    return response.content.decode()


def proven(client: Client, user: User) -> Client:
    """The client as it is just after its person has proved again who she is."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "reauthenticated": True, "at": timezone.now().timestamp()}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def test_log_opens_for_admins_only(
    admin: User,
    coach: User,
    colleague: User,
    organiser: User,
    official: User,
    outsider: Client,
    client_of: ClientOf,
):
    assert reverse("audit:log") == LOG
    assert client_of(admin).get(LOG).status_code == 200
    for person in (coach, colleague, organiser, official):
        assert client_of(person).get(LOG).status_code == 403
        assert client_of(person).post(f"{LOG}export/").status_code == 403
    assert outsider.get(LOG).status_code == 302
    assert outsider.post(f"{LOG}export/").status_code == 302


def test_log_shows_changes_and_access_in_one_thread(
    admin: User, coach: User, company: Company, client_of: ClientOf
):
    record(AccessEvent.Kind.SIGN_IN, None, user=coach, methods=["password", "totp"])
    text = page_of(client_of(admin))
    assert "Lade till företag: Väveriet AB" in text
    assert "Loggade in med lösenord och autentiseringsapp" in text
    assert "192.0.2.1" in text


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, {"Väveriet AB", "Loggade ut", "Nekades en sida"}),
        ({"kind": "insert", "thing": "companies.company"}, {"Väveriet AB"}),
        ({"kind": "delete"}, set()),
        ({"kind": "denied"}, {"Nekades en sida"}),
        ({"kind": "sign_out"}, {"Loggade ut"}),
        ({"thing": "coaching.session"}, set()),
        ({"since": "2000-01-01", "until": "2000-12-31"}, set()),
        ({"since": "2000-01-01", "thing": "companies.company"}, {"Väveriet AB"}),
    ],
)
def test_log_filters(
    chosen: dict[str, str], found: set[str], admin: User, coach: User, company: Company, client_of: ClientOf
):
    record(AccessEvent.Kind.SIGN_OUT, None, user=coach)
    record(AccessEvent.Kind.DENIED, None, user=coach, status=403, method="GET", route="x")
    text = page_of(client_of(admin), **chosen)
    assert {words for words in ("Väveriet AB", "Loggade ut", "Nekades en sida") if words in text} == found


def test_log_filters_by_person(
    admin: User, coach: User, colleague: User, company: Company, client_of: ClientOf
):
    record(AccessEvent.Kind.SIGN_OUT, None, user=colleague)
    assert "Väveriet AB" in page_of(client_of(admin), person="maja ek")
    for written in ("Åke", colleague.email):
        text = page_of(client_of(admin), person=written)
        assert "Väveriet AB" not in text
        assert "Loggade ut" in text
    assert "Inga händelser i urvalet" in page_of(client_of(admin), person="Ingen Alls")


def test_a_request_that_wrote_a_hundred_rows_goes_on_on_the_next_page(
    admin: User, coach: User, client_of: ClientOf
):
    names = {f"Företag nummer {number:03}" for number in range(100)}
    with acting(user=coach.pk, url="/import/"):
        for name in sorted(names):
            Company.objects.create(name=name, created_by=coach)
    client, address, seen, pages = client_of(admin), f"{LOG}?thing=companies.company", [], 0
    while address:
        text = client.get(address).content.decode()
        found = re.findall(r"Lade till företag: ([^<]+)<", text)
        assert len(found) <= ROWS_PER_PAGE
        seen += found
        pages += 1
        more = re.search(r'href="(\?[^"]*after=[^"]+)"', text)
        address = LOG + html.unescape(more[1]) if more else ""
    assert (sorted(seen), pages) == (sorted(names), 2)


def test_the_filters_that_are_drawn_once_are_those_of_an_empty_choice(admin: User, client_of: ClientOf):
    def filters(query: str) -> str:
        text = client.get(f"{LOG}{query}").content.decode()
        return " ".join(text.partition('<form class="listbar"')[2].partition("</details>")[0].split())

    client = client_of(admin)
    drawn = {
        query: filters(query) for query in ("", "?person=&kind=", "?thing=companies.company", "?after=x")
    }
    assert drawn[""] == drawn["?person=&kind="] == drawn["?after=x"]
    chosen = '<option value="companies.company" selected>'
    assert [chosen in text for text in drawn.values()] == [False, False, True, False]
    assert drawn["?thing=companies.company"].replace(" selected", "") == drawn[""].replace(" selected", "")


def test_log_says_when_nothing_fits_and_when_the_period_is_backwards(admin: User, client_of: ClientOf):
    assert "Inga händelser i urvalet" in page_of(client_of(admin), kind="export")
    assert "inte ligger före" in page_of(client_of(admin), since="2026-11-23", until="2026-11-01")


def test_log_pages_by_key(admin: User, coach: User, client_of: ClientOf):
    for number in range(35):
        with acting(user=coach.pk):
            Company.objects.create(name=f"Företag nr {number:02}", created_by=coach)
    first = client_of(admin).get(LOG, {"thing": "companies.company"})
    assert len(first.context["entries"]) == 30
    second = client_of(admin).get(LOG + first.context["more"])
    names = [entry.text for entry in [*first.context["entries"], *second.context["entries"]]]
    assert names == [f"Lade till företag: Företag nr {number:02}" for number in reversed(range(35))]
    assert second.context["more"] == ""


def test_log_costs_the_same_with_one_and_with_eleven_events(
    admin: User, coach: User, client_of: ClientOf, django_assert_num_queries: Any
):
    client = client_of(admin)
    with acting(user=coach.pk):
        Company.objects.create(name="Ett", created_by=coach, responsible_coach=coach)
    client.get(LOG)
    with django_assert_num_queries(QUERIES):
        client.get(LOG)
    for number in range(11):
        with acting(user=coach.pk):
            Company.objects.create(name=f"Företag {number}", created_by=coach, responsible_coach=coach)
    with django_assert_num_queries(QUERIES):
        client.get(LOG)


def test_export_gives_the_chosen_rows_and_is_itself_recorded(
    admin: User, coach: User, company: Company, client_of: ClientOf
):
    with acting(user=coach.pk):
        company.name = "=HYPERLINK(1)"
        company.save()
    client = proven(client_of(admin), admin)
    response = client.post(f"{LOG}export/", {"thing": "companies.company"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0][:3] == ["Tidpunkt", "Vem", "Vad"]
    assert [row[1] for row in rows[1:]] == ["Maja Ekdahl", "Maja Ekdahl"]
    assert rows[1][4:6] == ["Väveriet AB", "'=HYPERLINK(1)"]
    event = AccessEvent.objects.get(kind=AccessEvent.Kind.EXPORT)
    assert event.user == admin
    assert event.detail == {"what": "händelseloggen", "rows": 2, "filters": {"thing": "companies.company"}}


def test_export_asks_the_person_to_prove_who_she_is(admin: User, client_of: ClientOf):
    response = client_of(admin).post(f"{LOG}export/")
    assert response.status_code == 302
    assert "reauthenticate" in response["Location"]
    assert not AccessEvent.objects.filter(kind=AccessEvent.Kind.EXPORT).exists()


def test_export_is_not_made_by_a_link(admin: User, client_of: ClientOf):
    assert proven(client_of(admin), admin).get(f"{LOG}export/").status_code == 405


def test_export_stops_who_exports_again_and_again(admin: User, client_of: ClientOf):
    client = proven(client_of(admin), admin)
    answers = [client.post(f"{LOG}export/", {"kind": "export"}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    cache.clear()
    assert client.post(f"{LOG}export/", {"kind": "export"}).status_code == 200


def test_export_of_too_much_asks_for_a_shorter_period(
    admin: User, company: Company, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("coachnet.audit.views.ENTRIES_PER_FILE", 0)
    client = proven(client_of(admin), admin)
    response = client.post(f"{LOG}export/", {"thing": "companies.company"}, follow=True)
    assert "kortare period" in response.content.decode()
    assert response.redirect_chain[-1][0].endswith("?thing=companies.company")
    assert not AccessEvent.objects.filter(kind=AccessEvent.Kind.EXPORT).exists()


def test_period_ends_with_its_last_day_in_sweden(admin: User, coach: User, client_of: ClientOf):
    late = dt.datetime(2026, 11, 1, 22, 59, tzinfo=dt.UTC)  # 23:59 in Sweden
    AccessEvent.objects.create(kind=AccessEvent.Kind.SIGN_OUT, user=coach, at=late)
    assert "Loggade ut" in page_of(client_of(admin), since="2026-11-01", until="2026-11-01", kind="sign_out")
    assert "Loggade ut" not in page_of(
        client_of(admin), since="2026-11-02", until="2026-11-02", kind="sign_out"
    )


# The session, the person, which rows, the rows with their contexts, people's names.
QUERIES = 5
