"""Sending what is due. At least once, and visibly: see ADR 0016.

1. Claim up to BATCH rows in one statement, so that no two workers have the same; commit.
2. For each mail, right before it is sent: are the rows still ours, does the recipient want it, what does the rule say?
3. Hand it to the mail server, over one connection for the batch.
4. Write the outcome in a commit of its own. The claim is the fence: a worker whose lease ran out changes nothing.

Between 3 and 4 lies the only window in which a crash makes a mail go twice, with the same Message-ID.
"""

import datetime as dt
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone, translation

from coachnet.accounts.mail import is_permanent
from coachnet.lib.locks import lock_for_transaction
from coachnet.lib.time_limit import at_most
from coachnet.notifications.bounces import is_gone, without_addresses
from coachnet.notifications.letters import mail_of
from coachnet.notifications.models import Notification, NotificationPreference, NotificationQuerySet
from coachnet.notifications.registry import RULES, Letter, Rule, bundling

State, Reason = Notification.State, Notification.Reason
log = structlog.get_logger(__name__)

BATCH = 20
# How long a worker may be silent before its rows are taken over; longer than any batch may take.
LEASE = dt.timedelta(minutes=5)
SECONDS_PER_BATCH = 30  # a worker that is asked to stop finishes its batch
SECONDS_PER_MAIL = 25
# After the first, second … failure; after the last one the row is parked.
PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480))
MOST_ATTEMPTS = len(PAUSES) + 1

# The clock is the database's, the same for all workers. A rule that bundles takes along what is due at the same
# moment to the same person. MATERIALIZED: the planner must not run the locking part twice.
_CLAIM = """
WITH picked AS MATERIALIZED (
    SELECT id, recipient, rule, due_at FROM notifications_notification
    WHERE state IN ('queued', 'sending') AND GREATEST(due_at, claimed_until) <= statement_timestamp()
    ORDER BY GREATEST(due_at, claimed_until), id
    LIMIT %(size)s FOR UPDATE SKIP LOCKED
), along AS MATERIALIZED (
    SELECT other.id FROM notifications_notification other
    WHERE state IN ('queued', 'sending') AND GREATEST(due_at, claimed_until) <= statement_timestamp()
    AND (recipient, rule, due_at) IN (SELECT recipient, rule, due_at FROM picked WHERE rule = ANY(%(bundling)s))
    FOR UPDATE SKIP LOCKED
)
UPDATE notifications_notification AS row
SET state = 'sending', attempts = attempts + 1, claimed_until = statement_timestamp() + %(lease)s
WHERE id IN (SELECT id FROM picked UNION SELECT id FROM along)
RETURNING id, recipient, rule, due_at, claimed_until
"""


class MailServerAwayError(Exception):
    """The mail server cannot be reached: nothing has been said about any mail."""


@dataclass(frozen=True)
class Claimed:
    """Rows that this worker has until a moment, and that become one mail."""

    pks: tuple[int, ...]
    until: dt.datetime

    def rows(self) -> list[Notification]:
        """The rows with their people, if enough of the claim is left to send them; the first names the mail."""
        enough = Now() + dt.timedelta(seconds=SECONDS_PER_MAIL)
        rows = self._held().filter(claimed_until__gt=enough)
        return list(rows.select_related("user").order_by("pk"))

    def mark(self, pks: Iterable[int] | None = None, **values: Any) -> None:
        """Write an outcome for the rows, or some of them, unless the lease ran out and another has them now."""
        wanted = self.pks if pks is None else tuple(pks)
        written = self._held().filter(pk__in=wanted).update(**({"claimed_until": None} | values))
        if written < len(wanted):
            log.warning("notification_lease_lost", rows=wanted, written=written)

    def _held(self) -> NotificationQuerySet:
        return Notification.objects.filter(pk__in=self.pks, state=State.SENDING, claimed_until=self.until)


def claim(size: int = BATCH) -> list[Claimed]:
    """Take up to `size` due rows, and those that belong in a mail with them, as mails to be sent by this worker."""
    with transaction.atomic(), connection.cursor() as cursor:
        # One after the other: two workers would otherwise split what belongs in one mail. It takes a millisecond.
        lock_for_transaction("claiming notifications")
        values: Any = {"size": size, "bundling": bundling(), "lease": LEASE}
        cursor.execute(_CLAIM, values)
        rows = cursor.fetchall()
    together: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for pk, recipient, rule, due_at, _until in sorted(rows):
        together[(recipient, rule, due_at) if rule in bundling() else (pk,)].append(pk)
    return [Claimed(tuple(pks), rows[0][-1]) for pks in together.values()]


def deliver(mails: list[Claimed], *, ask_for_more: Callable[[], object] = bool) -> None:
    """Send the mails, as far as the mail server and the time allow; what is left over waits as before.

    `ask_for_more` is called once, as soon as the mail server has been seen to work: while it is away, or hangs,
    nobody else shall run into it.
    """
    waiting = deque(mails)
    stop_at = time.monotonic() + SECONDS_PER_BATCH
    mail_server = get_connection()
    asked, answer = False, ""
    try:
        while waiting and time.monotonic() < stop_at:
            claimed = waiting.popleft()
            if not _attempt(claimed, mail_server):
                break
            if not asked:
                ask_for_more()
                asked = True
    except MailServerAwayError as away:
        waiting.appendleft(claimed)
        answer = str(away)
        log.warning("mail_server_away", answer=answer)
    finally:
        with suppress(OSError):
            mail_server.close()
        _release(waiting, answer)


def _attempt(claimed: Claimed, mail_server: BaseEmailBackend) -> bool:
    """Try one mail and write down what became of it. False when the connection is of no more use.

    Raises MailServerAwayError before anything has been said about this mail.
    """
    rows = claimed.rows()
    try:
        with at_most(SECONDS_PER_MAIL):
            mail, rows = _prepared(claimed, rows)
            if mail is None:
                return True
            _open(mail_server)
            mail.connection = mail_server
            mail.send()
    except MailServerAwayError:
        raise
    except OSError as error:
        return _note_failure(claimed, rows, error)
    except Exception as error:  # a mail that cannot be written must not stop the others
        log.exception("notification_not_written", rows=[row.pk for row in rows])
        _put_off(claimed, rows, error)
        return True
    now = timezone.now()
    claimed.mark(
        [row.pk for row in rows],
        state=State.SENT,
        sent_at=now,
        tried_at=now,
        sent_to=mail.to[0],
        subject=mail.subject[:200],
        last_error="",
    )
    return True


def _open(mail_server: BaseEmailBackend) -> None:
    try:
        mail_server.open()
    except OSError as error:
        raise MailServerAwayError(_words(error)) from error


def _prepared(
    claimed: Claimed, rows: list[Notification]
) -> tuple[EmailMultiAlternatives | None, list[Notification]]:
    """The mail as it stands now, and the rows it is for. Rows that need none are marked with the reason."""
    letters: dict[int, Letter] = {}
    for row in rows:
        try:
            found = _letter_or_reason(row)
        except Exception as error:  # the others of a bundle go all the same
            log.exception("notification_not_prepared", row=row.pk, rule=row.rule)
            _put_off(claimed, [row], error)
            continue
        if isinstance(found, Letter):
            letters[row.pk] = found
        elif found in (Reason.PARKED, Reason.UNKNOWN):
            claimed.mark([row.pk], state=State.FAILED, reason=found)
        else:
            claimed.mark([row.pk], state=State.SKIPPED, reason=found)
    ready = [row for row in rows if row.pk in letters]
    if not ready:
        return None, ready
    return mail_of(ready[0], RULES[ready[0].rule], list(letters.values())), ready


def _letter_or_reason(row: Notification) -> "Letter | Notification.Reason":
    """What the row's recipient is to get, asked as late as can be."""
    if row.attempts > MOST_ATTEMPTS:  # a row whose worker died each time
        return Reason.PARKED
    rule = RULES[row.rule]
    if row.user and not row.user.is_active:
        return Reason.NO_ACCESS
    if not row.address:
        return Reason.NO_ADDRESS
    if rule.can_turn_off and not is_on(row.recipient, rule):
        return Reason.TURNED_OFF
    with translation.override(row.reader_language):
        found = rule.prepare(row)
    is_lost = isinstance(found, Letter) and Notification.objects.closing(row.address).exists()
    return Reason.UNKNOWN if is_lost else found


def is_on(recipient: str, rule: Rule) -> bool:
    """Whether the recipient wants mail by the rule: the own choice, or else the rule's."""
    choice = NotificationPreference.objects.filter(recipient=recipient, rule=rule.key).first()
    return choice.is_on if choice else rule.is_on


def _note_failure(claimed: Claimed, rows: list[Notification], error: OSError) -> bool:
    """Write down that the mail server did not take a mail. False when it did not answer about the mail as such."""
    # Only a word about the recipient or the mail is final; a refused sender is a fault of ours to mend.
    about_the_mail = isinstance(error, SMTPRecipientsRefused | SMTPDataError)
    if about_the_mail and is_permanent(error):
        words = _words(error)
        claimed.mark(
            [row.pk for row in rows],
            state=State.FAILED,
            reason=Reason.UNKNOWN if is_gone(words) else Reason.REFUSED,
            sent_to=rows[0].address,
            tried_at=timezone.now(),
            last_error=words,
        )
    else:
        _put_off(claimed, rows, error)
    return about_the_mail


def _put_off(claimed: Claimed, rows: list[Notification], error: Exception) -> None:
    """Try again after a pause, longer each time; after MOST_ATTEMPTS the row is parked."""
    now = timezone.now()
    for row in rows:
        noted: dict[str, Any] = {"tried_at": now, "last_error": _words(error)}
        if row.attempts >= MOST_ATTEMPTS:
            claimed.mark([row.pk], state=State.FAILED, reason=Reason.PARKED, **noted)
        else:
            pause = PAUSES[max(row.attempts, 1) - 1]
            claimed.mark([row.pk], state=State.QUEUED, claimed_until=now + pause, **noted)


def _release(mails: Iterable[Claimed], answer: str) -> None:
    """Give back what was not tried, as if it had never been claimed. `answer`: why the server took nothing."""
    for claimed in mails:
        noted: dict[str, Any] = {"last_error": answer, "tried_at": timezone.now()} if answer else {}
        claimed.mark(state=State.QUEUED, attempts=F("attempts") - 1, **noted)
        answer = ""  # once is enough: the first row speaks for the server


def _words(error: Exception) -> str:
    """What the mail server answered."""
    code: object = ""
    said: object = ""
    match error:
        case SMTPRecipientsRefused():
            code, said = next(iter(error.recipients.values()))
        case SMTPResponseException():
            code, said = error.smtp_code, error.smtp_error
        case OSError():
            said = error
        case _:  # a fault of ours, whose text may hold what the mail is about
            pass
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said) or type(error).__name__
    return without_addresses(f"{code} {text}")
