"""The links of mails: each is for one person, one meeting and one purpose, and opens without an account.

A token is an invitation's 128 random bits and a signature over them and the purpose. Neither a copy of the database
nor the secret key alone can make one, and a new key in the row makes every link that was sent before useless.
"""

import datetime as dt
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from coachnet.lib.standing import standing
from events.models import Event, EventInvitation

# How long after the end of the meeting a link still shows something.
ANSWER_DAYS = 14
FEEDBACK_DAYS = 60


class Purpose(StrEnum):
    """What a link is for; one made for the one opens not the other."""

    ANSWER = "answer"
    FEEDBACK = "feedback"


DAYS = {Purpose.ANSWER: ANSWER_DAYS, Purpose.FEEDBACK: FEEDBACK_DAYS}


def token_for(invitation: EventInvitation, purpose: Purpose) -> str:
    """The token of an invitation's link."""
    return _signer(purpose).sign(invitation.link_key)


def address_of(invitation: EventInvitation, purpose: Purpose) -> str:
    """The whole address, as it stands in a mail."""
    route = reverse(f"events:{purpose}-open", args=[token_for(invitation, purpose)])
    return settings.SITE_URL + route


def key_in(token: str, purpose: Purpose) -> str:
    """The key that a token carries, or nothing when it was changed or made for another purpose."""
    try:
        return _signer(purpose).unsign(token)
    except BadSignature:
        return ""


def opened(key: str, purpose: Purpose, *, lean: bool = False) -> EventInvitation | None:
    """The invitation that a key opens, unless it was taken away, was never sent, or its time is over.

    `lean` leaves out what only a page shows: the meeting and the people.
    """
    if not key:
        return None
    invitation = (_opened if lean else _shown).first(key=key)
    if invitation is None:
        return None
    ends_at: dt.datetime = getattr(invitation, "ends_at") if lean else invitation.event.ends_at  # noqa: B009
    return invitation if timezone.now() < ends_at + dt.timedelta(days=DAYS[purpose]) else None


@standing
def _opened(*, key: str) -> QuerySet[EventInvitation]:
    """The invitation and when its meeting ends."""
    found = EventInvitation.objects.present().filter(link_key=key).exclude(event__state=Event.State.DRAFT)
    return found.annotate(ends_at=F("event__ends_at"))


@standing
def _shown(*, key: str) -> QuerySet[EventInvitation]:
    """The invitation with its meeting, and of people what pages say of them."""
    people = ("user__name", "user__email", "user__language", "invited_by__name", "invited_by__email")
    others = ("event__created_by__name", "event__created_by__email")
    own = [field.name for field in EventInvitation._meta.concrete_fields]
    of_event = [f"event__{field.name}" for field in Event._meta.concrete_fields]
    found = _opened.build(key=key).select_related("event__created_by", "invited_by", "user")
    return found.only(*own, *of_event, *people, *others)


def _signer(purpose: Purpose) -> Signer:
    return Signer(salt=f"events.links.{purpose}", algorithm="sha256")
