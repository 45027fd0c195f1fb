"""Two beats tick at once: each reminder goes once."""

import time

from tools.drill import reminders
from tools.drill.stage import Stage


def run(stage: Stage, size: int) -> list[str]:
    """Two beats, two workers, everything due at once."""
    reminders.plant(size)
    stage.sink.clear()
    stage.crew(workers=2, beats=2)
    reminders.wait_for(stage, 0.1, size)
    began, before = time.monotonic(), stage.sink.count
    stage.wait(lambda: reminders.unfinished() == 0, "nothing left to send")
    seconds = time.monotonic() - began
    print(f"  {(stage.sink.count - before) / seconds:.0f} mails a second with two workers")
    time.sleep(3)  # one more tick of each
    return reminders.judge(stage, size)
