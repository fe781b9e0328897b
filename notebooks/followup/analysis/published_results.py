"""The published results of each cohort, as the comparison of cohorts reads them."""

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from followup.analysis.comparison import Comparison
from followup.disclosure.precision import RULES, nearest
from followup.language import LANGUAGES, Text, begun, both, columns, folded
from followup.problems import InputProblems, Problem
from followup.store.freshness import DRAFT, digest, last_sent, sha256_of
from followup.study.cohort import ROOT, Cohort, cohort_names, open_cohort

BOTH_WAVES = Text("המשיבים בשני השלבים", "those who answered both waves")
EITHER_WAVE = Text("כלל המשיבים, גם בשלב אחד", "all who answered at least one wave")
OF_WHOM = {"by_id": BOTH_WAVES, "same_row": BOTH_WAVES, "partly_linked": EITHER_WAVE, "unlinked": EITHER_WAVE}
MEAN = RULES["scale"][0].mean  # the step of a published mean
RESULTS = {  # the columns that a table has where no cohort has it
    "projects_advanced": ("wave", "n_advanced", "n", "n_all", "low", "high", "lowest", "highest", "conflicts"),
    "projects_involved": ("n_chosen", "n", "over", "least_cell"),
    "changes": (
        "kind", "measure", "group", "wave", "compared_with", "n_earlier", "n_later", "n_linked",
        "mean_earlier", "mean_later", "change", "ci_low", "ci_high", "margin", "verdict", "hidden",
    ),
    "levels": ("measure", "wave", "n", "mean", "hidden_mean"),
}  # fmt: skip
SERIES = re.compile(r"(.*?)(\d+)")


@dataclass(frozen=True)
class Published:
    """A cohort and the report of it that stands before its readers."""

    cohort: Cohort

    @property
    def name(self) -> str:
        return self.cohort.name

    @property
    def folder(self) -> Path:
        """Where it lies: the last edition that was sent, or, before the first, the report that was built."""
        return last_sent(self.cohort.root, self.name) or self.cohort.build

    @property
    def title(self) -> Text:
        return both(self.cohort.params.title)

    def read(self, result: str) -> pd.DataFrame:
        """A published result; an empty table where the report has none."""
        path = self.folder / "results" / f"{result}.csv"
        if not path.is_file():
            return pd.DataFrame()
        try:
            return pd.read_csv(path, keep_default_na=False, na_values=[""])
        except pd.errors.EmptyDataError:
            return pd.DataFrame()

    @property
    def main(self) -> tuple[str, str] | None:
        """The pair of waves that the study is about, the earlier one first."""
        return self.cohort.pairs[0].in_order if self.cohort.pairs else None

    @cached_property
    def comparison(self) -> Comparison:
        """The private answers behind the published changes; raises `InputProblems` when they are not there."""
        return Comparison(self.cohort, self.cohort.read("responses"), self.cohort.read("participants"))

    def items(self, scale: str, wave: str, paired: bool) -> list[str]:
        """The statements that a scale's published mean of a wave rests on: those asked in both waves of the main pair,
        where it is that of a change.
        """
        waves, codebook = self.main if paired else (wave,), self.cohort.codebook
        not_asked = {*codebook.not_asked_in(self.cohort.name)}
        for answered in (self.cohort.params.waves[name] for name in waves if name in self.cohort.params.waves):
            not_asked |= {*answered.not_asked}
        items = codebook.scales[scale].items
        return [key for key, item in items.items() if {*waves} <= {*item.waves} and key not in not_asked]

    def statements(self, scale: str, wave: str, paired: bool) -> dict[tuple, Text]:
        """The statements that a scale's published mean rests on, in both languages, by a mark of their words."""
        items = (self.cohort.codebook.items[key] for key in self.items(scale, wave, paired))
        return {asked_words(item): both(item) for item in items}

    def wording(self, scale: str, wave: str, paired: bool) -> str:
        """A mark that two cohorts share when the scale asked the same statements, in the same words, with the same
        response options.
        """
        codebook = self.cohort.codebook
        asked = {key: codebook.items[key] for key in self.items(scale, wave, paired)}
        items = [(key, *asked_words(item), item.reverse_coded) for key, item in asked.items()]
        options = [(option.code, *asked_words(option)) for option in codebook.options_of(scale).options]
        return sha256_of(json.dumps([items, options], ensure_ascii=False))[:12]

    def scores(self, scale: str, wave: str, paired: bool, mean: float, n: int) -> pd.Series | None:
        """The private scores whose mean was published; None where they are not kept here, or are no longer the same."""
        try:
            candidates = list(self._candidates(scale, wave, paired)) if self._rows_are_of_it() else []
        except InputProblems:
            return None
        fitting = (one for one in candidates if len(one) == n and nearest(one.mean(), MEAN) == mean)
        return next(fitting, None)

    def _rows_are_of_it(self) -> bool:
        """Whether the private tables are those of the report that is read, and not of a later one or a draft."""
        shown = (folder / "manifest.json" for folder in (self.folder, self.cohort.build))
        return not (self.cohort.private / DRAFT).exists() and len({digest(path) for path in shown}) == 1

    def _candidates(self, scale: str, wave: str, paired: bool) -> Iterable[pd.Series]:
        """The linked respondents' scores and everyone's: one of them was published."""
        if paired:
            waves, place = self.comparison.values(scale), ("earlier", "later")[self.main.index(wave)]
            yield waves.pairs[place]
            yield getattr(waves, place)
        table = self.cohort.read("scores")
        yield table.loc[(table["scale"] == scale) & (table["wave"] == wave), "score"].dropna()


def asked_words(words) -> tuple[str, str]:
    return folded(words.he), folded(words.en)


def series(name: str) -> tuple[str, int]:
    """A cohort's series and its number in it: "local-3" is the third of "local-"; cohorts of one series follow one
    another.
    """
    found = SERIES.fullmatch(name)
    return (found[1], int(found[2])) if found else (name, 0)


def _apart(titles: list[str]) -> list[str]:
    """What tells titles apart: not what follows a dash, nor the parts before a comma that all share."""
    bare = [title.split(" – ")[0] for title in titles]
    shared = os.path.commonprefix(bare)
    return [title[shared.rfind(", ") + 2 if ", " in shared else 0 :] for title in bare]


@dataclass(frozen=True)
class Cohorts:
    """The published cohorts, series by series in their order, and the names of those that have no report yet."""

    published: list[Published]
    missing: list[str]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that all cohorts share, in the latest one's order; the page is made in these."""
        spoken = [one.cohort.params.languages for one in self.published]
        return tuple(language for language in spoken[-1] if all(language in own for own in spoken))

    def results(self, name: str) -> pd.DataFrame:
        """A published result of all cohorts, one beneath the other, with the column cohort; empty where none has it."""
        parts = [(one.name, one.read(name)) for one in self.published]
        parts = [part.assign(cohort=name) for name, part in parts if len(part)]
        columns = ["cohort", *RESULTS.get(name, ())]
        table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
        return table[["cohort", *table.columns.drop("cohort")]]

    @property
    def titles(self) -> pd.DataFrame:
        """Each cohort, what it is called, the cohort before it in its series, its last wave, the two waves that it compares
        first, how they are linked, of whom its changes are, and the least group that it shows.
        """
        rows = []
        for one in self.published:
            waves, params = one.main or (None, None), one.cohort.params
            row = {"cohort": one.name} | columns("title", one.title)
            row |= {"cohort_before": getattr(self.before(one), "name", None), "last_wave": one.cohort.waves[-1]}
            row |= {"earlier": waves[0], "later": waves[1], "link": params.link}
            rows.append(row | columns("of_whom", OF_WHOM[params.link]) | {"least_group": params.disclosure.least_group})
        return pd.DataFrame(rows)

    @property
    def names(self) -> dict[str, Text]:
        """What each cohort is called beside the others: its title without what all begin with, nor what follows a dash.

        None where titles do not tell the cohorts apart.
        """
        short = [_apart([one.title[language] for one in self.published]) for language in LANGUAGES]
        if any(len({*names}) < len(names) or not all(names) for names in short):
            return {}
        return {one.name: Text(*map(begun, names)) for one, *names in zip(self.published, *short, strict=True)}

    def before(self, cohort: Published) -> Published | None:
        """The cohort before this one in its series, if it is published."""
        mine, number = series(cohort.name)
        numbered = {series(other.name): other for other in self.published}
        earlier = [(of, at) for of, at in numbered if of == mine and at < number]
        return numbered[max(earlier)] if earlier else None


def read_cohorts(chosen: str = "all", root: Path | None = None) -> Cohorts:
    """The cohorts named ("1, 2", or "all") whose published reports are whole; raises `InputProblems` for fewer than
    two.
    """
    root = root or Path(os.environ.get("FOLLOWUP_ROOT", ROOT))
    names = cohort_names(root) if chosen == "all" else [name.strip() for name in chosen.split(",")]
    names = sorted(names, key=series)
    whole = [name for name in names if _results_stand(last_sent(root, name) or root / "build" / name)]
    if len(whole) < 2:
        what, remedy = "fewer than two cohorts have a published report", "make reports, then make compare"
        raise InputProblems([Problem(what, remedy, "build", value=", ".join(whole))])
    missing = [name for name in names if name not in whole]
    found = Cohorts([Published(open_cohort(name, root)) for name in whole], missing)
    if not found.languages:
        raise InputProblems([_no_language(found)])
    return found


def _no_language(cohorts: Cohorts) -> Problem:
    spoken = (f"{one.name} [{', '.join(one.cohort.params.languages)}]" for one in cohorts.published)
    remedy = "add a language that all of them have to languages: in the params, with its words"
    what = f"the cohorts share no language, so no page can compare them: {'; '.join(spoken)}"
    return Problem(what, remedy, "params")


def _results_stand(build: Path) -> bool:
    """Whether a cohort's results stand as published; a later run that failed only adds a notice to the pages."""
    try:
        outputs = json.loads((build / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    except (OSError, ValueError, KeyError):
        return False
    results = {name: mark for name, mark in outputs.items() if name.startswith("results/")}
    return bool(results) and all(digest(build / name) == mark for name, mark in results.items())
