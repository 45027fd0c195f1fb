"""Scheduling, moving and withdrawing what is to be sent. Always in the transaction that changes the object."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import models, transaction

from coachnet.accounts.models import User
from coachnet.notifications.models import Notification, about_key

State, Reason = Notification.State, Notification.Reason


@dataclass(frozen=True)
class Guest:
    """Somebody without an account."""

    name: str
    email: str
    language: str = User.Language.SV


@dataclass(frozen=True)
class Wanted:
    """One mail that should go out: by which rule, to whom, for which of the object's times, and when (aware)."""

    rule: str
    to: User | Guest
    occurrence: str
    due_at: dt.datetime

    @property
    def recipient(self) -> str:
        """The recipient's part of the unique key."""
        return f"user:{self.to.pk}" if isinstance(self.to, User) else f"mail:{self.to.email.lower()}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells this mail from others about the same object."""
        return self.recipient, self.rule, self.occurrence


@transaction.atomic
def align(thing: models.Model, wanted: Iterable[Wanted], *, rules: Collection[str]) -> None:
    """Make the mails that wait about an object be those that are wanted, no more and no fewer.

    `rules` are the keys of the rules this call decides about; others are left alone. New ones are queued, moved
    ones get their new time, those no longer wanted are withdrawn, one withdrawn and wanted again comes back.
    What has been sent, or is being sent, stays as it is.
    """
    now_wanted = {one.key: one for one in wanted}
    rows = Notification.objects.about(thing).filter(rule__in=rules).select_for_update().order_by("pk")
    present = {(row.recipient, row.rule, row.occurrence): row for row in rows}
    for key, row in present.items():
        one = now_wanted.get(key)
        if one is None and row.state == State.QUEUED:
            row.state, row.reason = State.SKIPPED, Reason.WITHDRAWN
        elif one and row.state == State.SKIPPED and row.reason == Reason.WITHDRAWN:
            row.state, row.reason, row.due_at = State.QUEUED, "", one.due_at
        elif one and row.state == State.QUEUED:
            row.due_at = one.due_at
    Notification.objects.bulk_update(present.values(), ["state", "reason", "due_at"])
    post(thing, [one for key, one in now_wanted.items() if key not in present])


@transaction.atomic
def post(thing: models.Model, wanted: Iterable[Wanted]) -> None:
    """Queue mails about an object. One that is already there, by its unique key, stays as it is."""
    Notification.objects.bulk_create(
        [
            Notification(
                rule=one.rule,
                about=about_key(thing),
                occurrence=one.occurrence,
                recipient=one.recipient,
                user=one.to if isinstance(one.to, User) else None,
                name="" if isinstance(one.to, User) else one.to.name,
                email="" if isinstance(one.to, User) else one.to.email,
                language="" if isinstance(one.to, User) else one.to.language,
                due_at=one.due_at,
            )
            for one in wanted
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def withdraw(thing: models.Model, *, rules: Collection[str]) -> None:
    """Withdraw everything that waits about an object by these rules."""
    align(thing, (), rules=rules)
