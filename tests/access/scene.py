"""Four companies with everything that belongs to them, each seen from the coach Maja Ekdahl.

- own: hers
- colleague: a coach's of the same organisation
- other: a coach's of another organisation
- confidential: that other coach's too, with sekretessmarkering
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from coaching.models import Action, Engagement, Session, SessionDraft
from coachnet.accounts.models import Invitation, Organisation, User
from coachnet.notifications.models import Notification, recipient_key
from companies.models import Company, Contact
from dashboards.refresh import refresh
from events.models import EventInvitation
from tests.factories.accounts import CAST, InvitationFactory, cast
from tests.factories.api import client_for
from tests.factories.coaching import (
    ActionFactory,
    EngagementFactory,
    ProgrammeFactory,
    SessionDraftFactory,
    SessionFactory,
)
from tests.factories.companies import CompanyFactory, ContactFactory
from tests.factories.events import EventFactory, GuestFactory, MemberFactory

# No step-up and no stale sweep in the middle of it, however slow the machine.
A_LONG_RUN = dt.timedelta(hours=1)
WHOSE = ("own", "colleague", "other", "confidential")


@dataclass(frozen=True)
class Holding:
    """A company and what belongs to it; every text in it is found nowhere else."""

    whose: str
    coach: User
    company: Company
    contact: Contact
    engagement: Engagement
    session: Session
    planned: Session
    removed: Session
    action: Action
    draft: SessionDraft

    @property
    def names(self) -> tuple[str, ...]:
        """What tells that this company exists."""
        return (self.company.name, self.company.organisation_number, self.contact.name, self.contact.email)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is written about it, for its coaches only."""
        return (self.session.note, self.action.what, self.draft_text)

    @property
    def draft_text(self) -> str:
        """What the coach has typed and not sent, for herself only."""
        text: str = self.draft.data["note"][0]
        return text

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that somebody who may not see the company never reads."""
        reason = [self.company.confidential_reason] if self.company.confidential_reason else []
        return (*self.names, *self.notes, *reason)


@dataclass(frozen=True)
class Scene:
    """The companies, and the things that belong to none."""

    holdings: dict[str, Holding]
    people: dict[str, User]
    organisation: Organisation
    invitation: Invitation
    notification: Notification
    guest: EventInvitation

    @property
    def guests(self) -> tuple[str, ...]:
        """What tells who comes to a meeting, and what she eats: for those who plan it."""
        return (self.guest.name, self.guest.email, "Nötfri kost till gästen")


def build() -> Scene:
    """Fill the database with the scene and its cast."""
    people = {role: cast(role) for role in CAST}
    programme = ProgrammeFactory(name="Utmaningen")
    coaches = {
        "own": "coach",
        "colleague": "colleague",
        "other": "other_coach",
        "confidential": "other_coach",
    }
    scene = Scene(
        {whose: _holding(whose, people[coaches[whose]], programme) for whose in WHOSE},
        people,
        people["coach"].organisation,  # type: ignore[arg-type]
        InvitationFactory(invited_by=people["organiser"], organisation=people["coach"].organisation),
        Notification.objects.create(
            rule="session_to_log",
            about="coaching.session:none",
            occurrence="2026-11-25",
            recipient=recipient_key(people["coach"]),
            user=people["coach"],
            due_at=timezone.now() + dt.timedelta(days=1),
        ),
        _guest(people),
    )
    refresh()
    return scene


def sign_in(scene: Scene) -> dict[str, Client]:
    """A client for each role, just after proving who they are, so that no step-up hides a refusal.

    Each sends a key of hers as well, which the open interface goes by and the pages take no notice of.
    """
    clients = {"outsider": Client()}
    for role, user in scene.people.items():
        client = clients[role] = client_for(user)
        client.force_login(user)
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "password", "reauthenticated": True, "at": (timezone.now() + A_LONG_RUN).timestamp()}
        ]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return clients


def _guest(people: dict[str, User]) -> EventInvitation:
    """A guest who comes to a meeting that the coach is invited to as well."""
    event = EventFactory(created_by=people["organiser"])
    MemberFactory(event=event, user=people["coach"])
    guest: EventInvitation = GuestFactory(
        event=event,
        name="Gästen Granlund",
        email="granlund@gast.example",
        answered="coming",
        answered__diet="Nötfri kost till gästen",
    )
    return guest


def _holding(whose: str, coach: User, programme: Any) -> Holding:
    company = CompanyFactory(
        name=f"Näckrosens {whose} Möbelverkstad AB",
        responsible_coach=coach,
        description=f"Beskrivning {whose} av verksamheten",
        **(
            {"confidential": True, "confidential_reason": "Hemligt skäl om patent"}
            if whose == "confidential"
            else {}
        ),
    )
    contact = ContactFactory(
        company=company, name=f"Kontaktperson {whose} Ek", email=f"{whose}@foretag.example"
    )
    engagement = EngagementFactory(company=company, programme=programme, lead=coach, goals=f"Mål {whose}")
    facts = {"engagement": engagement, "created_by": coach, "coaches": [coach], "contacts": [contact]}
    session = SessionFactory(complete=True, **facts | {"note": f"Anteckning {whose} om återtaget"})
    return Holding(
        whose,
        coach,
        company,
        contact,
        engagement,
        session,
        SessionFactory(planned=True, **facts | {"date": timezone.localdate() - dt.timedelta(days=1)}),
        SessionFactory(removed_at=timezone.now(), removed_by=coach, **facts),
        ActionFactory(
            engagement=engagement, session=session, owner_coach=coach, what=f"Åtgärd {whose} att göra"
        ),
        SessionDraftFactory(coach=coach, company=company, data={"note": [f"Utkast {whose} till text"]}),
    )


# How each argument of a route is filled, by the name of the route or its beginning. The first that fits is used.
Fill = Callable[[Scene, Holding], dict[str, Any]]
ARGUMENTS: dict[str, Fill] = {
    "companies:contact-create": lambda scene, held: {"pk": held.company.pk},
    "companies:contact-": lambda scene, held: {"pk": held.company.pk, "contact_pk": held.contact.pk},
    "companies:company-": lambda scene, held: {"pk": held.company.pk},
    "coaching:session-restore": lambda scene, held: {"pk": held.removed.pk},
    "coaching:session-cancel": lambda scene, held: {"pk": held.planned.pk},
    "coaching:session-no-show": lambda scene, held: {"pk": held.planned.pk},
    "coaching:session-": lambda scene, held: {"pk": held.session.pk},
    "coaching:draft-": lambda scene, held: {"pk": held.draft.key},
    "coaching:action-create": lambda scene, held: {"engagement": held.engagement.pk},
    "coaching:action-": lambda scene, held: {"pk": held.action.pk},
    "coaching:engagement-coach-remove": lambda scene, held: {
        "pk": held.engagement.pk,
        "coach": held.coach.pk,
    },
    "coaching:engagement-lead": lambda scene, held: {"pk": held.engagement.pk, "coach": held.coach.pk},
    "coaching:engagement-": lambda scene, held: {"pk": held.engagement.pk},
    "api:company-": lambda scene, held: {"pk": held.company.pk},
    "api:engagement-": lambda scene, held: {"pk": held.engagement.pk},
    "api:session-": lambda scene, held: {"pk": held.session.pk},
    "api:action-": lambda scene, held: {"pk": held.action.pk},
}
# Routes whose argument is not a company's thing.
OTHER_ARGUMENTS: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "offline": lambda scene: {"language": "sv"},
    "worker": lambda scene: {"language": "sv"},
    "accounts:person-": lambda scene: {"pk": scene.people["colleague"].pk},
    "accounts:organisation-": lambda scene: {"pk": scene.organisation.pk},
    "accounts:invitation-open": lambda scene: {"token": "x" * 43},
    "accounts:invitation-": lambda scene: {"pk": scene.invitation.pk},
    "accounts:session-end": lambda scene: {"pk": 1},
    "events:answer-open": lambda scene: {"token": "x" * 43},
    "events:feedback-open": lambda scene: {"token": "x" * 43},
    "events:answer": lambda scene: {"pk": scene.guest.pk},
    "events:feedback": lambda scene: {"pk": scene.guest.pk},
    "events:person-": lambda scene: {"pk": scene.guest.event_id, "person": scene.guest.pk},
    "events:event-": lambda scene: {"pk": scene.guest.event_id},
    "api:event-": lambda scene: {"pk": scene.guest.event_id},
    "api:registration-": lambda scene: {"pk": scene.guest.registrations.get().pk},
    "api:unknown": lambda scene: {"rest": "no-such-thing/1/"},
    "keys:key-revoke": lambda scene: {"pk": scene.people["colleague"].api_keys.get().pk},
    "account_reset_password_from_key": lambda scene: {"uidb36": "1", "key": "set-password"},
    "account_confirm_email": lambda scene: {"key": "x"},
    "operations:work-run": lambda _scene: {"task": "coaching.tasks.clear_old_drafts"},
    "operations:mail-": lambda scene: {"pk": scene.notification.pk},
    "notifications:delivery-": lambda scene: {"pk": scene.notification.pk},
    "notifications:off": lambda scene: {"token": "x" * 43},
    "mfa_": lambda scene: {"pk": 1},
    "openid_connect_": lambda scene: {"provider_id": "organisation"},
}


def arguments(name: str, scene: Scene, held: Holding) -> dict[str, Any]:
    """The arguments of a route for one holding. Raises LookupError for a route nobody has said how to fill."""
    for beginning, fill in ARGUMENTS.items():
        if name.startswith(beginning):
            return fill(scene, held)
    for beginning, fill_other in OTHER_ARGUMENTS.items():
        if name.startswith(beginning):
            return fill_other(scene)
    raise LookupError(f"Say in tests/access/scene.py how the arguments of {name} are filled.")


def is_about_a_company(name: str) -> bool:
    """Whether a route's arguments name something that belongs to a company."""
    return name.startswith(tuple(ARGUMENTS))
