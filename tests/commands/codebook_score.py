"""How much of a finished codebook `make codebook` drafts, and how much of that is right: `python tests/commands/codebook_score.py`.

The rules are those of `codebook_exports/README`: every value of a finished codebook stands on a line of its own, with a
mark that says what it is; an item, a question or a trait is found by the column that it describes.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "notebooks"))

from followup.commands.codebook import draft_text  # noqa: E402
from followup.exports.choice_names import names_of_option  # noqa: E402
from followup.exports.read import read_export  # noqa: E402
from followup.language import LANGUAGES, folded  # noqa: E402

EXPORTS = HERE / "codebook_exports"
NEVER = re.compile(r"# (given|default|empty|way to the column|decided|nearest)")
LINE = re.compile(
    r"(?P<indent> *)(?P<dash>- )?(?:(?P<key>[\w]+):)?(?P<value>(?: ?\"(?:[^\"\\]|\\.)*\"| ?[^#\"]*?))?\s*(?P<mark># .*)?$"
)


@dataclass(frozen=True)
class Value:
    """One line of a finished codebook: where it stands, what it says, its mark, and the column of an entry."""

    path: tuple
    value: object
    mark: str = ""
    columns: tuple[str, ...] = ()


def lines_of(text: str) -> list[Value]:
    """Every value, and every column that is an entry, of a finished codebook."""
    found, stack = [], []  # stack: (indent, key)
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        if not line.strip() or line.startswith("#") or match is None:
            continue
        indent, mark = len(match["indent"]), (match["mark"] or "")
        stack = [
            part
            for part in stack
            if part[0] < indent or match["dash"] and part[0] == indent and not isinstance(part[1], int)
        ]
        if match["dash"]:
            before = tuple(key for _, key in stack)
            number = 1 + max(
                (
                    v.path[len(before)]
                    for v in found
                    if v.path[: len(before)] == before
                    and len(v.path) > len(before)
                    and isinstance(v.path[len(before)], int)
                ),
                default=-1,
            )
            stack.append((indent, number))
            indent += 2
        if match["key"]:
            stack.append((indent, match["key"]))
        path, raw = tuple(key for _, key in stack), (match["value"] or "").strip()
        if raw:
            found.append(Value(path, yaml.safe_load(raw), mark))
        elif "column:" in mark:
            columns = tuple(part.strip() for part in mark.split("column:", 1)[1].split(" | "))
            found.append(Value(path, None, "# nearest" if "nearest" in mark else "", columns))
    return found


def words_of(part: dict) -> list[str]:
    """The words of a part of a codebook, in each language that it has."""
    return [part[language] for language in LANGUAGES if language in part]


class Draft:
    """A drafted codebook in which places of a finished one are looked up, whatever its names are."""

    def __init__(self, draft: dict, finished: dict, columns: dict[tuple, tuple[str, ...]], export):
        self.draft, self.finished, self.export = draft, finished, export
        self.entries = {path: self._entry(path, names) for path, names in columns.items()}
        self.sets = {}
        for path, entry in self.entries.items():
            if entry is None or path[0] == "traits":
                continue
            own = (
                finished["scales"][path[1]]["options"]
                if path[0] == "scales"
                else finished["questions"][path[1]].get("options")
            )
            scale = draft["scales"][entry[1]] if path[0] == "scales" else draft["questions"][entry[1]]
            self.sets.setdefault(own, scale.get("options"))

    def _entry(self, path: tuple, names: tuple[str, ...]) -> tuple | None:
        """Where the draft describes these columns: (part, scale, "items", key) or (part, key)."""
        if path[0] == "scales":
            entries = [
                (("scales", s, "items", k), v)
                for s, scale in self.draft.get("scales", {}).items()
                for k, v in scale["items"].items()
            ]
        else:
            entries = [((path[0], k), v) for k, v in (self.draft.get(path[0]) or {}).items()]
        wanted = {
            folded(name)
            for heading in names
            for name in (heading, *self.export.alternatives.get(heading, []), *self._near(heading))
        }
        for where, entry in entries:
            own = {where[-1], *words_of(entry)}
            own |= (
                {name for part in (entry.get("headings") or {}).values() for name in part}
                if isinstance(entry.get("headings"), dict)
                else set(entry.get("headings") or [])
            )
            if len(names) > 1:
                options = self.draft["option_sets"].get(entry.get("options"), {}).get("options", [])
                own = {
                    n
                    for o in options
                    for n in names_of_option(
                        own, {*words_of(o), *o.get("synonyms", [])}, [str(o["code"]), *o.get("synonyms", [])]
                    )
                }
            if wanted & {folded(name) for name in own}:
                return where
        return None

    def _near(self, heading: str) -> list[str]:
        """The names of the column in the export that differs from a heading in white space only."""
        return [
            name
            for column, names in self.export.alternatives.items()
            if folded(column) == folded(heading)
            for name in names
        ]

    def at(self, value: Value):
        """(whether the draft has a value at this place, the value)."""
        path = value.path
        for entry, where in self.entries.items():
            if path[: len(entry)] == entry and (len(path) > len(entry) or value.columns):
                return self._in_entry(where, path[len(entry) :], value)
        if path[0] == "option_sets":
            return self._in_set(path, value)
        if path[0] == "scales" and path[-1] == "options":
            own = self.finished["scales"][path[1]]["options"]
            return (True, value.value) if self.sets.get(own) else (False, None)
        here = self.draft.get(path[0]) or []
        return (
            (True, value.value)
            if isinstance(here, list) and value.value in [str(one).strip() for one in here]
            else (False, None)
        )

    def _in_entry(self, where, rest, value: Value):
        if where is None:
            return False, None
        if value.columns:
            return True, None
        entry = self.draft
        for key in where:
            entry = entry[key]
        if rest[0] == "options":
            mine = self.sets.get(value.value)
            return "options" in entry, value.value if mine == entry.get("options") else None
        if rest[0] == "groups":
            label = self.finished["traits"][[k for k in self.entries if self.entries[k] == where][0][1]]["groups"][
                rest[1]
            ]
            group = next((g for g in entry.get("groups", {}).values() if set(g["labels"]) & set(label["labels"])), None)
            return group is not None, value.value
        if rest[0] == "headings":
            return (True, value.value) if value.value in (entry.get("headings") or []) else (False, None)
        return rest[0] in entry, entry.get(rest[0])

    def _in_set(self, path, value: Value):
        mine = self.draft["option_sets"].get(self.sets.get(path[1]) or "", None)
        theirs = self.finished["option_sets"][path[1]]
        if mine is None:
            return False, None
        if path[2] in ("high", "low"):
            option = next(one for one in theirs["options"] if one["code"] == value.value)
            here = [self._same(option, mine) for _ in (0,)][0]
            return (True, value.value) if here and here["code"] in mine.get(path[2], []) else (False, None)
        here = self._same(theirs["options"][path[3]], mine)
        if here is None:
            return False, None
        if path[4] == "synonyms":
            return (True, value.value) if value.value in here.get("synonyms", []) else (False, None)
        return path[4] in here, here.get(path[4])

    def _same(self, option: dict, mine: dict) -> dict | None:
        labels = {folded(word) for word in words_of(option)}
        by_label = next((one for one in mine["options"] if labels & {folded(word) for word in words_of(one)}), None)
        names = {folded(name) for name in option.get("synonyms", [])}
        by_name = next(
            (one for one in mine["options"] if names & {folded(n) for n in (*words_of(one), *one.get("synonyms", []))}),
            None,
        )
        only_codes = all(any(str(word).isdecimal() for word in words_of(one)) for one in mine["options"])
        by_code = next((one for one in mine["options"] if only_codes and one["code"] == option["code"]), None)
        return by_label or by_name or by_code


def score(name: str, export_path: Path, finished_path: Path) -> dict[str, int]:
    """Derivable values, how many are drafted and right; the same with those of the ladder; values too many."""
    text = finished_path.read_text(encoding="utf-8")
    values, finished = lines_of(text), yaml.safe_load(text)
    drafted_text, _ = draft_text("d", [export_path])
    columns = {value.path: value.columns for value in values if value.columns}
    draft = Draft(yaml.safe_load(drafted_text), finished, columns, read_export(export_path, export_path.name))
    counts = dict.fromkeys(("derivable", "drafted", "right", "with ladder", "drafted too", "right too"), 0)
    for value in values:
        copied = isinstance(value.value, str) and value.value.endswith((" [he]", " [en]"))
        if copied or NEVER.search(value.mark):
            continue
        there, found = draft.at(value)
        right = there and (value.columns != () or _plain(found) == _plain(value.value))
        counts["with ladder"] += 1
        counts["drafted too"] += there
        counts["right too"] += right
        if "ladder" not in value.mark:
            counts["derivable"] += 1
            counts["drafted"] += there
            counts["right"] += right
        if "-v" in sys.argv and not right and __name__ == "__main__":
            print(
                "   ", name, value.path, repr(value.value), value.mark, "drafted as" if there else "absent", repr(found)
            )
    return counts


def _plain(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def scores() -> dict[str, dict[str, int]]:
    found = {}
    for finished in sorted(EXPORTS.glob("*.finished.yaml")):
        name = finished.name.removesuffix(".finished.yaml")
        export = next(path for path in EXPORTS.glob(f"{name}.*") if path.suffix != ".yaml")
        found[name] = score(name, export, finished)
    return found


if __name__ == "__main__":
    for name, counts in scores().items():
        print(f"{name:22}", *(f"{key} {n}" for key, n in counts.items()))
