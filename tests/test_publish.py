"""The reviewer's page: what it shows, what it refuses, and that it says everything in both languages."""

import base64
import json
import subprocess
import sys
import time
from html import escape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from followup import publish
from followup.language import Text
from followup.publish import (
    MIME,
    POLICY,
    IndexEntry,
    PageFacts,
    PageProblem,
    check_prose,
    combine,
    render_failure_notice,
    render_index,
    render_page,
    unpublished,
    with_notice,
)

HOSTILE = """<script>alert(1)</script><img src=x onerror=alert(2)> [link](javascript:alert(3)) **bold** =1+1 </p></table>"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="220"><path d="M0 110H640M80 20V200" stroke="#999"/></svg>'


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
        + "".join(f'<td class="number">{escape(cell)}</td>' for cell in row[1:]) + "</tr>" for row in rows)
    return (f'<figure class="table" id="table-{name}"><table><caption>{caption} <span class="note">{note}</span></caption>'
            f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></figure>")


def figure_html(name: str, caption: str, alternative: str, summary: str, table: str, svg: str = SVG) -> str:
    address = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    return (f'<figure class="chart" id="figure-{name}"><img src="{address}" alt="{escape(alternative)}">'
            f'<figcaption>{caption}</figcaption><details class="data"><summary>{summary}</summary>{table}</details></figure>')


ITEMS = {
    "he": ["אני רואה את עצמי כמוביל דיגיטציה במשרדי", "יש לי מוטיבציה לקדם תהליכים דיגיטליים", "אני מעורב בהנעת דיגיטציה בארגון כולו",
           "פעילות Digital Israel יוצרת הזדמנות מיוחדת לקידום הדיגיטציה במגזר הציבורי"],
    "en": ["I see myself as a leader of digitisation in my ministry", "I am motivated to advance digital processes",
           "I am involved in driving digitisation across the organisation",
           "Digital Israel’s activity creates a special opportunity to promote digitisation in the public sector"],
}
NUMBERS = [["24", "4.21", "4.25", "+0.04", "−0.21", "0.29"], ["24", "4.46", "4.38", "−0.08", "−0.30", "0.13"],
           ["24", "3.38", "3.92", "+0.54", "+0.20", "+0.88"], ["11", "4.36", "3.64", "−0.73", "−1.30", "−0.15"]]
WORDS = {
    "he": {"head": ["היגד", "n", "ממוצע בסיום התכנית", "ממוצע במעקב", "שינוי (נקודות)", "רווח סמך 95%"],
           "to": "עד", "caption": "השינוי בכל היגד", "data": "הנתונים שבתרשים, כטבלה",
           "note": "n = מי שהשיבו בשני השלבים; סולם 1–5; ערך חיובי = עלייה בהסכמה".replace("1–5", iso("1–5")),
           "figure": "השינוי בהסכמה בין סיום התכנית למעקב",
           "alternative": "תרשים של השינוי בארבעה היגדים: עלייה במעורבות בארגון כולו, ירידה בהיגד על ישראל דיגיטלית, ושני היגדים ללא שינוי."},
    "en": {"head": ["Item", "n", "Mean at programme end", "Mean at follow-up", "Change (points)", "95% interval"],
           "to": "to", "caption": "Change in each item", "data": "The data of this figure, as a table",
           "note": "n = answered both waves; scale 1–5; positive = agreement rose",
           "figure": "Change in agreement between programme end and follow-up",
           "alternative": "Chart of the change in four items: involvement across the organisation rose, the item on Digital Israel fell, two stayed."},
}


def items_table(language: str, name: str = "changes") -> str:
    words = WORDS[language]
    rows = [[item, *map(iso, line[:4]), f"{iso(line[4])} {words['to']} {iso(line[5])}"]
            for item, line in zip(ITEMS[language], NUMBERS, strict=True)]
    return table_html(name, words["caption"], words["note"], words["head"], rows)


def items_figure(language: str, svg: str = SVG) -> str:
    words = WORDS[language]
    return figure_html("changes", words["figure"], words["alternative"], words["data"], items_table(language, "changes-data"), svg)


def finding_html(key: str, verdict: str, title: str, words: str, number: str, claim: str, link: str, target: str) -> str:
    return (f'<section class="finding verdict-{verdict}" id="finding-{key}"><h3>{title}</h3><p class="verdict">{words}</p>'
            f'<p class="number">{number}</p><p class="claim">{claim}</p><a href="#{target}">{link}</a></section>')


def finding(key: str, verdict: str, target: str, he: tuple, en: tuple):
    return shown("finding", key, finding_html(key, verdict, *he, "לראיות", target), finding_html(key, verdict, *en, "The evidence", target))


def notebook(*cells):
    return new_notebook(cells=list(cells))


def pair(en: str, he: str) -> list:
    return [new_markdown_cell(en), new_markdown_cell(he)]


def code(source: str, *outputs):
    return new_code_cell(source, outputs=list(outputs))


def findings_notebook():
    return notebook(
        *pair("# 06 · Findings\nWhat nine months did to what the programme left behind.",
              "# 06 · הממצאים\nמה נותר מן התכנית כעבור תשעה חודשים."),
        code("show_findings(report)",
             finding("motivation", "preserved", "figure-changes",
                     ("המוטיבציה של הבוגרים, והתפיסה העצמית שלהם כמובילי דיגיטציה, נשמרו", "נשמר",
                      f"{iso('24')} מתוך {iso('29')}", f"פורסם: נשמרה. חושב: השינוי הוא {iso('−0.08')} נקודות, רווח סמך 95% {iso('−0.30')} עד {iso('0.13')}."),
                     ("Graduates’ motivation, and their view of themselves as leaders of digitisation, were preserved", "Preserved",
                      f"{iso('24')} of {iso('29')}", f"Published: preserved. Computed: a change of {iso('−0.08')} points, 95% interval {iso('−0.30')} to {iso('0.13')}.")),
             finding("involvement", "rose", "table-changes",
                     ("המעורבות בהנעת דיגיטציה במשרד או בארגון כולו עלתה", "עלייה", f"{iso('+0.54')} נקודות", f"פורסם: עלתה. חושב: עלתה אצל {iso('15')} מתוך {iso('24')}."),
                     ("Involvement in driving digitisation across the ministry or organisation rose", "Rose", f"{iso('+0.54')} points", f"Published: rose. Computed: rose for {iso('15')} of {iso('24')}.")),
             finding("sponsor", "fell", "03_compare",
                     ("בקרב משרדי ביצוע ירדה ההסכמה ש-Digital Israel יוצרת הזדמנות מיוחדת", "ירידה", f"{iso('−0.73')} נקודות", "פורסם: ירדה. חושב: ירדה."),
                     ("Among operational ministries, agreement fell that Digital Israel creates a special opportunity", "Fell", f"{iso('−0.73')} points", "Published: fell. Computed: fell.")),
             finding("gap", "inconclusive", "03_compare",
                     ("לא ניתן לקבוע אם הפער בין משרדי מטה לביצוע הצטמצם", "לא ניתן לקבוע", f"{iso('13')} ו-{iso('11')} משיבים", "פורסם: הצטמצם. חושב: רווח הסמך רחב מדי."),
                     ("Whether the gap between policy and operational ministries narrowed cannot be told", "Inconclusive", f"{iso('13')} and {iso('11')} respondents", "Published: narrowed. Computed: the interval is too wide.")),
             finding("projects", "described", "02_describe",
                     ("כמחצית מהפרויקטים בשלבי יישום מתקדמים", "תיאור בלבד", f"{iso('5')} מתוך {iso('9')}", "פורסם: כמחצית. חושב: 5 מתוך 9."),
                     ("About half of the projects are in advanced stages of implementation", "Described only", f"{iso('5')} of {iso('9')}", "Published: about half. Computed: 5 of 9."))))


def describe_notebook():
    head = {"he": ["קבוצה", "ברשימה", "השיבו במעקב", "שיעור"], "en": ["Group", "On the roster", "Answered follow-up", "Rate"]}
    groups = {"he": ["משרדי מטה", "משרדי ביצוע", "שלטון מקומי", "מגזר שלישי"],
              "en": ["Headquarters ministries", "Operational ministries", "Local government", "Third sector"]}
    rows = [["17", "13", "76%"], ["15", "11", "73%"], ["5", "4", "4/5"], ["2", "–", "–"]]
    tables = {}
    for language in ("he", "en"):
        hidden = {"he": "מוסתר (קבוצה קטנה)", "en": "hidden (small group)"}[language]
        html = table_html("response", {"he": "מי השיבו", "en": "Who answered"}[language],
                          {"he": f"n = {iso('39')} ברשימה; אחוזים רק מ-{iso('10')} ומעלה", "en": "n = 39 on the roster; percentages only from 10 up"}[language],
                          head[language], [[group, *map(iso, line)] for group, line in zip(groups[language], rows, strict=True)])
        tables[language] = html.replace(f'<td class="number">{iso("–")}</td>', f'<td class="suppressed">{hidden}</td>')
    return notebook(
        *pair("# 02 · Who answered?\nThe roster names 39 graduates.\nThis section says who of them answered, and who did not.",
              "# 02 · מי השיבו?\nברשימה 39 בוגרים.\nכאן נאמר מי מהם השיבו ומי לא."),
        code("cohort = \"1\"\nlanguage = \"en\""),
        *pair("## Response by group", "## היענות לפי קבוצה"),
        code("response = response_by_group(participants)\nreport.table(\"response\", response, he=\"מי השיבו\", en=\"Who answered\")",
             shown("table", "response", tables["he"], tables["en"]),
             say(f"השיבו {iso('29')} מתוך {iso('39')} ({iso('74%')}).", f"{iso('29')} of {iso('39')} answered ({iso('74%')}).")),
        *pair("## What they wrote\nA few words, as they were typed. See [what changed](03_compare.ipynb).",
              "## מה כתבו\nכמה מילים, כפי שנכתבו. ראו [מה השתנה](03_compare.ipynb)."),
        code("report.say(he=\"נכתב: {words}\", en=\"Typed: {words}\", words=words)   # what they typed\nresponse.head()",
             say(f"נכתב: {HOSTILE}", f"Typed: {HOSTILE}"),
             new_output("execute_result", {"text/html": "<table><tr><td>row 7</td></tr></table>", "text/plain": "row 7"}, execution_count=1),
             new_output("stream", name="stderr", text="UserWarning: private")))


def compare_notebook(svg: str = SVG):
    return notebook(
        *pair("# 03 · What changed?\nGraduates rated the same statements when the programme ended and again nine months later.\n"
              "This section estimates each change and says how sure we may be.",
              "# 03 · מה השתנה?\nהבוגרים דירגו את אותם היגדים בסיום התכנית ושוב כעבור תשעה חודשים.\nכאן נאמד כל שינוי, ונאמר עד כמה אפשר להיות בטוחים בו."),
        code("from followup.change import changes\n\nlinked = link_waves(programme_end, follow_up)  # those who answered both\nlinked.status.value_counts()"),
        *pair("## Each item", "## כל היגד"),
        *pair("The dots are means of the **same people** twice. A line that does not cross zero is a change we are sure of:\n\n"
              "- the interval is of 95%;\n- `p` is adjusted for the number of items.",
              "הנקודות הן ממוצעים של **אותם אנשים** פעמיים. קו שאינו חוצה את האפס הוא שינוי שאנו בטוחים בו:\n\n"
              "- רווח הסמך הוא של 95%;\n- הערך `p` מתוקן למספר ההיגדים."),
        code("report.figure(\"changes\", draw_changes, changes, he=\"השינוי בהסכמה\", en=\"Change in agreement\")",
             shown("figure", "changes", items_figure("he", svg), items_figure("en", svg))),
        code("report.table(\"changes\", changes, he=\"השינוי בכל היגד\", en=\"Change in each item\")",
             shown("table", "changes", items_table("he"), items_table("en"))),
        *pair("### How sure are we?\nWith 24 people an interval is wide.\nWe say *preserved* only when the whole interval lies within half a point of zero.",
              "### עד כמה אנו בטוחים?\nעם 24 אנשים רווח הסמך רחב.\nאנו אומרים *נשמר* רק כאשר כל הרווח נמצא במרחק של עד חצי נקודה מן האפס."))


def demo(svg: str = SVG) -> dict:
    return {"06_findings": findings_notebook(), "02_describe": describe_notebook(), "03_compare": compare_notebook(svg)}


FACTS = {
    "he": PageFacts(
        language="he", cohort="1", programme="מובילים דיגיטליים", cohort_title="המחזור הראשון של התכנית לממשלה", synthetic=True,
        other_page="report.en.html", dates=(("סיום התכנית", f"פברואר {iso('2016')}"), ("מעקב", f"נובמבר {iso('2016')}")),
        masthead=(("משתתפים", iso("39")), ("השיבו במעקב", f"{iso('29')} מתוך {iso('39')} ({iso('74%')})"), ("ראיונות עומק", iso("7"))),
        provenance=(("זרע", "20161101"), ("pandas", "3.1.1"), ("responses.csv (SHA-256)", "3f0a" * 16)),
        glossary=(("רווח סמך", "טווח הערכים שמתיישבים עם הנתונים."), ("n", "מספר המשיבים שעליהם מבוסס מספר."))),
    "en": PageFacts(
        language="en", cohort="1", programme="Digital Leaders", cohort_title="First cohort of the government programme", synthetic=True,
        other_page="report.he.html", dates=(("Programme end", "February 2016"), ("Follow-up", "November 2016")),
        masthead=(("Participants", "39"), ("Answered follow-up", "29 of 39 (74%)"), ("In-depth interviews", "7")),
        provenance=(("Seed", "20161101"), ("pandas", "3.1.1"), ("responses.csv (SHA-256)", "3f0a" * 16)),
        glossary=(("Interval", "The range of values that agree with the data."), ("n", "The number of respondents behind a number."))),
}
