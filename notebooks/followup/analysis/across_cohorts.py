"""Cohorts side by side: what their published reports say of the same questions, and nothing that they do not say.

Only results of whole cohorts are compared, and only those of questions asked in the same words.
"""

import json

import pandas as pd

from followup.analysis.published_results import Cohorts, asked_words
from followup.disclosure.precision import p_band, rule
from followup.language import LANGUAGES, Text, filled, listed
from followup.statistics.unlinked_change import UnlinkedChange, unlinked_change
from followup.statistics.verdict_rule import Beside, verdict

LEVEL = 0.05
FEWEST_FOR_SPREAD = 10  # a conclusion about two means rests on their SDs; none below ten people
BOTH_WAVES = Text("המשיבים בשני השלבים", "those who answered both waves")
EITHER_WAVE = Text("כלל המשיבים, גם בשלב אחד", "all who answered at least one wave")
OF_WHOM = {"by_id": BOTH_WAVES, "same_row": BOTH_WAVES, "partly_linked": EITHER_WAVE, "unlinked": EITHER_WAVE}
SCALES = ["scale", "wave", "cohort", "wording", "n", "mean", "low_code", "high_code", "about_he", "about_en"]
CHANGES = ["n_earlier", "n_later", "n_linked", "change", "ci_low", "ci_high", "margin", "verdict"]
STATEMENTS = ["item", "wording", "about_he", "about_en", "wave", "place", "cohort", "n", "n_high"]
EXTENTS = {
    "every": Text("בכל המחזורים", "in every cohort"),
    "most": Text("ברוב המחזורים", "in most cohorts"),
    "some": Text("בחלק מן המחזורים", "in some cohorts"),
}
MOVED = {"rose": Text("חלה עלייה", "Rose"), "fell": Text("חלה ירידה", "Fell")}
NONE_MOVED = Text(
    "באף מחזור לא נקבע שחלה עלייה או ירידה בסולם כלשהו.", "In no cohort could a rise or a fall be told on any scale."
)
BEFORE = {
    "higher": Text("ציון גבוה מזה של המחזור הקודם", "Higher than in the cohort before"),
    "lower": Text("ציון נמוך מזה של המחזור הקודם", "Lower than in the cohort before"),
}


def _both(name: str, text) -> dict[str, str]:
    return {f"{name}_{language}": text[language] for language in LANGUAGES}


# What was published ---------------------------------------------------------------------------------------------------


def scales(cohorts: Cohorts) -> pd.DataFrame:
    """The published mean of each scale in each wave of each cohort, with a mark of how it was asked: scale, wave, cohort,
    wording, n, mean, low_code, high_code, about. Scales are ordered as the questionnaires have them.
    """
    rows = []
    for one in cohorts.published:
        for key, scale in one.cohort.codebook.scales.items():
            codes = one.cohort.codebook.options_of(key).codes
            for wave in one.cohort.waves:
                if found := one.mean(key, wave):
                    mean, n = found
                    about = (one.wording(key, wave), n, mean, codes[0], codes[-1], scale.he, scale.en)
                    rows.append((key, wave, one.name, *about))
    order = dict.fromkeys(scale for one in cohorts.published for scale in one.cohort.codebook.scales)
    table = pd.DataFrame(rows, columns=SCALES)
    return table.assign(scale=pd.Categorical(table["scale"], list(order), ordered=True))


def changes(cohorts: Cohorts) -> pd.DataFrame:
    """The published changes of scales between the two waves of each cohort's main pair: scale, cohort, wave (the later),
    of_whom, n counts, change, interval, margin, verdict.
    """
    parts = [
        one.changes[CHANGES]
        .rename_axis("scale")
        .reset_index()
        .assign(cohort=one.name, wave=one.main[1], **_both("of_whom", OF_WHOM[one.cohort.params.link]))
        for one in cohorts.published
        if len(one.changes)
    ]
    columns = ["scale", "cohort", "wave", "of_whom_he", "of_whom_en", *CHANGES]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


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
        before, now = (by_name[one.cohort].statements(row.scale, one.wave) for one in (then, row))
        new = [words for mark, words in now.items() if mark not in before]
        same = row.wording == then["wording"]
        said = Text("–", "–") if same else listed_by(new, "; ") if new else FEWER
        rows.append(_both("differs_in", said))
    return pd.DataFrame(rows, index=versions.index, columns=["differs_in_he", "differs_in_en"])


FEWER = Text(
    "נשאלו פחות היגדים, או הוצעו אפשרויות תשובה אחרות",
    "fewer statements were asked, or other response options were offered",
)


def listed_by(texts: list[Text], between: str) -> Text:
    return Text(*(between.join(text[language] for text in texts) for language in LANGUAGES))


# Against the cohort before --------------------------------------------------------------------------------------------


def estimated(cohorts: Cohorts, pairs: pd.DataFrame) -> pd.DataFrame:
    """Two cohorts' scores on a scale, as two sets of people: `result`, p, and `hidden` where either has fewer than ten.

    A row for each row of `pairs` (scale, wave, cohort, cohort_before) whose unrounded scores are still those published.
    """
    by_name, found = {one.name: one for one in cohorts.published}, {}
    for row in pairs.itertuples():
        now, before = (by_name[name].scores(row.scale, row.wave) for name in (row.cohort, row.cohort_before))
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
    for way, named in MOVED.items():
        for extent, where in EXTENTS.items():
            if about := _named(extents[extents[way] == extent]):
                said.append(Text(f"{named.he} {where.he}: {about.he}.", f"{named.en} {where.en}: {about.en}."))
    return listed_by(said, " ") if said else NONE_MOVED


def _named(rows: pd.DataFrame) -> Text | None:
    return listed([Text(row.about_he, row.about_en) for row in rows.itertuples()]) if len(rows) else None


def beside_before(against: pd.DataFrame, words) -> Text:
    """The scales on which a cohort stands higher or lower than the one before it: “cohort, scale (wave)”."""
    said = []
    for way, named in BEFORE.items():
        told = [
            filled("{cohort} – {about} ({wave})", "{cohort}, {about} ({wave})", _of_row(row, words))
            for row in against[against["verdict"] == way].itertuples()
        ]
        if told:
            rows = listed(told)
            said.append(Text(f"{named.he}: {rows.he}.", f"{named.en}: {rows.en}."))
    return listed_by(said, " ")


def _of_row(row, words) -> dict[str, Text]:
    named = {name: Text(*(words(getattr(row, name), one) for one in LANGUAGES)) for name in ("cohort", "wave")}
    return named | {"about": Text(row.about_he, row.about_en)}
