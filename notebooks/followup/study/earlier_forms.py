"""How params and codebooks were written earlier, so that one of last year is recognised and not called wrong.

`make upgrade` rewrites them (followup/commands/upgrade.py).
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from followup.problems import InputProblems, Problem
from followup.study.yaml_files import read_values


def is_earlier(values: dict) -> bool:
    """Whether the values of a params file or codebook are in an earlier form: see `has_one_language`, `without_when`."""
    return has_one_language(values) or bool(without_when(values))


def has_one_language(params: dict) -> bool:
    """Params that name the `language` of the notebooks; the pages were always in both."""
    return "language" in params and "languages" not in params


def without_when(codebook: dict) -> list[str]:
    """The waves of a codebook that have a name, and not `when`: how they stand in a sentence."""
    waves = codebook.get("waves")
    if "option_sets" not in codebook or not isinstance(waves, dict):
        return []
    return [wave for wave, words in waves.items() if isinstance(words, dict) and "when" not in words]


def earlier_files(root: Path, cohort: str) -> Iterator[str]:
    """Which of a cohort's files, params and codebook, are in an earlier form; one that cannot be read is not."""
    shown = f"params/{cohort}.yaml"
    with suppress(InputProblems):
        params, _ = read_values(root / shown, shown)
        if is_earlier(params):
            yield shown
        codebook = f"params/questionnaires/{params.get('questionnaire')}.yaml"
        if is_earlier(read_values(root / codebook, codebook)[0]):
            yield codebook


def to_upgrade(root: Path, cohort: str) -> Iterator[Problem]:
    """One problem that names a cohort's files in an earlier form and what rewrites them; none where there are none."""
    if files := list(earlier_files(root, cohort)):
        yield _one_problem(files, f"make upgrade COHORT={cohort}")


def codebook_to_upgrade(root: Path, questionnaire: str) -> Iterator[Problem]:
    """The same for a codebook alone."""
    shown = f"params/questionnaires/{questionnaire}.yaml"
    with suppress(InputProblems):
        if is_earlier(read_values(root / shown, shown)[0]):
            yield _one_problem([shown], "make upgrade")


def _one_problem(files: list[str], command: str) -> Problem:
    it, copy = ("it", "a copy of the old file") if len(files) == 1 else ("them", "copies of the old files")
    remedy = f"{command} rewrites {it}; comments stay, and {copy} will stand beside {it}"
    return Problem("written in an earlier form", remedy, " and ".join(files))
