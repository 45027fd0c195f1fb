"""K18: meetings that have been held, who was registered and who came, by period. The whole region only."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from dashboards.periods import Period, periods_of
from events.models import Event, Registration


@dataclass
class Meetings:
    """What was held in a period: meetings, attendances, and registrations that were not cancelled."""

    meetings: int = 0
    attended: int = 0
    registered: int = 0


def held_by_period() -> dict[Period, Meetings]:
    """Every period in which a meeting was held. One query, one row for each meeting."""
    coming = Q(invitations__registrations__state=Registration.State.COMING, invitations__removed_at=None)
    came = coming & Q(invitations__registrations__attended_at__isnull=False)
    held = (
        Event.objects.published()
        .past()
        .annotate(
            registered=Count("invitations__registrations", filter=coming),
            attended=Count("invitations__registrations", filter=came),
        )
    )
    found: dict[Period, Meetings] = defaultdict(Meetings)
    for starts_at, registered, attended in held.order_by().values_list("starts_at", "registered", "attended"):
        for period in periods_of(timezone.localtime(starts_at).date()):
            found[period].meetings += 1
            found[period].registered += registered
            found[period].attended += attended
    return found


def has_ended_since(moment: dt.datetime | None) -> bool:
    """Whether a meeting has ended since: then it counts as held, though nobody has written anything."""
    ended = Event.objects.published().past()
    return (ended.filter(ends_at__gt=moment) if moment else ended).exists()
