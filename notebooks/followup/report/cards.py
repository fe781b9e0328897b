"""The finding cards: each finding in plain sentences and, piece by piece, its verdict, picture, number and certainty.

All of it is read off the results tables that the page shows, so cards and tables cannot disagree. A picture is a few
strokes of SVG without letters; its words stand beside it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import escape

import pandas as pd

from followup import language as lang
from followup.disclosure.suppression import by_popularity
from followup.language import LANGUAGES, Text, filled
from followup.report.card_notes import beside
from followup.report.charts.card_drawings import address, dots, gap_line, not_told, on_scale, strip
from followup.report.findings import JUDGED, among_whom, questions
from followup.study.codebook import Finding, when
from followup.study.cohort import Cohort
from followup.words import agreement
from followup.words.columns import chosen_of
from followup.words.verdicts import SENTENCES
from followup.words.vocabulary import FEW_IN_ONE, HIDDEN, KEYS, WORDS_ONLY

Result = Callable[[str], pd.DataFrame | None]
PUBLISHED = Text("פורסם:", "Published:")
IN_FULL = Text("המספרים במלואם, ומה שפורסם", "The numbers in full, and what was published")
IN_FULL_ALONE = Text("המספרים במלואם", "The numbers in full")
HOW_SURE = Text("מידת הוודאות:", "Certainty:")
CONCLUDED = ("change", "gap")

# Where on the page the evidence stands, and what the link to it says.
EVIDENCE = {
    "changes": ("table-changes", Text("טבלת השינויים בסולמות", "table of changes on the scales")),
    "item_changes": ("table-item_changes", Text("טבלת השינויים בהיגדים", "table of changes on the statements")),
    "group_changes": ("table-group_changes", Text("טבלת השינויים לפי קבוצה", "table of changes by group")),
    "other_changes": (
        "table-other_changes",
        Text("טבלת השינויים בין זוגות השלבים האחרים", "table of changes between the other pairs of waves"),
    ),
    "named_changes": ("table-named_changes", Text("טבלת השינויים שבתכנית", "table of the plan’s changes in groups")),
    "levels": ("figure-levels", Text("תרשים הציונים", "chart of the scores")),
    "items": ("table-items", Text("טבלת התשובות להיגדים", "table of answers to the statements")),
    "gaps": ("table-gaps", Text("טבלת הפערים", "table of the gaps")),
    "projects_advanced": ("table-projects_advanced", Text("טבלת הפרויקטים המתקדמים", "table of advanced projects")),
    "projects_involved": ("table-projects_involved", Text("טבלת המעורבים בפרויקטים", "table of those still involved")),
    "ties": ("figure-ties", Text("תרשים הקשרים", "chart of the ties")),
    "wishes": ("figure-wishes", Text("תרשים המשאלות לרשת", "chart of wishes for the network")),
}


@dataclass(frozen=True)
class Piece:
    """One line of a card: what was measured, its number with its unit, and its picture with words for it."""

    label: Text
    number: Text
    unit: Text
    picture: Text
    alternative: Text
    legend: tuple[tuple[str, Text], ...] = ()


def fragments(
    cohort: Cohort, evidence: pd.DataFrame, claims: pd.DataFrame, result: Result
) -> Iterator[tuple[str, Text]]:
    """(key, HTML in both languages) of each finding that has evidence; `result(name)` gives a results table."""
    for key, finding in questions(cohort).items():
        mine = evidence[evidence["finding"] == key] if len(evidence) else evidence
        if len(mine):
            published = claims[claims["finding"] == key] if len(claims) else claims
            lines = [line for _, row in mine.iterrows() for line in _lines(cohort, row, result)]
            told = Told(summary(cohort, mine, result), lines, beside(cohort, mine, result))
            yield key, Text(*(_card(key, finding, told, published, language) for language in LANGUAGES))


# ---------------------------------------------------------------------------------------------- what a card says


def summary(cohort: Cohort, evidence: pd.DataFrame, result: Result) -> Text:
    """The finding in plain sentences, whatever they say: what was concluded first, of all respondents before a group, then
    what is described; measures of one verdict in one sentence.
    """
    rows = [row for _, row in evidence.iterrows()]
    rows.sort(key=lambda row: (row["kind"] not in CONCLUDED, row["group"] != "all"))
    groups: dict[tuple, list[pd.Series]] = {}
    for row in rows:
        alone = (row["measure"] in cohort.codebook.items, row["group"], row["wave"]) if row["measure"] else ()
        groups.setdefault((row["kind"], row["verdict"], *alone), []).append(row)
    sentences = [_sentence(cohort, mine, result) for mine in groups.values()]
    return Text(*(" ".join(sentence[language] for sentence in sentences) for language in LANGUAGES))


def _sentence(cohort: Cohort, rows: list[pd.Series], result: Result) -> Text:
    """One sentence for the evidence of one kind, verdict and group; what has no measures speaks for itself."""
    first = rows[0]
    kind, verdict = first["kind"], first["verdict"]
    if kind == "level" and first["measure"] in cohort.codebook.items:
        return agreement.agreed(verdict, [_quoted(cohort, row["measure"]) for row in rows])
    if (kind, verdict) not in SENTENCES or (kind, verdict) == ("gap", "described"):
        return Text(*(" ".join(row[f"sentence_{language}"] for row in rows) for language in LANGUAGES))
    values = {"among": among_whom(cohort, first["group"], first["wave"])}
    if kind == "gap":
        gaps = rows_of(first, result("gaps"))
        gap = gaps[gaps["measure"] == first["measure"]].iloc[0]
        values = {name: _group(cohort, gap[name]) for name in ("first", "second")}
    measures = [agreement.named(cohort.codebook, row["measure"]) for row in rows]
    return agreement.sentence(kind, verdict, measures, **values)


def _quoted(cohort: Cohort, item: str) -> Text:
    return agreement.quoted(cohort.codebook.words(item))


def _group(cohort: Cohort, group: str) -> Text:
    words = cohort.codebook.words(group)
    return Text(words.he, lang.within(words.en))


# ---------------------------------------------------------------------------------------------- the pieces


def rows_of(evidence: pd.Series, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a results table for the waves that a piece of evidence names; all of them where it names none."""
    for column in ("wave", "compared_with"):
        table = table[table[column] == evidence[column]] if evidence[column] and column in table else table
    return table


def _lines(cohort: Cohort, row: pd.Series, result: Result) -> Iterator["Line"]:
    for place, piece in enumerate(_pieces(cohort, row, result)):
        yield Line(row, piece, _shown_in(row, result), leads=place == 0)


def _shown_in(row: pd.Series, result: Result) -> str:
    """The table of the page that shows a piece of evidence: changes of statements stand apart from those of scales."""
    if row["table"] != "changes":
        return row["table"]
    changes = rows_of(row, result("changes"))
    if (changes.iloc[0][["wave", "compared_with"]] != result("changes").iloc[0][["wave", "compared_with"]]).any():
        return "other_changes"
    change = changes.set_index(["measure", "group"]).loc[[(row["measure"], row["group"])]].iloc[0]
    if row["group"] != "all":
        return "group_changes" if pd.isna(change.get("family", "named")) else "named_changes"
    return "changes" if change["kind"] == "scale" else "item_changes"


def _pieces(cohort: Cohort, row: pd.Series, result: Result) -> Iterator[Piece]:
    """The lines of one piece of evidence: one, or one for each of the things most wished for."""
    if row["verdict"] == "not_told":
        return
    table = rows_of(row, result(row["table"]))
    mine = table[table["measure"] == row["measure"]] if "measure" in table else table
    if row["kind"] == "change":
        yield _change(cohort, mine[mine["group"] == row["group"]].iloc[0], _reach(table), row["wave"])
    elif row["kind"] == "level":
        yield _level(cohort, mine.iloc[-1])
    elif row["kind"] == "gap":
        yield _gap(cohort, mine.iloc[0])
    elif row["kind"] == "projects_advanced":
        last = table.iloc[-1]
        yield _count(ADVANCED, int(last["n_advanced"]), int(last["n"]), REPORTED_ON)
    elif row["kind"] == "projects_involved":
        yield _chosen(INVOLVED, table.iloc[-1], GRADUATES)
    elif row["kind"] == "ties_kept":
        kept = table.set_index("fate").loc["kept"]
        yield _count(NAMED_AGAIN, int(kept["n_ties"]), int(kept["n"]), TIES)
    else:
        for _, wish in by_popularity(table).head(3).iterrows():
            option = next(
                option for option in cohort.codebook.options_of(row["measure"]).options if option.code == wish["option"]
            )
            yield _chosen(Text(option.he, option.en), wish, CHOSE)


TO_A_GREAT_EXTENT = Text("במידה רבה", "to a great extent")
ADVANCED, REPORTED_ON = (
    Text("פרויקטים בשלבי יישום מתקדמים", "Projects in advanced stages of implementation"),
    Text("פרויקטים שדווח עליהם", "projects reported on"),
)
INVOLVED, GRADUATES = (
    Text("מעורבים גם כיום בפרויקט שלהם", "Still involved in their project"),
    Text("מן המשיבים", "of those who answered"),
)
NAMED_AGAIN, TIES = Text("קשרים שצוינו שוב", "Ties named again"), Text("קשרים", "ties")
CHOSE = Text("בחרו בכך", "chose it")
POINTS = Text("נקודות בממוצע", "points on average")
BETWEEN = Text("נקודות בין הקבוצות", "points between the groups")


def _measure_label(cohort: Cohort, measure: str, group: str = "all", wave: str = "") -> Text:
    words = _quoted(cohort, measure) if measure in cohort.codebook.items else cohort.codebook.words(measure)
    among = among_whom(cohort, group, wave)
    return Text(words.he + among.he, words.en + among.en)


def _level(cohort: Cohort, row: pd.Series) -> Piece:
    """How many stand high; where that may not be told, the mean on its scale, or only that it is not shown."""
    label = _measure_label(cohort, row["measure"])
    if not pd.isna(row["n_high"]):
        return _count(label, int(row["n_high"]), int(row["n"]), TO_A_GREAT_EXTENT)
    if pd.isna(row["mean"]):
        words_only = cohort.params.disclosure.precision == "words_only"
        return _without_number(label, WORDS_ONLY if words_only else FEW_IN_ONE)
    codes = cohort.codebook.options_of(row["measure"]).codes
    mean, ends = lang.number(row["mean"], 1), {"low": codes[0], "high": codes[-1]}
    unit = filled("ממוצע, בין {low} ל־{high}", "mean, between {low} and {high}", ends)
    alternative = filled("נקודה ב־{mean}", "a dot at {mean}", {"mean": mean}) + lang.same("; ") + unit
    picture = Text(*(on_scale(row["mean"], codes[0], codes[-1], language) for language in LANGUAGES))
    return Piece(label, mean, unit, picture, alternative)


def _without_number(label: Text, why: Text) -> Piece:
    return Piece(label, why, lang.same(""), lang.same(not_told()), why)


def _chosen(label: Text, row: pd.Series, unit: Text) -> Piece:
    """How many chose an option; of a few, or of all but a few, only that, without a picture."""
    if pd.isna(row["n_chosen"]):
        return replace(_without_number(label, chosen_of(row)), unit=unit)
    return _count(label, int(row["n_chosen"]), int(row["n"]), unit)


def _count(label: Text, part: int, whole: int, unit: Text) -> Piece:
    alternative = filled("{n} מסומנים", "{n} are marked", {"n": lang.count_of(part, whole)})
    return Piece(
        label,
        lang.count_of(part, whole),
        unit,
        Text(*(dots(part, whole, language) for language in LANGUAGES)),
        alternative,
    )


def _change(cohort: Cohort, row: pd.Series, reach: float, wave: str) -> Piece:
    """A change on the line through zero, with the interval that leaves of it: 95%, else 90%, else none."""
    if pd.isna(row["change"]):
        return _without_number(_measure_label(cohort, row["measure"], row["group"]), WORDS_ONLY)
    level, low, high = next(
        ((level, row[low], row[high]) for level, low, high in INTERVALS if not pd.isna(row[low])), (None, None, None)
    )
    change, margin = (
        lang.number(row[name], lang.decimals(row[name]), name == "change") for name in ("change", "margin")
    )
    alternative = filled("נקודה ב־{change}", "a dot at {change}", {"change": change})
    if level:
        interval = lang.change_interval(low, high, row["margin"])
        line = f"; קו רווח הסמך {level}%: {{interval}}", f"; a line for the {level}% interval {{interval}}"
        alternative = alternative + filled(*line, {"interval": interval})
    alternative = alternative + filled(
        "; פס הסף סביב האפס עד {margin} לכל צד", "; a band of {margin} to each side of zero", {"margin": margin}
    )
    picture = strip(row["change"], low, high, row["margin"], reach)
    label = _measure_label(cohort, row["measure"], row["group"], wave)
    return Piece(label, change, POINTS, lang.same(picture), alternative)


INTERVALS = ((95, "ci_low", "ci_high"), (90, "ci90_low", "ci90_high"))


def _reach(changes: pd.DataFrame) -> float:
    """How far the pictures of changes reach to each side of zero: the same on every card."""
    bounds = [column for _, *pair in INTERVALS for column in pair]
    known = changes[["change", *bounds, "margin"]].astype(float).abs().max().max()
    return 0.5 if pd.isna(known) else max(0.5, float(known))


def _gap(cohort: Cohort, row: pd.Series) -> Piece:
    """The gap in both waves, and which group is taken from which."""
    gaps = [row["gap_earlier"], row["gap_later"]]
    if pd.isna(gaps[-1]):
        return _without_number(_measure_label(cohort, row["measure"]), WORDS_ONLY)
    first, second = (
        Text(*(cohort.codebook.words(row[name])[language] for language in LANGUAGES)) for name in ("first", "second")
    )
    values = {name: lang.change(gap, lang.decimals(gap)) for name, gap in zip(("before", "after"), gaps, strict=True)}
    number = filled("מ־{before} ל־{after}", "from {before} to {after}", values)
    alternative = filled(
        "קו: פער של {before} {earlier}, ואחר כך {after} {later}",
        "a line: a gap of {before} {earlier}, then {after} {later}",
        values | {"earlier": when(cohort.codebook, row["compared_with"]), "later": when(cohort.codebook, row["wave"])},
    )
    return Piece(
        _measure_label(cohort, row["measure"]),
        number,
        BETWEEN,
        Text(*(gap_line(*gaps, language) for language in LANGUAGES)),
        alternative,
        (("first", second + Text(" פחות ", " minus ") + first),),
    )


# ---------------------------------------------------------------------------------------------- HTML


@dataclass(frozen=True)
class Line:
    """A line of a card: its evidence, what is shown of it, where that stands, and whether it leads."""

    row: pd.Series
    piece: Piece
    shown_in: str
    leads: bool


@dataclass(frozen=True)
class Told:
    """What a card tells: its sentences, its lines, and what to bear in mind of all of them."""

    sentences: Text
    lines: list[Line]
    beside: list[tuple[Text, Text]]


def _card(key: str, finding: Finding, told: Told, published: pd.DataFrame, language: str) -> str:
    """A finding's card in one language."""
    name, sentences, lines = escape(finding[language]), told.sentences, told.lines
    pieces = "".join(_line(line, language) for line in lines)
    full = "".join(_in_full(line.row, published, language) for line in lines if line.leads)
    toggle = escape((IN_FULL if len(published) else IN_FULL_ALONE)[language])
    start = (
        f'<section class="finding" id="finding-{escape(key)}"><h3>{name}</h3>'
        f'<p class="summary{"" if lines else " not-told"}">{escape(sentences[language])}</p>'
    )
    if not lines:
        return f"{start}{_sure(HIDDEN, 'changes', language)}</section>"
    return (
        f'{start}<ul class="evidence">{pieces}</ul>{_beside(told.beside, language)}'
        f'<details class="in-full"><summary>{toggle}<span class="about">: {name}</span></summary><ul>{full}</ul>'
        "</details></section>"
    )


def _beside(lines: list[tuple[Text, Text]], language: str) -> str:
    return "".join(
        f'<p class="beside"><span class="label">{escape(label[language])}</span> {escape(said[language])}</p>'
        for label, said in lines
    )


def _line(line: Line, language: str) -> str:
    """A line of a card; of several from one piece of evidence, the first says how sure we are and where it stands."""
    verdict, piece = line.row["verdict"], line.piece
    judged = verdict if verdict in JUDGED else "described"
    return (
        f'<li class="verdict-{judged}"><p class="badge">{escape(KEYS[judged][language])}</p>'
        f'<div class="what"><p class="measure">{escape(piece.label[language])}</p>'
        f"{_certainty(line, language) if line.leads else ''}</div>"
        f'<p class="picture-of-it"><img src="{address(piece.picture[language])}" '
        f'alt="{escape(piece.alternative[language])}">{_legend(piece, language)}</p>'
        f'<p class="number"><strong>{escape(piece.number[language])}</strong> '
        f'<span class="unit">{escape(piece.unit[language])}</span></p></li>'
    )


def _certainty(line: Line, language: str) -> str:
    certainty = Text(*(line.row[f"certainty_{name}"] for name in LANGUAGES))
    return _sure(certainty, line.shown_in, language)


def _sure(certainty: Text, shown_in: str, language: str) -> str:
    """How sure we are, and the way to the table that shows it."""
    anchor, where = EVIDENCE[shown_in]
    return (
        f'<p class="certainty"><span class="label">{escape(HOW_SURE[language])}</span> '
        f'{escape(certainty[language])} · <a href="#{anchor}">{escape(where[language])}</a></p>'
    )


def _legend(piece: Piece, language: str) -> str:
    keys = "".join(f'<span class="{name}">{escape(words[language])}</span>' for name, words in piece.legend)
    return f'<span class="legend">{keys}</span>' if keys else ""


def _in_full(row: pd.Series, published: pd.DataFrame, language: str) -> str:
    sentence, number = escape(row[f"sentence_{language}"]), escape(lang.begun(row[f"number_{language}"]))
    return f"<li><strong>{sentence}</strong> {number}{_claims_on(row, published, language)}</li>"


def _claims_on(row: pd.Series, published: pd.DataFrame, language: str) -> str:
    """The published claims that this piece of evidence answers, and whether the two agree."""
    if published.empty:
        return ""
    about = ["kind", "measure", "group", "wave", "compared_with"]
    mine = published[(published[about].fillna("") == row[about].fillna("")).all(axis=1)]
    return "".join(_claim(claim, language) for _, claim in mine.iterrows())


def _claim(claim: pd.Series, language: str) -> str:
    words = escape(lang.free_text(claim[f"published_{language}"]))
    agreement = escape(KEYS[claim["agreement"]][language])
    return (
        f'<p class="claim"><span class="label">{escape(PUBLISHED[language])}</span> {words} '
        f'<span class="agreement {escape(claim["agreement"])}">({agreement})</span></p>'
    )
