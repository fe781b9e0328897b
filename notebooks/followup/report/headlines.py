"""The headline of each finding: one sentence of at most 18 words that says what was concluded, whatever it is.

Conclusions about all respondents come first, then those about groups, then what is described. A headline that would be too
long is said in shorter forms: short names of the codebook, then how many measures share a conclusion. Nothing is cut off.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import product

import pandas as pd

from followup import language as lang
from followup.language import LANGUAGES, Text, same
from followup.report.findings import among_whom, as_a_time, gap_told, waves_named
from followup.report.other_findings import Result
from followup.study.codebook import when
from followup.study.cohort import Cohort
from followup.words import headline_words
from followup.words.agreement import prefixed, preserved, quoted, respondents_say

MOST_WORDS, MOST_FURTHER, MOST_NAMED = 18, 3, 8
CONCLUDED = ("change", "gap")
FULL, SHORT, COUNTED = 0, 1, 2  # measures as the codebook words them, by their short names, or how many they are


@dataclass(frozen=True)
class Clause:
    """One part of a headline: its forms, from the longest to the shortest, and whether the headline has to hold it."""

    forms: tuple[Text, ...]
    needed: bool


def words_in(text: str) -> int:
    """How many words a sentence has, as a reader counts them: a dash between words is none."""
    return sum(any(sign.isalnum() for sign in word) for word in text.split())


def headline(cohort: Cohort, evidence: pd.DataFrame, result: Result) -> Text:
    """The headline of one finding's evidence, given in the order in which it leads; `result(name)` gives a results table.

    It holds every conclusion about all respondents, an inconclusive one included, and what comes next as far as 18 words
    reach. Evidence of one conclusion shares its words.
    """
    turns = _in_turn(cohort, evidence)
    for told in [turns, []] if turns else [[]]:
        left = evidence[~evidence.index.isin([place for _, places in told for place in places])]
        clauses = [clause for clause, _ in told] + [_clause(cohort, rows, result) for rows in _together(left)]
        needed = [clause for clause in clauses if clause.needed] or clauses[:1]
        further = [clause for clause in clauses if clause not in needed]
        for more in range(len(further), -1, -1):
            texts = [_shortest_cut(needed, further[:more], language) for language in LANGUAGES]
            if all(texts):
                return Text(*texts)
    return _counted(cohort, evidence)


def _shortest_cut(needed: list[Clause], further: list[Clause], language: str) -> str | None:
    """Clauses in as long forms as 18 words allow; None where no forms are short enough.

    What has to be told is counted only where it would be too long by itself, never to make room for more.
    """
    told = [*needed, *further[:MOST_FURTHER]]
    if len(further) > MOST_FURTHER:
        return None
    longest = COUNTED if not further else SHORT
    forms = [range(min(len(one.forms), (longest if one in needed else COUNTED) + 1)) for one in told]
    for lengths in sorted(product(*forms), key=lambda lengths: (sum(lengths), lengths)):
        sentence = _sentence([one.forms[length] for one, length in zip(told, lengths, strict=True)])[language]
        if words_in(sentence) <= MOST_WORDS:
            return sentence
    return None


def _counted(cohort: Cohort, evidence: pd.DataFrame) -> Text:
    """How many conclusions about all respondents there are, and how many of each kind; of one measure with its name."""
    concluded = evidence[evidence["kind"].isin(CONCLUDED) & (evidence["group"] == "all")]
    told = concluded.replace({"verdict": {"cannot_be_told": "inconclusive"}})
    told = told[told["verdict"].isin(headline_words.ONE_OF)]
    if told.empty:
        return _sentence([headline_words.LEAST])
    found = told["verdict"].value_counts()
    known = [verdict for verdict in headline_words.ONE_OF if verdict in found]
    parts = [_how_many(headline_words.ONE_OF[verdict], int(found[verdict])) for verdict in known]
    whole, kinds = _how_many(headline_words.CONCLUSIONS, len(told)), lang.listed(parts)
    measures = told["measure"].unique()
    name = _noun(cohort, measures[0], SHORT) if len(measures) == 1 else same("")
    named = _sentence([lang.worded(headline_words.OF_ONE, {"whole": whole, "name": name, "kinds": kinds})])
    if name.en and all(words_in(named[language]) <= MOST_WORDS for language in LANGUAGES):
        return named
    return _sentence([lang.worded(headline_words.OF_ALL, {"whole": whole, "kinds": kinds})])


def _how_many(counted: tuple[Text, Text], many: int) -> Text:
    """ "one rise", "three rises": in words up to ten."""
    one, several = counted
    number = headline_words.NUMBERS.get(many, lang.number(many))
    return one if many == 1 else lang.worded(several, {"n": number})


def headlines(cohort: Cohort, evidence: pd.DataFrame, result: Result) -> pd.DataFrame:
    """The headline of each finding, as headline_he and headline_en by finding; `evidence` in the order in which it leads."""
    found = {name: headline(cohort, mine, result) for name, mine in evidence.groupby("finding", sort=False)}
    rows = [(text.he, text.en) for text in found.values()]
    return pd.DataFrame(rows, columns=["headline_he", "headline_en"], index=pd.Index([*found], name="finding"))


def title_of(cohort: Cohort, shown: pd.DataFrame) -> dict[str, object]:
    """What a chart shows of all its measures, for `title=`: their conclusions, or how most answered in the last wave.

    `shown` are changes of all respondents, gaps, or levels, as they left, of two waves. Nothing is said where nothing is told.
    """
    kind = "gap" if "gap_later" in shown else "change" if "verdict" in shown else "level"
    known = [*{"change": headline_words.CHANGED, "gap": headline_words.GAPS, "level": headline_words.RATED}[kind]]
    last = shown.drop_duplicates("measure", keep="last").rename(columns={"outcome": "verdict"})
    last = last.assign(kind=kind, table="", group="all", wave="", compared_with="")
    if kind == "gap":
        last["verdict"] = [gap_told(row) for _, row in last.iterrows()]
    told = last[last["verdict"].isin(known)].sort_values("verdict", key=lambda of: of.map(known.index), kind="stable")
    length = SHORT if len(told) <= MOST_NAMED else COUNTED
    said = [_clause(cohort, rows, {"gaps": shown}.get).forms[length] for rows in _together(told)]
    return {"en": "{said}", "he": "{said}", "said": _begun(said)} if said else {}


def _together(evidence: pd.DataFrame) -> Iterable[list[pd.Series]]:
    """The evidence of one kind, conclusion, group and pair of waves; what is hidden is one, whatever it is of.

    Changes of the same measures since the same wave are one, too.
    """
    groups: dict[tuple, list[pd.Series]] = {}
    for _, row in evidence.iterrows():
        about = (row["kind"], row["verdict"], row["group"], row["compared_with"], row["table"], row["wave"])
        groups.setdefault(("hidden",) if row["verdict"] == "not_told" else about, []).append(row)
    merged: dict[tuple, list[pd.Series]] = {}
    for about, rows in groups.items():
        same_measures = tuple(row["measure"] for row in rows) if about[0] == "change" else about[5:]
        merged.setdefault((*about[:5], *same_measures), []).extend(rows)
    return merged.values()


def _sentence(told: list[Text]) -> Text:
    return _begun(told) + same(".")


def _begun(told: list[Text]) -> Text:
    text = lang.joined(told, "; ")
    return Text(lang.begun(text.he), lang.begun(text.en))


def _clause(cohort: Cohort, rows: list[pd.Series], result: Result) -> Clause:
    first = rows[0]
    kind, verdict = first["kind"], first["verdict"]
    needed = kind in CONCLUDED and first["group"] == "all" and verdict not in ("not_told", "described")
    if verdict == "not_told":
        return Clause((headline_words.NOT_SHOWN,), needed)
    if kind in ("change", "level", "gap"):
        say = {"change": _change, "level": _level, "gap": partial(_gap, result)}[kind]
        return Clause(tuple(say(cohort, rows, length) for length in (FULL, SHORT, COUNTED)), needed)
    full = Text(*(lang.within(row.rstrip(".")) for row in (first["sentence_he"], first["sentence_en"])))
    return Clause((full, headline_words.SHORTER.get((kind, verdict), headline_words.WISHES)), needed)


# ------------------------------------------------------------------------------------------ names of measures


def _named(cohort: Cohort, rows: list[pd.Series], length: int) -> list[Text]:
    """The measures of some evidence as nouns; counted where there are more than two, or no name is short."""
    measures = list(dict.fromkeys(row["measure"] for row in rows))
    if length == COUNTED and len(measures) > 1:
        return [headline_words.COUNTS.get(len(measures), headline_words.SEVERAL)]
    return [_noun(cohort, measure, length) for measure in measures]


def _noun(cohort: Cohort, measure: str, length: int) -> Text:
    """A scale's name, or agreement with a statement."""
    codebook = cohort.codebook
    if measure not in codebook.items:
        return lang.inside(codebook.words(measure) if length == FULL else codebook.short(measure))
    that = _that(cohort, measure, length)
    return Text(f"הסכמה {that.he}", f"agreement {that.en}")


def _that(cohort: Cohort, item: str, length: int) -> Text:
    """What is agreed with: the statement in its words, its short form, or only that there is one."""
    words = cohort.codebook.words(item)
    short = getattr(words, "short", None)
    if length == FULL:
        return Text("להיגד ", "with ") + quoted(words)
    return Text("ש", "that ") + lang.both(short) if short else Text("להיגד אחד", "with one statement")


def _joined(named: list[Text], letter: str = "") -> Text:
    """ "a, b and c"; in Hebrew each with its one-letter preposition, where there is one."""
    he = [prefixed(letter, name.he) if letter else name.he for name in named]
    return lang.listed([Text(one, name.en) for one, name in zip(he, named, strict=True)])


# ------------------------------------------------------------------------------------------ clauses by kind


def _change(cohort: Cohort, rows: list[pd.Series], length: int) -> Text:
    first, named = rows[0], _named(cohort, rows, length)
    several = len({row["measure"] for row in rows}) > 1
    values = {
        "named": _joined(named),
        "in": _joined(named, "ב"),
        "was": preserved(named[0], several, None if several else _form(cohort, first["measure"], length)),
        "among": _since(cohort, rows, length),
    }
    return lang.worded(headline_words.CHANGED[first["verdict"]], values)


def _form(cohort: Cohort, measure: str, length: int) -> str | None:
    """The gender and number that the codebook gives for a scale's name, where it is that name that stands."""
    scale = cohort.codebook.scales.get(measure)
    other_name = length != FULL and getattr(scale, "short", None)
    return None if other_name else getattr(scale, "gender", None)


def _among(cohort: Cohort, row: pd.Series, length: int) -> Text:
    """ " among …": the group in its short words where names are short, and the wave, where the evidence names one."""
    if length == FULL or row["group"] == "all":
        return among_whom(cohort, row["group"], row["wave"], row["compared_with"])
    among = Text(" בקרב ", " among ") + _group(cohort, row["group"], length)
    return among + waves_named(cohort, row["wave"], row["compared_with"])


def _since(cohort: Cohort, rows: list[pd.Series], length: int) -> Text:
    """As `_among`; of several waves compared with one, all are named: " after the course and a year on compared with …"."""
    first = rows[0]
    waves = sorted({row["wave"] for row in rows}, key=list(cohort.codebook.waves).index) if first["wave"] else []
    if len(waves) < 2:
        return _among(cohort, first, length)
    group = _among(cohort, dict(first) | {"wave": "", "compared_with": ""}, length)
    named = lang.listed([when(cohort.codebook, wave) for wave in waves])
    return group + same(" ") + named + waves_named(cohort, None, first["compared_with"])


def _in_turn(cohort: Cohort, evidence: pd.DataFrame) -> list[tuple[Clause, list]]:
    """Of each measure whose changes between three waves are all concluded, one clause that tells them in turn, and their
    places in `evidence`.
    """
    told, found = evidence[(evidence["kind"] == "change") & (evidence["group"] == "all")], []
    told = told[told["verdict"].isin(headline_words.IN_TURN) & (told["compared_with"] != "")]
    for measure, rows in told.groupby("measure", sort=False):
        named = {*rows["wave"], *rows["compared_with"]}
        waves = [wave for wave in cohort.codebook.waves if wave in named]
        of_pair = {(row["compared_with"], row["wave"]): row["verdict"] for _, row in rows.iterrows()}
        if len(waves) == len(of_pair) == len(rows) == 3 and all(waves.index(a) < waves.index(b) for a, b in of_pair):
            said = [of_pair[*pair] for pair in (waves[:2], waves[1:], waves[::2])]
            texts = tuple(_three_waves(cohort, measure, waves, said, length) for length in (FULL, SHORT))
            found.append((Clause(texts, True), [*rows.index]))
    return found


def _three_waves(cohort: Cohort, measure: str, waves: list[str], verdicts: list[str], length: int) -> Text:
    named = _noun(cohort, measure, length)
    was = preserved(named, False, _form(cohort, measure, length))
    then, following, whole = (lang.worded(headline_words.IN_TURN[verdict], {"was": was}) for verdict in verdicts)
    values = {"named": named, "then": then, "next": following, "whole": whole, "first": as_a_time(cohort, waves[0])}
    second, third = (when(cohort.codebook, wave) for wave in waves[1:])
    return lang.worded(headline_words.THREE_WAVES, values | {"second": second, "third": third})


def _level(cohort: Cohort, rows: list[pd.Series], length: int) -> Text:
    first = rows[0]
    if first["measure"] not in cohort.codebook.items:
        clauses = [getattr(cohort.codebook.scales[row["measure"]], "respondents_say", None) for row in rows]
        if length == FULL and all(clauses) and first["verdict"] != "divided":
            said = respondents_say(first["verdict"], clauses)
            return Text(said.he.rstrip("."), lang.within(said.en.rstrip(".")))
        named = _named(cohort, rows, length)
        return lang.worded(headline_words.RATED[first["verdict"]], {"named": _joined(named), "to": _joined(named, "ל")})
    that = lang.listed([_that(cohort, row["measure"], length) for row in rows])
    that = Text("להיגדים שלהלן", "with the statements below") if length == COUNTED else that
    return lang.worded(headline_words.AGREED[first["verdict"]], {"that": that})


def _gap(result: Result, cohort: Cohort, rows: list[pd.Series], length: int) -> Text:
    """A gap's clause; the shortest says that the gap narrowed and leaves it to the evidence where."""
    gap = result("gaps").set_index("measure").loc[[rows[0]["measure"]]].iloc[0]
    inside = _joined(_named(cohort, rows, length), "ב")
    values = {
        "first": _group(cohort, gap["first"], length),
        "second": _group(cohort, gap["second"], length),
        "in": same("") if length == COUNTED else Text(f" {inside.he}", f" in {inside.en}"),
    }
    return lang.worded(headline_words.GAPS[rows[0]["verdict"]], values)


def _group(cohort: Cohort, group: str, length: int) -> Text:
    return lang.inside(cohort.codebook.words(group) if length == FULL else cohort.codebook.short(group))
