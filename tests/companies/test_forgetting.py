"""A contact is forgotten for good: in the register, its history and the mails; by an admin, by a decision."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from coachnet.accounts.models import User
from coachnet.audit.models import Erasure
from coachnet.audit.protection import events_of
from coachnet.notifications.models import Notification
from companies import actions, forgetting
from companies.models import Contact
from tests.conftest import ClientOf
from tests.factories.companies import ContactFactory

pytestmark = pytest.mark.django_db
OLD, NEW = "berit.lind@foretag.example", "berit@annat.example"


@pytest.fixture
def contact(coach: User) -> Contact:
    """Somebody whose address has been changed once, so that the former stands in the history alone."""
    found: Contact = ContactFactory(
        company__responsible_coach=coach, name="Berit Lind", title="vd", email=OLD, phone="0700 112233"
    )
    found.email = NEW
    found.save()
    return found


def mail(about: str, email: str, state: str = "queued") -> Notification:
    facts = {"sent_at": timezone.now(), "sent_to": email} if state == "sent" else {}
    return Notification.objects.create(
        rule="x",
        about=about,
        recipient=f"mail:{email}",
        name="Berit Lind",
        email=email,
        due_at=timezone.now() + dt.timedelta(days=1),
        state=state,
        **facts,
    )


def everything() -> str:
    """All that is stored of contacts and mails, history included."""
    rows = ""
    with connection.cursor() as cursor:
        for table in ("companies_contact", "companies_contactevent", "notifications_notification"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            rows += cursor.fetchone()[0]
    return rows


def test_nothing_says_any_more_who_it_was(contact: Contact, admin: User):
    sent, waiting = mail("coaching.session:1", OLD, "sent"), mail("coaching.session:2", NEW)
    assert all(word in everything() for word in ("Berit", OLD, NEW, "112233"))
    events = events_of(Contact).objects.filter(pgh_obj_id=contact.pk)
    before = events.count()
    actions.forget_contact(by=admin, contact=contact, decision="Dnr 2026-17")
    assert not [word for word in ("Berit", OLD, NEW, "112233", "vd") if word in everything()]
    contact.refresh_from_db()
    assert (contact.name, contact.left_on) == (forgetting.NAME, timezone.localdate())
    assert events.count() == before + 1  # that it was changed is told, what it was is not
    sent.refresh_from_db()
    waiting.refresh_from_db()
    assert (sent.state, waiting.state, waiting.reason) == ("sent", "skipped", "withdrawn")
    (stone,) = Erasure.objects.all()
    assert (stone.kind, stone.object_id, stone.by, stone.decision) == (
        "companies.contact",
        contact.pk,
        admin,
        "Dnr 2026-17",
    )
    actions.forget_contact(by=admin, contact=contact, decision="igen")  # twice is once
    assert events.count() == before + 1
    assert Erasure.objects.get().decision == "Dnr 2026-17"


def test_somebody_leaves_on_the_day_it_is_in_sweden(contact: Contact, admin: User, monkeypatch: Any):
    new_year = dt.datetime(2027, 1, 1, 0, 30, tzinfo=ZoneInfo("Europe/Stockholm"))
    monkeypatch.setattr(timezone, "now", lambda: new_year.astimezone(dt.UTC))
    actions.forget_contact(by=admin, contact=contact, decision="Dnr 1")
    contact.refresh_from_db()
    assert contact.left_on == dt.date(2027, 1, 1)


def test_others_keep_what_is_theirs(contact: Contact, admin: User):
    other = ContactFactory(name="Bo Ek", email=OLD.upper())
    shared, meeting = mail("coaching.session:1", OLD), mail("events.event:1", NEW)
    actions.forget_contact(by=admin, contact=contact, decision="Dnr 1")
    for row, email in ((shared, OLD), (meeting, NEW)):  # another contact's address; an invitation of its own
        row.refresh_from_db()
        assert (row.email, row.state) == (email, "queued")
    other.refresh_from_db()
    assert other.name == "Bo Ek"


def test_history_is_closed_again_afterwards_and_so_is_the_stone(contact: Contact, admin: User):
    actions.forget_contact(by=admin, contact=contact, decision="Dnr 1")
    for rows in (events_of(Contact).objects, Erasure.objects):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            rows.all().delete()


def test_only_an_admin_may(contact: Contact, coach: User, organiser: User, client_of: ClientOf):
    address = f"/companies/{contact.company_id}/contacts/{contact.pk}/forget/"
    for person in (coach, organiser):
        with pytest.raises(PermissionDenied):
            actions.forget_contact(by=person, contact=contact, decision="Dnr 1")
        assert client_of(person).post(address, {"decision": "x", "is_sure": "on"}).status_code == 403
    assert "Berit" in everything()
    assert address not in client_of(coach).get(f"/companies/{contact.company_id}/").content.decode()


def test_the_page_asks_for_a_decision_and_for_being_sure(contact: Contact, admin: User, client_of: ClientOf):
    client, page = client_of(admin), f"/companies/{contact.company_id}/"
    address = f"{page}contacts/{contact.pk}/forget/"
    assert address in client.get(page).content.decode()
    assert "Berit Lind" in client.get(address).content.decode()
    for missing in ({"decision": "Dnr 1"}, {"is_sure": "on"}):
        assert client.post(address, missing).status_code == 200
        assert "Berit" in everything()
    answer = client.post(address, {"decision": "Dnr 1", "is_sure": "on"}, follow=True).content.decode()
    assert "Personens uppgifter är raderade" in answer
    assert "Berit" not in answer
    assert "Berit" not in everything()
    assert "Berit" not in client.get(f"{page}history/").content.decode()
