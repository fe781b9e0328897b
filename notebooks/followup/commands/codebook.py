"""make codebook: a codebook drafted from a raw export, or from those of several waves, for a person to finish."""

import json
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from followup.cleaning.drafting import Drafted, drafted, rating_groups
from followup.cleaning.ladders import whole_ladder
from followup.commands.upgrade import in_a_sentence
from followup.exports.read import read_export
from followup.language import LANGUAGES, folded, in_order, main_language
from followup.problems import InputProblems, Problem, nearest
from followup.study.codebook import PLACEHOLDER
from followup.study.cohort import ROOT

CHECK = "   # check"
CODE = f"{CHECK}: a code; write its words (the code stays readable)"
OTHER = {"he": "אחר", "en": "Other"}
CODE_NAME = re.compile(r"[A-Za-z]\w*(?:\[\w+\])?")


def draft_codebook(
    source: Path | list[Path], questionnaire: str, root: Path, languages: Sequence[str] = ()
) -> tuple[Path, list[str]]:
    """Write params/questionnaires/QUESTIONNAIRE.yaml from one or more exports; the path, and what was found, as lines.

    Each export is a wave, in their order, named after its file. The draft has the words of the exports in `languages`,
    or in the one language that most of them is in.
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
    text, columns = draft_text(questionnaire, source if isinstance(source, list) else [source], languages)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("x", encoding="utf-8") as file:
        file.write(text)
    return target, _found(columns, target.name)


def draft_text(questionnaire: str, sources: list[Path], languages: Sequence[str] = ()) -> tuple[str, list[Drafted]]:
    """(the draft as YAML, what each column seems to be) of the exports of one wave or of several, in their order."""
    columns = drafted([read_export(source, source.name) for source in sources])
    columns = _with_wordings_that_differ(columns)
    languages = languages or [main_language(" ".join(_texts(columns))) or "en"]
    return _Draft(questionnaire, sources, columns, languages).text(), columns


def _texts(columns: list[Drafted]) -> Iterator[str]:
    """What the people who answered read."""
    for column in columns:
        if column.kind not in ("id", "submitted", "ignored"):
            yield column.wording
            yield from (label for _, label, _ in column.options)


def _with_wordings_that_differ(columns: list[Drafted]) -> list[Drafted]:
    """Where two statements have the same words, the question before each is kept."""
    words = Counter(folded(column.wording) for column in columns if column.kind in ("item", "one", "many"))
    return [
        replace(column, wording=" ".join(column.heading.split())) if words[folded(column.wording)] > 1 else column
        for column in columns
    ]


class _Draft:
    """The lines of a drafted codebook: plain YAML, each guess marked."""

    def __init__(self, questionnaire: str, sources: list[Path], columns: list[Drafted], languages: Sequence[str]):
        self.questionnaire, self.sources, self.columns = questionnaire, sources, columns
        self.languages = in_order(languages)
        self.waves = dict(zip(_wave_keys(sources), (_name_of(source) for source in sources), strict=True))
        self.scales = list(rating_groups(column for column in columns if column.kind == "item"))
        self.places = {id(column): place for place, column in enumerate(columns)}
        self.taken: set[str] = set()
        self.choices: dict[tuple, str] = {}
        for column in columns:
            if column.kind in ("one", "many"):
                self.choices.setdefault(_same_options(column), f"choices_{len(self.choices) + 1}")

    def text(self) -> str:
        parts = [
            self._head(),
            "# Columns that are no questions: check which one holds the IDs.",
            *self._headings(),
            "\n# Options found. Check their order (the first is the least) and which are high and low.\noption_sets:",
            *self._option_sets(),
            "\n# Every column that looked like a rating, one scale for each set of options. Split into the scales that were meant,\n"
            "# say what a high score means, translate, and mark reverse-coded items (reverse_coded: true).",
            *(["scales:", *self._scales()] if self.scales else ["scales: {}"]),
            "\n# Other questions. One that says who the respondent is belongs under traits.",
            *self._entries("questions", self._questions()),
            "\n# Who the respondents are. Check: a column that is none of this belongs under questions.",
            *self._entries("traits", self._traits()),
        ]
        return "\n".join(parts) + "\n"

    def _head(self) -> str:
        title = f"{PLACEHOLDER} the title of the questionnaire"
        programme = f"{PLACEHOLDER} the name of the programme"
        sources = ", ".join(source.name for source in self.sources)
        return "\n".join(
            [
                f"# Drafted from {sources}; a person finishes it. What begins with {PLACEHOLDER} must be written.",
                f"questionnaire: {self.questionnaire}",
                f"title: {self._both(title)}",
                f"programme: {self._both(programme)}",
                "# The waves, in their order; `when` is how a wave stands in a sentence: The mean was higher …",
                "waves:",
                *self._wave_words(),
                "",
            ]
        )

    def _wave_words(self) -> Iterator[str]:
        """Each wave with its name in the language of the file's name, and what stands in sentences, as proposed by it."""
        for key, name in self.waves.items():
            own = main_language(name) or "en"
            yield f"  {key}:{CHECK}"
            for language in self.languages:
                told = name if language == own else f"{PLACEHOLDER} the name of this wave"
                yield f"    {language}: {_quoted(told)}"
            said = {
                language: (in_a_sentence(name, language) if language == own else None)
                or f"{PLACEHOLDER} how it stands in a sentence"
                for language in self.languages
            }
            yield f"    when: {_flow(said)}"

    def _headings(self) -> Iterator[str]:
        kinds = {"respondent_headings": "id", "submitted_headings": "submitted", "ignored_headings": "ignored"}
        for name, kind in kinds.items():
            headings = [column.heading for column in self.columns if column.kind == kind]
            yield f"{name}: {_listed(headings)}{CHECK if headings and kind == 'id' else ''}"

    # Options ---------------------------------------------------------------------------------------------------------

    def _option_sets(self) -> Iterator[str]:
        for number, members in enumerate(self.scales, start=1):
            yield f"  options_{number}:"
            yield from self._options(_rungs(members), members)
        for options, name in self.choices.items():
            column = next(one for one in self.columns if one.kind in ("one", "many") and _same_options(one) == options)
            yield f"  {name}:{CHECK + ': the order of the options' if column.kind == 'one' else ''}"
            rungs = [(code, label, label, names) for code, label, names in column.options]
            yield from self._options(rungs, [column], rated=False)
        if not self.scales and not self.choices:
            yield "  {}"

    # Questions -------------------------------------------------------------------------------------------------------

    def _scales(self) -> Iterator[str]:
        for number, members in enumerate(self.scales, start=1):
            about = f"{PLACEHOLDER} what a high score means"
            yield f"  scale_{number}:"
            yield from self._lines(f"{PLACEHOLDER} the name of scale {number}", 4)
            yield f"    about: {self._both(about)}"
            yield f"    options: options_{number}"
            yield "    items:"
            for member in sorted(members, key=lambda one: self.places[id(one)]):
                coded = CODE if CODE_NAME.fullmatch(member.wording) else ""
                yield f"      {self._key(member, 'item')}:{coded}"
                yield from self._lines(member.wording, 8)
                yield from self._waves(member, 8)

    def _questions(self) -> Iterator[str]:
        for column in self.columns:
            if column.kind not in ("one", "many", "text"):
                continue
            guessed = f"{CHECK}: free text is never analysed" if column.kind == "text" else CHECK
            yield f"  {self._key(column, 'question' if column.kind != 'text' else 'text')}:{guessed}"
            yield from self._lines(column.wording, 4)
            yield f"    kind: {column.kind}"
            if column.kind != "text":
                yield f"    options: {self.choices[_same_options(column)]}"
            yield from self._waves(column, 4)

    def _traits(self) -> Iterator[str]:
        for column in self.columns:
            if column.kind == "trait":
                key = self._key(column, "trait")
                yield f"  {key}:{CHECK}"
                yield from self._lines(column.wording, 4)
                yield f"    headings: {_listed([column.heading])}"
                yield "    groups:"
                for code, label, _ in column.options:
                    yield f"      {self._plain(label, f'{key[:20]}_{code}')}:"
                    yield from self._lines(label, 8)
                    yield f"        labels: {_listed([label])}"

    @staticmethod
    def _entries(name: str, lines: Iterable[str]) -> list[str]:
        found = list(lines)
        return [f"{name}:", *found] if found else [f"{name}: {{}}"]

    def _waves(self, column: Drafted, indent: int) -> Iterator[str]:
        """The waves that ask something, where not all of the exports have it."""
        if 0 < len(column.waves) < len(self.sources):
            named = [wave for place, wave in enumerate(self.waves) if place in column.waves]
            yield f"{' ' * indent}waves: [{', '.join(named)}]{CHECK}"

    def _key(self, column: Drafted, kind: str) -> str:
        code = CODE_NAME.fullmatch(column.heading)
        return self._plain(column.heading if code else column.wording, f"{kind}_{len(self.taken) + 1}", kind)

    def _plain(self, text: str, otherwise: str, kind: str = "group") -> str:
        """A key from a text's Latin letters, or a numbered one."""
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:36]
        if not re.match(r"[a-z]", key) or len(re.sub(r"[^a-z]", "", key)) < 2 and not CODE_NAME.fullmatch(text):
            key = otherwise
        while key in self.taken or key.startswith(("scale_", "options_", "choices_")):
            key = f"{kind}_{len(self.taken) + 1}" if not key.startswith(f"{kind}_") else f"{key}_x"
        self.taken.add(key)
        return key

    # Words -----------------------------------------------------------------------------------------------------------

    def _both(self, text: str) -> str:
        """One text in place of all languages, between braces."""
        return _flow(dict.fromkeys(self.languages, text))

    def _lines(self, text: str, indent: int) -> Iterator[str]:
        """One text in place of all languages, a line each."""
        plain = " ".join(text.split())[:1000]
        yield from (f"{' ' * indent}{language}: {_quoted(plain)}" for language in self.languages)

    def _options(
        self, rungs: list[tuple[int, str, str, tuple[str, ...]]], members: list[Drafted], rated: bool = True
    ) -> Iterator[str]:
        yield "    options:"
        for code, he, en, names in rungs:
            words = dict(zip(LANGUAGES, (he, en), strict=True))
            yield f"      - code: {code}"
            yield from (f"        {language}: {_quoted(words[language])}" for language in self.languages)
            if names:
                yield f"        synonyms: {_listed(names)}"
        if members[0].other:
            other = ", ".join(f"{language}: {OTHER[language]}" for language in self.languages)
            yield f"      - {{code: {rungs[-1][0] + 1}, {other}, other: true}}{CHECK}"
        codes = [code for code, *_ in rungs]
        if rated:
            edge = 1 if len(codes) < 4 else 2 if len(codes) < 8 else len(codes) // 3
            yield f"    high: {codes[-edge:]}"
            yield f"    low: {codes[:edge]}"
        missing = list(dict.fromkeys(label for member in members for label in member.silent))
        if missing:
            yield "    missing:"
        for label in missing:
            words = dict.fromkeys(self.languages, _quoted(label)) | {"reason": "dont_know"}
            yield f"      - {{{', '.join(f'{key}: {word}' for key, word in words.items())}}}{CHECK}"


def _wave_keys(sources: list[Path]) -> list[str]:
    """A key for each export's wave, from the Latin letters of its file's name, or a numbered one."""
    keys: list[str] = []
    for number, source in enumerate(sources, start=1):
        plain = unicodedata.normalize("NFKD", source.stem).encode("ascii", "ignore").decode().lower()
        key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40]
        keys.append(key if re.match(r"[a-z]{2}", key) and key not in keys else f"wave_{number}")
    return keys


def _name_of(source: Path) -> str:
    """The words of a file's name: "After the course" of after_the_course.csv."""
    name = " ".join(re.split(r"[\W_]+", source.stem)).strip() or "Wave"
    return name[:1].upper() + name[1:]


def _same_options(column: Drafted) -> tuple:
    return tuple(sorted((code, folded(label)) for code, label, _ in column.options))


def _rungs(members: list[Drafted]) -> list[tuple[int, str, str, tuple[str, ...]]]:
    """(code, Hebrew, English, other names) of the options that ratings share, unchosen rungs of a known ladder too."""
    given = {folded(label): (code, label, names) for one in members for code, label, names in one.options}
    codes = sorted(given.values())
    if any(names for *_, names in codes):  # LimeSurvey's A3, A4: the number is the code
        most = max(5, max(code for code, *_ in codes))
        letter = re.sub(r"\d", "", codes[0][1])
        return [
            (code, f"{letter}{code}", f"{letter}{code}", (f"{letter}{code}",))
            for code in range(min(1, codes[0][0]), most + 1)
        ]
    from_file = not members[0].ladder and not all(label.isdecimal() for _, label, _ in codes)
    ladder = whole_ladder([label for _, label, _ in codes])
    if ladder and not from_file:
        return [(rung.code, rung.he, rung.en, ()) for rung in ladder]
    ordered = {rung.code: rung for rung in ladder or []}
    return [
        (code, ordered[n].he if n in ordered and len(ordered) == len(codes) else label, label, ())
        for n, (code, label, _) in enumerate(codes, start=1)
    ]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _flow(words: dict[str, str]) -> str:
    return f"{{{', '.join(f'{key}: {_quoted(word)}' for key, word in words.items())}}}"


def _listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(_quoted(text) for text in texts)}]"


def _found(columns: list[Drafted], name: str) -> list[str]:
    counts = Counter(column.kind for column in columns)
    return [
        f"params/questionnaires/{name} is there: {counts['item']} ratings, {counts['one']} questions with one answer, {counts['many']} with several, "
        f"{counts['text']} of free text, {counts['trait']} traits, {counts['id']} ID and {counts['submitted']} time columns.",
        f"Go through it from the top: write what begins with {PLACEHOLDER}, look at the lines marked # check. "
        "Then: make new COHORT=… QUESTIONNAIRE=" + name.removesuffix(".yaml"),
    ]


def _sources(text: str, root: Path) -> list[Path]:
    """The exports that FROM names: one, or those of several waves in their order, with spaces between them."""
    if not text:
        raise InputProblems(
            [
                Problem(
                    "say which export", "write make codebook FROM=data/course/answers.csv QUESTIONNAIRE=course", "FROM"
                )
            ]
        )
    whole = Path(text) if Path(text).is_absolute() else root / text
    if whole.is_file() or " " not in text:
        return [whole]
    return [Path(part) if Path(part).is_absolute() else root / part for part in text.split()]


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
    keys = ("CHOSEN_QUESTIONNAIRE", "CHOSEN_FROM", "CHOSEN_LANGUAGES")
    questionnaire, source, languages = (os.environ.get(key, "").strip() for key in keys)
    _, lines = draft_codebook(_sources(source, root), questionnaire, root, _languages(languages))
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
