"""A block that takes too long is ended, whatever it waits for; one that does not is left alone."""

import signal
import threading
import time

import pytest

from coachnet.lib.time_limit import at_most


def test_a_block_that_waits_is_ended():
    began = time.monotonic()
    with pytest.raises(TimeoutError), at_most(0.05):
        time.sleep(5)
    assert time.monotonic() - began < 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_block_is_ended_although_python_swallowed_the_first_word():
    class Slow:
        def __del__(self):
            time.sleep(5)
            swallowed.append(0)  # not reached: it was ended here, and nobody heard

    swallowed: list[int] = []
    after: list[int] = []

    def work():
        Slow()
        after.append(1)
        time.sleep(5)

    began = time.monotonic()
    with pytest.raises(TimeoutError), at_most(0.05):
        work()
    assert (swallowed, after) == ([], [1])
    assert time.monotonic() - began < 2


def test_nothing_is_left_behind():
    before = signal.getsignal(signal.SIGALRM)
    with at_most(0.05):
        pass
    time.sleep(0.1)  # no alarm comes afterwards
    assert signal.getsignal(signal.SIGALRM) is before


def test_other_threads_are_not_limited():
    ended = []

    def work():
        with at_most(0.01):
            time.sleep(0.05)
            ended.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == [1]
