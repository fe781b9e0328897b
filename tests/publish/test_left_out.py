"""What a study never had is no part of its page: tables, headings with their prose, whole notebooks."""

from bs4 import BeautifulSoup
from followup.disclosure.cell_bundle import MIME
from followup.language import language_of
from followup.publish.rendering import combine, render_page
from followup.publish.template_pages import PageFacts
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


def out(kind: str, name: str | None = None, he: str | None = None, en: str | None = None):
    bundle = {"kind": kind, "name": name, "he": he, "en": en}
    return new_output("display_data", {MIME: {key: value for key, value in bundle.items() if value is not None}})


def said(words: str):
    return out("say", None, f"<p>נאמר: {words}</p>", f"<p>{words}</p>")


def nothing(caption: str):
    return out("nothing", caption.lower(), f"חסר: {caption}", caption)


SILENT = out("silent")
FILLER = "כל זה נאמר כאן בעברית, ובה יש די מילים כדי שאיש לא יטעה ויחשוב שהטקסט כתוב בשפה אחרת"
HEBREW = {"## ": "## חלק: ", "# ": "# נושא: "}


def notebook(*cells):
    """Texts (each with its Hebrew beside it), and lists of outputs for code cells, or their source where they have none."""
    made = []
    for number, cell in enumerate(cells):
        if isinstance(cell, tuple):
            made += map(new_code_cell, cell)
        elif isinstance(cell, str):
            mark = next((mark for mark in HEBREW if cell.startswith(mark)), "")
            hebrew = f"{HEBREW.get(mark, 'טקסט בעברית על ')}{cell.removeprefix(mark)} – {FILLER}"
            assert language_of(hebrew) == "he", hebrew
            made += [new_markdown_cell(cell), new_markdown_cell(hebrew)]
        else:
            made.append(new_code_cell(f"show_{number}()", outputs=cell))
    return new_notebook(cells=made)


def kept(*cells, language: str = "en") -> list[str]:
    """What the page keeps of one notebook: texts by their first line, code cells by their source."""
    page = combine({"n": notebook(*cells)}, language)
    return [cell.source.split("\n")[0].removeprefix("#").strip() for cell in page.cells]


def test_a_table_with_nothing_leaves_no_trace_where_it_stands_and_its_caption_is_listed():
    page = combine({"n": notebook("# A", [said("Yes.")], [nothing("Meetings")], [nothing("Ties")])}, "en")
    assert [cell.source for cell in page.cells] == ["## A", "show_1()"]
    assert page.metadata.followup.nothing == ["Meetings", "Ties"]


def test_a_heading_goes_with_its_prose_and_its_line_in_the_contents_when_all_beneath_it_is_nothing():
    cells = [
        "# A",
        [said("Yes.")],
        "## Ties\nA tie joins two.",
        [nothing("Ties")],
        "More of ties.",
        [nothing("Bounds")],
    ]
    assert kept(*cells) == ["# A", "show_1()"]
    page = combine({"n": notebook(*cells, "## Voices", [said("So.")])}, "en")
    assert [entry["text"] for entry in page.metadata.followup.contents] == ["A", "Voices"]


def test_a_heading_stays_while_one_thing_beneath_it_is_shown():
    cells = [
        "# A",
        [said("Yes.")],
        "## Ties",
        [nothing("Ties")],
        "### Kept",
        [said("Two were kept.")],
        "### New",
        [SILENT],
    ]
    assert kept(*cells) == ["# A", "show_1()", "## Ties", "### Kept", "show_5()"]


def test_a_paragraph_goes_with_the_table_that_it_tells_of_and_one_beside_it_stays():
    cells = [
        "# A",
        "What is shown.",
        [said("Yes.")],
        "Every conflict is a row.",
        [nothing("Conflicts")],
        "A last word.",
    ]
    assert kept(*cells) == ["# A", "What is shown.", "show_2()", "A last word."]


def test_a_caveat_stays_where_what_follows_it_was_only_not_to_be_said():
    assert kept("# A", [said("Yes.")], "There is no comparison group.", [SILENT]) == [
        *("# A", "show_1()", "There is no comparison group.", "show_3()")
    ]


def test_a_heading_beneath_which_only_code_ran_stays():
    cells = ["# A", [said("Yes.")], "## Outputs", [out("handed_on", "scores")], "## Method", "Prose alone."]
    assert kept(*cells) == ["# A", "show_1()", "## Outputs", "show_3()", "## Method", "Prose alone."]


def test_what_only_computes_goes_with_all_that_it_was_computed_for():
    cells = [
        "# A",
        [said("Yes.")],
        "## Steps",
        [],
        "## Change",
        [nothing("Change")],
        "## Gap",
        [],
        "## Ties",
        [nothing("Ties")],
    ]
    assert kept(*cells) == ["# A", "show_1()"]
    assert kept(*cells, "## Last", [said("No.")]) == [
        "# A",
        "show_1()",
        "## Steps",
        "show_3()",
        "## Gap",
        "show_7()",
        "## Last",
        "show_11()",
    ]


def test_a_notebook_of_which_nothing_is_left_is_left_out_and_links_to_it_become_words():
    shown = notebook("# A\nSee [the projects](projects.ipynb) and [the ties](ties.ipynb).", [said("Yes.")])
    made = {
        "a": shown,
        "projects": notebook("# Projects\nThey were begun.", [], "## Stages", [nothing("Stages")]),
        "ties": notebook("# Ties", [said("Kept.")]),
    }
    for language in ("he", "en"):
        page = combine(made, language)
        assert {cell.metadata.followup.notebook for cell in page.cells} == {"a", "ties"}
        assert "the projects and [the ties](ties.ipynb)" in page.cells[0].source
        assert [cell.metadata.followup.section for cell in page.cells if cell.metadata.followup.opens] == ["a", "ties"]
        assert sum(cell.metadata.followup.closes for cell in page.cells) == 2


PARAMETERS = ('cohort = "1"', "report = open_report(cohort)\nstudy = report.study")
BY_GENDER = 'if "gender" in study.params.traits:\n    report.table("means", means, en="Means", he="ממוצעים")'


def test_a_notebook_whose_calls_were_not_reached_here_is_left_out_whole():
    """Its cell begins `if "gender" in study.params.traits:`, and this cohort has no gender."""
    for text in ("# Own", "# Own\nDo means differ by gender?"):
        page = combine({"a": notebook("# A", [said("Yes.")]), "own": notebook(text, PARAMETERS, (BY_GENDER,))}, "en")
        assert [cell.metadata.followup.notebook for cell in page.cells] == ["a", "a"]
        assert [entry["text"] for entry in page.metadata.followup.contents] == ["A"]


def test_a_heading_goes_with_calls_that_were_not_reached_and_a_loop_over_nothing():
    cells = ["# A", [said("Yes.")], "## By gender\nDo they differ?", (BY_GENDER,), "## Method", "Prose alone."]
    assert kept(*cells) == ["# A", "show_1()", "## Method", "Prose alone."]
    loop = "for trait in study.params.traits[2:]:\n    report.figure(trait, means, draw)"
    assert kept("# A", [said("Yes.")], "## By trait", (loop,)) == ["# A", "show_1()"]
    helper = "def by(trait):\n    report.table(trait, means)"
    cells = ["# A", [said("Yes.")], "## By trait", (helper,), "### Shown", [said("So.")]]
    assert kept(*cells) == ["# A", "show_1()", "## By trait", helper.split("\n")[0], "### Shown", "show_5()"]


def test_a_notebook_of_a_bare_title_is_left_out_and_one_of_prose_stays():
    drawn = ("plt.subplots()\nplt.show()", "%time 1")
    bare, prose = notebook("# Own", PARAMETERS, drawn), notebook("# Method\nHow it was done.", PARAMETERS)
    page = combine({"a": notebook("# A", [said("Yes.")]), "own": bare, "method": prose}, "en")
    assert [entry["text"] for entry in page.metadata.followup.contents] == ["A", "Method"]


def test_a_section_that_is_left_out_does_not_move_the_others():
    two = notebook("# First", [nothing("A")], "# Second", [said("Yes.")])
    page = combine({"two": two, "b": notebook("# Between", [said("So.")])}, "en", ("two", "b", "two"))
    assert [cell.source for cell in page.cells if cell.cell_type == "markdown"] == ["## Between", "## Second"]
    assert page.cells[-1].metadata.followup.notebook == "two"
    assert page.metadata.followup.nothing == ["A"]


def test_the_page_lists_what_it_left_out_folded_at_its_end(tmp_path):
    made = {"n": notebook("# A", [said("Yes.")], [nothing("Meetings &amp; ties")], "## Ties", [nothing("Bounds")])}
    facts = {"cohort": "1", "programme": "P", "cohort_title": "C", "synthetic": False, "other_page": None}
    page = render_page(made, "en", PageFacts(language="en", **facts), tmp_path)
    soup = BeautifulSoup(page, "html.parser")
    [folded] = soup.select("footer details.nothing")
    assert not folded.has_attr("open") and folded.summary.get_text() == (
        "Tables and charts that this study has no data for (2)"
    )
    assert [item.get_text() for item in folded.find_all("li")] == ["Meetings & ties", "Bounds"]
    assert page.count("Meetings &amp; ties") == page.count("Bounds") == 1
    none = render_page({"n": notebook("# A", [said("Yes.")])}, "en", PageFacts(language="en", **facts), tmp_path)
    assert not BeautifulSoup(none, "html.parser").select(".nothing")
    assert not soup.select("a.other, [hreflang]")  # there is no other page
