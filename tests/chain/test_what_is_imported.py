"""What a build imports, and when: the process that forks kernels starts before anything large is imported beside it."""

import subprocess
import sys

import pytest
from followup.chain.stages import NOTEBOOKS

LARGE = {"numpy", "pandas", "pydantic", "scipy", "statsmodels", "matplotlib", "papermill", "nbconvert", "openpyxl"}
SEEN = "import sys, {module}; print(*sorted({large} & sys.modules.keys()))"


def imported_with(module: str) -> set[str]:
    code = SEEN.format(module=module, large=LARGE)
    done = subprocess.run([sys.executable, "-c", code], cwd=NOTEBOOKS, check=True, capture_output=True, text=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["followup.chain.build", "followup.chain.warm_kernels"])
def test_nothing_large_is_imported_before_the_process_that_forks_kernels_starts(module):
    assert imported_with(module) == set()


def test_pages_are_published_without_what_only_kernels_count_with():
    assert imported_with("followup.publish.publication") <= {"numpy", "pandas", "pydantic", "nbconvert"}
