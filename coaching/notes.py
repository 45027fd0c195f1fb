"""What helps whoever writes a note: headings to start from, and a word when a personnummer slipped in."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies import personal_number

_CANDIDATE = re.compile(r"(?<![\w-])(?:\d\d)?\d{6}[-+ ]?\d{4}(?![\w-])", re.ASCII)


@dataclass(frozen=True)
class NoteTemplate:
    """A name to choose by and the headings it fills in; a bar stands for a line break."""

    name: str | Promise
    text: str | Promise


NOTE_TEMPLATES = (
    NoteTemplate(_("Fabriksbesök"), _("Vad vi såg:||Hinder:||Beslut:|")),
    NoteTemplate(_("Avstämning"), _("Nuläge:||Vad har hänt sedan sist:||Beslut:|")),
    NoteTemplate(_("Affärsmodell"), _("Kunder:||Pris och villkor:||Kalkyl:||Beslut:|")),
)


def seems_to_hold_personal_number(text: str) -> bool:
    """Whether a text holds something with the date and the check digit of a personnummer."""
    return any(_is_personal_number(found[0]) for found in _CANDIDATE.finditer(text))


def _is_personal_number(candidate: str) -> bool:
    try:
        personal_number.clean(candidate)
    except ValidationError:
        return False
    return True
