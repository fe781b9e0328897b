"""make upgrade: params and codebooks of an earlier form rewritten in place, each with a copy of the old file beside it.

Comments, order and layout of all else stay. A file is rewritten whole or not at all; what only a person can decide is
said, with the line to write. What is in the present form already is not touched.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from followup.language import LANGUAGES, OTHER_LANGUAGE, within
from followup.problems import INDENT, InputProblems, Problem, gathered, quoted
from followup.store.freshness import replace_bytes
from followup.study.cohort import ROOT, cohort_names
from followup.study.earlier_forms import has_one_language, without_when
from followup.study.yaml_files import StrictLoader, read_values

BESIDE = ".before-upgrade"
MARK = "\ufeff"  # how some editors begin a text


@dataclass
class Draft:
    """A file as it is to be: `changes` are (first sign, last sign, new text) of its old text, `said` what was proposed."""

    file: str
    text: str
    changes: list[tuple[int, int, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self):
        lines = self.text.splitlines(keepends=True)
        self.starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]

    def place(self, mark) -> int:
        """Which sign of the text a mark of the YAML reader is."""
        return self.starts[mark.line] + mark.column

    def new_text(self) -> str:
        text = self.text
        for first, last, new in sorted(self.changes, reverse=True):
            text = text[:first] + new + text[last:]
        return text


def upgrade(root: Path, cohort: str = "") -> list[str]:
    """Rewrite the files of a cohort, or all, that are in an earlier form; what was done, as lines.

    Raises `InputProblems` for what a person must decide or correct, after all other files were rewritten.
    """
    lines: list[str] = []
    problems: list[Problem] = []
    files = list(_files(root, cohort))
    for path in files:
        with gathered(problems):
            lines += _upgrade_file(path, path.relative_to(root).as_posix())
    if problems:
        raise Undecided(problems, lines)
    return lines or [f"Nothing to do: {len(files)} files, all in the present form."]


class Undecided(InputProblems):
    """What a person must decide before a file can be rewritten; `done` says what was rewritten."""

    def __init__(self, problems: Iterable[Problem], done: list[str]):
        super().__init__(problems)
        self.done = done


def _files(root: Path, cohort: str) -> Iterator[Path]:
    """The params and codebooks to look at; raises `InputProblems` for a cohort that is not there."""
    params, codebooks = root / "params", root / "params" / "questionnaires"
    if not cohort:
        yield from (params / f"{name}.yaml" for name in cohort_names(root))
        yield from sorted(codebooks.glob("*.yaml"))
        return
    if cohort not in (known := cohort_names(root)):
        what, remedy = "there is no such cohort", "make upgrade without COHORT=… goes through all"
        raise InputProblems([Problem(what, remedy, "COHORT", value=cohort, allowed=", ".join(known))])
    yield params / f"{cohort}.yaml"
    values, _ = read_values(params / f"{cohort}.yaml", f"params/{cohort}.yaml")
    yield codebooks / f"{values.get('questionnaire')}.yaml"


def _upgrade_file(path: Path, shown: str) -> list[str]:
    """Rewrite one file where it is in an earlier form; what was done, as lines."""
    values, _ = read_values(path, shown)
    content = path.read_bytes().decode("utf-8")
    draft = Draft(shown, content.removeprefix(MARK))
    top = {key.value: (key, value) for key, value in yaml.compose(draft.text, Loader=StrictLoader).value}
    wanted = dict(values)
    if has_one_language(values):
        del wanted["language"]
        wanted["languages"] = _name_languages(draft, *top["language"])
    if without_when(values):
        wanted["waves"] = values["waves"] | _say_when(draft, top["waves"][1], values["waves"])
    if not draft.changes:
        return []
    if yaml.load(draft.new_text(), Loader=StrictLoader) != wanted:
        remedy = f"write it by hand: {'; '.join(draft.said)}"
        raise InputProblems([Problem("this file is laid out in a way that cannot be rewritten safely", remedy, shown)])
    beside = _free(path)
    replace_bytes(beside, path.read_bytes())
    replace_bytes(path, (MARK * content.startswith(MARK) + draft.new_text()).encode())
    return [f"{shown} is upgraded; the file as it was: {beside.name}", *(f"    {line}" for line in draft.said)]


def _free(path: Path) -> Path:
    """A name beside a file that no earlier copy has."""
    names = [f"{path.name}{BESIDE}", *(f"{path.name}{BESIDE}-{number}" for number in range(2, 100))]
    return next(path.with_name(name) for name in names if not path.with_name(name).exists())


# Params: language becomes languages ----------------------------------------------------------------------------------


def _name_languages(draft: Draft, key: yaml.Node, value: yaml.Node) -> list[str]:
    """The languages of the pages, both as before, the one in which the notebooks opened first."""
    first = value.value
    if first not in LANGUAGES:
        remedy = "write the languages of the pages in its place: languages: [he, en]"
        what = "this is none of the languages"
        raise InputProblems([Problem(what, remedy, draft.file, key.start_mark.line + 1, key.value, str(first))])
    languages = [first, OTHER_LANGUAGE[first]]
    draft.changes.append((draft.place(key.start_mark), draft.place(key.end_mark), "languages"))
    draft.changes.append((draft.place(value.start_mark), draft.place(value.end_mark), f"[{', '.join(languages)}]"))
    draft.said.append(f"languages: [{', '.join(languages)}]")
    return languages


# Codebooks: a wave says how it stands in a sentence ------------------------------------------------------------------


def _say_when(draft: Draft, waves: yaml.Node, values: dict) -> dict[str, dict]:
    """The waves that lack it with `when`, proposed by `in_a_sentence`; raises `InputProblems` where it cannot be told."""
    problems, found = [], {}
    for key, node in waves.value:
        wave = key.value
        if wave not in without_when({"option_sets": {}, "waves": values}):
            continue
        when = {
            language: in_a_sentence(values[wave][language], language)
            for language in LANGUAGES
            if language in values[wave]
        }
        line = f"when: {{{', '.join(f'{language}: {_plain(said or chr(8230))}' for language, said in when.items())}}}"
        if not when or None in when.values():
            problems.append(_undecided(draft.file, key, values[wave], line))
            continue
        last = node.value[-1][1]
        draft.changes.append(_added(draft, node, last, line))
        draft.said.append(f"waves.{wave}: {line}")
        found[wave] = values[wave] | {"when": when}
    if problems:
        raise InputProblems(problems)
    return found


def _undecided(file: str, key: yaml.Node, words: dict, line: str) -> Problem:
    name = " / ".join(str(words[language]) for language in LANGUAGES if language in words)
    what = "how this wave stands in a sentence (“The mean was higher …”) is for a person to say"
    remedy = f"add it to the wave, with words in place of each …, and run make upgrade again:{INDENT}{line}"
    return Problem(what, remedy, file, key.start_mark.line + 1, f"waves.{key.value}", name)


def _added(draft: Draft, node: yaml.Node, last: yaml.Node, line: str) -> tuple[int, int, str]:
    """Where a line is added after the last of a wave's words: within its braces, or on a line of its own."""
    end = draft.place(last.end_mark)
    if node.flow_style:
        return end, end, f", {line}"
    indent, newline = " " * node.start_mark.column, "\r\n" if "\r\n" in draft.text else "\n"
    if last.end_mark.column == 0:  # the last words are a block, which ends where the next line begins
        return end, end, f"{indent}{line}{newline}"
    stop = draft.text.find(newline, end)
    stop = len(draft.text) if stop < 0 else stop
    return stop, stop, f"{newline}{indent}{line}"


def _plain(text: str) -> str:
    """A text as it may stand between braces, in quotes only where it needs them."""
    is_plain = not set(text) & set(",[]{}#:&*!|>%@`\"'?") and yaml.load(text, Loader=StrictLoader) == text
    return text if is_plain else quoted(text)


# How a name stands in a sentence -------------------------------------------------------------------------------------

SAY_WHEN = {
    "en": "before after during at in on since within upon by until from throughout following once when while just shortly "
    "immediately right midway halfway now then later afterwards today",
    "he": "לפני אחרי לאחר במהלך כעבור מאז בתום תוך טרם עם עד מיד לקראת עכשיו היום",
}
SAY_IT_LATER = {
    "en": "later after afterwards on ago before earlier",  # as the last word: "half a year after"
    "he": "לפני אחרי לאחר אחריו אחריה אחריהם לאחריו לאחריה מאוחר",  # anywhere: "חצי שנה לאחר הקורס"
}
WITHOUT_ARTICLE = "follow-up baseline midline endline entry intake exit enrolment enrollment graduation"
NUMBERS = "one two three four five six seven eight nine ten eleven twelve"
ASKED = "questionnaire survey interview test form"
NOUNS_WITH_BET = ("בסיס", "בדיק", "ביקורת", "ביניים", "בחינ", "בוגר", "בקר")  # here ב is a letter of the word
NOUNS_WITH_HE = (
    "התחל",
    "הערכ",
    "הכשר",
    "השתלמ",
    "הרצא",
    "המשך",
    "הדרכ",
    "השק",
    "הפסק",
    "הסמכ",
    "הגש",
    "הקמ",
)  # so is ה


def in_a_sentence(name: str, language: str) -> str | None:
    """How the name of a wave stands in a sentence: "End of the course" as "at the end of the course".

    A proposal by the form of the name alone; None where it tells nothing ("T2").
    """
    return {"en": _in_english, "he": _in_hebrew}[language](" ".join(str(name).split()))


def _in_english(name: str) -> str | None:
    small = within(name)
    words = small.lower().split()
    if words[0] in SAY_WHEN["en"].split() or words[-1] in SAY_IT_LATER["en"].split():
        return small
    if any(sign.isdigit() for sign in small) or small[:1].isupper() or words[0] in ("a", "an"):
        return None
    if words[-1] in NUMBERS.split():  # "Month three": not “at the month three”
        return None
    if small.lower() in WITHOUT_ARTICLE.split():
        return f"at {small}"
    preposition = "in" if words[-1] in ASKED.split() else "at"
    return f"{preposition} {small}" if words[0] == "the" else f"{preposition} the {small}"


def _in_hebrew(name: str) -> str | None:
    first, *others = name.split()
    if first in SAY_WHEN["he"].split() or {first, *others} & set(SAY_IT_LATER["he"].split()):
        return name
    if any(sign.isdigit() or sign.isascii() and sign.isalpha() for sign in name):
        return None
    if first.startswith("ב") and not first.startswith(NOUNS_WITH_BET):
        return name
    if first.startswith("ה") and not first.startswith(NOUNS_WITH_HE):
        return f"ב{name[1:]}"  # the article is swallowed
    return f"ב{name}"


def main() -> int:
    """The cohort comes through the environment, where no shell can take its name for a command."""
    root = Path(os.environ.get("FOLLOWUP_ROOT", ROOT))
    try:
        print("\n".join(upgrade(root, os.environ.get("CHOSEN_COHORT", "").strip())))
    except InputProblems as problems:
        print(*getattr(problems, "done", []), sep="\n", end="\n" if getattr(problems, "done", []) else "")
        print(problems, file=sys.stderr)
        return problems.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
