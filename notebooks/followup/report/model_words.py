"""How a model and its terms are written on the page: in the study's words, groups beside the one that they are compared with."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

from followup.language import ProseProblem, Text, joined, main_language, same
from followup.report import tables
from followup.words import columns
from followup.words.vocabulary import Vocabulary

TERMS = {  # what a formula of the study's own columns has, and the page heads nowhere else
    "Intercept": Text("חותך", "Intercept"),
    "earlier": tables.HEADINGS["earlier"],
    "later": tables.HEADINGS["later"],
    "score": Text("הציון", "Score"),
    "value": Text("התשובה", "Answer"),
}


def terms_in_words(
    names: Iterable[str], data: pd.DataFrame, words: Vocabulary, own: Mapping[str, Text], languages: Sequence[str]
) -> dict[str, Text]:
    """How a table of these terms is headed, and each term as the page writes it, its columns and groups by `own` headings.

    Raises `ProseProblem` with the line to write for all that would stand on a page in the letters of another language.
    """
    unworded: dict[str, None] = {}

    def said(key: str) -> Text:
        if known := own.get(key) or TERMS.get(key):
            return known
        if key in columns.COLUMNS and not words.of_study(key):
            return columns.COLUMNS[key].heading
        letters = main_language(key)
        if letters and {*languages} != {letters} and not words.of_study(key):
            unworded[key] = None
        return words.both(key)

    heads = {name: _in_words(name, names, data, said) for name in names}
    if unworded:
        raise ProseProblem(tables.without_heading("this model", [], [*unworded], "term"))
    return {"p_adjusted": same("p"), "term": columns.COLUMNS["term"].heading} | heads


def left_out(name: str, terms: pd.DataFrame, why: str, headings: Mapping[str, object]) -> str:
    """What of a model is not told, and why; its lines to paste keep the headings that the analyst gave. Nothing where all is."""
    if not why:
        return ""
    what = f"{'the numbers in the table of ' if len(terms) else ''}the model “{name}”"
    kept = ", ".join(f'"{key}": {said!r}' for key, said in headings.items())
    if kept and "headings=" not in why:
        why = why.replace('data, en="…"', f'data, headings={{{kept}}}, en="…"')
    return f"{what}: {why}"


REVERSED = Text(
    "היגדים הפוכים מוצגים לאחר היפוך: יותר פירושו תמיד יותר ממה שהסולם מודד",
    "reverse-coded statements are reversed: more always means more of what the scale measures",
)


WITHOUT_INTERVAL = Text(
    "משתנה שבצד אחד שלו מעטים מדי מוצג בלי רווח סמך ובלי p",
    "a term on one side of which too few people stand has no interval and no p",
)


def noted(note: Text | None, formula: str, terms: pd.DataFrame, words: Vocabulary) -> Text | None:
    """The note of a model; with how a reversed statement among its terms is to be read, and why a term has no interval."""
    turned = [key for key, item in words.codebook.items.items() if item.reverse_coded]
    named = {part for term in terms["term"] for part in re.split(r"\W+|T\.", term)}
    notes = [note] if note else []
    if "as_worded" not in formula and named & {*turned}:
        notes.append(REVERSED)
    if terms["ci_low"].isna().any() and terms["estimate"].notna().any():
        notes.append(WITHOUT_INTERVAL)
    return joined(notes, "; ") if notes else None


def _in_words(name: str, names: Iterable[str], data: pd.DataFrame, said: Callable[[str], Text]) -> Text:
    """A term: groups in words, each beside the one that it is compared with; in a product of terms that stand in rows of their
    own without it, as these rows say it.
    """
    names, parts = [*names], name.split(":")
    own = {*names} if len(parts) > 1 else {*()}
    return joined((_part_in_words(part, ":".join(names), data, said, part not in own) for part in parts), " × ")


def _part_in_words(part: str, names: str, data: pd.DataFrame, said: Callable[[str], Text], compared: bool) -> Text:
    found = re.fullmatch(r"(?:C\()?(\w+)(?:, ?\w+\([^)]*\))?\)?\[(T\.)?(.+)\]", part)
    if not found or found[1] not in data:
        return said(part)
    if found[3] == "True" and {*data[found[1]].dropna().unique()} <= {True, False}:
        return said(found[1])
    levels = [str(level) for level in data[found[1]].dropna().unique()]
    others = [level for level in levels if f"[T.{level}]" not in names]
    if not compared or not found[2] or len(others) != 1:
        return said(found[3])
    own, other = said(found[3]), said(others[0])
    return Text(f"{own.he}, לעומת {other.he}", f"{own.en}, compared with {other.en}")
