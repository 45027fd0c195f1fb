"""Two texts of one session, side by side: what differs, and one form out of both."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coaching.actions import SessionEntry
from coaching.forms import typed
from coaching.forms.words import meeting_text
from coaching.models import Session
from coachnet.lib.templatetags import formats

Typed = MultiValueDict[str, str]
MINE, THEIRS, BOTH = "mine", "theirs", "both"


@dataclass(frozen=True)
class Difference:
    """One part of the form that the two texts word differently."""

    name: str
    label: Any
    mine: str
    theirs: str
    is_long: bool = False

    @property
    def choice(self) -> str:
        """The name of the radios that choose between the texts."""
        return f"keep-{self.name}"

    @property
    def can_keep_both(self) -> bool:
        """Notes can stand after one another."""
        return self.is_long and bool(self.mine) and bool(self.theirs)


@dataclass(frozen=True)
class Part:
    """A part of the form: its fields in the form, and how each side words it."""

    name: str
    label: Any
    fields: tuple[str, ...]
    of_entry: Callable[[SessionEntry], Any]
    of_session: Callable[[Session], Any]


def _names(rows: Any) -> str:
    return ", ".join(sorted(str(row) for row in rows))


def _minutes(value: int | None) -> str:
    return formats.minutes(value) if value is not None else ""


def _yes_no(*, is_on: bool) -> str:
    return gettext("ja") if is_on else gettext("nej")


def _meeting_of(session: Session) -> str:
    return meeting_text(typed.next_meeting_of(session))


PARTS = (
    Part("date", _("Datum"), ("date",), lambda e: e.date.isoformat(), lambda s: s.date.isoformat()),
    Part(
        "start_time",
        _("Började"),
        ("start_time",),
        lambda e: formats.clock(e.start_time),
        lambda s: formats.clock(s.start_time),
    ),
    Part(
        "minutes",
        _("Hur länge"),
        ("minutes", "minutes_other"),
        lambda e: _minutes(e.minutes),
        lambda s: _minutes(s.minutes),
    ),
    Part(
        "channel",
        _("Hur möttes ni"),
        ("channel",),
        lambda e: str(Session.Channel(e.channel).label) if e.channel else "",
        lambda s: s.get_channel_display(),
    ),
    Part("place", _("Plats eller länk"), ("place",), lambda e: e.place, lambda s: s.place),
    Part(
        "reminds_contacts",
        _("Påminnelse till deltagarna"),
        ("reminds_contacts",),
        lambda e: _yes_no(is_on=e.reminds_contacts),
        lambda s: _yes_no(is_on=s.reminds_contacts),
    ),
    Part(
        "contacts",
        _("Deltagare från företaget"),
        ("contacts",),
        lambda e: _names(e.contacts),
        lambda s: _names(s.contacts.all()),
    ),
    Part(
        "coaches", _("Coacher"), ("coaches",), lambda e: _names(e.coaches), lambda s: _names(s.coaches.all())
    ),
    Part(
        "strategies",
        _("Cirkulära strategier"),
        ("strategies",),
        lambda e: _names(e.strategies),
        lambda s: _names(s.strategies.all()),
    ),
    Part("note", _("Anteckning"), ("note",), lambda e: e.note, lambda s: s.note),
    Part(
        "preparation_minutes",
        _("Förberedelse"),
        ("preparation_minutes",),
        lambda e: _minutes(e.preparation_minutes),
        lambda s: _minutes(s.preparation_minutes),
    ),
    Part(
        "travel_minutes",
        _("Resa"),
        ("travel_minutes",),
        lambda e: _minutes(e.travel_minutes),
        lambda s: _minutes(s.travel_minutes),
    ),
    Part(
        "next_meeting",
        _("Nästa tillfälle"),
        ("next_date", "next_time", "next_was"),
        lambda e: meeting_text(e.next_meeting),
        _meeting_of,
    ),
)


def differences(entry: SessionEntry, session: Session) -> list[Difference]:
    """The parts that differ between what was sent and what is saved, in the order of the form."""
    found = []
    for part in PARTS:
        mine, theirs = str(part.of_entry(entry)), str(part.of_session(session))
        if mine != theirs:
            found.append(Difference(part.name, part.label, mine, theirs, is_long=part.name == "note"))
    return found


def merged(sent: Typed, session: Session) -> Typed:
    """The form that the choices on the conflict page make, on the version that the page showed."""
    saved = typed.of_initial(typed.of_session(session, state=sent.get("state", session.state)))
    result = sent.copy()
    for part in PARTS:
        keep = sent.get(f"keep-{part.name}", MINE)
        if keep == THEIRS:
            for field in part.fields:
                result.setlist(field, saved.getlist(field))
        elif keep == BOTH and part.name == "note":
            result["note"] = f"{session.note}\n\n{sent.get('note', '')}"
    return result
