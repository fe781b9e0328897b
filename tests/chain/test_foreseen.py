"""The process that kernels are forked from is started at once only where it is sure that a notebook will run."""

import subprocess
import sys

import pytest
from followup.chain.warm_kernels import CAN_FORK, WarmParent, begin, warm


def foreseen(checkout) -> list[str]:
    code = "from followup.chain.foreseen import sure_to_run; print(*(stage.name for stage in sure_to_run('small')))"
    asked = [sys.executable, "-c", code]
    told = subprocess.run(asked, cwd=checkout.notebooks, capture_output=True, text=True, check=True)
    return told.stdout.split()


def test_a_report_that_stands_needs_none_and_new_prose_needs_none(small):
    assert not foreseen(small)
    small.add_sentence("03_compare", "Nothing else was changed.")
    assert not foreseen(small)


def test_a_param_does_not_count_for_whether_it_matters_takes_longer_to_tell(small):
    small.replace("params/small.yaml", "seed: 7", "seed: 17")
    assert not foreseen(small)


CHANGES = {
    "code": (lambda small: small.add_code("03_compare", "1 + 1"), "03_compare"),
    "the lock file": (lambda small: (small.root / "requirements.lock").write_text("another"), "01_clean"),
    "data": (lambda small: next((small.root / "data" / "small").glob("*.csv")).write_text("another"), "01_clean"),
    "a table": (lambda small: (small.path("small", "private", "results") / "changes.csv").unlink(), "06_findings"),
    "a stamp": (
        lambda small: (small.path("small", "private", "stamps") / "06_findings.json").write_text("{"),
        "06_findings",
    ),
    "a module": (
        lambda small: (small.notebooks / "followup/analysis/anchors.py").write_text("another"),
        "03_compare",
    ),
}


@pytest.mark.parametrize("changed", CHANGES)
def test_a_notebook_will_surely_run_where_a_file_behind_it_is_another_one(small, changed):
    change, first = CHANGES[changed]
    change(small)
    assert foreseen(small)[0] == first


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
