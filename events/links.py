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


# The same as below, without the meeting; written out, since two hundred may answer in the same minute.
_OPENED = """
    SELECT invitation.*, event.ends_at
    FROM events_eventinvitation invitation JOIN events_event event ON event.id = invitation.event_id
    WHERE invitation.link_key = %s AND invitation.removed_at IS NULL AND event.state <> 'draft'"""
# Everything of the invitation and its meeting, and of people what the pages say of them.
_SHOWN = (
    *(column.name for column in EventInvitation._meta.concrete_fields),
    *(f"event__{column.name}" for column in Event._meta.concrete_fields),
    *("event__created_by__name", "event__created_by__email", "invited_by__name"),
    *("user__name", "user__email", "user__language"),
)
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
    if lean:
        invitation = next(iter(EventInvitation.objects.raw(_OPENED, [key])), None)
    else:
        found = EventInvitation.objects.present().exclude(event__state=Event.State.DRAFT).filter(link_key=key)
        found = found.select_related("event__created_by", "user", "invited_by").only(*_SHOWN)
        invitation = next(iter(found[:1]), None)
    if invitation is None:
        return None
    ends_at: dt.datetime = getattr(invitation, "ends_at") if lean else invitation.event.ends_at  # noqa: B009
    return invitation if timezone.now() < ends_at + dt.timedelta(days=DAYS[purpose]) else None


def _signer(purpose: Purpose) -> Signer:
    return Signer(salt=f"events.links.{purpose}", algorithm="sha256")
