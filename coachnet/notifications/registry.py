"""The rules by which mail is sent. Each lives in the app that owns the date and is registered from its `ready()`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from coachnet.accounts.models import User
from coachnet.notifications.models import Notification


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail, such as a calendar file. `mimetype` may carry parameters (`method=REQUEST`)."""

    filename: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Letter:
    """What is to be sent: the stem of the templates `<stem>_subject.txt`, `_body.txt`, `_body.html`, and values.

    The templates also get `recipient_name`, `rule`, `off_url` (turns the rule off; empty where it cannot be) and
    `choices_url` (the person's own choices; empty for guests); `notifications/emails/base.html` and `_foot.txt`
    show them. The subject is kept and read by organisers: it names no company.
    """

    template: str
    context: dict[str, Any]
    attachments: tuple[Attachment, ...] = ()
    # Whom an answer goes to, when not to the platform's own address.
    reply_to: tuple[str, ...] = ()
    # Where it stands among those that share its mail.
    order: str = ""


def everyone(person: User) -> bool:
    """Every person with an account: the usual audience of a rule."""
    return True


def all_of(viewer: User, about: Collection[str]) -> set[str]:
    """Recipients are no secret to those who may see how mail is delivered: the usual case."""
    return set(about)


@dataclass(frozen=True)
class Rule:
    """One kind of reminder or message.

    `prepare` is called right before sending, with the row as it was claimed, in the recipient's language. It
    fetches the object, sees whether the mail is still wanted and the recipient may still read it, and gives the
    letter, or the reason for none. Whether the account is open and the rule is on has been asked before.
    """

    key: str
    name: str | Promise
    # What the person reads beside the switch: when it comes and why.
    sentence: str | Promise
    prepare: Callable[[Notification], "Letter | Notification.Reason"] = field(repr=False)
    # Messages that people must get, such as a cancelled meeting, cannot be turned off.
    can_turn_off: bool = True
    is_on: bool = True
    # Those due at the same moment to the same person become one mail: its templates get `items`, the contexts
    # of all letters. They must share a template.
    bundles: bool = False
    # Whether the rule is among a person's choices.
    audience: Callable[[User], bool] = field(default=everyone, repr=False)
    # Of the objects (about keys), those whose recipients the viewer may see in the list of what was sent.
    recipients_shown: Callable[[User, Collection[str]], set[str]] = field(default=all_of, repr=False)


RULES: dict[str, Rule] = {}


def register(*rules: Rule) -> None:
    """Add rules. A key that is taken by another rule is a programming error: ValueError."""
    for rule in rules:
        if RULES.get(rule.key, rule) is not rule:
            raise ValueError(f"The rule {rule.key} is already registered.")
        RULES[rule.key] = rule


def bundling() -> list[str]:
    """The keys of the rules whose mails are put together."""
    return [key for key, rule in RULES.items() if rule.bundles]
