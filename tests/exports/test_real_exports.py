"""Exports as survey tools really write them: each is read to the truth, or refused in words; advice never damages.

Every case but a few asks 24 people the same questions and got the same answers, whatever the tool; the truth is read
here by hand from the plainest of the files, never by the code under test.
"""

import csv
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest
from followup.cleaning.clean import Clean, clean_cohort
from followup.commands.upgrade import upgrade
from followup.problems import InputProblems
from followup.study.cohort import open_cohort
from remedies import followed_ways

CASES = Path(__file__).parent / "cases"
PLAIN = CASES / "waves-exchanged" / "data" / "t2"  # the two files are exchanged: t2.csv is the first wave
EXTENT = {"Not at all": 1, "Slightly": 2, "Moderately": 3, "Very": 4, "Extremely": 5}
AIDS = {"Support from management": 1, "Time, budget and staff": 2, "A mentor": 3, "Peers": 4}
STAGES = {"Stopped": 0, "Idea": 1, "Pilot": 2, "Running": 3}
ITEMS = {
    "s1": "I plan my work",
    "s2": "I finish what I begin",
    "s3": "I ask for feedback",
    "s4": "I put things off",
    "k1": "I can read a table",
    "k2": "I can draw a chart",
    "k3": "I can explain a result",
}
HELPED, STAGE = "What helped you? (choose all that apply)", "Where does your project stand?"
Truth = dict[tuple[str, str], object]


def copied(name: str, root: Path) -> Path:
    """A case as it came, its params and codebook upgraded from the earlier form that they are in."""
    shutil.copytree(CASES / name, root)
    upgrade(root)
    return root


def true_answers(file: Path) -> Truth:
    """(ID, question): the code answered, or the set of aids ticked (empty: none), from a plain CSV of labels."""
    truth: Truth = {}
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            for key, wording in ITEMS.items():
                truth[row["Code"], key] = EXTENT[row[wording]]
            truth[row["Code"], "stage_now"] = STAGES[row[STAGE]]
            truth[row["Code"], "helped"] = frozenset(code for label, code in AIDS.items() if label in row[HELPED])
    return truth


BEFORE, AFTER = true_answers(PLAIN / "t2.csv"), true_answers(PLAIN / "t1.csv")


def read_answers(clean: Clean, wave: str) -> Truth:
    """What cleaning made of a wave, in the same form."""
    typed = dict(zip(clean.participants["participant"], clean.participants["id"], strict=True))
    found: Truth = {}
    for row in clean.all("responses").query("wave == @wave").itertuples():
        found[typed[row.respondent], row.item] = None if pd.isna(row.value) else int(row.value)
    given: dict[tuple[str, str], set[int]] = {}
    for row in clean.all("answers").query("wave == @wave").itertuples():
        given.setdefault((typed[row.respondent], row.question), set()).update(
            [] if pd.isna(row.value) else [int(row.value)]
        )
    for (person, key), codes in given.items():
        found[person, key] = frozenset(codes) if key == "helped" else next(iter(codes), None)
    return found


def differences(clean: Clean, before: Truth = BEFORE, after: Truth = AFTER) -> dict:
    """Where a cleaned cohort departs from the truth."""
    wrong = {}
    for wave, truth in (("programme_end", before), ("follow_up", after)):
        found = read_answers(clean, wave)
        keys = truth.keys() | found.keys()
        wrong |= {(wave, *key): (truth.get(key), found.get(key)) for key in keys if truth.get(key) != found.get(key)}
    return wrong


@dataclass(frozen=True)
class Case:
    """What must become of an export: read to the truth, or refused with these words; `changed` is what differs."""

    refused: tuple[str, ...] = ()
    before: Truth = field(default_factory=lambda: BEFORE)
    after: Truth = field(default_factory=lambda: AFTER)
    most_problems: int = 2
    absent: tuple[str, ...] = ()  # what the follow-up file does not hold


def renamed(truth: Truth, codes: dict[int, int]) -> Truth:
    """The truth where the aids have other codes."""
    return {
        key: frozenset(codes.get(code, code) for code in value) if isinstance(value, frozenset) else value
        for key, value in truth.items()
    }


OTHERS = {("X04", "helped"): frozenset({4, 5}), ("X08", "helped"): frozenset({5})}
KNOWN = {
    "code-zero-lost": Case(before=renamed(BEFORE, {4: 0}), after=renamed(AFTER, {4: 0})),
    "csv-equals-trick": Case(
        before={(f"{int(who[1:])}", key): value for (who, key), value in BEFORE.items()},
        after={(f"{int(who[1:])}", key): value for (who, key), value in AFTER.items()},
    ),
    "google-edited-form": Case(("the columns C and D", "join:")),
    "google-edited-form-advice-followed": Case(("join:",)),
    "google-hebrew-ampm": Case(),
    "google-other-text": Case(("“My spouse, and friends”", "other: true"), after=AFTER | OTHERS),
    "grid-asks-something-else": Case(("How true is each statement of you?", "How important is each statement?")),
    "msforms": Case(),
    "msforms-advice-followed": Case(),
    "ods": Case(("OpenDocument", ".xlsx")),
    "options-that-contain-options": Case(("“A mentor, Peers”",)),
    "qualtrics-loop-merge": Case(("2 columns",), most_problems=1),
    "qualtrics-recoded-0-4": Case(("as labels", "as bare numbers")),
    "qualtrics-selected-choice": Case(),
    "redcap-raw": Case(),
    "redcap-advice-followed": Case(("the column of one option",)),
    "stata-dta": Case(("not_asked: [helped, stage_now]",), absent=("helped", "stage_now")),
    "waves-exchanged": Case(("dated before",)),
}
NOT_YET: set[str] = set()


def cohort_of(root: Path) -> str:
    return next((root / "params").glob("*.yaml")).stem


def cleaned(root: Path) -> Clean:
    return clean_cohort(open_cohort(cohort_of(root), root))


@pytest.fixture(params=sorted(KNOWN))
def case(request, tmp_path):
    if request.param in NOT_YET:
        request.applymarker(pytest.mark.xfail(strict=True))
    return copied(request.param, tmp_path / "case"), KNOWN[request.param]


def test_each_export_is_read_to_the_truth_or_refused_in_words(case):
    root, expected = case
    if not expected.refused:
        assert differences(cleaned(root), expected.before, expected.after) == {}
        return
    with pytest.raises(InputProblems) as stop:
        cleaned(root)
    said = str(stop.value)
    assert all(words in said for words in expected.refused), said
    assert len(stop.value.problems) <= expected.most_problems, said


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_no_advice_damages(name, tmp_path):
    """Every block of lines that a message prints is followed to the letter, one way at a time: the answers are then
    those that were given, or the export is still refused."""
    root, expected = copied(name, tmp_path / "case"), KNOWN[name]
    for number, way in enumerate(followed_ways(root, cleaned, tmp_path)):
        try:
            clean = cleaned(way)
        except InputProblems:
            continue
        wrong = differences(clean, expected.before, expected.after)
        assert {where for where in wrong if where[-1] not in expected.absent} == set(), f"way {number} of {name}"
