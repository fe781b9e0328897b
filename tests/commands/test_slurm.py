"""The Slurm scripts of params/README.md, with a make and an sbatch that only write down how they were called."""

import os
import re
import subprocess
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "params" / "README.md").read_text(encoding="utf-8").split("**On Slurm**")[1]
JOB, SUBMISSION = re.findall(r"```sh\n(.*?)```", README, re.S)[:2]


@pytest.fixture
def cluster(tmp_path):
    """Runs a script in a project with three cohorts; gives what make and sbatch were called with."""
    for folder in ("params", "build", "bin"):
        (tmp_path / folder).mkdir()
    for name in ("1", "2", "local-3"):
        (tmp_path / "params" / f"{name}.yaml").touch()
    for command in ("make", "sbatch"):
        (tmp_path / "bin" / command).write_text(
            f'#!/bin/sh\nprintf "%s|" {command} "$@" >> called\necho >> called\necho 7\n'
        )
        (tmp_path / "bin" / command).chmod(0o755)

    def run(script: str, **environment: str) -> list[list[str]]:
        (tmp_path / "script").write_text(script)
        path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
        subprocess.run(
            ["sh", "-eu", "script"], cwd=tmp_path, check=True, env={**os.environ, "PATH": path, **environment}
        )
        return [line.strip("|").split("|") for line in (tmp_path / "called").read_text().splitlines()]

    return run


def test_one_task_a_cohort_is_sent_and_the_comparison_after_them(cluster):
    assert cluster(SUBMISSION) == [
        ["sbatch", "--parsable", "--array=1-3", "build/reports.sbatch"],
        ["sbatch", "--dependency=afterany:7", "--wrap", "make compare"],
    ]


def test_each_task_makes_the_report_of_its_cohort(cluster):
    cluster(SUBMISSION)
    for task in ("1", "3"):
        called = cluster(JOB, SLURM_ARRAY_TASK_ID=task)
    assert called[-2:] == [["make", "report", "COHORT=1"], ["make", "report", "COHORT=local-3"]]
