"""Sessions as a list and their own page show them, with no more of what stands around them than is shown."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet

from coaching.models import Action, Engagement, Session, SessionCoach, SessionStrategy
from coaching.models.engagements import Stage
from coaching.models.sessions import SessionQuerySet
from coachnet.accounts.models import User
from coachnet.accounts.readers import standing_for_reader
from coachnet.lib.standing import Among, standing
from companies.models import CircularStrategy, Contact

# The columns of a session that a row in the list shows, or is placed by.
_SHOWN = ("state", "completeness", "date", "start_time", "minutes", "channel", "ends_at")
# The same for a session's own page.
_ON_PAGE = (
    *(*_SHOWN, "place", "note", "preparation_minutes", "travel_minutes", "reminds_contacts", "removed_at"),
    *("engagement__stage", "engagement__company__name"),
)
_STEP = ("session", "what", "due_on", "status", "closed_at", "created_at", "engagement")
_OWNERS = ("owner_coach__name", "owner_coach__email", "owner_contact__name")


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
        stage=F("engagement__stage"),
        company_name=F("engagement__company__name"),
        is_readable=Exists(readable),
    )
    return shown.only(*_SHOWN)


def lines_of(sessions: Sequence[Session]) -> list[Line]:
    """The sessions with their coaches and strategies, at two queries however many they are."""
    keys = [session.pk for session in sessions]
    names, codes = _joined(_coaches_at(sessions=keys)), _joined(_strategies_at(sessions=keys))
    return [Line(session, names[session.pk], codes[session.pk]) for session in sessions]


@standing
def _coaches_at() -> QuerySet[Any, tuple[uuid.UUID, str]]:
    return SessionCoach.objects.filter(Among("session", "sessions")).values_list("session", "coach__name")


@standing
def _strategies_at() -> QuerySet[Any, tuple[uuid.UUID, str]]:
    return SessionStrategy.objects.filter(Among("session", "sessions")).values_list("session", "strategy")


@standing_for_reader
def documents_of_key(user: User, *, key: uuid.UUID) -> QuerySet[Session]:
    """The session, if the person may read it, with what a page of its own shows; two queries beside."""
    people = Prefetch("contacts", Contact.objects.only("name", "title"))
    strategies = Prefetch("strategies", CircularStrategy.objects.only("name_sv", "name_en"))
    shown = Session.objects.visible_to(user).filter(pk=key).select_related("engagement__company")
    return shown.only(*_ON_PAGE).prefetch_related(people, strategies)


@standing
def coaches_of(*, session: uuid.UUID) -> QuerySet[Any, dict[str, Any]]:
    """Who coached, with the organisation of that day: `name` and `organisation_name`."""
    rows: QuerySet[Any, Any] = SessionCoach.objects.filter(session=session).order_by("pk")
    return rows.values(name=F("coach__name"), organisation_name=F("organisation__name"))


@standing
def steps_of(*, session: uuid.UUID) -> QuerySet[Action]:
    """What was agreed, in the order it was written, with the owners' names."""
    rows = Action.objects.filter(session=session).select_related("owner_coach", "owner_contact")
    return rows.only(*_STEP, *_OWNERS).order_by("created_at", "id")


@standing
def planned_in(*, session: uuid.UUID) -> QuerySet[Session]:
    """The session that was planned in this one's form, if any."""
    found = Session.objects.present().filter(planned_in=session)
    return found.only("state", "date", "start_time").order_by("pk")[:1]


def _joined(pairs: Any) -> dict[Any, str]:
    found: dict[Any, list[str]] = defaultdict(list)
    for key, words in pairs:
        found[key].append(words)
    return defaultdict(str, {key: ", ".join(words) for key, words in found.items()})
