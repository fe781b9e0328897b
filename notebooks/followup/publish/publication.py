"""What a reader gets: a page in each language of the study, the numbers behind them and a manifest, all at once or not at all.

Each publication is a folder of its own; readers follow one symbolic link, which is swung in a single step. A run that
fails leaves the last good pages standing, with a notice of what happened.
"""

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from html import unescape
from pathlib import Path

import pandas as pd

from followup.disclosure.output_check import EMBEDDED, common_words, named_in
from followup.language import (
    LANGUAGES,
    Text,
    answered,
    filled,
    free_text,
    in_order,
    number,
    numbers_isolated,
    same,
)
from followup.problems import InputProblems
from followup.publish import cells, edition_line, font, front_matter, provenance, rendering, template_pages
from followup.publish.edition_line import Standing
from followup.publish.empty_tables import not_on_the_page
from followup.publish.held_excerpts import check_excerpts
from followup.publish.list_of_reports import write_index
from followup.publish.provenance import PAGES, page_name
from followup.publish.versions import ON_DEMAND, current, put
from followup.store import remembered
from followup.store.freshness import DRAFT, WHY_DRAFT, published_whole, replace_text, sha256_of
from followup.study.cohort import Cohort, read_result
from followup.study.misspelt_keys import keys_of
from followup.words.vocabulary import KEYS

EXCERPTS = "results/excerpts.csv"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def publish_report(
    cohort: Cohort,
    inputs: dict[str, str],
    results: Iterable[str],
    people: frozenset[str],
    order: Sequence[str],
    judged: Callable[[dict[str, bytes]], Standing] = lambda files: Standing(),
    at_once: int = 1,
) -> list[tuple[str, int, str]]:
    """Render the pages and put them, `results` and the manifest before the readers; what the pages left out is returned.

    `people` are the words by which the cohort's people can be recognised: a last look finds none of them. `order` names
    the notebooks as their sections follow on the page. `judged` says of pages and numbers how they stand to the editions
    that were sent: a draft goes into a private folder, and the last edition stays before the readers.
    `at_once` pages are made at a time.
    """
    notebooks = {name: cells.read(cohort.private / f"{name}.ipynb") for name in dict.fromkeys(order)}
    check_excerpts(cohort, notebooks)
    fonts, languages, keys = font.font_cache(cohort.root), cohort.params.languages, keys_of(cohort.codebook)
    tables = {
        f"results/{name}.csv": published_table((cohort.private / "results" / f"{name}.csv").read_bytes(), languages)
        for name in sorted(results)
    }
    excerpts = {name: table for name, table in tables.items() if name == EXCERPTS}
    common = common_words(cohort.codebook)

    def page(language: str) -> bytes:
        facts = page_facts(cohort, language, inputs)
        made = rendering.render_page(notebooks, language, facts, fonts, order, keys).encode()
        check_names({page_name(language): made} | excerpts, people, common)
        return made

    pages = rendering.in_each_language(page, languages, at_once)
    check_names(tables, people, common)
    files = {page_name(language): pages[language] for language in languages} | tables
    standing = judged(files)
    facts = provenance.manifest(cohort, inputs, _index_facts(cohort, files), {})
    _put_report(cohort, files, standing, facts)
    remembered.keep(cohort.private / "page.json")
    return not_on_the_page(notebooks, keys) + cells.left_out_whole(notebooks, pages[languages[0]].decode())


def _put_report(cohort: Cohort, files: dict[str, bytes], standing: Standing, facts: dict) -> None:
    """The edition that this is again, as it was sent; a report that is not released yet; or a draft."""
    draft = cohort.private / DRAFT
    if standing.is_draft:
        made = edition_line.with_lines(files, edition_line.not_released(standing), edition_line.DRAFT_AT_TOP)
        put(draft, edition_line.sealed(made, facts | {"edition": {"draft": True}}))
        replace_text(cohort.private / WHY_DRAFT, standing.why)
        if standing.sent:
            publish_files(cohort.root, cohort.name, dict(standing.sent))
        return
    if not standing.again:
        made = edition_line.with_lines(files, edition_line.not_released(standing))
        publish_files(cohort.root, cohort.name, edition_line.sealed(made, facts | {"edition": {"number": None}}))
    else:
        publish_files(cohort.root, cohort.name, dict(standing.sent))
    without_draft(cohort.private)


def without_draft(private: Path) -> None:
    """Take a draft away, once what stands before the readers is newer."""
    (private / WHY_DRAFT).unlink(missing_ok=True)
    if (private / DRAFT).exists():
        shutil.rmtree(private / DRAFT)


def prepare(cohort: Cohort) -> None:
    """Pay ahead for what the publication needs in any case, while the notebooks still run."""
    remembered.recall(cohort.private / "page.json")
    template_pages.prepare_page(font.font_cache(cohort.root))
    provenance.prepare()
    number(0)  # reads the rules by which numbers are written


def publish_files(root: Path, cohort: str, files: dict[str, bytes]) -> None:
    """Put what a cohort's readers get before them, all at once, and into the list of reports."""
    put(root / "build" / cohort, files)
    write_index(root)


def check_names(files: dict[str, bytes], people: frozenset[str], common: frozenset[str]) -> None:
    """The last look before anything is published: nobody is named, in prose either, but in an excerpt released twice.

    A participant whose name is a word of our own prose or of the codebook (`common`) does not stop a report.
    """
    released = set(named_in(files.get(EXCERPTS, b"").decode(), people))
    for name, content in files.items():
        found = set(named_in(EMBEDDED.sub("", content.decode()), people, common)) - released
        if found:
            what = f"“{min(found)}” stands in it, by which a person can be recognised"
            raise rendering.PageProblem(
                name, None, what, "find it in the prose of the notebooks or in the params, and leave it out"
            )


def published_table(table: bytes, languages: Iterable[str] = LANGUAGES) -> bytes:
    """A CSV as it is published: columns of words in the study's languages only (`about_en`), and nothing like a formula.

    A text that begins like a formula gets an apostrophe before it.
    """
    others = tuple(f"_{language}" for language in set(LANGUAGES).difference(languages))
    rows = list(csv.reader(io.StringIO(table.decode(), newline="")))
    left_out = {place for place, name in enumerate(rows[0] if rows else []) if name.endswith(others)}
    safe = io.StringIO(newline="")
    csv.writer(safe, lineterminator="\n").writerows(
        [_no_formula(cell) for place, cell in enumerate(row) if place not in left_out] for row in rows
    )
    return safe.getvalue().encode()


def _no_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def publish_failure(build: Path, stage: str, reason: Text) -> bool:
    """Mark the last good pages in `build` as older than a run that failed; False when there are none that are whole.

    `reason` is read by whoever reads the page, so it holds no value from the data. The manifest tells it too, and
    lists the pages as they now are.
    """
    if not published_whole(build):
        return False
    folder = current(build)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ON_DEMAND
    }
    facts, failed_at = json.loads(files[provenance.MANIFEST]), provenance.now()
    made_at = facts.get("failed", {}).get("report_of") or _minute(_made_at(folder, failed_at))
    for name in sorted(PAGES.keys() & files.keys()):
        language = PAGES[name]
        notice = template_pages.render_failure_notice(language, _minute(failed_at), stage, reason[language], made_at)
        files[name] = template_pages.with_notice(files[name].decode(), notice).encode()
    facts["failed"] = {"when": _minute(failed_at), "stage": stage, "reason": reason.en, "report_of": made_at}
    if provenance.CRATE in files:
        files[provenance.CRATE] = provenance.crate_of(files[provenance.CRATE], provenance.sha256s(files))
    del files[provenance.MANIFEST]
    files[provenance.MANIFEST] = provenance.written(facts | {"outputs": provenance.sha256s(files)})
    put(build, files)
    return True


def _made_at(folder: Path, latest: datetime) -> datetime:
    """When the report in a folder was published, in the time zone of `latest` and not after it."""
    return min(datetime.fromtimestamp((folder / provenance.MANIFEST).stat().st_mtime, latest.tzinfo), latest)


def _minute(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M")


def page_facts(cohort: Cohort, language: str, inputs: dict[str, str]) -> template_pages.PageFacts:
    """What stands around the sections of a page."""
    return template_pages.PageFacts(
        language=language,
        cohort=cohort.name,
        programme=cohort.codebook.programme[language],
        cohort_title=cohort.params.title[language],
        synthetic=cohort.params.synthetic,
        other_page=other_page(language, cohort.params.languages),
        masthead=tuple((label[language], value[language]) for label, value in _masthead(cohort)),
        issued=front_matter.issued(cohort.params.about)[language],
        about=front_matter.rows(cohort.params.about, language),
        provenance=_provenance(cohort, language, inputs),
        glossary=tuple((term[language], meaning[language]) for term, meaning in GLOSSARY),
    )


def other_page(language: str, languages: Iterable[str]) -> str | None:
    """The address of the page in the other language; None where the pages have one language only."""
    return next((page_name(other) for other in languages if other != language), None)


def _masthead(cohort: Cohort) -> list[tuple[Text, Text]]:
    """When the programme ran, "n of N" for each wave with its date, and how many answered both: on the first screen of every report."""
    response = _result(cohort, "response")
    rows = [(PROGRAMME, _when(cohort, "programme"))] if "programme" in cohort.params.period else []
    for row in response.itertuples():
        rows.append(
            (_wave(cohort, row.wave) + _dated(cohort, row.wave), answered(int(row.n), int(row.n_all), row.asked_known))
        )
    links = _result(cohort, "links")
    rows += [(KEYS[row.status], number(int(row.n))) for row in links.itertuples() if row.status in EVERY_WAVE]
    policy = cohort.params.disclosure
    if policy.weaker_than_usual:
        why = filled(*WEAKER, {"group": policy.least_group, "cell": policy.least_cell})
        rows.append((WEAKER_THAN_USUAL, why + same(free_text(policy.weaker_than_usual))))
    return rows


def _result(cohort: Cohort, name: str) -> pd.DataFrame:
    """A result for the page's head; an empty table where the notebook that made it was taken away."""
    try:
        return read_result(cohort, name)
    except InputProblems:
        return pd.DataFrame()


EVERY_WAVE = ("linked", "every_wave")


def _when(cohort: Cohort, period: str) -> Text:
    words = cohort.params.period[period]
    return Text(numbers_isolated(words.he), words.en)


def _dated(cohort: Cohort, wave: str) -> Text:
    """ ", November 2016", where the params say when the wave was asked."""
    if wave not in cohort.params.period:
        return Text("", "")
    return Text(", ", ", ") + _when(cohort, wave)


def _wave(cohort: Cohort, wave: str) -> Text:
    words = cohort.codebook.waves[wave]
    return Text(words.he, words.en)


def _provenance(cohort: Cohort, language: str, inputs: dict[str, str]) -> tuple[tuple[str, str], ...]:
    whole = sha256_of(json.dumps(inputs, sort_keys=True))
    versions = ", ".join(
        f"{'Python' if name == 'python' else name} {number}" for name, number in provenance.versions().items()
    )
    rows = (
        (INPUTS, whole),
        (Text("גרעין אקראיות", "Seed"), str(cohort.params.analysis.seed)),
        (Text("תוכנות", "Software"), versions),
    )
    return tuple((label[language], value) for label, value in rows)


INPUTS = Text("קובצי הקלט (תקציר; הנתונים חתומים במפתח המכון)", "Inputs (digest; data with the institute’s key)")
WEAKER_THAN_USUAL = Text("הגנה חלשה מן הרגיל", "Weaker protection than usual")
WEAKER = (
    "מספרים של {group} אנשים ומעלה, ושל {cell} בקטגוריה: ",
    "numbers of {group} people or more, of {cell} in a category: ",
)
PROGRAMME = Text("התכנית", "Programme")
# fmt: off
GLOSSARY = tuple((Text(*term), Text(*meaning)) for term, meaning in (
    (("שלב", "Wave"), ("מועד שבו נשאלו המשתתפים.", "A time at which participants were asked.")),
    (("השיבו בשני השלבים", "Answered both waves"), (
        "משיבים שתשובותיהם בשני השלבים מקושרות; רק בקרבם אפשר לראות שינוי של אותו אדם.",
        "Respondents whose answers in the two waves are linked; only for them can we see how the same person changed.")),
    (("היגד", "Statement"), ("משפט שהמשיבים התבקשו לדרג לפי אפשרויות תשובה קבועות.", "A sentence that respondents rated on a fixed set of answers.")),
    (("היגד הפוך", "Reverse-coded statement"), (
        "היגד שהסכמה עמו פירושה פחות ממה שהסולם מודד; ערכיו נהפכים לפני חישוב הציון.",
        "A statement where agreeing means less of what the scale measures; it is reversed before scoring.")),
    (("סולם", "Scale"), ("כמה היגדים שמודדים יחד דבר אחד; ציון הסולם הוא ממוצע ההיגדים.", "Several statements that together measure one thing; the score is their mean.")),
    (("שינוי", "Change"), ("הממוצע בשלב המאוחר פחות הממוצע בשלב המוקדם, בנקודות של הסולם.", "The mean in the later wave minus that in the earlier one, in points of the scale.")),
    (("פער", "Gap"), ("הממוצע של קבוצה אחת פחות זה של קבוצה אחרת.", "One group’s mean minus another’s.")),
    (("מסקנה", "Conclusion"), (
        "עלייה, ירידה, נשמר או לא ניתן לקבוע – לפי הכלל שבתכנית הניתוח.", "Rose, fell, preserved or inconclusive, by the rule of the plan.")),
    (("נשמר", "Preserved"), ("רווח הסמך 90% של השינוי כולו בתוך הסף, גם לאחר תיקון למספר ההשערות.", "The 90% interval of the change lies within the margin, after adjustment for the number of tests.")),
    (("סף", "Margin"), ("השינוי הגדול ביותר שעדיין נחשב ״נשמר״; נקבע בתכנית הניתוח.", "The largest change that still counts as “preserved”; set in the plan.")),
    (("לא ניתן לקבוע", "Inconclusive"), ("הנתונים מתיישבים גם עם שינוי וגם עם היעדר שינוי.", "The data are compatible both with a change and with no change.")),
    (("תיאור בלבד", "Description only"), (
        "מספר שמתאר את המשיבים; תכנית הניתוח אינה כוללת מבחן שלו, ולכן אין בצדו מסקנה.",
        "A number that describes those who answered; the plan has no test for it, so there is no conclusion.")),
    (("רווח סמך", "Interval"), (
        "טווח הערכים שהנתונים מתיישבים עמם, ברמת הסמך הנקובה.", "The range of values that the data are compatible with, at the stated level of confidence.")),
    (("גבולות", "Bounds"), (
        "הטווח שבין שני מצבי הקצה: כל מי שאין עליהם מידע נכללים במספר, או אף אחד מהם אינו נכלל.",
        "The range between two extremes: all of those without data would count, or none of them.")),
    (("p מתוקן", "Adjusted p"), (
        "ההסתברות לתוצאה כזו או קיצונית ממנה אילו לא חל שינוי, לאחר תיקון למספר הבדיקות.",
        "How likely a result like this, or a more extreme one, would be if nothing had changed, adjusted for the number of tests.")),
    (("אלפא", "Alpha"), (
        "מדד לעקיבות הפנימית של ההיגדים בסולם; ככל שהוא קרוב יותר ל־1, העקיבות רבה יותר.",
        "How consistent the statements of a scale are with one another; closer to 1 is more consistent.")),
    (("אומגה", "Omega"), ("כמו אלפא, בלי להניח שלכל ההיגדים משקל שווה.", "Like alpha, without assuming that all statements weigh the same.")),
    (("הקבוצה השנייה לעומת הראשונה", "Second group compared with first"), (
        "ההסתברות שמשיב אקראי מן הקבוצה השנייה יקבל ציון גבוה ממשיב אקראי מן הראשונה; שוויון נחשב חצי.",
        "The probability that a random member of the second group scores above a random member of the first; a tie counts half.")),
    (("מתאם דרגות דו־סדרתי (rank-biserial)", "Rank-biserial correlation"), (
        "המידה שבה העליות, לפי גודלן, עולות על הירידות: מ־\u2066−1\u2069 (כולם ירדו) עד \u20661\u2069 (כולם עלו).",
        "How far rises outweigh falls, by their size: from −1 (all fell) to 1 (all rose).")),
    (("מקנמר, טנגו, פראט", "McNemar, Tango, Pratt"), (
        "שיטות לניתוח תשובות של אותם אנשים בשני שלבים: מבחן לשיעור התשובות הגבוהות, רווח הסמך שלו, ומבחן שמביא בחשבון גם את מי שלא השתנו.",
        "Methods for the answers of the same people in two waves: a test of the share of high answers, its interval, and a test that also takes account of those who did not change.")),
    (("אפקט תכנון", "Design effect"), ("פי כמה השקלול מגדיל את השונות.", "By what factor weighting increases the variance.")),
))
# fmt: on


def _index_facts(cohort: Cohort, files: dict[str, bytes]) -> dict:
    """What the list of reports says about this one, whose pages are among `files`."""
    response = _result(cohort, "response")
    asked = list(response["wave"]) if len(response) else []
    waves = [_wave(cohort, wave) for wave in asked]
    rates = [answered(int(row.n), int(row.n_all), row.asked_known) for row in response.itertuples()]
    dates = [PROGRAMME_RAN + _when(cohort, "programme")] if "programme" in cohort.params.period else []
    dates += [
        words + _dated(cohort, wave) for words, wave in zip(waves, asked, strict=True) if wave in cohort.params.period
    ]
    waves_answered = [
        filled("{wave} – {rate}", "{wave}: {rate}", {"wave": wave, "rate": rate})
        for wave, rate in zip(waves, rates, strict=True)
    ]
    return {
        language: {
            "title": cohort.params.title[language],
            "dates": _parts(dates)[language],
            "response": _parts(waves_answered)[language],
            "headline": headline_of(files[page_name(language)].decode()),
        }
        for language in in_order(cohort.params.languages)
    }


HEADLINE = re.compile(r'<p class="headline"><a [^>]*>(.*?)</a></p>', re.DOTALL)


def headline_of(page: str) -> str:
    """The first sentence of a page's report in brief; "" where it has none."""
    found = HEADLINE.search(page)
    return unescape(re.sub(r"<[^>]*>", "", found[1])).strip() if found else ""


PROGRAMME_RAN = Text("התכנית, ", "Programme, ")


def _parts(texts: list[Text]) -> Text:
    return Text(*("; ".join(text[language] for text in texts) for language in LANGUAGES))
