"""The plan of a cohort as a document, before any answer is there: build/COHORT/plan.he.html and plan.en.html.

With FREEZE=1 it is fixed as well, with the day and a digest, in params/plans/COHORT.json; the report then lists what was
changed afterwards. The page is made of words and tables alone, so that no notebook has to run.
"""

import argparse
import os
import sys
from datetime import date

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from followup.disclosure.cell_bundle import Bundle
from followup.language import Text
from followup.publish import font, rendering, template_pages
from followup.report import plan_document, tables
from followup.store.freshness import replace_text, sha256_of
from followup.study import fixed_plan
from followup.study.cohort import Cohort, open_cohort
from followup.words.vocabulary import Vocabulary

TITLE = Text("תכנית הניתוח", "Plan of analysis")
CAPTIONS = {
    "plan_questions": Text("הסולמות של השאלון", "The scales of the questionnaire"),
    "plan_settled": Text("מה נקבע", "What is settled"),
    "plan_found": Text("מה יוכלו התשובות להראות", "What so many answers can show"),
    "plan_chances": Text("הסיכוי לכל מסקנה", "The chance of each conclusion"),
}
FIXED = Text("התכנית נקבעה", "The plan was fixed")
NOT_YET = Text("טרם נקבעה", "not yet")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make plan", description=__doc__.splitlines()[0])
    parser.add_argument("cohort")
    cohort = open_cohort(parser.parse_args().cohort)
    if os.environ.get("CHOSEN_FREEZE"):
        plan = fixed_plan.fix(cohort, date.today())
        print(f"Fixed on {plan.on}: params/plans/{cohort.name}.json ({plan.digest[:16]})")
    print("Done. Open:", *(f"    {page}" for page in write(cohort)), sep="\n")
    return 0


def write(cohort: Cohort) -> list:
    """Both pages, each whole or not at all; their paths."""
    print(f"Plan of cohort {cohort.name}: {plan_document.REPLICATES:,} simulated cohorts for", flush=True)
    notebook = as_notebook(cohort)
    fonts, written = font.font_cache(cohort.root), []
    for language in cohort.params.languages:
        page = cohort.build / f"plan.{language}.html"
        replace_text(page, rendering.render_page({"plan": notebook}, language, _facts(cohort, language), fonts))
        written.append(page)
    return written


def as_notebook(cohort: Cohort) -> NotebookNode:
    """The words and tables of the plan as an executed notebook, from which pages are made."""
    comparison, languages = plan_document.before_answers(cohort), cohort.params.languages
    frames = {
        "plan_questions": (plan_document.questions_table(cohort), ["measured", "settled"]),
        "plan_settled": (plan_document.settled_table(comparison), ["setting", "settled"]),
        "plan_found": (plan_document.found_table(cohort), ["measured", "answering", "smallest", "tests"]),
        "plan_chances": (
            plan_document.chances_table(cohort, lambda line: print(line, flush=True)),
            ["measured", "answering", "truth", "told", "preserved", "inconclusive"],
        ),
    }
    said = {language: plan_document.prose(cohort, language) for language in languages}
    cells, words = [], Vocabulary(cohort.codebook)
    places = [None, *frames, None]
    for at, name in enumerate(places):
        cells += [new_markdown_cell(said[language][at]) for language in languages]
        if name is not None and len(frames[name][0]):
            frame, show = frames[name]
            html = {la: tables.html(frame, show, name, CAPTIONS[name][la], "", words, la) for la in languages}
            output = new_output("display_data", data=Bundle("table", name, **html).data())
            cells.append(new_code_cell("", outputs=[output], execution_count=1))
    return new_notebook(cells=cells)


def _facts(cohort: Cohort, language: str) -> template_pages.PageFacts:
    plan = fixed_plan.read_plan(cohort)
    settings = sha256_of(repr(sorted(fixed_plan.settings(cohort).items())))
    other = next((f"plan.{one}.html" for one in cohort.params.languages if one != language), None)
    return template_pages.PageFacts(
        language=language,
        cohort=cohort.name,
        programme=cohort.codebook.programme[language],
        cohort_title=f"{TITLE[language]}: {getattr(cohort.params.title, language)}",
        other_page=other,
        synthetic=cohort.params.synthetic,
        masthead=((FIXED[language], str(plan.on) if plan else NOT_YET[language]),),
        provenance=((Text("ההגדרות (SHA-256)", "The settings (SHA-256)")[language], settings),),
    )


if __name__ == "__main__":
    sys.exit(main())
