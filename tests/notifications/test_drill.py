"""The drills, small: real Celery workers and beats as processes, killed and starved. `make drill` runs them large."""

import re
import subprocess
import sys

import pytest
from django.db import connection

from coachnet.lib.embedded import PROJECT

SIZE = 60


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_promise_holds_when_workers_die_and_valkey_forgets():
    facts = connection.settings_dict
    database = f"postgresql:///{facts['NAME']}?host={facts['HOST']}&user={facts['USER']}"
    command = [sys.executable, "-m", "tools.drill", "beats", "flush", "kill"]
    done = subprocess.run(
        [*command, "--size", str(SIZE), "--database", database],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    said = done.stdout
    assert done.returncode == 0, said + done.stderr
    assert said.count("  kept, after") == 3
    assert said.count(f"{SIZE} due, {SIZE} arrived, 0 lost") == 3
    assert said.count("FLUSHALL after") == 1
    # The control: killed at the worst moment, a mail does go twice, and looks like the same mail.
    repeated = re.search(r"of those that came twice, (\d+) with the same Message-ID, 0 more than twice", said)
    assert repeated
    assert 1 <= int(repeated[1]) <= 2


def test_a_broken_promise_is_told(monkeypatch, capsys):
    """The judge can find fault: one lost, one with another Message-ID, one three times."""
    from tools.drill import reminders
    from tools.drill.stage import Stage

    class Rows:
        class objects:  # noqa: N801
            @staticmethod
            def filter(state):
                return Rows

        @staticmethod
        def count():
            return 3

    monkeypatch.setattr(reminders, "Notification", Rows)
    stage = Stage()
    for address, ids in {"a": ["1"], "b": ["2", "3"], "c": ["4", "4", "4"]}.items():
        stage.sink.taken[address] = ids
    faults = reminders.judge(stage, 4, duplicates_allowed=2)
    assert len(faults) == 3
    assert "4 due, 3 arrived, 1 lost, 2 twice" in capsys.readouterr().out
