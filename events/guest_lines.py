"""Guests as an organiser pastes them: one on each line, "Namn <adress>", as mail programs copy them."""

import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext

from events.actions import GuestEntry

MOST_LINES = 300
NAME_LENGTH = 120
_ADDRESS = re.compile(r"[^\s<>,;\"']+@[^\s<>,;\"']+")
# A name goes into mail in our name: it holds no address of a page, no markup, no line break.
_FORBIDDEN_IN_NAME = re.compile(r"[<>\x00-\x1f\u2028\u2029]|://|www\.|\]\(", re.IGNORECASE)


@dataclass
class Guests:
    """What was found: the guests, and what is wrong line by line."""

    entries: list[GuestEntry] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read(text: str) -> Guests:
    """Read pasted lines. Empty ones are skipped; an address that stands twice is one guest."""
    found = Guests()
    seen: set[str] = set()
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        found.errors.append(gettext("Klistra in högst %(most)s rader åt gången.") % {"most": MOST_LINES})
        lines = lines[:MOST_LINES]
    for number, line in enumerate(lines, start=1):
        if not line.strip(" \t,;"):
            continue
        try:
            entry = _entry(line)
        except ValidationError as error:
            words = {"number": number, "line": line.strip()[:60], "why": error.messages[0]}
            found.errors.append(gettext("Rad %(number)s, ”%(line)s”: %(why)s") % words)
            continue
        if entry.email not in seen:
            seen.add(entry.email)
            found.entries.append(entry)
    return found


def check_name(name: str) -> str:
    """A name that may stand in a mail. Raises ValidationError."""
    if _FORBIDDEN_IN_NAME.search(name):
        raise ValidationError(gettext("Skriv bara ett namn, utan länkar och taggar."))
    return name


def _entry(line: str) -> GuestEntry:
    addresses = _ADDRESS.findall(line)
    if not addresses:
        raise ValidationError(gettext("Skriv en e-postadress, till exempel Johan Ek <johan@foretag.se>."))
    if len(addresses) > 1:
        raise ValidationError(gettext("Skriv en person på varje rad."))
    email = addresses[0].lower().rstrip(".")
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError(gettext("E-postadressen är inte hel.")) from error
    name = line.replace(addresses[0], " ")
    name = " ".join(re.sub(r"[<>,;\"]", " ", name).split())[:NAME_LENGTH]
    return GuestEntry(check_name(name) or _name_from(email), email)


def _name_from(email: str) -> str:
    """What to call somebody of whom only the address is known: johan.ek@… is Johan Ek."""
    return " ".join(re.split(r"[._-]+", email.partition("@")[0])).title()
