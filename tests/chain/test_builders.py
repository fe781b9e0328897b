"""The process that builds ends with whoever asked it to build, even where it no longer answers."""

import os
import signal

import psutil
from followup.chain import builders


def test_a_process_that_does_not_end_is_killed(monkeypatch):
    """`make watch` said “Ended.” and hung: an interrupt that comes in the moment of a fork is lost."""
    monkeypatch.setattr(builders, "GRACE", 0.5)
    builder = builders.Builder()
    os.kill(builder.process.pid, signal.SIGSTOP)
    builder.interrupt()
    builder.close()
    assert not psutil.pid_exists(builder.process.pid)


def test_one_that_has_nothing_to_build_ends_by_itself():
    builder = builders.Builder()
    builder.close()
    assert builder.process.exitcode == 0
