"""The rules by which mail is sent. Each lives in the app that owns the date and is registered from its `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from coachnet.notifications.models import Notification


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail, such as a calendar file. `mimetype` may carry parameters (`method=REQUEST`)."""

    filename: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Letter:
    """What is to be sent: the stem of the templates `<stem>_subject.txt`, `_body.txt`, `_body.html`, and values."""

    template: str
    context: dict[str, Any]
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One kind of reminder or message.

    `prepare` is called right before sending, with the row as it was claimed. It fetches the object, sees whether
    the mail is still wanted and the recipient may still read it, and gives the letter, or the reason for none.
    """

    key: str
    name: str | Promise
    # What the person reads beside the switch: when it comes and why.
    sentence: str | Promise
    prepare: Callable[[Notification], "Letter | Notification.Reason"] = field(repr=False)
    # Messages that people must get, such as a cancelled meeting, cannot be turned off.
    can_turn_off: bool = True
    is_on: bool = True


RULES: dict[str, Rule] = {}


def register(*rules: Rule) -> None:
    """Add rules. A key that is taken by another rule is a programming error: ValueError."""
    for rule in rules:
        if RULES.get(rule.key, rule) is not rule:
            raise ValueError(f"The rule {rule.key} is already registered.")
        RULES[rule.key] = rule
