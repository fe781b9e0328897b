"""Rows that rest on nobody's answers: how often all who took part, or all of a group, came to the meetings."""

import pandas as pd

from followup.analysis.study_frames import Study


def is_attendance(rows: pd.DataFrame, outcome: str, study: Study) -> bool:
    """Whether the outcome is how many meetings each came to, or whether at least so many; of all participants, of all of a
    group, or of those of them who came. The rows have a respondent each as their index.
    """
    known = rows.index.is_unique and rows.index.isin(study.participants.index).all()
    if rows.empty or not known or outcome not in rows or study.meetings.empty:
        return False
    times = study.meetings.index.value_counts().reindex(rows.index, fill_value=0)
    told = pd.to_numeric(rows[outcome], errors="coerce")
    least = times[told == 1].min()
    if not (told.eq(times).all() or told.eq(times.ge(least)).all()):
        return False
    return any(people.symmetric_difference(rows.index).empty for people in _wholes(rows, study))


def is_all_of_meetings(keys: pd.DataFrame, study: Study) -> bool:
    """Whether keys of a crosstab are meetings, and traits, of all who came to each of these meetings."""
    people, came = study.participants.drop(columns="answered"), study.meetings
    if "meeting" not in keys or not {*keys} <= {"meeting", "date", *people}:
        return False
    came = came[came["meeting"].isin(keys["meeting"].unique())].drop(columns="group").join(people)[[*keys]]
    return sorted(map(tuple, keys.reset_index().astype(str).to_numpy())) == sorted(
        map(tuple, came.reset_index().astype(str).to_numpy())
    )


def _wholes(rows: pd.DataFrame, study: Study) -> list[pd.Index]:
    """Everyone, and everyone of each trait that these rows have in common; also without those who never came."""
    people = study.participants.drop(columns="answered")
    alike = [name for name in people if len(people.loc[rows.index, name].unique()) == 1]
    of_traits = [people.index[people[name] == people.loc[rows.index[0], name]] for name in alike]
    wholes = [people.index, *of_traits]
    return wholes + [whole[whole.isin(study.meetings.index)] for whole in wholes]
