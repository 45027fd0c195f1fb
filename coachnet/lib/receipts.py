"""Receipts: a message after something is done, with a way to take it back.

A receipt is a Django success message. Its undo address travels in `extra_tags`, so that it survives the
redirect.
"""

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

_PREFIX = "undo:"


def receipt(request: HttpRequest, text: str, *, undo_url: str = "") -> None:
    """Say what was done on the next page; with `undo_url`, Ångra posts there."""
    messages.success(request, text, extra_tags=_PREFIX + undo_url if undo_url else "")


def undo_address(message: Message) -> str:
    """The address that takes the deed back, or an empty string."""
    tags = message.extra_tags or ""
    return tags.removeprefix(_PREFIX) if tags.startswith(_PREFIX) else ""
