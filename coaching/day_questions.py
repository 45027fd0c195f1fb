"""What Min dag asks. The questions are the same for every coach, so they stand (ADR 0035)."""

import datetime as dt
import uuid
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from coaching.models import Action, Engagement, Session, SessionDraft, SessionStrategy
from coachnet.accounts.models import User
from coachnet.lib.standing import Among, Given, standing
from companies.models import Company, Contact

# What a page shows at most; the rest is one link away.
MOST = 20
INCOMPLETE = 5
MEETINGS = 3
_SESSION = (
    *("state", "completeness", "date", "start_time", "minutes", "channel", "place", "ends_at", "note"),
    *("engagement__stage", "engagement__company__name", "engagement__company__municipality__name"),
)
_ACTION = ("what", "owner_coach", "due_on", "status", "engagement__company__name")


# Methods that take a person, a day or a moment only pass them on.
COACH: Any = Given("coach")
BY: Any = Given("by")
NOW: Any = Given("now")
MONTH: Any = Given("month")


class Sight(NamedTuple):
    """As much of a session as decides where on the page it stands."""

    pk: uuid.UUID
    state: str
    completeness: str
    date: dt.date
    start_time: dt.time | None
    ends_at: dt.datetime
    minutes: int | None
    company: int


@standing
def sights() -> QuerySet[Session, Any]:
    """Her sessions that are planned, that lack something, or that were held this month."""
    month = Q(date__gte=MONTH, date__lt=Given("next_month"))
    held = Q(state=Session.State.HELD) & (Q(completeness=Session.Completeness.DRAFT) | month)
    own = Session.objects.in_sight_of(COACH, MONTH).filter(Q(state=Session.State.PLANNED) | held)
    columns = ("pk", "state", "completeness", "date", "start_time", "ends_at", "minutes")
    return own.values_list(*columns, "engagement__company")


@standing
def shown() -> QuerySet[Session, Session]:
    """Sessions with what the page shows of them, the names of those who took part included."""
    people = Contact.objects.filter(sessions=OuterRef("pk")).order_by("pk").values("name")
    strategies = SessionStrategy.objects.filter(session=OuterRef("pk"))
    rows = Session.objects.filter(Among("pk", "keys")).select_related("engagement__company__municipality")
    return rows.only(*_SESSION).annotate(people=ArraySubquery(people), has_strategies=Exists(strategies))


@standing
def drafts() -> QuerySet[SessionDraft, SessionDraft]:
    """What she has begun to write."""
    rows = (
        SessionDraft.objects.of(COACH)
        .select_related("company")
        .annotate(typed_company=F("data__company_name__0"))
    )
    return rows.only("key", "updated_at", "company__name")[:MOST]


def visible(user: User, companies: set[int]) -> set[int]:
    """Those of the companies that she may see."""
    return set(Company.objects.visible_to(user).filter(pk__in=companies).values_list("pk", flat=True))


@standing
def actions() -> QuerySet[Action, Action]:
    """Her own that are due, those that are late included."""
    due = Action.objects.owned_by(COACH).due(BY)
    return due.select_related("engagement__company").only(*_ACTION).soonest_first()[:MOST]


@standing
def meetings() -> QuerySet[Any, Any]:
    """The next meetings that she is invited to, with her answers."""
    # They belong to a higher layer: by the name of its relation (ADR 0006).
    invitations: Any = User._meta.get_field("event_invitations").related_model
    return invitations._default_manager.filter(user=COACH).ahead(NOW)[:MEETINGS]


@standing
def engagements() -> QuerySet[Engagement, Engagement]:
    """Hers that run, with the day of the last session and whether one is planned, by the index of each."""
    own = Session.objects.filter(engagement=OuterRef("pk"))
    return (
        Engagement.objects.open()
        .of(COACH)
        .annotate(
            last_held_on=Subquery(own.held().order_by("-date").values("date")[:1]),
            is_planned=Exists(own.upcoming(NOW).order_by()),
        )
        .select_related("company")
        .only("stage", "started_on", "company__name")
    )


@standing
def held_days() -> QuerySet[Session, Any]:
    """The days between two on which sessions of engagements were held, the latest first."""
    held = Session.objects.held().filter(Among("engagement", "engagements"))
    held = held.filter(date__gt=Given("since"), date__lte=Given("today"))
    return held.order_by("-date").values_list("engagement", "date")


@standing
def action_counts() -> QuerySet[Action, Any]:
    """By status: how many of her own actions are open, and how many actions she has done since a moment."""
    own = Q(owner_coach=COACH, status=Action.Status.OPEN)
    done = Q(closed_by=COACH, closed_at__gte=Given("since"), status=Action.Status.DONE)
    return Action.objects.filter(own | done).order_by().values_list("status").annotate(Count("pk"))
