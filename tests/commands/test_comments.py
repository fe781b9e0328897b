"""`make comments`: copies from a file or a folder, an inside page in both languages and a CSV; wrong copies by name."""

import csv
import io
from pathlib import Path
from unittest.mock import patch

import pytest
from checkouts import Checkout
from docx import Document
from followup.commands import comments
from followup.commands.word import write_cohort
from followup.problems import InputProblems
from followup.publish import pictures
from followup.study.cohort import open_cohort


@pytest.fixture(scope="module")
def written(built, tmp_path_factory) -> Checkout:
    """The small cohort with its Word files, of which words are read, so that pictures may be coarse; not to be changed."""
    checkout = built.copy(tmp_path_factory.mktemp("written") / "project", without=("1", "1.yaml"))
    with patch.object(pictures, "DPI", 30):
        write_cohort(open_cohort("small", checkout.root))
    return checkout


@pytest.fixture
def cohort(written, tmp_path):
    return open_cohort("small", written.copy(tmp_path / "project").root)


@pytest.fixture
def word(cohort) -> dict[str, Path]:
    """The Word files of a copy, by language: links that lead to those of the copy itself."""
    return {language: cohort.build / f"report.{language}.docx" for language in ("he", "en")}


def copy_with(word: Path, folder: Path, said: str, name: str = "copy.docx") -> Path:
    folder.mkdir(exist_ok=True)
    document = Document(io.BytesIO(word.read_bytes()))
    heading = next(each for each in document.paragraphs if each.style.name == "Heading 1")
    document.add_comment(heading.runs, said, author="=Dana", initials="D")
    document.save(folder / name)
    return folder / name


def test_comments_of_both_languages_stand_at_one_place_in_page_and_table(cohort, word, tmp_path):
    folder = tmp_path / "came back"
    copy_with(word["he"], folder, "לבדוק", "a.docx")
    copy_with(word["en"], folder, "Check <this>", "b.docx")
    (folder / "~$a.docx").write_bytes(b"opened in Word")
    page, read = comments.gather(cohort, comments.copies(str(folder), cohort.root))
    assert [(copy.file, len(copy.remarks)) for copy in read] == [("a.docx", 1), ("b.docx", 1)]
    html = page.read_text(encoding="utf-8")
    assert "Check &lt;this&gt;" in html
    assert html.count("לבדוק") == 2  # once in each language of the study
    with page.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["place"] for row in rows}) == 1
    assert {row["said"] for row in rows} == {"לבדוק", "Check <this>"}
    assert {row["reviewer"] for row in rows} == {"'=Dana"}
    assert page.parent == cohort.private


def test_a_copy_of_an_earlier_version_is_told(cohort, word, tmp_path):
    path = copy_with(word["en"], tmp_path / "back", "Old")
    document = Document(io.BytesIO(path.read_bytes()))
    document.core_properties.subject = "small 0000000000000000"
    document.save(path)
    page, _ = comments.gather(cohort, [path])
    assert "written on another version of the report" in page.read_text(encoding="utf-8")


def test_a_copy_of_another_cohort_is_refused_with_the_command_to_write(cohort, word, tmp_path):
    path = copy_with(word["en"], tmp_path / "back", "Wrong")
    document = Document(io.BytesIO(path.read_bytes()))
    document.core_properties.subject = "3 0000000000000000"
    document.save(path)
    with pytest.raises(InputProblems, match=r"copy.docx: this is a copy.*another cohort.*“3”") as told:
        comments.gather(cohort, [path])
    assert "make comments COHORT=3 FROM=" in str(told.value)
    assert not (cohort.private / "comments.html").exists()


def test_no_comments_is_a_sentence(cohort, word):
    page, _ = comments.gather(cohort, [word["en"]])
    assert "The copies hold no comments and no changes." in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("", "say where the copies are"),
        ("nowhere", "no such file"),
        ("empty", "no Word file in this"),
        ("a.odt", "no Word file"),
    ],
)
def test_what_is_no_copy_is_named_with_what_to_do(tmp_path, named, said):
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.odt").write_bytes(b"")
    with pytest.raises(InputProblems, match=said) as told:
        comments.copies(named, tmp_path)
    assert "what to do" in str(told.value)


def test_word_files_go_when_the_numbers_change(cohort, word):
    assert all(path.is_file() for path in word.values())
    from followup.publish import versions

    folder = versions.current(cohort.build)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files = {name: content for name, content in files.items() if name not in versions.ON_DEMAND}
    versions.put(cohort.build, files | {"results/more.csv": b"1\n"})
    assert not any(path.exists() for path in word.values())


def test_the_list_of_reports_links_them(cohort, word):
    listed = (cohort.root / "build" / "index.html").read_text(encoding="utf-8")
    assert 'href="small/report.he.docx"' in listed
    assert 'href="small/report.en.docx"' in listed
