"""Cohorts side by side: what their published reports say of the same questions, and nothing that they do not say.

Only results of whole cohorts are compared, and only those of questions asked in the same words.
"""

import json
import re
from functools import partial

import pandas as pd

from followup.analysis.published_results import Cohorts, asked_words
from followup.disclosure.precision import p_band, rule
from followup.language import Text, begun, columns, each, joined, listed, within, worded
from followup.statistics.unlinked_change import UnlinkedChange, unlinked_change
from followup.statistics.verdict_rule import Beside, verdict
from followup.words.agreement import prefixed

LEVEL = 0.05
FEWEST_FOR_SPREAD = 10  # a conclusion about two means rests on their SDs; none below ten people
STATEMENTS = ["item", "wording", "about_he", "about_en", "wave", "place", "cohort", "n", "n_high"]
EXTENTS = {
    "every": Text("בכל המחזורים", "in every cohort"),
    "most": Text("ברוב המחזורים", "in most cohorts"),
    "some": Text("בחלק מן המחזורים", "in some cohorts"),
}
MOVED = {
    "rose": Text("{where} חלה עלייה {in_measures}.", "{measures} rose {where}."),
    "fell": Text("{where} חלה ירידה {in_measures}.", "{measures} fell {where}."),
}
NONE_MOVED = Text(
    "באף מחזור לא נקבע שחלה עלייה או ירידה בסולם כלשהו.", "In no cohort could a rise or a fall be told on any scale."
)
BEFORE = {
    "higher": Text(
        "{when} היו ציוני המשיבים {in_cohort} גבוהים מציוני המשיבים {in_before} {in_measures}.",
        "{when}, respondents in {in_cohort} scored higher than those in {in_before} on {in_measures}.",
    ),
    "lower": Text(
        "{when} היו ציוני המשיבים {in_cohort} נמוכים מציוני המשיבים {in_before} {in_measures}.",
        "{when}, respondents in {in_cohort} scored lower than those in {in_before} on {in_measures}.",
    ),
}
MOST_SENTENCES = 4  # against the cohort before; where more pairs of cohorts differ, the table names them
MANY = Text(
    "בכמה מחזורים נבדלים ציוני המשיבים מאלה של המחזור הקודם; הסולמות מפורטים בטבלה שבהמשך.",
    "In several cohorts, scores differ from those of the cohort before; the table further down names the scales.",
)
ORDINAL = re.compile(
    r"(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|\d+(st|nd|rd|th))\b", re.IGNORECASE
)


# What was asked ------------------------------------------------------------------------------------------------------


def asked(cohorts: Cohorts) -> pd.DataFrame:
    """Each scale in each wave of each cohort: scale, wave, cohort, its lowest and highest code, about, and two marks of how
    it was asked: `alone`, with all statements of the wave, and `in_pair`, with those that both waves of the main pair
    asked. Scales are ordered as the questionnaires have them.
    """
    rows = []
    for one in cohorts.published:
        for key, scale in one.cohort.codebook.scales.items():
            codes = one.cohort.codebook.options_of(key).codes
            for wave in one.cohort.waves:
                marks = one.wording(key, wave, False), one.wording(key, wave, wave in (one.main or ()))
                rows.append((key, wave, one.name, codes[0], codes[-1], scale.he, scale.en, *marks))
    columns = ["scale", "wave", "cohort", "low_code", "high_code", "about_he", "about_en", "alone", "in_pair"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(scale=pd.Categorical(table["scale"], table["scale"].unique(), ordered=True))


def statements(cohorts: Cohorts) -> pd.DataFrame:
    """How many gave a high answer to each statement, wave by wave, with a mark of how it was asked: item, wording, about,
    wave, place (of the wave in its cohort), cohort, n, n_high.
    """
    rows = []
    for one in cohorts.published:
        codebook = one.cohort.codebook
        for row in one.read("items").query("n > 0").itertuples() if len(one.read("items")) else ():
            asked, at = codebook.items[row.measure], one.cohort.waves.index(row.wave)
            mark = _statement(codebook, row.measure)
            rows.append((row.measure, mark, asked.he, asked.en, row.wave, at, one.name, row.n, row.n_high))
    table = pd.DataFrame(rows, columns=STATEMENTS)
    return table.assign(item=pd.Categorical(table["item"], table["item"].unique(), ordered=True))


def _statement(codebook, item: str) -> str:
    """A mark that two cohorts share when they asked a statement in the same words, with the same response options."""
    options, words = codebook.options_of(item), codebook.items[item]
    offered = [(option.code, *asked_words(option)) for option in options.options]
    return json.dumps([*asked_words(words), words.reverse_coded, offered, options.high], ensure_ascii=False)


def new_words(cohorts: Cohorts, versions: pd.DataFrame) -> pd.DataFrame:
    """What each version of a scale asks that the first does not: a row for each row of `versions`, differs_in."""
    by_name = {one.name: one for one in cohorts.published}
    first = versions.drop_duplicates("scale").set_index("scale")
    rows = []
    for row in versions.itertuples():
        then = first.loc[row.scale]
        before, now = (by_name[one.cohort].statements(row.scale, one.wave, one.paired) for one in (then, row))
        new = [words for mark, words in now.items() if mark not in before]
        same = row.wording == then["wording"]
        rows.append(columns("differs_in", Text("–", "–") if same else joined(new, "; ") if new else FEWER))
    return pd.DataFrame(rows, index=versions.index, columns=["differs_in_he", "differs_in_en"])


FEWER = Text(
    "נשאלו פחות היגדים, או הוצעו אפשרויות תשובה אחרות",
    "fewer statements were asked, or other response options were offered",
)


# Against the cohort before --------------------------------------------------------------------------------------------


def estimated(cohorts: Cohorts, pairs: pd.DataFrame) -> pd.DataFrame:
    """Two cohorts' scores on a scale, as two sets of people: `result`, p, and `hidden` where either has fewer than ten.

    A row for each row of `pairs` (scale, wave, cohort, cohort_before; of each mean, n and paired) whose unrounded scores
    are still those published.
    """
    by_name, found = {one.name: one for one in cohorts.published}, {}
    for row in pairs.itertuples():
        now = by_name[row.cohort].scores(row.scale, row.wave, row.paired, row.mean, row.n)
        before = by_name[row.cohort_before].scores(
            row.scale, row.wave, row.paired_before, row.mean_before, row.n_before
        )
        if now is not None and before is not None:
            result = unlinked_change(before, now)
            hidden = min(len(before), len(now)) < FEWEST_FOR_SPREAD or result.ci95 is None
            found[row.Index] = (None, None, True) if hidden else (result, result.p, False)
    table = pd.DataFrame.from_dict(found, orient="index", columns=["result", "p", "hidden"])
    return table.astype({"hidden": bool})


def concluded(table: pd.DataFrame) -> pd.DataFrame:
    """The differences with their verdicts (higher, lower, cannot_be_told) and p in bands, as they leave."""
    told = [rule("scale", n, least_group=0).p for n in table[["n", "n_before"]].min(axis=1)]
    bands = [p_band(p) if leaves else None for p, leaves in zip(table["p_adjusted"], told, strict=True)]
    said = [_verdict(row.result, row.p_adjusted) for row in table.itertuples()]
    return table.assign(p_adjusted=pd.Series(bands, index=table.index, dtype="object"), verdict=said)


def _verdict(result: UnlinkedChange | None, p: float) -> str:
    """Higher or lower where p is at most the level, and ranks and the interval of the means point the same way."""
    if result is None or pd.isna(p):
        return "cannot_be_told"
    beside = Beside(ranks=result.superiority - 0.5, ci95=result.ci95)
    said = verdict(result.change, result.ci90, p, None, LEVEL, beside=beside).verdict
    return {"rose": "higher", "fell": "lower"}.get(said, "cannot_be_told")


# The answer in words --------------------------------------------------------------------------------------------------


def moved(extents: pd.DataFrame) -> Text:
    """On which scales a rise or a fall was told, and in how many of the cohorts: a row for each scale (about), and in the
    columns rose and fell one of every, most, some or none.
    """
    said = []
    for way, sentence in MOVED.items():
        for extent, where in EXTENTS.items():
            rows = extents[extents[way] == extent]
            if len(rows):
                named, inside = _named(rows)
                said.append(_sentence(sentence, {"where": where, "measures": named, "in_measures": inside}))
    return joined(said, " ") if said else NONE_MOVED


def _named(rows: pd.DataFrame) -> tuple[Text, Text]:
    """The scales of some rows, and in Hebrew each with its preposition."""
    about = [(row.about_he, within(row.about_en)) for row in rows.itertuples()]
    return listed([Text(*one) for one in about]), listed([Text(prefixed("ב", he), en) for he, en in about])


def _sentence(text: Text, values: dict[str, Text]) -> Text:
    said = worded(text, values)
    return Text(begun(said.he), begun(said.en))


def beside_before(against: pd.DataFrame, words) -> Text:
    """On which scales a cohort's respondents scored higher or lower than those of the one before it, a sentence for each
    wave of each pair of cohorts; of many that there are some. `against` as `concluded` makes it.
    """
    told = against[against["verdict"].isin(BEFORE)]
    pairs = list(told.groupby(["verdict", "cohort", "cohort_before", "wave"], sort=False))
    if len(pairs) > MOST_SENTENCES:
        return MANY
    said = []
    for (way, cohort, before, wave), rows in pairs:
        title = {"in_cohort": each(partial(words, cohort)), "in_before": each(partial(words, before))}
        inside = {key: Text(prefixed("ב", text.he), _the(text.en)) for key, text in title.items()}
        when = each(partial(words.when, wave))
        said.append(_sentence(BEFORE[way], inside | {"when": when, "in_measures": _named(rows)[1]}))
    return joined(said, " ")


def _the(title: str) -> str:
    """A cohort's title within a sentence: “the second cohort”; one that does not count stands as it is."""
    return f"the {within(title)}" if ORDINAL.match(title) else title
