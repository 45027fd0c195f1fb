"""Swedish organisation numbers: ten digits, checked by our own rules.

Public packages accept a trailing newline, "+" and non-ASCII digits, and call a personnummer valid;
that would let personal data into the table of companies. So: ASCII digits, the third at least 2
(a personnummer has its month there, 01–12), and the Luhn check digit.
"""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# First digit: the group. 4 belongs to no group and is used for invented companies only.
REAL = re.compile(r"\A(?:16)?([1-35-9]\d[2-9]\d{3})-?(\d{4})\Z", re.ASCII)
INVENTED = re.compile(r"\A(?:16)?(4\d[2-9]\d{3})-?(\d{4})\Z", re.ASCII)
LOOKS_PERSONAL = re.compile(r"\A(?:19|20)?\d{2}[01]\d{3}[-+]?\d{4}\Z", re.ASCII)
# Spaces and the non-breaking kinds that come with pasted text; never a line break.
SPACES = str.maketrans("", "", " \u00a0\u2007\u2009\u202f")


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of those before it."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits[-2::-1]))
    return (sum(n // 10 + n % 10 for n in doubled) + int(digits[-1])) % 10 == 0


def clean(text: str) -> str:
    """The ten digits of an organisation number written in any of the usual ways.

    Raises ValidationError with a sentence that says what to do.
    """
    packed = text.translate(SPACES)
    found = REAL.match(packed) or (INVENTED.match(packed) if invented_allowed() else None)
    if found:
        digits = found.group(1) + found.group(2)
        if luhn_holds(digits):
            return digits
        raise ValidationError(
            _("Siffrorna stämmer inte med kontrollsiffran. Jämför med registreringsbeviset.")
        )
    if looks_personal(packed):
        raise ValidationError(
            _("Det här ser ut som ett personnummer. Välj företagsformen Enskild firma, så skyddas numret.")
        )
    raise ValidationError(_("Skriv numret med tio siffror så här: 556012-5790"))


def invented_allowed() -> bool:
    """Numbers that start with 4 belong to nobody; the demo and the tests use them."""
    return settings.MODE in ("demo", "test")


def looks_personal(text: str) -> bool:
    """Whether the text has the shape of a personnummer, valid or not: it must not be stored or looked up here."""
    return bool(LOOKS_PERSONAL.match(text.translate(SPACES)))


def shown(digits: str) -> str:
    """Ten digits as people read them: 556012-5790. An empty number stays empty."""
    return f"{digits[:6]}-{digits[6:]}" if digits else ""
