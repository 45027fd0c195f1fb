"""The links of mails: each is for one person, one meeting and one purpose, and opens without an account.

A token is an invitation's 128 random bits and a signature over them and the purpose. Neither a copy of the database
nor the secret key alone can make one, and a new key in the row makes every link that was sent before useless.
"""

import datetime as dt
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

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

    `lean` leaves out what only a page shows.
    """
    if not key:
        return None
    found = EventInvitation.objects.present().exclude(event__state=Event.State.DRAFT)
    related = ["event"] if lean else ["event__created_by", "user", "invited_by"]
    found = found.select_related(*related)
    invitation = found.filter(link_key=key).first()
    if invitation is None:
        return None
    closes = invitation.event.ends_at + dt.timedelta(days=DAYS[purpose])
    return invitation if timezone.now() < closes else None


def _signer(purpose: Purpose) -> Signer:
    return Signer(salt=f"events.links.{purpose}", algorithm="sha256")
