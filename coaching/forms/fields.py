"""Fields of the coaching log's forms."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST = 1440
_SPACES = re.compile(r"\s+")  # ordinary, non-breaking and thin
_PLAIN = re.compile(r"(\d{1,5})(?:min|minuter|minutes|m)?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_HOURS = re.compile(
    r"(\d{1,2}(?:[.,]\d{1,2})?)(?:h|tim|timmar|hours?)(?:(\d{1,2})(?:min|minuter|minutes|m)?)?", re.ASCII
)


def parse_minutes(text: str) -> int | None:
    """Minutes from what people write: 75, 1 200, 75 min, 1:15, 1 h 15, 1,5 h. None when it is something else."""
    squeezed = _SPACES.sub("", text).casefold()
    if found := _PLAIN.fullmatch(squeezed):
        return int(found[1])
    if found := _CLOCK.fullmatch(squeezed):
        return int(found[1]) * 60 + int(found[2])
    if found := _HOURS.fullmatch(squeezed):
        return round(float(found[1].replace(",", ".")) * 60) + int(found[2] or 0)
    return None


class MinutesField(forms.CharField):
    """A length of time, written as people write it; a whole number of minutes, at most a day."""

    def to_python(self, value: str | None) -> int | None:  # type: ignore[override]
        """The minutes, or None for nothing written."""
        text = super().to_python(value)
        if not text:
            return None
        minutes = parse_minutes(text)
        if minutes is None:
            raise ValidationError(_("Skriv tiden i minuter, till exempel 75"), code="invalid")
        if not 0 <= minutes <= MOST:
            raise ValidationError(_("Tiden kan vara högst 1440 minuter, ett dygn"), code="too_long")
        return minutes
