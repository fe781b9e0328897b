"""Rows that rest on nobody's answers: how often all who took part, or all of a group, came to the meetings."""

from collections.abc import Iterator

import pandas as pd

from followup.analysis.study_frames import Study
from followup.disclosure.safe_tables import RESULTS
from followup.problems import InputProblems


def is_attendance(rows: pd.DataFrame, outcome: str, study: Study) -> bool:
    """Whether the outcome is how many meetings each came to, or whether at least so many; of all participants, or of all of a
    group. (Of those who came at all it would tell, beside these, how many never did.) The rows have a respondent each as their
    index.
    """
    if rows.empty or outcome not in rows or outcome in RESULTS or not rows.index.is_unique:
        return False
    meetings = _meetings(study)
    if meetings.empty or not rows.index.isin(study.participants.index).all():
        return False
    times = meetings.index.value_counts().reindex(rows.index, fill_value=0)
    told = pd.to_numeric(rows[outcome], errors="coerce")
    least = times[told == 1].min()
    if not (told.eq(times).all() or told.eq(times.ge(least)).all()):
        return False
    return any(whole.symmetric_difference(rows.index).empty for whole in _wholes(rows, study))


def _meetings(study: Study) -> pd.DataFrame:
    try:
        return study.meetings
    except InputProblems:  # the table has not been made, and so nobody is in it
        return pd.DataFrame()


def is_all_of_meetings(keys: pd.DataFrame, study: Study) -> bool:
    """Whether keys of a crosstab are meetings, and traits, of all who came to each of these meetings."""
    people = study.participants.drop(columns="answered")
    if "meeting" not in keys or not {*keys} <= {"meeting", "date", *people}:
        return False
    came = study.meetings[study.meetings["meeting"].isin(keys["meeting"].unique())]
    came = came.drop(columns="group").join(people)[[*keys]]
    mine, theirs = (sorted(map(tuple, one.reset_index().astype(str).to_numpy())) for one in (keys, came))
    return mine == theirs


def _wholes(rows: pd.DataFrame, study: Study) -> Iterator[pd.Index]:
    """Everyone, and everyone of each trait that these rows have in common."""
    people = study.participants.drop(columns="answered")
    yield people.index
    for trait in people:
        known = people.loc[rows.index, trait].unique()
        if len(known) == 1:
            yield people.index[people[trait] == known[0]]
