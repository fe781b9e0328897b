"""The chain end to end: what a build makes, what makes it run again, and what is left standing when it breaks."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from checkouts import REPORT, Checkout, wait_until
from followup.analysis.comparison import Comparison
from followup.chain import build, execution, stages
from followup.chain.execution import StageFailed
from followup.chain.stages import Stage
from followup.store import freshness, remembered
from followup.study.cohort import open_cohort
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes
from tables_of_notebooks import changes_of

ALL = list(REPORT)
NUMBER = re.compile(r"[+−]?\d[\d,]*(?:\.\d+)?")


def shown_numbers(page: BeautifulSoup, table: str) -> dict[str, list[list[str]]]:
    """The rows of a table on a page: each row's header with the numbers in its cells."""
    found = page.find(id=table)
    rows: dict[str, list[list[str]]] = {}
    for row in found.find("tbody").find_all("tr"):
        cells = [NUMBER.findall(cell.get_text()) for cell in row.find_all(["th", "td"])[1:]]
        rows.setdefault(row.find("th").get_text(), []).append([number for cell in cells for number in cell])
    return rows


def as_shown(value: float, digits: int, signed: bool = False) -> str:
    """A number as a reader expects it: a real minus, a plus where it is a change."""
    sign = "−" if round(value, digits) < 0 else "+" if signed and round(value, digits) > 0 else ""
    return f"{sign}{abs(round(value, digits)):.{digits}f}"


# ------------------------------------------------------------ what cohort 1's build makes


def test_a_build_leaves_both_pages_the_numbers_and_a_manifest(built):
    made = built.published("1")
    assert {"report.he.html", "report.en.html", "manifest.json"} <= set(made)
    assert all(content for content in made.values())
    manifest = json.loads(made["manifest.json"])
    assert set(manifest["outputs"]) == set(made) - {"manifest.json"}
    for name, content in made.items():
        assert name == "manifest.json" or manifest["outputs"][name] == freshness.hashlib.sha256(content).hexdigest()
    assert "data/1/follow_up.csv" in manifest["inputs"]
    assert "params/1.yaml" in manifest["inputs"]
    assert (built.root / "build" / "index.html").is_file()


def test_progress_says_which_notebook_of_how_many_and_how_long(built):
    said = built.path("1", "private", "said").read_text(encoding="utf-8")
    for place, stage in enumerate(REPORT, 1):
        assert re.search(rf"^\[{place}/6\] {stage} +[\d.]+ s   \([\d.]+ s so far\)$", said, re.MULTILINE)
    assert "report.he.html" in said.split("Open:")[1]


@pytest.mark.parametrize(
    ("language", "direction", "heading", "synthetic"),
    [("he", "rtl", "מה השתנה?", "נתונים סינתטיים"), ("en", "ltr", "What changed?", "Synthetic data")],
)
def test_each_page_is_whole_and_in_its_language(built, language, direction, heading, synthetic):
    page = built.soup("1", language)
    assert (page.html["lang"], page.html["dir"]) == (language, direction)
    assert len(page.find_all("h1")) == 1
    assert heading in [each.get_text().strip() for each in page.find_all("h2")]
    assert synthetic in page.get_text()
    assert page.find("a", href=f"report.{'en' if language == 'he' else 'he'}.html")
    assert not page.find_all("script")


def test_the_findings_come_first(built):
    page = built.page("1", "en")
    places = [
        page.index(f'id="{stage}')
        for stage in ("06_findings", "02_describe", "03_compare", "04_projects", "05_network", "01_clean")
    ]
    assert places == sorted(places)


def test_changes_has_a_row_for_each_measure_and_group_with_all_that_a_reviewer_needs(built):
    changes = built.result("1", "changes")
    assert {
        "measure",
        "group",
        "n_earlier",
        "n_later",
        "n_linked",
        "mean_earlier",
        "mean_later",
        "change",
        "ci_low",
        "ci_high",
        "ci90_low",
        "ci90_high",
        "p_adjusted",
        "verdict",
    } <= set(changes.columns)
    assert {"p", "effect_size", "p_pratt", "detectable", "top_low"}.isdisjoint(changes.columns)  # these leave at no n
    scales = changes[changes["kind"] == "scale"]
    assert len(scales) == 6 * 4  # six scales; all and three groups
    assert not scales.duplicated(["measure", "group"]).any()
    whole = changes[changes["group"] == "all"]
    assert (whole["kind"] == "item").sum() == 25
    assert whole[["n_linked", "change", "verdict"]].notna().all(axis=None)
    assert (whole["p_adjusted"].notna() | whole["no_test"].notna()).all()  # no p, and why
    assert set(whole["verdict"]) <= {"rose", "fell", "preserved", "inconclusive"}


def test_the_page_shows_the_numbers_of_the_results(built):
    """Each scale: n, change and interval in results/changes.csv are those that stand on the English page."""
    changes = built.result("1", "changes")
    scales = changes[(changes["kind"] == "scale") & (changes["group"] == "all")]
    rows = [row for rows in shown_numbers(built.soup("1", "en"), "figure-scale_changes").values() for row in rows]
    assert len(rows) == len(scales) == 6
    for shown, row in zip(rows, scales.itertuples(), strict=True):
        expected = [
            as_shown(row.n_linked, 0),
            as_shown(row.change, 1, True),
            as_shown(row.ci_low, 1, True),
            as_shown(row.ci_high, 1, True),
        ]
        assert shown[:4] == expected


def test_both_pages_show_the_same_numbers(built):
    for table in (
        "table-changes",
        "table-gaps",
        "table-response",
        "table-projects_advanced",
        "figure-wishes",
        "table-flow",
    ):
        numbers = [list(shown_numbers(built.soup("1", language), table).values()) for language in ("he", "en")]
        assert numbers[0] == numbers[1], table


def test_the_published_counts_stand_on_the_first_screen(built):
    """39 took part, 38 answered at programme end, 29 at follow-up (74%): the study's numbers, and data/README's."""
    head = built.soup("1", "en").get_text().replace("\u2066", "").replace("\u2069", "").split("What we found")[0]
    assert "29 of 39 (74%)" in head
    assert "38 of 39 (97%)" in head
    response = built.result("1", "response").set_index("wave")
    assert response["n"].to_dict() == {"programme_end": 38, "follow_up": 29}
    assert built.result("1", "links").set_index("status")["n"].to_dict() == {
        "linked": 28,
        "only:programme_end": 10,
        "only:follow_up": 1,
        "neither": 0,
    }


def test_every_row_and_cell_of_the_exports_is_accounted_for(built):
    accounts = built.result("1", "accounts").set_index("wave")
    parts = [column for column in accounts.columns if column.startswith("cells_")]
    assert (accounts["rows"] == accounts["rows_kept"] + accounts["rows_excluded"]).all()
    assert (accounts["cells"] == accounts[parts].sum(axis=1)).all()
    flow = built.result("1", "flow").set_index(["wave", "step"])["n"]
    assert flow["follow_up", "answered"] == 29


# ------------------------------------------------------------ nobody recognisable


def readable(path: Path) -> str:
    """A published file as text, without the bytes of pictures and fonts."""
    return re.sub(r"base64,[A-Za-z0-9+/=]+", "base64,…", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("cohort", ["1", "small"])
def test_no_id_name_or_address_of_the_roster_is_published(built, cohort):
    secrets = roster_of(built, cohort)
    folder = built.path(cohort, ".current")
    files = [path for path in folder.rglob("*") if path.is_file()] + [built.root / "build" / "index.html"]
    assert len(files) > 20
    for path in files:
        text = readable(path).casefold()
        assert [secret for secret in secrets if secret.casefold() in text] == [], path.name


def roster_of(checkout: Checkout, cohort: str) -> list[str]:
    """Every ID, name and address that stands on the raw roster."""
    if cohort == "small":
        table = pd.read_csv(checkout.root / "data" / "small" / "roster.csv", dtype=str)
        return [*table["Code"], *table["Name"]]
    table = pd.read_excel(checkout.root / "data" / "1" / "roster.xlsx", sheet_name="משתתפים", dtype=str)
    assert len(table) == 39
    return [*table["מספר משתתף"], *table["שם"], *table['דוא"ל'], "example.org"]


def test_the_scan_would_find_a_planted_name(built, tmp_path):
    planted = tmp_path / "page.html"
    planted.write_text("<p>משתתפת לדוגמה 07</p>", encoding="utf-8")
    assert any(secret in readable(planted) for secret in roster_of(built, "1"))


@pytest.mark.parametrize("cohort", ["1", "small"])
def test_no_pseudonym_is_published_either(built, cohort):
    """Row-level tables stay private: whoever has two tables could follow a pseudonym from one to the other."""
    people = pd.read_csv(built.path(cohort, "private", "tables", "participants.csv"), dtype=str)["participant"]
    assert people.str.fullmatch("[0-9a-f]{12}").all()
    text = "\n".join(
        readable(path)
        for path in built.path(cohort, ".current").rglob("*")
        if path.is_file() and path.name != "manifest.json"
    )
    assert [name for name in people if name in text] == []


def test_only_released_excerpts_are_published(built):
    released = set(built.result("1", "excerpts")["excerpt_en"])
    every = pd.read_csv(built.root / "data" / "1" / "interviews.csv")["excerpt_en"]
    assert (len(released), len(every)) == (9, 15)
    page = built.page("1", "en").replace("&#x27;", "'").replace("&amp;", "&")
    for words in set(every) - released:
        assert words not in page


# ------------------------------------------------------------ the small cohort: every oddity, worked by hand


def test_the_small_cohort_links_sixteen_and_counts_everyone_else(built):
    assert built.result("small", "links").set_index("status")["n"].to_dict() == {
        "linked": 16,
        "only:programme_end": 2,
        "only:follow_up": 1,
        "neither": 1,
    }
    assert built.result("small", "response")["n"].tolist() == [18, 17]
    excluded = built.result("small", "flow").set_index(["wave", "step"])["excluded"]
    assert excluded["programme_end", "blank_row"] == excluded["programme_end", "preview"] == 1
    assert excluded["follow_up", "not_on_roster"] == excluded["follow_up", "duplicate"] == 1


@pytest.mark.parametrize(
    ("measure", "change", "verdict"),
    [
        ("plan", 0.6, "rose"),  # 10 / 16: single statements are told to one decimal
        ("worry", -0.3, "inconclusive"),  # -4 / 16, a half is rounded away from zero
        ("daily", 0.0, "inconclusive"),
        ("steady", 0.0, "inconclusive"),
        ("skill", 0.1, "inconclusive"),  # 2 / 16; of sixteen people it is not told that they stayed within the margin
        ("use", 0.0, "inconclusive"),
    ],
)
def test_the_small_cohorts_changes_are_those_worked_by_hand(built, measure, change, verdict):
    row = built.result("small", "changes").query("group == 'all'").set_index("measure").loc[measure]
    assert (row["n_linked"], row["verdict"]) == (16, verdict)
    assert row["change"] == pytest.approx(change)


def test_the_exact_p_of_skill_is_the_sign_tests(built):
    """All fourteen who moved moved by a third, so flipping signs is tossing fourteen coins."""
    small = open_cohort("small", built.root)
    comparison = Comparison(small, small.read("responses"), small.read("participants"))
    row = changes_of(comparison).query("group == 'all'").set_index("measure").loc["skill"]
    assert row["verdict"] == "preserved"
    assert row["p"] == pytest.approx(2 * (1001 + 364 + 91 + 14 + 1) / 2**14)


def test_a_statement_that_nobody_answered_breaks_nothing(built):
    row = built.result("small", "changes").query("group == 'all'").set_index("measure").loc["nobody"]
    assert row["n_linked"] == 0
    assert row[["change", "p_adjusted"]].isna().all()


def test_small_groups_are_hidden_in_numbers_and_on_the_page(built):
    """South's six and the islands' two: beside North, the six would be known to within two people's answers."""
    changes = built.result("small", "changes").query("measure == 'skill'").set_index("group")
    assert changes["hidden"].to_dict() == {"all": False, "north": True, "south": True, "islands": True}
    values = ["n_linked", "mean_earlier", "mean_later", "change", "ci_low", "verdict"]
    assert changes.drop("all")[values].isna().all(axis=None)
    page = built.soup("small", "en")
    assert page.find(id="table-group_changes") is None
    assert "No group can be shown: one is too small" in page.get_text()


def test_a_gap_to_a_small_group_is_hidden_and_not_drawn(built):
    gaps = built.result("small", "gaps")
    assert gaps["hidden"].all()
    assert gaps[["change", "gap_earlier", "gap_later", "excludes_zero", "verdict", "reason"]].isna().all(axis=None)
    assert built.soup("small", "en").find(id="figure-gap_lines") is None


def test_two_reports_of_one_project_are_one_project_and_one_conflict(built):
    row = built.result("small", "projects_advanced").set_index("wave").loc["follow_up"]
    assert row[["n_advanced", "n", "n_all", "lowest", "highest", "conflicts"]].tolist() == [1, 2, 3, 1, 2, 1]


@pytest.mark.parametrize(
    ("language", "line", "section"),
    [
        ("en", "Tables and charts that this study has no data for", "Did the ties last?"),
        ("he", "טבלאות ותרשימים שאין להם נתונים במחקר זה", "האם הקשרים נשמרו?"),
    ],
)
def test_what_the_small_cohort_does_not_have_is_listed_beneath_one_line_and_has_no_section(
    built, language, line, section
):
    """No network, no meetings, no interviews, no published claims."""
    soup = built.soup("small", language)
    [folded] = soup.select("footer details.nothing")
    assert folded.summary.get_text().startswith(line) and len(folded.find_all("li")) >= 5
    for stage in ("05_network", "06_findings-section-5", "06_findings-section-6"):
        assert not soup.find(id=stage)
    assert section not in soup.get_text() and section in built.soup("1", language).get_text()


def test_hostile_words_stay_words(built):
    for language in ("en", "he"):
        page = built.page("small", language)
        assert "<script" not in page.lower()
        assert "&lt;b&gt;" in page  # the cohort's name, as it was typed
        assert "alert(" not in page  # free text and titles of projects are not shown at all
        assert "example.org" not in page


# ------------------------------------------------------------ what runs again


def test_an_unchanged_tree_runs_nothing(small):
    before = small.published("small")
    done = small.build("small")
    assert (done.code, done.ran) == (0, [])
    assert sorted(done.stages) == ALL
    assert small.published("small") == before


def test_a_changed_sentence_of_prose_runs_nothing_and_is_on_the_page(small):
    small.add_sentence("03_compare", "Changes are worth a sentence more.")
    done = small.build("small")
    assert (done.code, done.ran, done.stages["03_compare"]) == (0, [], "new prose")
    assert "Changes are worth a sentence more." in small.page("small", "en")
    assert "Changes are worth a sentence more." not in small.page("small", "he")
    done = small.build("small")
    assert done.stages["03_compare"] == "unchanged"


def test_a_changed_sentence_with_numbers_runs_its_own_notebook_only(small):
    said = "The last questionnaire was answered by {answered_of}."
    small.say_otherwise("02_describe", said, said.replace("was answered", "was, in all, answered"))
    done = small.build("small")
    assert (done.code, done.ran) == (0, ["02_describe"])
    assert "The last questionnaire was, in all, answered by" in small.page("small", "en")


def test_after_edits_the_report_is_to_the_byte_what_a_first_run_makes(small, tmp_path):
    """Prose beside earlier outputs, charts drawn before, pieces of the page made before: none of them may show."""
    small.add_sentence("03_compare", "Changes are worth a sentence more.")
    small.say_otherwise("02_describe", "was answered by {answered_of}", "was indeed answered by {answered_of}")
    small.replace("params/small.yaml", "margins: {scale: 0.3,", "margins: {scale: 0.25,")
    for stage in ("06_findings", "04_projects"):  # saved by Jupyter: outputs, and what it notes about itself
        path = small.notebooks / f"{stage}.ipynb"
        path.write_text(
            path.read_text(encoding="utf-8").replace(
                '"outputs": []', '"outputs": [{"output_type": "stream", "name": "stdout", "text": "by hand"}]'
            ),
            encoding="utf-8",
        )
    done = small.build("small")
    assert (done.code, done.ran) == (0, ["02_describe", "03_compare", "06_findings"]), done.err
    assert done.stages["04_projects"] == "new prose"
    anew = small.copy(tmp_path / "anew", without=("build",))
    assert anew.build("small").ran == ALL
    assert anew.published("small") == small.published("small")


def test_a_chart_of_the_same_numbers_is_not_drawn_again(small):
    kept = small.path("small", "private", "drawings", "scale_changes.en.json")
    mark = kept.read_text(encoding="utf-8").split()[0]
    *images, _ = remembered.read(kept, mark)
    remembered.write(kept, mark, [*images, "Four people on one bar, as it was drawn before."])
    small.say_otherwise("03_compare", "What was settled, and when", "What had been settled, and when")
    done = small.build("small")
    assert (done.code, done.ran) == (0, ["03_compare"])
    assert "as it was drawn before" in small.page("small", "en")
    small.replace(
        "notebooks/followup/report/charts/change_charts.py", "import pandas as pd", "import pandas as pd  # a comment"
    )
    assert small.build("small").code == 0
    assert "as it was drawn before" not in small.page("small", "en")


@pytest.mark.parametrize(
    ("old", "new", "ran"),
    [
        ("synthetic: true", "synthetic: true   # a comment", []),
        ("margins: {scale: 0.3,", "margins: {scale: 0.25,", ["02_describe", "03_compare", "06_findings"]),
    ],
)
def test_a_changed_param_runs_what_reads_it_and_what_follows(small, old, new, ran):
    small.replace("params/small.yaml", old, new)
    done = small.build("small")
    assert (done.code, done.ran) == (0, ran)


def test_data_with_an_old_date_and_new_content_is_read_again_with_the_same_bytes_wherever_it_runs(small):
    """A file copied in with its dates kept, which Make alone would call old; on a computer set up otherwise.

    The change is in a free comment: what the notebook hands on is the same to the byte, so the ripple ends with it.
    """
    file = small.root / "data" / "small" / "programme_end.csv"
    dates = os.stat(file)
    small.replace("data/small/programme_end.csv", "=1+1 {n}", "=2+2 {n}")
    os.utime(file, (dates.st_atime - 1e6, dates.st_mtime - 1e6))
    inputs = json.loads(small.published("small")["manifest.json"])["inputs"]
    done = small.build("small", LANG="C", LC_ALL="C", TZ="Asia/Tokyo", PYTHONHASHSEED="5", COLUMNS="40")
    assert (done.code, done.ran) == (0, ["01_clean"])
    assert json.loads(small.published("small")["manifest.json"])["inputs"] != inputs


def test_every_input_counts_by_its_content(tmp_path):
    """Params, codebook, claims and data: each changes the fingerprint, however old its date; a look does not."""
    for folder, file in (
        ("params", "1.yaml"),
        ("params/questionnaires", "q.yaml"),
        ("params/claims", "1.yaml"),
        ("data/1", "a.csv"),
        ("data/1/sub", "b.csv"),
    ):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / file).write_text("one", encoding="utf-8")
    marks = [freshness.fingerprint(tmp_path, "1")]
    for path in sorted(path for path in tmp_path.rglob("*") if path.is_file()):
        path.write_text("two", encoding="utf-8")
        os.utime(path, (1, 1))
        marks.append(freshness.fingerprint(tmp_path, "1"))
    assert len(set(marks)) == 6
    os.utime(path)
    (tmp_path / "data" / "1" / ".~lock.a.csv#").write_text("an editor's", encoding="utf-8")
    (tmp_path / "params" / "2.yaml").write_text("another cohort's", encoding="utf-8")
    assert freshness.fingerprint(tmp_path, "1") == marks[-1]


def test_a_stage_depends_on_the_modules_that_it_imports():
    modules = {path.stem for path in stages.modules_of(stages.NOTEBOOKS / "05_network.ipynb")}
    assert {"safe_network", "answer_charts", "language", "report", "cohort", "yaml_files"} <= modules
    assert not {"run", "rendering", "publication", "notebook_rules"} & modules


# ------------------------------------------------------------ what is left when a notebook fails


def notice(page: str) -> str:
    """The words of the failure notice on a page; nothing when it has none."""
    found = BeautifulSoup(page, "html.parser").find(class_="failed")
    return found.get_text(" ") if found else ""


def test_a_failing_notebook_is_named_and_the_last_good_report_says_so(few):
    """The whole story: it fails, the pages carry a notice, it is mended, the pages are as they were."""
    good, path = few.published("small"), few.notebooks / "06_findings.ipynb"
    whole = path.read_text(encoding="utf-8")
    number = few.add_code("06_findings", "1 / 0")
    done = few.build("small")
    assert done.code == 3
    assert f"notebooks/06_findings.ipynb, cell [{number}]: ZeroDivisionError: division by zero" in done.err
    assert "Traceback" not in done.err
    kept = few.path("small", "private", "06_findings.ipynb")
    assert str(kept) in done.err
    assert "ZeroDivisionError" in kept.read_text(encoding="utf-8")
    for language in ("en", "he"):
        assert "06_findings" in notice(few.page("small", language))
        assert "ZeroDivisionError" in notice(few.page("small", language))
        assert "Traceback" not in few.page("small", language)
    assert few.published("small")["results/accounts.csv"] == good["results/accounts.csv"]

    path.write_text(whole, encoding="utf-8")
    done = few.build("small")
    assert (done.code, done.ran) == (0, ["06_findings"])
    assert notice(few.page("small", "en")) == ""
    assert few.published("small") == good


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Runs a notebook of a few cells by `execute`, without a cohort; gives what stopped it."""
    monkeypatch.setattr(stages, "NOTEBOOKS", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(stages.PACKAGE.parent))

    def run(*sources: str) -> StageFailed:
        cells = [
            new_markdown_cell("# Tiny"),
            new_code_cell('cohort = "1"', metadata={"tags": ["parameters"]}),
            *map(new_code_cell, sources),
        ]
        (tmp_path / "tiny.ipynb").write_text(writes(new_notebook(cells=cells)), encoding="utf-8")
        with pytest.raises(StageFailed) as stop:
            execution.execute(Stage("tiny"), "1", tmp_path / "out" / "tiny.ipynb")
        assert (tmp_path / "out" / "tiny.ipynb").exists()
        return stop.value

    return run


@pytest.mark.parametrize(
    ("sources", "cell", "cause"),
    [
        (["1 + 1", "import sys\nsys.exit(0)", "2 + 2"], 3, "SystemExit: 0"),
        (["import sys\nsys.exit(0)"], 2, "SystemExit: 0"),
        (["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "2 + 2"], 2, "its kernel died"),
        (["cohort", "raise ValueError('a\\nb')"], 3, "ValueError: a"),
        (["x = (", "2 + 2"], 2, "SyntaxError"),
        (["%no_such_magic"], 2, "UsageError"),
        (
            ["from followup.problems import *\nraise InputProblems([Problem('what', 'remedy', 'data/1/a.csv', 7)])"],
            2,
            "data/1/a.csv, row 7: what",
        ),
    ],
    ids=["exit, more cells", "exit at the end", "kernel killed", "error", "no Python", "no such magic", "input"],
)
def test_whatever_keeps_a_cell_from_its_end_is_a_failure(tiny, sources, cell, cause):
    stopped = tiny(*sources)
    assert stopped.cell == cell
    assert cause in stopped.cause
    assert str(stopped).startswith(f"notebooks/tiny.ipynb, cell [{cell}]: ")
    assert stopped.exit_code == (2 if "row 7" in cause else 3)


# ------------------------------------------------------------ what is left when it is broken off


def test_broken_off_by_ctrl_c_or_killed_the_old_report_stays_whole_and_the_next_run_makes_the_new_one(few):
    """A cell that takes ten minutes; a second build beside it; Ctrl-C; again, and killed; mended."""
    path, begun = few.notebooks / "06_findings.ipynb", few.notebooks / "begun"
    whole, good = path.read_text(encoding="utf-8"), few.published("small")
    table = few.path("small", "private", "results", "findings.csv")
    evidence = table.read_bytes()
    few.add_code("06_findings", "import time, pathlib; pathlib.Path('begun').touch(); time.sleep(600)")

    build = few.start("small")
    wait_until(begun.exists)
    second = few.build("small")
    assert second.code == 75
    assert "Another build of cohort small is under way" in second.err
    done = few.end(build, signal.SIGINT)
    assert done.code == 130
    assert "Interrupted: nothing was published" in done.err
    assert "Traceback" not in done.err
    assert not few.path("small", "private", "published").exists()  # Make sees that the report is not up to date
    assert few.published("small") == good

    begun.unlink()
    build = few.start("small")
    wait_until(begun.exists)
    assert few.end(build, signal.SIGKILL).code == -signal.SIGKILL
    assert few.published("small") == good
    table.write_bytes(evidence[:100])  # as if killed in the middle of a write

    path.write_text(whole, encoding="utf-8")
    begun.unlink()
    done = few.build("small")  # the lock died with its owner
    assert (done.code, done.ran) == (0, ["06_findings"])
    assert table.read_bytes() == evidence
    assert few.published("small") == good


def test_an_input_that_changes_under_way_is_noticed(few):
    """A cell of the cleaning notebook stands in for someone who saves a file meanwhile."""
    file = "pathlib.Path('../data/small/programme_end.csv')"
    few.add_code("01_clean", f"import pathlib; {file}.write_bytes({file}.read_bytes() + b'\\n')")
    done = few.build("small")
    assert done.code == 3
    assert "data/small/programme_end.csv: an input changed" in done.err
    assert "run the same command again" in done.err
    assert "an input changed" in notice(few.page("small", "en"))
    assert "programme_end" not in notice(few.page("small", "en"))  # a file may be called by somebody's name


SAVES = {
    "in other words": "book.write_text(whole.replace('en: ', 'en: now ', 1))",
    "half": "book.write_text(whole[:900] + '  : ['); read_codebook(book, book.name)",
    "half, then whole": """
try:
    book.write_text(whole[:900] + '  : ['); read_codebook(book, book.name)
finally:
    book.write_text(whole)""",
    "nothing yet": "book.write_text(''); read_codebook(book, book.name)",
    "gone": "book.unlink(); read_codebook(book, book.name)",
    "moved away and back": """
try:
    book.rename('away'); read_codebook(book, book.name)
finally:
    pathlib.Path('away').rename(book)""",
    "no longer what the cohort needs": "book.write_text(whole.replace('hope', 'wish')); {}['hope']",
    "read otherwise, then put back": """
book.write_text(whole.replace('en: ', 'en: now ', 1)); read_codebook(book, book.name); book.write_text(whole)""",
}


@pytest.mark.parametrize(
    ("stage", "way"),
    [("01_clean", way) for way in SAVES]
    + [("06_findings", way) for way in ("half", "gone", "read otherwise, then put back")],
)
def test_a_codebook_that_is_saved_during_a_build_is_named_in_one_message(way, stage, few):
    """A cell stands in for the editor: whatever fails then, or does not, is told as the save that it comes from."""
    book = few.root / "params" / "questionnaires" / "village.yaml"
    whole, good = book.read_text(encoding="utf-8"), results_of(few.published("small"))
    names = "import pathlib; from followup.study.codebook import read_codebook"
    path = "pathlib.Path('../params/questionnaires/village.yaml')"
    few.add_code(stage, f"{names}; book = {path}; whole = book.read_text(encoding='utf-8')\n{SAVES[way]}")
    done = few.build("small")
    assert done.code == 3
    lines = done.err.strip().splitlines()
    assert lines[0].startswith("params/questionnaires/village.yaml: an input changed: ")
    assert "run the same command again" in lines[1]
    assert lines[2:] == [
        "    nothing new was published",
        "    the last good report now says so at its top",
    ]
    assert results_of(few.published("small")) == good

    book.write_text(whole, encoding="utf-8")
    few.say_otherwise(stage, SAVES[way], "")
    done = few.build("small")
    assert (done.code, done.stages[stage]) == (0, "ran")  # what was made of the other codebook is not taken for its own
    assert results_of(few.published("small")) == good


def test_a_codebook_of_another_questionnaire_may_be_saved_during_a_build(few):
    other = "pathlib.Path('../params/questionnaires/other.yaml')"
    few.add_code("01_clean", f"import pathlib; {other}.write_text('drafted meanwhile')")
    assert few.build("small").code == 0


def test_a_build_folder_that_cannot_be_written_is_one_line(small, monkeypatch, capsys):
    shutil.rmtree(small.root / "build")
    (small.root / "build").write_text("a file where a folder should be", encoding="utf-8")
    monkeypatch.setenv("FOLLOWUP_ROOT", str(small.root))
    assert build.build_and_tell("small") == 3
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert str(small.root / "build") in said


def results_of(published: dict) -> dict:
    """The numbers behind the pages, without the pages that carry a notice and the manifest that lists them."""
    return {name: content for name, content in published.items() if name.startswith("results/")}


def test_params_with_a_problem_publish_nothing(small):
    good = small.published("small")
    line = small.replace("params/small.yaml", "synthetic: true", "synthetc: true")
    done = small.build("small")
    assert done.code == 2
    assert f"params/small.yaml, row {line}, column “synthetc”: unknown key" in done.err
    assert "did you mean “synthetic”?" in done.err
    assert done.out == ""
    assert results_of(small.published("small")) == results_of(good)
    assert "problems in the input" in notice(
        small.page("small", "en")
    )  # the old numbers stay, and say that they are old

    small.replace("params/small.yaml", "synthetc: true", "synthetic: true")
    assert "1 of 1 cohorts to build" in small.reports().out
    assert notice(small.page("small", "en")) == ""


# ------------------------------------------------------------ make


@pytest.fixture(scope="session")
def made(built, tmp_path_factory) -> Checkout:
    """A copy with an environment that Make takes for ready; its Python is the one that runs the tests."""
    checkout = built.copy(tmp_path_factory.mktemp("make") / "a project, with spaces")
    python = checkout.root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    shutil.copy(checkout.root / "requirements.lock", checkout.root / ".venv" / "report.ready")
    return checkout


def make(checkout: Checkout, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAKE", "MFLAGS", "COHORT", "FOLLOWUP"))
    }
    return subprocess.run(
        ["make", *arguments], cwd=checkout.root, env=clean | environment, capture_output=True, text=True, check=False
    )


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@needs_make
@pytest.mark.parametrize(
    "name",
    [
        "$(shell touch witness)",
        "${shell touch witness}",
        "`touch witness`",
        "; touch witness",
        "1; touch witness",
        "../1",
        "1/../1",
        "1 small",
        "1 2",
        "",
        " ",
        "%",
        "no-such",
        "-n",
        "'1'",
        "1\ntouch witness",
    ],
)
@pytest.mark.parametrize("way", ["argument", "environment"])
def test_a_cohort_that_is_none_runs_nothing(made, name, way):
    before = {path for path in made.root.rglob("*") if "__pycache__" not in path.parts}
    done = make(made, "report", f"COHORT={name}") if way == "argument" else make(made, "report", COHORT=name)
    assert done.returncode != 0
    assert "Say which cohort: make report COHORT=…  (one of: 1 small)" in done.stderr
    assert done.stdout == ""
    assert {path for path in made.root.rglob("*") if "__pycache__" not in path.parts} == before


@needs_make
def test_make_reports_what_is_up_to_date_without_running_anything(made):
    done = make(made, "report", "COHORT=1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["build/1/report.he.html", "build/1/report.en.html"]


@needs_make
def test_make_ends_badly_when_the_chain_does(made):
    """Although what was published has a date in the future, as after the clock was set back."""
    made.replace("params/small.yaml", "synthetic: true", "synthetc: true")
    os.utime(made.path("small", "private", "published"), (time.time() + 3600,) * 2)
    done = make(made, "report", "COHORT=small")
    assert done.returncode != 0
    made.replace("params/small.yaml", "synthetc: true", "synthetic: true")
    assert "did you mean “synthetic”?" in done.stderr


@needs_make
def test_make_alone_prints_help(made):
    done = make(made)
    assert done.returncode == 0
    assert re.search(r"^make report +COHORT=1: the report of one cohort", done.stdout, re.MULTILINE)
    assert "cohorts: 1 small" in done.stdout
