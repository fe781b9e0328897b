"""The report in brief: who answered, each finding in a sentence with its number and how secure it is, and the two limits.

All of it is read off the released tables, as the findings are; the first screen of the page holds it.
"""

from html import escape

import pandas as pd

from followup import language as lang
from followup.language import Text, same
from followup.report.card_notes import made, traits_that_differ
from followup.report.findings import MEAN, rows_about, waves_named
from followup.report.other_findings import Result
from followup.report.security import SIGNS
from followup.study.codebook import when
from followup.study.cohort import Cohort

MOST = 6  # findings on the first screen
ANSWERED = Text("{who} השיבו {when}", "{who} answered {when}")
MORE = Text("ממצאים נוספים מובאים בדוח.", "More findings are in the report.")
NO_GROUP = Text(
    "אין קבוצת השוואה, ולכן שינוי שחל אחרי התכנית אינו ראיה לכך שהתכנית גרמה לו.",
    "There is no comparison group, so a change after the programme is not shown to come from it.",
)
ONE_TIME = Text(
    "התשובות ניתנו בנקודת זמן אחת, ואין קבוצת השוואה: הן אינן מלמדות על שינוי או על השפעת התכנית.",
    "Answers were given once, without a comparison group: they show neither change nor an effect of the programme.",
)
NON_RESPONSE = Text(
    "לא כל הנשאלים השיבו, ומי שלא השיבו עשויים להיות שונים מן המשיבים.",
    "Not everyone who was asked answered, and non-respondents may differ.",
)
DIFFER = Text(
    "לא כל הנשאלים השיבו, והמשיבים נבדלים במידה ניכרת ממי שלא השיבו ({traits}).",
    "Not everyone who was asked answered, and respondents differ markedly from non-respondents ({traits}).",
)
ON_SCALE = Text(
    "מ־{before} ל־{after} בסולם של {low} עד {high}", "from {before} to {after} on a scale of {low} to {high}"
)
SCALE = Text(" בסולם של {low} עד {high}", " on a scale of {low} to {high}")
APART = '<span class="apart">·</span>'  # between the sign of how secure a finding is and what follows it
OF_CHANGE = Text("רווח סמך {level} לשינוי: {bounds}", "{level} interval of the change {bounds}")


def interval_of(row: pd.Series) -> tuple[int, Text] | None:
    """The interval that a change's conclusion rests on, with its level: 95% for a rise or a fall, else 90%.

    The other one where that does not leave, None where neither does. Numbers are those of the released row.
    """
    levels = (95, 90) if row["verdict"] in ("rose", "fell") else (90, 95)
    for level in levels:
        low, high = (row[f"{'ci' if level == 95 else 'ci90'}_{end}"] for end in ("low", "high"))
        if not pd.isna(low):
            return level, lang.change_interval(low, high, row["margin"])
    return None


def from_to(cohort: Cohort, row: pd.Series) -> Text | None:
    """ "from 2.8 to 3.4 on a scale of 1 to 5", where both means leave."""
    if pd.isna(row.get("mean_earlier")) or pd.isna(row.get("mean_later")):
        return None
    codes = cohort.codebook.options_of(row["measure"]).codes
    means = {name: lang.number(row[f"mean_{of}"], 1) for name, of in (("before", "earlier"), ("after", "later"))}
    return ON_SCALE.filled(means | {"low": codes[0], "high": codes[-1]})


def number_line(cohort: Cohort, row: pd.Series, result: Result) -> Text:
    """What a finding's leading evidence measured, its number in its own unit, and how many stand behind it."""
    number = Text(row["number_he"], row["number_en"])
    if row["kind"] == "change":
        number = _change_line(cohort, row, result) or number
    elif row["kind"] == "level":
        number = number + _of_level(cohort, row)
    if not row["measure"] or row["kind"] in ("wishes", "projects_involved"):
        return number
    of_scale = row["measure"] in cohort.codebook.scales
    label = cohort.codebook.short(row["measure"]) if of_scale else cohort.codebook.words(row["measure"])
    return lang.both(label) + waves_named(cohort, row["wave"], row["compared_with"]) + same(": ") + number


def _of_level(cohort: Cohort, row: pd.Series) -> Text:
    """Of a mean that stands alone: on which scale it is, and how many stand behind it; of counts nothing more."""
    if not row["number_en"].startswith(MEAN.en.format(mean="")):
        return same("")
    codes = cohort.codebook.options_of(row["measure"]).codes
    return SCALE.filled({"low": codes[0], "high": codes[-1]}) + _n_equals(row["n"])


def _n_equals(*sizes: int) -> Text:
    """ ", n = 24": one island, so that Hebrew does not turn it round."""
    return same(", " + lang.isolated("n\u00a0=\u00a0" + ", ".join(str(int(size)) for size in sizes)))


def number_lines(cohort: Cohort, leading: pd.DataFrame, result: Result) -> pd.DataFrame:
    """The line of each piece of leading evidence, as line_he and line_en; its index is kept."""
    lines = [number_line(cohort, row, result) for _, row in leading.iterrows()]
    return pd.DataFrame(
        [lang.columns("line", line) for line in lines], columns=["line_he", "line_en"], index=leading.index
    )


def _change_line(cohort: Cohort, row: pd.Series, result: Result) -> Text | None:
    change = rows_about(row, result("changes")).iloc[0]
    means, bounds = from_to(cohort, change), interval_of(change)
    if means is None:
        return None
    if bounds:
        values = {"level": same(lang.isolated(f"{bounds[0]}%")), "bounds": bounds[1]}
        means = means + same(" (") + OF_CHANGE.filled(values) + same(")")
    n = change["n_linked"] if change["linked"] and change["test"] != "partly_linked" else None
    return means + (_n_equals(n) if n and not change.get("at_least", False) else _sizes(change))


def _sizes(change: pd.Series) -> Text:
    if change.get("at_least", False):
        return same(", n: ") + lang.at_least(min(change["n_earlier"], change["n_later"]))
    return _n_equals(change["n_earlier"], change["n_later"])


def response_of(result: Result) -> pd.DataFrame:
    """How many were asked and answered in each wave, as released; no rows where no notebook counts it."""
    response = made(result, "response")
    return pd.DataFrame(columns=["wave", "n", "n_all", "asked_known"]) if response is None else response


def who_answered(cohort: Cohort, response: pd.DataFrame) -> Text:
    """One line: how many of those asked answered each questionnaire."""
    said = []
    for row in response.itertuples():
        who = lang.answered(int(row.n), int(row.n_all) if row.asked_known else 0, bool(row.asked_known))
        said.append(ANSWERED.filled({"who": who, "when": when(cohort.codebook, row.wave)}))
    return lang.joined(said, "; ") + same("." * bool(said))


def limits(cohort: Cohort, result: Result, *, changed: bool, everyone: bool) -> list[Text]:
    """What keeps the findings from saying more: no comparison group; who did not answer, where not everyone did.

    `changed`: whether a finding rests on a change or a gap; `everyone`: whether all who were asked answered each wave.
    """
    told = [NO_GROUP if changed else ONE_TIME]
    if everyone:
        return told
    traits = traits_that_differ(cohort, result)
    return [*told, DIFFER.filled({"traits": traits}) if traits else NON_RESPONSE]


def fragment(who: Text, findings: pd.DataFrame, limits: list[Text]) -> Text:
    """The brief as HTML in both languages.

    `findings` has a row for each: finding, headline_he and _en, line_he and _en, secure (0 to 4; blank where it is hidden).
    """
    return lang.each(lambda language: _html(who, findings, limits, language))


def _html(who: Text, findings: pd.DataFrame, limits: list[Text], language: str) -> str:
    items = "".join(_item(row, language) for _, row in findings.head(MOST).iterrows())
    more = f'<p class="more">{escape(MORE[language])}</p>' if len(findings) > MOST else ""
    answered = f'<p class="who">{escape(who[language])}</p>' if who[language] else ""
    told = "".join(f"<li>{escape(limit[language])}</li>" for limit in limits)
    return (
        f'<div class="in-brief">{answered}<ol class="headlines">{items}</ol>{more}<ul class="limits">{told}</ul></div>'
    )


def _item(row: pd.Series, language: str) -> str:
    line, headline = escape(row[f"line_{language}"]), escape(row[f"headline_{language}"])
    return (
        f'<li><p class="headline"><a href="#finding-{escape(row["finding"])}">{headline}</a></p>'
        f'<p class="its-number">{sign(row["secure"], language)} {APART} {line}</p></li>'
    )


def sign(secure: int, language: str) -> str:
    """Four marks, as many of them full as grounds are met, and the word for it."""
    return f'<span class="secure secure-{int(secure)}">{escape(SIGNS[int(secure)][language])}</span>'
