"""Prose stands in each language that a cohort has; in two, it stands in pairs with the same headings and placeholders.

Of two versions of a notebook, it is also told where only one language of a pair was changed.
"""

import ast
import string
from collections.abc import Collection, Iterator

from nbformat import NotebookNode

from followup.language import LANGUAGE_NAMES, LANGUAGES, OTHER_LANGUAGE, language_of
from followup.problems import PageProblem, shortened
from followup.publish.cells import numbered
from followup.publish.heading_levels import shifted


def check_prose(notebook: NotebookNode, name: str, languages: Collection[str] = LANGUAGES) -> list[PageProblem]:
    """What an unexecuted notebook lacks in one of `languages`, in the order of its cells.

    With two languages each prose cell needs a neighbour in the other language with the same heading levels, and each call with `he=` an
    `en=` with the same placeholders.
    """
    run: list[tuple[int, NotebookNode]] = []
    found: list[PageProblem] = []
    for number, cell in [*numbered(notebook), (0, NotebookNode(cell_type="end", source=""))]:
        if cell.cell_type == "markdown":
            if language_of(cell.source):
                run.append((number, cell))
            continue
        found += _unpaired(run, name, languages)
        run = []
        if cell.cell_type == "code":
            found += _one_sided_calls(cell.source, name, number, languages)
    return found


def _unpaired(run: list[tuple[int, NotebookNode]], name: str, languages: Collection[str]) -> list[PageProblem]:
    """Neighbouring prose cells that are no pair: the other language is missing, or the headings differ."""
    found, at = [], 0
    while at < len(run):
        number, cell = run[at]
        language = language_of(cell.source)
        after = run[at + 1] if at + 1 < len(run) else None
        if after is None or language_of(after[1].source) == language:
            at += 1
            if OTHER_LANGUAGE[language] in languages:
                own, other = LANGUAGE_NAMES[language], LANGUAGE_NAMES[OTHER_LANGUAGE[language]]
                what = f"this {own} text has no {other} beside it"
                found.append(PageProblem(name, number, what, f"add a cell below it that says the same in {other}"))
            continue
        if shifted(cell.source)[1] != shifted(after[1].source)[1]:
            found.append(
                PageProblem(
                    name,
                    after[0],
                    f"its headings differ from those of cell {number}, its pair",
                    "give both languages the same headings, with as many #",
                )
            )
        at += 2
    return found


def _one_sided_calls(source: str, name: str, number: int, languages: Collection[str]) -> list[PageProblem]:
    """Calls that lack one of `languages`, or have placeholders that the other does not have."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    found = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        said = {word.arg: word.value for word in call.keywords if word.arg in LANGUAGES}
        if len(said) == 1 and not said.keys() >= set(languages):
            [language] = said
            found.append(
                PageProblem(
                    name,
                    number,
                    f"a call has {language}=… and no {OTHER_LANGUAGE[language]}=…",
                    f"add {OTHER_LANGUAGE[language]}=… with the same sentence in {LANGUAGE_NAMES[OTHER_LANGUAGE[language]]}",
                )
            )
        elif len(said) == 2 and (lonely := _placeholders(said["he"]) ^ _placeholders(said["en"])):
            found.append(
                PageProblem(
                    name,
                    number,
                    f"only one language has {{{sorted(lonely)[0]}}}",
                    "use each placeholder in both he=… and en=…",
                )
            )
    return found


def _placeholders(value: ast.expr) -> set[str]:
    """The {names} in a text that stands in the code; none for a text made elsewhere."""
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return set()
    return {field_name for _, field_name, _, _ in string.Formatter().parse(value.value) if field_name}


# ------------------------------------------------------------ one language changed, the other not


def one_sided(before: NotebookNode, now: NotebookNode) -> Iterator[str]:
    """In words, each pair of texts of which one language differs from an earlier version of the notebook and the other does not."""
    was = {cell.get("id"): cell.source for cell in before.cells}
    for texts in _pairs(now):
        yield from _told({name: (was.get(cell.get("id")), cell.source) for name, cell in texts.items()})
    for cell in now.cells:
        if cell.cell_type == "code" and was.get(cell.get("id"), cell.source) != cell.source:
            calls, earlier = _spoken(cell.source), _spoken(was[cell.get("id")])
            if len(calls) == len(earlier):
                for new, old in zip(calls, earlier, strict=True):
                    yield from _told({name: (old[name], new[name]) for name in LANGUAGES})


def _pairs(notebook: NotebookNode) -> Iterator[dict[str, NotebookNode]]:
    """Neighbouring prose cells of both languages, by language; a cell belongs to one pair, the first that it fits into."""
    waiting: tuple[str | None, NotebookNode] | None = None
    for cell in notebook.cells:
        language = language_of(cell.source) if cell.cell_type == "markdown" else None
        if waiting and language and {waiting[0], language} == {*LANGUAGES}:
            yield dict([waiting, (language, cell)])
            waiting = None
        else:
            waiting = (language, cell) if language else None


def _told(versions: dict[str, tuple[str | None, str]]) -> Iterator[str]:
    """What to say of a pair, each language with its text then and now; nothing where the cell is new."""
    changed = [name for name, (then, now) in versions.items() if then is not None and then != now]
    if len(changed) == 1 and all(then is not None for then, _ in versions.values()):
        [name] = changed
        own, other = LANGUAGE_NAMES[name], LANGUAGE_NAMES[OTHER_LANGUAGE[name]]
        lines = [line for line in versions[name][1].splitlines() if line not in versions[name][0].splitlines()]
        yield f"the {own} was changed and the {other} was not: “{shortened(lines[0] if lines else versions[name][1])}”"


def _spoken(source: str) -> list[dict[str, str]]:
    """The texts of each call that has both languages, in the order in which they stand."""
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except SyntaxError:
        return []
    said = ({word.arg: ast.unparse(word.value) for word in call.keywords if word.arg in LANGUAGES} for call in calls)
    return [texts for texts in said if {*texts} == {*LANGUAGES}]
