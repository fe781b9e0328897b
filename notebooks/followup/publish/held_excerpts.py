"""Words of an interview that nobody released, copied into a text of the page: found by a run of words in a row."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from html import unescape

from nbformat import NotebookNode

from followup.disclosure.cell_bundle import MIME, WITH_A_TABLE
from followup.language import LANGUAGES
from followup.problems import PageProblem
from followup.publish.cells import numbered
from followup.study.cohort import Cohort

IN_A_ROW = 8  # so many words in a row are somebody's, and no accident
WORD, TAG = re.compile(r"\w+|│"), re.compile(r"<[^>]*>")
POINTS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7]")
APART = " │ "  # between two texts: no word, so that none is read on in the next
EXCERPTS = ("excerpt_he", "excerpt_en")


def held(cohort: Cohort) -> tuple[dict[str, list[list[str]]], str]:
    """The words of each excerpt that is not released, by its id, in each language; and those of all that are released."""
    table, settings = cohort.private / "tables" / "interviews.csv", cohort.params.interviews
    if settings is None or not table.is_file():
        return {}, ""
    with table.open(encoding="utf-8", newline="") as opened:
        rows = [*csv.DictReader(opened)]
    words = {row["excerpt"]: [_words(row.get(column) or "") for column in EXCERPTS] for row in rows}
    released = [words.pop(name, []) for name in settings.released]
    return words, _spaced(APART.join(" ".join(said) for each in released for said in each))


def check_excerpts(cohort: Cohort, notebooks: Mapping[str, NotebookNode]) -> None:
    """Raise `PageProblem` where a text that is for the page holds words of an excerpt that is not released."""
    excerpts, released = held(cohort)
    if not excerpts:
        return
    texts = [*_texts(notebooks)]
    told = _spaced(unescape(TAG.sub(" ", APART.join(text for _, _, text in texts))))
    known = {*told.split()}
    for name, run in ((name, run) for name, each in excerpts.items() for words in each for run in _runs(words, known)):
        if run in told and run not in released + _spaced(_codebook(cohort)):
            place = next((text[:2] for text in texts if run in _spaced(unescape(TAG.sub(" ", text[2])))), ("", 0))
            raise PageProblem(
                f"notebooks/{place[0]}.ipynb",
                place[1],
                f"it holds words of the excerpt {name} of an interview, which is not released",
                f"leave them out, or let somebody read {name}, and release it in params/{cohort.name}.yaml, as in\n"
                f'        released: ["{name}"]',
            )


def _codebook(cohort: Cohort) -> str:
    return json.dumps(cohort.codebook.model_dump(mode="json"), ensure_ascii=False)


def _texts(notebooks: Mapping[str, NotebookNode]) -> Iterator[tuple[str, int, str]]:
    """What an analyst wrote for a page, with its notebook and cell; of tables and figures the captions."""
    for name, notebook in notebooks.items():
        for number, cell in numbered(notebook):
            if cell["cell_type"] == "markdown":
                yield name, number, cell["source"]
            for output in cell.get("outputs", ()):
                bundle = output.get("data", {}).get(MIME, {})
                for html in (bundle.get(language) or "" for language in LANGUAGES):
                    parts = _captions(html) if bundle.get("kind") in WITH_A_TABLE else [html]
                    yield from ((name, number, part) for part in parts)


def _captions(html: str) -> Iterator[str]:
    """What stands between the tags of captions; a picture beside them is long, and is passed over."""
    begin = html.find("caption>")
    while begin >= 0:
        end = html.find("caption>", begin + 1)
        yield html[begin + len("caption>") : end if end >= 0 else None]
        begin = html.find("caption>", end + 1) if end >= 0 else -1


def _runs(words: list[str], known: set[str]) -> Iterator[str]:
    """Each run of so many words, all of which are known, as it would stand in a text."""
    for first in range(len(words) - IN_A_ROW + 1):
        if known.issuperset(words[first : first + IN_A_ROW]):
            yield f" {' '.join(words[first : first + IN_A_ROW])} "


def _words(text: str) -> list[str]:
    return WORD.findall(POINTS.sub("", text).lower())


def _spaced(text: str) -> str:
    return f" {' '.join(_words(text))} "
