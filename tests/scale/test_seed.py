"""The large network, small: exact in number, the same each time, and such as the application would have left it."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from pghistory.models import Context

from coaching.models import Action, Engagement, Session, SessionCoach
from coachnet.accounts.models import User
from coachnet.audit.protection import event_models, tracked_by
from coachnet.notifications.models import Notification
from companies import organisation_number
from companies.models import Company, Contact
from dashboards.models import Cell, CoachPeriod, CompanyPeriod, Stale
from dashboards.refresh import refresh
from events.models import Event, EventInvitation, Feedback, Registration
from tests.scale import SMALL
from tests.scale.conftest import quietly
from tools.seed.bare import bare
from tools.seed.copying import Table
from tools.seed.load import is_loaded, load_rows
from tools.seed.words import organisation_number as invented_number

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("network")]


def content(model: type[models.Model]) -> list[str]:
    """All rows without their numbers, in an order that does not depend on them."""
    rows = model._default_manager.order_by().values()
    return sorted(str({name: value for name, value in row.items() if name != "id"}) for row in rows)


def test_there_is_as_much_as_was_asked_for(today: dt.date) -> None:
    assert User.objects.filter(roles=["coach"]).count() == SMALL.coaches
    assert Company.objects.count() == SMALL.companies
    assert Session.objects.count() == SMALL.sessions
    assert Event.objects.count() == SMALL.meetings
    assert Notification.objects.filter(state="sent").count() == SMALL.notifications
    assert is_loaded(SMALL, today)
    assert not is_loaded(SMALL, today - dt.timedelta(days=1))


def test_a_network_that_was_used_is_not_the_one_that_was_loaded(today: dt.date) -> None:
    Context.objects.create(metadata={"url": "/sessions/"})  # as the first request that changes something does
    assert not is_loaded(SMALL, today)
    assert is_loaded(SMALL, None)


def test_the_same_day_gives_the_same_network(today: dt.date) -> None:
    compared = (User, Company, Contact, Engagement, Session, Action, Event, EventInvitation, Registration)
    first = {model: content(model) for model in compared}
    with connection.cursor() as cursor:
        cursor.execute("SET coachnet.may_truncate = 'yes'")
        cursor.execute("TRUNCATE accounts_organisation, accounts_user, coaching_programme CASCADE")
        cursor.execute("RESET coachnet.may_truncate")
    load_rows(SMALL, today, quietly)
    for model in compared:
        assert content(model) == first[model]


def test_sessions_have_told_their_coaches_their_place_in_time() -> None:
    """As the triggers would have: they sleep while the seed loads."""
    loaded = dict(SessionCoach.objects.values_list("pk", "seen_until"))
    assert {None, dt.date.max} < set(loaded.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO coaching_sessioncoach (session_id, coach_id, organisation_id) "
            "SELECT session_id, (SELECT id FROM accounts_user WHERE roles = ARRAY['admin']::varchar[] LIMIT 1), "
            "organisation_id FROM coaching_sessioncoach ON CONFLICT DO NOTHING"
        )
    told = SessionCoach.objects.exclude(pk__in=loaded)
    by_session = dict(told.values_list("session", "seen_until"))
    assert by_session == dict(SessionCoach.objects.filter(pk__in=loaded).values_list("session", "seen_until"))


@pytest.mark.parametrize(
    "model",
    [User, Company, Contact, Engagement, Session, Action, Event, EventInvitation, Registration, Feedback],
)
def test_every_value_is_one_that_a_form_would_take(model: type[models.Model]) -> None:
    rows = list(model._default_manager.all())
    assert rows
    for row in rows:
        row.clean_fields(exclude=["password", "hosts"])


def test_a_session_is_complete_when_nothing_is_missing() -> None:
    for session in Session.objects.held():
        assert (session.completeness == "complete") == (session.missing == [])


def test_numbers_are_invented_valid_and_each_of_its_own() -> None:
    numbers = [one.organisation_number for one in Company.objects.exclude(organisation_number="")]
    assert len(numbers) > 30
    assert all(organisation_number.INVENTED.match(one) for one in numbers)
    assert all(organisation_number.clean(one) == one for one in numbers)
    many = [invented_number(n) for n in range(1, 50_001, 7)]
    assert len(set(many)) == len(many)


def test_a_coach_has_three_sessions_today_and_seasons_show(today: dt.date) -> None:
    coach = User.objects.filter(roles=["coach"]).order_by("pk").first()
    assert coach
    assert Session.objects.filter(created_by=coach).on_day(today).count() == 3
    july = Session.objects.filter(date__month=7).count()
    assert july * 4 < Session.objects.filter(date__month=10).count()


def test_each_row_under_audit_has_the_event_of_its_birth() -> None:
    seen = 0
    for events in event_models():
        rows: Any = events._default_manager
        born = rows.filter(pgh_label="insert", pgh_context__metadata__command="tools.seed")
        if born.exists():
            seen += 1
            tracked = tracked_by(events)
            assert born.count() == tracked._default_manager.count()
            assert set(born.values_list("pgh_obj_id", flat=True)) == set(
                tracked._default_manager.values_list("pk", flat=True)
            )
    assert seen == 19  # all but the addresses of sign-in and what was sent


def test_nothing_was_done_in_days_to_come() -> None:
    """So that what is done after the load stands first in the log."""
    now = timezone.now()
    for events in event_models():
        history: Any = events._default_manager
        assert not history.filter(pgh_created_at__gt=now).exists(), events
    assert not Registration.objects.filter(answered_at__gt=now).exists()
    assert not Registration.objects.filter(answered_at__lt=models.F("invitation__created_at")).exists()


def test_triggers_are_awake_again_and_figures_rebuilt_equal_figures_refreshed() -> None:
    """Every session is touched; what the triggers and the refresh make of it is what the rebuild had made."""
    figures = (Cell, CompanyPeriod, CoachPeriod)
    before = {model: content(model) for model in figures}
    assert before[Cell]
    assert not Stale.objects.filter(what="company").exists()
    CompanyPeriod.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE coaching_session SET minutes = minutes")
    assert Stale.objects.filter(what="company").exists()
    while refresh():
        pass
    assert {model: content(model) for model in figures} == before


def test_foreign_keys_are_awake_while_it_loads() -> None:
    contacts = Table(Contact, "company_id", "name")
    contacts.last = 1_000_000
    contacts.add(99_999_999, "Nora Utanföretag")
    with pytest.raises(IntegrityError), transaction.atomic(), bare([contacts.name]):
        contacts.copy()


def test_the_next_row_gets_the_next_number() -> None:
    company = Company.objects.order_by("pk").first()
    assert company
    assert Contact.objects.create(company=company, name="Nora Efteråt").pk == 1 + sum(
        1 for _ in Contact.objects.filter(name__gt="").exclude(name="Nora Efteråt")
    )
