"""Every way of writing to an audited table, by whom and from where; and that nothing of it can be taken back."""

import contextlib
from typing import Any

import pghistory.models
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import Error, connection, models, transaction
from django.test import Client

from coachnet.accounts.models import Invitation, Organisation, User
from coachnet.audit.context import acting
from coachnet.audit.models import AccessEvent
from coachnet.audit.protection import (
    TRIGGER,
    event_models,
    events_of,
    protect_tables,
    protected_models,
    tracked_by,
)
from companies.models import CircularStrategy, Company, Contact
from tests.factories.accounts import InvitationFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
FACTS = {"user": 7, "address": "192.0.2.7", "url": "/companies/1/", "request_id": "r-1"}
OUR_APPS = {"accounts", "api", "notifications", "companies", "coaching", "events", "dashboards"}


def history(model: type[models.Model]) -> list[tuple[str, Any]]:
    """Label and context of each event of a model, oldest first."""
    events = events_of(model).objects.order_by("pgh_id").select_related("pgh_context")
    return [(event.pgh_label, event.pgh_context.metadata if event.pgh_context else None) for event in events]


def organisations(count: int) -> list[Organisation]:
    return [Organisation(name=f"Org {n}", kind="other", access_regime="private") for n in range(count)]


def test_bulk_writes_and_raw_sql_are_recorded_with_who_when_and_where():
    with acting(**FACTS):
        Organisation.objects.bulk_create(organisations(3))
        rows = list(Organisation.objects.all())
        for row in rows:
            row.website = "https://example.se"
        Organisation.objects.bulk_update(rows, ["website"])
        Organisation.objects.update(kind="incubator")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_organisation SET access_regime = %s", ["state_company"])
            cursor.execute("DELETE FROM accounts_organisation WHERE name = 'Org 0'")
        Organisation.objects.filter(name="Org 1").delete()
        Organisation.objects.get().delete()
    recorded = history(Organisation)
    assert [label for label, _ in recorded].count("insert") == 3
    assert [label for label, _ in recorded].count("update") == 9
    assert [label for label, _ in recorded].count("delete") == 3
    assert all(facts == FACTS for _, facts in recorded)
    times = events_of(Organisation).objects.values_list("pgh_created_at", flat=True)
    assert all(at.tzinfo is not None for at in times)


def test_a_write_outside_every_context_is_recorded_without_one():
    """Raw SQL by hand: nobody is named, but the change is there."""
    OrganisationFactory()
    assert history(Organisation) == [("insert", None)]


@pytest.mark.django_db(transaction=True)
def test_a_context_does_not_leak_into_the_next_write_of_the_same_connection():
    with acting(**FACTS):
        OrganisationFactory(name="Ett")
    OrganisationFactory(name="Två")
    assert [facts for _, facts in history(Organisation)] == [FACTS, None]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_no_history():
    with acting(**FACTS), contextlib.suppress(ZeroDivisionError), transaction.atomic():
        OrganisationFactory()
        raise ZeroDivisionError
    assert history(Organisation) == []
    assert not pghistory.models.Context.objects.exists()


def test_rows_between_two_models_are_recorded(reference: None, coach: User):
    strategy, other = CircularStrategy.objects.all()[:2]
    company = Company.objects.create(name="Väveriet", created_by=coach)
    with acting(**FACTS):
        company.strategies.set([strategy, other])
        company.strategies.remove(strategy)
    through = Company.strategies.through
    assert history(through) == [("insert", FACTS), ("insert", FACTS), ("delete", FACTS)]


def test_cascading_deletes_are_recorded(coach: User):
    with acting(**FACTS):
        company = Company.objects.create(name="Väveriet", created_by=coach)
        Contact.objects.create(company=company, name="Ek")
        Contact.objects.all().delete()
    assert history(Contact) == [("insert", FACTS), ("delete", FACTS)]


def test_an_unchanged_save_is_no_event(science_park: Organisation):
    science_park.save()
    assert [label for label, _ in history(Organisation)] == ["insert"]


def test_secrets_are_never_copied(coach: User):
    InvitationFactory()
    assert "password" not in {field.name for field in events_of(User)._meta.fields}
    assert "token_hash" not in {field.name for field in events_of(Invitation)._meta.fields}


def test_every_model_of_ours_is_audited_or_says_why_not():
    """A new model is under audit, or stands here with its reason."""
    reference_data = {
        "companies.SubRegion",
        "companies.Municipality",
        "companies.SniCode",
        "companies.CircularStrategy",
        "companies.Indicator",
        "companies.AssessmentDimension",
        "companies.AssessmentLevel",
        "companies.GlossaryTerm",
    }  # loaded from files under version control
    being_typed = {"coaching.SessionDraft"}  # becomes a session, which is audited
    mail = {"notifications.Notification"}  # is its own record of what was sent, when and why not
    own_choices = {"notifications.NotificationPreference"}  # whether a person wants a mail: hers alone
    counted = {
        "dashboards.CompanyPeriod",
        "dashboards.CoachPeriod",
        "dashboards.Cell",
        "dashboards.Stale",
        "dashboards.Upkeep",
    }  # follow from audited facts and can be rebuilt
    answers = {"api.StoredAnswer"}  # names what was made, which is audited, and is forgotten after a day
    exempt = reference_data | being_typed | mail | own_choices | counted | answers
    tracked = {tracked_by(event)._meta.db_table for event in event_models()}
    missing = [
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OUR_APPS
        and not issubclass(model, pghistory.models.Event)
        and model._meta.db_table not in tracked
        and model._meta.label not in exempt
    ]
    assert missing == []
    assert exempt <= {model._meta.label for model in apps.get_models()}


@pytest.mark.parametrize("event_model", event_models(), ids=lambda model: model._meta.label)
def test_history_cannot_be_changed(event_model: type[models.Model]):
    """By trigger, so it holds for every way of writing: checked on the trigger, tried below on two tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_append_only%%'"
            " AND tgenabled = 'O'",
            [event_model._meta.db_table],
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_organisationevent SET name = 'x'",
        "DELETE FROM accounts_organisationevent",
        "UPDATE audit_accessevent SET kind = 'export'",
        "DELETE FROM audit_accessevent",
        "DELETE FROM pghistory_context",
        "UPDATE pghistory_context SET metadata = '{}'",
        "UPDATE pghistory_context SET created_at = now() - interval '1 year'",
    ],
)
def test_recorded_rows_refuse_change(statement: str):
    with acting(**FACTS):
        OrganisationFactory()
        AccessEvent.objects.create(kind=AccessEvent.Kind.EXPORT)
    with (
        pytest.raises(Error, match=r"Cannot update or delete|never changed or removed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert history(Organisation) == [("insert", FACTS)]


def test_a_context_may_gain_the_person_who_signs_in_but_not_lose_or_swap_her():
    with acting(**FACTS | {"user": None}) as context:
        OrganisationFactory()
        context.metadata["user"] = 8
        OrganisationFactory()
        assert pghistory.models.Context.objects.get().metadata["user"] == 8
        context.metadata["user"] = 9
        with pytest.raises(Error, match="never changed"), transaction.atomic():
            OrganisationFactory()
    assert pghistory.models.Context.objects.get().metadata["user"] == 8


@pytest.mark.parametrize("model", protected_models(), ids=lambda model: model._meta.label)
def test_no_table_under_audit_can_be_emptied(model: type[models.Model]):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL coachnet.may_truncate = 'no'")
        with pytest.raises(Error, match="never truncated"), transaction.atomic():
            cursor.execute(f'TRUNCATE "{model._meta.db_table}" CASCADE')


def test_a_missing_truncate_trigger_is_put_back_by_the_next_migrate():
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {TRIGGER} ON accounts_organisation")
        cursor.execute("SET LOCAL coachnet.may_truncate = 'no'")
        protect_tables()
        with pytest.raises(Error, match="never truncated"), transaction.atomic():
            cursor.execute("TRUNCATE accounts_organisation CASCADE")


def test_a_changed_password_is_recorded_whatever_the_way(coach: User, client: Client):
    with acting(**FACTS):
        coach.set_password("ett-nytt-och-bra-lösenord")
        coach.save()
        User.objects.update(password="!")
        UserFactory()
    changes = AccessEvent.objects.filter(kind="security", user=coach, detail__what="password")
    assert changes.count() == 2
    change = changes.earliest("id")
    assert (change.address, change.url, change.request_id) == ("192.0.2.7", "/companies/1/", "r-1")
    assert change.detail == {"what": "password", "done": "update", "by": 7}
    assert get_user_model().objects.count() == 2


def test_a_second_step_or_an_email_that_comes_or_goes_is_recorded_without_its_secret(admin: User):
    Authenticator.objects.get(user=admin).delete()
    EmailAddress.objects.filter(user=admin).update(email="ny@example.se")
    events = AccessEvent.objects.filter(kind="security", user=admin).order_by("id")
    assert [(event.detail["what"], event.detail["done"]) for event in events] == [
        ("email", "insert"),
        ("second_step", "insert"),
        ("second_step", "delete"),
        ("email", "update"),
    ]
    assert events[1].detail == {"what": "second_step", "done": "insert", "type": "totp"}
    assert all("ny@example.se" not in str(event.detail) for event in events)
