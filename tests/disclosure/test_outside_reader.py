"""A reader with nothing but what is sent: no "k of n" people, on a page or in a file, leaves one to four on either side.

Projects are counted as projects, and how many answered a questionnaire is public by nature (params/README.md).
"""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

COHORTS = ("1", "2", "3", "local-3", "compare")
K_OF_N = re.compile(r"(\d+) (?:of|מתוך) (\d+)")
OF_PROJECTS = ("project_moves", "project_stages", "projects_advanced", "project_moves-data", "project_stages-data")
NOT_PEOPLE = {"n_projects", "n_advanced", "n_ties", "n_near", "n_interviews", "n_possible", "n_again"}
ASKED = {"n_all", "n_before"}  # how many were asked; how many answered in another cohort


def few(part: int, whole: int) -> bool:
    return 0 < part < 5 or 0 < whole - part < 5


def without_projects_and_response(page: BeautifulSoup) -> str:
    """What is read on a page, text alternatives included, but for the projects and how many answered."""
    for part in page(["script", "style"]) + page.select("pre, header, [id*=project_stages], [id*=project_moves]"):
        part.decompose()
    for part in page.select("[id*=response], [id*=projects_advanced]"):
        part.decompose()
    for picture in page("img"):
        picture.insert_before(f" {picture.get('alt', '')} ")
    text = page.get_text("|", strip=True)
    return re.sub("[\u2066-\u2069\u00a0]", "", text)


@pytest.mark.parametrize("language", ["he", "en"])
@pytest.mark.parametrize("name", COHORTS)
def test_no_page_tells_of_one_to_four_people(everything, name, language):
    page = BeautifulSoup(everything.page(name, language), "html.parser")
    answered = {
        tuple(pair) for pair in everything.result(name, "response")[["n", "n_all"]].astype(int).to_numpy().tolist()
    }
    told = [(int(k), int(n)) for k, n in K_OF_N.findall(without_projects_and_response(page))]
    assert len(told) > 3
    assert [pair for pair in told if few(*pair) and pair not in answered] == []


@pytest.mark.parametrize("name", COHORTS)
def test_no_file_tells_of_one_to_four_people(everything, name):
    looked = 0
    for path in sorted((everything.root / "build" / name / "results").glob("*.csv")):
        table = pd.read_csv(path) if path.stat().st_size > 2 else pd.DataFrame()
        for column in table.select_dtypes("number") if "n" in table else ():
            if column.startswith("n_") and column not in NOT_PEOPLE | ASKED and column != "n_involved":
                parts = table[[column, "n"]].dropna().to_numpy().tolist()
                assert [pair for pair in parts if few(*pair)] == [], (path.name, column)
                looked += len(parts)
    assert looked >= (0 if name == "compare" else 10)
