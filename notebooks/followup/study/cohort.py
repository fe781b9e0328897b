"""A cohort: its checked parameters, its codebook, and where its files are."""

import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from followup.language import LANGUAGES, in_order
from followup.problems import InputProblems, Problem, nearest, raise_problems
from followup.store import csv_tables
from followup.store.csv_tables import write_csv
from followup.store.freshness import COHORT_NAME, RELEASES
from followup.store.params_read import note, watched
from followup.study.codebook import Codebook, read_codebook
from followup.study.earlier_forms import to_upgrade
from followup.study.name_forms import plain_digits
from followup.study.params import PairOfWaves, Params
from followup.study.waves import pairs_by_default, wave_problems
from followup.study.wording import read_worded
from followup.study.yaml_files import read_values, with_lines

ROOT = Path(__file__).resolve().parents[3]
COMPARED = "compare"  # the folder in build/ of the page that compares cohorts
TAKEN = {COMPARED, "all", "bench", RELEASES}  # no names for a cohort: build/ and data/ have other things under them


@dataclass(frozen=True)
class Cohort:
    """A cohort opened for work: what is asked (codebook), what is particular (params), where things are."""

    name: str
    params: Params
    codebook: Codebook
    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data" / self.name

    @property
    def build(self) -> Path:
        return self.root / "build" / self.name

    @property
    def private(self) -> Path:
        """Row-level tables and executed notebooks: never sent to anyone."""
        return self.build / "private"

    @cached_property
    def waves(self) -> list[str]:
        return [wave for wave in self.codebook.waves if wave in self.params.waves]

    @cached_property
    def pairs(self) -> list[PairOfWaves]:
        """The pairs of waves that are compared, as far as both have answers: as planned, the main one first."""
        planned = self.params.analysis.pairs or pairs_by_default(self.codebook, self.waves)
        return [pair for pair in planned if {*pair.in_order} <= {*self.waves}]

    @property
    def groups(self) -> list[str]:
        """The groups compared in this cohort, in the codebook's order."""
        trait = self.params.groups_by
        return list(self.codebook.traits[trait].groups) if trait else []

    def read(self, table: str) -> pd.DataFrame:
        """A row-level table as `keep` wrote it; codes and names are text, the rest numbers or empty."""
        path = _made(self, "tables", table)
        names = pd.read_csv(path, nrows=0).columns
        kept = pd.read_csv(
            path, dtype={name: "str" for name in names if name in TEXT_COLUMNS}, keep_default_na=False, na_values=[""]
        )
        return (
            csv_tables.read_columns(path.with_suffix(".columns"), kept) if list(names) == csv_tables.COLUMNS else kept
        )

    def keep(self, table: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Write a row-level table for the notebooks that follow, and give it back.

        One of more rows than a spreadsheet opens goes into a folder of columns, and its CSV says which.
        """
        path = self.private / "tables" / f"{table}.csv"
        large = len(frame) > csv_tables.MOST_IN_A_CSV
        write_csv(path, csv_tables.keep_columns(path.with_suffix(".columns"), frame) if large else frame)
        return frame


TEXT_COLUMNS = frozenset(
    [
        "participant",
        "respondent",
        "wave",
        "item",
        "scale",
        "group",
        "measure",
        "project",
        "ego",
        "alter",
        "kind",
        "meeting",
        "interview",
        "theme",
        "finding",
        "stance",
        "excerpt",
        "file",
        "column",
        "was",
        "became",
        "rule",
        "step",
        "reason",
        "missing_reason",
        "question",
        "option",
        "answered",
        "compared_with",
        "title",
        "verdict",
        "excerpt_he",
        "excerpt_en",
    ]
)


def cohort_names(root: Path = ROOT) -> list[str]:
    """The cohorts that have a params file, in order."""
    return sorted(path.stem for path in (root / "params").glob("*.yaml") if COHORT_NAME.fullmatch(path.stem))


def languages_of_all(root: Path, cohorts: Collection[str] | None = None) -> list[str]:
    """The languages that at least one cohort has, or one of `cohorts`; all where a file cannot be read, or there is none."""
    found: list[str] = []
    with suppress(InputProblems):
        for name in (name for name in cohort_names(root) if cohorts is None or name in cohorts):
            found += read_values(root / "params" / f"{name}.yaml", f"{name}.yaml")[0].get("languages", LANGUAGES)
        return in_order(found) or list(LANGUAGES)
    return list(LANGUAGES)


def open_cohort(name: str, root: Path | None = None) -> Cohort:
    """The cohort `name`, its params and codebook checked whole; raises `InputProblems` naming all that is wrong."""
    root = root or Path(os.environ.get("FOLLOWUP_ROOT", ROOT))
    _check_name(name, root)
    shown = f"params/{name}.yaml"
    try:
        params = read_worded(root / "params" / f"{name}.yaml", Params, shown)
        shown_codebook = f"params/questionnaires/{params.questionnaire}.yaml"
        codebook = read_codebook(root / shown_codebook, shown_codebook, params.languages, shown)
    except InputProblems:
        raise_problems(to_upgrade(root, name))  # in an earlier form they are not wrong, and one thing is to be done
        raise
    raise_problems(with_lines(list(_disagreements(name, params, codebook, shown)), root / shown))
    not_asked = {wave: answers.not_asked for wave, answers in params.waves.items()}
    return Cohort(name, watched(params), codebook.as_asked_in(name, not_asked), root)


def _check_name(name: str, root: Path) -> None:
    known = cohort_names(root)
    if name in TAKEN:
        raise InputProblems([Problem("no cohort can have this name", "call it something else", "COHORT", value=name)])
    if COHORT_NAME.fullmatch(name) and name in known:
        return
    near = nearest(name, known)
    remedy = f"did you mean COHORT={near}?" if near else "make new COHORT=… scaffolds a new cohort"
    raise InputProblems([Problem("there is no such cohort", remedy, "COHORT", value=name, allowed=", ".join(known))])


def _disagreements(name: str, params: Params, codebook: Codebook, file: str):
    """What the params name that the codebook, or the file's own name, does not know."""
    compared = codebook.traits[params.groups_by].groups if params.groups_by in codebook.traits else {}
    measures = [*codebook.scales, *codebook.items]
    if params.cohort != name:
        yield Problem(
            "the cohort's name is not the file's name", f'write cohort: "{name}"', file, None, "cohort", params.cohort
        )
    yield from _unknown("waves", params.waves, codebook.waves, file)
    yield from wave_problems(params, codebook, file)
    yield from _unknown("traits", [*params.traits, *filter(None, [params.groups_by])], codebook.traits, file)
    for key, family in params.analysis.families.items():
        yield from _unknown(f"analysis.families.{key}", [measure for measure, _ in family.pairs], measures, file)
        yield from _unknown(
            f"analysis.families.{key}.tests", [group for _, group in family.pairs], ["all", *compared], file, NO_GROUP
        )
    for gap in params.analysis.gaps:
        yield from _unknown("analysis.gaps", [gap.first, gap.second], compared, file, NO_GROUP)
        yield from _unknown("analysis.gaps.measures", gap.measures, measures, file)
    yield from _unknown("implications", params.implications, codebook.findings or codebook.scales, file, NO_FINDING)
    yield from _typed_numbers(params, file)


NO_FINDING = "no finding of the codebook has this name"
NO_GROUP = "this is not a group of the trait that groups_by names"


def _typed_numbers(params: Params, file: str) -> Iterator[Problem]:
    """A number that a person typed into what a finding may mean; a year is none."""
    for key, words in params.implications.items():
        found = [number for text in (words.he, words.en) for number in _numbers_in(text)]
        for number in [each for each in dict.fromkeys(found) if not re.fullmatch(r"(?:19|20)\d\d", each)]:
            yield Problem(
                "a number is typed into what a finding may mean",
                "say it without a number: those of the report come from its tables alone",
                file,
                None,
                f"implications.{key}",
                number,
                "words, and years",
            )


def _numbers_in(text: str) -> Iterator[str]:
    """The numbers in a text as they were typed: in digits of any script, and in signs such as ③."""
    yield from re.findall(r"\d+(?:[.,]\d+)*", text)
    pairs = ((sign, text[max(place - 1, 0) : place + 1]) for place, sign in enumerate(text) if not sign.isdecimal())
    yield from (sign for sign, pair in pairs if not plain_digits(pair).endswith(sign))


def _unknown(where: str, named, valid, file: str, what: str = "the codebook has no such name"):
    for word in named:
        if word not in valid:
            near = nearest(word, valid)
            remedy = f"did you mean “{near}”?" if near else "use one of the allowed names"
            yield Problem(what, remedy, file, None, where, word, ", ".join(valid))


def read_result(cohort: Cohort, name: str) -> pd.DataFrame:
    """A result kept by an earlier notebook, with what it knew of its columns; keys are text, the rest numbers or empty."""
    path = _made(cohort, "results", name)
    try:
        result = pd.read_csv(path, keep_default_na=False, na_values=[""])
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
    result.attrs |= csv_tables.read_attrs(path)
    return result


def _made(cohort: Cohort, folder: str, name: str) -> Path:
    """The file of a table that a notebook made; that this one reads it is noted for whoever runs it."""
    path = cohort.private / folder / f"{name}.csv"
    if not path.is_file():
        remedy = (
            f"run make report COHORT={cohort.name}; a notebook that reads it names the one that makes it, in “after” of "
            f"its metadata"
        )
        raise InputProblems([Problem("this table has not been made yet", remedy, f"{folder}/{name}.csv")])
    note(None, path.relative_to(cohort.root).as_posix())
    return path
