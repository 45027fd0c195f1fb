"""One of two workers is killed midway, the other at the worst moment: none lost, repeats look like repeats."""

import asyncio
from threading import Event

from tools.drill import reminders
from tools.drill.stage import Stage
from tools.drill.worker import LEASE_SECONDS


def run(stage: Stage, size: int) -> list[str]:
    """SIGKILL at 30 per cent, whenever that is; the other at 60, between "250 OK" and its commit; a third ends it."""
    reminders.plant(size)
    stage.sink.clear()
    stage.crew(workers=2, beats=1)
    reminders.wait_for(stage, 0.3, size)
    stage.kill(stage.workers.pop(0))
    print(
        f"  SIGKILL after {stage.sink.count} mails; its rows come back when its lease of {LEASE_SECONDS} s is over"
    )
    reminders.wait_for(stage, 0.6, size)
    _kill_before_answer(stage)
    print(f"  SIGKILL after {stage.sink.count} mails, the last taken and not yet answered")
    stage.crew(workers=1, beats=1)
    stage.wait(lambda: reminders.unfinished() == 0, "nothing left to send")
    # One mail in the hands of each of the two.
    return reminders.judge(stage, size, duplicates_allowed=2)


def _kill_before_answer(stage: Stage) -> None:
    """Hold the answer to the next mail until its sender is dead."""
    is_waiting, is_killed = Event(), Event()

    async def hold() -> None:
        is_waiting.set()
        while not is_killed.is_set():
            await asyncio.sleep(0.01)

    stage.sink.before_answer = hold
    stage.wait(is_waiting.is_set, "the worker waiting for the mail server")
    stage.kill(stage.workers.pop())
    stage.sink.before_answer = None
    is_killed.set()
