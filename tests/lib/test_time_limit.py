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
