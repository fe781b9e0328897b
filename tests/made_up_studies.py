"""Made-up studies for tests: a questionnaire of seven statements, people by name, the answers that a story needs."""

from datetime import date
from pathlib import Path

import pandas as pd
from followup.analysis.comparison import Comparison
from followup.study.codebook import Codebook
from followup.study.cohort import Cohort
from followup.study.params import Params
from followup.study.waves import together

EXTENT = {
    "options": [{"code": code, "he": f"מידה {code}", "en": f"extent {code}"} for code in range(1, 6)],
    "high": [4, 5],
    "low": [1, 2],
}
FOLLOW_UP_ONLY = {"waves": ["follow_up"]}


def words(he: str, en: str, **more) -> dict:
    return {"he": he, "en": en, **more}


def scale(he: str, en: str, **items: dict) -> dict:
    return words(he, en, about=words("גבוה", "High"), options="extent", items=items)


CODEBOOK = Codebook.model_validate(
    {
        "questionnaire": "made_up",
        "title": words("שאלון", "Questionnaire"),
        "programme": words("תכנית", "Programme"),
        "waves": {
            "programme_end": words("סיום", "End", when=words("בסיום", "at the end")),
            "follow_up": words("מעקב", "Follow-up", when=words("במעקב", "at follow-up")),
        },
        "option_sets": {"extent": EXTENT},
        "scales": {
            "drive": scale("רצון", "Drive", d1=words("אני רוצה", "I want"), d2=words("אני שואף", "I strive")),
            "role": scale(
                "תפקיד",
                "Role",
                r1=words("אני מוביל", "I lead"),
                r2=words("אני יוזם", "I begin"),
                r3=words("אחרים מובילים", "Others lead", reverse_coded=True),
            ),
            "late": scale(
                "תועלת",
                "Use",
                l1=words("זה עזר", "It helped", **FOLLOW_UP_ONLY),
                l2=words("זה שימש", "It served", **FOLLOW_UP_ONLY),
            ),
        },
        "traits": {
            "place": {
                **words("מקום", "Place"),
                "headings": ["Place"],
                "groups": {
                    name: {**words(he, name.title()), "labels": [name]}
                    for name, he in (("north", "צפון"), ("south", "דרום"), ("west", "מערב"))
                },
            }
        },
    }
)
DRIVE, ROLE = ["d1", "d2"], ["r1", "r2", "r3"]


def cohort(link: str = "by_id", roster: int | None = 39, waves: tuple[str, ...] = CODEBOOK.waves, **analysis) -> Cohort:
    """A cohort of the made-up questionnaire; `analysis` is what its plan says beside the date."""
    files = {wave: {"file": "answers.csv" if link == "same_row" else f"{wave}.csv"} for wave in waves}
    params = {
        "cohort": "made-up",
        "questionnaire": "made_up",
        "title": words("מחזור", "Cohort"),
        "synthetic": True,
        "period": {"programme": words("קיץ", "Summer")},
        "traits": ["place"],
        "groups_by": "place",
        "waves": files,
        "link": link,
        "analysis": {"registered": date(2024, 5, 1), **analysis},
    }
    if roster:
        params["roster"] = {"file": "roster.csv", "participant": "Code", "participants": roster}
    return Cohort("made-up", Params.model_validate(params), CODEBOOK, Path("nowhere"))


def answered(people: list[str], **values: list[int] | int) -> pd.DataFrame:
    """One wave: a row per person; a statement's answers as a list, or one answer that all gave."""
    return pd.DataFrame({item: values[item] for item in values}, index=people).astype(float)


def responses(waves: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The answers in long form, as cleaning hands them on."""
    long = [
        wave.rename_axis("respondent")
        .reset_index()
        .melt("respondent", var_name="item", value_name="value")
        .assign(wave=name, missing_reason=None)
        for name, wave in waves.items()
    ]
    return pd.concat(long, ignore_index=True)


def participants(waves: dict[str, pd.DataFrame], places: dict[str, str], silent: list[str] = ()) -> pd.DataFrame:
    """Everyone who answered, and whoever was silent, with place and waves."""
    people = [*dict.fromkeys(person for wave in waves.values() for person in wave.index), *silent]
    table = pd.DataFrame({"participant": people, "place": [places.get(person, "north") for person in people]})
    answered = [together(wave for wave in waves if person in waves[wave].index) for person in people]
    return table.assign(answered=answered)


def comparison(
    programme_end: pd.DataFrame, follow_up: pd.DataFrame | None = None, places: dict[str, str] | None = None, **study
) -> Comparison:
    """A comparison of two waves, or of one that nothing followed."""
    waves = {"programme_end": programme_end} | ({} if follow_up is None else {"follow_up": follow_up})
    opened = cohort(waves=tuple(waves), **study)
    return Comparison(opened, responses(waves), participants(waves, places or {}))


def names(first: int, last: int) -> list[str]:
    """P01, P02, … with both ends."""
    return [f"P{number:02}" for number in range(first, last + 1)]
