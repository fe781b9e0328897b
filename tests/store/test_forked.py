"""Work in a fork: what it gives is the same, and where the fork fails it is done in this process."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from followup.store import forked

pytestmark = pytest.mark.skipif(not forked.CAN_FORK, reason="no process is forked here")


def test_the_result_is_sent_back_from_a_process_of_its_own():
    size = 3_000_000  # more than a pipe holds
    results = [forked.begun(lambda sign=sign: (sign * size, os.getpid())) for sign in (b"a", b"b")]
    (first, one), (second, other) = [result() for result in results]
    assert (first, second) == (b"a" * size, b"b" * size)
    assert len({one, other, os.getpid()}) == 3


def test_an_error_is_raised_here():
    def work():
        raise ValueError("two pages have one name")

    with pytest.raises(ValueError, match="one name"):
        forked.begun(work)()


def test_what_a_fork_that_was_killed_had_to_do_is_done_here():
    here = os.getpid()

    def work():
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return "done"

    assert forked.begun(work)() == "done"


def test_where_nothing_can_be_forked_the_work_waits_until_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(forked, "CAN_FORK", False)
    assert forked.begun(os.getpid)() == os.getpid()


def test_a_thread_of_many_does_its_work_itself():
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: forked.begun(os.getpid)()).result() == os.getpid()
