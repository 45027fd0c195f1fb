"""A sole trader's number is the owner's personnummer: checked here, stored sealed, shown masked."""

import datetime as dt
import re

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.organisation_number import SPACES, luhn_holds

WRITTEN = re.compile(r"\A(?P<century>\d{2})?(?P<date>\d{6})(?P<sign>[-+]?)(?P<last>\d{4})\Z", re.ASCII)
COORDINATION = 60  # a samordningsnummer has 60 added to the day


def clean(text: str) -> str:
    """The twelve digits (yyyymmddnnnn) of a personnummer or coordination number.

    Raises ValidationError with a sentence that says what to do; the number itself is never repeated.
    """
    found = WRITTEN.match(text.translate(SPACES))
    if not found:
        raise ValidationError(_("Skriv personnumret med tio eller tolv siffror så här: ååååmmdd-nnnn"))
    digits = found["date"] + found["last"]
    born = _born(found["century"], found["date"], found["sign"])
    if born is None or not luhn_holds(digits):
        raise ValidationError(
            _("Personnumret stämmer inte. Kontrollera datumet och de fyra sista siffrorna.")
        )
    return f"{born.year:04d}{digits[2:]}"


def masked(digits: str) -> str:
    """What may be seen on screen: 19811218-****."""
    return f"{digits[:8]}-****" if digits else ""


def _born(century: str | None, date: str, sign: str) -> dt.date | None:
    day = int(date[4:])
    day = day - COORDINATION if day > COORDINATION else day
    today = timezone.localdate()
    if century:
        years = [int(century + date[:2])]
    else:
        # Without a century the number means the latest such birthday; "+" means a hundred years old or more.
        latest = today.year - (today.year - int(date[:2])) % 100
        years = [latest - 100] if sign == "+" else [latest, latest - 100]
    for year in years:
        try:
            born = dt.date(year, int(date[2:4]), day)
        except ValueError:
            continue
        if born <= today:
            return born
    return None
