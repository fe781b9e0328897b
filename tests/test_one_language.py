"""A study in one language: its files, notebooks, pages and numbers need that one, and show no trace of another."""

import json
import os
import re
import shutil
from pathlib import Path

import forks
import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup
from cohort_copies import Tiny
from followup.analysis.published_results import read_cohorts
from followup.chain.both_languages import check_prose
from followup.commands import __main__ as commands
from followup.commands import check, codebook, new
from followup.problems import InputProblems
from followup.publish import versions
from followup.publish.publication import published_table
from followup.study.cohort import languages_of_all, open_cohort
from followup.study.yaml_files import StrictLoader
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

HOUSE = Path(__file__).resolve().parents[1]
COURSE = HOUSE / "tests" / "cohorts" / "course"
HEBREW = re.compile("[\u05d0-\u05ea]")


def only(part, language: str):
    """A part of a YAML file with the words of one language."""
    if isinstance(part, list):
        return [only(value, language) for value in part]
    if not isinstance(part, dict):
        return part
    other = {"he": "en", "en": "he"}[language]
    return {key: only(value, language) for key, value in part.items() if key != other}


def load(name: str) -> dict:
    return yaml.load((COURSE / name).read_text(encoding="utf-8"), Loader=StrictLoader)


def put(root: Path, cohort: str, languages: list[str], book: str = "course", whole: bool = False) -> None:
    """The data course as a study in some languages; with `whole` its codebook has both all the same."""
    params, asked = load("course_params.yaml"), load("course_codebook.yaml")
    params |= {"cohort": cohort, "questionnaire": book, "languages": languages}
    asked["questionnaire"] = book
    if languages == ["he"]:
        for question in [*asked["scales"]["data_skills"]["items"].values(), *asked["questions"].values()]:
            question["headings"] = {wave: [question["en"]] for wave in asked["waves"]}
    if len(languages) == 1:
        params, asked = only(params, languages[0]), asked if whole else only(asked, languages[0])
    (root / "params" / "questionnaires").mkdir(parents=True, exist_ok=True)
    write(root / "params" / f"{cohort}.yaml", params)
    write(root / "params" / "questionnaires" / f"{book}.yaml", asked)
    shutil.copytree(COURSE, root / "data" / cohort, ignore=shutil.ignore_patterns("*.yaml", "*.md"))


def write(path: Path, values: dict) -> None:
    path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")


def run(root: Path, *command: str) -> str:
    """What a command of the project said about the studies below `root`."""
    code, said, wrong = forks.run(HOUSE / "notebooks", command, {"FOLLOWUP_ROOT": str(root)}, seconds=300)
    assert code == 0, wrong
    return said


@pytest.fixture(scope="module")
def english(tmp_path_factory) -> Path:
    """The course in English, built by the whole chain."""
    root = tmp_path_factory.mktemp("english")
    put(root, "course", ["en"])
    (root / "said").write_text(run(root, "report", "course"), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def hebrew(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("hebrew")
    put(root, "course", ["he"])
    (root / "said").write_text(run(root, "report", "course"), encoding="utf-8")
    return root


# ------------------------------------------------------------ its report


@pytest.mark.parametrize(("study", "language", "other"), [("english", "en", "he"), ("hebrew", "he", "en")])
def test_there_is_one_page_and_no_trace_of_another(request, study, language, other):
    root = request.getfixturevalue(study)
    build = root / "build" / "course"
    assert [path.name for path in build.glob("report.*")] == [f"report.{language}.html"]
    assert (root / "said").read_text(encoding="utf-8").split("Open:")[1].split() == [
        str(build / f"report.{language}.html")
    ]
    soup = BeautifulSoup((build / f"report.{language}.html").read_text(encoding="utf-8"), "html.parser")
    assert (soup.html["lang"], soup.select("[hreflang], a.other")) == (language, [])
    assert not [link["href"] for link in soup.select("a[href]") if not link["href"].startswith("#")]
    for part in soup.select("style, script, details.code"):
        part.decompose()
    assert not soup.select(f'[lang="{other}"]')
    assert bool(HEBREW.search(soup.get_text())) == (language == "he")


@pytest.mark.parametrize(("study", "language", "other"), [("english", "en", "he"), ("hebrew", "he", "en")])
def test_numbers_manifest_and_crate_name_one_language(request, study, language, other):
    build = request.getfixturevalue(study) / "build" / "course"
    heads = {
        path.stem: path.read_text(encoding="utf-8").split("\n")[0].split(",") for path in (build / "results").iterdir()
    }
    columns = {column for head in heads.values() for column in head}
    assert f"sentence_{language}" in columns and not [name for name in columns if name.endswith(f"_{other}")]
    facts = json.loads((build / "manifest.json").read_text(encoding="utf-8"))
    assert list(facts["index"]) == [language] and f"report.{other}.html" not in facts["outputs"]
    crate = json.loads((build / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    [whole] = [entity for entity in crate if entity["@id"] == "./"]
    assert whole["name"] == facts["index"][language]["title"] and "a page and the numbers" in whole["description"]
    assert f"report.{other}.html" not in str(crate)


def test_the_numbers_are_those_of_the_study_in_both_languages(english, hebrew):
    changes = [pd.read_csv(root / "build" / "course" / "results" / "changes.csv") for root in (english, hebrew)]
    pd.testing.assert_frame_equal(*changes)
    assert changes[0].query("kind == 'scale' and group == 'all'")["verdict"].tolist() == ["rose"]


def test_the_list_of_reports_is_in_that_language_and_the_report_verifies(english, hebrew):
    for root, language, words in (
        (english, "en", "Data course, spring 2024"),
        (hebrew, "he", "קורס נתונים, אביב 2024"),
    ):
        soup = BeautifulSoup((root / "build" / "index.html").read_text(encoding="utf-8"), "html.parser")
        assert (soup.html["lang"], [part["lang"] for part in soup.select("section")]) == (language, [language])
        [link] = soup.select('a[href$=".html"]')  # beside it only the data
        assert (link["href"], link.get_text()) == (f"course/report.{language}.html", words)
    assert "matches its manifest" in run(english, "verify", "course")


def test_a_language_that_is_left_out_later_leaves_the_readers(tmp_path):
    page, both = b"<p>", {"manifest.json": b"{}"}
    for copies in ("", "1"):
        build = tmp_path / f"build{copies}"
        build.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CHOSEN_COPY", copies)
            versions.put(build, both | {"report.he.html": page, "report.en.html": page})
            versions.put(build, both | {"report.en.html": page})
        assert not os.path.lexists(build / "report.he.html") and (build / "report.en.html").read_bytes() == page


def test_a_table_is_published_with_the_words_of_the_languages_only():
    table = 'n,about_he,about_en,note\n3,"א, ב",=a,\n'.encode()
    assert published_table(table, ["en"]).decode() == "n,about_en,note\n3,'=a,\n"
    assert published_table(table, ["he"]).decode() == 'n,about_he,note\n3,"א, ב",\n'
    assert published_table(table).decode() == 'n,about_he,about_en,note\n3,"א, ב",\'=a,\n'
    assert published_table(b"\n", ["en"]) == b"\n" and published_table(b"", ["en"]) == b""


# ------------------------------------------------------------ what must be written


def test_words_of_a_language_that_the_study_has_are_asked_for_one_by_one(tmp_path):
    put(tmp_path, "course", ["he", "en"])
    book = tmp_path / "params" / "questionnaires" / "course.yaml"
    values = yaml.safe_load(book.read_text(encoding="utf-8"))
    del (
        values["title"]["he"],
        values["option_sets"]["options_1"]["options"][2]["en"],
        values["waves"]["follow_up"]["when"]["he"],
    )
    write(book, values)
    lines = book.read_text(encoding="utf-8").split("\n")
    with pytest.raises(InputProblems) as stop:
        open_cohort("course", tmp_path)
    found = {problem.column: problem for problem in stop.value.problems}
    assert set(found) == {"title.he", "option_sets.options_1.options.2.en", "waves.follow_up.when.he"}
    assert (
        found["title.he"].remedy
        == "add the Hebrew words, or leave he out of languages: in params/course.yaml (languages: [en])"
    )
    assert all(problem.file == "params/questionnaires/course.yaml" for problem in found.values())
    assert lines[found["option_sets.options_1.options.2.en"].row - 1].strip() == "- code: 2"
    assert lines[found["title.he"].row - 1] == "title:"


def test_a_file_without_any_words_of_a_language_is_told_in_one_message(tmp_path):
    put(tmp_path, "course", ["en"])
    params = tmp_path / "params" / "course.yaml"
    english = params.read_text(encoding="utf-8").replace("- en\n", "- en\n- he\n")
    params.write_text(english, encoding="utf-8")
    with pytest.raises(InputProblems) as stop:
        open_cohort("course", tmp_path)
    assert [(one.file, one.what) for one in stop.value.problems] == [
        ("params/course.yaml", "no text of this file has Hebrew words")
    ]
    params.write_text(english.replace("  en: Data course", "  he: קורס\n  en: Data course"), encoding="utf-8")
    with pytest.raises(InputProblems) as stop:
        open_cohort("course", tmp_path)
    assert [(one.file, one.column) for one in stop.value.problems] == [("params/course.yaml", "period.programme.he")]


def test_words_in_no_language_are_refused(tmp_path):
    put(tmp_path, "course", ["en"])
    params = tmp_path / "params" / "course.yaml"
    params.write_text(
        re.sub(r"title:\n  en: .*\n", "title: {}\n", params.read_text(encoding="utf-8")), encoding="utf-8"
    )
    with pytest.raises(InputProblems, match="column “title”: no words stand here"):
        open_cohort("course", tmp_path)


def test_more_words_than_the_study_needs_do_no_harm(tmp_path):
    put(tmp_path, "course", ["en"], whole=True)
    assert open_cohort("course", tmp_path).codebook.title.he == "סקר על קורס נתונים"


def test_interviews_need_their_words_in_the_languages_of_the_study_only(tmp_path):
    rows = "excerpt,interview,theme,finding,stance,excerpt_en\nE1,I1,calm,calmness,supports,I sleep well\n"
    settings = {"interviews": "{file: interviews.csv, released: [E1]}"}
    files = {"interviews.csv": rows}
    clean = Tiny(tmp_path / "en", files=files, languages="[en]", **settings).clean()
    [row] = clean.records.interviews.to_dict("records")
    assert row["excerpt_he"] == row["excerpt_en"] == "I sleep well"
    assert "excerpt_he" in Tiny(tmp_path / "both", files=files, **settings).problem().what


# ------------------------------------------------------------ notebooks


def notebook(*cells: str):
    return new_notebook(cells=[new_code_cell(c[1:]) if c.startswith(">") else new_markdown_cell(c) for c in cells])


def test_a_notebook_says_what_it_says_in_the_languages_that_cohorts_have():
    one = notebook("# What changed?", ">report.say(en='It rose.')", "A word more.")
    assert check_prose(one, "n", ["en"]) == []
    assert [problem.cell for problem in check_prose(one, "n", ["he", "en"])] == [1, 2, 3]
    assert [problem.cell for problem in check_prose(one, "n", ["he"])] == [1, 2, 3]
    two = notebook("# What changed?", "# מה השתנה?", ">report.say(en='{n} rose.', he='עלו')")
    assert [problem.what for problem in check_prose(two, "n", ["en"])] == ["only one language has {n}"]


def test_make_check_asks_for_the_languages_of_all_cohorts(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FOLLOWUP_ROOT", str(tmp_path))
    put(tmp_path, "course", ["en"])
    one = json.dumps(notebook("# What changed?", '>cohort = "course"\nlanguage = "en"', ">report.say(en='It rose.')"))
    made = json.loads(one)
    made["cells"][1]["metadata"]["tags"] = ["parameters"]
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_a.ipynb").write_text(json.dumps(made), encoding="utf-8")
    assert languages_of_all(tmp_path) == ["en"]
    assert check.main(tmp_path / "notebooks") == 0, capsys.readouterr().err
    put(tmp_path, "second", ["he"], book="second")
    assert languages_of_all(tmp_path) == ["he", "en"]
    assert check.main(tmp_path / "notebooks") == 1
    assert "has no Hebrew beside it" in capsys.readouterr().err


# ------------------------------------------------------------ drafts


def test_a_codebook_is_drafted_in_the_language_of_the_export_unless_told(tmp_path):
    source = COURSE / "programme_end.csv"
    path, _ = codebook.draft_codebook(source, "course", tmp_path)
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\bhe: ", text) and 'en: "I can read a table of survey results' in text
    both, _ = codebook.draft_codebook(source, "both", tmp_path, ["he", "en"])
    drafted = both.read_text(encoding="utf-8")
    assert len(re.findall(r"\bhe:", drafted)) == len(re.findall(r"\ben:", drafted)) > 20
    (tmp_path / "answers.csv").write_text("מרוצה\nבמידה רבה\nבמידה מועטה\nבמידה רבה\n", encoding="utf-8")
    path, _ = codebook.draft_codebook(tmp_path / "answers.csv", "hebrew", tmp_path)
    assert " en:" not in path.read_text(encoding="utf-8") and 'he: "מרוצה"' in path.read_text(encoding="utf-8")


def test_a_language_that_there_is_not_is_named(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("FOLLOWUP_ROOT", str(tmp_path))
    monkeypatch.setenv("CHOSEN_FROM", str(COURSE / "programme_end.csv"))
    monkeypatch.setenv("CHOSEN_QUESTIONNAIRE", "course")
    monkeypatch.setenv("CHOSEN_LANGUAGES", "fr en")
    assert commands.main("codebook") == 2
    assert "there is no such language here (found: “fr”)" in capsys.readouterr().err


def test_new_params_carry_the_languages_on(tmp_path):
    put(tmp_path, "course", ["en"])
    (tmp_path / "data" / "market").mkdir()
    codebook.draft_codebook(COURSE / "programme_end.csv", "market", tmp_path)
    new.new_cohort("market", tmp_path, "market")  # of a questionnaire that no cohort has: the codebook's languages
    assert open_cohort("market", tmp_path).params.languages == ["en"]
    assert "he:" not in (tmp_path / "params" / "market.yaml").read_text(encoding="utf-8")
    put(tmp_path, "7", ["en"], book="course")
    new.new_cohort("8", tmp_path)
    assert open_cohort("8", tmp_path).params.languages == ["en"]


# ------------------------------------------------------------ cohorts side by side


def test_cohorts_are_compared_in_the_languages_that_all_of_them_have(english, tmp_path):
    root = shutil.copytree(english, tmp_path / "two", symlinks=True)
    put(root, "second", ["he", "en"], book="second")
    run(root, "report", "second")
    said = run(root, "compare")
    assert [Path(page).name for page in said.split()[2:]] == ["report.en.html"]
    assert [path.name for path in (root / "build" / "compare").glob("report.*")] == ["report.en.html"]
    index = BeautifulSoup((root / "build" / "index.html").read_text(encoding="utf-8"), "html.parser")
    he, en = index.select("section")
    assert [(link["href"], link.get("lang")) for link in he.select('a[href$=".html"]')] == [
        ("course/report.en.html", "en"),  # a reader of Hebrew is told of it, in the language it has
        ("second/report.he.html", None),
        ("second/report.en.html", "en"),
    ]
    assert [link["href"] for link in en.select('a[href$=".html"]')] == [
        *("compare/report.en.html", "course/report.en.html", "second/report.en.html", "second/report.he.html")
    ]

    params = root / "params" / "second.yaml"
    params.write_text(params.read_text(encoding="utf-8").replace("- he\n- en\n", "- he\n"), encoding="utf-8")
    with pytest.raises(InputProblems) as stop:
        read_cohorts("all", root)
    [problem] = stop.value.problems
    assert "share no language" in problem.what and "course [en]; second [he]" in problem.what
