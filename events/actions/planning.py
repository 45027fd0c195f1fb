"""Making, changing, publishing and cancelling meetings."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from coachnet.accounts.models import User
from events import notices, rules
from events.actions import places
from events.models import Event
from events.models.events import MOVES

# What a form may set, besides the hosts.
FACTS = (
    "kind",
    "title",
    "description",
    "programme",
    "starts_at",
    "ends_at",
    "place",
    "link",
    "capacity",
    "answer_by",
)


class EventChangedMeanwhile(Exception):  # noqa: N818  (it reads as a sentence where it is caught)
    """Somebody else saved the meeting after the form was opened; `event` is as it stands now."""

    def __init__(self, event: Event) -> None:
        super().__init__(event.pk)
        self.event = event


@transaction.atomic
def plan_event(*, by: User, facts: Mapping[str, Any]) -> Event:
    """Make a draft. `facts` has any of FACTS, and `hosts`. Raises PermissionDenied or ValidationError."""
    if not rules.can_plan(by):
        raise PermissionDenied
    event = Event(created_by=by, **{name: facts[name] for name in FACTS if name in facts})
    _demand_sense(event)
    event.save()
    event.hosts.set(facts.get("hosts", ()))
    return event


@transaction.atomic
def update_event(
    *, event: Event, version: int, facts: Mapping[str, Any], by: User, notify: bool = False
) -> Event:
    """Change a meeting. When its time or place moves, everybody concerned is told; otherwise if `notify`.

    Raises EventChangedMeanwhile when `version` is not the present one, PermissionDenied, or ValidationError.
    """
    event = places.hold(event.pk)
    if not rules.can_edit(by, event):
        raise PermissionDenied
    if event.version != version:
        raise EventChangedMeanwhile(event)
    before = {name: getattr(event, name) for name in FACTS}
    for name in FACTS:
        if name in facts:
            setattr(event, name, facts[name])
    _demand_sense(event)
    moved = any(getattr(event, name) != before[name] for name in MOVES if name in before)
    if notify and not moved:
        event.sequence += 1
    event.version += 1
    event.save()
    event.refresh_from_db(fields=["sequence"])  # raised by the database itself when something moved
    if "hosts" in facts:
        event.hosts.set(facts["hosts"])
    if event.is_published:
        if moved or notify:
            notices.change(event)
        if moved or event.answer_by != before["answer_by"]:
            notices.reschedule(event)
        places.settle(event, timezone.now())
    return event


@transaction.atomic
def publish_event(*, event: Event, by: User) -> Event:
    """Open the meeting and send its invitations. Raises PermissionDenied or ValidationError."""
    event = places.hold(event.pk)
    if not rules.can_edit(by, event):
        raise PermissionDenied
    if event.is_published:
        return event
    event.state, event.published_at = Event.State.PUBLISHED, timezone.now()
    _demand_sense(event)
    if event.has_started:
        raise ValidationError(gettext("Tiden har passerat. Ändra dagen innan du publicerar."), code="past")
    event.version += 1
    event.save()
    event.refresh_from_db(fields=["sequence"])
    notices.invite(event, event.invitations.present().select_related("user"))
    return event


@transaction.atomic
def cancel_event(*, event: Event, by: User, words: str = "") -> Event:
    """Call the meeting off and tell everybody who has not said no. Said twice, it is said once."""
    event = places.hold(event.pk)
    if event.is_cancelled:
        return event
    if not rules.can_edit(by, event) or event.is_draft:
        raise PermissionDenied
    event.state, event.cancelled_at, event.cancel_words = Event.State.CANCELLED, timezone.now(), words
    event.version += 1
    event.save()
    event.refresh_from_db(fields=["sequence"])
    notices.cancel(event)
    return event


@transaction.atomic
def copy_event(*, event: Event, by: User) -> Event:
    """A draft like this meeting, a week after it or after today, with nobody invited."""
    weeks = max(1, (timezone.localdate() - event.day).days // 7 + 1)
    facts = {name: getattr(event, name) for name in FACTS} | {
        "starts_at": _later(event.starts_at, weeks),
        "ends_at": _later(event.ends_at, weeks),
        "answer_by": event.answer_by + dt.timedelta(weeks=weeks) if event.answer_by else None,
        "hosts": event.hosts.all(),
    }
    return plan_event(by=by, facts=facts)


@transaction.atomic
def remove_event(*, event: Event, by: User) -> None:
    """Throw a draft away. Raises PermissionDenied for a meeting that people have been told of."""
    event = places.hold(event.pk)
    if not rules.can_remove(by, event):
        raise PermissionDenied
    event.delete()


def _later(moment: dt.datetime, weeks: int) -> dt.datetime:
    """The same hour on the clock, so many weeks later, also across a change to summer time."""
    local = timezone.localtime(moment).replace(tzinfo=None) + dt.timedelta(weeks=weeks)
    return timezone.make_aware(local)


def _demand_sense(event: Event) -> None:
    """What the database also refuses, in words beside the field."""
    wrong: dict[str, str] = {}
    if event.ends_at <= event.starts_at:
        wrong["end_time"] = gettext("Träffen ska sluta efter att den har börjat.")
    if event.answer_by and event.answer_by > event.day:
        wrong["answer_by"] = gettext("Sista svarsdag ska vara senast samma dag som träffen.")
    if not event.is_draft and not event.where:
        wrong["place"] = gettext("Skriv en plats eller en länk, så att alla hittar dit.")
    if wrong:
        raise ValidationError(wrong)
