"""The invented network: whole, alive today, and attached to nobody who exists."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from coaching.models import Action, Engagement, Session, SessionDraft, Stage
from coachnet.accounts.models import Organisation, User
from coachnet.demo import seed
from coachnet.demo.cast import CAST
from coachnet.demo.seed.companies import invented
from coachnet.demo.seed.network import lines
from coachnet.demo.seed.people import COACHES, PEOPLE
from coachnet.notifications.models import Notification
from companies import organisation_number
from companies.models import Company
from dashboards.models import Cell
from dashboards.refresh import refresh
from events.models import Event, EventInvitation, Feedback, Registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("network")]


@pytest.fixture(scope="module")
def network(django_db_setup, django_db_blocker):
    """The network, planted once for this module and taken back."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", verbosity=0)
        assert seed.plant()
        yield
        transaction.set_rollback(True)


def test_plant_is_done_once():
    assert seed.plant() is False


def test_plant_covers_what_the_demo_promises():
    assert len(COACHES) == 12
    assert Organisation.objects.count() == 6
    assert Company.objects.count() == len(invented()) + len(lines()) >= 100
    assert set(Company.objects.values_list("municipality__sub_region", flat=True)) == {
        "BOR",
        "FYR",
        "GBG",
        "SKA",
    }
    assert set(Engagement.objects.values_list("stage", flat=True)) == set(Stage.values)
    assert Company.objects.filter(is_confidential=True).count() == 1
    assert Company.objects.filter(responsible_coach=None).exists()
    assert set(Session.objects.values_list("state", flat=True)) == set(Session.State.values)


def test_plant_invents_every_number_and_address():
    for number in (*(one.number for one in invented()), *(one.number for one in lines())):
        assert number.startswith("4")
        assert organisation_number.clean(number)
    assert all(line.email_domain.endswith(".example") for line in invented())
    assert all(person.email.endswith("@coachnet.example") for person in PEOPLE)


def test_plant_makes_everyone_in_the_cast():
    for member in CAST:
        person = User.objects.get(email=member.email)
        assert person.roles == [member.role.key]


def test_plant_gives_the_coach_a_day():
    coach = User.objects.get(email=CAST[0].email)
    today = timezone.localdate()
    mine = Session.objects.filter(session_coaches__coach=coach)
    assert mine.filter(date=today, state="planned").count() == 3
    assert SessionDraft.objects.of(coach).count() == 1
    assert Action.objects.open().filter(owner_coach=coach, due_on__lt=today).exists()
    assert Action.objects.open().filter(owner_coach=coach, due_on=today).exists()


def test_plant_sends_and_queues_reminders():
    rows = Notification.objects.all()
    assert set(rows.values_list("state", flat=True)) == {"queued", "sent", "failed", "skipped"}
    assert rows.filter(rule="session_to_log", state="queued", due_at__lte=timezone.now()).exists()
    assert rows.filter(rule="session_tomorrow_contact").count() > 2
    companies = Company.objects.values_list("name", flat=True)
    assert not [row for row in rows if any(name in row.subject for name in companies)]


def test_plant_dates_done_actions_to_when_they_were_due():
    done = Action.objects.filter(status="done")
    assert done.count() > 100
    assert not done.exclude(closed_at__date=F("due_on")).exists()


def test_plant_holds_meetings_and_plans_more():
    coach = User.objects.get(email=CAST[0].email)
    past = Event.objects.past().published()
    assert past.count() == 3
    assert all(event.invitations.attended().count() > 8 for event in past)
    assert Feedback.objects.count() == 24
    full = Event.objects.get(title="Återtag som affär")
    held = Registration.objects.to(full).holding_a_place().count()
    assert (held, full.invitations.waiting().count() > 1) == (full.capacity, True)
    assert {str(vars(one)["answer"]) for one in coach.event_invitations.ahead()} == {"coming", ""}
    assert set(Event.objects.values_list("state", flat=True)) == {"draft", "published", "cancelled"}
    guests = EventInvitation.objects.exclude(email="")
    assert guests.exists()
    assert not guests.exclude(email__endswith=".example").exists()
    states = set(Notification.objects.about(full).values_list("state", flat=True))
    assert "queued" in states
    assert set(Notification.objects.about(past[0]).values_list("state", flat=True)) == {"sent", "skipped"}


def test_refresh_gives_an_old_demo_a_day_again():
    coach = User.objects.get(email=CAST[0].email)
    today = timezone.localdate()
    assert seed.refresh() is False
    Session.objects.of(coach).on_day(today).update(date=today - dt.timedelta(days=1))
    assert seed.refresh() is True
    assert Session.objects.of(coach).on_day(today).planned().count() == 3


def test_plant_spreads_sessions_over_the_year_and_fills_their_notes():
    held = Session.objects.filter(state="held")
    assert held.count() > 200
    months = {(day.year, day.month) for day in held.values_list("date", flat=True)}
    assert len(months) >= 8
    assert not held.filter(note__contains="{").exists()
    assert held.filter(completeness="complete").count() == held.count()


def test_plant_gives_the_overview_figures_to_show_and_some_to_hide():
    refresh()
    present = Cell.objects.filter(kind="start")
    assert present.get(dimension="total").companies > 90
    assert (
        not present.filter(dimension="sub_region").exclude(group="").exclude(companies_mask="shown").exists()
    )
    masks = set(present.values_list("companies_mask", flat=True))
    assert {"shown", "few", "withheld"} <= masks
    quarters = Cell.objects.filter(kind="quarter", dimension="total", companies__gt=5)
    assert quarters.count() >= 5


def test_plant_keeps_the_organisation_of_the_time():
    """Lovisa changed employer; the demo shows it in her history."""
    assert User.objects.get(name="Lovisa Strand").past_employments.count() == 1
