"""Tables that `safe` did not make: those that the shipped notebooks publish are known by their columns, no other leaves."""

import pandas as pd

from followup.disclosure.output_check import NotForPublication, Rules

OF_QUESTIONS = ("question", "option", "wave", "n")
SHAPES = {  # what rows and numbers of these are is known, and the rules for every table protect them
    frozenset(columns)
    for columns in (
        # 01: rows, cells and columns of the exports, and how many are left after each step
        ("file", "rows", "rows_kept", "rows_excluded"),
        ("file", "rule", "n"),
        ("file", "decision", "n", "n_near"),
        ("wave", "step", "n", "left_out"),
        ("wave", "step", "n", "excluded"),
        ("wave", *(f"columns_{kind}" for kind in ("item", "question", "trait", "id", "submitted", "ignored", "missing"))),
        ("wave", "rows", "rows_kept", "rows_excluded", "cells", "cells_in_excluded_rows", "cells_in_ignored_columns",
         "cells_kept", "cells_changed", "cells_without_answer", "cells_of_free_text"),
        # 02 and 03: who answered, and what is said in words
        ("status", "n"),
        ("wave", "n", "n_all", "asked_known"),
        ("measure", "silent_he", "silent_en"),
        ("measure", "scale", "wave", "warning"),
        ("weighting_he", "weighting_en"),
        ("measure", "pattern"),
        ("setting_he", "setting_en", "settled_he", "settled_en"),
        # 04 and 05: options chosen, answers in three categories, projects
        (*OF_QUESTIONS, "n_chosen"),
        (*OF_QUESTIONS, "n_projects"),
        ("move", "n_projects", "n", "wave", "compared_with"),
        ("measure", "wave", "n", "n_low", "n_middle", "n_high", "outcome"),
        # 06: findings, claims, and words that interviewees released
        ("finding", "kind", "measure", "group", "wave", "compared_with", "claimed", "published_he", "published_en", "computed",
         "computed_sentence_he", "computed_sentence_en", "agreement"),
        ("finding", "kind", "measure", "group", "wave", "compared_with", "verdict", "table", "sentence_he", "number_he",
         "certainty_he", "sentence_en", "number_en", "certainty_en"),
        ("finding", "stance", "excerpt_he", "excerpt_en"),
        ("finding", "numbers_he", "numbers_en", "supports", "qualifies", "contradicts", "n_interviews", "together"),
        ("n_interviews",),
    )
}  # fmt: skip


def publishable(rules: Rules, name: str, frame: pd.DataFrame, from_safe: bool) -> pd.DataFrame:
    """A table as it may be published; raises `NotForPublication` for one that `safe` did not make and no rule knows.

    What a column is called does not say that it may leave, and rows without a number may still be people.
    """
    if from_safe:
        return rules.checked(name, frame)
    shown = rules.protected(name, frame)
    known = {*map(str, frame)} in SHAPES or rules.cohorts  # side by side stand numbers that were published
    if len(frame) and not known:
        raise NotForPublication(
            f"table “{name}” is not published: plain pandas made it, and nobody knows who stands behind its rows; what to do: "
            'let safe make it, as in\n        safe.pivot_table(study.scores, values="score", index="measure")\n'
            '        safe.crosstab(study.answers["measure"], study.answers["category"])\n'
            '        safe.apply(scores.groupby("measure"), lambda rows: rows["score"].mean())'
        )
    return shown
