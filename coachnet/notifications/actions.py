"""Scheduling, moving and withdrawing what is to be sent. Always in the transaction that changes the object."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from coachnet.accounts.models import User
from coachnet.lib.standing import Among, standing
from coachnet.notifications.models import Notification, NotificationPreference, about_key, recipient_key

State, Reason = Notification.State, Notification.Reason
log = structlog.get_logger(__name__)


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
    # Not queued when its time has passed already; one that was queued before its time stays wanted.
    only_ahead: bool = False

    @property
    def recipient(self) -> str:
        """The recipient's part of the unique key."""
        return recipient_key(self.to if isinstance(self.to, User) else self.to.email)

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells this mail from others about the same object."""
        return self.recipient, self.rule, self.occurrence


@transaction.atomic(savepoint=False)
def align(thing: models.Model, wanted: Iterable[Wanted], *, rules: Collection[str]) -> None:
    """Make the mails that wait about an object be those that are wanted, no more and no fewer.

    `rules` are the keys of the rules this call decides about; others are left alone. New ones are queued, moved
    ones get their new time, those no longer wanted are withdrawn, one withdrawn and wanted again comes back.
    What has been sent, or is being sent, stays as it is.
    """
    align_all({about_key(thing): wanted}, rules=rules)


@transaction.atomic(savepoint=False)
def align_all(wanted: Mapping[str, Iterable[Wanted]], *, rules: Collection[str]) -> None:
    """`align` for many objects, named by their about keys, at a fixed number of queries."""
    now = timezone.now()
    missing = {(about, *one.key): one for about, ones in wanted.items() for one in ones}
    changed = []
    for row in _held(about=[*wanted], rules=[*rules]):
        one = missing.pop((row.about, row.recipient, row.rule, row.occurrence), None)
        if _is_changed(row, one, now):
            changed.append(row)
    Notification.objects.bulk_update(changed, ["state", "reason", "due_at", "attempts"])
    new = [(about, one) for (about, *_key), one in missing.items() if not one.only_ahead or one.due_at > now]
    _queue(new)


@standing
def _held() -> models.QuerySet[Notification]:
    """What is there already, nobody else to change it meanwhile."""
    rows = Notification.objects.filter(Among("about", "about"), Among("rule", "rules"))
    return rows.select_for_update().order_by("pk")


def _is_changed(row: Notification, one: Wanted | None, now: dt.datetime) -> bool:
    """Change a row that waits, or was withdrawn, to what is wanted now; False where it may stay."""
    if row.state == State.QUEUED and one is None:
        row.state, row.reason = State.SKIPPED, Reason.WITHDRAWN
    elif row.state == State.QUEUED and one and row.due_at != one.due_at:
        row.due_at, row.attempts = one.due_at, 0
    elif one and (row.state, row.reason) == (State.SKIPPED, Reason.WITHDRAWN):
        if one.only_ahead and one.due_at <= now:
            return False
        row.state, row.reason, row.due_at, row.attempts = State.QUEUED, "", one.due_at, 0
    else:
        return False
    return True


@transaction.atomic(savepoint=False)
def post(thing: models.Model, wanted: Iterable[Wanted]) -> None:
    """Queue mails about an object. One that is already there, by its unique key, stays as it is.

    What is due at once leaves as soon as the transaction is committed.
    """
    _queue([(about_key(thing), one) for one in wanted])


@transaction.atomic(savepoint=False)
def withdraw(thing: models.Model, *, rules: Collection[str]) -> None:
    """Withdraw everything that waits about an object by these rules."""
    align(thing, (), rules=rules)


def _queue(wanted: Collection[tuple[str, Wanted]]) -> None:
    rows = [
        Notification(
            rule=one.rule,
            about=about,
            occurrence=one.occurrence,
            recipient=one.recipient,
            user=one.to if isinstance(one.to, User) else None,
            name="" if isinstance(one.to, User) else one.to.name,
            email="" if isinstance(one.to, User) else one.to.email,
            language="" if isinstance(one.to, User) else one.to.language,
            due_at=one.due_at,
        )
        for about, one in wanted
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    # One look is enough for all that a transaction has queued.
    is_asked = any(hook is send_soon for _sids, hook, *_more in transaction.get_connection().run_on_commit)
    if not is_asked and any(row.due_at <= timezone.now() for row in rows):
        transaction.on_commit(send_soon)


# That a worker has been asked to look and has not begun: two hundred answers of one minute ask once. Should the
# asking get lost, the next one is heard after these seconds, and the clock's tick comes anyway.
_ASKED, _ASKED_SECONDS = "notifications:asked", 5


def send_soon() -> None:
    """Have a worker send what is due, now. Without the broker it waits for the next tick instead."""
    from coachnet.notifications import tasks

    try:
        if cache.add(_ASKED, 1, _ASKED_SECONDS):
            tasks.send_due.delay()
    except (OperationalError, RedisError):
        log.warning("broker_away", task="send_due")


def begin_to_look() -> None:
    """What is committed from now on asks anew. Called by the worker before it looks, so that nothing is missed."""
    with suppress(RedisError):
        cache.delete(_ASKED)


# --- By hand -----------------------------------------------------------------------------------


@transaction.atomic
def retry(*, by: User, notification: Notification) -> Notification:
    """Have it sent again, now, and open its address. Raises ValidationError for one that cannot be sent again."""
    row = Notification.objects.select_for_update().get(pk=notification.pk)
    if not row.can_be_retried:
        raise ValidationError(_("Utskicket kan inte skickas igen."), code="not_failed")
    # Somebody has found out, or mended it: what other mails were told of the address counts no longer.
    Notification.objects.closing(row.address).update(reason=Reason.REFUSED)
    row.state, row.reason, row.attempts, row.claimed_until = State.QUEUED, "", 0, None
    _decide(row, by=by)
    return row


@transaction.atomic
def stop(*, by: User, notification: Notification) -> Notification:
    """Keep one from being sent: it waits, or failed and is put aside. Raises ValidationError for any other."""
    row = Notification.objects.select_for_update().get(pk=notification.pk)
    if not row.can_be_stopped:
        raise ValidationError(_("Utskicket väntar inte längre och kan inte stoppas."), code="not_waiting")
    row.state, row.reason, row.claimed_until = State.SKIPPED, Reason.STOPPED, None
    _decide(row, by=by)
    return row


@transaction.atomic
def retry_parked(*, by: User) -> int:
    """Have everything that was given up sent again, such as after a long failure of the mail server."""
    log.info("notifications_retried", by=by.pk)
    transaction.on_commit(send_soon)
    return Notification.objects.to_see_to().update(
        state=State.QUEUED,
        reason="",
        attempts=0,
        claimed_until=None,
        decided_by=by,
        decided_at=timezone.now(),
    )


def _decide(row: Notification, *, by: User) -> None:
    row.decided_by, row.decided_at = by, timezone.now()
    row.save(update_fields=["state", "reason", "attempts", "claimed_until", "decided_by", "decided_at"])
    log.info("notification_decided", row=row.pk, state=str(row.state), by=by.pk)
    if row.state == State.QUEUED:
        transaction.on_commit(send_soon)


# --- Choices -----------------------------------------------------------------------------------


@transaction.atomic
def turn(*, recipient: str, user: User | None, rule: str, is_on: bool) -> None:
    """Note whether a recipient wants mail by a rule. Counts from the next mail that is about to be sent."""
    NotificationPreference.objects.update_or_create(
        recipient=recipient, rule=rule, defaults={"user": user, "is_on": is_on}
    )


@transaction.atomic
def set_choices(*, by: User, offered: Collection[str], wanted: Collection[str]) -> None:
    """Keep a person's choices: of the rules offered, exactly the wanted ones are on."""
    for key in offered:
        turn(recipient=recipient_key(by), user=by, rule=key, is_on=key in wanted)
