"""From a rule's letter to the mail that leaves: words, headers, attachments, a Message-ID that stays the same."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from coachnet.accounts.mail import written
from coachnet.notifications import bounces, links
from coachnet.notifications.models import Notification
from coachnet.notifications.registry import Attachment, Letter, Rule

# What a calendar answers to by itself. A mere file to save (PUBLISH) is only an attachment.
SCHEDULING = ("method=request", "method=cancel", "method=reply", "method=counter")


def mail_of(row: Notification, rule: Rule, letters: list[Letter]) -> EmailMultiAlternatives:
    """The mail with one letter, or with several of a rule that bundles. `row` is the first of those it is for."""
    letters = sorted(letters, key=lambda one: one.order)
    letter = letters[0]
    context: dict[str, Any] = {"items": [one.context for one in letters]} if rule.bundles else letter.context
    off_url = links.absolute("notifications:off", links.off_token(row)) if rule.can_turn_off else ""
    values = context | {
        "recipient_name": row.reader_name,
        "rule": rule,
        "off_url": off_url,
        "choices_url": links.absolute("notifications:choices") if row.user else "",
    }
    mail = written(letter.template, row.reader_language, row.address, values)
    mail.reply_to = list(letter.reply_to)
    mail.extra_headers = {"Message-ID": message_id(row), "Auto-Submitted": "auto-generated"}
    if return_path := bounces.return_path(row):
        # Django takes the envelope's sender from here, and what people read from the header.
        mail.extra_headers["From"], mail.from_email = mail.from_email, return_path
    if off_url:
        # RFC 8058: the mail program may post here by itself; fetching the address changes nothing.
        mail.extra_headers["List-Unsubscribe"] = f"<{off_url}>"
        mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for attachment in (file for one in letters for file in one.attachments):
        _attach(mail, attachment)
    return mail


def message_id(row: Notification) -> str:
    """The same each time this row is sent, so that mail programs show a repeated mail once.

    The time it was made tells rows apart that got the same number before and after a restored backup.
    """
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<notification.{row.pk}.{row.created_at:%Y%m%d%H%M%S%f}@{domain}>"


def _attach(mail: EmailMultiAlternatives, attachment: Attachment) -> None:
    """Add a file. An invitation is also a form of the text itself: that is what makes calendars show it as one.

    Those that do not know it so find the file instead, which must then not be the same type, or some would show
    the meeting twice.
    """
    kind = attachment.mimetype.lower().replace(" ", "")
    if kind.startswith("text/calendar") and any(method in kind for method in SCHEDULING):
        mail.attach_alternative(attachment.content.decode(), attachment.mimetype)
        mail.attach(attachment.filename, attachment.content, "application/ics")
    else:
        mail.attach(attachment.filename, attachment.content, attachment.mimetype)
