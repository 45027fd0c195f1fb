"""A limit on how long a block may take, whatever it waits for."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# Python swallows what is raised while it clears up (in __del__, in the callback of a weak reference): so often it is
# said again until the block has ended.
AGAIN_SECONDS = 0.5


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block when it takes longer.

    A time-out of a socket counts each answer by itself: a server that drips would hold us for as long as it likes.
    Needs a signal, so it works in a process's main thread (Celery's workers); elsewhere it limits nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    is_over = False

    def stop(number: int, frame: FrameType | None) -> None:
        if not is_over:
            raise TimeoutError(f"took more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        is_over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
