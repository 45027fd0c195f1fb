"""What is sent, as those who look after it see it: states, reasons, never a company that is not theirs to see."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from coachnet.accounts.models import User
from coachnet.lib import keyset
from coachnet.lib.standing import Given, standing
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


class Shape(NamedTuple):
    """What decides how a row looks. The rest of it is words."""

    rule: str
    state: Notification.State
    reason: str
    shows_recipient: bool
    waits_again: bool
    has_subject: bool
    has_error: bool
    is_decided: bool
    can_be_retried: bool
    can_be_stopped: bool

    @property
    def rule_name(self) -> str | Promise:
        """What the rule is called; one that is no longer in use names itself."""
        return RULES[self.rule].name if self.rule in RULES else self.rule

    @property
    def reason_name(self) -> str | Promise:
        """Why it was not sent, if there is a reason."""
        return Notification.Reason(self.reason).label if self.reason else ""

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return TONES[self.state][0]

    @property
    def icon(self) -> str:
        """The badge's icon."""
        return TONES[self.state][1]


@dataclass(frozen=True)
class Line:
    """A row and what the viewer may see of it."""

    row: Notification
    shows_recipient: bool

    @property
    def shape(self) -> Shape:
        """How it looks."""
        row, state = self.row, Notification.State(self.row.state)
        waits_again = state is state.QUEUED and row.claimed_until is not None
        asked = (bool(row.subject), bool(row.last_error), row.decided_by is not None)
        may = (row.can_be_retried, row.can_be_stopped)
        return Shape(row.rule, state, row.reason, self.shows_recipient, waits_again, *asked, *may)

    @property
    def who(self) -> str:
        """The recipient; nobody where the viewer may not see the company."""
        return (self.row.reader_name or self.row.address) if self.shows_recipient else ""

    @property
    def at(self) -> dt.datetime | None:
        """When it went out, or is to go."""
        return self.row.sent_at if self.row.state == Notification.State.SENT else self.row.due_at


def page(state: str, rule: str, after: str) -> keyset.Page[Notification]:
    """The page after the token, or the first, of a state and a rule.

    Without a state it is of those whose time has come and that were still wanted.
    """
    by = order_of(state)
    position = keyset.position_of(after, by=by)
    given = {"rule": rule, "now": timezone.now()} | keyset.as_given(position)
    found = _page(state, bool(rule), position is not None, **given)
    return keyset.cut(found, by=by)


@standing
def _page(
    state: str,
    has_rule: bool,  # noqa: FBT001 (a kind of asking)
    is_further: bool,  # noqa: FBT001
) -> QuerySet[Notification]:
    by = order_of(state)
    position = keyset.given_position(by) if is_further else None
    rows = _of_rule(has_rule).select_related("user", "decided_by").only(*_SHOWN)
    if state:
        rows = rows.filter(state=state)
    else:
        rows = rows.filter(due_at__lte=Given("now")).exclude(reason=Notification.Reason.WITHDRAWN)
    return keyset.further(rows, by=by, position=position)


def _of_rule(has_rule: bool) -> NotificationQuerySet:  # noqa: FBT001
    return Notification.objects.filter(rule=Given("rule")) if has_rule else Notification.objects.all()


def order_of(state: str) -> tuple[str, str]:
    """What waits begins with the next; everything else with the latest."""
    return ("due_at", "pk") if state == Notification.State.QUEUED else ("-due_at", "-pk")


def counts(rule: str, viewer: User) -> dict[str, int]:
    """How many in each state, counted to just beyond MOST_COUNTED. One query, which needs a row to stand beside."""
    (found,) = _counts(bool(rule), rule=rule, viewer=viewer.pk)
    return dict(zip(Notification.State, found, strict=True))


@standing
def _counts(has_rule: bool) -> QuerySet[User, tuple[int, ...]]:  # noqa: FBT001
    of_state = (
        _of_rule(has_rule).filter(state=state).order_by().values("pk") for state in Notification.State
    )
    wanted = [CountOf(rows[: MOST_COUNTED + 1]) for rows in of_state]
    return User.objects.filter(pk=Given("viewer")).values_list(*wanted)


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
    last = _last_tried.first()
    return last if last and last.state == Notification.State.QUEUED and last.last_error else None


@standing
def _last_tried() -> QuerySet[Notification]:
    return Notification.objects.delivered_or_tried()[:1]
