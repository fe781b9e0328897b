"""What respondents themselves call the smallest improvement: an anchor beside the margin of a scale.

A question of the codebook asks in the later wave whether it has changed for them, from much worse to much better; the mean
change of those who chose the option right above the middle is the smallest change that mattered to them (Jaeschke, Singer
and Guyatt 1989).
"""

import pandas as pd

from followup.analysis.comparison import Comparison, Waves
from followup.analysis.study_frames import Study


def anchored(comparison: Comparison) -> dict[str, Waves]:
    """Each scale whose anchor was asked, and the first pair of waves of the plan of which the later one asked it."""
    codebook, found = comparison.codebook, {}
    for key, scale in codebook.scales.items():
        asked = codebook.questions[scale.anchor].waves if scale.anchor else ()
        pairs = [pair for pair in comparison.pairs if pair[1] in asked and key in comparison.asked_in(pair)]
        found |= {key: pairs[0]} if pairs else {}
    return found


def chose_smallest_gain(study: Study) -> pd.DataFrame:
    """The changes of linked respondents who chose the smallest improvement, a row each and scale, as in `study.pairs`.

    None where waves are not linked, and where the params let words alone leave.
    """
    pairs, chosen = study.pairs.drop(columns="group"), study.choices
    parts = [pairs.iloc[:0]]
    for scale, (earlier, later) in anchored(study.comparison).items():
        question = study.codebook.scales[scale].anchor
        smallest = study.codebook.smallest_gain(scale)
        mine = chosen[(chosen["question"] == question) & (chosen["wave"] == later) & (chosen["option"] == smallest)]
        of_scale = (pairs["measure"] == scale) & (pairs["compared_with"] == earlier) & (pairs["wave"] == later)
        rows = pairs[of_scale].dropna(subset="change")
        parts.append(rows[rows.index.isin(mine.index)])
    told = pd.concat(parts)
    words_only = study.params.disclosure.precision == "words_only"
    return told if study.comparison.linked and not words_only else told.iloc[:0]
