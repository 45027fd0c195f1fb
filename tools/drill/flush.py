"""Valkey is emptied midway: everything due still goes out."""

import time

from tools.drill import reminders
from tools.drill.stage import Stage


def run(stage: Stage, size: int) -> list[str]:
    """One beat, two workers, FLUSHALL at 40 per cent."""
    reminders.plant(size)
    stage.sink.clear()
    stage.crew(workers=2, beats=1)
    reminders.wait_for(stage, 0.4, size)
    stage.flush()
    began = time.monotonic()
    print(f"  FLUSHALL after {stage.sink.count} mails")
    stage.wait(lambda: reminders.unfinished() == 0, "nothing left to send")
    print(f"  the rest went out within {time.monotonic() - began:.1f} s")
    return reminders.judge(stage, size)
