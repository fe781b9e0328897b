"""Cohorts side by side: what their published reports say of the same questions, and nothing that they do not say.

Only results of whole cohorts are compared, and only those of questions asked in the same words.
"""

import json

import pandas as pd

from followup.analysis.published_results import Cohorts, Published, asked_words
from followup.disclosure.precision import nearest, p_band, rule
from followup.language import LANGUAGES, Text, filled, listed
from followup.statistics.unlinked_change import UnlinkedChange, unlinked_change
from followup.statistics.verdict_rule import Beside, verdict

LEVEL = 0.05
FEWEST_FOR_SPREAD = 10  # a conclusion about two means rests on their SDs; none below ten people
TENTH = 0.1


# What they say ------------------------------------------------------------------------------------------------------


def _both(name: str, text) -> dict[str, str]:
    return {f"{name}_{language}": text[language] for language in LANGUAGES}


def wordings(cohorts: Cohorts) -> pd.DataFrame:
    """Each way in which a scale was asked in a wave: scale, wave, wording, version (1, 2 …), cohort."""
    rows = [
        {"scale": scale, "wave": wave, "wording": one.wording(scale, wave), "cohort": one.name}
        for one in cohorts.published
        for scale in one.cohort.codebook.scales
        for wave in one.cohort.waves
        if one.mean(scale, wave)
    ]
    table = pd.DataFrame(rows, columns=["scale", "wave", "wording", "cohort"])
    order = table.groupby("scale")["wording"].transform(
        lambda marks: marks.map({mark: place for place, mark in enumerate(dict.fromkeys(marks), 1)})
    )
    return table.assign(version=order.astype("Int64"))


def means_table(cohorts: Cohorts, asked: pd.DataFrame | None = None) -> pd.DataFrame:
    """Published means of every scale that at least two cohorts asked in the same words: scale, version, about, cohort,
    wave, n, mean, low_code, high_code.
    """
    asked = wordings(cohorts) if asked is None else asked
    by_name, rows = {one.name: one for one in cohorts.published}, []
    shared = asked.groupby(["scale", "version"])["cohort"].transform("nunique") > 1
    versions = asked[shared].groupby("scale")["version"].nunique()
    for row in asked[shared].sort_values(["scale", "version"], kind="stable", key=_as_asked(cohorts)).itertuples():
        one = by_name[row.cohort]
        mean, n = one.mean(row.scale, row.wave)
        codes = one.cohort.codebook.options_of(row.scale).codes
        about = _title(one.cohort.codebook.scales[row.scale], row.version if versions[row.scale] > 1 else None)
        rows.append(
            {
                "scale": row.scale,
                "version": row.version,
                **_both("about", about),
                "cohort": row.cohort,
                "wave": row.wave,
                "n": n,
                "mean": mean,
                "low_code": codes[0],
                "high_code": codes[-1],
            }
        )
    return pd.DataFrame(rows, columns=MEANS)


MEANS = ["scale", "version", "about_he", "about_en", "cohort", "wave", "n", "mean", "low_code", "high_code"]


def statements_table(cohorts: Cohorts) -> pd.DataFrame:
    """How many gave a high answer to each statement that at least two cohorts asked in the same words, with the same
    response options: about, wave, cohort, n, n_high.
    """
    rows = [
        {"item": row.measure, "wording": _statement(one.cohort.codebook, row.measure), "cohort": one.name}
        | {"wave": row.wave, "n": row.n, "n_high": row.n_high, "later": one.cohort.waves.index(row.wave)}
        for one in cohorts.published
        for row in one.read("items").itertuples()
        if row.n > 0
    ]
    table = pd.DataFrame(rows, columns=["item", "wording", "cohort", "wave", "n", "n_high", "later"])
    shared = table[table.groupby(["item", "wording"])["cohort"].transform("nunique") > 1]
    codebooks, titles, places = {one.name: one.cohort.codebook for one in cohorts.published}, {}, {}
    for item, mine in shared.groupby("item", sort=False):
        places[item], first = len(places), mine.drop_duplicates("wording")
        for at, row in enumerate(first.itertuples(), 1):
            words = codebooks[row.cohort].items[item]
            titles[item, row.wording] = _title(words, at if len(first) > 1 else None)
    about = [titles[of] for of in zip(shared["item"], shared["wording"], strict=True)]
    shared = shared.assign(about_he=[title.he for title in about], about_en=[title.en for title in about])
    ordered = shared.assign(place=shared["item"].map(places)).sort_values(["place", "wording", "later"], kind="stable")
    return ordered[["about_he", "about_en", "wave", "cohort", "n", "n_high"]].reset_index(drop=True)


def _statement(codebook, item: str) -> str:
    """A mark that two cohorts share when they asked a statement in the same words, with the same response options."""
    options, words = codebook.options_of(item), codebook.items[item]
    offered = [(option.code, *asked_words(option)) for option in options.options]
    return json.dumps([*asked_words(words), words.reverse_coded, offered, options.high], ensure_ascii=False)


def of_the_latest(statements: pd.DataFrame, cohorts: Cohorts, most: int = 4) -> pd.Series:
    """Which rows are of the latest `most` cohorts: with more of them a page is no longer read."""
    return statements["cohort"].isin([one.name for one in cohorts.published][-most:])


def _as_asked(cohorts: Cohorts):
    """A sorting key that puts scales in the order of the questionnaires."""
    order = {
        scale: place
        for place, scale in enumerate(
            dict.fromkeys(scale for one in cohorts.published for scale in one.cohort.codebook.scales)
        )
    }
    return lambda column: column.map(order) if column.name == "scale" else column


def _title(scale, version: int | None) -> Text:
    if version is None:
        return Text(scale.he, scale.en)
    return Text(f"{scale.he} (נוסח {version})", f"{scale.en} (wording {version})")


def not_compared(cohorts: Cohorts, asked: pd.DataFrame | None = None) -> pd.DataFrame:
    """Scales that were asked in more than one wording: about, version, cohorts, statements that the first wording does
    not have.
    """
    asked = wordings(cohorts) if asked is None else asked
    by_name, rows = {one.name: one for one in cohorts.published}, []
    for scale, mine in asked.groupby("scale", sort=False):
        first = mine.iloc[0]
        for version, those in mine.groupby("version") if len(set(mine["version"])) > 1 else ():
            one, own = by_name[those["cohort"].iloc[0]], those.iloc[0]
            rows.append(
                {
                    **_both("about", _title(one.cohort.codebook.scales[scale], version)),
                    "cohorts": ", ".join(dict.fromkeys(those["cohort"])),
                    **_both("differs_in", _new_words(by_name[first["cohort"]], first, one, own)),
                }
            )
    return pd.DataFrame(rows)


def _new_words(first: Published, then, other: Published, now) -> Text:
    """The statements of a scale that another cohort asked otherwise, or did not ask."""
    if first is other:
        return Text("–", "–")
    before = {asked_words(first.cohort.codebook.items[key]) for key in first.items(then["scale"], then["wave"])}
    items = [other.cohort.codebook.items[key] for key in other.items(now["scale"], now["wave"])]
    new = [item for item in items if asked_words(item) not in before]
    if not new:
        return Text(
            "נשאלו פחות היגדים, או הוצעו אפשרויות תשובה אחרות",
            "fewer statements were asked, or other response options were offered",
        )
    return Text("; ".join(item.he for item in new), "; ".join(item.en for item in new))


def changes_table(cohorts: Cohorts, means: pd.DataFrame) -> pd.DataFrame:
    """Published changes of the scales that are compared: scale, about, cohort, of_whom, n counts, change, interval, margin,
    verdict. A change of those who answered both waves is no difference of the means beside it, which are of everyone.
    """
    by_name = {one.name: one for one in cohorts.published}
    last = {one.name: one.cohort.pairs[0].wave for one in cohorts.published if one.cohort.pairs}
    both = means[means["wave"] == means["cohort"].map(last)]
    rows = [
        {
            "scale": row.scale,
            "about_he": row.about_he,
            "about_en": row.about_en,
            "cohort": row.cohort,
            **_both("of_whom", OF_WHOM[by_name[row.cohort].cohort.params.link]),
            **by_name[row.cohort].changes.loc[row.scale, CHANGE].to_dict(),
        }
        for row in both.itertuples()
        if row.scale in by_name[row.cohort].changes.index
    ]
    return pd.DataFrame(rows)


BOTH_WAVES = Text("המשיבים בשני השלבים", "those who answered both waves")
EITHER_WAVE = Text("כלל המשיבים, גם בשלב אחד", "all who answered at least one wave")
OF_WHOM = {"by_id": BOTH_WAVES, "same_row": BOTH_WAVES, "partly_linked": EITHER_WAVE, "unlinked": EITHER_WAVE}
CHANGE = ["n_earlier", "n_later", "n_linked", "change", "ci_low", "ci_high", "margin", "verdict"]


def differences(cohorts: Cohorts, means: pd.DataFrame) -> pd.DataFrame:
    """Each cohort's means against those of the cohort before it: other people, so a difference of groups.

    wave, scale, about, cohort, earlier, n, n_before, difference (of the two published means), p, and `result`, all that a
    conclusion needs: it is drawn from the unrounded scores behind the published means. A pair of which either has fewer than ten is
    hidden.
    """
    rows = [
        _against(row, one, earlier, means)
        for one in cohorts.published
        if (earlier := cohorts.before(one))
        for row in means[means["cohort"] == one.name].itertuples()
    ]
    return pd.DataFrame([row for row in rows if row], columns=AGAINST)


AGAINST = [
    "scale", "about_he", "about_en", "wave", "cohort", "cohort_before", "n", "n_before", "difference", "result", "p",
    "hidden",
]  # fmt: skip


def concluded(table: pd.DataFrame) -> pd.DataFrame:
    """The differences with their verdicts (higher, lower, cannot_be_told) and p in bands, as they leave."""
    table = table.assign(verdict=[_verdict(row.result, row.p_adjusted) for row in table.itertuples()])
    told = [rule("scale", n, least_group=0).p for n in table[["n", "n_before"]].min(axis=1)]
    bands = [p_band(p) if leaves else None for p, leaves in zip(table["p_adjusted"], told, strict=True)]
    return table.assign(p_adjusted=pd.Series(bands, index=table.index, dtype="object")).drop(columns=["p", "result"])


def _against(row, one: Published, earlier: Published, means: pd.DataFrame) -> dict | None:
    same = means[
        (means["cohort"] == earlier.name)
        & (means["scale"] == row.scale)
        & (means["wave"] == row.wave)
        & (means["version"] == row.version)
    ]
    if same.empty:
        return None
    before, now = earlier.scores(row.scale, row.wave), one.scores(row.scale, row.wave)
    if before is None or now is None:
        return None
    known = {
        "scale": row.scale,
        "about_he": row.about_he,
        "about_en": row.about_en,
        "wave": row.wave,
        "cohort": one.name,
        "cohort_before": earlier.name,
        "n": len(now),
        "n_before": len(before),
    }
    result = unlinked_change(before, now)
    if min(len(before), len(now)) < FEWEST_FOR_SPREAD or result.ci95 is None:
        return known | {"difference": None, "result": None, "p": None, "hidden": True}
    difference = nearest(row.mean - same.iloc[0]["mean"], TENTH)
    return known | {"difference": difference, "result": result, "p": result.p, "hidden": False}


def _verdict(result: UnlinkedChange | None, p: float) -> str:
    """Higher or lower where p is at most the level, and ranks and the interval of the means point the same way."""
    if result is None or pd.isna(p):
        return "cannot_be_told"
    beside = Beside(ranks=result.superiority - 0.5, ci95=result.ci95)
    said = verdict(result.change, result.ci90, p, None, LEVEL, beside=beside).verdict
    return {"rose": "higher", "fell": "lower"}.get(said, "cannot_be_told")


def risen(against: pd.DataFrame, verdict: str, waves: dict) -> Text:
    """The scales on which a cohort stands higher (or lower) than the one before it: "cohort 2, scale (name of the wave)"."""
    mine = against[against["verdict"] == verdict]
    if mine.empty:
        return Text("", "")
    told = listed(
        [
            filled(
                "מחזור {cohort} – {about} ({wave})",
                "cohort {cohort}, {about} ({wave})",
                {
                    "cohort": row.cohort,
                    "about": Text(row.about_he, row.about_en),
                    "wave": Text(waves[row.wave].he, waves[row.wave].en),
                },
            )
            for row in mine.itertuples()
        ]
    )
    he, en = RISEN[verdict]
    return Text(f"{he}: {told.he}.", f"{en}: {told.en}.")


RISEN = {
    "higher": ("גבוה מאשר במחזור הקודם", "Higher than in the cohort before"),
    "lower": ("נמוך מאשר במחזור הקודם", "Lower than in the cohort before"),
}
