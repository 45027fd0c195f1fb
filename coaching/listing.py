"""Sessions as a list shows them: who, about what, and whether the reader may open them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef

from coaching.models import Engagement, Session, SessionCoach, SessionStrategy
from coaching.models.engagements import Stage
from coaching.models.sessions import SessionQuerySet
from coachnet.accounts.models import User

# The columns of a session that a row in the list shows, or is placed by.
_SHOWN = ("state", "completeness", "date", "start_time", "minutes", "channel", "ends_at")


@dataclass(frozen=True)
class Line:
    """A session and the names beside it."""

    session: Session
    coaches: str
    strategies: str

    @property
    def stage(self) -> int:
        """The strand of the ring."""
        return Stage(self.session.stage).number  # type: ignore[attr-defined]

    @property
    def day(self) -> str:
        """When, as 2026-11-23."""
        return self.session.date.isoformat()


def as_lines(rows: SessionQuerySet, user: User) -> SessionQuerySet:
    """The sessions with what a line needs: never the note, and whether the person may read it."""
    readable = Engagement.objects.visible_to(user).filter(pk=OuterRef("engagement"))
    shown = rows.annotate(
        stage=F("engagement__stage"), company_name=F("engagement__company__name"), is_readable=Exists(readable)
    )
    return shown.only(*_SHOWN)


def lines_of(sessions: Sequence[Session]) -> list[Line]:
    """The sessions with their coaches and strategies, at two queries however many they are."""
    keys = [session.pk for session in sessions]
    coaches = SessionCoach.objects.filter(session__in=keys).values_list("session", "coach__name")
    strategies = SessionStrategy.objects.filter(session__in=keys).values_list("session", "strategy")
    names, codes = _joined(coaches), _joined(strategies)
    return [Line(session, names[session.pk], codes[session.pk]) for session in sessions]


def _joined(pairs: Any) -> dict[Any, str]:
    found: dict[Any, list[str]] = defaultdict(list)
    for key, words in pairs:
        found[key].append(words)
    return defaultdict(str, {key: ", ".join(words) for key, words in found.items()})
