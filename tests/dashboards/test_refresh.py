"""The figures by hand, and that whatever happens to the facts, refreshing gives what rebuilding gives."""

import datetime as dt
from io import StringIO
from random import Random
from threading import Thread
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from coaching import actions
from coaching.models import Engagement, Session, SessionCoach
from coachnet.accounts.models import Organisation, User
from companies.actions import mark_confidential
from companies.models import CircularStrategy, Company, Municipality
from dashboards import privacy
from dashboards.dimensions import Dimension, groups, industry_of
from dashboards.models import Cell, CompanyPeriod, Stale
from dashboards.periods import Kind, Period, from_key, period_of, since
from dashboards.refresh import MANY, refresh
from dashboards.tally import COUNTED
from events.models import Event, EventInvitation, Registration
from tests.dashboards.by_hand import cells_of, company_periods
from tests.dashboards.scene import coached, log
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
JANUARY, APRIL = dt.date(2026, 1, 15), dt.date(2026, 4, 15)


def cell(key: str, dimension: str = "total", group: str = "") -> Cell:
    period = from_key(key)
    assert period
    return Cell.objects.during(period).get(dimension=dimension, group=group)


def everything() -> list[dict[str, Any]]:
    rows = [dict(row) for row in Cell.objects.values()]
    for row in rows:
        del row["id"]
    return sorted(
        rows, key=lambda row: str([row[name] for name in ("kind", "starts_on", "dimension", "group")])
    )


def test_figures_by_hand(coach: User, other_coach: User) -> None:
    """Three companies: one comes once, one twice, one in two quarters with a coach of another organisation."""
    Organisation.objects.filter(people=other_coach).update(kind="incubator")
    coached(coach, [(JANUARY, 30)], size_class="micro")
    coached(coach, [(JANUARY, 60), (JANUARY, 90)], size_class="small", place="1452")
    third = coached(coach, [(JANUARY, 120)], size_class="small", place="1480")
    log(Engagement.objects.get(company=third), other_coach, APRIL, 240)
    User.objects.filter(pk=coach.pk).update(joined_at=timezone.now() - dt.timedelta(days=900))
    refresh()
    first, year = cell("2026-Q1"), cell("2026")
    assert (first.companies, first.continued, first.minutes, first.median_minutes) == (3, 2, 300, 120)
    assert (first.largest, first.second, first.municipalities) == (150, 120, 3)
    assert (first.coaches, first.members, year.members) == (1, 1, 2)
    assert (year.companies, year.continued, year.minutes, year.coaches) == (3, 2, 540, 2)
    assert (cell("2026-01").companies, cell("2026-04").companies, cell("2026-02").companies) == (3, 1, 0)
    assert (cell("2026-Q1", "size", "small").companies, cell("2026-Q1", "size", "small").minutes) == (2, 270)
    assert cell("2026-Q2", "sub_region", "GBG").companies == 1
    assert cell("start", "sub_region", "BOR").companies == 2
    assert cell("start", "municipality", "1480").companies == 1
    assert cell("2026", "organisation", "science_park").companies == 3
    assert cell("2026", "organisation", "incubator").minutes == 240
    assert cell("start", "strategy", "C07").companies == 3


def test_only_approved_sessions_count(coach: User) -> None:
    company = coached(coach, [(JANUARY, 60)])
    engagement = Engagement.objects.get(company=company)
    for change in (
        {"state": Session.State.PLANNED, "completeness": "draft"},
        {"state": Session.State.CANCELLED, "completeness": "draft"},
        {"completeness": "draft"},
        {"removed_at": timezone.now(), "removed_by": coach},
    ):
        Session.objects.filter(pk=log(engagement, coach, APRIL).pk).update(**change)
    refresh()
    assert (cell("start").minutes, cell("2026-Q2").companies) == (60, 0)


def test_meetings_that_were_held(coach: User, organiser: User) -> None:
    coached(coach, [(JANUARY, 60)])
    begins = dt.datetime(2026, 2, 3, 9, tzinfo=dt.UTC)
    facts = {
        "starts_at": begins,
        "ends_at": begins + dt.timedelta(hours=3),
        "place": "Borås",
        "created_by": organiser,
    }
    held = Event.objects.create(title="Återtag", state="published", published_at=begins, **facts)
    Event.objects.create(title="Utkast", state="draft", **facts)
    for number in range(9):
        invitation = EventInvitation.objects.create(
            event=held, name=f"Gäst {number}", email=f"g{number}@a.example", invited_by=organiser
        )
        state = "coming" if number < 8 else "cancelled"
        closed = begins if state == "cancelled" else None
        came = {"attended_at": begins, "attended_by": organiser} if number < 6 else {}
        Registration.objects.create(invitation=invitation, state=state, closed_at=closed, **came)
    refresh()
    found = cell("2026-Q1")
    assert (found.meetings, found.registered, found.attended) == (1, 8, 6)
    assert cell("start").attended == 6


def test_industries_are_the_same_whatever_the_version_of_sni() -> None:
    from companies.models import SniCode

    def of(version: str, code: str) -> str:
        return industry_of(SniCode(version=version, code=code))

    assert of("SNI2007", "13") == of("SNI2025", "13") == "textile"
    assert of("SNI2007", "N") == of("SNI2025", "O") == of("SNI2025", "77") == "services"
    assert of("SNI2007", "L") == of("SNI2025", "M")  # real estate in both, by different letters
    assert of("SNI2007", "95") == "repair"
    assert industry_of(None) == ""
    assert {of(one.version, one.code) for one in SniCode.objects.all()} & {""} == set()


def test_periods_nest_whatever_month_a_programme_year_begins_in(settings: Any) -> None:
    for first in (1, 4, 7, 10):
        settings.PROGRAMME_YEAR_STARTS = first
        day = dt.date(2024, 1, 1)
        while day < dt.date(2027, 1, 1):
            for kind in (Kind.MONTH, Kind.QUARTER):
                period = period_of(day, kind)
                assert period.parent == period_of(day, list(Kind)[list(Kind).index(kind) + 1])
                assert period.parent.starts_on <= period.starts_on
            year = period_of(day, Kind.YEAR)
            assert year.starts_on.month == first
            assert year.starts_on <= day <= (year.ends_on or day)
            assert from_key(year.key) == year
            day += dt.timedelta(days=13)
    assert since(timezone.localdate(), Kind.QUARTER) == [period_of(timezone.localdate(), Kind.QUARTER)]
    assert [from_key(key) for key in ("", "2026-Q5", "2026-13", "x", "start'")] == [None] * 5


def assert_counted_by_hand() -> None:
    """Rows and cells are those that plain Python finds, none more and none less."""
    columns = [field.attname for field in CompanyPeriod._meta.concrete_fields if not field.primary_key]
    by_hand = list(company_periods())
    assert sorted(CompanyPeriod.objects.values_list(*columns)) == sorted(
        tuple(getattr(row, name) for name in columns) for row in by_hand
    )
    groups_of = {one: set(groups(one)) for one in Dimension}
    groups_of[Dimension.MUNICIPALITY].remove("")
    by_period: dict[Period, list[CompanyPeriod]] = {one.period: [] for one in Cell.objects.all()}
    for row in by_hand:
        by_period[row.period].append(row)
    names = ("kind", "starts_on", "dimension", "group", *COUNTED)
    wanted = sorted(
        tuple(getattr(cell, name) for name in names)
        for period, rows in by_period.items()
        for cell in cells_of(period, rows, groups=groups_of, coaches=0, members=0)
    )
    assert sorted(Cell.objects.values_list(*names)) == wanted


class Chaos:
    """Things that happen in a network, at random."""

    def __init__(self, chance: Random, coaches: list[User]) -> None:
        self.chance, self.coaches = chance, coaches

    def session(self) -> Session | None:
        keys = list(Session.objects.order_by("date", "pk"))
        return self.chance.choice(keys) if keys else None

    def something(self) -> None:
        self.chance.choice(
            (
                self.come,
                self.come,
                self.remove,
                self.restore,
                self.edit,
                self.move,
                self.in_bulk,
                self.change_coach,
            )
        )()

    def come(self) -> None:
        engagement = self.chance.choice(list(Engagement.objects.order_by("pk")))
        day = dt.date(2025, 6, 1) + dt.timedelta(days=self.chance.randrange(400))
        log(engagement, self.chance.choice(self.coaches), day, self.chance.choice([30, 60, 300]))

    def remove(self) -> None:
        session = self.session()
        if session and session.removed_at is None:
            lead = session.engagement.lead
            assert lead
            actions.remove_session(by=lead, session=session)

    def restore(self) -> None:
        Session.objects.filter(removed_at__isnull=False).update(removed_at=None, removed_by=None)

    def edit(self) -> None:
        session = self.session()
        if session:
            session.date -= dt.timedelta(days=self.chance.randrange(90))
            session.minutes = 45
            session.save()

    def move(self) -> None:
        company = self.chance.choice(list(Company.objects.order_by("pk")))
        company.municipality = self.chance.choice(list(Municipality.objects.order_by("pk")))
        company.main_strategy = self.chance.choice(list(CircularStrategy.objects.order_by("pk")))
        company.size_class = self.chance.choice(Company.SizeClass.values)
        company.save()
        mark_confidential(by=self.coaches[0], company=company, reason="Patent")

    def in_bulk(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE coaching_session SET minutes = minutes + 15 WHERE minutes < 100")
        UserFactory(roles=["coach"])

    def change_coach(self) -> None:
        one = self.chance.choice(list(SessionCoach.objects.order_by("pk")))
        if not SessionCoach.objects.filter(session=one.session_id, coach=self.coaches[-1]).exists():
            SessionCoach.objects.filter(pk=one.pk).update(
                coach=self.coaches[-1], organisation=self.coaches[-1].organisation
            )


@pytest.mark.parametrize("seed", [1, 2])
def test_refreshed_is_rebuilt_whatever_happened(seed: int, coach: User, other_coach: User) -> None:
    chance = Random(seed)
    for number in range(14):
        coached(
            coach,
            [(JANUARY, 60)] if number % 2 else [],
            place=chance.choice(["1490", "1480", "1452", "1496"]),
        )
    chaos = Chaos(chance, [coach, other_coach])
    for _ in range(5):
        for _ in range(6):
            chaos.something()
        refresh()
        assert_counted_by_hand()
    refreshed = everything()
    assert len(refreshed) > 100
    call_command("rebuild_figures", stdout=StringIO())
    assert everything() == refreshed
    assert not Stale.objects.exists()


def test_a_group_that_is_new_gets_its_cells_and_one_that_is_gone_loses_them(coach: User) -> None:
    coached(coach, [(JANUARY, 60)])
    refresh()
    CircularStrategy.objects.create(code="C99", name_sv="Ny", name_en="New")
    coached(coach, [(APRIL, 60)])
    refresh()
    assert (cell("2026", "strategy", "C99").companies, cell("2026").companies) == (0, 2)
    assert_counted_by_hand()
    CircularStrategy.objects.filter(pk="C99").delete()
    coached(coach, [(APRIL, 60)])
    refresh()
    assert not Cell.objects.filter(group="C99").exists()
    assert_counted_by_hand()


def test_what_changes_no_count_decides_no_mask(coach: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A guest who answers, a coach who changes her name: the rule need not speak again."""
    company = coached(coach, [(JANUARY, 60)])
    refresh()
    decided = Mock(side_effect=privacy.protect)
    monkeypatch.setattr(privacy, "protect", decided)
    for what in Stale.What:
        Stale.objects.create(what=what, key=company.pk)
    refresh()
    decided.assert_not_called()
    log(Engagement.objects.get(), coach, APRIL)
    refresh()
    decided.assert_called_once()


def test_everything_gone_leaves_no_figures(coach: User) -> None:
    coached(coach, [(JANUARY, 60)])
    refresh()
    SessionCoach.objects.all().delete()
    Session.objects.all().delete()
    refresh()
    assert not Cell.objects.exists()
    assert not CompanyPeriod.objects.exists()


def test_a_refresh_that_fails_takes_nothing(coach: User, monkeypatch: pytest.MonkeyPatch) -> None:
    coached(coach, [(JANUARY, 60)])
    waiting = Stale.objects.count()
    assert waiting

    def fail(*args: Any, **options: Any) -> None:
        raise RuntimeError("power")

    monkeypatch.setattr(privacy, "protect", fail)
    with pytest.raises(RuntimeError, match="power"):
        refresh()
    assert Stale.objects.count() == waiting
    assert not Cell.objects.exists()


def test_a_cell_is_masked_until_the_rule_has_spoken() -> None:
    fresh = Cell(kind=Kind.QUARTER, starts_on=JANUARY, dimension=Dimension.TOTAL, companies=40)
    assert {fresh.companies_mask, fresh.minutes_mask, fresh.coaches_mask} == {"withheld"}


def test_nothing_to_do_costs_next_to_nothing(django_assert_num_queries: Any, coach: User) -> None:
    coached(coach, [(JANUARY, 60)])
    refresh()
    with django_assert_num_queries(12):
        refresh()


def test_a_table_that_postgres_takes_for_empty_is_counted_first(coach: User) -> None:
    """Vacuumed while it was empty and filled since, which the demo and an import do in one transaction."""
    for _n in range(MANY + 1):
        coached(coach, [(JANUARY, 60)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_class SET reltuples = 0 WHERE relname LIKE 'coaching_session%'")
        assert refresh() is False
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE relname IN ('coaching_session', 'coaching_sessioncoach')"
        )
        assert cursor.fetchall() == [(MANY + 1,)] * 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once(coach: User, django_db_serialized_rollback: None) -> None:
    """While one refreshes, another leaves at once, and a writer waits for neither: its change is for the next."""
    coached(coach, [(JANUARY, 60)])
    answers: list[bool | int] = []

    def meanwhile() -> None:
        try:
            waiting = Stale.objects.count()
            answers.append(refresh())
            answers.append(Stale.objects.count() == waiting)
            engagement = Engagement.objects.get()
            log(engagement, coach, APRIL)
        finally:
            connection.close()

    with transaction.atomic():
        refresh()
        other = Thread(target=meanwhile)
        other.start()
        other.join(timeout=20)
        assert not other.is_alive(), "a writer waited for the refresh"
    assert answers == [False, True]
    assert cell("start").minutes == 60
    refresh()
    assert cell("start").minutes == 120
    assert Period(Kind.QUARTER, dt.date(2026, 4, 1)) in {one.period for one in Cell.objects.all()}
