"""make new: params for the next cohort, drafted from the latest, for a person to finish."""

import os
import re
import sys
from pathlib import Path

from followup.language import LANGUAGES, Text
from followup.problems import InputProblems, Problem, nearest, quoted, raise_problems
from followup.store.freshness import COHORT_NAME
from followup.study.codebook import Codebook, read_codebook
from followup.study.cohort import ROOT, TAKEN, cohort_names
from followup.study.earlier_forms import codebook_to_upgrade, to_upgrade
from followup.study.wording import Words, missing
from followup.study.yaml_files import read_values

# The next cohort ---------------------------------------------------------------------------------------------------


def new_cohort(name: str, root: Path, questionnaire: str = "", model: str = "") -> list[str]:
    """Write params/NAME.yaml and make data/NAME; what to do next, as lines. Nothing that exists is touched.

    It is drafted from the cohort `model`, or else from the latest.
    """
    _check_new(name, root)
    latest = _chosen(model, root) if model else _latest(name, root)
    raise_problems(to_upgrade(root, latest) if latest else ())
    target = root / "params" / f"{name}.yaml"
    if questionnaire and (latest is None or _questionnaire_of(root, latest) != questionnaire):
        text = _first_params(name, questionnaire, root)
        files = [f"{wave}.csv" for wave in _read_codebook(questionnaire, root).waves]
    else:
        text, files = _from_latest(name, latest, root)
    with target.open("x", encoding="utf-8") as file:
        file.write(text)
    (root / "data" / name).mkdir(parents=True, exist_ok=True)
    return [
        f"params/{name}.yaml is there" + (f", drafted from cohort {latest}." if latest and not questionnaire else "."),
        "Three things to do next:",
        f"  1. Put the raw exports into data/{name}/ ({', '.join(files)}), as they came.",
        f"  2. In params/{name}.yaml go through the lines that end in “# check”: names, dates, how many took part, the plan’s date.",
        f"  3. make report COHORT={name}",
    ]


def _check_new(name: str, root: Path) -> None:
    if name in TAKEN or not COHORT_NAME.fullmatch(name):
        raise InputProblems(
            [
                Problem(
                    "this cannot be the name of a cohort",
                    "write make new COHORT=4, or COHORT=local-4",
                    "COHORT",
                    value=name,
                    allowed=f"small Latin letters, digits and hyphens, 31 at most; not {', '.join(sorted(TAKEN))}",
                )
            ]
        )
    for path in (root / "params" / f"{name}.yaml", root / "data" / name):
        if path.is_file() or path.is_dir() and any(path.iterdir()) and path.parent.name == "params":
            raise InputProblems(
                [
                    Problem(
                        "this cohort exists already; nothing was changed",
                        "choose another name, or edit the file",
                        f"params/{name}.yaml",
                    )
                ]
            )


def _latest(name: str, root: Path) -> str | None:
    """The cohort to start from: the highest of the same kind ("local-4" follows "local-3"), or the highest of all."""
    names = cohort_names(root)
    kind = [other for other in names if _split(other)[0] == _split(name)[0]]
    return max(kind or names, key=_split, default=None)


def _chosen(model: str, root: Path) -> str:
    """The cohort that FROM names; refused when there is none of that name."""
    names = cohort_names(root)
    if model in names:
        return model
    near = nearest(model, names)
    remedy = f"did you mean FROM={near}?" if near else "name a cohort that has params"
    raise InputProblems(
        [Problem("there is no such cohort to start from", remedy, "FROM", value=model, allowed=", ".join(names))]
    )


def _split(name: str) -> tuple[str, int]:
    match = re.fullmatch(r"(.*?)-?(\d*)", name)
    return match[1], int(match[2] or 0)


def _questionnaire_of(root: Path, name: str) -> str:
    return read_values(root / "params" / f"{name}.yaml", f"params/{name}.yaml")[0]["questionnaire"]


# What one cohort’s people allowed or mistyped says nothing about the next one’s.
TO_EMPTY = {
    ("interviews", "released"): "[]",
    ("interviews", "released_with_names"): "[]",
    ("cleaning", "ids"): "{}",
    ("cleaning", "spellings"): "{}",
    ("releases", "accept"): "[]",
}
TO_CHECK = (
    ("title", "he"),
    ("title", "en"),
    ("about", "*"),
    ("period", "*"),
    ("roster", "participants"),
    ("waves", "*", "closed"),
    ("analysis", "registered"),
)  # "*" stands for every key there


def _from_latest(name: str, latest: str | None, root: Path) -> tuple[str, list[str]]:
    """The latest cohort's params with the new name, real rather than synthetic, and marks on what surely differs."""
    if latest is None:
        raise InputProblems(
            [
                Problem(
                    "there is no cohort to start from",
                    f"name a questionnaire: make new COHORT={name} QUESTIONNAIRE=…",
                    "params",
                )
            ]
        )
    path = root / "params" / f"{latest}.yaml"
    values, found = read_values(path, f"params/{latest}.yaml")
    places = found.lines
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[places["cohort",] - 1] = f'cohort: "{name}"'
    lines = [_of_the_new(line, latest, name) for line in lines]
    lines[places["synthetic",] - 1] = "synthetic: false        # real answers; check"
    for key in (place for place in places if any(_fits(place, key) for key in TO_CHECK)):
        if not lines[places[key] - 1].endswith("# check"):
            lines[places[key] - 1] += "        # check"
    for key in sorted((key for key in TO_EMPTY if key in places), key=lambda key: -places[key]):
        last = max(line for place, line in places.items() if place[: len(key)] == key)
        lines[places[key] - 1 : last] = [f"{' ' * 2 * (len(key) - 1)}{key[-1]}: {TO_EMPTY[key]}"]
    files = list(
        dict.fromkeys([values["roster"]["file"]] if values.get("roster") else [])
        | dict.fromkeys(wave["file"] for wave in values["waves"].values())
    )
    files += [
        values[part][key]
        for part, keys in (
            ("projects", ("file", "members")),
            ("network", ("ties", "meetings")),
            ("interviews", ("file",)),
        )
        if values.get(part)
        for key in keys
    ]
    return "\n".join(lines) + "\n", files


def _of_the_new(line: str, latest: str, name: str) -> str:
    """A comment line that named the cohort, or an ID of somebody in it, says so of the new one, or that it is old."""
    if not line.lstrip().startswith("#"):
        return line
    old, new = _split(latest)[1], _split(name)[1]
    for before, after in ((latest, name), (str(old), str(new) if new else name)):
        line = re.sub(rf"\b([Cc]ohort) {re.escape(before)}\b", rf"\1 {after}", line)
    return line if _is_general(line) else f"{line}   (said of cohort {latest})"


def _is_general(line: str) -> bool:
    """Whether a comment says nothing of single people or counts of the cohort that it was written for."""
    return not re.search(r"\bDL-?\w+|\b\d+ of the \d+\b", line) or "in quotes" in line


def _first_params(name: str, questionnaire: str, root: Path) -> str:
    """The shortest params that run: anonymous waves, one file each, scales tested by Holm."""
    codebook = _read_codebook(questionnaire, root)
    waves = list(codebook.waves)
    scales = (len(waves) > 1 and codebook.scales_in((waves[0], waves[-1]))) or list(codebook.scales)
    lacking = {key[-1] for key in missing(codebook, LANGUAGES)}
    languages = [language for language in LANGUAGES if language not in lacking] or list(LANGUAGES)
    return FIRST_PARAMS.format(
        name=name,
        questionnaire=questionnaire,
        languages=", ".join(languages),
        title=_words(codebook.title, languages),
        programme=_words(DATES_TO_COME, languages),
        scales=", ".join(scales),
        waves="\n".join(f"  {wave}: {{file: {wave}.csv}}        # check" for wave in waves),
    )


def _read_codebook(questionnaire: str, root: Path) -> Codebook:
    raise_problems(codebook_to_upgrade(root, questionnaire))
    shown = f"params/questionnaires/{questionnaire}.yaml"
    return read_codebook(root / shown, shown)


def _fits(place: tuple, key: tuple) -> bool:
    """Whether a key of the file is one of those that a person checks."""
    return len(place) == len(key) and all(part in ("*", name) for part, name in zip(key, place, strict=True))


def _words(text: Words | Text, languages: list[str]) -> str:
    """A text as it stands in a params file."""
    return f"{{{', '.join(f'{language}: {quoted(text[language])}' for language in languages)}}}"


DATES_TO_COME = Text("תאריכי התכנית", "dates of the programme")


FIRST_PARAMS = """\
# Everything that differs between cohorts. Put codes and IDs in quotes, dates as year-month-day.

cohort: "{name}"
questionnaire: {questionnaire}
languages: [{languages}]                      # of the pages; notebooks open in the first
title: {title}        # check
synthetic: false                     # true only for invented answers
period:
  programme: {programme}        # check

# One export a wave; remove a wave that was not asked. The files are expected in data/{name}/.
waves:
{waves}

# How answers of the waves are matched: unlinked (anonymous), by_id (needs a roster), same_row (all waves in one row).
link: unlinked

# The statistical plan: fix it, and its date, before looking at the answers of the last wave. The last wave is compared
# with the first, and of three or more each also with the one before; `pairs:` says otherwise.
analysis:
  registered: 2000-01-01        # check
  margins: {{scale: 0.3, item: 0.5}}
  families:
    scales: {{measures: [{scales}], adjust: holm}}
"""


# A codebook from an export -----------------------------------------------------------------------------------------


def main() -> int:
    """The names come through the environment, where no shell can take them for commands."""
    root = Path(os.environ.get("FOLLOWUP_ROOT", ROOT))
    asked = ("CHOSEN_COHORT", "CHOSEN_QUESTIONNAIRE", "CHOSEN_FROM")
    name, questionnaire, model = (os.environ.get(key, "").strip() for key in asked)
    print("\n".join(new_cohort(name, root, questionnaire, model)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
