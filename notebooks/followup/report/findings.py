"""The findings in plain sentences: each read off the results tables that the page shows, never typed in.

A sentence, its number and how sure we are come from one row of one table, so prose and tables cannot disagree.
"""

import re
from collections.abc import Callable, Sequence

import pandas as pd

from followup import language as lang
from followup.language import LANGUAGES, Text, filled
from followup.problems import gathered, raise_problems
from followup.report.other_findings import (
    Result,
    Worded,
    described,
    not_shown,
    projects_advanced,
    projects_involved,
    ties_kept,
    wishes,
)
from followup.study.codebook import Evidence, Finding, when
from followup.study.cohort import Cohort
from followup.words import agreement, verdicts
from followup.words.columns import group_size
from followup.words.vocabulary import FEW_IN_ONE, WORDS_ONLY

FROM = {"change": "changes", "level": "levels", "gap": "gaps", "ties_kept": "ties"}  # others are called as their kind
ABOUT, SAID = ("finding", "kind", "measure", "group", "wave", "compared_with"), ("sentence", "number", "certainty")
EVIDENCE = [*ABOUT, "verdict", "table", *(f"{name}_{language}" for language in LANGUAGES for name in SAID)]
MEAN = Text("ממוצע {mean}", "mean {mean}")
JUDGED = tuple(verdict for verdict in verdicts.VERDICTS if verdict != "described")


def questions(cohort: Cohort) -> dict[str, Finding]:
    """The codebook's findings, or, where it names none, one for each scale and for whatever else the cohort has."""
    if cohort.codebook.findings:
        return cohort.codebook.findings
    return {
        key: Finding(he=scale.he, en=scale.en, evidence=_of_scale(cohort, key))
        for key, scale in cohort.codebook.scales.items()
    }


def with_counterparts(cohort: Cohort, evidence: list[Evidence]) -> list[Evidence]:
    """A finding's evidence, and beside it what may say otherwise, whichever way it points: the change of all respondents
    on each scale of which a level, a statement, a gap or a group is told, and on each statement of which a group is.
    """
    told = list(evidence)
    asked = {*cohort.codebook.items_in(cohort.pairs[0].in_order)} if cohort.pairs else {*()}
    for one in evidence:
        scale = cohort.codebook.scale_of.get(one.measure, one.measure)
        of_scale = asked & {*cohort.codebook.scales[scale].items} if scale in cohort.codebook.scales else {*()}
        measures = [scale] if of_scale else []
        if one.kind == "change" and one.group != "all" and one.measure in asked:
            measures = [one.measure, *measures]
        of_main = one.kind not in ("change", "gap") or one.wave is None and one.compared_with is None
        for measure in measures if of_main else ():
            known = [two for two in told if (two.kind, two.measure, two.group) == ("change", measure, "all")]
            told += [] if known else [Evidence(kind="change", measure=measure)]
    return _with_pairs(cohort, told)


def _with_pairs(cohort: Cohort, told: list[Evidence]) -> list[Evidence]:
    """A finding's evidence; where a change between another pair of waves is told, the main pair is named as well."""
    changes = [one for one in told if one.kind == "change"]
    if not any(one.wave or one.compared_with for one in changes):
        return told
    main = cohort.pairs[0]
    asked = {*cohort.codebook.items_in(main.in_order), *cohort.codebook.scales_in(main.in_order)}
    of_main = [one for one in changes if not (one.wave or one.compared_with) and one.measure in asked]
    pair = {"wave": main.wave, "compared_with": main.compared_with}
    return [one.model_copy(update=pair) if any(one is each for each in of_main) else one for one in told]


def _of_scale(cohort: Cohort, scale: str) -> list[Evidence]:
    """A scale's change in the main pair and in each further pair that the plan names; where the main pair did not ask
    it, in the first that did; its level, where none did.
    """
    asked = [pair for pair in cohort.pairs if scale in cohort.codebook.scales_in(pair.in_order)]
    if not asked:
        return [Evidence(kind="level", measure=scale)]
    if len(cohort.pairs) == 1 or not cohort.params.analysis.pairs and asked[0] == cohort.pairs[0]:
        return [Evidence(kind="change", measure=scale)]
    told = asked if cohort.params.analysis.pairs else asked[:1]
    return [Evidence(kind="change", measure=scale, wave=pair.wave, compared_with=pair.compared_with) for pair in told]


def evidence_table(cohort: Cohort, result: Result) -> pd.DataFrame:
    """One row a piece of evidence: what it is about, its verdict, and its sentence, number and certainty in both languages.

    `result(name)` gives a results table, or raises `InputProblems` when no notebook has made it; its evidence is then
    left out. A finding of which only counterparts are told is left out, too: it asks what this cohort was not asked. Where
    no notebook has made any result yet, this raises so as well.
    """
    rows, tables = [], _made(cohort, result)
    for key, finding in questions(cohort).items():
        told = with_counterparts(cohort, finding.evidence)
        mine = [_row(cohort, key, evidence, tables.get(_table_of(cohort, evidence))) for evidence in told]
        if any(mine[: len(finding.evidence)]):
            rows += [row for row in mine if row]
    return pd.DataFrame(rows, columns=EVIDENCE)


def rows_about(row: pd.Series, table: pd.DataFrame, by: Sequence[str] = ABOUT[2:]) -> pd.DataFrame:
    """The rows of a results table that a piece of evidence is about; what it leaves blank may be anything."""
    for column in by:
        table = table[table[column] == row[column]] if row[column] and column in table else table
    return table


def _row(cohort: Cohort, finding: str, evidence: Evidence, table: pd.DataFrame | None) -> dict | None:
    """The row of a piece of evidence; None where its table is not made, or tells nothing of it."""
    worded = None if table is None or table.empty else WORDED[evidence.kind](cohort, table, evidence)
    if not worded:
        return None
    verdict, *texts = worded
    row = {"finding": finding} | {name: getattr(evidence, name) or "" for name in ABOUT[1:]}
    row |= {"verdict": verdict, "table": _table_of(cohort, evidence)}
    for name, text in zip(SAID, texts, strict=True):
        row |= lang.columns(name, text)
    return row


def _table_of(cohort: Cohort, evidence: Evidence) -> str:
    of_item = evidence.kind == "level" and evidence.measure in cohort.codebook.items
    return "items" if of_item else FROM.get(evidence.kind, evidence.kind)


def _made(cohort: Cohort, result: Result) -> dict[str, pd.DataFrame | None]:
    """The results that findings rest on and that were made; raises `InputProblems` where no result at all was."""
    named = [with_counterparts(cohort, finding.evidence) for finding in questions(cohort).values()]
    names = {_table_of(cohort, evidence) for told in named for evidence in told}
    found, lacking = {}, []
    for name in sorted(names):
        with gathered(lacking):
            found[name] = result(name)
    raise_problems(() if found or any((cohort.private / "results").glob("*.csv")) else lacking)
    return found


def measure_named(cohort: Cohort, measure: str) -> Text:
    """A scale by its name, a statement in quotation marks."""
    words = cohort.codebook.words(measure)
    return agreement.quoted(words) if measure in cohort.codebook.items else lang.both(words)


COMPARED = Text(" לעומת המצב {earlier}", " compared with {earlier}")


def among_whom(cohort: Cohort, group: str, wave: str | None = None, compared_with: str | None = None) -> Text:
    """ " among … a year on compared with baseline": the group, where it is not all, and the waves that are named."""
    waves = waves_named(cohort, wave, compared_with)
    return waves if group == "all" else Text(" בקרב ", " among ") + lang.inside(cohort.codebook.words(group)) + waves


def waves_named(cohort: Cohort, wave: str | None, compared_with: str | None) -> Text:
    """ " a year on compared with baseline": the pair of waves, as far as the evidence names it; else nothing."""
    later = Text(" ", " ") + when(cohort.codebook, wave) if wave else Text("", "")
    return later + COMPARED.filled({"earlier": as_a_time(cohort, compared_with)}) if compared_with else later


def as_a_time(cohort: Cohort, wave: str) -> Text:
    """A wave that others are compared with: “the end of the programme”."""
    then = when(cohort.codebook, wave)
    return Text(then.he, re.sub("^(at|in|on) ", "", then.en))


def change_sentence(cohort: Cohort, row: pd.Series, evidence: Evidence) -> Text:
    among = among_whom(cohort, evidence.group, evidence.wave, evidence.compared_with)
    named = agreement.named(cohort.codebook, evidence.measure)
    return agreement.sentence("change", row["verdict"], [named], among=among)


def reason(row: pd.Series) -> Text:
    """Why a change got its verdict, in words, and what is assumed where not everyone is linked."""
    text, partly = verdicts.change_reason(row), row["test"] == "partly_linked"
    if row["linked"] and not partly:
        return text
    return text + lang.same("; ") + (verdicts.ALIKE if partly else verdicts.MIX)


def _change(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    rows = evidence.rows_of(table[(table["measure"] == evidence.measure) & (table["group"] == evidence.group)])
    if rows.empty:
        return None
    row = rows.iloc[0]
    if bool(row.get("hidden", False)):
        among = among_whom(cohort, evidence.group, evidence.wave, evidence.compared_with)
        return not_shown(measure_named(cohort, evidence.measure) + among)
    if pd.isna(row["change"]) and not row.get("in_words", False) and not _in_words(cohort, row, "n_earlier", "n_later"):
        return None
    numbers = _change_numbers(cohort, row, evidence.group)
    return row["verdict"], change_sentence(cohort, row, evidence), numbers, reason(row)


def _in_words(cohort: Cohort, row: pd.Series, *sizes: str) -> bool:
    """Whether people stand behind a result of which the params let words only leave."""
    return cohort.params.disclosure.precision == "words_only" and bool((row[[*sizes]].fillna(0) > 0).all())


def _change_numbers(cohort: Cohort, row: pd.Series, group: str) -> Text:
    """The mean change with its interval, and whose answers it rests on: linked, linked in part or not linked."""
    values = {
        "first": group_size(row, "n_earlier"),
        "second": group_size(row, "n_later"),
        "both": group_size(row, "n_linked"),
        "n": _linked_of(cohort, group, row),
        "earlier": when(cohort.codebook, row["compared_with"]),
        "later": when(cohort.codebook, row["wave"]),
    }
    if not row["linked"]:
        who = NOT_LINKED
    elif row["test"] == "partly_linked":
        who = LINKED_IN_PART
    else:
        who = OF_SEVERAL_WAVES if len(cohort.waves) > 2 else OF_TWO_WAVES
    return _size(row) + verdicts.words(verdicts.with_sizes(who, row), **values)


NOT_LINKED = Text(
    "; {first} השיבו {earlier} ו־{second} {later}, ללא קישור ביניהם",
    "; {first} answered {earlier} and {second} {later}, not linked",
)
LINKED_IN_PART = Text(
    "; {first} השיבו {earlier} ו־{second} {later}, {both} מהם בשניהם",
    "; {first} answered {earlier} and {second} {later}, {both} of them both",
)
OF_SEVERAL_WAVES = Text(", {n} השיבו גם {earlier} וגם {later}", ", {n} answered both {earlier} and {later}")
OF_TWO_WAVES = Text(", {n} השיבו בשני השלבים", ", {n} answered both waves")


def _size(row: pd.Series) -> Text:
    """The mean change, with the 95% interval or else the 90% one where it leaves."""
    if pd.isna(row["change"]):
        return WORDS_ONLY
    change = lang.change(row["change"], lang.decimals(row["change"]))
    size = filled("שינוי ממוצע {change} נקודות", "mean change {change} points", {"change": change})
    for level, name in ((95, "ci"), (90, "ci90")):
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        if not pd.isna(low):
            said = Text(f" (רווח סמך {level}%: {{interval}})", f" ({level}% interval {{interval}})")
            return size + said.filled({"interval": lang.change_interval(low, high, row["margin"])})
    return size


def _linked_of(cohort: Cohort, group: str, row: pd.Series) -> Text:
    """ "28 of 39" where the whole is known: everyone on the roster. Of a group, how many they are."""
    if group == "all" and cohort.params.roster:
        return lang.count_of(int(row["n_linked"]), cohort.params.roster.participants)
    return group_size(row, "n_linked")


def _level(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    rows = evidence.rows_of(table[table["measure"] == evidence.measure])
    if rows.empty or not rows.iloc[-1]["n"] or pd.isna(rows.iloc[-1]["n"]):
        return None
    row = rows.iloc[-1]
    if evidence.measure in cohort.codebook.items:
        sentence = agreement.agreed(row["outcome"], [measure_named(cohort, evidence.measure)])
    else:
        sentence = agreement.sentence("level", row["outcome"], [agreement.named(cohort.codebook, evidence.measure)])
    return row["outcome"], sentence, _level_numbers(cohort, row), described(cohort, row, "n_high")


def _level_numbers(cohort: Cohort, row: pd.Series) -> Text:
    """How many gave high and low answers, as far as the table tells it, and the mean of a scale."""
    form, n = row.get("form", "three"), int(row["n"])
    numbers = WORDS_ONLY if cohort.params.disclosure.precision == "words_only" else FEW_IN_ONE
    if form != "hidden":
        numbers = lang.share(int(row["n_high"]), n) + Text(" נתנו תשובה גבוהה", " gave a high answer")
    if form == "three":
        low = lang.count_of(int(row["n_low"]), n)
        numbers = numbers + filled(", {low} נתנו תשובה נמוכה", ", {low} a low one", {"low": low})
    if pd.isna(row["mean"]):
        return numbers
    mean = MEAN.filled({"mean": lang.number(row["mean"], 1)})
    return mean if form == "hidden" else numbers + lang.same("; ") + mean


def _gap(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    rows = evidence.rows_of(table[table["measure"] == evidence.measure])
    row = rows.iloc[0] if len(rows) else None
    in_words = row is not None and _in_words(cohort, row, "n_first", "n_second")
    if row is None or pd.isna(row["gap_later"]) and not (bool(row["hidden"]) or in_words):
        return None
    groups = {name: lang.inside(cohort.codebook.words(row[name])) for name in ("first", "second")}
    measure = agreement.named(cohort.codebook, evidence.measure)
    if bool(row["hidden"]):
        named = Text(agreement.prefixed("ב", measure.name.he), measure.name.en)
        gap = Text("הפער {in} בין {first} ל{second}", "The gap in {in} between {first} and {second}")
        return not_shown(gap.filled(groups | {"in": named}))
    told = gap_told(row)
    caution = verdicts.ceiling_caution(row, groups) if told == "described" else Text("", "")
    later = when(cohort.codebook, row["wave"])
    sentence = agreement.sentence("gap", told, [measure], caution=caution, later=later, **groups)
    return told, sentence, _gap_numbers(row), _gap_certainty(row, groups)


def gap_told(row: pd.Series) -> str:
    """A gap's verdict as a finding: one that the ceiling may explain is described with its caution, never headlined as narrowed."""
    return "described" if row["verdict"] == "narrowed" and row["caution"] == "ceiling" else row["verdict"]


def _gap_numbers(row: pd.Series) -> Text:
    """Both gaps, the change of the gap where it leaves, and how many stand behind them."""
    before, after, change = (
        lang.change(row[column], lang.decimals(row[column])) for column in ("gap_earlier", "gap_later", "change")
    )
    text = WORDS_ONLY if pd.isna(row["gap_later"]) else WENT.filled({"before": before, "after": after})
    if not pd.isna(row["ci_low"]):
        interval = lang.change_interval(row["ci_low"], row["ci_high"])
        text = text + CHANGE_OF_GAP.filled({"change": change, "interval": interval})
    first, second = group_size(row, "n_first"), group_size(row, "n_second")
    if first == second:
        return text + filled("; {n} משיבים בכל קבוצה", "; {n} respondents in each group", {"n": first})
    said = verdicts.with_sizes(Text("; {n1} ו־{n2} משיבים", "; {n1} and {n2} respondents"), row)
    return text + said.filled({"n1": first, "n2": second})


WENT = Text("הפער השתנה מ־{before} ל־{after} נקודות", "the gap went from {before} to {after} points")
CHANGE_OF_GAP = Text(" (שינוי {change}, רווח סמך 95%: {interval})", " (change {change}, 95% interval {interval})")


def _gap_certainty(row: pd.Series, groups: dict[str, Text]) -> Text:
    """Why the gap is told or not, and the shares at the top; how the groups stand by ranks is in the table of the gaps."""
    top = verdicts.at_the_top(row["ceiling_first"], row["ceiling_second"], groups)
    text = verdicts.gap_reason(row, groups) + lang.same("; ") + top
    return text if row["linked"] else text + lang.same("; ") + verdicts.MIX


WORDED: dict[str, Callable[[Cohort, pd.DataFrame, Evidence], Worded]] = {
    "change": _change,
    "level": _level,
    "gap": _gap,
    "projects_advanced": projects_advanced,
    "projects_involved": projects_involved,
    "ties_kept": ties_kept,
    "wishes": wishes,
}
