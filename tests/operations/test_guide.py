"""The guide for those who run Coachnet speaks of what is there."""

import re

import pytest
from django.core.management import get_commands
from django.utils import timezone

from coachnet.lib.embedded import PROJECT
from coachnet.operations import metrics, returning
from coachnet.operations.models import Pulse
from dashboards.models import Upkeep

GUIDE = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
ALERTS = (PROJECT / "deploy" / "alerts.yml").read_text(encoding="utf-8")
# What Prometheus makes of a counter and a histogram.
SUFFIX = re.compile(r"_(bucket|count|sum)$")


@pytest.mark.django_db
def test_every_metric_of_the_guide_is_measured_and_every_one_of_ours_is_explained():
    for name in (Pulse.SWEEP, Pulse.BACKUP, Pulse.PROOF):
        Pulse.objects.beat(name)
    Upkeep.objects.update_or_create(pk=1, defaults={"current_at": timezone.now()})
    returned = metrics.exposition().decode()
    measured = {
        SUFFIX.sub("", name)
        for name in re.findall(r"^# TYPE (coachnet_\w+)", returned, re.MULTILINE)
        if not name.endswith("_created")
    }
    told = {SUFFIX.sub("", name) for name in re.findall(r"\bcoachnet_(?!restored|before)\w+", GUIDE + ALERTS)}
    assert told - measured == set()
    assert measured - told == set()


def test_every_command_of_the_guide_exists():
    named = set(re.findall(r"manage\.py (\w+)", GUIDE))
    assert {"backup", "restore"} <= named
    assert named <= set(get_commands())


def test_names_of_databases_at_the_side_are_those_of_the_guide():
    for what in ("restored", "before"):
        assert f"coachnet_{what}_…" in GUIDE
        assert f"_{what}_" in returning.side_name(what)
