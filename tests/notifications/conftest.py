"""Rules of our own to try the delivery with: `single` for one mail a row, `bundled` for one mail a morning."""

import copy
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from coachnet.notifications import actions
from coachnet.notifications.models import Notification
from coachnet.notifications.registry import RULES, Letter, Rule

Prepare = Callable[[Notification], Letter | Notification.Reason]


class Probe:
    """What the rules answer: a letter with the row's occurrence, unless told otherwise by occurrence."""

    def __init__(self) -> None:
        self.answers: dict[str, Letter | Notification.Reason | Exception] = {}
        self.seen: list[str] = []

    def prepare(self, row: Notification) -> Letter | Notification.Reason:
        self.seen.append(row.occurrence)
        answer = self.answers.get(row.occurrence) or Letter("probe/letter", {"number": row.occurrence})
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def probe(monkeypatch, settings) -> Probe:
    """Registers the rules `single`, `bundled` and `must` for one test."""
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [*templates[0]["DIRS"], Path(__file__).parent / "templates"]
    settings.TEMPLATES = templates
    probe = Probe()
    words = ("Kommer när det är dags.", probe.prepare)
    for rule in (
        Rule("single", "Regel single", *words),
        Rule("bundled", "Regel bundled", *words, bundles=True),
        Rule("must", "Regel must", *words, can_turn_off=False),
    ):
        monkeypatch.setitem(RULES, rule.key, rule)
    return probe


@pytest.fixture
def due(probe, monkeypatch):
    """Queue mails that are due, and let no worker know: `due(coach, "single", "1", "2")` gives their rows."""
    monkeypatch.setattr(actions, "send_soon", lambda: None)

    def queue(to, rule, *occurrences, ago=dt.timedelta(minutes=1), about=None):
        when = timezone.now() - ago
        wanted = [actions.Wanted(rule, to, occurrence, when) for occurrence in occurrences]
        thing = about or to
        actions.post(thing, wanted)
        return list(
            Notification.objects.about(thing).filter(rule=rule, occurrence__in=occurrences).order_by("pk")
        )

    return queue
