"""The findings in plain sentences: each read off the results tables that the page shows, never typed in.

A sentence, its number and how sure we are come from one row of one table, so prose and tables cannot disagree.
"""

from collections.abc import Callable

import pandas as pd

from followup import language as lang
from followup.disclosure.suppression import by_popularity
from followup.language import LANGUAGES, Text, filled
from followup.study.codebook import Evidence, Finding
from followup.study.cohort import Cohort
from followup.words import verdicts
from followup.words.columns import chosen_of, count_told, group_size, with_sizes
from followup.words.verdicts import CHANGE_SENTENCES, GAP_SENTENCES, INVOLVED, KEPT, LEVEL_SENTENCES, side, side_of
from followup.words.vocabulary import FEW_IN_ONE, HIDDEN, KEYS, WORDS_ONLY

FROM = {
    "change": "changes",
    "level": "levels",
    "gap": "gaps",
    "projects_advanced": "projects_advanced",
    "projects_involved": "projects_involved",
    "ties_kept": "ties",
    "wishes": "wishes",
}
EVIDENCE = [
    "finding",
    "kind",
    "measure",
    "group",
    "verdict",
    "table",
    *(f"{name}_{language}" for language in LANGUAGES for name in ("sentence", "number", "certainty")),
]
JUDGED = tuple(verdict for verdict in verdicts.VERDICTS if verdict != "described")


def questions(cohort: Cohort) -> dict[str, Finding]:
    """The codebook's findings, or, where it names none, one for each scale and for whatever else the cohort has."""
    if cohort.codebook.findings:
        return cohort.codebook.findings
    codebook, two_waves = cohort.codebook, len(cohort.waves) == 2
    found = {}
    for key, scale in codebook.scales.items():
        compared = two_waves and key in codebook.compared_scales
        found[key] = Finding(
            he=scale.he, en=scale.en, evidence=[Evidence(kind="change" if compared else "level", measure=key)]
        )
    return found


def evidence_table(cohort: Cohort, result: Callable[[str], pd.DataFrame | None]) -> pd.DataFrame:
    """One row a piece of evidence: what it is about, its verdict, and its sentence, number and certainty in both languages.

    `result(name)` gives a results table, or None when this cohort has none; its evidence is then left out.
    """
    rows = []
    for key, finding in questions(cohort).items():
        for evidence in finding.evidence:
            name = (
                "items"
                if evidence.kind == "level" and evidence.measure in cohort.codebook.items
                else FROM[evidence.kind]
            )
            table = result(name)
            worded = None if table is None or table.empty else WORDED[evidence.kind](cohort, table, evidence)
            if worded:
                verdict, sentence, numbers, certainty = worded
                rows.append(
                    {
                        "finding": key,
                        "kind": evidence.kind,
                        "measure": evidence.measure or "",
                        "group": evidence.group,
                        "verdict": verdict,
                        "table": name,
                        **{
                            f"{name}_{language}": text[language]
                            for language in LANGUAGES
                            for name, text in (("sentence", sentence), ("number", numbers), ("certainty", certainty))
                        },
                    }
                )
    return pd.DataFrame(rows, columns=EVIDENCE)


Worded = tuple[str, Text, Text, Text] | None


def _measure(cohort: Cohort, evidence: Evidence) -> Text:
    words = cohort.codebook.words(evidence.measure)
    return _quoted(words) if evidence.measure in cohort.codebook.items else Text(words.he, words.en)


def _quoted(words) -> Text:
    return Text(f"“{words.he}”", f"“{words.en}”")


def _among(cohort: Cohort, group: str) -> Text:
    """ " among …" for a group, nothing for all."""
    if group == "all":
        return Text("", "")
    words = cohort.codebook.words(group)
    return Text(f" בקרב {words.he}", f" among {lang.within(words.en)}")


def change_sentence(cohort: Cohort, row: pd.Series, evidence: Evidence) -> Text:
    text = CHANGE_SENTENCES[row["verdict"]]
    return filled(text.he, text.en, {"measure": _measure(cohort, evidence), "among": _among(cohort, evidence.group)})


def reason(row: pd.Series) -> Text:
    """Why a change got its verdict, in words."""
    text = verdicts.change_reason(row)
    return text if row["linked"] else text + lang.same("; ") + verdicts.MIX


def _change(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    rows = table[(table["measure"] == evidence.measure) & (table["group"] == evidence.group)]
    if rows.empty:
        return None
    row = rows.iloc[0]
    if bool(row.get("hidden", False)):
        return _not_shown(
            filled(
                "{measure}{among}",
                "{measure}{among}",
                {"measure": _measure(cohort, evidence), "among": _among(cohort, evidence.group)},
            )
        )
    if pd.isna(row["change"]) and not _in_words(cohort, row, "n_programme_end", "n_follow_up"):
        return None
    return (
        row["verdict"],
        change_sentence(cohort, row, evidence),
        _change_numbers(cohort, row, evidence.group),
        reason(row),
    )


def _in_words(cohort: Cohort, row: pd.Series, *sizes: str) -> bool:
    """Whether people stand behind a result of which the params let words only leave."""
    return cohort.params.disclosure.precision == "words_only" and bool((row[[*sizes]].fillna(0) > 0).all())


def _change_numbers(cohort: Cohort, row: pd.Series, group: str) -> Text:
    """The mean change with its interval, and whose answers it rests on: linked, linked in part or not linked."""
    values = {
        "first": group_size(row, "n_programme_end"),
        "second": group_size(row, "n_follow_up"),
        "both": group_size(row, "n_linked"),
        "n": _linked_of(cohort, group, row),
    }
    if not row["linked"]:
        who = Text(
            "; {first} השיבו בסיום התכנית ו־{second} במעקב, בלי קישור ביניהם",
            "; {first} answered at programme end and {second} at follow-up, not linked",
        )
    elif row["test"] != "partly_linked":
        who = Text(", {n} השיבו בשני השלבים", ", {n} answered both waves")
    else:
        who = Text(
            "; {first} השיבו בסיום התכנית ו־{second} במעקב, {both} מהם בשניהם",
            "; {first} answered at programme end and {second} at follow-up, {both} of them both",
        )
    return _size(row) + verdicts.words(with_sizes(who, row), **values)


def _size(row: pd.Series) -> Text:
    """The mean change, with the 95% interval or else the 90% one where it leaves."""
    if pd.isna(row["change"]):
        return WORDS_ONLY
    size = filled(
        "שינוי ממוצע {change} נקודות",
        "mean change {change} points",
        {"change": lang.change(row["change"], lang.decimals(row["change"]))},
    )
    for level, name in ((95, "ci"), (90, "ci90")):
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        if not pd.isna(low):
            interval = lang.interval(low, high, lang.decimals(low, high))
            return size + filled(
                f" (רווח סמך {level}%: {{interval}})", f" ({level}% interval {{interval}})", {"interval": interval}
            )
    return size


def _linked_of(cohort: Cohort, group: str, row: pd.Series) -> Text:
    """ "28 of 39" where the whole is known: everyone on the roster. Of a group, how many they are."""
    n = int(row["n_linked"])
    return (
        lang.count_of(n, cohort.params.roster.participants)
        if group == "all" and cohort.params.roster
        else group_size(row, "n_linked")
    )


def _not_shown(what: Text) -> Worded:
    """That a result of a small group, or of one that would give a small one away, stays hidden: said, not passed over."""
    said = filled(
        "{what}: אינו מוצג, שכן קבוצה אחת קטנה מדי.", "{what}: not shown, for a group is too small.", {"what": what}
    )
    return "not_told", said, HIDDEN, HIDDEN


def _level(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    rows = table[table["measure"] == evidence.measure]
    if rows.empty or not rows.iloc[-1]["n"] or pd.isna(rows.iloc[-1]["n"]):
        return None
    row = rows.iloc[-1]
    text = LEVEL_SENTENCES[row["outcome"]]
    sentence = filled(text.he, text.en, {"measure": _measure(cohort, evidence)})
    return row["outcome"], sentence, _level_numbers(cohort, row), _described(cohort, row)


def _level_numbers(cohort: Cohort, row: pd.Series) -> Text:
    """How many stand high and low, as far as the table tells it, and the mean of a scale."""
    form, n = row.get("form", "three"), int(row["n"])
    numbers = WORDS_ONLY if cohort.params.disclosure.precision == "words_only" else FEW_IN_ONE
    if form != "hidden":
        numbers = lang.share(int(row["n_high"]), n) + Text(" במידה רבה", " to a great extent")
    if form == "three":
        numbers = numbers + filled(
            ", {low} במידה מועטה", ", {low} to a small extent", {"low": lang.count_of(int(row["n_low"]), n)}
        )
    if pd.isna(row["mean"]):
        return numbers
    mean = filled("ממוצע {mean}", "mean {mean}", {"mean": lang.number(row["mean"], 1)})
    return mean if form == "hidden" else numbers + lang.same("; ") + mean


def _described(cohort: Cohort, row: pd.Series) -> Text:
    """That a level only describes those who answered: how many, when, and the bounds for everyone on the roster."""
    wave, n, roster = row["wave"], int(row["n"]), cohort.params.roster
    words = cohort.codebook.waves[wave]
    if not roster:
        return _wave_note(cohort, wave)
    when = {"wave": Text(words.he, words.en)}
    if n >= roster.participants:
        return filled(
            "תיאור של כל {n} שברשימה ({wave})", "a description of all {n} on the roster ({wave})", {"n": n, **when}
        )
    if pd.isna(row["n_high"]):
        return filled(
            "תיאור של {n} שהשיבו ({wave})", "a description of the {n} who answered ({wave})", {"n": n, **when}
        )
    high = int(row["n_high"])
    return filled(
        "תיאור של {n} שהשיבו ({wave}); מכל {all} שברשימה, יהיו תשובות האחרים אשר יהיו: {bounds}",
        "a description of the {n} who answered ({wave}); of all {all} on the roster, whatever the others would have said: {bounds}",
        {
            "n": n,
            "all": roster.participants,
            "bounds": lang.interval(high, high + roster.participants - n, 0, False),
            **when,
        },
    )


def _wave_note(cohort: Cohort, wave: str) -> Text:
    words = cohort.codebook.waves[wave]
    return filled(
        "תיאור של מי שהשיבו ({wave})",
        "a description of those who answered ({wave})",
        {"wave": Text(words.he, words.en)},
    )


def _gap(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    rows = table[table["measure"] == evidence.measure]
    row = rows.iloc[0] if len(rows) else None
    in_words = row is not None and _in_words(cohort, row, "n_first", "n_second")
    if row is None or pd.isna(row["gap_follow_up"]) and not (bool(row["hidden"]) or in_words):
        return None
    named = {name: cohort.codebook.words(row[name]) for name in ("first", "second")}
    groups = {name: Text(words.he, lang.within(words.en)) for name, words in named.items()}
    measure = cohort.codebook.words(evidence.measure)
    values = {"measure": _quoted(measure), **groups}
    if bool(row["hidden"]):
        return _not_shown(
            filled("הפער ב{measure} בין {first} ל{second}", "The gap in {measure} between {first} and {second}", values)
        )
    told = gap_told(row)
    if told == "described":
        values["caution"] = verdicts.ceiling_caution(row)
    sentence = filled(GAP_SENTENCES[told].he, GAP_SENTENCES[told].en, values)
    return told, sentence, _gap_numbers(row), _gap_certainty(row)


def gap_told(row: pd.Series) -> str:
    """A gap's verdict as a finding: one that the ceiling may explain is described with its caution, never headlined as narrowed."""
    return "described" if row["verdict"] == "narrowed" and row["caution"] == "ceiling" else row["verdict"]


def _gap_numbers(row: pd.Series) -> Text:
    """Both gaps, the change of the gap where it leaves, and how many stand behind them."""
    told = {
        name: lang.change(row[column], lang.decimals(row[column]))
        for name, column in (("before", "gap_programme_end"), ("after", "gap_follow_up"), ("change", "change"))
    }
    text = WORDS_ONLY
    if not pd.isna(row["gap_follow_up"]):
        both = {name: told[name] for name in ("before", "after")}
        text = filled("הפער היה {before} והוא {after} נקודות", "the gap was {before} and is {after} points", both)
    if not pd.isna(row["ci_low"]):
        bounds = lang.interval(row["ci_low"], row["ci_high"], lang.decimals(row["ci_low"], row["ci_high"]))
        text = text + filled(
            " (שינוי {change}, רווח סמך 95%: {interval})",
            " (change {change}, 95% interval {interval})",
            {"change": told["change"], "interval": bounds},
        )
    who = {"n1": group_size(row, "n_first"), "n2": group_size(row, "n_second")}
    said = with_sizes(Text("; {n1} ו־{n2} משיבים", "; {n1} and {n2} respondents"), row)
    return text + filled(said.he, said.en, who)


def _gap_certainty(row: pd.Series) -> Text:
    """Why the gap is told or not, how the second group stands beside the first, and the shares at the top."""
    text = verdicts.gap_reason(row) + filled(
        "; השנייה לעומת הראשונה: {s1}, ואחר כך {s2}; בתקרה כבר בסיום התכנית: {c1} בקבוצה הראשונה, {c2} בשנייה",
        "; the second group beside the first: {s1}, then {s2}; at the top already at programme end: {c1} in the first group, {c2} in the second",
        {
            "s1": verdicts.superiority(row["superiority_programme_end"]),
            "s2": verdicts.superiority(row["superiority_follow_up"]),
            "c1": KEYS[row["ceiling_first"]],
            "c2": KEYS[row["ceiling_second"]],
        },
    )
    return text if row["linked"] else text + lang.same("; ") + verdicts.MIX


NO_PROJECT_SILENT = Text(
    "דווח על כל הפרויקטים, ולא נותר מה לנחש", "every project was reported on, so nothing is left to guess"
)


def _projects_advanced(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    row = table[table["wave"] == "follow_up"].iloc[0]
    k, n, total = int(row["n_advanced"]), int(row["n"]), int(row["n_all"])
    if not n:
        return None
    words = {
        "majority": Text("רוב הפרויקטים", "Most of the projects"),
        "about_half": Text("כמחצית הפרויקטים", "About half of the projects"),
        "minority": Text("מיעוט הפרויקטים", "A minority of the projects"),
    }
    outcome = "about_half" if 0.4 <= k / n <= 0.6 else "majority" if k > n / 2 else "minority"
    sentence = filled(
        "{size} נמצאים כיום בשלבי יישום מתקדמים.",
        "{size} are now in advanced stages of implementation.",
        {"size": words[outcome]},
    )
    numbers = filled(
        "{k} פרויקטים שדווח עליהם, מתוך {total} פרויקטים בסך הכול",
        "{k} projects that were reported on, of {total} in all",
        {"k": lang.share(k, n), "total": total},
    )
    if n == total:
        return outcome, sentence, numbers, NO_PROJECT_SILENT
    certainty = filled(
        "{low} פרויקטים, רווח סמך 95% למספר סופי של פרויקטים; הגבולות בלי שום הנחה: {bounds}",
        "{low} projects, 95% interval for a finite number of projects; bounds without any assumption: {bounds}",
        {
            "low": lang.interval(row["low"], row["high"], 0, False),
            "bounds": lang.interval(row["lowest"], row["highest"], 0, False),
        },
    )
    return outcome, sentence, numbers, certainty


def _projects_involved(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    row = table.iloc[0]
    outcome = None if pd.isna(row["n"]) or not row["n"] else side_of(row)
    if outcome is None:
        return None
    numbers = filled("{k} מעורבים כיום", "{k} are involved today", {"k": chosen_of(row)})
    return outcome, INVOLVED[outcome], numbers, _wave_note(cohort, "follow_up")


def _ties_kept(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    if pd.isna(table.set_index("fate").loc["kept", "n"]):
        return _not_shown(Text("גורל הקשרים המקצועיים", "What became of the professional ties"))
    counts = table.set_index("fate")["n_ties"]
    before, kept = int(table.set_index("fate").loc["kept", "n"]), int(counts["kept"])
    if not before:
        return None
    if pd.isna(counts["unknown"]):
        numbers = filled(
            "{kept} קשרים צוינו שוב במעקב",
            "{kept} ties were named again at follow-up",
            {"kept": lang.share(kept, before)},
        )
        return side(kept, before), KEPT[side(kept, before)], numbers, _wave_note(cohort, "follow_up")
    unknown = int(counts["unknown"])
    outcome = side(kept, before)
    numbers = filled(
        "{kept} קשרים צוינו שוב במעקב; על {unknown} אין מידע",
        "{kept} ties were named again at follow-up; of {unknown} nothing is known",
        {"kept": lang.share(kept, before), "unknown": unknown},
    )
    certainty = filled(
        "הגבולות: {bounds} קשרים", "bounds: {bounds} ties", {"bounds": lang.interval(kept, kept + unknown, 0, False)}
    )
    return outcome, KEPT[outcome], numbers, certainty


def _wishes(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    options = {option.code: option for option in cohort.codebook.options_of(evidence.measure).options}
    wished = table[~table["option"].map(lambda code: options[code].exclusive)]  # "nothing" is no wish
    top = by_popularity(wished).head(3)
    if top.empty:
        return None
    names = lang.listed([_quoted(options[code]) for code in top["option"]])
    sentence = filled(
        "להמשך פעילות הרשת מבקשים הבוגרים בעיקר: {names}.",
        "What graduates want of the network above all: {names}.",
        {"names": names},
    )
    numbers = lang.listed([count_told(row) for _, row in top.iterrows()])
    outcome = "top_" + "_".join(str(code) for code in sorted(top["option"]))
    return (
        outcome,
        sentence,
        filled("{counts}, לפי הסדר", "{counts}, in that order", {"counts": numbers}),
        _wave_note(cohort, "follow_up"),
    )


WORDED: dict[str, Callable[[Cohort, pd.DataFrame, Evidence], Worded]] = {
    "change": _change,
    "level": _level,
    "gap": _gap,
    "projects_advanced": _projects_advanced,
    "projects_involved": _projects_involved,
    "ties_kept": _ties_kept,
    "wishes": _wishes,
}
