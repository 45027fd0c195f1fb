"""What is sent, as those who look after it see it: states, reasons, never a company that is not theirs to see."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from coachnet.accounts.models import User
from coachnet.lib.subqueries import CountOf
from coachnet.notifications.models import Notification, NotificationQuerySet
from coachnet.notifications.registry import RULES

# Counts stop here: with a million rows nobody waits for the exact number.
MOST_COUNTED = 1000
# The columns that a line shows or is judged by.
_SHOWN = (
    *("rule", "about", "name", "email", "due_at", "state", "reason", "attempts", "claimed_until", "sent_at"),
    *("subject", "last_error", "decided_at", "user__name", "user__email"),
    *("decided_by__name", "decided_by__email"),
)
TONES = {
    Notification.State.QUEUED: ("info", "clock"),
    Notification.State.SENDING: ("info", "send"),
    Notification.State.SENT: ("ok", "check"),
    Notification.State.FAILED: ("bad", "circle-alert"),
    Notification.State.SKIPPED: ("", "ban"),
}


@dataclass(frozen=True)
class Line:
    """A row and what the viewer may see of it."""

    row: Notification
    shows_recipient: bool

    @property
    def rule_name(self) -> str | Promise:
        """What the rule is called; one that is no longer in use names itself."""
        return RULES[self.row.rule].name if self.row.rule in RULES else self.row.rule

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return TONES[Notification.State(self.row.state)][0]

    @property
    def icon(self) -> str:
        """The badge's icon."""
        return TONES[Notification.State(self.row.state)][1]

    @property
    def waits_again(self) -> bool:
        """Whether it failed and waits for another try."""
        return self.row.state == Notification.State.QUEUED and self.row.claimed_until is not None


def chosen(state: str, rule: str) -> NotificationQuerySet:
    """The rows of a state and a rule; without a state, those whose time has come and that were still wanted."""
    rows = Notification.objects.select_related("user", "decided_by").only(*_SHOWN)
    if rule:
        rows = rows.filter(rule=rule)
    if state:
        return rows.filter(state=state)
    return rows.filter(due_at__lte=timezone.now()).exclude(reason=Notification.Reason.WITHDRAWN)


def order_of(state: str) -> tuple[str, str]:
    """What waits begins with the next; everything else with the latest."""
    return ("due_at", "pk") if state == Notification.State.QUEUED else ("-due_at", "-pk")


def counts(rule: str, viewer: User) -> dict[str, int]:
    """How many in each state, counted to just beyond MOST_COUNTED. One query, which needs a row to stand beside."""
    of_rule: dict[str, Any] = {"rule": rule} if rule else {}
    wanted = {
        state: CountOf(
            Notification.objects.filter(state=state, **of_rule).order_by().values("pk")[: MOST_COUNTED + 1]
        )
        for state in Notification.State
    }
    (found,) = User.objects.filter(pk=viewer.pk).values_list(*wanted.values())
    return dict(zip(wanted, found, strict=True))


def lines_for(rows: Iterable[Notification], viewer: User) -> list[Line]:
    """The rows as the viewer may see them. Each rule is asked once about all its objects."""
    rows = list(rows)
    about: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        about[row.rule].add(row.about)
    shown = {
        (key, thing)
        for key, things in about.items()
        # A rule that is no longer there can say nothing: then nobody is named.
        for thing in (RULES[key].recipients_shown(viewer, things) if key in RULES else ())
    }
    return [Line(row, row.user_id is not None or (row.rule, row.about) in shown) for row in rows]


def trouble() -> Notification | None:
    """The latest attempt, if the mail server did not take it and it waits for another."""
    last = Notification.objects.delivered_or_tried().first()
    return last if last and last.state == Notification.State.QUEUED and last.last_error else None
