"""make codebook: a codebook drafted from a raw export, for a person to finish."""

import os
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from followup.exports.read import read_export
from followup.language import LANGUAGES, folded, in_order, main_language
from followup.problems import InputProblems, Problem, nearest
from followup.study.cohort import ROOT

MOST_OPTIONS = 11
FEW_WORDS = 60
MOSTLY = 0.8
NO_ANSWER = {"", "na", "n/a", "אין", "-", "לא רלוונטי", "not applicable", "don't know", "לא יודע/ת"}


# Words by which labels are put in order, from the least; where none is found a person must.
LADDERS = (
    ("כלל לא", "מועטה", "בינונית", "רבה", "רבה מאוד"),
    ("מאוד לא", "לא מסכים", "ניטרלי", "מסכים", "מסכים מאוד"),
    ("strongly disagree", "disagree", "neutral", "agree", "strongly agree"),
    ("not at all", "small extent", "moderate extent", "great extent", "very great extent"),
    ("never", "rarely", "sometimes", "often", "always"),
)
ID_WORDS = re.compile(r"(^|[^a-z])id([^a-z]|$)|code|קוד|מספר משתתף|ת\.?ז", re.IGNORECASE)
TIME_WORDS = re.compile(r"timestamp|submitdate|date|time|חותמת|תאריך", re.IGNORECASE)


@dataclass(frozen=True)
class Drafted:
    """What a column seems to be: its kind, the labels found in it, and those that say that there is no answer."""

    heading: str
    kind: str
    labels: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


def draft_codebook(
    source: Path, questionnaire: str, root: Path, languages: Sequence[str] = ()
) -> tuple[Path, list[str]]:
    """Write params/questionnaires/QUESTIONNAIRE.yaml from an export; the path, and what was found, as lines.

    The draft has the export's words in `languages`, or in the one language that most of the export is in.
    """
    target = root / "params" / "questionnaires" / f"{questionnaire}.yaml"
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", questionnaire):
        raise InputProblems(
            [
                Problem(
                    "this cannot be the name of a questionnaire",
                    "write make codebook FROM=export.csv QUESTIONNAIRE=course",
                    "QUESTIONNAIRE",
                    value=questionnaire,
                    allowed="small Latin letters, digits and _, a letter first",
                )
            ]
        )
    if target.exists():
        raise InputProblems(
            [
                Problem(
                    "this codebook exists already; nothing was changed",
                    "choose another name, or edit the file",
                    f"params/questionnaires/{target.name}",
                )
            ]
        )
    cells = read_export(source, source.name).cells
    columns = [_drafted(heading, cells[heading]) for heading in cells.columns]
    languages = languages or [main_language(" ".join(word for c in columns for word in (c.heading, *c.labels))) or "en"]
    text = _codebook_text(questionnaire, source.name, columns, languages)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("x", encoding="utf-8") as file:
        file.write(text)
    return target, _found(columns, target.name)


def _drafted(heading: str, cells: pd.Series) -> Drafted:
    """What one column seems to be, from its heading and its values."""
    written = cells.str.strip()
    silent = written.map(_says_nothing)
    values, distinct = written[~silent], _labels(written[~silent])
    if TIME_WORDS.search(heading) and not _numbers(distinct):
        return Drafted(heading, "submitted")
    if ID_WORDS.search(heading) and values.nunique() >= MOSTLY * len(values) > 0:  # somebody may have answered twice
        return Drafted(heading, "id")
    if _numbers(distinct) and len(distinct) <= MOST_OPTIONS and max(map(int, distinct)) <= 10:
        return Drafted(
            heading, "item", tuple(str(code) for code in range(min(map(int, distinct)), max(map(int, distinct)) + 1))
        )
    parts = list(dict.fromkeys(part.strip() for value in distinct for part in value.split(";") if part.strip()))
    if any(";" in value for value in distinct) and len(parts) <= MOST_OPTIONS:
        return Drafted(heading, "many", tuple(parts))
    if 1 < len(distinct) <= MOST_OPTIONS and max(map(len, distinct)) <= FEW_WORDS and len(distinct) < len(values):
        return Drafted(
            heading,
            "item" if _ladder(distinct) else "one",
            tuple(distinct),
            tuple(filter(None, _labels(written[silent]))),
        )
    return Drafted(heading, "text")


def _says_nothing(text: str) -> bool:
    """Whether a text is one of the ways to give no answer, or several of them: "not applicable / don't know"."""
    return all(part in NO_ANSWER for part in folded(text).split(" / "))


def _labels(values: pd.Series) -> list[str]:
    """The labels found; of those that differ in hidden signs or spelling only, the one met most."""
    most_first = values.value_counts(sort=True).index
    spelling = {folded(label): label for label in reversed(most_first)}
    return list(dict.fromkeys(spelling[folded(label)] for label in values))


def _numbers(values: list[str]) -> bool:
    return bool(values) and all(re.fullmatch(r"\d{1,3}", value) for value in values)


def _ladder(labels: list[str]) -> list[str] | None:
    """The labels in order from the least, when they all stand on one known ladder."""
    for ladder in LADDERS:
        steps = {
            label: max(
                (rank for rank, word in enumerate(ladder) if folded(word) in folded(label)),
                key=lambda rank: len(ladder[rank]),
                default=None,
            )
            for label in labels
        }
        if None not in steps.values() and len(set(steps.values())) == len(labels):
            return sorted(labels, key=steps.get)
    return None


def _codebook_text(questionnaire: str, source: str, columns: list[Drafted], languages: Sequence[str]) -> str:
    """The draft: plain YAML, with a comment over each part that says what a person must decide."""
    items = _option_groups([column for column in columns if column.kind == "item"])
    parts = {
        "": {
            "questionnaire": questionnaire,
            "title": _both(questionnaire),
            "programme": _both(questionnaire),
            "waves": {
                "programme_end": {
                    "he": "סיום התכנית",
                    "en": "End of the programme",
                    "when": {"he": "בסיום התכנית", "en": "at the end of the programme"},
                },
                "follow_up": {"he": "מעקב", "en": "Follow-up", "when": {"he": "במעקב", "en": "at follow-up"}},
            },
        },
        "Columns that are no questions.": {
            "respondent_headings": [c.heading for c in columns if c.kind == "id"],
            "submitted_headings": [c.heading for c in columns if c.kind == "submitted"],
        },
        "Labels found. Check their order (the first is the least), add labels nobody chose, and say which are high and low.": {
            "option_sets": dict(_option_sets(items, columns))
        },
        "Every column that looked like a rating, one scale for each set of options. Split into the scales that were meant, translate, mark reverse-coded items.": {
            "scales": dict(_scales(items))
        },
        "Other questions. One that says who the respondent is belongs under traits.": {
            "questions": dict(_questions(columns))
        },
    }
    blocks = [
        (f"# {comment}\n" if comment else f"# Drafted from {source}; a person finishes it.\n")
        + _dump(_in(languages, values))
        for comment, values in parts.items()
    ]
    return "\n".join(blocks)


def _dump(values: dict) -> str:
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=1000)


def _in(languages: Sequence[str], part: Any) -> Any:
    """A part of the draft with the words of some languages only."""
    if isinstance(part, list):
        return [_in(languages, value) for value in part]
    if not isinstance(part, dict):
        return part
    left_out = set(LANGUAGES).difference(languages)
    return {key: _in(languages, value) for key, value in part.items() if key not in left_out or isinstance(value, dict)}


def _both(text: str) -> dict[str, str]:
    return {"he": text, "en": text}


def _option_groups(items: list[Drafted]) -> list[tuple[list[str], list[Drafted]]]:
    """Items by the options they share: a column where not every option was chosen joins one that has them all."""
    groups: list[tuple[set[str], list[Drafted]]] = []
    for item in sorted(items, key=lambda column: -len(column.labels)):
        home = next(
            (group for group in groups if set(item.labels) <= group[0] or _same_range(item.labels, group[0])), None
        )
        if home:
            home[0].update(item.labels)
            home[1].append(item)
        else:
            groups.append((set(item.labels), [item]))
    order = {item.heading: place for place, item in enumerate(items)}
    return [(_ordered(labels), sorted(members, key=lambda m: order[m.heading])) for labels, members in groups]


def _same_range(labels: tuple[str, ...], others: set[str]) -> bool:
    """Numbers share a range with other numbers."""
    return _numbers(list(labels)) and _numbers(list(others))


def _ordered(labels: set[str]) -> list[str]:
    if _numbers(list(labels)):
        codes = sorted(map(int, labels))
        return [str(code) for code in range(codes[0], codes[-1] + 1)]
    return _ladder(sorted(labels)) or sorted(labels)


def _option_sets(items, columns: list[Drafted]) -> Iterator[tuple[str, dict]]:
    for number, (labels, members) in enumerate(items, start=1):
        numeric = _numbers(labels)
        codes = [int(label) for label in labels] if numeric else list(range(1, len(labels) + 1))
        edge = max(1, len(codes) // 3)
        missing = dict.fromkeys(label for member in members for label in member.silent)
        yield (
            f"options_{number}",
            {"options": _options(codes, labels), "high": codes[-edge:], "low": codes[:edge], **_missing(missing)},
        )
    for number, column in enumerate((c for c in columns if c.kind in ("one", "many")), start=1):
        yield (
            f"choices_{number}",
            {"options": _options(range(1, len(column.labels) + 1), column.labels), **_missing(column.silent)},
        )


def _options(codes, labels) -> list[dict]:
    return [{"code": code, **_both(label)} for code, label in zip(codes, labels, strict=True)]


def _missing(labels) -> dict:
    return {"missing": [{**_both(label), "reason": "dont_know"} for label in labels]} if labels else {}


def _scales(items) -> Iterator[tuple[str, dict]]:
    taken: set[str] = set()
    for number, (_, members) in enumerate(items, start=1):
        yield (
            f"scale_{number}",
            {
                **_both(f"scale {number}"),
                "about": _both("what a high score means"),
                "options": f"options_{number}",
                "items": {
                    _key(member.heading, taken, "item"): {
                        **_both(_wording(member.heading)),
                        **_headings(member.heading),
                    }
                    for member in members
                },
            },
        )


def _headings(heading: str) -> dict:
    """The heading as it stands, where folding white space and length would not find it again."""
    return {} if len(heading) <= 1000 else {"headings": {"programme_end": [heading[:1000]]}}


def _wording(heading: str) -> str:
    return " ".join(heading.split())[:1000]


def _questions(columns: list[Drafted]) -> Iterator[tuple[str, dict]]:
    taken: set[str] = set()
    choices = 0
    for column in columns:
        if column.kind in ("one", "many"):
            choices += 1
            yield (
                _key(column.heading, taken, "question"),
                {**_both(_wording(column.heading)), "kind": column.kind, "options": f"choices_{choices}"},
            )
        elif column.kind == "text":
            yield _key(column.heading, taken, "text"), {**_both(_wording(column.heading)), "kind": "text"}


def _key(heading: str, taken: set[str], kind: str) -> str:
    """A key from the heading's Latin letters, or a numbered one."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:36]
    if not re.match(r"[a-z]", key):
        key = f"{kind}_{len(taken) + 1}"
    while key in taken or key.startswith(("scale_", "options_")):
        key = f"{kind}_{len(taken) + 1}" if not key.startswith(f"{kind}_") else f"{key}_x"
    taken.add(key)
    return key


def _found(columns: list[Drafted], name: str) -> list[str]:
    counts = {
        kind: sum(column.kind == kind for column in columns)
        for kind in ("item", "one", "many", "text", "id", "submitted")
    }
    return [
        f"params/questionnaires/{name} is there: {counts['item']} ratings, {counts['one']} questions with one answer, {counts['many']} with several, "
        f"{counts['text']} of free text, {counts['id']} ID and {counts['submitted']} time columns.",
        "Go through it from the top: each part says what a person must decide. Then: make new COHORT=… QUESTIONNAIRE="
        + name.removesuffix(".yaml"),
    ]


def _source(text: str, root: Path) -> Path:
    if not text:
        raise InputProblems(
            [
                Problem(
                    "say which export", "write make codebook FROM=data/course/answers.csv QUESTIONNAIRE=course", "FROM"
                )
            ]
        )
    return Path(text) if Path(text).is_absolute() else root / text


def _languages(text: str) -> list[str]:
    """The languages named, as in LANGUAGES="he en"; none where nothing was said."""
    named = re.findall(r"[^\s,]+", text)
    if strange := sorted(set(named) - set(LANGUAGES)):
        near = nearest(strange[0], LANGUAGES)
        remedy = f"did you mean “{near}”?" if near else 'write one or two of them: LANGUAGES="he en"'
        what = "there is no such language here"
        raise InputProblems([Problem(what, remedy, "LANGUAGES", value=strange[0], allowed=", ".join(LANGUAGES))])
    return in_order(named)


def main() -> int:
    """The names come through the environment, where no shell can take them for commands."""
    root = Path(os.environ.get("FOLLOWUP_ROOT", ROOT))
    asked = ("CHOSEN_QUESTIONNAIRE", "CHOSEN_FROM", "CHOSEN_LANGUAGES")
    questionnaire, source, languages = (os.environ.get(key, "").strip() for key in asked)
    try:
        _, lines = draft_codebook(_source(source, root), questionnaire, root, _languages(languages))
    except InputProblems as problems:
        print(problems, file=sys.stderr)
        return problems.exit_code
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
