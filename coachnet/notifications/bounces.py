"""Mail that was taken and came back later: whose it is, what it says, what becomes of it. See ADR 0039.

1. Each mail leaves with an envelope sender of its own, `bounces+<row>.<signature>@…`: there it comes back to.
2. Without the signature nothing is read. With it, only a delivery status notification (RFC 3464) is.
3. What was given up is marked, what is late is noted. An address that does not exist gets no more mail.
"""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from enum import StrEnum
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from redis.exceptions import RedisError

from coachnet.lib.time_limit import at_most
from coachnet.notifications.models import Notification

State, Reason = Notification.State, Notification.Reason
log = structlog.get_logger(__name__)

MOST_BYTES = 200_000  # our mails are a tenth of that, and most mail servers give back only their beginning
MOST_LETTERS = 1000  # of a field; more is not read
SECONDS = 5  # parts within parts are slow to take apart
# A mail server gives up within a week. Whoever shows a signature later found it somewhere.
LATEST = dt.timedelta(days=14)
# Of RFC 3463 and its registry, what says that there is no such address, or no such place; 5.4.1 is how Microsoft 365
# says it. Others, such as a full mailbox or a text that was taken for spam, are about the one mail.
GONE = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.1", "5.4.4"}


class Kind(StrEnum):
    """What came to an address of a mail's own."""

    FAILED = "failed"
    DELAYED = "delayed"  # the mail server goes on trying
    REPEATED = "repeated"  # the mail is not held as sent any more, or was sent long ago
    EARLY = "early"  # the worker that sent the mail has not written it down yet
    FORGED = "forged"
    OTHER = "other"  # an answer by a machine, a receipt, something broken
    TOO_LARGE = "too_large"


def return_path(row: Notification) -> str:
    """The envelope sender of a row's mail; empty when nobody reads what comes back.

    Letters that survive relays which fold case, and at most 64 before the @. Sent again by hand it is another one.
    """
    if not settings.BOUNCE_ADDRESS:
        return ""
    name, _, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{name}+{row.pk}.{_signature(row, settings.SECRET_KEY)}@{domain}"


def receive(to: str, content: bytes) -> Kind:
    """Take one message that came to an address. What is not signed, or no report of a failure, changes nothing."""
    row = _row_of(to)
    kind = _heard(row, content) if row else Kind.FORGED
    # Neither addresses nor words: anybody can write there.
    log.info("bounce_received", kind=str(kind), row=row.pk if row else None)
    with suppress(RedisError):
        cache.add(_counter(kind), 0, timeout=None)
        cache.incr(_counter(kind))
    return kind


def counts() -> dict[Kind, int]:
    """How many of each kind came since Valkey was last emptied; nothing while it is away."""
    with suppress(RedisError):
        found = cache.get_many([_counter(kind) for kind in Kind])
        return {kind: found.get(_counter(kind), 0) for kind in Kind}
    return {}


def is_gone(text: str) -> bool:
    """Whether the first code in a mail server's answer says that there is no such address."""
    return next(_codes(text), "") in GONE


def without_addresses(text: str) -> str:
    """What a mail server said, short and without anybody's address, since organisers read it."""
    said = text[:MOST_LETTERS].encode(errors="replace").decode().replace("\0", "")
    return _ADDRESS.sub("…", " ".join(said.split()))[:300]


_ADDRESS = re.compile(r"[^\s<>:;,]+@[^\s<>:;,]+")
_SIGNED = re.compile(r"[^@]*\+([0-9]{1,19})\.([0-9a-f]{20})(@.*)?")
_CODE = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?!\.?\d)")


def _codes(text: str) -> Iterator[str]:
    """Enhanced codes in a text, but those that say nothing (`5.0.0`)."""
    return (code for code in _CODE.findall(text) if not code.endswith(".0.0"))


def _counter(kind: Kind) -> str:
    return f"notifications:bounces:{kind}"


def _signature(row: Notification, key: str) -> str:
    # The time it was made tells rows apart that got the same number before and after a restored backup.
    value = f"{row.pk} {row.created_at.timestamp()} {row.decided_at and row.decided_at.timestamp()}"
    digest = salted_hmac("coachnet.notifications.bounces", value, secret=key, algorithm="sha256").hexdigest()
    return digest[:20]


def _row_of(to: str) -> Notification | None:
    """The row that an address names, if the signature is ours."""
    found = _SIGNED.fullmatch(to.lower())
    row = Notification.objects.filter(pk=int(found[1])).first() if found else None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if row and found and any(constant_time_compare(_signature(row, key), found[2]) for key in keys):
        return row
    return None


def _heard(row: Notification, content: bytes) -> Kind:
    """Mark the mail that a row names, all rows of it, by what the message says."""
    if len(content) > MOST_BYTES:
        return Kind.TOO_LARGE
    report = read(content)
    if report is None:
        return Kind.OTHER
    if row.state == State.SENDING:
        return Kind.EARLY
    if row.sent_at is None or row.sent_at < timezone.now() - LATEST:
        return Kind.REPEATED
    noted: dict[str, Any] = {"last_error": without_addresses(report.words)}
    if report.has_failed:
        noted |= {"state": State.FAILED, "reason": report.reason(row.sent_to)}
    # Rows of one mail were marked as sent in one statement; the state is the fence.
    mail = Notification.objects.filter(recipient=row.recipient, rule=row.rule, due_at=row.due_at)
    if not mail.filter(sent_at=row.sent_at, state=State.SENT).update(**noted):
        return Kind.REPEATED
    return Kind.FAILED if report.has_failed else Kind.DELAYED


# --- What the message says ---------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """One recipient's part of a delivery status notification."""

    has_failed: bool
    status: str
    words: str
    recipients: tuple[str, ...]

    def reason(self, sent_to: str) -> Notification.Reason:
        """Why it failed. Of an address that somebody's mail is forwarded to, nothing follows for her own."""
        if self.status.startswith("4"):
            return Reason.PARKED
        is_about = sent_to.lower() in self.recipients
        return Reason.UNKNOWN if is_about and is_gone(f"{self.status} {self.words}") else Reason.REFUSED


def read(content: bytes) -> Report | None:
    """What a delivery status notification says of a failure or a delay, failures first; None for all else."""
    try:
        with at_most(SECONDS):
            message = message_from_bytes(content)
    except (RecursionError, TimeoutError):
        return None
    if message.get_content_type() != "multipart/report":
        return None
    parts = (one for one in _parts(message) if one.get_content_type() == "message/delivery-status")
    reports = [report for part in parts for block in _parts(part) if (report := _report_of(block))]
    return next((one for one in reports if one.has_failed), reports[0] if reports else None)


def _parts(message: Message) -> list[Message]:
    parts: Any = message.get_payload()
    return [part for part in parts if isinstance(part, Message)] if message.is_multipart() else []


def _report_of(block: Message) -> Report | None:
    """One block of fields, if it is about a recipient whom the mail has not reached."""
    action = _field(block, "Action").partition("(")[0].strip().lower()
    status = _CODE.match(_field(block, "Status"))
    if status is None or action not in ("failed", "delayed"):
        return None
    words = _field(block, "Diagnostic-Code").partition(";")[2].strip()
    names = ("Final-Recipient", "Original-Recipient")
    recipients = tuple(_field(block, name).partition(";")[2].strip(" <>").lower() for name in names)
    return Report(action == "failed", status[0], words or status[0], recipients)


def _field(block: Message, name: str) -> str:
    return str(block.get(name, ""))[:MOST_LETTERS].strip()
