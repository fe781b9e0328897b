"""The findings of the report: each with its headline and, piece by piece, its conclusion, picture, number and certainty.

All of it is read off the results tables that the page shows, so cards and tables cannot disagree. A picture is a few
strokes of SVG without letters; its words stand beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from html import escape

import pandas as pd

from followup import language as lang
from followup.analysis.comparison import PAIR
from followup.disclosure.suppression import by_popularity
from followup.language import Text, filled, same
from followup.report.brief import APART, from_to, interval_of, sign
from followup.report.card_notes import beside
from followup.report.charts.card_drawings import address, dots, gap_line, not_told, on_scale, strip
from followup.report.findings import JUDGED, among_whom, measure_named, questions, rows_about, waves_named
from followup.report.other_findings import Result
from followup.report.security import GROUNDS, MARKS, SIGNS
from followup.study.codebook import Finding, when
from followup.study.cohort import Cohort
from followup.words.columns import chosen_of
from followup.words.vocabulary import FEW_IN_ONE, HIDDEN, KEYS, WORDS_ONLY

PUBLISHED = Text("פורסם:", "Published:")
IN_FULL = Text("המספרים במלואם, ומה שפורסם", "The numbers in full, and what was published")
IN_FULL_ALONE = Text("המספרים במלואם", "The numbers in full")
HOW_SURE = Text("מידת הוודאות:", "Certainty:")
HOW_SECURE = Text("מידת הביסוס:", "How secure:")
MAY_MEAN = Text("משמעות אפשרית", "What this may mean")
THIS_FINDING = Text("קישור לממצא זה", "Link to this finding")
COPY = Text("העתקת הממצא", "Copy this finding")
MET, NOT_MET = Text("מתקיים:", "Met:"), Text("אינו מתקיים:", "Not met:")
CHARTS = {  # the chart that carries evidence of a kind
    "change": "scale_changes",
    "gap": "gap_lines",
    "level": "levels",
    "projects_advanced": "project_stages",
    "ties_kept": "ties",
    "wishes": "wishes",
}

# Where on the page the evidence stands, and what the link to it says.
DRAWN = ("levels", "ties", "wishes")  # in figures, all others in tables
EVIDENCE = {
    "changes": Text("טבלת השינויים בסולמות", "table of changes on the scales"),
    "item_changes": Text("טבלת השינויים בהיגדים", "table of changes on the statements"),
    "group_changes": Text("טבלת השינויים לפי קבוצה", "table of changes by group"),
    "other_changes": Text("טבלת השינויים בין זוגות השלבים האחרים", "table of changes between the other pairs of waves"),
    "named_changes": Text("טבלת השינויים שבתכנית", "table of the plan’s changes in groups"),
    "levels": Text("תרשים הציונים", "chart of the scores"),
    "items": Text("טבלת התשובות להיגדים", "table of answers to the statements"),
    "gaps": Text("טבלת הפערים", "table of the gaps"),
    "projects_advanced": Text("טבלת הפרויקטים המתקדמים", "table of advanced projects"),
    "projects_involved": Text("טבלת המעורבים בפרויקטים", "table of those still involved"),
    "ties": Text("תרשים הקשרים", "chart of the ties"),
    "wishes": Text("תרשים המשאלות לרשת", "chart of wishes for the network"),
}


@dataclass(frozen=True)
class Piece:
    """One line of a card: what was measured, its number with its unit, and its picture with words for it."""

    label: Text
    number: Text
    unit: Text
    picture: Text
    alternative: Text
    legend: Text = Text("", "")  # which group is taken from which
    detail: Text = Text("", "")  # from which mean to which, and the interval


def fragments(
    cohort: Cohort, evidence: pd.DataFrame, claims: pd.DataFrame, result: Result, headlines: pd.DataFrame
) -> Iterator[tuple[str, Text]]:
    """(key, HTML in both languages) of each finding that has evidence; `result(name)` gives a results table.

    `headlines` has a row for each: finding, headline_he and _en, line_he and _en, secure, and the four grounds of `security`.
    """
    named = headlines.set_index("finding") if len(headlines) else headlines
    for key, finding in questions(cohort).items():
        mine = evidence[evidence["finding"] == key] if len(evidence) else evidence
        if len(mine):
            published = claims[claims["finding"] == key] if len(claims) else claims
            lines = [line for _, row in mine.iterrows() for line in _lines(cohort, row, result)]
            meaning, title = cohort.params.implications.get(key), lang.both(cohort.params.title)
            meaning = lang.both(meaning) if meaning else None
            told = Told(named.loc[key], lines, beside(cohort, mine, result), meaning, title)
            yield key, lang.each(partial(_card, key, finding, told, published))


# ---------------------------------------------------------------------------------------------- the pieces


def _lines(cohort: Cohort, row: pd.Series, result: Result) -> Iterator["Line"]:
    for place, piece in enumerate(_pieces(cohort, row, result)):
        yield Line(row, piece, _shown_in(row, result), leads=place == 0)


def _shown_in(row: pd.Series, result: Result) -> str:
    """The table of the page that shows a piece of evidence: changes of statements stand apart from those of scales."""
    if row["table"] != "changes":
        return row["table"]
    changes = rows_about(row, result("changes"), PAIR)
    if (changes.iloc[0][PAIR] != result("changes").iloc[0][PAIR]).any():
        return "other_changes"
    change = rows_about(row, changes).iloc[0]
    if row["group"] != "all":
        return "group_changes" if pd.isna(change.get("family", "named")) else "named_changes"
    return "changes" if change["kind"] == "scale" else "item_changes"


def _pieces(cohort: Cohort, row: pd.Series, result: Result) -> Iterator[Piece]:
    """The lines of one piece of evidence: one, or one for each of the things most wished for."""
    if row["verdict"] == "not_told":
        return
    table = rows_about(row, result(row["table"]), PAIR)
    mine = table[table["measure"] == row["measure"]] if "measure" in table else table
    if row["kind"] == "change":
        yield _change(cohort, mine[mine["group"] == row["group"]].iloc[0], row)
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
            options = cohort.codebook.options_of(row["measure"]).options
            option = next(option for option in options if option.code == wish["option"])
            yield _chosen(lang.both(option), wish, CHOSE)


HIGH_ANSWER = Text("נתנו תשובה גבוהה", "gave a high answer")
ADVANCED = Text("פרויקטים בשלבי יישום מתקדמים", "Projects in advanced stages of implementation")
REPORTED_ON = Text("פרויקטים שדווח עליהם", "projects reported on")
INVOLVED = Text("מעורבים גם כיום בפרויקט שלהם", "Still involved in their project")
GRADUATES = Text("מן המשיבים", "of those who answered")
NAMED_AGAIN, TIES = Text("קשרים שצוינו שוב", "Ties named again"), Text("קשרים", "ties")
CHOSE = Text("בחרו בכך", "chose it")
NONE = same("")
POINTS = Text("נקודות בממוצע", "points on average")
BETWEEN = Text("נקודות בין הקבוצות", "points between the groups")


def _measure_label(cohort: Cohort, measure: str, group: str = "all", waves: Text = NONE) -> Text:
    return measure_named(cohort, measure) + among_whom(cohort, group) + waves


def _level(cohort: Cohort, row: pd.Series) -> Piece:
    """How many stand high; where that may not be told, the mean on its scale, or only that it is not shown."""
    label = _measure_label(cohort, row["measure"])
    if not pd.isna(row["n_high"]):
        return _count(label, int(row["n_high"]), int(row["n"]), HIGH_ANSWER)
    if pd.isna(row["mean"]):
        words_only = cohort.params.disclosure.precision == "words_only"
        return _without_number(label, WORDS_ONLY if words_only else FEW_IN_ONE)
    codes = cohort.codebook.options_of(row["measure"]).codes
    mean, ends = lang.number(row["mean"], 1), {"low": codes[0], "high": codes[-1]}
    unit = filled("ממוצע, בין {low} ל־{high}", "mean, between {low} and {high}", ends)
    alternative = filled("נקודה ב־{mean}", "a dot at {mean}", {"mean": mean}) + same("; ") + unit
    picture = lang.each(partial(on_scale, row["mean"], codes[0], codes[-1]))
    return Piece(label, mean, unit, picture, alternative)


def _without_number(label: Text, why: Text) -> Piece:
    return Piece(label, why, same(""), same(not_told()), why)


def _chosen(label: Text, row: pd.Series, unit: Text) -> Piece:
    """How many chose an option; of a few, or of all but a few, only that, without a picture."""
    if pd.isna(row["n_chosen"]):
        return replace(_without_number(label, chosen_of(row)), unit=unit)
    return _count(label, int(row["n_chosen"]), int(row["n"]), unit)


def _count(label: Text, part: int, whole: int, unit: Text) -> Piece:
    number = lang.count_of(part, whole)
    alternative = filled("{n} מסומנים", "{n} are marked", {"n": number})
    return Piece(label, number, unit, lang.each(partial(dots, part, whole)), alternative)


def _change(cohort: Cohort, row: pd.Series, evidence: pd.Series) -> Piece:
    """A change on the line through zero, with the one interval that its conclusion rests on, where that leaves.

    The interval is told once: not beside the means where the words on certainty tell it.
    """
    waves = waves_named(cohort, evidence["wave"], evidence["compared_with"])
    label = _measure_label(cohort, row["measure"], row["group"], waves)
    if pd.isna(row["change"]):
        return _without_number(label, WORDS_ONLY)
    known, low, high = interval_of(row), None, None
    change, margin = (
        lang.number(row[name], lang.decimals(row[name]), name == "change") for name in ("change", "margin")
    )
    alternative, detail = filled("נקודה ב־{change}", "a dot at {change}", {"change": change}), from_to(cohort, row)
    if known:
        interval = INTERVAL.filled({"level": known[0], "bounds": known[1]})
        alternative = alternative + LINE + interval
        if known[1].en not in evidence["certainty_en"]:
            detail = detail + same("; ") + interval if detail else interval
        low, high = (row[f"{'ci' if known[0] == 95 else 'ci90'}_{end}"] for end in ("low", "high"))
    alternative = alternative + BAND.filled({"margin": margin})
    picture = strip(row["change"], low, high, row["margin"]) if known else not_told()
    detail = (detail or same("")) + _into_the_band(row, low, high)
    return Piece(label, change, POINTS, same(picture), alternative if known else NO_INTERVAL, detail=detail)


INTERVAL = Text("רווח סמך {level}%: {bounds}", "{level}% interval {bounds}")
LINE = Text("; קו: ", "; a line: the ")
BAND = Text("; פס הסף סביב האפס עד {margin} לכל צד", "; a band of {margin} to each side of zero")
NO_INTERVAL = Text("לא מוצג רווח סמך", "no interval is shown")
SMALL_PERHAPS = Text("; ייתכן שהשינוי קטן מן הסף", "; the change may be smaller than the margin")


def _into_the_band(row: pd.Series, low: float | None, high: float | None) -> Text:
    """A word for a rise or a fall whose interval reaches into the band of small changes."""
    nearest = {"rose": low, "fell": None if high is None else -high}.get(row["verdict"])
    return SMALL_PERHAPS if nearest is not None and nearest < row["margin"] else same("")


def _gap(cohort: Cohort, row: pd.Series) -> Piece:
    """The gap in both waves, and which group is taken from which."""
    gaps = [row["gap_earlier"], row["gap_later"]]
    label = _measure_label(cohort, row["measure"])
    if pd.isna(gaps[-1]):
        return _without_number(label, WORDS_ONLY)
    first, second = (lang.both(cohort.codebook.words(row[name])) for name in ("first", "second"))
    values = {name: lang.change(gap, lang.decimals(gap)) for name, gap in zip(("before", "after"), gaps, strict=True)}
    number = filled("מ־{before} ל־{after}", "from {before} to {after}", values)
    alternative = filled(
        "קו: פער של {before} {earlier}, ואחר כך {after} {later}",
        "a line: a gap of {before} {earlier}, then {after} {later}",
        values | {"earlier": when(cohort.codebook, row["compared_with"]), "later": when(cohort.codebook, row["wave"])},
    )
    picture = lang.each(partial(gap_line, *gaps))
    return Piece(label, number, BETWEEN, picture, alternative, second + Text(" פחות ", " minus ") + first)


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
    """What is told of a finding: its headline, its lines, what to bear in mind, what it may mean, of which cohort."""

    headline: pd.Series
    lines: list[Line]
    beside: list[tuple[Text, Text]]
    meaning: Text | None
    cohort: Text


def _card(key: str, finding: Finding, told: Told, published: pd.DataFrame, language: str) -> str:
    """A finding in one language: what it is about, its headline, its evidence, and room for its quotations and its chart."""
    name, lines = escape(finding[language]), told.lines
    title, about = escape(told.headline[f"headline_{language}"]), escape(THIS_FINDING[language])
    link = f'<a class="own-link" href="#finding-{escape(key)}" aria-label="{about}">#</a>'
    start = (
        f'<section class="finding" id="finding-{escape(key)}"><p class="topic">{name}</p><h3>{title}</h3>'
        f'<p class="how">{sign(told.headline["secure"], language)} {link}</p>'
    )
    meaning = _meaning(told.meaning, language)
    if not lines:
        return f'{start}<div class="not-told">{_sure(HIDDEN[language], "changes", language)}</div>{meaning}</section>'
    pieces = "".join(_line(line, language) for line in lines)
    charts = dict.fromkeys(filter(None, (_chart(line) for line in lines)))
    room = "".join(f'<div class="chart-of" id="chart-of-{chart}"></div>' for chart in charts)
    beside = "".join(_labelled("beside", label, escape(said[language]), language) for label, said in told.beside)
    return (
        f'{start}<ul class="evidence">{pieces}</ul>{beside}'
        f'<div class="quotes-of" id="quotes-of-{escape(key)}"></div>{room}{meaning}'
        f"{_in_full_of(told, name, published, language)}{_to_copy(told, language)}</section>"
    )


def _chart(line: Line) -> str | None:
    """The chart that draws a line's table; none where it draws scales and the line is of a statement."""
    of_scale = line.shown_in in ("changes", "gaps", "levels") or line.row["kind"] not in ("change", "gap", "level")
    return CHARTS.get(line.row["kind"]) if of_scale else None


def _meaning(meaning: Text | None, language: str) -> str:
    """What a person wrote that the finding may mean; nothing where nobody did."""
    if not meaning:
        return ""
    label, said = escape(MAY_MEAN[language]), escape(lang.free_text(meaning[language]))
    return f'<div class="implications"><p class="label">{label}</p><p>{said}</p></div>'


def _in_full_of(told: Told, name: str, published: pd.DataFrame, language: str) -> str:
    """Folded: every sentence with its number, the published claims, and which grounds make the finding secure."""
    full = "".join(_in_full(line.row, published, language) for line in told.lines if line.leads)
    toggle = escape((IN_FULL if len(published) else IN_FULL_ALONE)[language])
    said = ""
    for label, met in ((MET, True), (NOT_MET, False)):
        grounds = [GROUNDS[mark][language] for mark in MARKS if bool(told.headline[mark]) == met]
        said += f" {label[language]} {'; '.join(grounds)}." if grounds else ""
    secure = f"<li>{sign(told.headline['secure'], language)} {APART}{escape(said)}</li>"
    return f'<details class="in-full"><summary>{toggle}<span class="about">: {name}</span></summary><ul>{full}{secure}</ul></details>'


def _to_copy(told: Told, language: str) -> str:
    """The finding as text to be copied in one piece: sentence, number, n, how secure it is, cohort."""
    secure = SIGNS[int(told.headline["secure"])][language]
    said, line = (told.headline[f"{name}_{language}"] for name in ("headline", "line"))
    parts = (said, f"{line}.", f"{HOW_SECURE[language]} {secure}.", f"{told.cohort[language]}.")
    told_in_one = " ".join(lang.to_paste(part, language) for part in parts)
    return f'<details class="copy"><summary>{escape(COPY[language])}</summary><p class="to-copy">{escape(told_in_one)}</p></details>'


def _labelled(kind: str, label: Text, said: str, language: str) -> str:
    """A line that begins with its label; `said` is HTML."""
    return f'<p class="{kind}"><span class="label">{escape(label[language])}</span> {said}</p>'


def _line(line: Line, language: str) -> str:
    """A line of a card; of several from one piece of evidence, the first says how sure we are and where it stands."""
    verdict, piece = line.row["verdict"], line.piece
    judged = verdict if verdict in JUDGED else "described"
    badge = escape(KEYS[judged][language])
    if judged == "described":
        badge = f'<span class="about">{badge}</span>'  # most rows are: only what was concluded stands out
    in_words = "" if any(letter.isdigit() for letter in piece.number["en"]) else " in-words"
    certainty = _sure(line.row[f"certainty_{language}"], line.shown_in, language) if line.leads else ""
    detail, legend = escape(piece.detail[language]), escape(piece.legend[language])
    detail = detail and f'<p class="detail">{detail}</p>'
    legend = legend and f'<span class="legend"><span class="first">{legend}</span></span>'
    return (
        f'<li class="verdict-{judged}"><p class="badge">{badge}</p>'
        f'<div class="what"><p class="measure">{escape(piece.label[language])}</p>'
        f"{detail}{certainty}</div>"
        f'<p class="picture-of-it"><img src="{address(piece.picture[language])}" '
        f'alt="{escape(piece.alternative[language])}">{legend}</p>'
        f'<p class="number{in_words}"><strong>{escape(piece.number[language])}</strong> '
        f'<span class="unit">{escape(piece.unit[language])}</span></p></li>'
    )


def _sure(certainty: str, shown_in: str, language: str) -> str:
    """How sure we are, and the way to the table that shows it."""
    kind, where = "figure" if shown_in in DRAWN else "table", escape(EVIDENCE[shown_in][language])
    said = f'{escape(certainty)} · <a href="#{kind}-{shown_in}">{where}</a>'
    return _labelled("certainty", HOW_SURE, said, language)


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
    said = f'{words} <span class="agreement {escape(claim["agreement"])}">({agreement})</span>'
    return _labelled("claim", PUBLISHED, said, language)
