"""The attrition flow: from everyone on the roster to the answers that can be linked, adding up at every step."""

from collections.abc import Iterator

import pandas as pd

from followup.cleaning.clean import Clean, CleanWave
from followup.cleaning.submissions import SET_ASIDE
from followup.problems import InputProblems, Problem, raise_problems
from followup.study.cohort import Cohort
from followup.study.waves import responded

COLUMNS = ["wave", "step", "n", "left_out"]


def attrition(cohort: Cohort, clean: Clean, everyone: pd.DataFrame) -> pd.DataFrame:
    """People left after each step, and how many it left out: wave, step, n, left_out; empty without a roster.

    A step is "participants" (the roster), "answered", "linked" (of two waves both, of more another one as well), or the reason for which people are left out. Anonymous
    answers cannot be told apart by person, so there whoever gave no answer that counts is one step. `everyone` is the
    table of participants with who responded in which wave.
    """
    if cohort.params.roster is None:
        return pd.DataFrame(columns=COLUMNS)
    tables = [_counted(cohort, wave, everyone) for wave in clean.waves]
    return pd.concat(tables, ignore_index=True)


def _counted(cohort: Cohort, wave: CleanWave, everyone: pd.DataFrame) -> pd.DataFrame:
    """The steps of one wave; those who are left at the end must be those whose answers are in the tables."""
    table = pd.DataFrame(_steps(cohort, wave, everyone), columns=["step", "left_out"]).assign(wave=wave.wave)
    table["n"] = cohort.params.roster.participants - table["left_out"].cumsum()
    ends = {"answered": len(wave.respondents), _linked(cohort): int(_again(cohort, wave, everyone).sum())}
    steps = table.set_index("step")["n"]
    raise_problems(
        Problem(
            f"{steps[step]} people should have {step}; {n} did", "this is a defect of cleaning: report it", wave.wave
        )
        for step, n in ends.items()
        if step in steps and steps[step] != n
    )
    return table[COLUMNS]


def _steps(cohort: Cohort, wave: CleanWave, everyone: pd.DataFrame) -> Iterator[tuple[str, int]]:
    """(step, people left out by it), from the roster on; each is counted by itself, not as what remains."""
    roster, settings = cohort.params.roster.participants, cohort.params.waves[wave.wave]
    asked = settings.asked or roster
    yield "participants", 0
    if asked < roster:
        yield "not_asked", roster - asked
    if cohort.params.identified:
        silent = int((~everyone["participant"].isin({*wave.respondents["respondent"], *wave.set_aside})).sum())
        yield "sent_nothing", _of_those_asked(silent, roster - asked, cohort, wave)
        reasons = list(wave.set_aside.values())
        yield from ((rule, reasons.count(rule)) for rule in SET_ASIDE if rule in reasons)
    else:
        yield "no_answer_counts", asked - len(wave.respondents)
    yield "answered", 0
    if len(cohort.waves) > 1 and cohort.params.link != "unlinked":
        yield "one_wave_only", len(wave.respondents) - int(_again(cohort, wave, everyone).sum())
        yield _linked(cohort), 0


def _linked(cohort: Cohort) -> str:
    """The step of those whose answers can be compared: of two waves whoever answered both, of more another one as well."""
    return "linked" if len(cohort.waves) == 2 else "linked_to_another"


def _again(cohort: Cohort, wave: CleanWave, everyone: pd.DataFrame) -> pd.Series:
    """Who answered this wave and at least one other."""
    return pd.concat(
        [responded(everyone, wave.wave, other) for other in cohort.waves if other != wave.wave]
        or [pd.Series(False, index=everyone.index)],
        axis=1,
    ).any(axis=1)


def _of_those_asked(silent: int, not_asked: int, cohort: Cohort, wave: CleanWave) -> int:
    """Those asked who sent nothing, of all who sent nothing; some who sent something cannot have been left unasked."""
    if silent < not_asked:
        what = f"{not_asked} participants were not asked, but only {silent} sent nothing"
        remedy = f"correct waves.{wave.wave}.asked in params/{cohort.name}.yaml"
        raise InputProblems([Problem(what, remedy, f"params/{cohort.name}.yaml", column=f"waves.{wave.wave}.asked")])
    return silent - not_asked
