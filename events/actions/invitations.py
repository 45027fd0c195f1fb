"""Inviting people to a meeting, taking them away, and new links."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext

from coachnet.accounts.models import User
from companies.models import Company, Contact
from events import notices, rules
from events.actions import places
from events.models import Event, EventInvitation, Registration, new_link_key


@dataclass(frozen=True)
class GuestEntry:
    """A guest as an organiser writes her: a name and an address."""

    name: str
    email: str


@dataclass
class Invited:
    """What an invitation came to: the new ones, and how many were invited already."""

    new: list[EventInvitation] = field(default_factory=list)
    known: int = 0


@transaction.atomic
def invite(
    *,
    event: Event,
    by: User,
    members: Iterable[User] = (),
    guests: Iterable[GuestEntry] = (),
    language: str = User.Language.SV,
) -> Invited:
    """Invite members and guests. To a draft nothing is sent until it is published.

    A guest whose address has an account is invited as that member; somebody taken away is invited again; others
    who are invited already are left as they are. Raises PermissionDenied.
    """
    event = places.hold(event.pk)
    if not rules.can_invite(by, event):
        raise PermissionDenied
    people, strangers = _sorted_out(members, guests)
    present = list(event.invitations.select_related("user"))
    by_user = {one.user_id: one for one in present if one.user_id}
    by_mail = {one.email.lower(): one for one in present if one.email}
    contacts = _contacts(by, strangers)
    outcome = Invited()
    for user in people:
        new = EventInvitation(event=event, user=user, language=user.language, invited_by=by)
        _add(outcome, by_user.get(user.pk), new)
    for mail, guest in strangers.items():
        new = EventInvitation(
            event=event,
            name=guest.name,
            email=mail,
            language=language,
            contact=contacts.get(mail),
            invited_by=by,
        )
        _add(outcome, by_mail.get(mail), new)
    if event.is_published:
        notices.invite(event, outcome.new)
    return outcome


def _add(outcome: Invited, present: EventInvitation | None, new: EventInvitation) -> None:
    """Save a new invitation, bring back one that was taken away, or count one that is known."""
    if present is None:
        new.save()
        outcome.new.append(new)
    elif present.removed_at:
        present.removed_at = present.removed_by = None
        present.times_sent += 1
        present.save(update_fields=["removed_at", "removed_by", "times_sent"])
        outcome.new.append(present)
    else:
        outcome.known += 1


def _sorted_out(
    members: Iterable[User], guests: Iterable[GuestEntry]
) -> tuple[list[User], dict[str, GuestEntry]]:
    """Members, and guests by address; those among the guests who have an account are members."""
    strangers = {guest.email.strip().lower(): guest for guest in guests}
    accounts = User.objects.active().alias(mail=Lower("email")).filter(mail__in=strangers)
    people = {user.pk: user for user in members if user.is_active}
    for user in accounts:
        strangers.pop(user.email.lower())
        people[user.pk] = user
    return list(people.values()), strangers


def _contacts(by: User, strangers: Iterable[str]) -> dict[str, Contact]:
    """Which guests are known as contacts of companies that the inviter may see."""
    visible = Company.objects.visible_to(by).values("pk")
    found = Contact.objects.alias(mail=Lower("email")).filter(mail__in=list(strangers), left_on=None)
    return {contact.email.lower(): contact for contact in found.filter(company__in=visible)}


@transaction.atomic
def remove_invitation(*, invitation: EventInvitation, by: User) -> EventInvitation:
    """Take a person off the meeting: her link stops working and her place goes to the next in line."""
    event = places.hold(invitation.event_id)
    now = timezone.now()  # after the lock, so that the line is in the order of the lock
    if not rules.can_invite(by, event):
        raise PermissionDenied
    invitation = EventInvitation.objects.present().select_related("user").get(pk=invitation.pk)
    invitation.event = event
    live = Registration.objects.live().filter(invitation=invitation).first()
    if live:
        live.invitation = invitation
        state = Registration.State.CANCELLED if live.is_coming else Registration.State.DECLINED
        places.set_state(live, state, now=now)
        notices.tell_answer(live, by_hand=True)
    invitation.removed_at, invitation.removed_by = now, by
    invitation.save(update_fields=["removed_at", "removed_by"])
    places.settle(event, now)
    return invitation


@transaction.atomic
def restore_invitation(*, invitation: EventInvitation, by: User) -> EventInvitation:
    """Take a removal back. Her answer is given back by `move`. Raises PermissionDenied."""
    event = places.hold(invitation.event_id)
    if not rules.can_invite(by, event):
        raise PermissionDenied
    invitation.removed_at = invitation.removed_by = None
    invitation.save(update_fields=["removed_at", "removed_by"])
    return invitation


@transaction.atomic
def renew_link(*, invitation: EventInvitation, by: User, name: str = "", email: str = "") -> EventInvitation:
    """Send the invitation again with a new link, to a guest perhaps at another address; old links stop working.

    Raises PermissionDenied, or ValidationError when the address is taken by another invitation.
    """
    event = places.hold(invitation.event_id)
    if not rules.can_invite(by, event):
        raise PermissionDenied
    invitation = EventInvitation.objects.present().select_related("user").get(pk=invitation.pk)
    invitation.event = event
    if invitation.is_guest and email and email.lower() != invitation.email.lower():
        others = event.invitations.exclude(pk=invitation.pk)
        if others.filter(email__iexact=email).exists() or others.filter(user__email__iexact=email).exists():
            raise ValidationError({"email": gettext("Adressen är redan inbjuden.")})
        invitation.email = email.lower()
    if invitation.is_guest and name:
        invitation.name = name
    invitation.link_key = new_link_key()
    invitation.times_sent += 1
    invitation.save(update_fields=["name", "email", "link_key", "times_sent"])
    if event.is_published:
        notices.invite(event, [invitation])
        for registration in invitation.registrations.coming():
            registration.invitation = invitation
            notices.remind(registration)
    return invitation


@transaction.atomic
def ask_again(*, event: Event, by: User) -> int:
    """Ask those who have not answered; how many. Raises PermissionDenied."""
    if not rules.can_invite(by, event) or not event.takes_answers:
        raise PermissionDenied
    return notices.ask_again(event, event.invitations.unanswered().select_related("user"))
