"""Whether the process that kernels are forked from is started at once: only where it is sure that a notebook will run."""

import subprocess
import sys

import pytest
from followup.chain.warm_kernels import CAN_FORK, WarmParent, begin, warm


def foreseen(checkout) -> bool:
    code = "from followup.chain.foreseen import needs_a_kernel; print(needs_a_kernel('small'))"
    asked = [sys.executable, "-S", "-c", code]  # without packages: nothing slow is imported
    told = subprocess.run(asked, cwd=checkout.notebooks, capture_output=True, text=True, check=True)
    return {"True\n": True, "False\n": False}[told.stdout]


def test_a_report_that_stands_needs_none_and_new_prose_needs_none(small):
    assert not foreseen(small)
    small.add_sentence("03_compare", "Nothing else was changed.")
    assert not foreseen(small)


def test_a_param_does_not_count_for_whether_it_matters_takes_longer_to_tell(small):
    small.replace("params/small.yaml", "seed: 7", "seed: 17")
    assert not foreseen(small)


@pytest.mark.parametrize(
    "changed",
    [
        lambda small: small.add_code("03_compare", "1 + 1"),
        lambda small: (small.notebooks / "followup/statistics/top_box.py").write_text("another"),
        lambda small: (small.root / "requirements.lock").write_text("another"),
        lambda small: next((small.root / "data" / "small").glob("*.csv")).write_text("another"),
        lambda small: (small.path("small", "private", "results") / "changes.csv").unlink(),
        lambda small: (small.path("small", "private", "stamps") / "06_findings.json").write_text("{"),
    ],
    ids=["code", "a module", "the lock file", "data", "a table", "a stamp that was cut off"],
)
def test_a_notebook_will_surely_run_where_a_file_behind_it_is_another_one(small, changed):
    changed(small)
    assert foreseen(small)


@pytest.mark.skipif(not CAN_FORK, reason="kernels are not forked here")
def test_where_nothing_is_foreseen_the_process_starts_when_it_is_asked_for():
    with warm([], now=False):
        assert WarmParent.current is None
        begin()
        started = WarmParent.current
        begin()
        assert WarmParent.current is started is not None
    assert WarmParent.current is None
    begin()  # outside a build nothing is started
    assert WarmParent.current is None
