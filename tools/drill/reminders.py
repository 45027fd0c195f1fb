"""Reminders that are due at once: real sessions with real contacts, through the real rule."""

import datetime as dt

from django.utils import timezone

from coaching.models import Engagement, EngagementCoach, Programme, Session, SessionCoach, SessionContact
from coaching.reminders import SESSION_TOMORROW_CONTACT, day_and_time
from coachnet.accounts.models import Organisation, User
from coachnet.notifications.actions import Guest, Wanted, align_all
from coachnet.notifications.models import Notification, about_key
from companies.models import Company, Contact
from tools.drill.stage import Stage

State = Notification.State


def plant(size: int) -> None:
    """As many sessions tomorrow, each with somebody who is to be reminded now. Replaces what was there."""
    for model in (Notification, SessionContact, SessionCoach, Session, Contact):
        model._default_manager.all().delete()
    add(size)


def add(size: int) -> None:
    """The same beside what is there."""
    coach, engagement = _engagement()
    company = engagement.company
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    facts = {"state": Session.State.PLANNED, "date": tomorrow, "start_time": dt.time(23), "minutes": 30}
    sessions = Session.objects.bulk_create(
        Session(engagement=engagement, created_by=coach, reminds_contacts=True, **facts) for _ in range(size)
    )
    contacts = Contact.objects.bulk_create(
        Contact(company=company, name=f"Kontakt {n}", email=f"kontakt{n}@drill.example") for n in range(size)
    )
    SessionCoach.objects.bulk_create(
        SessionCoach(session=one, coach=coach, organisation=engagement.organisation) for one in sessions
    )
    pairs = list(zip(sessions, contacts, strict=True))
    SessionContact.objects.bulk_create(SessionContact(session=one, contact=who) for one, who in pairs)
    now = timezone.now()
    wanted = {
        about_key(one): [Wanted(SESSION_TOMORROW_CONTACT, Guest(who.name, who.email), day_and_time(one), now)]
        for one, who in pairs
    }
    align_all(wanted, rules=[SESSION_TOMORROW_CONTACT])


def _engagement() -> tuple[User, Engagement]:
    """The drill's coach and her one engagement."""
    engagement = Engagement.objects.filter(company__name="Drill AB").first()
    if engagement:
        return User.objects.get(email="coach@drill.example"), engagement
    kind, regime = Organisation.Kind.SCIENCE_PARK, Organisation.AccessRegime.PRIVATE
    organisation = Organisation.objects.create(name="Drill", kind=kind, access_regime=regime)
    coach = User.objects.create_user(
        "coach@drill.example", name="Drill Coach", organisation=organisation, roles=["coach"]
    )
    today = timezone.localdate()
    programme = Programme.objects.create(name="Drill", starts_on=today, ends_on=today + dt.timedelta(days=90))
    company = Company.objects.create(name="Drill AB", organisation_number="4920000009", created_by=coach)
    engagement = Engagement.objects.create(company=company, programme=programme, organisation=organisation)
    EngagementCoach.objects.create(engagement=engagement, coach=coach, is_lead=True)
    return coach, engagement


def unfinished() -> int:
    """How many are not yet sent, failed or skipped."""
    return Notification.objects.filter(state__in=[State.QUEUED, State.SENDING]).count()


def due() -> int:
    """How many wait and are to be sent now."""
    return Notification.objects.filter(state=State.QUEUED, due_at__lte=timezone.now()).count()


def held() -> int:
    """How many a worker has claimed."""
    return Notification.objects.filter(state=State.SENDING).count()


def wait_for(stage: Stage, share: float, size: int) -> None:
    """Wait until a share of the mails has arrived."""
    stage.wait(lambda: stage.sink.count >= share * size, f"{share:.0%} of {size} mails")


def judge(stage: Stage, size: int, *, duplicates_allowed: int = 0) -> list[str]:
    """Print what arrived and what the rows say; return the promises that were broken."""
    taken = stage.sink.taken
    lost = size - len(taken)
    repeated = {address: ids for address, ids in taken.items() if len(ids) > 1}
    differing = [address for address, ids in repeated.items() if len(set(ids)) > 1]
    thrice = [address for address, ids in repeated.items() if len(ids) > 2]
    states = {
        str(State(state).value): Notification.objects.filter(state=state).count() for state in State.values
    }
    print(f"  {size} due, {len(taken)} arrived, {lost} lost, {len(repeated)} twice")
    if repeated:
        same = len(repeated) - len(differing)
        print(f"  of those that came twice, {same} with the same Message-ID, {len(thrice)} more than twice")
    print(f"  states: {', '.join(f'{name} {count}' for name, count in states.items() if count)}")
    faults = []
    if lost or states["sent"] != size:
        faults.append(f"{lost} lost, {size - states['sent']} rows not marked as sent")
    if differing:
        faults.append(f"{len(differing)} came again with another Message-ID")
    if thrice or len(repeated) > duplicates_allowed:
        faults.append(f"{len(repeated)} came more than once; {duplicates_allowed} may")
    return faults
