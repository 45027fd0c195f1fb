"""Target values: who sets them, what they can be, and that they tell nothing that is hidden."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from coachnet.accounts.models import User
from coachnet.audit.protection import events_of
from dashboards.dimensions import SPLITS
from dashboards.figures import Overview
from dashboards.models import Target
from dashboards.periods import BEGINNING, START, Kind, Period, period_of
from dashboards.refresh import refresh
from dashboards.targets import periods_to_aim_at, set_targets
from tests.conftest import ClientOf
from tests.dashboards.scene import coached

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
TODAY = timezone.localdate()
YEAR = period_of(TODAY, Kind.YEAR)
PAGE = f"/overview/targets/?period={YEAR.key}"
OVERVIEW = f"/overview/?period={YEAR.key}"
JSON = f"/overview/export.json?period={YEAR.key}"


def region(coach: User, many: int) -> None:
    for _ in range(many):
        coached(coach, [(TODAY, 60)])
    refresh()


def kept() -> dict[str, int]:
    return dict(Target.objects.during(YEAR).values_list("measure", "value"))


def test_who_sets_them(
    coach: User, organiser: User, official: User, admin: User, outsider: Client, client_of: ClientOf
) -> None:
    region(coach, 6)
    for many, person in enumerate((organiser, official, admin), start=10):
        assert client_of(person).post(PAGE, {"k01": many}).headers["Location"] == OVERVIEW
        assert kept() == {"K01": many}
    assert client_of(coach).get(PAGE).status_code == 403
    assert client_of(coach).post(PAGE, {"k01": 99}).status_code == 403
    assert outsider.post(PAGE, {"k01": 99}).status_code == 302
    assert kept() == {"K01": 12}
    page = client_of(organiser).get(OVERVIEW).content.decode()
    assert "/overview/targets/" in page


def test_a_target_stands_beside_its_outcome(coach: User, official: User, client_of: ClientOf) -> None:
    region(coach, 6)
    set_targets(period=YEAR, wanted={"K01": 12, "K06": 1})
    client = client_of(official)
    page = client.get(OVERVIEW).content.decode()
    assert "Mål 12, nått till 50 procent." in page
    told = client.get(JSON).json()["figures"]
    figures = {one["measure"]: one for one in told if (one["split"], one["period"]) == ("total", YEAR.key)}
    assert {one["target"] for one in told if one not in figures.values()} == {None}
    assert (figures["K01"]["value"], figures["K01"]["target"]) == (6, 12)
    assert figures["K04"]["target"] is None
    csv = client.get(f"/overview/export.csv?period={YEAR.key}").content.decode("utf-8-sig").splitlines()
    assert csv[0].endswith("Målvärde")
    assert csv[1].endswith(";12")
    other = client.get("/overview/?period=start").content.decode()
    assert "Mål 12" not in other


def test_a_hidden_figure_has_a_target_but_no_share(
    coach: User, official: User, organiser: User, client_of: ClientOf
) -> None:
    """Three companies of ten would be thirty percent."""
    region(coach, 3)
    set_targets(period=YEAR, wanted={"K01": 10})
    hidden = client_of(official).get(OVERVIEW).content.decode()
    assert "Mål 10." in hidden
    assert "nått till" not in hidden
    assert "Utfall: färre än 5" in client_of(official).get(PAGE).content.decode()
    assert "nått till 30 procent" in client_of(organiser).get(OVERVIEW).content.decode()


def test_what_is_wrong_is_told_and_nothing_is_kept(coach: User, official: User, client_of: ClientOf) -> None:
    region(coach, 6)
    client = client_of(official)
    for field, value, words in (
        ("k04", "50", "högst 49"),
        ("k01", "0", "minst 1"),
        ("k03", "många", "Skriv ett helt tal"),
        ("k18", "2000000", "högst 1000000"),
    ):
        answer = client.post(PAGE, {"k06": "7", field: value})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert f'value="{value}"' in answer.content.decode()
        assert kept() == {}


def test_an_empty_field_takes_the_target_away_and_history_tells_changes_only(
    coach: User, official: User, client_of: ClientOf
) -> None:
    region(coach, 6)
    client = client_of(official)
    for told in ({"k01": "20", "k06": "3"}, {"k01": "20", "k06": "4"}, {"k06": "4"}):
        shown = {f"initial-{code.lower()}": str(value) for code, value in kept().items()}
        client.post(PAGE, shown | told)
    assert kept() == {"K06": 4}
    history = events_of(Target).objects.order_by("pgh_id").values_list("pgh_label", "measure", "value")
    assert list(history) == [
        ("insert", "K01", 20),
        ("insert", "K06", 3),
        ("update", "K06", 4),
        ("delete", "K01", 20),
    ]
    users = set(events_of(Target).objects.values_list("pgh_context__metadata__user", flat=True))
    assert users == {official.pk}


def test_two_who_set_targets_at_once_keep_each_others(
    coach: User, official: User, client_of: ClientOf
) -> None:
    """One page was opened before the other was saved, and says nothing of what came meanwhile."""
    region(coach, 6)
    client = client_of(official)
    page = client.get(PAGE).content.decode()
    assert 'name="initial-k06"' in page
    set_targets(period=YEAR, wanted={"K06": 3})
    refused = client.post(PAGE, {"k01": "0", "initial-k06": "", "k06": ""}).content.decode()
    assert re.search(r'name="initial-k06"(?! value)', refused)  # still what was shown, not what is there now
    client.post(PAGE, {"k01": "20", "initial-k01": "", "k06": "", "initial-k06": ""})
    assert kept() == {"K01": 20, "K06": 3}


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"measure": "K01", "value": 0}, "target_of_one_or_more"),
        ({"measure": "K05", "value": 5}, "target_of_the_region"),
        ({"measure": "K04", "value": 50}, "target_within_the_municipalities"),
        ({"measure": "K01", "value": 5, "kind": "month"}, "target_not_of_a_month"),
        ({"measure": "K06", "value": 5}, "target_once"),
    ],
)
def test_the_database_holds_the_rules(facts: dict[str, Any], name: str) -> None:
    set_targets(period=YEAR, wanted={"K06": 7})
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Target.objects.create(**({"kind": YEAR.kind, "starts_on": YEAR.starts_on} | facts))


def test_coming_periods_can_be_aimed_at(official: User, client_of: ClientOf) -> None:
    """Also before anything has been logged. The overview cannot show them yet, so the page stays."""
    coming = YEAR.next
    assert coming
    assert coming in periods_to_aim_at([])
    client = client_of(official)
    answer = client.post(f"/overview/targets/?period={coming.key}", {"k01": "30"})
    assert answer.headers["Location"] == f"/overview/targets/?period={coming.key}"
    assert Target.objects.during(coming).get().value == 30
    assert client.get("/overview/targets/?period=1999").context["period"] == YEAR


@pytest.mark.parametrize(
    ("kind", "starts_on", "today", "gone"),
    [
        (Kind.QUARTER, dt.date(2026, 10, 1), dt.date(2026, 10, 1), 1),
        (Kind.QUARTER, dt.date(2026, 10, 1), dt.date(2026, 11, 15), 50),
        (Kind.QUARTER, dt.date(2026, 10, 1), dt.date(2027, 3, 1), 100),
        (Kind.YEAR, dt.date(2027, 1, 1), dt.date(2026, 12, 1), 0),
        (Kind.START, BEGINNING, dt.date(2026, 12, 1), None),
    ],
)
def test_how_much_of_a_period_has_gone(
    kind: Kind, starts_on: dt.date, today: dt.date, gone: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: today)
    assert Period(kind, starts_on).gone == gone


def test_the_targets_of_a_period_are_one_question(
    coach: User, official: User, django_assert_num_queries: Any
) -> None:
    overview = Overview(official, START, SPLITS[0], [START])
    set_targets(period=START, wanted={"K01": 5, "K02": 4})
    with django_assert_num_queries(1):
        assert overview.targets == {"K01": 5, "K02": 4}
