"""What a history calls things: with all that a name is made of fetched along."""

from typing import Any

import pytest

from coachnet.audit import names, timeline
from coachnet.audit.protection import event_models, tracked_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("network")]


def test_nothing_that_history_names_asks_for_its_name_row_by_row(django_assert_num_queries: Any) -> None:
    """A relation that `__str__` follows stands in `named_by`."""
    seen = 0
    for events in event_models():
        model = tracked_by(events)
        keys = list(model._default_manager.values_list("pk", flat=True)[:20])
        found = names._fetch(model, set(keys))
        seen += bool(found)
        with django_assert_num_queries(0):
            assert all(map(str, found.values())), model
    assert seen >= 18


def test_no_deed_asks_for_a_name_that_was_not_gathered(django_assert_num_queries: Any) -> None:
    seen = set()
    keys = timeline.keys_of(map(timeline.Source, event_models()), before=None, size=2000)
    rows = timeline.rows_of(keys).values()
    gathered = names.Names.gather(rows)
    with django_assert_num_queries(0):
        for row in rows:
            model = timeline.tracked_model(row.source)
            if not model._meta.auto_created:
                assert gathered.title(model, row.after), (model, row.after)
                seen.add(model)
    assert len(seen) >= 16
