"""A small network in which every page has something to show, and every secret somebody it is kept from."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from coaching import reminders
from coaching.models import Engagement, Programme, Session
from coachnet.accounts.models import User
from coachnet.notifications.actions import Guest, Wanted, post
from coachnet.notifications.models import Notification
from companies.models import CircularStrategy, Company, Contact, Municipality
from dashboards.refresh import refresh
from events.actions import cancel_event, give_feedback, invite, mark_attendance, publish_event
from tests.factories.accounts import InvitationFactory
from tests.factories.coaching import (
    ActionFactory,
    EngagementFactory,
    ProgrammeFactory,
    SessionDraftFactory,
    SessionFactory,
)
from tests.factories.companies import CompanyFactory, ContactFactory
from tests.factories.events import EventFactory, GuestFactory, MemberFactory


@dataclass
class Network:
    """Maja coaches the work-wear firm; Örjan's laundry is marked as secret."""

    programme: Programme
    company: Company
    engagement: Engagement
    held: Session
    to_log: Session
    secret_company: Company
    secret_engagement: Engagement
    secret_session: Session


@pytest.fixture
def programme(db: None) -> Programme:
    """The programme that runs now."""
    return ProgrammeFactory(name="Cirkulära affärer 2026")


@pytest.fixture
def network(
    reference: None, programme: Programme, coach: User, colleague: User, other_coach: User, organiser: User
) -> Network:
    """Companies, engagements, sessions in every state, actions, drafts and invitations."""
    today = timezone.localdate()
    company = CompanyFactory(
        name="Kvarnåns Arbetsplagg AB",
        responsible_coach=coach,
        municipality=Municipality.objects.get(name="Borås"),
        main_strategy=CircularStrategy.objects.get(pk="C05"),
        size_class=Company.SizeClass.SMALL,
        website="https://www.kvarnans.example",
        description="Syr och hyr ut arbetskläder.",
    )
    contact = ContactFactory(company=company, name="Åsa Kvarn", title="vd", phone="070-123 45 67")
    engagement = EngagementFactory(
        company=company, programme=programme, lead=coach, goals="Hyra ut i stället för att sälja."
    )
    held = SessionFactory(
        engagement=engagement, complete=True, contacts=[contact], date=today - dt.timedelta(days=60)
    )
    SessionFactory(engagement=engagement, date=today - dt.timedelta(days=30))
    to_log = SessionFactory(engagement=engagement, planned=True, date=today - dt.timedelta(days=1))
    SessionFactory(engagement=engagement, planned=True)
    SessionFactory(engagement=engagement, planned=True, date=today, start_time=dt.time(23, 30))
    SessionFactory(engagement=engagement, state=Session.State.CANCELLED)
    ActionFactory(
        engagement=engagement, session=held, what="Skicka avtalsmall", due_on=today - dt.timedelta(days=3)
    )
    ActionFactory(engagement=engagement, what="Räkna på returer", owner_contact=contact, owner_coach=None)
    SessionDraftFactory(coach=coach, company=company)
    CompanyFactory(name="Ågrens Emballage AB", responsible_coach=colleague)
    secret_company = CompanyFactory(
        name="Grannäs Tvätteri AB", responsible_coach=other_coach, confidential=True
    )
    secret_engagement = EngagementFactory(company=secret_company, programme=programme, lead=other_coach)
    secret_session = SessionFactory(
        engagement=secret_engagement, complete=True, note="Hemlig anteckning om patentet"
    )
    InvitationFactory(email="ny@example.se", invited_by=organiser, organisation=coach.organisation)
    InvitationFactory(
        email="sen@example.se",
        invited_by=organiser,
        organisation=coach.organisation,
        expires_at=timezone.now() - dt.timedelta(days=1),
    )
    plan_meetings(coach, colleague, organiser, contact)
    plant_reminders(coach, contact, secret_session)
    return Network(
        programme, company, engagement, held, to_log, secret_company, secret_engagement, secret_session
    )


@pytest.fixture
def figures(network: Network) -> None:
    """What the overview shows of the network."""
    refresh()


def plan_meetings(coach: User, colleague: User, organiser: User, contact: Contact) -> None:
    """A full meeting with a waiting list, one that is going on, one that has been, a draft and a cancelled one."""
    full = EventFactory(
        title="Återtag som affär",
        created_by=organiser,
        capacity=3,
        description="Ta med **siffror** på en produkt.",
        programme="09:00 Välkommen\n09:30 Så prissätter du återtag | Karin Wetterlund, RISE\n10:15 Fika",
        answer_by=timezone.localdate() + dt.timedelta(days=15),
        link="https://mote.example/atertag",
    )
    full.hosts.set([organiser.organisation])
    MemberFactory(event=full, user=coach)
    MemberFactory(event=full, user=colleague, answered="coming")
    GuestFactory(
        event=full, name="Åsa Kvarn", contact=contact, answered="coming", answered__diet="Vegetarisk"
    )
    for number, state in enumerate(["offered", "waiting", "waiting", "declined", "cancelled"]):
        GuestFactory(event=full, name=f"Gäst Nummer {number}", answered=state)
    GuestFactory.create_batch(30, event=full)
    lunch = EventFactory(title="Lunch om spårbarhet", created_by=organiser, going_on=True)
    MemberFactory(event=lunch, user=coach, answered="coming")
    past = EventFactory(title="Materialval med framtid", created_by=organiser, past=True)
    was_there = MemberFactory(event=past, user=coach, answered="coming")
    mark_attendance(invitation=was_there, is_here=True, by=organiser)
    give_feedback(invitation=was_there, rating=4, text="Mer tid för egna fall nästa gång.")
    GuestFactory(event=past, name="Linnea Qvist", answered="coming")
    draft = EventFactory(draft=True, title="Affärsmodeller för hyra", created_by=organiser)
    invite(event=draft, by=organiser, members=[coach])
    publish_event(event=EventFactory(draft=True, title="Inget för alla", created_by=organiser), by=organiser)
    off = EventFactory(title="Studiebesök på tvätteri", created_by=organiser)
    cancel_event(event=off, by=organiser, words="Tvätteriet har stängt.")


def plant_reminders(coach: User, contact: Contact, secret_session: Session) -> None:
    """Mails in every state, one to somebody at the secret company."""
    reminders.align_everything()
    now = timezone.now()
    waiting = Notification.objects.waiting().filter(user=coach).order_by("pk")
    for row, state in zip(waiting, ("sent", "failed", "skipped", "queued"), strict=False):
        every: dict[str, dict[str, Any]] = {
            "sent": {"sent_at": now, "sent_to": coach.email, "subject": "1 tillfälle att logga"},
            "failed": {"reason": "parked", "last_error": "451 4.3.2 Try later", "attempts": 7},
            "skipped": {"reason": "turned_off"},
            "queued": {"attempts": 2, "last_error": "451 4.3.2 Try later"},
        }
        pause = now + dt.timedelta(minutes=5) if state == "queued" else None
        tried = {"due_at": now, "tried_at": now, "claimed_until": pause}
        Notification.objects.filter(pk=row.pk).update(state=state, **every[state], **tried)
    guest = Guest("Sigrid Hemlig", "sigrid@grannas.example")
    soon = now + dt.timedelta(days=1)
    post(secret_session, [Wanted(reminders.SESSION_TOMORROW_CONTACT, guest, "2026-12-01", soon)])
