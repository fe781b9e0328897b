"""What no page says any more: the words in retired_words.csv, straight quotation marks, and those of the other language.

The texts of the sources are read whole; the pages are those of every shipped cohort, of four made-up studies, and of
the comparisons of all.
"""

import ast
import csv
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from checkouts import HOUSE, SHIPPED, Checkout

PACKAGE = HOUSE / "notebooks" / "followup"
HEBREW = re.compile("[\u05d0-\u05ea]")
NAME = re.compile(r"[a-z0-9_]+")  # of a column or a key, which keep theirs
NOT_READ = ("script", "style", "pre", "code", "template")
READ_ALOUD = ("alt", "aria-label", "title")
OTHER_MARKS = {"he": re.compile("[\"'“”‘’]"), "en": re.compile("[\"'״׳‘]")}
PLACEHOLDER = re.compile(r"\{\w+\}")
TURNS = dict.fromkeys(range(0x2066, 0x206A))


def retired() -> dict[str, list[tuple[re.Pattern, str]]]:
    """The retired words of each language, each with its better form."""
    with (Path(__file__).parent / "retired_words.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: [(re.compile(row["retired"]), row["better"]) for row in rows if row["language"] == name]
        for name in ("he", "en")
    }


RETIRED = retired()


def found_in(text: str, language: str) -> list[str]:
    """The retired words that stand in a text, with what to write instead."""
    clean = PLACEHOLDER.sub("…", text.translate(TURNS))
    return [
        f"«{found[0]}» in «{' '.join(clean.split())[:200]}» (better: {better})"
        for pattern, better in RETIRED[language]
        if (found := pattern.search(clean))
    ]


# ------------------------------------------------------------ the sources


def words_in_code(source: str) -> Iterator[tuple[str, str]]:
    """(language, text) of each pair of texts in a piece of Python: beside a Hebrew text stands its English one."""
    for node in (node for node in ast.walk(ast.parse(source)) if not isinstance(node, ast.keyword)):
        parts = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Call):
            parts = [*node.args, *(keyword.value for keyword in node.keywords)]
        texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if any(HEBREW.search(text) for text in texts):
            yield from (("he" if HEBREW.search(text) else "en", text) for text in texts if not NAME.fullmatch(text))


def words_in_yaml(part: object) -> Iterator[tuple[str, str]]:
    """(language, text) of what stands under `he` and `en` in params or a codebook."""
    if isinstance(part, list):
        part = dict(enumerate(part))
    for key, value in part.items() if isinstance(part, dict) else ():
        if key in ("he", "en") and isinstance(value, str):
            yield key, value
        else:
            yield from words_in_yaml(value)


def sources() -> Iterator[tuple[str, str, str]]:
    """(where, language, text) of everything of ours that a page may show."""
    for name in SHIPPED:
        for cell in json.loads((HOUSE / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            prose = [("he" if HEBREW.search(source) else "en", source)]
            for language, text in prose if cell["cell_type"] == "markdown" else words_in_code(source):
                yield f"{name}, {cell['id']}", language, text
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parent.name not in ("exports", "cleaning"):
            for language, text in words_in_code(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(PACKAGE)), language, text
    template = json.loads((PACKAGE / "publish" / "template" / "words.json").read_text(encoding="utf-8"))
    for language, words in template.items():
        yield from (("words.json", language, text) for text in words.values())
    for path in sorted((HOUSE / "params").rglob("*.yaml")):
        for language, text in words_in_yaml(yaml.safe_load(path.read_text(encoding="utf-8"))):
            yield path.name, language, text


def test_the_better_words_are_not_retired_themselves():
    assert not [found for name, rows in RETIRED.items() for _, better in rows for found in found_in(better, name)]


def test_a_retired_word_is_seen():
    assert found_in("The verdict of the plan", "en") and found_in("אין הכרעה", "he")
    assert not found_in("The conclusion of the plan", "en") and not found_in("לא ניתן לקבוע", "he")
    assert list(words_in_code('_words("verdict", "הכרעה", "Verdict")')) == [("he", "הכרעה"), ("en", "Verdict")]


def test_no_text_of_ours_has_a_retired_word():
    found = [f"{where}: {one}" for where, language, text in sources() for one in found_in(text, language)]
    assert not found, f"{len(found)} retired words:\n" + "\n".join(found)


# ------------------------------------------------------------ the pages

MADE_UP = ("small", "nurses", "mentors", "course")
COHORTS = ("1", "2", "3", "local-3")


@pytest.fixture(scope="module")
def together(built, everything, studies, tmp_path_factory) -> Checkout:
    """Every cohort beside the others, as each was built, and all of them compared."""
    checkout = everything.copy(tmp_path_factory.mktemp("every") / "project", without=("compare",))
    for other, names in ((built, MADE_UP[:1]), (studies, MADE_UP[1:])):
        for folder in (f"{part}/{name}" for part in ("data", "build") for name in names):
            shutil.copytree(other.root / folder, checkout.root / folder, symlinks=True)
        shutil.copytree(other.root / "params", checkout.root / "params", dirs_exist_ok=True)
    done = checkout.run("compare")
    assert done.code == 0, done.err
    return checkout


@pytest.fixture(scope="module")
def told(together, everything) -> dict[str, list[str]]:
    """What every page there is tells, text by text, by its language."""
    names = [*COHORTS, *MADE_UP, "compare"]
    paths = {path for name in names for path in (together.root / "build" / name).glob("report.*.html")}
    assert {path.parent.name for path in paths} == set(names)
    found: dict[str, list[str]] = {"he": [], "en": []}
    for path in [*sorted(paths), *everything.path("compare").glob("report.*.html")]:
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        found[path.suffixes[0][1:]] += texts(page)
    return found


def texts(page: BeautifulSoup) -> Iterator[str]:
    """What a reader sees or hears of a page, text by text; code, and names of files, are none."""
    for part in page.find_all(NOT_READ):
        part.extract()
    for part in page.find_all(True):
        yield from (part[name] for name in READ_ALOUD if part.get(name))
        yield from (str(text) for text in part.find_all(string=True, recursive=False))


@pytest.mark.parametrize("language", ["he", "en"])
def test_no_page_has_a_retired_word(told, language):
    found = [one for text in told[language] for one in found_in(text, language)]
    assert not found, f"{len(found)} retired words:\n" + "\n".join(sorted(set(found)))


@pytest.mark.parametrize("language", ["he", "en"])
def test_each_language_has_its_own_quotation_marks(told, language):
    found = [
        " ".join(text.split())[:200]
        for text in told[language]
        if (bool(HEBREW.search(text)) == (language == "he")) and OTHER_MARKS[language].search(text)
    ]
    assert not found, f"{len(found)} texts:\n" + "\n".join(sorted(set(found)))
