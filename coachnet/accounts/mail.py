"""Mails about accounts: written from templates, sealed for the way to Celery, and sent."""

import json
from email.utils import make_msgid, parseaddr
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from coachnet.lib.encrypted import Sealed

PERMANENT = 500  # SMTP answers from here on say: do not try again


def written(template: str, language: str, to: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """A mail from `<template>_subject.txt`, `_body.txt` and `_body.html`, in the receiver's language."""
    values = context | {"SITE_URL": settings.SITE_URL, "SUPPORT_EMAIL": settings.SUPPORT_EMAIL}
    with translation.override(language):
        # A line break in a subject would let the text write headers.
        subject = " ".join(render_to_string(f"{template}_subject.txt", values).split())
        text = render_to_string(f"{template}_body.txt", values)
        html = render_to_string(f"{template}_body.html", values | {"LANGUAGE_CODE": language})
    mail = EmailMultiAlternatives(subject, text.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [to])
    mail.attach_alternative(html, "text/html")
    return mail


def new_message_id() -> str:
    """A Message-ID in the sender's domain: a mail that is sent twice is recognised as one."""
    return make_msgid(domain=parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2])


def sealed(mail: EmailMessage) -> str:
    """A mail as encrypted text, since it may hold a link that opens an account and the broker is no safe."""
    alternatives = getattr(mail, "alternatives", [])
    parts = {
        "subject": mail.subject,
        "text": mail.body,
        "html": alternatives[0].content if alternatives else "",
        "to": mail.to,
        "headers": {"Message-ID": new_message_id()},
    }
    return Sealed.of(json.dumps(parts)).token


def unsealed(token: str) -> EmailMultiAlternatives:
    """The mail that was sealed."""
    parts = json.loads(Sealed(token).reveal())
    mail = EmailMultiAlternatives(
        parts["subject"], parts["text"], settings.DEFAULT_FROM_EMAIL, parts["to"], headers=parts["headers"]
    )
    if parts["html"]:
        mail.attach_alternative(parts["html"], "text/html")
    return mail


def is_permanent(error: OSError) -> bool:
    """Whether the mail server has said that this address will never take the mail."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    return isinstance(error, SMTPResponseException) and error.smtp_code >= PERMANENT
