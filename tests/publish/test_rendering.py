"""The reviewer's page: what it shows, what it refuses, and that it says everything in both languages."""

import base64
import json
import subprocess
import sys
import time
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from followup.chain.both_languages import check_prose
from followup.disclosure.cell_bundle import MIME
from followup.language import Text, language_of
from followup.publish import cells, font, prose, rendering, template_pages
from followup.publish.cells import unpublished
from followup.publish.rendering import PageProblem, combine, render_page
from followup.publish.template_pages import (
    POLICY,
    IndexEntry,
    PageFacts,
    render_failure_notice,
    render_index,
    with_notice,
)
from followup.store import forked, remembered
from nbformat import NotebookNode, write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

HOSTILE = (
    """<script>alert(1)</script><img src=x onerror=alert(2)> [link](javascript:alert(3)) **bold** =1+1 </p></table>"""
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="640" '
    'height="220"><path d="M0 110H640M80 20V200" stroke="#999"/></svg>'
)


# ------------------------------------------------------------------------------------- made-up notebooks


def iso(number: str) -> str:
    return f"\u2066{number}\u2069"


def shown(kind: str, name: str | None, he: str, en: str):
    return new_output("display_data", {"text/html": en, MIME: {"kind": kind, "name": name, "he": he, "en": en}})


def say(he: str, en: str):
    return shown("say", None, f"<p>{escape(he)}</p>", f"<p>{escape(en)}</p>")


def table_html(name: str, caption: str, note: str, head: list[str], rows: list[list[str]]) -> str:
    first, *rest = head
    columns = f'<th scope="col">{first}</th>' + "".join(f'<th scope="col" class="number">{cell}</th>' for cell in rest)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f'<td class="number">{escape(cell)}</td>' for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<figure class="table" id="table-{name}"><table><caption>{caption} <span class="note">{note}</span></caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></figure>"
    )


def figure_html(name: str, caption: str, alternative: str, summary: str, table: str, svg: str = SVG) -> str:
    address = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    return (
        f'<figure class="chart" id="figure-{name}"><img src="{address}" alt="{escape(alternative)}">'
        f'<figcaption>{caption}</figcaption><details class="data">'
        f"<summary>{summary}</summary>{table}</details></figure>"
    )


ITEMS = {
    "he": [
        "אני רואה את עצמי כמוביל דיגיטציה במשרדי",
        "יש לי מוטיבציה לקדם תהליכים דיגיטליים",
        "אני מעורב בהנעת דיגיטציה בארגון כולו",
        "פעילות Digital Israel יוצרת הזדמנות מיוחדת לקידום הדיגיטציה במגזר הציבורי",
    ],
    "en": [
        "I see myself as a leader of digitisation in my ministry",
        "I am motivated to advance digital processes",
        "I am involved in driving digitisation across the organisation",
        "Digital Israel’s activity creates a special opportunity to promote digitisation in the public sector",
    ],
}
NUMBERS = [
    ["24", "4.21", "4.25", "+0.04", "−0.21", "0.29"],
    ["24", "4.46", "4.38", "−0.08", "−0.30", "0.13"],
    ["24", "3.38", "3.92", "+0.54", "+0.20", "+0.88"],
    ["11", "4.36", "3.64", "−0.73", "−1.30", "−0.15"],
]
WORDS = {
    "he": {
        "head": ["היגד", "n", "ממוצע בסיום התכנית", "ממוצע במעקב", "שינוי (נקודות)", "רווח סמך 95%"],
        "to": "עד",
        "caption": "השינוי בכל היגד",
        "data": "הנתונים שבתרשים, כטבלה",
        "note": "n = מי שהשיבו בשני השלבים; סולם 1–5; ערך חיובי = עלייה בהסכמה".replace("1–5", iso("1–5")),
        "figure": "השינוי בהסכמה בין סיום התכנית למעקב",
        "alternative": (
            "תרשים של השינוי בארבעה היגדים: עלייה במעורבות בארגון "
            "כולו, ירידה בהיגד על ישראל דיגיטלית, ושני היגדים ללא שינוי."
        ),
    },
    "en": {
        "head": ["Item", "n", "Mean at programme end", "Mean at follow-up", "Change (points)", "95% interval"],
        "to": "to",
        "caption": "Change in each item",
        "data": "The data of this figure, as a table",
        "note": "n = answered both waves; scale 1–5; positive = agreement rose",
        "figure": "Change in agreement between programme end and follow-up",
        "alternative": (
            "Chart of the change in four items: involvement across the "
            "organisation rose, the item on Digital Israel fell, two stayed."
        ),
    },
}


def items_table(language: str, name: str = "changes") -> str:
    words = WORDS[language]
    rows = [
        [item, *map(iso, line[:4]), f"{iso(line[4])} {words['to']} {iso(line[5])}"]
        for item, line in zip(ITEMS[language], NUMBERS, strict=True)
    ]
    return table_html(name, words["caption"], words["note"], words["head"], rows)


def items_figure(language: str, svg: str = SVG) -> str:
    words = WORDS[language]
    return figure_html(
        "changes", words["figure"], words["alternative"], words["data"], items_table(language, "changes-data"), svg
    )


def finding_html(
    key: str, verdict: str, words: str, sentence: str, number: str, certainty: str, link: str, claim: str, target: str
) -> str:
    address = "data:image/svg+xml;base64," + base64.b64encode(SVG.encode()).decode()
    return (
        f'<section class="finding" id="finding-{key}"><h3>{sentence}</h3><p class="summary">{sentence}.</p>'
        f'<ul class="evidence"><li class="verdict-{verdict}"><p class="badge">{words}</p>'
        f'<div class="what"><p class="measure">{sentence}</p><p class="certainty">{certainty} · '
        f'<a href="#{target}">{link}</a></p></div>'
        f'<p class="picture-of-it"><img src="{address}" alt="{number} – {sentence}"></p>'
        f'<p class="number"><strong>{number}</strong></p></li></ul>'
        f'<details class="in-full"><summary>{claim}</summary><p class="claim">{claim}</p></details></section>'
    )


def finding(key: str, verdict: str, target: str, he: tuple, en: tuple):
    return shown(
        "finding",
        key,
        finding_html(key, verdict, *he, "אל הראיות", "פורסם במחקר: עלייה", target),
        finding_html(key, verdict, *en, "the evidence", "The published study said: rose", target),
    )


def notebook(*cells):
    return new_notebook(cells=list(cells))


def pair(en: str, he: str) -> list:
    return [new_markdown_cell(en), new_markdown_cell(he)]


def code(source: str, *outputs):
    return new_code_cell(source, outputs=list(outputs))


def findings_notebook():
    return notebook(
        *pair(
            "# 06 · Findings\nWhat nine months did to what the programme left behind.",
            "# 06 · הממצאים\nמה נותר מן התכנית כעבור תשעה חודשים.",
        ),
        code(
            "show_findings(report)",
            finding(
                "involvement",
                "rose",
                "figure-changes",
                (
                    "עלייה",
                    "המעורבות בארגון כולו עלתה",
                    f"{iso('+0.54')} נקודות, {iso('15')} מתוך {iso('24')}",
                    f"רווח סמך 95%: {iso('+0.20')} עד {iso('+0.88')}",
                ),
                (
                    "rose",
                    "Involvement across the organisation rose",
                    f"{iso('+0.54')} points, {iso('15')} of {iso('24')}",
                    f"95% interval {iso('+0.20')} to {iso('+0.88')}",
                ),
            ),
            finding(
                "gap",
                "cannot_be_told",
                "03_compare",
                (
                    "אי אפשר לקבוע",
                    "אי אפשר לקבוע אם הפער הצטמצם",
                    f"{iso('13')} ו־{iso('11')} משיבים",
                    "רווח הסמך רחב מדי",
                ),
                (
                    "cannot be told",
                    "Whether the gap narrowed cannot be told",
                    f"{iso('13')} and {iso('11')} respondents",
                    "the interval is too wide",
                ),
            ),
        ),
    )


def describe_notebook():
    head = {
        "he": ["קבוצה", "ברשימה", "השיבו במעקב", "שיעור"],
        "en": ["Group", "On the roster", "Answered follow-up", "Rate"],
    }
    groups = {
        "he": ["משרדי מטה", "משרדי ביצוע", "שלטון מקומי", "מגזר שלישי"],
        "en": ["Headquarters ministries", "Operational ministries", "Local government", "Third sector"],
    }
    rows = [["17", "13", "76%"], ["15", "11", "73%"], ["5", "4", "4/5"], ["2", "–", "–"]]
    tables = {}
    for language in ("he", "en"):
        hidden = {"he": "מוסתר (קבוצה קטנה)", "en": "hidden (small group)"}[language]
        html = table_html(
            "response",
            {"he": "מי השיבו", "en": "Who answered"}[language],
            {
                "he": f"n = {iso('39')} ברשימה; אחוזים רק מ-{iso('10')} ומעלה",
                "en": "n = 39 on the roster; percentages only from 10 up",
            }[language],
            head[language],
            [[group, *map(iso, line)] for group, line in zip(groups[language], rows, strict=True)],
        )
        tables[language] = html.replace(f'<td class="number">{iso("–")}</td>', f'<td class="suppressed">{hidden}</td>')
    return notebook(
        *pair(
            "# 02 · Who answered?\nThe roster names 39 graduates.\n"
            "This section says who of them answered, and who did not.",
            "# 02 · מי השיבו?\nברשימה 39 בוגרים.\nכאן נאמר מי מהם השיבו ומי לא.",
        ),
        code('cohort = "1"\nlanguage = "en"'),
        *pair("## Response by group", "## היענות לפי קבוצה"),
        code(
            "response = response_by_group(participants)\n"
            'report.table("response", response, he="מי השיבו", en="Who answered")',
            shown("table", "response", tables["he"], tables["en"]),
            say(
                f"השיבו {iso('29')} מתוך {iso('39')} ({iso('74%')}).",
                f"{iso('29')} of {iso('39')} answered ({iso('74%')}).",
            ),
        ),
        *pair(
            "## What they wrote\nA few words, as they were typed. See [what changed](03_compare.ipynb).",
            "## מה כתבו\nכמה מילים, כפי שנכתבו. ראו [מה השתנה](03_compare.ipynb).",
        ),
        code(
            'report.say(he="נכתב: {words}", en="Typed: {words}", words=words)   # what they typed\nresponse.head()',
            say(f"נכתב: {HOSTILE}", f"Typed: {HOSTILE}"),
            new_output(
                "execute_result",
                {"text/html": "<table><tr><td>row 7</td></tr></table>", "text/plain": "row 7"},
                execution_count=1,
            ),
            new_output("stream", name="stderr", text="UserWarning: private"),
        ),
    )


def compare_notebook(svg: str = SVG):
    return notebook(
        *pair(
            "# 03 · What changed?\nGraduates rated the same statements "
            "when the programme ended and again nine months later.\n"
            "This section estimates each change and says how sure we may be.",
            "# 03 · מה השתנה?\nהבוגרים דירגו את אותם היגדים בסיום התכנית ושוב כעבור תשעה חודשים.\n"
            "כאן נאמד כל שינוי, ונאמר עד כמה אפשר להיות בטוחים בו.",
        ),
        code(
            "from followup.statistics.linked_change import changes\n\n"
            "linked = link_waves(programme_end, follow_up)  # those who answered both\nlinked.status.value_counts()"
        ),
        *pair("## Each item", "## כל היגד"),
        *pair(
            "The dots are means of the **same people** twice. A line "
            "that does not cross zero is a change we are sure of:\n\n"
            "- the interval is of 95%;\n- `p` is adjusted for the number of items.",
            "הנקודות הן ממוצעים של **אותם אנשים** פעמיים. קו שאינו חוצה את האפס הוא שינוי שאנו בטוחים בו:\n\n"
            "- רווח הסמך הוא של 95%;\n- הערך `p` מתוקן למספר ההיגדים.",
        ),
        code(
            'report.figure("changes", changes, draw_changes, he="השינוי בהסכמה", en="Change in agreement")',
            shown("figure", "changes", items_figure("he", svg), items_figure("en", svg)),
        ),
        code(
            'report.table("changes", changes, he="השינוי בכל היגד", en="Change in each item")',
            shown("table", "changes", items_table("he"), items_table("en")),
        ),
        *pair(
            "### How sure are we?\nWith 24 people an interval is wide.\n"
            "We say *preserved* only when the whole interval lies within half a point of zero.",
            "### עד כמה אנו בטוחים?\nעם 24 אנשים רווח הסמך רחב.\n"
            "אנו אומרים *נשמר* רק כאשר כל הרווח נמצא במרחק של עד חצי נקודה מן האפס.",
        ),
    )


def demo(svg: str = SVG) -> dict:
    return {"06_findings": findings_notebook(), "02_describe": describe_notebook(), "03_compare": compare_notebook(svg)}


FACTS = {
    "he": PageFacts(
        language="he",
        cohort="1",
        programme="מובילים דיגיטליים",
        cohort_title="המחזור הראשון של התכנית לממשלה",
        synthetic=True,
        other_page="report.en.html",
        dates=(("סיום התכנית", f"פברואר {iso('2016')}"), ("מעקב", f"נובמבר {iso('2016')}")),
        masthead=(
            ("משתתפים", iso("39")),
            ("השיבו במעקב", f"{iso('29')} מתוך {iso('39')} ({iso('74%')})"),
            ("ראיונות עומק", iso("7")),
        ),
        provenance=(("זרע", "20161101"), ("pandas", "3.1.1"), ("responses.csv (SHA-256)", "3f0a" * 16)),
        glossary=(("רווח סמך", "טווח הערכים שמתיישבים עם הנתונים."), ("n", "מספר המשיבים שעליהם מבוסס מספר.")),
    ),
    "en": PageFacts(
        language="en",
        cohort="1",
        programme="Digital Leaders",
        cohort_title="First cohort of the government programme",
        synthetic=True,
        other_page="report.he.html",
        dates=(("Programme end", "February 2016"), ("Follow-up", "November 2016")),
        masthead=(("Participants", "39"), ("Answered follow-up", "29 of 39 (74%)"), ("In-depth interviews", "7")),
        provenance=(("Seed", "20161101"), ("pandas", "3.1.1"), ("responses.csv (SHA-256)", "3f0a" * 16)),
        glossary=(
            ("Interval", "The range of values that agree with the data."),
            ("n", "The number of respondents behind a number."),
        ),
    ),
}


@pytest.fixture(scope="module")
def fonts(tmp_path_factory):
    return tmp_path_factory.mktemp("fonts")


@pytest.fixture(scope="module")
def pages(fonts):
    return {language: render_page(demo(), language, FACTS[language], fonts) for language in ("he", "en")}


@pytest.fixture(scope="module")
def soups(pages):
    return {language: BeautifulSoup(page, "html.parser") for language, page in pages.items()}


both = pytest.mark.parametrize("language", ["he", "en"])


def published(fragment_he: str, fragment_en: str | None = None, kind: str = "table") -> dict:
    """A notebook that shows one fragment, after its title."""
    made = notebook(
        *pair("# 03 · What changed?", "# 03 · מה השתנה?"),
        code("show()", shown(kind, "changes", fragment_he, fragment_en or fragment_he + " ")),
    )
    return {"03_compare": made}


def refused(notebooks: dict, language: str = "he") -> PageProblem:
    with pytest.raises(PageProblem) as caught:
        combine(notebooks, language)
    return caught.value


# ------------------------------------------------------------------------------------- what the page holds


@both
def test_page_says_its_language_direction_and_title(soups, language):
    html = soups[language].html
    assert (html["lang"], html["dir"]) == (language, {"he": "rtl", "en": "ltr"}[language])
    assert [heading.get_text() for heading in soups[language].find_all("h1")] == [FACTS[language].programme]


@both
def test_page_is_one_file_without_scripts_and_asks_the_network_for_nothing(soups, language):
    soup = soups[language]
    assert soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"] == POLICY
    assert not soup.find_all(["script", "iframe", "object", "form", "base"])
    assert not [
        tag for tag in soup.find_all(True) if any(name.startswith("on") or name == "style" for name in tag.attrs)
    ]
    assert all(tag["src"].startswith("data:") for tag in soup.find_all(src=True))
    assert all(tag["href"].startswith("data:") for tag in soup.find_all("link"))
    style = "".join(tag.get_text() for tag in soup.find_all("style"))
    assert "@import" not in style
    assert style.count("url(") == style.count('url("data:font/woff;base64,') == 1


def test_each_language_has_its_own_prose_and_outputs_only(soups):
    he, en = soups["he"].get_text(), soups["en"].get_text()
    assert "הבוגרים דירגו את אותם היגדים" in he and "הבוגרים דירגו" not in en
    assert "Graduates rated the same statements" in en and "Graduates rated" not in he
    assert "נכתב: <script>" in he and "Typed: <script>" in en
    assert (
        soups["he"].find(id="table-changes")
        and soups["he"].find(id="figure-changes")
        and soups["he"].find(id="finding-gap")
    )


@both
def test_sections_come_in_page_order_and_have_their_titles(soups, language):
    sections = soups[language].select("main > section.stage")
    assert [section.get("id") for section in sections] == ["06_findings", "02_describe", "03_compare", None]
    titles = {
        "he": ["הממצאים", "מי השיבו?", "מה השתנה?", "מונחים"],
        "en": ["Findings", "Who answered?", "What changed?", "Glossary"],
    }
    assert [section.find("h2").get_text() for section in sections] == titles[language]
    assert all(section.find(id=section["aria-labelledby"]).name == "h2" for section in sections)


@both
def test_headings_never_skip_a_level_and_only_the_title_is_first(soups, language):
    levels = [int(tag.name[1]) for tag in soups[language].find_all(["h1", "h2", "h3", "h4", "h5", "h6"])]
    assert levels.count(1) == 1 and max(levels) == 4
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_headings_have_the_same_ids_in_both_languages(soups):
    ids = [[tag["id"] for tag in soups[language].select("main :is(h2, h3, h4)[id]")] for language in ("he", "en")]
    assert ids[0] == ids[1]
    assert "03_compare-2" in ids[0] and all(name.isascii() for name in ids[0])


@both
def test_every_link_inside_the_page_leads_somewhere_and_ids_are_unique(soups, language):
    ids = [tag["id"] for tag in soups[language].find_all(id=True)]
    links = [tag["href"][1:] for tag in soups[language].find_all("a", href=True) if tag["href"].startswith("#")]
    assert len(ids) == len(set(ids))
    assert {"03_compare", "figure-changes", "content"} <= set(links) <= set(ids)


@both
def test_contents_name_sections_and_their_parts(soups, language):
    entries = [link.get_text() for link in soups[language].select("nav ol a")]
    assert (
        entries[:3]
        == {
            "he": ["הממצאים", "המעורבות בארגון כולו עלתה", "אי אפשר לקבוע אם הפער הצטמצם"],
            "en": [
                "Findings",
                "Involvement across the organisation rose",
                "Whether the gap narrowed cannot be told",
            ],
        }[language]
    )
    assert "How sure are we?" not in entries


def two_sections() -> dict:
    later = notebook(
        *pair("# 06 · Findings", "# 06 · הממצאים"),
        code("show_findings(report)"),
        *pair("# Voices\n\nWords.", "# קולות\n\nמילים."),
        *pair("# Method", "# השיטה"),
        code("show_method(report)"),
    )
    return {"06_findings": later, "03_compare": compare_notebook()}


@both
def test_a_notebook_may_hold_several_sections_and_each_stands_where_the_order_says(fonts, language):
    order = ("06_findings", "03_compare", "06_findings")
    page = BeautifulSoup(render_page(two_sections(), language, FACTS[language], fonts, order), "html.parser")
    sections = [section for section in page.select("main section.stage") if section.get("id")]
    assert [section["id"] for section in sections] == [
        "06_findings",
        "03_compare",
        "06_findings-section-2",
        "06_findings-section-3",
    ]
    assert all(page.find(id=section["aria-labelledby"]).find_parent("section") is section for section in sections)
    assert "show_method" in sections[-1].get_text()
    assert "show_method" not in sections[0].get_text()
    named = {"he": ["הממצאים", "מה השתנה?", "קולות", "השיטה"], "en": ["Findings", "What changed?", "Voices", "Method"]}
    assert [entry.get_text() for entry in page.select(".contents .level-2")][:4] == named[language]


@both
def test_the_annex_is_folded_part_by_part_beneath_the_report(fonts, language):
    """Its links lead into what is folded, so that a browser opens it; the report stands open, before it."""
    notebooks = two_sections()
    notebooks["03_compare"].metadata["followup"] = {"layer": "annex"}
    notebooks["06_findings"].metadata["followup"] = {"layer": ["report", "annex", "report"]}
    page = BeautifulSoup(render_page(notebooks, language, FACTS[language], fonts), "html.parser")
    assert [part.get("id") for part in page.select("main > section")] == ["report", "annex"]
    assert [part["id"] for part in page.select("#report > section")] == ["06_findings", "06_findings-section-3"]
    folded = page.select("#annex > section > details.annex")
    inside = [part.find("div", class_="inside", recursive=False)["id"] for part in folded]
    assert inside == ["06_findings-section-2", "03_compare", "glossary", "provenance"]
    assert all(part.summary.h2 and not part.find("div").h2 and not part.get("open") for part in folded)
    assert "show_findings" in page.select_one("#report").get_text()
    assert "show_method" in page.select_one("#report").get_text()
    listed = [(entry["class"][0], entry.a["href"].lstrip("#")) for entry in page.select(".contents li")]
    assert listed[0] == ("level-1", "report")
    assert listed[-5:] == [("level-1", "annex"), *(("level-2", name) for name in inside)]
    assert not [name for _, name in listed if page.find(id=name) is None]


def test_without_an_order_each_notebook_stands_whole():
    cells = combine(two_sections(), "en").cells
    assert [cell.metadata.followup.section for cell in cells if cell.metadata.followup.opens][-1] == "03_compare"


@both
def test_contents_lead_to_each_finding(soups, language):
    listed = {entry.a["href"]: entry.get_text() for entry in soups[language].select(".contents .level-3")}
    cards = {f"#{card['id']}": card.h3.get_text() for card in soups[language].select(".finding")}
    assert len(cards) == 2
    assert cards.items() <= listed.items()


@both
def test_masthead_names_the_study_and_links_to_the_other_language(soups, language):
    header = soups[language].find("header")
    other = {"he": "en", "en": "he"}[language]
    link = header.find("a", class_="other")
    assert (link["href"], link["lang"], link["hreflang"]) == (f"report.{other}.html", other, other)
    assert FACTS[language].cohort_title in header.get_text()
    rows = [(row.dt.get_text(), row.dd.get_text()) for row in header.select("dl.facts > div")]
    assert rows == [*FACTS[language].masthead, *FACTS[language].dates]


@both
def test_banner_says_synthetic_only_when_the_data_are(pages, fonts, language):
    words = {"he": "נתונים סינתטיים", "en": "Synthetic data"}[language]
    real = PageFacts(**{**FACTS[language].__dict__, "synthetic": False})
    assert words in BeautifulSoup(pages[language], "html.parser").select_one("p.banner").get_text()
    assert words not in render_page(demo(), language, real, fonts)


@both
def test_code_is_folded_behind_a_labelled_toggle(soups, language):
    soup = soups[language]
    toggle = soup.find("input", id="show-code")
    assert toggle["type"] == "checkbox" and not toggle.has_attr("checked")
    assert (
        soup.find("label", attrs={"for": "show-code"}).get_text()
        == {"he": "הצגת הקוד שמאחורי המספרים", "en": "Show the code behind the numbers"}[language]
    )
    cells = soup.select("details.code")
    assert len(cells) == 7
    assert all(cell.pre["dir"] == "ltr" for cell in cells)
    assert "linked = link_waves(programme_end, follow_up)" in cells[4].get_text()
    assert ".code { display: none;" in template_pages.style_sheet()
    assert "body:has(#show-code:checked) .code { display: block; }" in template_pages.style_sheet()


def test_a_page_without_code_has_no_toggle(fonts):
    bare = {"06_findings": notebook(*pair("# Findings", "# הממצאים"))}
    assert 'id="show-code"' not in render_page(bare, "en", FACTS["en"], fonts)


@both
def test_figures_have_words_caption_and_data(soups, language):
    figure = soups[language].find(id="figure-changes")
    assert figure.img["alt"] == WORDS[language]["alternative"]
    assert figure.figcaption.get_text() == WORDS[language]["figure"]
    assert figure.select_one("details.data table caption").get_text().startswith(WORDS[language]["caption"])


@both
def test_tables_scroll_in_a_box_of_their_own_that_is_named_and_takes_the_focus(soups, language):
    for table in soups[language].find_all("table"):
        box = table.parent
        assert box["tabindex"] == "0" and "scroll" in box["class"]
        assert soups[language].find(id=box["aria-labelledby"]).find_parent("caption") is table.caption
    assert all(th.get("scope") in {"col", "row"} for th in soups[language].find_all("th"))


def test_a_row_that_repeats_the_header_above_is_marked_and_long_or_wide_tables_too():
    rows = [
        ["same", *["1"] * 7],
        ["same", *["not computed"] * 7],
        *([f"row {number}", *["2"] * 7] for number in range(40)),
    ]
    html = table_html("changes", "Caption", "n = 1", ["Item", *"abcdefg"], rows)
    made = BeautifulSoup(
        combine(published(html + "<p>א</p>", html), "en").cells[1].outputs[0].data["text/html"], "html.parser"
    )
    assert [row.th.get_text() for row in made.select("tr.again")] == ["same"]
    assert made.table.parent["class"] == ["scroll", "long", "wide"]
    rows = [["row", *["2"] * 9]] * 40
    words = [
        ["row", "a few words"],
        ["row", "a sentence of more than forty signs is given room"],
        ["row", "told " * 30],
    ]
    told = combine(published(table_html("changes", "Caption", "n = 1", ["Item", "a"], words) + "<p>א</p>"), "en")
    cells = BeautifulSoup(told.cells[1].outputs[0].data["text/html"], "html.parser").select("tbody td")
    assert [cell["class"][-1] for cell in cells] == ["words", "said", "told"]
    shorter = table_html("changes", "Caption", "n = 1", ["Item", *"abcdefghi"], rows)
    made_ = combine(published(shorter + "<p>א</p>", shorter), "en").cells[1].outputs[0].data["text/html"]
    assert BeautifulSoup(made_, "html.parser").table.parent["class"] == ["scroll", "wide", "wider"]
    assert {cell.get_text() for cell in made.select("td.words")} == {"not computed"}


@both
def test_footer_says_how_the_page_was_made(soups, language):
    rows = [(row.dt.get_text(), row.dd.get_text()) for row in soups[language].select("footer dl > div")]
    assert rows == list(FACTS[language].provenance)


def test_pages_words_are_the_same_set_in_both_languages():
    words = json.loads((template_pages.TEMPLATE / "words.json").read_text(encoding="utf-8"))
    assert words["he"].keys() == words["en"].keys()
    assert all(language_of(text) == language for language in words for key, text in words[language].items())


# ------------------------------------------------------------------------------------- numbers and directions in prose


@pytest.mark.parametrize(
    ("typed", "island"),
    [
        ("השינוי הוא −3.2 נקודות", "−3.2"),
        ("בסולם 1–5 בלבד", "1–5"),
        ("אצל 95% מהם", "95%"),
        ("ירד ב-10 נקודות", "10"),
        ("עלה ב +0.5.", "+0.5"),
        ("בשנים 2015–2016", "2015–2016"),
    ],
)
def test_numbers_typed_in_hebrew_prose_keep_their_direction(typed, island):
    cells = combine({"03_compare": notebook(new_markdown_cell(f"# מה השתנה?\n\n{typed}"))}, "he").cells
    assert f"\u2066{island}\u2069" in prose.prose_of(cells[0]).html


def test_numbers_in_english_prose_and_in_code_stay_as_typed():
    cells = combine(
        {"03_compare": notebook(new_markdown_cell("# What changed?\n\nFrom 1–5 to −3.2 and `x = -1`"))}, "en"
    ).cells
    assert "From 1–5 to −3.2 and <code>x = -1</code>" in prose.prose_of(cells[0]).html


@pytest.mark.parametrize("override", [chr(code) for code in range(0x202A, 0x202F)])
@both
def test_direction_overrides_are_refused_wherever_they_stand(override, language):
    cell = new_markdown_cell({"he": f"# מה{override} השתנה?", "en": f"# What{override} changed?"}[language])
    assert "U+202" in refused({"03_compare": notebook(cell)}, language).what
    assert "U+202" in refused(published(f"<p>טקסט{override}</p>", "<p>text</p>", "say")).what
    assert (
        "U+202"
        in refused(
            published(items_figure("he").replace('alt="', f'alt="&#x{ord(override):x};'), items_figure("en"))
        ).what
    )
    assert "U+202" in refused({"03_compare": notebook(*pair("# A", "# א"), code(f"x = 1  # {override}"))}).what


@pytest.mark.parametrize("broken", ["\u206612", "12\u2069", "\u2069\u206612"])
def test_isolates_that_do_not_close_are_refused(broken):
    assert "isolate" in refused(published(f"<p>טקסט {broken}</p>", "<p>text</p>", "say")).what


def test_facts_with_an_override_are_refused(fonts):
    facts = PageFacts(**{**FACTS["en"].__dict__, "programme": "Digital \u202eLeaders"})
    with pytest.raises(PageProblem, match="U\\+202E"):
        render_page(demo(), "en", facts, fonts)


# ------------------------------------------------------------------------------------- hostile text


@both
def test_hostile_text_stays_text(soups, language):
    assert HOSTILE in " ".join(soups[language].get_text().split())
    assert not soups[language].find_all("img", src="x")


def test_hostile_facts_notices_and_entries_stay_text(fonts):
    facts = PageFacts(
        **{
            **FACTS["en"].__dict__,
            "programme": HOSTILE,
            "provenance": ((HOSTILE, HOSTILE),),
            "glossary": ((HOSTILE, HOSTILE),),
        }
    )
    page = with_notice(render_page(demo(), "en", facts, fonts), render_failure_notice("en", *[HOSTILE] * 4))
    entry = IndexEntry(
        "1",
        Text(HOSTILE, HOSTILE),
        {"he": "1/report.he.html", "en": "1/report.en.html"},
        Text(HOSTILE, HOSTILE),
        Text(HOSTILE, HOSTILE),
        True,
    )
    for html in (page, render_index([entry], fonts)):
        soup = BeautifulSoup(html, "html.parser")
        assert not soup.find_all("script") and not soup.find_all("img", src="x")
        assert HOSTILE in " ".join(soup.get_text().split())


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ("<p>א<script>alert(1)</script></p>", "<script>"),
        ('<p onclick="alert(1)">א</p>', "onclick"),
        ('<p style="width: expression(alert(1))">א</p>', "style"),
        ('<p><a href="javascript:alert(1)">א</a></p>', "javascript:"),
        ('<p><a href="JaVaScRiPt:alert(1)">א</a></p>', "JaVaScRiPt"),
        ('<p><a href="data:text/html,x">א</a></p>', "data:text"),
        ('<p><a href="//example.org/">א</a></p>', "//example.org"),
        ('<p>א<iframe src="https://example.org"></iframe></p>', "<iframe>"),
        ('<p>א<img src="https://example.org/x.png" alt="a picture of it"></p>', "https://example.org"),
        ('<p>א<img src="data:image/svg+xml,%3Csvg" alt="a picture of it"></p>', "data:image"),
        ("<p>א<svg><a>x</a></svg></p>", "<svg>"),
        ("<p>א<input></p>", "<input>"),
        ("<p>א", "not as a browser would read it"),
        ("<table><tr><td>א</table>", "not as a browser would read it"),
    ],
)
def test_what_is_not_on_the_allow_list_is_refused_by_name(html, named):
    problem = refused(published(html, "<p>text</p>", "say"))
    assert named in problem.what
    assert (problem.notebook, problem.cell) == ("03_compare", 3)


def test_comments_in_prose_do_not_reach_the_page(fonts):
    cell = new_markdown_cell(f"# What changed?\n\nSure. <!-- not yet {template_pages.NOTICE_START} -->")
    page = render_page({"03_compare": notebook(cell)}, "en", FACTS["en"], fonts)
    assert "not yet" not in page and page.count(template_pages.NOTICE_START) == 1


def test_html_in_prose_is_held_to_the_same_list():
    cells = pair("# What changed?\n\n<b onmouseover='x()'>so</b>", "# מה השתנה?")
    assert "onmouseover" in refused({"03_compare": notebook(*cells)}, "en").what
    cells = pair("# What changed?\n\n[so](javascript:alert(1))", "# מה השתנה?")
    assert "javascript" in refused({"03_compare": notebook(*cells)}, "en").what


# ------------------------------------------------------------------------------------- what the page refuses


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda html: html.replace(f'alt="{WORDS["he"]["alternative"]}"', ""), "text alternative"),
        (lambda html: html.replace(WORDS["he"]["alternative"], " "), "text alternative"),
        (lambda html: html.replace(WORDS["he"]["alternative"], "תרשים"), "text alternative"),
        (lambda html: html.replace(WORDS["he"]["alternative"], WORDS["he"]["figure"]), "text alternative"),
        (lambda html: html.replace(f"<figcaption>{WORDS['he']['figure']}</figcaption>", ""), "figure has no caption"),
        (lambda html: html.replace(WORDS["he"]["figure"], " "), "figure has no caption"),
        (lambda html: html[: html.index("<details")] + "</figure>", "without its data"),
    ],
)
def test_a_figure_without_words_caption_or_data_is_refused(change, named):
    problem = refused(published(change(items_figure("he")), items_figure("en"), "figure"))
    assert named in problem.what
    assert str(problem).startswith("03_compare, cell 3: ") and "what to do: " in str(problem)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda html: html.replace(WORDS["he"]["caption"], "").replace(WORDS["he"]["note"], ""), "no caption"),
        (lambda html: html.replace(WORDS["he"]["note"], ""), "how it is to be read"),
        (lambda html: html.replace(' class="note"', ""), "how it is to be read"),
        (lambda html: html.replace(' scope="col"', ""), "what it heads"),
        (lambda html: html.replace(' scope="row"', ' scope="rows"'), "what it heads"),
        (lambda html: html.replace('<th scope="row">', "<td>").replace("</th><td", "</td><td"), "without a header"),
        (lambda html: html.replace(iso("4.21"), " "), "blank cell"),
        (lambda html: html.replace(' class="table"', ""), "outside its figure"),
    ],
)
def test_a_table_without_caption_or_headers_is_refused(change, named):
    assert named in refused(published(change(items_table("he")), items_table("en"))).what


@pytest.mark.parametrize(
    ("tag", "named"),
    [
        ("h3", "its sentence"),
        ("p.badge", "a verdict"),
        ("p.number", "a number"),
        ("p.picture-of-it", "a picture"),
        ("p.certainty", "how sure we are"),
        ("a", "a link to evidence"),
        ("li", "how sure we are"),
    ],
)
def test_a_finding_without_one_of_its_parts_is_refused(tag, named):
    words = ("עלייה", "המעורבות עלתה", "משפט", "רווח הסמך רחב", "אל הראיות", "פורסם")
    whole = BeautifulSoup(finding_html("involvement", "rose", *words, "03_compare"), "html.parser")
    assert combine(published(str(whole), kind="say"), "he")
    whole.select_one(tag).decompose()
    problem = refused(published(str(whole), kind="say"))
    assert named in problem.what and "finding-involvement" in problem.what


def test_an_output_that_lacks_a_language_is_refused():
    for missing in ("he", "en"):
        made = published(items_table("he"), items_table("en"))
        del made["03_compare"].cells[2].outputs[0].data[MIME][missing]
        assert {"he": "no Hebrew", "en": "no English"}[missing] in refused(made, missing).what
    assert "no Hebrew" in refused(published(" ", "<p>text</p>"), "he").what
    made = published("<p>text</p>", "<p>text</p>", "say")
    assert "same in both languages" in refused(made, "en").what
    combine(published(f"<p>{iso('24')}</p>", f"<p>{iso('24')}</p>", "say"), "en")


def test_a_stage_that_failed_is_refused():
    error = new_output("error", ename="KeyError", evalue="wave", traceback=[])
    assert "ended in an error" in refused({"03_compare": notebook(*pair("# A", "# א"), code("x", error))}).what


def test_a_notebook_without_a_title_in_the_language_is_refused():
    assert (
        "title in Hebrew" in refused({"03_compare": notebook(new_markdown_cell("# What changed?"), code("x = 1"))}).what
    )
    assert "title in Hebrew" in refused({"03_compare": notebook(new_markdown_cell("מה השתנה?"))}).what
    assert "title in Hebrew" in refused({"03_compare": notebook()}).what


def test_headings_that_skip_links_that_lead_nowhere_and_names_used_twice_are_refused():
    assert (
        "skips a level" in refused({"03_compare": notebook(new_markdown_cell("# מה השתנה?\n\n### עד כמה?\nמעט."))}).what
    )
    assert "with #" in refused({"03_compare": notebook(new_markdown_cell("# מה השתנה?\n\nהיגדים\n======"))}).what
    assert (
        "#table-none leads nowhere"
        in refused(published('<p>א <a href="#table-none">ראיות</a></p>', "<p>a</p>", "say")).what
    )
    assert (
        "04_none leads nowhere"
        in refused({"03_compare": notebook(new_markdown_cell("# מה השתנה?\n\n[פרויקטים](04_none.ipynb)"))}).what
    )
    assert "“table-changes” is on the page twice" in refused(published(items_table("he") * 2, items_table("en"))).what


def test_pictures_and_tables_in_prose_are_refused():
    assert (
        "report.table"
        in refused({"03_compare": notebook(new_markdown_cell("# מה השתנה?\n\n| א | ב |\n|---|---|\n| ג | ד |"))}).remedy
    )
    assert (
        "does not allow src"
        in refused({"03_compare": notebook(new_markdown_cell("# מה השתנה?\n\n![תרשים](chart.png)"))}).what
    )


# ------------------------------------------------------------------------------------- what is left out


def test_outputs_that_did_not_go_through_the_door_are_left_out_and_listed(pages):
    assert "row 7" not in pages["en"] and "UserWarning" not in pages["en"]
    assert unpublished(demo()) == [
        ("02_describe", 3, "a table"),
        ("02_describe", 3, "a warning or message: UserWarning"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/a/b.py:12: RuntimeWarning: invalid value encountered in divide\n  x / y", ": RuntimeWarning: invalid value encountered in divide"),
        ("/a/b.py:12: UserWarning: Dana Levi answered twice\n  warn()", ": UserWarning"),
        ("/a/b.py:12: UserWarning: 3 of them\n  warn()", ": UserWarning"),
        ("/a/b.py:12: FutureWarning: the default of 'observed' changes\n", ": FutureWarning"),
        ("/a/b.py:12: UserWarning: ענתה פעמיים\n", ": UserWarning"),
        ("/a/b.py:12: UserWarning: dana answered twice\n", ": UserWarning"),
        ("something was said", ""),
    ],
)  # fmt: skip
def test_a_warning_is_told_by_its_kind_and_by_words_that_can_be_nobodys(text, told):
    made = {"02_describe": notebook(*pair("# A", "# א"), code("x", new_output("stream", name="stderr", text=text)))}
    assert unpublished(made) == [("02_describe", 1, f"a warning or message{told}")]


def test_marks_for_the_notebooks_that_follow_are_neither_shown_nor_listed():
    mark = new_output(
        "display_data", {"text/html": "<p>private rows</p>", MIME: {"kind": "handed_on", "name": "responses"}}
    )
    made = {"01_clean": notebook(*pair("# A\n\nRows.", "# א\n\nשורות."), code("report.hand_on(…)", mark))}
    assert unpublished(made) == []
    assert combine(made, "en").cells[1].outputs == []


def test_cells_are_counted_as_the_analyst_counts_them_with_parameters_injected():
    made = demo()["02_describe"]
    injected = new_code_cell('cohort = "2"', metadata={"tags": ["injected-parameters"]})
    made.cells.insert(3, injected)
    assert unpublished({"02_describe": made}) == [
        ("02_describe", 3, "a table"),
        ("02_describe", 3, "a warning or message: UserWarning"),
    ]
    cells = combine({"02_describe": made, "03_compare": compare_notebook()}, "en").cells
    assert len({cell.id for cell in cells}) == len(cells)


def test_combined_notebook_marks_its_sections_and_says_where_each_cell_comes_from():
    cells = combine(demo(), "he").cells
    assert [cell.metadata.followup.notebook for cell in cells if cell.metadata.followup.opens] == list(demo())
    assert [cell.metadata.followup.notebook for cell in cells if cell.metadata.followup.closes] == list(demo())
    assert cells[0].source.startswith("## 06 · הממצאים")


# ------------------------------------------------------------------------------------- made ready ahead of time


def test_what_was_made_ready_is_not_made_again_for_the_page_and_gives_the_same_page(pages, fonts, monkeypatch):
    made, ready, make = [], demo(), rendering._stage
    monkeypatch.setattr(rendering, "_stage", lambda stem, *told: made.append(stem) or make(stem, *told))
    for stem, one in ready.items():
        rendering.prepare(stem, one, ["he", "en"])
    ahead = len(made)
    assert {each: render_page(ready, each, FACTS[each], fonts) for each in ("he", "en")} == pages
    assert (ahead, len(made)) == (6, 6)
    assert render_page(ready, "en", FACTS["en"], fonts) == pages["en"]
    assert len(made) == 9  # a page changes its sections: they serve one page


def test_what_was_made_ready_of_an_earlier_run_serves_no_page(pages, fonts):
    for stem, one in demo(SVG.replace("#999", "#111")).items():
        rendering.prepare(stem, one, ["en"])
    assert render_page(demo(), "en", FACTS["en"], fonts) == pages["en"]


@pytest.mark.parametrize("at_once", [1, 2])
def test_the_second_page_is_made_beside_the_first_and_what_was_remembered_for_it_is_kept(
    pages, fonts, at_once, monkeypatch
):
    made = []
    monkeypatch.setattr(remembered, "MADE", {})
    monkeypatch.setattr(remembered, "USED", set())

    def make(language: str) -> bytes:
        made.append(language)
        return render_page(demo(), language, FACTS[language], fonts).encode()

    both_pages = rendering.in_each_language(make, ["he", "en"], at_once)
    assert {language: page.decode() for language, page in both_pages.items()} == pages
    assert made == (["he"] if forked.CAN_FORK and at_once > 1 else ["he", "en"])
    english = [each for each in remembered.MADE.values() if isinstance(each, str) and "digitisation in my" in each]
    assert english
    assert remembered.MADE.keys() == remembered.USED


def test_a_notebook_is_not_copied_for_nbconvert_more_than_once(fonts, monkeypatch):
    copied, copy = [], NotebookNode.__deepcopy__

    def counted(self, memo):
        copied.append("cells" in self)
        return copy(self, memo)

    monkeypatch.setattr(NotebookNode, "__deepcopy__", counted)
    render_page(demo(), "en", FACTS["en"], fonts)
    assert sum(copied) == 1


def test_a_notebook_that_is_read_twice_is_parsed_once(tmp_path):
    path = tmp_path / "02_describe.ipynb"
    write(describe_notebook(), path)
    first = cells.read(path)
    assert cells.read(path) is first
    write(compare_notebook(), path)
    assert cells.read(path).cells[0].source == compare_notebook().cells[0].source


# ------------------------------------------------------------------------------------- prose in pairs


def numbers_of(problems: list[PageProblem]) -> list[int]:
    return [problem.cell for problem in problems]


def test_prose_in_pairs_passes():
    assert [str(problem) for name, made in demo().items() for problem in check_prose(made, name)] == []
    assert (
        check_prose(
            notebook(*pair("# A\n\ntext", "# א"), new_markdown_cell("---"), *reversed(pair("## B", "## ב"))),
            "03_compare",
        )
        == []
    )


def test_prose_without_its_pair_is_named():
    en, he = pair("English only", "רק עברית")
    more = new_markdown_cell("More English")
    assert numbers_of(check_prose(notebook(*pair("# A", "# א"), en, code("x = 1"), he), "03_compare")) == [3, 5]
    [problem] = check_prose(notebook(*pair("# A", "# א"), en), "03_compare")
    assert str(problem).startswith("03_compare, cell 3: this English text has no Hebrew beside it")
    assert numbers_of(check_prose(notebook(en, more, he), "03_compare")) == [1]


def test_pairs_whose_headings_differ_are_named():
    [problem] = check_prose(notebook(*pair("## A", "### א")), "03_compare")
    assert problem.cell == 2 and "headings differ" in problem.what
    assert numbers_of(check_prose(notebook(*pair("## A", "א")), "03_compare")) == [2]


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ('report.say(he="שלום")', "no en="),
        ('report.table("t", frame, en="Caption")', "no he="),
        ('report.say(he="{n} השיבו", en="They answered", n=1)', "{n}"),
        ('report.say(he="{n}", en="{m}", n=1)', "{m}"),
    ],
)
def test_calls_that_say_something_in_one_language_only_are_named(source, named):
    [problem] = check_prose(notebook(code("x = 1"), code(source)), "03_compare")
    assert problem.cell == 2 and named in problem.what


def test_calls_in_both_languages_pass():
    source = 'report.say(he="{n} השיבו", en="{n} answered", n=1)\nlabel(he=words.he, en=words.en)\n%matplotlib inline'
    assert check_prose(notebook(code(source), code(source.replace("%matplotlib inline", ""))), "03_compare") == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What changed?", "en"),
        ("מה השתנה?", "he"),
        ("ראו `levels` ב-Digital Israel של המשרד הממשלתי", "he"),
        ("12 – 24", None),
        ("ראו [כאן](https://www.example.org/a/very/long/address/indeed)", "he"),
    ],
)
def test_language_of_prose_is_that_of_most_of_its_letters(text, language):
    assert language_of(text) == language


# ------------------------------------------------------------------------------------- notices and the list of reports


@both
def test_a_failed_run_is_said_at_the_top_of_the_last_good_page(pages, language):
    notice = render_failure_notice(language, "2016-11-24 10:32", "03_compare", "KeyError: 'wave'", "2016-11-23 09:15")
    once = with_notice(pages[language], notice)
    soup = BeautifulSoup(once, "html.parser")
    assert soup.find("header").find("div", class_="failed").get_text().count("KeyError: 'wave'") == 1
    assert {"he": "ריצה קודמת", "en": "earlier run"}[language] in soup.find("div", class_="failed").get_text()
    assert "2016-11-23 09:15" in soup.find("div", class_="failed").get_text()  # how old the numbers are
    later = with_notice(
        once, render_failure_notice(language, "2016-11-25 08:00", "01_clean", "no roster", "2016-11-23 09:15")
    )
    assert "KeyError" not in later and "no roster" in later
    assert with_notice(once, "") == pages[language]


def test_a_notice_needs_a_page_of_ours():
    with pytest.raises(ValueError, match="no place for a notice"):
        with_notice("<html></html>", "notice")


def test_text_that_looks_like_the_place_for_notices_is_not_taken_for_it(fonts):
    facts = PageFacts(**{**FACTS["en"].__dict__, "programme": template_pages.NOTICE_START})
    page = with_notice(render_page(demo(), "en", facts, fonts), "NOTICE HERE")
    assert BeautifulSoup(page, "html.parser").find("header").get_text().strip().startswith("NOTICE HERE")


def entries() -> list[IndexEntry]:
    return [
        IndexEntry(
            "1",
            Text("ממשלה 1", "Government 1"),
            {"he": "1/report.he.html", "en": "1/report.en.html"},
            Text("יוני 2015", "June 2015"),
            Text(f"{iso('29')} מתוך {iso('39')}", "29 of 39"),
            True,
        ),
        IndexEntry(
            "local-3",
            Text("שלטון מקומי 3", "Local 3"),
            {"he": "local-3/report.he.html", "en": "local-3/report.en.html"},
            Text("יולי 2019", "July 2019"),
            Text("25 מתוך 35", "25 of 35"),
            False,
            Text("הריצה האחרונה נכשלה", "The latest run failed"),
        ),
    ]


def test_list_of_reports_names_each_in_both_languages(fonts):
    soup = BeautifulSoup(render_index(entries(), fonts), "html.parser")
    he, en = soup.select("main > section")
    assert (he["lang"], he["dir"], en["lang"], en["dir"]) == ("he", "rtl", "en", "ltr")
    assert [link["href"] for link in en.select(".cohort-title a")] == ["1/report.en.html", "local-3/report.en.html"]
    assert [(link["href"], link["lang"]) for link in en.select(".also a")] == [
        ("1/report.he.html", "he"),
        ("local-3/report.he.html", "he"),
    ]
    assert [kind.get_text() for kind in en.select(".kind")] == ["Synthetic data", "Real data"]
    assert [kind.get_text() for kind in he.select(".kind")] == ["נתונים סינתטיים", "נתוני אמת"]
    assert "29 of 39" in en.get_text() and "June 2015" in en.get_text() and "The latest run failed" in en.get_text()
    assert soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"] == POLICY


def test_the_index_tells_the_main_finding_and_leads_to_whatever_files_there_are(fonts):
    both = {
        kind: {language: f"1/{kind}.{language}{ending}" for language in ("he", "en")}
        for kind, ending in (("report", ".pdf"), ("brief", ".pdf"))
    }
    first = replace(
        entries()[0],
        headline=Text("המוטיבציה נשמרה.", "Motivation <was> preserved."),
        pdfs=both["report"],
        briefs=both["brief"],
        data="1/release-2.zip",
    )
    soup = BeautifulSoup(render_index([first, entries()[1]], fonts), "html.parser")
    he, en = soup.select("main > section")
    assert [said.get_text() for said in soup.select(".main-finding")] == [
        "המוטיבציה נשמרה.",
        "Motivation <was> preserved.",
    ]
    with_files, without = en.select(".cohort-list > li")
    assert [(link.get_text(), link["href"]) for link in with_files.select(".also a")] == [
        ("עברית", "1/report.he.html"),
        ("In brief (PDF)", "1/brief.en.pdf"),
        ("PDF", "1/report.en.pdf"),
        ("Data", "1/release-2.zip"),
    ]
    assert [link.get_text() for link in without.select(".also a")] == ["עברית"]
    assert he.select(".also a")[1]["href"] == "1/brief.he.pdf"
    assert all(link.get_text() in link["aria-label"] for link in soup.select(".also a"))


def test_the_index_leads_to_the_cohorts_side_by_side_once_they_are_there(fonts):
    def links(page: str) -> list[str]:
        soup = BeautifulSoup(page, "html.parser")
        named = {"המחזורים זה לצד זה", "Cohorts side by side"}
        return [link["href"] for link in soup.find_all("a") if link.get_text() in named]

    compared = {"he": "compare/report.he.html", "en": "compare/report.en.html"}
    assert links(render_index(entries(), fonts)) == []
    assert links(render_index(entries(), fonts, compared)) == [compared["he"], compared["en"]]


def test_list_of_no_reports_says_so(fonts):
    page = render_index([], fonts)
    assert "There are no reports yet." in page and "עדיין אין דוחות." in page


# ------------------------------------------------------------------------------------- same bytes, small, quick


def test_same_inputs_give_the_same_bytes_in_another_process(pages, tmp_path):
    script = (
        "import sys; sys.path[:0] = sys.argv[1:3]; import test_rendering as t; from pathlib import Path;"
        "sys.stdout.buffer.write(t.render_page(t.demo(), 'he', t.FACTS['he'], Path(sys.argv[3])).encode())"
    )
    for seed in ("1", "2"):
        places = [str(Path(rendering.__file__).parents[2]), str(Path(__file__).parent), str(tmp_path / seed)]
        run = subprocess.run(
            [sys.executable, "-c", script, *places],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": "", "HOME": str(tmp_path)},
        )
        assert run.stdout.decode() == pages["he"]


@both
def test_page_holds_no_path_of_this_machine(pages, language):
    assert str(Path(rendering.__file__).parents[3]) not in pages[language]
    assert str(Path.home()) + "/" not in pages[language]


def test_font_is_kept_and_reused(tmp_path):
    font.page_font.cache_clear()
    first = font.page_font(tmp_path / "fonts")
    [kept] = (tmp_path / "fonts").iterdir()
    assert base64.b64decode(first.split(",")[1])[:4] == b"wOFF"
    assert kept.stat().st_size < 40_000
    font.page_font.cache_clear()
    remembered.write(kept, kept.read_text(encoding="utf-8").split()[0], base64.b64encode(b"wOFF another").decode())
    assert base64.b64decode(font.page_font(tmp_path / "fonts").split(",")[1]) == b"wOFF another"
    font.page_font.cache_clear()


def test_font_has_the_signs_of_both_languages():
    from io import BytesIO

    from fontTools.ttLib import TTFont

    letters = TTFont(BytesIO(font._subset_font(font._source())))
    assert set(map(ord, "אבגםןץףך׳״־ABCxyz0123456789%−–—+·…₪“”")) <= set(letters.getBestCmap())
    [axis] = letters["fvar"].axes
    assert (axis.axisTag, axis.minValue, axis.maxValue) == ("wght", 400, 700)


def test_an_empty_page_weighs_little_and_a_page_is_made_quickly(fonts):
    bare = {"06_findings": notebook(*pair("# Findings", "# הממצאים"))}
    assert len(render_page(bare, "he", FACTS["he"], fonts).encode()) < 64_000
    began = time.perf_counter()
    render_page(demo(), "en", FACTS["en"], fonts)
    assert time.perf_counter() - began < 1.0


# ------------------------------------------------------------------------------------- the style sheet

STYLE = str(template_pages.style_sheet())


def colours(scheme: str) -> dict[str, str]:
    """The named colours of the light or the dark scheme."""
    light, dark = STYLE.split("prefers-color-scheme: dark", 2)[:2]
    found = {}
    for block in (light,) if scheme == "light" else (light, dark.split("}", 1)[0]):
        pairs = [part.split(":") for part in block.replace("{", ";").split(";") if part.strip().startswith("--")]
        found |= {name.strip(): value.strip() for name, value in pairs if value.strip().startswith("#")}
    return found


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2 between two colours, 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_in_both_schemes(scheme):
    colour = colours(scheme)
    on_paper = ["--ink", "--muted", "--accent", "--rose", "--fell", "--preserved", "--open", "--described"]
    pairs = [(name, ground) for name in on_paper for ground in ("--paper", "--card", "--tint")]
    pairs += [(name, "--code") for name in ("--ink", "--keyword", "--text", "--figure", "--comment", "--call")]
    pairs += [("--banner-ink", "--banner"), ("--alarm-ink", "--alarm")]
    poor = {
        pair: round(contrast(colour[pair[0]], colour[pair[1]]), 2)
        for pair in pairs
        if contrast(colour[pair[0]], colour[pair[1]]) < 4.5
    }
    assert poor == {}
    assert colours("light") != colours("dark")


def test_style_knows_start_and_end_and_never_left_and_right():
    rules = [part for line in STYLE.splitlines() if not line.startswith("/*") for part in line.split(";")]
    sides = [
        rule.strip()
        for rule in rules
        if any(side in rule.replace("(", " ").replace(":", " ").replace("-", " ").split() for side in ("left", "right"))
    ]
    assert sides == []


def test_paper_hides_code_and_data_and_keeps_light_colours():
    paper = STYLE[STYLE.rindex("@media print") :]
    hidden = {name.strip() for name in paper[: paper.index("{ display: none; }")].splitlines()[-1].split(",")}
    assert {".side", ".code", ".data", ".skip", "body:has(#show-code:checked) .code"} <= hidden
    assert STYLE.count("prefers-color-scheme: dark") == STYLE.count("@media screen and (prefers-color-scheme: dark)")
    assert "size: A4" in STYLE
