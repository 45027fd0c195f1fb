"""What lists of companies show of coaching: stage, latest session, rhythm, next step.

Coaching lies in a higher layer, which this one may not import. Its models are reached through the relations
they declare to Company, and what a person may read is decided by their own QuerySets.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, ngettext

from coachnet.accounts.models import User
from coachnet.accounts.readers import May, reader, told_of
from coachnet.lib.standing import Among, Given, standing
from coachnet.lib.templatetags.formats import days, iso_day, relative_day
from companies import organisation_number
from companies.models import Company
from companies.querysets import NEVER

# What a list shows of an engagement.
_STANDING = ("company", "stage", "started_on")
QUIET_DAYS = 45
YEAR = 365


def _related(model: type[models.Model], name: str) -> Any:
    related = model._meta.get_field(name).related_model
    assert isinstance(related, type)
    return related


def engagement_model() -> Any:
    """coaching.Engagement."""
    return _related(Company, "engagements")


def sessions() -> Any:
    """Every coaching.Session, as its own QuerySet."""
    return _related(engagement_model(), "sessions").objects.all()


def actions() -> Any:
    """Every coaching.Action, as its own QuerySet."""
    return _related(engagement_model(), "actions").objects.all()


def part_of(model: Any, name: str) -> Any:
    """The objects of a model that points to this one, by the name of the relation."""
    return _related(model, name).objects


def stage_choices() -> list[tuple[str, Any]]:
    """The six stages, in order."""
    return list(engagement_model()._meta.get_field("stage").choices)


class Shape(NamedTuple):
    """What decides how a row looks. The rest of it is words."""

    stage: int
    is_confidential: bool
    has_strategy: bool
    is_heard: bool
    is_quiet: bool
    has_step: bool
    is_due: bool
    is_late: bool


@dataclass
class Row:
    """One company in the list."""

    company: Company
    last_on: dt.date | None = None
    stage: int = 0
    stage_name: str = ""
    coached_since: dt.date | None = None
    ticks: list[float] = field(default_factory=list)
    next_step: Any = None
    today: dt.date = field(default_factory=timezone.localdate)

    @property
    def days_since(self) -> int | None:
        """Days since the latest session that was held."""
        return (self.today - self.last_on).days if self.last_on else None

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has been heard for long, while the coaching goes on."""
        if not self.stage or self.coached_since is None:
            return False
        heard = max(self.last_on or self.coached_since, self.coached_since)
        return (self.today - heard).days > QUIET_DAYS

    @property
    def last_ago(self) -> str:
        """How long ago that was, in the fewest words: "i dag", "63 dagar". Nothing for never."""
        since = self.days_since
        return days(since) if since else relative_day(self.last_on, "capital")

    @property
    def place(self) -> str:
        """The municipality, or nothing."""
        return str(self.company.municipality or "")

    @property
    def held_words(self) -> str:
        """How many sessions were held in the year, in words."""
        return _held_words(len(self.ticks), get_language())

    @property
    def shape(self) -> Shape:
        """How the row looks in the list."""
        company, due_on = self.company, self.due_on
        return Shape(
            *(self.stage, company.is_confidential, bool(company.main_strategy_id)),
            *(self.last_on is not None, self.is_quiet, bool(self.next_step)),
            *(due_on is not None, due_on is not None and due_on < self.today),
        )

    @property
    def due_on(self) -> dt.date | None:
        """When the next step is due."""
        day: dt.date | None = self.next_step.due_on if self.next_step else None
        return day

    @property
    def step_day(self) -> str:
        """That day in words, or nothing."""
        return iso_day(self.due_on)

    @property
    def place_and_stage(self) -> str:
        """What stands beside the name in a list of hits."""
        return " · ".join(filter(None, (self.place, self.stage_name)))

    @property
    def meta(self) -> str:
        """What tells companies of like names apart when one is chosen."""
        number = organisation_number.shown(self.company.organisation_number)
        return " · ".join(filter(None, (self.place, number)))


@lru_cache(maxsize=500)
def _held_words(held: int, language: str | None) -> str:
    return ngettext("%(held)s tillfälle", "%(held)s tillfällen", held) % {"held": held}


def rows_for(companies: Iterable[Company], user: User) -> list[Row]:
    """The companies (annotated by `with_heard_on`) as rows, at three queries however many they are.

    A next step is shown only to those who may read the action plan.
    """
    today = timezone.localdate()
    rows = {company.pk: Row(company, last_on=_last_on(company), today=today) for company in companies}
    found = _engagements_in_list(user.permissions, companies=list(rows), **told_of(user))
    engagements = {one.pk: one for one in found}
    for engagement in engagements.values():
        if engagement.is_open:
            _tell_stage(rows[engagement.company_id], engagement)
    for engagement, ticks in _ticks(engagements).items():
        rows[engagements[engagement].company_id].ticks += ticks
    for action in _next_steps(engagements=[one.pk for one in engagements.values() if one.is_read]):
        row = rows[engagements[action.engagement_id].company_id]
        row.next_step = min(filter(None, (row.next_step, action)), key=_soonest)
    return list(rows.values())


def hits_for(companies: Iterable[Company]) -> list[Row]:
    """The companies as rows with no more than their stage: what a list that answers while one types has room for."""
    rows = {company.pk: Row(company) for company in companies}
    for company, engagement in current_engagements(rows).items():
        _tell_stage(rows[company], engagement)
    return list(rows.values())


def _tell_stage(row: Row, engagement: Any) -> None:
    row.stage = engagement.current_stage.number
    row.stage_name = engagement.get_stage_display()
    row.coached_since = engagement.started_on


@standing
def _engagements_in_list(may: May) -> Any:
    """Those of the companies, the first begun first."""
    found = engagement_model().objects.filter(Among("company", "companies")).with_is_read(reader(may))
    return found.only(*_STANDING, "ended_on").order_by("started_on", "id")


@standing
def _next_steps() -> Any:
    """The first open action of each of the engagements."""
    first = actions().open().filter(Among("engagement", "engagements"))
    first = first.order_by("engagement_id", models.F("due_on").asc(nulls_last=True), "id")
    return first.distinct("engagement_id").only("what", "due_on", "engagement")


def _soonest(action: Any) -> tuple[dt.date, Any]:
    return action.due_on or dt.date.max, action.pk


def _last_on(company: Company) -> dt.date | None:
    heard: dt.date = getattr(company, "heard_on", NEVER)
    return heard if heard != NEVER else None


def current_engagements(companies: Iterable[int]) -> dict[int, Any]:
    """The open engagement of each company, the latest if there are several. One query."""
    return {one.company_id: one for one in _open_engagements(companies=list(companies))}


@standing
def _open_engagements() -> Any:
    found = engagement_model().objects.open().filter(Among("company", "companies"))
    return found.only(*_STANDING).order_by("started_on", "id")


def _ticks(engagements: Iterable[int]) -> dict[int, list[float]]:
    """When sessions were held in the last year, as percent of the year; 100 is today. One query."""
    today = timezone.localdate()
    ticks: dict[int, list[float]] = defaultdict(list)
    year_ago = today - dt.timedelta(days=YEAR)
    for engagement, day in _days_held(engagements=list(engagements), year_ago=year_ago, today=today):
        ticks[engagement].append(round(100 - (today - day).days * 100 / YEAR, 1))
    return ticks


@standing
def _days_held() -> Any:
    held = sessions().held().filter(Among("engagement", "engagements"))
    held = held.filter(date__gt=Given("year_ago"), date__lte=Given("today"))
    return held.order_by("-date").values_list("engagement", "date")
