"""Who sees the overview, and that page, CSV, XLSX and JSON hide the same things."""

import datetime as dt
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coaching.models import Engagement
from coachnet.accounts.models import User
from coachnet.audit.models import AccessEvent
from companies.models import Company
from dashboards.dimensions import SPLITS
from dashboards.models import Cell
from dashboards.periods import Kind, Period, from_key
from dashboards.refresh import refresh
from tests.conftest import ClientOf
from tests.dashboards.attacker import Attacker, Place
from tests.dashboards.scene import coached, log
from tests.dashboards.workbook import sheets_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
OVERVIEW = "/overview/"
FILES = ("export.csv", "export.xlsx", "export.json")
TODAY = timezone.localdate()
# How many companies each municipality has: two sub-regions that are few, two that are not.
PLACES = {"1490": 9, "1463": 2, "1480": 7, "1496": 3, "1485": 1}
MEASURES = {"K01": "companies", "K02": "continued", "K03": "minutes"}


@pytest.fixture
def region(coach: User) -> list[Company]:
    """22 companies, each with sessions in this quarter and some before."""
    companies = []
    for place, many in PLACES.items():
        for number in range(many):
            visits = [(TODAY, 60), (TODAY - dt.timedelta(days=100 + 9 * number), 90)][: 1 + number % 2]
            facts: dict[str, Any] = {"size_class": ["micro", "small"][number % 2]}
            if number == 1:
                facts |= {"confidential": True, "responsible_coach": coach}
            companies.append(coached(coach, visits, place=place, name=f"Dolda {place} {number} AB", **facts))
    refresh()
    return companies


def test_who_gets_in(
    region: list[Company],
    coach: User,
    organiser: User,
    official: User,
    admin: User,
    outsider: Client,
    client_of: ClientOf,
) -> None:
    for address in (OVERVIEW, *(OVERVIEW + file for file in FILES)):
        for person in (organiser, official, admin):
            assert client_of(person).get(address).status_code == 200
        assert client_of(coach).get(address).status_code == 403
        assert outsider.get(address).status_code == 302
    behind = OVERVIEW + "companies/?period=start"
    assert client_of(organiser).get(behind).status_code == 200
    assert client_of(official).get(behind).status_code == 403
    assert client_of(coach).get(behind).status_code == 404
    assert client_of(organiser).get(behind + "&figure=nonsense").status_code == 404
    assert client_of(organiser).get(behind + "&group=nonsense").status_code == 404


def test_officials_start_at_the_overview(official: User, organiser: User, client_of: ClientOf) -> None:
    assert client_of(official).get("/").headers["Location"] == OVERVIEW
    assert client_of(organiser).get("/").status_code == 200
    page = client_of(official).get(OVERVIEW).content.decode()
    assert "Här finns inga siffror än" in page
    assert page.count(f'href="{OVERVIEW}"') == 3  # brand, menu and thumb bar, once each


def every_address() -> list[str]:
    periods = ["start", *(Period(Kind(cell.kind), cell.starts_on).key for cell in totals())]
    return [f"?period={key}&split={split}&map=municipalities" for key, split in product(periods, SPLITS)]


def totals() -> list[Cell]:
    return list(Cell.objects.filter(dimension="total", kind__in=("quarter", "year")))


def told_by_json(client: Client) -> dict[Place, tuple[int | None, str]]:
    """Everything that can be read, hours as such (they are rounded, which an attacker cannot undo)."""
    told: dict[Place, tuple[int | None, str]] = {}
    for address in every_address():
        for row in client.get(f"{OVERVIEW}export.json{address}").json()["figures"]:
            period = from_key(row["period"])
            if row["measure"] in ("K01", "K02") and period:
                place = (MEASURES[row["measure"]], period, row["split"], row["group"])
                assert told.setdefault(place, (row["value"], row["state"])) == (row["value"], row["state"])
    return told


def test_an_official_cannot_find_out_by_subtracting(
    region: list[Company], official: User, client_of: ClientOf
) -> None:
    """All periods and splits that the address can ask for, put together."""
    from companies.models import Municipality

    told = told_by_json(client_of(official))
    hidden = [place for place, (value, _state) in told.items() if value is None]
    assert len(hidden) > 20
    assert len(told) - len(hidden) > 100
    where = {one.pk: one.sub_region_id for one in Municipality.objects.all()}
    assert Attacker(told, where).secrets() == {}


def test_page_and_files_hide_the_same(region: list[Company], official: User, client_of: ClientOf) -> None:
    client = client_of(official)
    asked = "?period=start&split=sub_region&map=municipalities"
    data = client.get(f"{OVERVIEW}export.json{asked}").json()
    csv = client.get(f"{OVERVIEW}export.csv{asked}").content.decode("utf-8-sig").splitlines()
    book = sheets_of(client.get(f"{OVERVIEW}export.xlsx{asked}").content)
    sheets = [row for rows in list(book.values())[:4] for row in rows[1:]]
    assert len(csv) - 1 == len(data["figures"]) == len(sheets)
    for line, row, figure in zip(csv[1:], sheets, data["figures"], strict=True):
        words = {"few": "färre än 5"}.get(figure["state"], "visas inte")
        shown = words if figure["value"] is None else figure["value"]
        assert line.split(";")[7] == str(shown)
        assert row[7] == shown
        assert isinstance(row[7], int) == (figure["value"] is not None)
    few = [one for one in data["figures"] if one["group"] in ("FYR", "SKA") and one["measure"] == "K01"]
    assert {one["value"] for one in few if one["split"] == "sub_region"} == {None}
    page = client.get(OVERVIEW + asked).content.decode()
    assert page.count("färre än 5") > 2
    assert list(book)[4] == "Definitioner"


def test_an_official_never_reads_a_companys_name(
    region: list[Company], official: User, client_of: ClientOf
) -> None:
    client = client_of(official)
    for address in every_address()[:8]:
        for path in (OVERVIEW, *(OVERVIEW + file for file in FILES)):
            content = client.get(path + address).content
            text = str(sheets_of(content)) if path.endswith("xlsx") else content.decode()
            assert "Dolda" not in text
            assert not any(company.organisation_number in text for company in region)


def test_an_organiser_reads_exact_numbers_and_the_page_says_so(
    region: list[Company], organiser: User, client_of: ClientOf
) -> None:
    client = client_of(organiser)
    assert "Du ser exakta tal" in client.get(OVERVIEW).content.decode()
    figures = client.get(f"{OVERVIEW}export.json?period=start").json()["figures"]
    values = {
        row["group"]: row["value"]
        for row in figures
        if row["split"] == "sub_region" and row["measure"] == "K01"
    }
    assert values == {"BOR": 11, "GBG": 7, "SKA": 3, "FYR": 1}


def test_the_companies_behind_a_number_count_to_it(
    region: list[Company], organiser: User, admin: User, client_of: ClientOf
) -> None:
    """Seen and unseen together are the number; whoever may see secret ones sees them too."""
    client = client_of(organiser)
    figures = client.get(f"{OVERVIEW}export.json?period=start&split=sub_region").json()["figures"]
    for row in figures:
        if row["split"] == "sub_region" and row["measure"] in ("K01", "K02"):
            figure = MEASURES[row["measure"]]
            asked = f"?period=start&split=sub_region&group={row['group']}&figure={figure}"
            behind = client.get(f"{OVERVIEW}companies/{asked}").context["behind"]
            assert behind.total == row["value"] == len(behind.rows) + behind.unseen
    page = client.get(f"{OVERVIEW}companies/?period=start&group=GBG").content.decode()
    assert "1 sekretessmarkerat företag räknas med" in page
    assert "Dolda 1480 1 AB" not in page
    assert "Dolda 1480 2 AB" in page
    seen = client_of(admin).get(f"{OVERVIEW}companies/?period=start&group=GBG")
    assert "Dolda 1480 1 AB" in seen.content.decode()
    assert seen.context["behind"].unseen == 0


def test_a_long_list_goes_on(coach: User, organiser: User, client_of: ClientOf) -> None:
    for number in range(27):
        coached(coach, [(TODAY, 60)], name=f"Företag {number:02} AB")
    refresh()
    client = client_of(organiser)
    first = client.get(f"{OVERVIEW}companies/?period=start").context["behind"]
    second = client.get(first.next_url).context["behind"]
    names = [row.company.name for row in (*first.rows, *second.rows)]
    assert names == [f"Företag {number:02} AB" for number in range(27)]
    assert second.total == 27
    assert not second.next_url


def test_files_are_written_down(region: list[Company], official: User, client_of: ClientOf) -> None:
    for file in FILES:
        client_of(official).get(f"{OVERVIEW}{file}?period=start&split=size")
    told = AccessEvent.objects.filter(kind=AccessEvent.Kind.EXPORT).order_by("pk")
    assert [one.detail["what"] for one in told] == ["overview.csv", "overview.xlsx", "overview.json"]
    assert told[0].detail["filters"] == {"period": "start", "split": "size"}


def test_nothing_in_a_file_runs_as_a_formula(coach: User, official: User, client_of: ClientOf) -> None:
    from companies.models import SubRegion

    SubRegion.objects.filter(pk="BOR").update(name="=1+1")
    for _ in range(6):
        coached(coach, [(TODAY, 60)])
    refresh()
    client = client_of(official)
    assert "'=1+1" in client.get(f"{OVERVIEW}export.csv?period=start").content.decode()
    book = sheets_of(client.get(f"{OVERVIEW}export.xlsx?period=start").content)
    assert any("'=1+1" in row for rows in book.values() for row in rows)


@pytest.mark.parametrize("many", [1, 11])
def test_the_overview_costs_the_same_however_many(
    many: int,
    coach: User,
    official: User,
    organiser: User,
    client_of: ClientOf,
    django_assert_num_queries: Any,
) -> None:
    for _ in range(many):
        coached(coach, [(TODAY, 60), (TODAY - dt.timedelta(days=200), 60)])
    refresh()
    client, other = client_of(official), client_of(organiser)
    client.get(OVERVIEW)
    other.get(OVERVIEW)
    with django_assert_num_queries(8):
        client.get(OVERVIEW + "?period=start&split=strategy&map=municipalities")
    with django_assert_num_queries(8):
        client.get(OVERVIEW + "export.csv?period=start")
    with django_assert_num_queries(9):
        other.get(OVERVIEW + "companies/?period=start&split=sub_region&group=BOR")


def test_a_session_that_is_logged_moves_the_figures(
    region: list[Company], coach: User, official: User, client_of: ClientOf
) -> None:
    client = client_of(official)
    before = client.get(OVERVIEW + "export.json?period=start").json()
    log(Engagement.objects.filter(company=region[0]).get(), coach, TODAY, 600)
    refresh()
    after = client.get(OVERVIEW + "export.json?period=start").json()

    def hours(data: dict[str, Any]) -> int:
        return next(one["value"] for one in data["figures"] if one["measure"] == "K03")

    assert hours(after) == hours(before) + 10
    assert after["updated_at"] > before["updated_at"]


def test_an_address_that_asks_for_nonsense_gives_the_usual(
    region: list[Company], official: User, client_of: ClientOf
) -> None:
    client = client_of(official)
    usual = client.get(OVERVIEW).context["overview"]
    for nonsense in ("?period=1999-Q1", "?period=2026-11", "?split=municipality", "?split=total", "?map=x"):
        found = client.get(OVERVIEW + nonsense).context["overview"]
        assert (found.period, found.split) == (usual.period, usual.split)


def test_titles_say_nothing_that_a_cell_hides(coach: User, official: User, client_of: ClientOf) -> None:
    for _ in range(3):
        coached(coach, [(TODAY, 60)])
    refresh()
    page = client_of(official).get(reverse("dashboards:overview") + "?period=start")
    assert page.context["finding"] == "Färre än fem företag har fått coachning sedan start"
    assert "Boråsregionen" not in page.context["split_finding"]
    assert not any(line.companies.is_shown for line in page.context["overview"].groups)
