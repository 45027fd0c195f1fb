"""Sessions as a spreadsheet: who gets which rows, what stands in them, and that memory stays flat."""

import csv
import datetime as dt
import re

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from coaching import exports
from coaching.models import Session, SessionCoach
from coachnet.audit.models import AccessEvent
from companies.models import Company
from tests.factories.coaching import EngagementFactory, SessionFactory
from tests.factories.companies import CompanyFactory

pytestmark = pytest.mark.django_db
FILE = reverse("coaching:session-export")


def table(response):
    text = b"".join(response).decode("utf-8")
    assert text.startswith("\ufeff")
    header, *rows = csv.reader(text.removeprefix("\ufeff").splitlines(), delimiter=";")
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.fixture
def session(engagement, contact, today, reference):
    return SessionFactory(
        engagement=engagement,
        complete=True,
        date=today,
        start_time=dt.time(9, 30),
        minutes=75,
        preparation_minutes=20,
        travel_minutes=40,
        channel="on_site",
        note="Ett **fynd**",
        place="Fabriken, plan två",
        contacts=[contact],
    )


@pytest.fixture
def sworn(coach, programme):
    company = CompanyFactory(name="Hemliga AB", confidential=True, responsible_coach=coach)
    engagement = EngagementFactory(company=company, programme=programme, lead=coach)
    return SessionFactory(engagement=engagement, complete=True)


def test_a_row_has_the_time_and_never_the_note(client_of, coach, session):
    response = client_of(coach).get(FILE)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    (row,) = table(response)
    company = session.engagement.company
    assert row == {
        "Datum": session.date.isoformat(),
        "Började": "09:30",
        "Företag": "Kvarnåns Arbetsplagg AB",
        "Organisationsnummer": f"{company.organisation_number[:6]}-{company.organisation_number[6:]}",
        "Kommun": company.municipality.name if company.municipality else "",
        "Program": "Cirkulär omställning",
        "Läge": "Genomfört",
        "Fullständighet": "Komplett",
        "Hur ni möttes": "På plats",
        "Stödtid, minuter": "75",
        "Förberedelse, minuter": "20",
        "Resa, minuter": "40",
        "Coacher": coach.name,
        "Coachernas organisationer": coach.organisation.name,
        "Strategier": ", ".join(one.pk for one in session.strategies.all()),
    }


def test_coaches_of_one_organisation_name_it_once(client_of, coach, colleague, session):
    SessionCoach.objects.create(session=session, coach=colleague, organisation=colleague.organisation)
    (row,) = table(client_of(coach).get(FILE))
    assert row["Coacher"] == f"{coach.name}, {colleague.name}"
    assert row["Coachernas organisationer"] == coach.organisation.name


def test_it_is_for_those_who_see_the_list(client_of, official, outsider, session):
    assert client_of(official).get(FILE).status_code == 403
    response = outsider.get(FILE)
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]
    assert client_of(official).post(FILE).status_code in (403, 405)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("coach", {"Kvarnåns Arbetsplagg AB", "Hemliga AB"}),
        ("colleague", {"Kvarnåns Arbetsplagg AB"}),
        ("other_coach", {"Kvarnåns Arbetsplagg AB"}),
        ("organiser", {"Kvarnåns Arbetsplagg AB"}),
        ("admin", {"Kvarnåns Arbetsplagg AB", "Hemliga AB"}),
    ],
)
def test_each_gets_the_rows_of_the_list(client_of, request, session, sworn, who, seen):
    client = client_of(request.getfixturevalue(who))
    rows = table(client.get(f"{FILE}?scope=all"))
    listed = client.get(f"{reverse('coaching:session-list')}?scope=all").context["page"].rows
    assert {row["Företag"] for row in rows} == seen == {one.engagement.company.name for one in listed}


@pytest.mark.parametrize(
    ("who", "time"),
    [
        ("coach", ("75", "20", "40")),
        ("colleague", ("75", "20", "40")),
        ("other_coach", ("75", "", "")),
        ("organiser", ("75", "20", "40")),
        ("admin", ("75", "20", "40")),
    ],
)
def test_time_beside_the_session_is_for_those_who_read_it_or_follow_up(
    client_of, request, session, who, time
):
    """A coach of another organisation does not open the session; she who leads the network follows up its hours."""
    (row,) = table(client_of(request.getfixturevalue(who)).get(f"{FILE}?scope=all"))
    columns = ("Stödtid, minuter", "Förberedelse, minuter", "Resa, minuter")
    assert tuple(row[name] for name in columns) == time


def test_it_follows_the_filters_and_the_order_of_the_list(client_of, coach, engagement, session, today):
    SessionFactory(engagement=engagement, planned=True, date=today + dt.timedelta(days=3))
    SessionFactory(engagement=engagement, date=today - dt.timedelta(days=40), minutes=None)
    SessionFactory(engagement=engagement, complete=True, removed_at=timezone.now(), removed_by=coach)
    client = client_of(coach)
    for query in ("", "?scope=all", "?state=planned", "?state=held", "?incomplete=1", "?state=nonsense"):
        page = client.get(reverse("coaching:session-list") + query)
        wanted = [row.date.isoformat() for row in page.context["page"].rows]
        assert wanted, query
        assert [row["Datum"] for row in table(client.get(FILE + query))] == wanted, query
        if query:
            assert f'href="{FILE}{query}"' in page.content.decode()


def test_it_is_written_down_before_it_leaves(client_of, coach, session):
    client_of(coach).get(f"{FILE}?state=held")
    event = AccessEvent.objects.get(kind="export")
    assert event.user == coach
    assert (event.detail["what"], event.detail["rows"]) == ("sessions", 1)
    assert event.detail["filters"] == {"scope": "mine", "state": "held"}


def test_no_cell_runs_and_no_personnummer_leaves(client_of, coach, programme, session):
    company = CompanyFactory(name="=HYPERLINK(1)", sole_trader="811218-9876")
    SessionFactory(engagement=EngagementFactory(company=company, programme=programme, lead=coach))
    rows = {row["Företag"]: row for row in table(client_of(coach).get(FILE))}
    assert rows["'=HYPERLINK(1)"]["Organisationsnummer"] == ""
    assert "8112" not in str(rows)
    assert "fynd" not in str(rows)
    assert "Fabriken" not in str(rows)


@pytest.mark.parametrize("scope", ["mine", "all"])
def test_it_costs_the_same_for_one_and_eleven(client_of, coach, session, django_assert_num_queries, scope):
    client, url = client_of(coach), f"{FILE}?scope={scope}"
    b"".join(client.get(url))
    for rows in (1, 11):
        with django_assert_num_queries(5):
            assert len(table(client.get(url))) == rows
        for _ in range(10):
            SessionFactory(engagement=session.engagement, complete=True)


@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize(
    ("address", "what", "model"),
    [
        (FILE, "coaching.exports", Session),
        (reverse("companies:company-export"), "companies.views.lists", Company),
    ],
)
def test_no_query_fetches_more_than_a_chunk_of_rows(
    client_of, coach, programme, reference, monkeypatch, pooled, address, what, model
):
    """Memory stays flat also behind PgBouncer, where no cursor outlives a transaction, and none is needed here."""
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", pooled)
    prefix = "" if what == "coaching.exports" else "EXPORT_"
    monkeypatch.setattr(f"{what}.{prefix}FIRST", 2)
    monkeypatch.setattr(f"{what}.{prefix}CHUNK", 4)
    for _ in range(11):
        company = CompanyFactory(responsible_coach=coach)
        SessionFactory(engagement=EngagementFactory(company=company, programme=programme, lead=coach))
    client = client_of(coach)
    asked: list[str] = []

    def note(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        response = client.get(address)
        first = next(iter(response))
        before = len(asked)
        rest = b"".join(response)
    assert first.count(b";") > 5
    assert rest.count(b"\r\n") == 11
    fetched = [sql for sql in asked if f'FROM "{model._meta.db_table}"' in sql and "ORDER BY" in sql]
    assert fetched[0] in asked[before:]  # the names of the columns wait for no row
    limits = [int(found[1]) for sql in fetched if (found := re.search(r"LIMIT (\d+)$", sql))]
    assert limits == [2, 4, 4, 4]


def test_the_order_of_columns_is_that_of_the_header(coach, session):
    (row,) = exports.rows(Session.objects.listed_for(coach), coach)
    assert len(row) == len(exports.header())
