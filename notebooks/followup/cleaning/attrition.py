"""The attrition flow: from everyone on the roster to the answers that can be linked, adding up at every step."""

from collections.abc import Iterator

import pandas as pd
from matplotlib.figure import Figure

from followup import language as lang
from followup.cleaning.clean import Clean, CleanWave
from followup.cleaning.submissions import SET_ASIDE
from followup.language import Text
from followup.problems import InputProblems, Problem, raise_problems
from followup.report.charts.answer_charts import (
    HIGH,
    LINE,
    QUIET,
    TEXT_SIZE,
    _alternative,
    _line,
    _rows_on,
    _style,
    _without_frame,
)
from followup.study.cohort import Cohort
from followup.words.columns import Vocabulary

COLUMNS = ["wave", "step", "n", "left_out"]


def attrition(cohort: Cohort, clean: Clean, everyone: pd.DataFrame) -> pd.DataFrame:
    """People left after each step, and how many it left out: wave, step, n, left_out; empty without a roster.

    A step is "participants" (the roster), "answered", "linked", or the reason for which people are left out. Anonymous
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
    ends = {"answered": len(wave.respondents), "linked": int((everyone["link"] == "linked").sum())}
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
    if len(cohort.waves) == 2 and cohort.params.link != "unlinked":
        yield "one_wave_only", int((everyone[f"responded_{wave.wave}"] & (everyone["link"] != "linked")).sum())
        yield "linked", 0


def _of_those_asked(silent: int, not_asked: int, cohort: Cohort, wave: CleanWave) -> int:
    """Those asked who sent nothing, of all who sent nothing; some who sent something cannot have been left unasked."""
    if silent < not_asked:
        what = f"{not_asked} participants were not asked, but only {silent} sent nothing"
        remedy = f"correct waves.{wave.wave}.asked in params/{cohort.name}.yaml"
        raise InputProblems([Problem(what, remedy, f"params/{cohort.name}.yaml", column=f"waves.{wave.wave}.asked")])
    return silent - not_asked


def attrition_bars(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Each wave from the roster down: a bar for those still there at each step, paler where it left people out."""
    waves = [part.reset_index(drop=True) for _, part in frame.groupby("wave", sort=False)]
    with _style():
        figure = Figure(figsize=(7.2, sum(0.7 + 0.4 * len(part) for part in waves)), layout="constrained")
        panels = figure.subplots(len(waves), squeeze=False, height_ratios=[len(part) for part in waves])[:, 0]
        for axes, part in zip(panels, waves, strict=True):
            _flow_panel(axes, part, words, language)
            axes.set_title(_line(words(part["wave"].iloc[0], language), language), fontsize=TEXT_SIZE + 1)
    return figure, _alternative(TITLE, [_said(row, words, language) for row in frame.itertuples()], language)


TITLE = Text("מן הרשימה אל המשיבים", "From the roster to the respondents")


def _flow_panel(axes, part: pd.DataFrame, words: Vocabulary, language: str) -> None:
    _without_frame(axes)
    axes.barh(part.index, part["n"], color=HIGH, height=0.62)
    axes.barh(part.index, part["left_out"], left=part["n"], color=LINE, height=0.62)
    total = part["n"].iloc[0]
    for row in part.itertuples():
        axes.text(row.n / 2, row.Index, lang._plain(row.n, 0), color="white", ha="center", va="center_baseline")
        if row.left_out:
            gone = lang._plain(-row.left_out, 0)
            axes.text(
                row.n + row.left_out + total / 60,
                row.Index,
                gone,
                color=QUIET,
                va="center_baseline",
                ha="right" if language == "he" else "left",
            )
    _rows_on(axes, [words(step, language) for step in part["step"]], language)
    axes.set_xlim(*((total * 1.12, 0) if language == "he" else (0, total * 1.12)))
    axes.set_xticks([])


def _said(row, words: Vocabulary, language: str) -> str:
    """One step in words, for the text alternative."""
    gone = f" ({lang.number(-row.left_out)[language]})" if row.left_out else ""
    return f"{words(row.wave, language)}, {words(row.step, language)}: {lang.number(row.n)[language]}{gone}"
