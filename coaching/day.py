"""A coach's day, gathered: agenda, what waits to be logged, quiet companies, actions, the month so far."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils import timezone
from django.utils.translation import pgettext

from coaching import day_questions
from coaching.day_questions import INCOMPLETE, MOST, Sight
from coaching.models import Action, Engagement, Session, SessionDraft
from coaching.models.sessions import Missing
from coachnet.accounts.models import User
from companies import coached
from companies.models import Company

DAYS_IN_WEEK = 7
PLANNED, HELD = Session.State.PLANNED, Session.State.HELD


@dataclass(frozen=True)
class ToLog:
    """One thing that waits to be written down: a planned session, a draft, or a session with something missing."""

    company: Company | None
    stage: int
    session: Session | None = None
    draft: SessionDraft | None = None
    missing: Sequence[Missing] = ()

    @property
    def typed_company(self) -> str:
        """What a draft without a company calls it: typed without network, to be chosen."""
        return str(getattr(self.draft, "typed_company", None) or "")


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
    """Everything on Min dag. Each part is a fixed number of queries.

    A coach of many years has thousands of sessions, so they are looked through once: `_sights` finds the few that are
    to come, wait, lack something or belong to the month; what is shown of those is fetched after that.
    """

    def __init__(self, user: User, now: dt.datetime | None = None) -> None:
        self.user = user
        self.now = timezone.localtime(now or timezone.now())
        self.today = self.now.date()
        self.week_ends = self.today + dt.timedelta(days=DAYS_IN_WEEK - self.today.isoweekday())
        self.drafts = self._drafts()
        sights = self._sights()
        agenda = self._on_agenda(sights)
        waiting, incomplete = self._before_today(sights)
        to_log = [*waiting[:MOST], *incomplete[:INCOMPLETE]]
        ahead = [one for one in sights if one.state == PLANNED and one.ends_at > self.now]
        coming = sorted((one.ends_at, one.pk) for one in ahead if one.date > self.today)[:1]
        shown = self._shown([*agenda, *to_log, *(pk for _ends_at, pk in coming)])
        self.agenda = [shown[pk] for pk in agenda]
        # What has been held is behind her, also when nobody wrote down at what time.
        self.before_now = [one for one in self.agenda if self._is_over(one)]
        self.after_now = [one for one in self.agenda if not self._is_over(one)]
        self.left = len(self.after_now)
        self.to_log = [ToLog(draft.company, 0, draft=draft) for draft in self.drafts]
        self.to_log += [self._waiting(shown[pk]) for pk in to_log]
        self.older_count = len(self.drafts) + len(waiting) + len(incomplete)
        self.incomplete_count = len(incomplete)
        self.next_session = shown[coming[0][1]] if coming else None
        self.actions = day_questions.actions(coach=user.pk, by=self.week_ends)
        self.meetings = day_questions.meetings(coach=user.pk, now=self.now)
        engagements = day_questions.engagements(coach=user.pk, now=self.now)
        self.quiet = self._quiet(engagements)
        self.month = self._month(sights, len({one.company_id for one in engagements}))

    @property
    def is_empty(self) -> bool:
        """Whether a new coach has nothing here yet."""
        return not (self.month.all_companies or self.agenda or self.to_log or self.actions or self.meetings)

    def _is_over(self, session: Session) -> bool:
        return session.state == HELD or session.ends_at <= self.now

    def _sights(self) -> list[Sight]:
        first = self.today.replace(day=1)
        after = (first + dt.timedelta(days=31)).replace(day=1)
        rows = day_questions.sights(coach=self.user.pk, month=first, next_month=after)
        return [Sight(*row) for row in rows]

    def _on_agenda(self, sights: list[Sight]) -> list[uuid.UUID]:
        """Today's, in the order of the day; those without a time come last."""
        rows = [one for one in sights if one.date == self.today]
        rows.sort(key=lambda one: (one.start_time is None, one.start_time or dt.time(), one.pk))
        return [one.pk for one in rows[:MOST]]

    def _before_today(self, sights: list[Sight]) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
        """What waits to be logged and what lacks something, the latest first.

        Today's own stand in the agenda with their button, and what she has begun to write stands as a draft.
        """
        begun = {draft.key for draft in self.drafts}
        rows = [one for one in sights if one.date != self.today and one.pk not in begun]
        rows.sort(key=lambda one: (one.ends_at, one.pk), reverse=True)
        waiting = [one.pk for one in rows if one.state == PLANNED and one.ends_at <= self.now]
        incomplete = [
            one.pk for one in rows if one.state == HELD and one.completeness == Session.Completeness.DRAFT
        ]
        return waiting, incomplete

    def _shown(self, keys: list[uuid.UUID]) -> dict[uuid.UUID, Any]:
        return {one.pk: one for one in day_questions.shown(keys=keys)}

    def _waiting(self, session: Session) -> ToLog:
        engagement = session.engagement
        return ToLog(
            engagement.company, engagement.current_stage.number, session=session, missing=_missing(session)
        )

    def _drafts(self) -> list[SessionDraft]:
        drafts = day_questions.drafts(coach=self.user.pk)
        if not drafts:
            return []
        # A company that has become confidential to her is not named by an old draft.
        visible = day_questions.visible(self.user, {one.company_id for one in drafts if one.company_id})
        for draft in drafts:
            if draft.company_id not in visible:
                draft.company = None
        return drafts

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
        return self.older_count + sum(one.state == PLANNED or bool(_missing(one)) for one in self.before_now)

    @property
    def is_incomplete_cut(self) -> bool:
        """Whether more sessions lack something than the page names."""
        return self.incomplete_count > INCOMPLETE

    @property
    def open_actions(self) -> int:
        """All of her own open actions, counted together with what she has done this month."""
        return self._action_counts.get(Action.Status.OPEN, 0)

    def _quiet(self, engagements: list[Any]) -> list[Quiet]:
        limit = self.today - dt.timedelta(days=coached.QUIET_DAYS)
        found = [
            one for one in engagements if not one.is_planned and (one.last_held_on or one.started_on) < limit
        ]
        # Those who were never met come last.
        found.sort(key=lambda one: (one.last_held_on is None, one.last_held_on or one.started_on, one.pk))
        found = found[:MOST]
        ticks = self._ticks(found)
        return [
            Quiet(one, (self.today - (one.last_held_on or one.started_on)).days, ticks.get(one.pk, []))
            for one in found
        ]

    def _ticks(self, engagements: list[Engagement]) -> dict[int, list[float]]:
        if not engagements:
            return {}
        since = self.today - dt.timedelta(days=coached.YEAR)
        keys = [one.pk for one in engagements]
        ticks: dict[int, list[float]] = {}
        for engagement, day in day_questions.held_days(engagements=keys, since=since, today=self.today):
            ticks.setdefault(engagement, []).append(
                round(100 - (self.today - day).days * 100 / coached.YEAR, 1)
            )
        return ticks

    def _month(self, sights: list[Sight], companies: int) -> Month:
        held = [one for one in sights if one.state == HELD and self._is_this_month(one.date)]
        first = self.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        self._action_counts: dict[str, int] = dict(
            day_questions.action_counts(coach=self.user.pk, since=first)
        )
        minutes = sum(one.minutes or 0 for one in held)
        met = len({one.company for one in held})
        return Month(len(held), minutes, met, companies, self._action_counts.get(Action.Status.DONE, 0))

    def _is_this_month(self, day: dt.date) -> bool:
        return (day.year, day.month) == (self.today.year, self.today.month)


def _missing(session: Any) -> list[Missing]:
    lacks: list[Missing] = session.lacks(
        has_contacts=bool(session.people), has_strategies=session.has_strategies
    )
    return lacks
