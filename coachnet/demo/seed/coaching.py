"""A year of invented coaching, told backwards from today, so that the demo is alive whenever it is planted."""

import datetime as dt
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from django.utils import timezone

from coaching.actions import (
    NextStep,
    SessionEntry,
    change_stage,
    complete_action,
    log_session,
    start_engagement,
)
from coaching.models import Action, Engagement, Programme, Session, Stage
from coachnet.accounts.models import User
from coachnet.demo.seed.companies import Invented
from companies.models import CircularStrategy, Company

FILE = Path(__file__).parents[1] / "data" / "sessions.toml"
DAYS_BETWEEN = (16, 38)
STARTS = (dt.time(8, 30), dt.time(9), dt.time(10), dt.time(13), dt.time(13, 30), dt.time(15))
# How a company's sessions are spread over the stages it has been through.
SHARE = {Stage.CONTACT: 1, Stage.BASELINE: 2, Stage.PLAN: 3, Stage.IMPLEMENTATION: 4, Stage.FOLLOW_UP: 2}


@dataclass(frozen=True)
class Told:
    """One session to be logged: when, in which stage, and what was said (a table of the file)."""

    day: dt.date
    stage: Stage
    said: dict[str, Any]


class Teller:
    """Tells each company's year. The same seed gives the same year."""

    def __init__(self, programme: Programme, today: dt.date) -> None:
        self.programme, self.today = programme, today
        self.random = Random(2026)  # noqa: S311
        self.said = tomllib.loads(FILE.read_text(encoding="utf-8"))
        self.strategies = {strategy.code: strategy for strategy in CircularStrategy.objects.all()}

    def tell(self, line: Invented, company: Company, *, lead: User, last_days_ago: int) -> Engagement:
        """Start the engagement, log its sessions, the last so many days ago, and settle their actions."""
        year = list(self._year(line, last_days_ago))
        engagement = start_engagement(
            by=lead,
            company=company,
            programme=self.programme,
            goals=f"Prova {line.idea} med en kund och veta vad det kostar.",
            started_on=year[0].day,
        )
        for told in year:
            self._log(told, line, company, lead)
        final = Stage(line.stage)
        if Engagement.objects.get(pk=engagement.pk).stage != final:
            change_stage(by=lead, engagement=engagement, stage=final, on=year[-1].day)
        self._settle(engagement, lead)
        return engagement

    def _year(self, line: Invented, last_days_ago: int) -> Iterator[Told]:
        """The company's sessions, oldest first, on working days."""
        stages = [stage for stage in Stage if stage.number <= Stage(line.stage).number]
        many = int(line.sessions)
        weights = [SHARE.get(stage, 2) for stage in stages]
        planned = [stage for stage, weight in zip(stages, weights, strict=True) for _ in range(weight)]
        # As many as told, evenly over the stages, the last in the present one.
        chosen = [planned[(place * len(planned)) // many] for place in range(many - 1)] + [stages[-1]]
        days = [_working_day(self.today - dt.timedelta(days=last_days_ago))]
        for _ in chosen[1:]:
            days.append(_working_day(days[-1] - dt.timedelta(days=self.random.randint(*DAYS_BETWEEN))))
        seen: dict[Stage, int] = {}
        for day, stage in zip(reversed(days), chosen, strict=True):
            said = self.said[stage.value]
            yield Told(day, stage, said[seen.get(stage, 0) % len(said)])
            seen[stage] = seen.get(stage, 0) + 1

    def _log(self, told: Told, line: Invented, company: Company, lead: User) -> Session:
        contacts = list(company.contacts.all())
        words = {
            "product": line.product,
            "idea": line.idea,
            "company": line.name,
            "contact": contacts[0].name.split()[0],
        }
        codes = [line.main_strategy, *line.strategies.split()]
        owner = contacts[-1] if told.said["owner"] == "contact" else lead
        entry = SessionEntry(
            date=told.day,
            start_time=self.random.choice(STARTS),
            minutes=told.said["minutes"],
            preparation_minutes=told.said.get("preparation"),
            travel_minutes=told.said.get("travel"),
            channel=told.said["channel"],
            place=line.municipality if told.said["channel"] == "on_site" else "",
            note=told.said["note"].strip().format(**words),
            contacts=tuple(self.random.sample(contacts, k=self.random.randint(1, len(contacts)))),
            strategies=tuple(self.strategies[code] for code in codes[: self.random.randint(1, len(codes))]),
            next_steps=(
                NextStep(
                    uuid.UUID(int=self.random.getrandbits(128), version=4),
                    told.said["step"],
                    owner,
                    told.day + dt.timedelta(days=self.random.randint(10, 45)),
                ),
            ),
            stage=told.stage,
        )
        return log_session(by=lead, company=company, entry=entry)

    def _settle(self, engagement: Engagement, lead: User) -> None:
        """What was due long ago has been done, nearly always."""
        due = Action.objects.filter(engagement=engagement, due_on__lt=self.today - dt.timedelta(days=5))
        for action in due.order_by("due_on", "pk"):
            if self.random.random() < 0.95:
                assert action.due_on
                complete_action(by=lead, action=action, at=_afternoon(action.due_on))


def _afternoon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(15)))


def _working_day(day: dt.date) -> dt.date:
    """The day, or the Friday before a weekend."""
    return day - dt.timedelta(days=max(0, day.weekday() - 4))
