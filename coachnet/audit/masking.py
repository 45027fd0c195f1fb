"""What may stand in a log, a history or an audit row: addresses without secrets, texts without personal numbers.

Every address and every log line passes through here, so the rules stand in one place.
"""

import re
import unicodedata

from django.http import HttpRequest
from structlog.typing import EventDict, WrappedLogger

MASK = "…"
PATH_LENGTH = 500
# Route arguments that open something for whoever holds them.
SECRET_ARGUMENTS = ("token", "key", "uidb36")

# A long unbroken run of letters and digits after a slash or an equals sign is a key, unless it is a UUID.
_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_LONG_SEGMENT = re.compile(rf"(?<=[/=])(?!{_UUID}(?![\w.:-]))(?=[^/\s?&#]*\d)[\w.:~%-]{{24,}}", re.IGNORECASE)
# A personnummer or samordningsnummer: the third digit of an organisation number is at least 2, theirs is 0 or 1.
_PERSONAL_NUMBER = re.compile(r"(?<![\w-])(?:\d\d)?\d\d[01]\d\d\d[-+ ]?\d{4}(?![\w-])")
# Postgres repeats the whole row, note and all, when a constraint fails.
_ROW_IN_ERROR = re.compile(r"(?<=DETAIL:)[^\n]*")
_AUTHORISATION = re.compile(
    r"(?i)\b((?:session|__Host-session|csrftoken|__Host-csrf|authorization|cookie|password)[\"']?\s*[=:]\s*)[^\s,;}]+"
)
MULTILINE = frozenset({"exception", "stack"})


def masked_path(request: HttpRequest) -> str:
    """The path of a request without its query, with secret route arguments replaced; at most 500 characters."""
    path = request.path
    match = getattr(request, "resolver_match", None)
    arguments = match.kwargs if match else {}
    for name in SECRET_ARGUMENTS:
        if secret := str(arguments.get(name, "")):
            path = path.replace(secret, MASK)
    return masked_text(path)[:PATH_LENGTH]


def masked_text(text: str) -> str:
    """One line of text without keys, personal numbers, cookies and the rows that database errors repeat."""
    return one_line(_without_secrets(text))


def one_line(text: str) -> str:
    """Text in which a line break or another control character stands as a visible escape: no forged log lines."""
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character) in ("Cc", "Zl", "Zp")
        else character
        for character in text
    )


def _without_secrets(text: str) -> str:
    text = _ROW_IN_ERROR.sub(f" {MASK}", text)
    text = _LONG_SEGMENT.sub(MASK, text)
    text = _AUTHORISATION.sub(rf"\1{MASK}", text)
    return _PERSONAL_NUMBER.sub(MASK, text)


def mask_record(logger: WrappedLogger, name: str, record: EventDict) -> EventDict:
    """The last step before a log line is written: every text in it is masked, whoever logged it."""
    for key, value in record.items():
        if isinstance(value, str):
            record[key] = _without_secrets(value) if key in MULTILINE else masked_text(value)
        elif isinstance(value, list | tuple | dict):
            record[key] = masked_text(repr(value))
    return record
