"""Kernels come up: many at once, and elsewhere when one does not."""

import sys
from pathlib import Path

import papermill
import pytest
from followup.chain import builders, execution, stages
from followup.chain.execution import StageFailed
from followup.chain.kernels import KernelNotStarted
from followup.chain.stages import Stage
from followup.chain.warm_kernels import CAN_FORK, WarmParent, warm
from nbformat import validator
from nbformat.v4 import new_code_cell, new_notebook, writes

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from hundred_starts import starts

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Writes a notebook whose one cell leaves a line in a file each time it is run, and then does what it is told."""
    (tmp_path / "runtime").mkdir()
    monkeypatch.setattr(stages, "NOTEBOOKS", tmp_path)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))

    def written(last: str) -> Stage:
        source = f"with open('ran', 'a') as file:\n    print('once', file=file)\n{last}"
        cells = [new_code_cell("cohort = '1'", metadata={"tags": ["parameters"]}), new_code_cell(source)]
        (tmp_path / "tiny.ipynb").write_text(writes(new_notebook(cells=cells)), encoding="utf-8")
        return Stage("tiny")

    return written


def test_a_hundred_kernels_started_four_at_a_time_all_come_up():
    assert starts(100, at_once=4) == []


@pytest.mark.skipif(not CAN_FORK, reason="kernels are not forked here")
def test_when_the_process_that_forks_kernels_is_gone_they_are_started_on_their_own(notebook, tmp_path):
    with warm([]):
        WarmParent.current.process.kill()
        WarmParent.current.process.wait()
        executed = execution.execute(notebook("1 + 1"), "1", tmp_path / "out" / "tiny.ipynb")
    assert [cell.execution_count for cell in executed.cells if cell.source] == [
        1,
        2,
        2,
    ]  # papermill's own does not count


@pytest.mark.skipif(not CAN_FORK, reason="kernels are not forked here")
def test_a_kernel_finds_imported_what_it_needs_soonest_and_waits_for_nothing_else(notebook, tmp_path, monkeypatch):
    for name, seconds in (("needed", 2), ("too", 0), ("later", 0)):
        (tmp_path / f"{name}_here.py").write_text(f"import time\ntime.sleep({seconds})", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    asks = "import sys\nprint(*sorted(name for name in sys.modules if name.endswith('_here')))"
    with warm(["later_here", "needed_here", "too_here"]):
        WarmParent.current.import_first(["needed_here", "too_here"])
        executed = execution.execute(notebook(asks), "1", tmp_path / "out" / "tiny.ipynb")
    assert executed.cells[-1].outputs[0].text == "needed_here too_here\n"


def test_a_kernel_that_never_came_up_gets_one_more_start_and_no_third(notebook, tmp_path, monkeypatch):
    real, asked = papermill.execute_notebook, []

    def fails(times: int):
        def execute(*named, **settings):
            asked.append(named)
            if len(asked) <= times:
                raise KernelNotStarted("the kernel ended before it answered")
            return real(*named, **settings)

        return execute

    monkeypatch.setattr(papermill, "execute_notebook", fails(1))
    execution.execute(notebook("1 + 1"), "1", tmp_path / "out" / "tiny.ipynb")
    assert (len(asked), (tmp_path / "ran").read_text()) == (2, "once\n")
    asked.clear()
    monkeypatch.setattr(papermill, "execute_notebook", fails(9))
    with pytest.raises(StageFailed, match="tiny"):
        execution.execute(notebook("1 + 1"), "1", tmp_path / "out" / "tiny.ipynb")
    assert len(asked) == 2


def test_a_cell_that_fails_is_not_run_again(notebook, tmp_path):
    with pytest.raises(StageFailed) as stop:
        execution.execute(notebook("fail"), "1", tmp_path / "out" / "tiny.ipynb")
    assert "NameError" in stop.value.cause
    assert (tmp_path / "ran").read_text() == "once\n"


def test_what_every_build_needs_of_a_library_is_made_once_before_they_are_forked(monkeypatch):
    monkeypatch.setattr(validator, "validators", {})
    for name in ("import_quietly", "modules_of_stages"):
        monkeypatch.setattr(builders, name, lambda *_: None)
    builders._import_for_all()
    assert list(validator.validators) == [("fastjsonschema", 4, 5, False)]
