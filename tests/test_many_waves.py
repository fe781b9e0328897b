"""Studies of three waves, by YAML alone: what their tables and pages say, and that no wave is named in the package."""

import csv
import re
from itertools import product
from pathlib import Path
from statistics import mean

import pandas as pd
import pytest
import yaml
from checkouts import SHIPPED
from studies_of_many_waves import HERE as COHORTS
from studies_of_many_waves import MISSED

HOUSE = Path(__file__).resolve().parents[1]
CORE = {
    "nurses": {"before": 32, "after": 28, "six_months": 27},
    "mentors": {"baseline": 32, "closing": 30, "year_on": 29},
}


@pytest.fixture(scope="module")
def root(studies) -> Path:
    """The project in which both studies were built by the whole chain."""
    return studies.root


def result(root: Path, study: str, name: str) -> pd.DataFrame:
    return pd.read_csv(root / "build" / study / "results" / f"{name}.csv", keep_default_na=False, na_values=[""])


def scores(root: Path, study: str, scale: str) -> dict[str, dict[str, float]]:
    """Each wave's scale means by person, from the raw files alone."""
    codebook = yaml.safe_load((COHORTS / study / "codebook.yaml").read_text(encoding="utf-8"))
    items = codebook["scales"][scale]["items"].values()
    top = 1 + len(codebook["option_sets"][codebook["scales"][scale]["options"]]["options"])
    found = {}
    for wave in codebook["waves"]:
        with (root / "data" / study / f"{wave}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        asked = [item for item in items if item["en"] in rows[0]]
        person = codebook["respondent_headings"][0]
        found[wave] = {
            row[person]: mean(top - int(row[i["en"]]) if i.get("reverse_coded") else int(row[i["en"]]) for i in asked)
            for row in rows
            if asked
        }
    return found


# Tables --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("study", CORE)
def test_everyone_who_answered_a_wave_is_counted_in_it(root, study):
    response = result(root, study, "response").set_index("wave")
    assert response["n"].to_dict() == CORE[study]
    links = result(root, study, "links").set_index("status")["n"]
    people = yaml.safe_load((COHORTS / study / "params.yaml").read_text(encoding="utf-8"))["roster"]["participants"]
    assert links.sum() == people
    assert links["every_wave"] == people - len(set().union(*MISSED[study].values()))


def test_a_linked_change_of_each_pair_is_that_of_whoever_answered_both(root):
    changes = result(root, "mentors", "changes")
    for scale in ("calling", "skills"):
        waves = scores(root, "mentors", scale)
        for earlier, later in (("baseline", "year_on"), ("baseline", "closing"), ("closing", "year_on")):
            both = waves[earlier].keys() & waves[later].keys()
            expected = mean(waves[later][who] - waves[earlier][who] for who in both)
            row = changes.query(
                "measure == @scale and group == 'all' and wave == @later and compared_with == @earlier"
            ).iloc[0]
            assert (row["n_linked"], row["n_earlier"], row["n_later"]) == (
                len(both), CORE["mentors"][earlier], CORE["mentors"][later]
            )  # fmt: skip
            assert abs(row["change"] - expected) <= 0.05 + 1e-9


def test_a_partly_linked_change_counts_everyone_and_a_skipped_wave_hides_nobody(root):
    changes = result(root, "nurses", "changes")
    waves = scores(root, "nurses", "confidence")
    row = changes.query(
        "measure == 'confidence' and group == 'all' and wave == 'six_months' and compared_with == 'before'"
    )
    expected = mean(waves["six_months"].values()) - mean(waves["before"].values())
    assert abs(row["change"].iloc[0] - expected) <= 0.05 + 1e-9
    missed = set(MISSED["nurses"]["before"]) | set(MISSED["nurses"]["six_months"])
    assert row["n_linked"].iloc[0] == 34 - len(missed)  # whoever skipped the middle wave still counts


def test_a_scale_that_the_first_wave_did_not_ask_is_compared_between_those_that_did(root):
    changes = result(root, "nurses", "changes").query("measure == 'use_of_course' and group == 'all'")
    assert changes[["compared_with", "wave"]].to_numpy().tolist() == [["after", "six_months"]]


def test_each_pair_is_a_family_of_its_own(root):
    changes = result(root, "mentors", "changes").query("kind == 'scale' and group == 'all'")
    assert changes.groupby(["compared_with", "wave"]).size().tolist() == [2, 2, 2]
    assert set(changes["family"]) == {"scales"}


def test_the_course_over_three_waves(root):
    courses = {study: result(root, study, "courses").set_index("measure")["pattern"].to_dict() for study in CORE}
    assert courses == {
        "nurses": {"confidence": "rose_and_kept", "backing": "no_change"},
        "mentors": {"calling": "rose_and_fell_back", "skills": "rose_and_kept"},
    }


def test_levels_attrition_reliability_and_nonresponse_of_every_wave(root):
    for study, name in product(CORE, ("attrition", "reliability", "levels", "items", "roster_bounds")):
        assert set(result(root, study, name)["wave"]) == set(CORE[study]), (study, name)


# Pages ---------------------------------------------------------------------------------------------------------------


def words_of(page: Path) -> str:
    """What a reader of a page sees, without code, pictures and direction signs."""
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"<style.*?</style>|<pre.*?</pre>", " ", text, flags=re.S)
    return re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]+>", " ", text))


def test_one_language_makes_one_page_without_a_switch_or_a_letter_of_the_other(root):
    build = root / "build" / "nurses"
    assert [path.name for path in build.glob("*.html")] == ["report.en.html"]
    text = (build / "report.en.html").read_text(encoding="utf-8")
    assert not re.search("[\u05d0-\u05ea]", re.sub(r"<pre.*?</pre>", "", text, flags=re.S))  # code has both
    assert "report.he" not in text
    for table in (build / "results").glob("*.csv"):
        assert not re.search("[\u05d0-\u05ea]|_he\\b", table.read_text(encoding="utf-8")), table.name


def test_pages_name_the_waves_of_their_study_and_no_other(root):
    nurses = words_of(root / "build" / "nurses" / "report.en.html")
    for said in ("Mean six months later", "n before the course", "Six months later", "rose and kept its level"):
        assert said in nurses
    for page, language in (("nurses/report.en", "en"), ("mentors/report.en", "en"), ("mentors/report.he", "he")):
        text = words_of(root / "build" / f"{page}.html")
        for word in {"en": ("follow-up", "programme end", "graduate"), "he": ("מעקב", "סיום התכנית", "בוגר")}[language]:
            assert word not in text.lower(), (page, word)


def test_a_headline_names_the_waves_of_every_change_that_it_tells(root):
    pages = {"nurses/report.en": "rose after the course and six months later compared with before the course.",
             "mentors/report.en": "Sense of calling rose at the closing meeting, fell a year on and was preserved compared with baseline.",
             "mentors/report.he": "תחושת שליחות: עלייה במפגש הסיכום, ירידה כעבור שנה; לעומת המצב במדידת הבסיס – הרמה נשמרה."}  # fmt: skip
    for page, headline in pages.items():
        assert headline in words_of(root / "build" / f"{page}.html")


def test_what_a_study_never_had_is_named_in_one_line(root):
    text = (root / "build" / "nurses" / "report.en.html").read_text(encoding="utf-8")
    seen = words_of(root / "build" / "nurses" / "report.en.html")
    for never in ("How far did the projects get", "Did the ties last", "Interviews", "Quotations"):
        assert never not in seen
    assert seen.count("Tables and charts that this study has no data for") == 1
    assert text.count("not collected") <= 1


# The package ---------------------------------------------------------------------------------------------------------

NAMES = re.compile(r"programme[_ ]end|follow[_-]up(?!\.)|\bat follow|סיום התכנית|מעקב", re.IGNORECASE)
GRAMMAR = "notebooks/followup/commands/upgrade.py"  # lists nouns by which the name of a wave is put into a sentence


def test_no_wave_is_named_in_the_package_or_the_notebooks():
    files = [HOUSE / "notebooks" / f"{name}.ipynb" for name in SHIPPED]
    for kind in ("py", "j2", "json", "html", "css", "txt"):
        files += (HOUSE / "notebooks" / "followup").rglob(f"*.{kind}")
    named = {
        f"{path.relative_to(HOUSE).as_posix()}: {found[0]}"
        for path in files
        if path.name != "common_words.txt" and path.relative_to(HOUSE).as_posix() != GRAMMAR
        for found in NAMES.finditer(path.read_text(encoding="utf-8"))
    }
    assert named == set()
