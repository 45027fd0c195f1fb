"""What a meeting's pages ask, by SQL that is written once (ADR 0035)."""

from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Q, QuerySet, Value

from coachnet.accounts.models import User
from coachnet.accounts.readers import standing_for_reader
from coachnet.lib.standing import standing
from coachnet.notifications.models import Notification
from companies.models import Company
from events.models import Event, EventInvitation, Feedback, Registration

State = Registration.State
MOST_IN_LINE = 5
_COMING = Q(registrations__state=State.COMING)


@standing_for_reader
def events_of_key(user: User, *, event: int) -> QuerySet[Event]:
    """The meeting, if the person may see it, with its hosts and who planned it."""
    return Event.objects.visible_to(user).filter(pk=event).with_hosts().select_related("created_by")


@standing_for_reader
def counts_of(user: User, *, event: int) -> QuerySet[Any, dict[str, Any]]:
    """One row with everything that is counted over a meeting's invitations and their answers; none without any."""
    counts = {name: Count("pk", distinct=True, filter=chosen) for name, chosen in _counted(user).items()}
    diets = ArrayAgg("registrations__diet", filter=_COMING & ~Q(registrations__diet=""), default=Value([]))
    rows: QuerySet[Any, Any] = EventInvitation.objects.filter(event=event).order_by().values("event")
    return rows.annotate(**counts, diets=diets)


def _counted(user: User) -> dict[str, Q]:
    """Who counts as what. Those whose invitation was taken away stand on no tab."""
    present = Q(removed_at=None)
    were_there = Q(registrations__attended_at__isnull=False)
    return {
        "all": present,
        "coming": present & _COMING,
        "waiting": present & Q(registrations__state__in=(State.WAITING, State.OFFERED)),
        "unanswered": present & Q(registrations__isnull=True),
        "answered": present & Q(registrations__isnull=False),
        "live": present & Q(registrations__state__in=Registration.LIVE),
        "attended": present & were_there,
        "mine": present & Q(user=user),
        "members": _COMING & Q(user__isnull=False),
        "guests": _COMING & Q(user__isnull=True),
        "offered": Q(registrations__state=State.OFFERED),
        "were_there": were_there,
    }


@standing
def first_in_line(*, event: int) -> QuerySet[EventInvitation]:
    """Those who get the next places, or have been offered them."""
    line = EventInvitation.objects.filter(event=event).waiting().as_rows()
    waiting = line.filter(registrations__state__in=(State.WAITING, State.OFFERED))
    return waiting.order_by("registrations__answered_at", "pk")[:MOST_IN_LINE]


@standing_for_reader
def companies_of_guests(user: User, *, event: int) -> QuerySet[Company, tuple[int, str]]:
    """Key and name of the companies that a meeting's guests come from, where the reader may see the company."""
    guests = EventInvitation.objects.filter(event=event, contact__isnull=False).order_by()
    return (
        Company.objects.visible_to(user)
        .filter(pk__in=guests.values("contact__company"))
        .values_list("pk", "name")
    )


@standing
def mailings_about(*, about: str) -> QuerySet[Any, dict[str, Any]]:
    """How much was sent or waits by rule and state, and when the last; what was withdrawn is left out."""
    rows: QuerySet[Any, Any] = Notification.objects.filter(about=about).exclude(
        state=Notification.State.SKIPPED
    )
    return rows.order_by().values("rule", "state").annotate(count=Count("pk"), at=Max("due_at"))


@standing
def feedback_on(*, event: int) -> QuerySet[Feedback, tuple[int, str]]:
    """The marks and words that a meeting was given."""
    return (
        Feedback.objects.filter(invitation__event=event)
        .order_by("-created_at", "-pk")
        .values_list("rating", "text")
    )
