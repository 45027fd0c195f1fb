"""Template filters that write numbers, times and names the way Swedish and English readers expect."""

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

register = template.Library()

THIN_SPACE = "\u202f"
MINUTES_PER_HOUR = 60


def _is_swedish() -> bool:
    return (get_language() or "sv").startswith("sv")


def _capitalised(text: str, *, wanted: bool) -> str:
    return text[:1].upper() + text[1:] if wanted else text


@register.filter
def number(value: float | Decimal | None, decimals: int | None = None) -> str:
    """A number with thin spaces between thousands: 1 284,5 in Swedish, 1 284.5 in English.

    `decimals` fixes how many decimals are shown; without it, trailing zeros are dropped. None becomes "–".
    """
    if value is None:
        return "–"
    if decimals is None and isinstance(value, int):
        text = f"{value:,d}"  # most are counts: no need of a Decimal
        return text.replace(",", THIN_SPACE).replace("-", "−")
    exact = Decimal(str(value))
    if decimals is not None:
        text = f"{exact:,.{int(decimals)}f}"
    else:
        text = f"{exact:,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    text = text.replace(",", THIN_SPACE).replace("-", "−")
    return text.replace(".", ",") if _is_swedish() else text


@register.filter
def counted(value: int, most: int) -> str:
    """A count that went no further than just beyond `most`: 1 284, or 10 000+ when there are more."""
    return f"{number(most)}+" if value > most else number(value)


@register.filter
def minutes(value: int | None) -> str:
    """Minutes as spoken time: 45 min, 1 h, 1 h 30 min. None becomes "–"."""
    if value is None:
        return "–"
    hours, rest = divmod(int(value), MINUTES_PER_HOUR)
    if not hours:
        return f"{rest} min"
    whole = f"{number(hours)} h"
    return f"{whole} {rest} min" if rest else whole


def local_day(value: dt.date | dt.datetime) -> dt.date:
    """The calendar day in Sweden of a date or an aware datetime."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def iso_day(value: dt.date | dt.datetime | None) -> str:
    """The day as 2026-11-23, or nothing for None."""
    return local_day(value).isoformat() if value else ""


@register.filter
def clock(value: dt.time | dt.datetime | None) -> str:
    """The time of day as 09:00, in Sweden, or nothing for None."""
    if not value:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return value.strftime("%H:%M")


@register.filter
def spoken_day(value: dt.date | dt.datetime | None, capital: str = "") -> str:
    """The day as spoken: "torsdag 3 december", with the year when it is not this year.

    Give "capital" as argument where the words open a sentence.
    """
    if not value:
        return ""
    day = local_day(value)
    pattern = "l j F" if day.year == timezone.localdate().year else "l j F Y"
    return _capitalised(date_format(day, pattern), wanted=bool(capital))


@register.filter
def relative_day(value: dt.date | dt.datetime | None, capital: str = "") -> str:
    """How far a day is from today: "i dag", "i går", "om 3 dagar", "3 dagar sedan"."""
    if not value:
        return ""
    days = (local_day(value) - timezone.localdate()).days
    if days == 0:
        text = gettext("i dag")
    elif days == 1:
        text = gettext("i morgon")
    elif days == -1:
        text = gettext("i går")
    elif days > 0:
        text = ngettext("om %(days)s dag", "om %(days)s dagar", days) % {"days": number(days)}
    else:
        text = ngettext("%(days)s dag sedan", "%(days)s dagar sedan", -days) % {"days": number(-days)}
    return _capitalised(text, wanted=bool(capital))


@register.filter
def days(value: int | None) -> str:
    """A count of days with its unit: "1 dag", "63 dagar"."""
    return "–" if value is None else _days(value, get_language())


@lru_cache(maxsize=2000)
def _days(value: int, language: str | None) -> str:
    return ngettext("%(days)s dag", "%(days)s dagar", value) % {"days": number(value)}


@register.filter
def due_words(value: dt.date | None, capital: str = "") -> str:
    """A due date in the fewest words: "försenad 3 dagar", "i dag", "i morgon", "onsdag 25 november"."""
    if not value:
        return ""
    away = (local_day(value) - timezone.localdate()).days
    if away < 0:
        late = ngettext("försenad %(days)s dag", "försenad %(days)s dagar", -away)
        return _capitalised(late % {"days": number(-away)}, wanted=bool(capital))
    if away <= 1:
        return relative_day(value, capital)
    return spoken_day(value, capital)


@register.filter
def is_late(value: dt.date | dt.datetime | None) -> bool:
    """Whether the day lies before today in Sweden."""
    return bool(value) and local_day(value) < timezone.localdate()  # type: ignore[arg-type]


@register.filter
def initials(name: str | None) -> str:
    """First letters of the first and the last word of a name: Maja Ekdahl → ME."""
    words = [word for word in (name or "").split() if word[0].isalpha()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
