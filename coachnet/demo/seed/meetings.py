"""Meetings of the demo: past ones with attendance and feedback, a full one with a waiting list, one to answer, a draft.

Past meetings are planned, answered and held through the same actions as others; then their times are moved back.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from coachnet.accounts.models import Organisation, User
from coachnet.audit.context import acting
from coachnet.notifications.models import Notification
from companies.models import Contact
from events import notices
from events.actions import (
    GuestEntry,
    answer,
    ask_again,
    cancel_event,
    give_feedback,
    invite,
    mark_attendance,
    plan_event,
    publish_event,
)
from events.models import Event, EventInvitation, Registration

State = Notification.State
DIETS = ("Vegetarisk", "Glutenfri", "Vegansk")
FEEDBACK = (
    (5, "Mer tid för egna fall nästa gång. Siffrorna om märkning var guld värda."),
    (5, ""),
    (4, "Bra att få höra hur andra gör. Gärna fler företag som berättar."),
    (4, ""),
    (5, "Jag gick hem och räknade på en gång."),
    (3, "Lite långt till Borås för en förmiddag. Kan nästa vara digital?"),
    (4, ""),
    (2, "Jag kunde redan det mesta."),
)


@dataclass(frozen=True)
class Plan:
    """One meeting: days from today, on a weekday; whom it is for and what has become of it."""

    title: str
    days: int
    hours: tuple[int, int]
    description: str
    programme: str
    place: str = "Science Park Borås, sal Varpen"
    link: str = ""
    kind: Event.Kind = Event.Kind.NETWORK
    capacity: int | None = 20
    guests: int = 8


PAST = (
    Plan(
        "Hyra i stället för att sälja",
        -112,
        (13, 16),
        "Tre företag berättar hur de gick från köp till hyra, och vad det kostade.",
        "13:00 Välkommen\n13:20 Från köp till hyra | Tre företag\n14:30 Fika\n14:45 Räkna på ett eget fall",
    ),
    Plan(
        "Spårbarhet i praktiken",
        -55,
        (9, 12),
        "Digitala produktpass: vad som krävs, när, och vad man kan börja med i dag.",
        "09:00 Lägesrunda\n09:30 Produktpass på tio minuter | Tove Hallin, RISE\n10:15 Fika\n10:30 Verkstad",
    ),
    Plan(
        "Materialval med framtid",
        -27,
        (9, 12),
        "Hur väljer man material som går att använda igen?",
        "09:00 Välkommen\n09:15 Materialbiblioteket | Textilhögskolan\n11:00 Samtal vid borden",
        kind=Event.Kind.TOPIC,
    ),
)
FULL = Plan(
    "Återtag som affär",
    9,
    (9, 12),
    "En förmiddag för dig som vill ta betalt för att få tillbaka det du har sålt. "
    "Du räknar på ett eget fall tillsammans med coacher och andra företag.\n\n"
    "Ta med siffror på **en** produkt: pris, livslängd och vad retur kostar i dag.",
    "09:00 Välkommen och lägesrunda | Sara Holm\n09:30 Så prissätter du återtag | Tove Hallin, RISE\n"
    "10:15 Fika\n10:30 Verkstad: räkna på ett eget fall\n11:40 Nästa steg i nätverket",
    capacity=16,
    guests=14,
)
OPEN = Plan(
    "Cirkulära krav i upphandling",
    22,
    (13, 15),
    "Kommunerna köper för miljarder. Vad frågar de efter, och hur svarar ett litet företag?",
    "13:00 Så läser du ett underlag\n13:40 Två företag som vann\n14:30 Frågor",
    place="",
    link="https://mote.coachnet.example/upphandling",
    kind=Event.Kind.TOPIC,
    capacity=None,
    guests=5,
)
DRAFT = Plan(
    "Studiebesök: återbruk i bygg",
    48,
    (9, 14),
    "Vi åker till ett rivningsprojekt och följer dörrarna till nästa hus.",
    "09:00 Buss från Borås\n10:00 Rundvandring\n12:00 Lunch\n13:00 Återresa",
    place="Samling vid Science Park Borås",
    capacity=30,
)
OFF = Plan(
    "Lunchsamtal om pant",
    13,
    (12, 13),
    "Hur gör man pant på annat än burkar?",
    "12:00 Samtal",
    capacity=None,
    guests=2,
)


def plant_meetings(people: dict[str, User]) -> None:
    """Plant them all, planned by the organiser."""
    organiser, coach = people["Sara Holm"], people["Maja Ekdahl"]
    coaches = [person for person in people.values() if "coach" in person.roles]
    contacts = list(Contact.objects.filter(company__is_confidential=False).order_by("pk"))
    with acting(user=organiser.pk):
        for number, plan in enumerate(PAST):
            _plant_past(plan, organiser, coaches, contacts[number::3])
        _plant_full(organiser, coaches, contacts[::2])
        _plant_open(organiser, coach, coaches, contacts[1::2])
        draft = _planned(DRAFT, organiser)
        invite(event=draft, by=organiser, members=coaches)
        off = _published(OFF, organiser, coaches[:4], contacts[:2])
        cancel_event(event=off, by=organiser, words="Talaren är sjuk. Vi kommer igen efter jul.")


def _planned(plan: Plan, organiser: User, days: int | None = None) -> Event:
    day = _weekday(plan.days if days is None else days)
    start, end = (timezone.make_aware(dt.datetime.combine(day, dt.time(hour))) for hour in plan.hours)
    facts = {
        "kind": plan.kind,
        "title": plan.title,
        "description": plan.description,
        "programme": plan.programme,
        "starts_at": start,
        "ends_at": end,
        "place": plan.place,
        "link": plan.link,
        "capacity": plan.capacity,
        "answer_by": day - dt.timedelta(days=3) if plan.days > 0 else None,
        "hosts": Organisation.objects.filter(name__in=["Science Park Borås", "RISE"]),
    }
    return plan_event(by=organiser, facts=facts)


def _published(
    plan: Plan, organiser: User, members: Sequence[User], contacts: Sequence[Contact], days: int | None = None
) -> Event:
    event = _planned(plan, organiser, days)
    guests = [GuestEntry(one.name, one.email) for one in contacts[: plan.guests]]
    invite(event=event, by=organiser, members=members, guests=guests)
    return publish_event(event=event, by=organiser)


def _invited(event: Event) -> list[EventInvitation]:
    return list(event.invitations.select_related("user", "event").order_by("pk"))


def _plant_past(plan: Plan, organiser: User, coaches: Sequence[User], contacts: Sequence[Contact]) -> None:
    event = _published(plan, organiser, coaches, contacts, days=30)
    for number, invitation in enumerate(_invited(event)):
        if number % 7 != 6:
            answer(invitation=invitation, coming=number % 5 != 4)
    day = _weekday(plan.days)
    start, end = (timezone.make_aware(dt.datetime.combine(day, dt.time(hour))) for hour in plan.hours)
    Event.objects.filter(pk=event.pk).update(
        starts_at=start, ends_at=end, published_at=start - dt.timedelta(days=30)
    )
    back = _weekday(30) - day
    Registration.objects.to(event).update(answered_at=F("answered_at") - back)
    coming = [one for one in _invited(event) if one.live]
    here = [one for number, one in enumerate(coming) if number % 8 != 5]
    for invitation in here:
        mark_attendance(invitation=invitation, is_here=True, by=organiser)
    for invitation, (rating, text) in zip(here, FEEDBACK, strict=False):
        give_feedback(invitation=invitation, rating=rating, text=text)
    _as_if_sent(event, back)


def _as_if_sent(event: Event, back: dt.timedelta) -> None:
    """The mails of a meeting that is over left long ago; those to people who did not come were not needed."""
    rows = Notification.objects.about(event)
    rows.update(due_at=F("due_at") - back)
    away = event.invitations.staying_away()
    unneeded = rows.filter(rule__in=[*notices.REMINDERS, notices.ASKED]).filter(
        user__in=away.filter(user__isnull=False).values("user")
    )
    unneeded.update(state=State.SKIPPED, reason=Notification.Reason.WITHDRAWN)
    rows.filter(state=State.QUEUED, due_at__lt=timezone.now()).update(
        state=State.SENT, sent_at=F("due_at"), attempts=1
    )


def _plant_full(organiser: User, coaches: Sequence[User], contacts: Sequence[Contact]) -> None:
    """More want to come than there is room for; one has given up her place, which is held for the first in line."""
    event = _published(FULL, organiser, coaches, contacts)
    invited = _invited(event)
    for number, invitation in enumerate(invited[:-4]):
        diet = DIETS[number % 3] if number % 6 == 1 else ""
        answer(invitation=invitation, coming=number not in (7, 11), diet=diet)
    answer(invitation=invited[4], coming=False)
    ask_again(event=event, by=organiser)


def _plant_open(organiser: User, coach: User, coaches: Sequence[User], contacts: Sequence[Contact]) -> None:
    """The demo's coach has not answered this one."""
    event = _published(OPEN, organiser, coaches, contacts)
    for number, invitation in enumerate(_invited(event)):
        if invitation.user_id != coach.pk and number % 3 == 0:
            answer(invitation=invitation, coming=True)


def _weekday(days: int) -> dt.date:
    """The weekday nearest so many days from today."""
    day = timezone.localdate() + dt.timedelta(days=days)
    return day - dt.timedelta(days=max(0, day.weekday() - 4))
