"""A coach's day, gathered: agenda, what waits to be logged, quiet companies, actions, the month so far."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import apnumber
from django.db.models import Count, Prefetch, Q, Sum, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import pgettext

from coaching.models import Action, Engagement, Session, SessionDraft
from coaching.models.sessions import ROW
from coachnet.accounts.models import User
from companies import coached
from companies.models import CircularStrategy, Company, Contact

# What a page shows at most; the rest is one link away.
MOST = 20
MEETINGS = 3
DAYS_IN_WEEK = 7
SHOWN = (*ROW, "note")


@dataclass(frozen=True)
class ToLog:
    """One thing that waits to be written down: a planned session, a draft, or a session with something missing."""

    company: Company | None
    stage: int
    session: Session | None = None
    draft: SessionDraft | None = None


@dataclass(frozen=True)
class Quiet:
    """A company not met for long, and its rhythm: days of the year as percent, today 100."""

    engagement: Engagement
    days: int
    ticks: list[float]


@dataclass(frozen=True)
class Month:
    """The month so far, for the coach herself."""

    sessions: int
    minutes: int
    companies: int
    all_companies: int
    actions_done: int


class Day:
    """Everything on Min dag. Each part is a fixed number of queries."""

    def __init__(self, user: User, now: dt.datetime | None = None) -> None:
        self.user = user
        self.now = timezone.localtime(now or timezone.now())
        self.today = self.now.date()
        self.week_ends = self.today + dt.timedelta(days=DAYS_IN_WEEK - self.today.isoweekday())
        own = Session.objects.of(user).as_rows().only(*SHOWN)
        self.agenda = list(own.on_day(self.today)[:MOST])
        # What has been held is behind her, also when nobody wrote down at what time.
        self.before_now = [one for one in self.agenda if self._is_over(one)]
        self.after_now = [one for one in self.agenda if not self._is_over(one)]
        self.left = len(self.after_now)
        self.drafts = self._drafts()
        self.to_log = self._to_log(own)
        self.actions = list(self._actions()[:MOST])
        # Meetings belong to a higher layer: by the name of its relation (ADR 0006).
        self.meetings = list(user.event_invitations.ahead(self.now)[:MEETINGS])
        self.next_session = own.upcoming(self.now).filter(date__gt=self.today).first()
        self.engagements = Engagement.objects.open().of(user)
        self._fetch_people()
        self.quiet = self._quiet()
        self.month = self._month()

    @property
    def is_empty(self) -> bool:
        """Whether a new coach has nothing here yet."""
        return not (self.month.all_companies or self.agenda or self.to_log or self.actions or self.meetings)

    def _is_over(self, session: Session) -> bool:
        return session.state == Session.State.HELD or session.ends_at <= self.now

    def _fetch_people(self) -> None:
        """Contacts and strategies of every session on the page at once, not list by list."""
        rows = [item.session for item in self.to_log if item.session] + self.agenda
        contacts = Prefetch("contacts", Contact.objects.only("name"))
        prefetch_related_objects(
            rows, contacts, Prefetch("strategies", CircularStrategy.objects.only("code"))
        )

    def _drafts(self) -> list[SessionDraft]:
        rows = SessionDraft.objects.of(self.user).select_related("company", "session__engagement")
        drafts = list(rows[:MOST])
        if not drafts:
            return []
        # A company that has become confidential to her is not named by an old draft.
        seen = Company.objects.visible_to(self.user).filter(pk__in=[one.company_id for one in drafts])
        visible = set(seen.values_list("pk", flat=True))
        for draft in drafts:
            if draft.company_id not in visible:
                draft.company = None
        return drafts

    def _to_log(self, own: Any) -> list[ToLog]:
        begun = {draft.key for draft in self.drafts}
        # Today's own stand in the agenda with their button; here come those from before.
        waiting = (
            own.to_log(self.now).exclude(date=self.today).exclude(pk__in=begun).order_by("-ends_at", "id")
        )
        incomplete = own.incomplete().exclude(date=self.today).exclude(pk__in=begun).newest_first()
        rows = [ToLog(draft.company, 0, draft=draft, session=draft.session) for draft in self.drafts]
        for session in [*waiting[:MOST], *incomplete[:MOST]]:
            engagement = session.engagement
            rows.append(ToLog(engagement.company, engagement.current_stage.number, session=session))
        return rows

    @property
    def left_words(self) -> str:
        """The number of sessions left, as a sentence begins: Två."""
        return str(apnumber(self.left)).capitalize()

    @property
    def to_log_words(self) -> str:
        """The number that waits, in words up to nine."""
        return str(apnumber(self.to_log_count))

    @property
    def action_words(self) -> str:
        """The number of actions due, in words up to nine."""
        # Swedish counts "en åtgärd" but "ett tillfälle"; apnumber only knows the latter.
        count = len(self.actions)
        return pgettext("antal åtgärder", "en") if count == 1 else str(apnumber(count))

    @property
    def to_log_count(self) -> int:
        """How many things wait to be written down, today's included."""
        return len(self.to_log) + sum(
            one.state == Session.State.PLANNED or bool(one.missing) for one in self.before_now
        )

    def _actions(self) -> Any:
        return Action.objects.owned_by(self.user).due(self.week_ends).as_rows().soonest_first()

    @property
    def open_actions(self) -> int:
        """All of her own open actions, counted together with what she has done this month."""
        return int(self._action_counts["open"])

    def _quiet(self) -> list[Quiet]:
        limit = self.today - dt.timedelta(days=coached.QUIET_DAYS)
        shown = ("stage", "started_on", "company__name")
        rows: Any = self.engagements.with_last_held().select_related("company").only(*shown)
        silent = rows.filter(Q(last_held_on__lt=limit) | Q(last_held_on=None, started_on__lt=limit))
        upcoming = Session.objects.upcoming(self.now).values("engagement")
        found = list(silent.exclude(pk__in=upcoming).order_by("last_held_on", "pk")[:MOST])
        ticks = self._ticks(found)
        return [
            Quiet(one, (self.today - (one.last_held_on or one.started_on)).days, ticks.get(one.pk, []))
            for one in found
        ]

    def _ticks(self, engagements: list[Engagement]) -> dict[int, list[float]]:
        since = self.today - dt.timedelta(days=coached.YEAR)
        held = Session.objects.held().filter(engagement__in=engagements, date__gt=since, date__lte=self.today)
        ticks: dict[int, list[float]] = {}
        for engagement, day in held.order_by("-date").values_list("engagement", "date"):
            ticks.setdefault(engagement, []).append(
                round(100 - (self.today - day).days * 100 / coached.YEAR, 1)
            )
        return ticks

    def _month(self) -> Month:
        held = Session.objects.of(self.user).held().in_month(self.today)
        sums = held.aggregate(
            sessions=Count("pk"),
            minutes=Sum("minutes"),
            companies=Count("engagement__company", distinct=True),
        )
        first = self.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        own = Q(owner_coach=self.user, status=Action.Status.OPEN)
        done = Q(closed_by=self.user, closed_at__gte=first, status=Action.Status.DONE)
        counts = Action.objects.filter(own | done)
        self._action_counts = counts.aggregate(open=Count("pk", filter=own), done=Count("pk", filter=done))
        companies = self.engagements.values("company").distinct().count()
        return Month(
            sums["sessions"], sums["minutes"] or 0, sums["companies"], companies, self._action_counts["done"]
        )
