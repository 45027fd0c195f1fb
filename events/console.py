"""A meeting as its organiser sees it: places, answers by group, what was sent. A fixed number of queries each."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.lib.addresses import address_of
from coachnet.lib.keyset import Page, cut, page_of
from coachnet.lib.standing import standing
from coachnet.notifications.models import Notification, about_key
from coachnet.notifications.registry import RULES
from events import rules
from events.models import Event, EventInvitation, EventInvitationQuerySet, Feedback, Registration
from events.questions import companies_of_guests, counts_of, feedback_on, mailings_about

State = Registration.State


@dataclass(frozen=True)
class Group:
    """One tab: those with one kind of answer. `tally_of` counts them."""

    key: str
    name: str | Promise
    none: str | Promise
    chosen: Callable[[EventInvitationQuerySet], EventInvitationQuerySet]


GROUPS = (
    Group("coming", _("Kommer"), _("Ingen har tackat ja än."), EventInvitationQuerySet.coming),
    Group("waiting", _("Väntelista"), _("Ingen väntar på en plats."), EventInvitationQuerySet.waiting),
    Group("unanswered", _("Har inte svarat"), _("Alla har svarat."), EventInvitationQuerySet.unanswered),
    Group("away", _("Kommer inte"), _("Ingen har tackat nej."), EventInvitationQuerySet.staying_away),
    Group("all", _("Alla inbjudna"), _("Ingen är inbjuden än."), EventInvitationQuerySet.present),
    Group("attended", _("Var där"), _("Ingen är avprickad."), EventInvitationQuerySet.attended),
)


def group_of(key: str) -> Group:
    """The tab of a key in the address; the first for one that does not exist."""
    return next((group for group in GROUPS if group.key == key), GROUPS[0])


PAGE_SIZE = 25
_BY = ("sort_key", "pk")


def _people(group: Group, event: int) -> EventInvitationQuerySet:
    chosen = group.chosen(EventInvitation.objects.filter(event=event))
    return chosen.as_rows().with_sort_key()


@standing
def first_people(key: str, *, event: int) -> QuerySet[EventInvitation]:
    """What is mostly asked for: the beginning of a tab."""
    return _people(group_of(key), event).order_by(*_BY)[: PAGE_SIZE + 1]


def people_of(event: Event, group: Group, *, text: str = "", after: str = "") -> Page[EventInvitation]:
    """A page of a tab: those whose name, address or organisation has every word, by name. Two queries."""
    if text or after:
        return page_of(_people(group, event.pk).matching(text), by=_BY, after=after, size=PAGE_SIZE)
    return cut(first_people(group.key, event=event.pk), by=_BY, size=PAGE_SIZE)


@dataclass(frozen=True)
class Places:
    """How the places are taken. Percent of the bar are of the capacity, or of those who hold one where that is more."""

    capacity: int | None
    members: int
    guests: int
    offered: int
    attended: int = 0

    @property
    def coming(self) -> int:
        """Those who have a place."""
        return self.members + self.guests

    @property
    def share_here(self) -> int:
        """How many percent of those who had a place were there."""
        return round(100 * self.attended / self.coming) if self.coming else 0

    @property
    def taken(self) -> int:
        """Places that are given or held."""
        return self.members + self.guests + self.offered

    @property
    def free(self) -> int:
        """Places left."""
        return max(0, (self.capacity or 0) - self.taken)

    @property
    def over(self) -> int:
        """How many more have a place than there is room for."""
        return max(0, self.taken - self.capacity) if self.capacity is not None else 0

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The bar's pieces: where each begins and how wide it is, in percent."""
        whole = max(self.capacity or 0, self.taken, 1)
        pieces, at = [], 0.0
        for name, count in (
            ("", self.members),
            ("soft", self.guests),
            ("held", self.offered),
            ("rest", self.free),
        ):
            width = 100 * count / whole
            if count:
                pieces.append({"kind": name, "x": round(at, 2), "width": round(width, 2)})
            at += width
        return pieces


@dataclass(frozen=True)
class Tally:
    """Everything that is counted for a meeting: how many each tab holds, the places, what is asked for at the table."""

    counts: dict[str, int]
    places: Places
    diets: list[tuple[str, int]]
    is_invited: bool

    @property
    def tabs(self) -> list[tuple[Group, int]]:
        """The tabs with their numbers."""
        return [(group, self.counts[group.key]) for group in GROUPS]


def tally_of(event: Event, user: User) -> Tally:
    """One query over the meeting's invitations and their answers. `is_invited` is about the person who asks."""
    found: dict[str, Any] = defaultdict(int, diets=())
    for row in counts_of(user, event=event.pk):
        found |= row
    counts = {group.key: found[group.key] for group in GROUPS if group.key != "away"}
    # Every answer is live or closed, and at most one of a person's is live.
    counts["away"] = found["answered"] - found["live"]
    places = Places(event.capacity, found["members"], found["guests"], found["offered"], found["were_there"])
    diets = sorted(Counter(found["diets"]).items())
    return Tally(counts, places, diets, bool(found["mine"]) and not event.is_draft)


def count_people(events: Sequence[Event]) -> None:
    """Give each meeting of a page how many have a place and how many were there. One query."""
    rows = Registration.objects.filter(invitation__event__in=events).values("invitation__event")
    counts = rows.annotate(
        taken=Count("pk", filter=Q(state__in=Registration.TAKES_A_PLACE)),
        attended=Count("pk", filter=Q(attended_at__isnull=False)),
    )
    found = {row["invitation__event"]: row for row in counts}
    for event in events:
        row = found.get(event.pk, {"taken": 0, "attended": 0})
        event.taken, event.attended = row["taken"], row["attended"]  # type: ignore[attr-defined]


def name_companies(user: User, invitations: list[EventInvitation]) -> None:
    """Give each guest of a meeting who is a contact her company's name, where the reader may see it. One query."""
    with_contact = next((one for one in invitations if one.contact), None)
    names = dict(companies_of_guests(user, event=with_contact.event_id)) if with_contact else {}
    for one in invitations:
        one.company_name = names.get(one.contact.company_id, "") if one.contact else ""  # type: ignore[attr-defined]


class Deeds(NamedTuple):
    """What can be done with a meeting now; those who may the same are shown the same buttons."""

    is_draft: bool
    is_published: bool
    has_started: bool
    is_over: bool
    has_invited: bool
    may_remind: bool
    can_edit: bool
    can_remove: bool
    can_mark_attendance: bool


def deeds_of(event: Event, user: User, counts: dict[str, int]) -> Deeds:
    """For the person, with the numbers of the tabs."""
    return Deeds(
        is_draft=event.is_draft,
        is_published=event.is_published,
        has_started=event.has_started,
        is_over=event.is_over,
        has_invited=counts["all"] > 0,
        may_remind=counts["unanswered"] > 0 and event.takes_answers,
        can_edit=rules.can_edit(user, event),
        can_remove=rules.can_remove(user, event),
        can_mark_attendance=rules.can_mark_attendance(user, event),
    )


class Shape(NamedTuple):
    """What decides how the row of an invited person looks; those who have it in common are drawn once."""

    state: str
    is_guest: bool
    walked_in: bool
    from_line: bool
    was_there: bool
    stayed_away: bool
    has_diet: bool
    may_move: bool
    may_wait: bool
    may_edit: bool

    @property
    def words(self) -> str:
        """The answer."""
        return str(State(self.state).label)

    @property
    def is_live(self) -> bool:
        """Whether she has a place, an offer or a place in line."""
        return self.state in Registration.LIVE


def shape_rows(event: Event, people: Sequence[EventInvitation], do: Deeds, *, is_filled_in: bool) -> None:
    """Give each person of a console's page the `shape` of her row and what goes into it. Companies have been named."""
    may_wait = event.capacity is not None and not do.has_started
    stays_away = do.is_over and is_filled_in
    for one in people:
        answer: Any = one.latest
        was_there = answer is not None and answer.attended_at is not None
        row: Any = one
        row.shape = Shape(
            state=answer.state if answer else "",
            is_guest=one.is_guest,
            walked_in=one.how == EventInvitation.How.WALK_IN,
            from_line=answer is not None and answer.came_from_line,
            was_there=was_there,
            stayed_away=stays_away and answer is not None and answer.is_coming and not was_there,
            has_diet=answer is not None and bool(answer.diet),
            may_move=do.can_mark_attendance,
            may_wait=may_wait,
            may_edit=do.can_edit,
        )
        row.beneath = (one.user.organisation or "–") if one.user else (row.company_name or one.email)
        row.answered = f"{timezone.localtime(answer.answered_at):%Y-%m-%dT%H:%M:%S%z}" if answer else ""
        keys = (event.pk, one.pk)
        row.move_url = address_of("events:person-move", *keys)
        row.link_url = address_of("events:person-link", *keys)
        row.remove_url = address_of("events:person-remove", *keys)


@dataclass
class Mailing:
    """What was sent, or waits, by one rule: how many in each state."""

    rule: str
    total: int = 0
    states: dict[str, int] = field(default_factory=dict)
    at: Any = None

    @property
    def name(self) -> str | Promise:
        """The rule's name."""
        return RULES[self.rule].name if self.rule in RULES else self.rule

    @property
    def failed(self) -> int:
        """How many did not arrive."""
        return self.states.get(Notification.State.FAILED, 0)

    @property
    def waiting(self) -> int:
        """How many are still to be sent."""
        return self.states.get(Notification.State.QUEUED, 0) + self.states.get(Notification.State.SENDING, 0)

    @property
    def sent(self) -> int:
        """How many have left."""
        return self.states.get(Notification.State.SENT, 0)


def mailings_of(event: Event) -> list[Mailing]:
    """The message log, gathered by rule, the latest first; what was withdrawn is left out. One query."""
    found: dict[str, Mailing] = {}
    for row in mailings_about(about=about_key(event)):
        mailing = found.setdefault(row["rule"], Mailing(row["rule"]))
        mailing.states[row["state"]] = row["count"]
        mailing.total += row["count"]
        mailing.at = max(filter(None, (mailing.at, row["at"])))
    return sorted(found.values(), key=lambda one: one.at, reverse=True)


@dataclass(frozen=True)
class Verdict:
    """What people thought of a meeting."""

    rows: list[tuple[str, int, float]]
    count: int
    words: list[str]
    asked: int


def verdict_on(event: Event, *, asked: int) -> Verdict:
    """How many of those asked gave each mark, and what they wrote, without names. One query."""
    every = feedback_on(event=event.pk)
    marks = [rating for rating, _text in every]
    most = max((marks.count(mark) for mark in set(marks)), default=1)
    rows = [
        (str(mark.label), marks.count(mark.value), round(100 * marks.count(mark.value) / most, 1))
        for mark in Feedback.Rating
    ]
    words = sorted(text for _rating, text in every if text.strip())
    return Verdict(rows, len(every), words, asked)
