"""The links of mails: each is for one person, one meeting and one purpose, and opens without an account.

A token is an invitation's 128 random bits and a signature over them and the purpose. Neither a copy of the database
nor the secret key alone can make one, and a new key in the row makes every link that was sent before useless.
"""

import datetime as dt
from enum import StrEnum
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import connection
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from coachnet.accounts.models import User
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


def _columns(model: type[Model], *names: str) -> list[str]:
    """All columns of a table, or those that are named, in the order in which `from_db` takes them."""
    every = [field.attname for field in model._meta.concrete_fields]
    return [name for name in every if name in names] if names else every


_INVITATION, _EVENT = _columns(EventInvitation), _columns(Event)
_OF_USER, _OF_OTHERS = (
    _columns(User, "id", "name", "email", "language"),
    _columns(User, "id", "name", "email"),
)
_TOLD = ", ".join(
    f"{table}.{column}"
    for table, columns in (
        ("invitation", _INVITATION),
        ("event", _EVENT),
        ("person", _OF_USER),
        ("inviter", _OF_OTHERS),
        ("organiser", _OF_OTHERS),
    )
    for column in columns
)
# The same for a page, with the meeting and of people what pages say of them: the ORM takes longer to write this query
# than the database to answer it.
_SHOWN = f"""
    SELECT {_TOLD}
    FROM events_eventinvitation invitation JOIN events_event event ON event.id = invitation.event_id
    JOIN accounts_user inviter ON inviter.id = invitation.invited_by_id
    JOIN accounts_user organiser ON organiser.id = event.created_by_id
    LEFT JOIN accounts_user person ON person.id = invitation.user_id
    WHERE invitation.link_key = %s AND invitation.removed_at IS NULL AND event.state <> 'draft'"""  # noqa: S608
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
    invitation = next(iter(EventInvitation.objects.raw(_OPENED, [key])), None) if lean else _shown(key)
    if invitation is None:
        return None
    ends_at: dt.datetime = getattr(invitation, "ends_at") if lean else invitation.event.ends_at  # noqa: B009
    return invitation if timezone.now() < ends_at + dt.timedelta(days=DAYS[purpose]) else None


def _shown(key: str) -> EventInvitation | None:
    """The invitation with its meeting and people; of the people only what `_TOLD` names."""
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN, [key])
        row = cursor.fetchone()
    if row is None:
        return None
    values = iter(row)

    def take(model: type[Model], columns: list[str]) -> Any:
        return model.from_db(connection.alias, columns, [*islice(values, len(columns))])

    invitation: EventInvitation = take(EventInvitation, _INVITATION)
    invitation.event = take(Event, _EVENT)
    person, invitation.invited_by = take(User, _OF_USER), take(User, _OF_OTHERS)
    invitation.user = person if person.pk else None
    invitation.event.created_by = take(User, _OF_OTHERS)
    return invitation


def _signer(purpose: Purpose) -> Signer:
    return Signer(salt=f"events.links.{purpose}", algorithm="sha256")
