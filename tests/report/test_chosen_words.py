"""Words of the study that code chose for a sentence: none of a single raw row, and those of tables and of loops over the study."""

import pytest
from followup.disclosure.output_check import NotForPublication
from followup.report.report import Report
from in_notebooks import cleaned, no_page

SO = {"en": "It was {it}.", "he": "היה {it}."}
FIRST = 'one = study.scores.sort_values("score").iloc[0]\n'
BY_WORDS = 'it = report.words.both(study.scores.sort_values("score").iloc[0]["group"])\n'


@pytest.fixture
def door():
    with no_page():
        yield Report(cleaned("1"), "en")


def run(door: Report, code: str, in_jupyter: bool = False) -> None:
    """A cell, as the chain runs it or, statement for statement and with its source in `In`, as Jupyter does."""
    held = {"report": door, "study": door.study, "safe": door.safe, "SO": SO} | ({"In": [code]} if in_jupyter else {})
    for part in code.split("\n\n") if in_jupyter else [code]:
        exec(part, held)  # noqa: S102 - a cell of an analyst


@pytest.mark.parametrize("in_jupyter", [False, True])
@pytest.mark.parametrize(
    ("cell", "column"),
    [
        (FIRST + 'report.say(**SO, it=one["group"])', "group"),
        (FIRST + 'report.say(**SO, it=one["measure"])', "measure"),
        (BY_WORDS + "report.say(**SO, it=it)", "group"),
        ('report.say(**SO, it=study.participants["seniority"].iloc[0])', "seniority"),
        ('report.note(**SO, it=study.participants["group"].iloc[0])', "group"),
        ('report.say(**SO, it=study.answers["measure"].iloc[0])', "measure"),
    ],
)
def test_a_group_or_a_measure_of_one_raw_row_is_refused(door, cell, column, in_jupyter):
    advice = f'report.say(en="… {{{column}}} …", he="… {{{column}}} …", row=shown.head(1))'
    with pytest.raises(NotForPublication, match="chosen by code and may be of one person; what to do: .*") as stop:
        run(door, cell, in_jupyter)
    assert advice in str(stop.value)


def test_nor_stands_one_in_the_title_of_a_figure(door):
    title = 'report._told("title", **SO, it=one["measure"])'
    with pytest.raises(NotForPublication, match="may be of one person"):
        run(door, FIRST + title)


@pytest.mark.parametrize("in_jupyter", [False, True])
@pytest.mark.parametrize(
    "cell",
    [
        "for key in study.groups:\n    report.say(**SO, it=key)",
        "keys = [*study.groups]\n\nfor key in keys:\n    report.say(**SO, it=key)",
        'for key in study.codebook.traits["sector_group"].groups:\n    report.say(**SO, it=key)',
        "for key in study.codebook.scales:\n    report.say(**SO, it=key)",
        'report.say(**SO, it="operational")',
        'measure = "motivation"\n\nreport.say(**SO, it=measure)',
        "wave = study.scores['wave'].iloc[0]\n\nreport.say(**SO, it=wave)",
        'shown = safe.pivot_table(study.scores, values="score", index="measure")\n\n'
        'report.table("m", shown, en="Means", he="ממוצעים")\n\n'
        'report.say(en="{measure}", he="{measure}", row=shown.head(1))',
    ],
)
def test_words_of_loops_over_the_study_of_shown_rows_or_typed_are_said(door, cell, in_jupyter):
    run(door, cell, in_jupyter)


def test_a_call_or_a_comment_that_only_sounds_like_the_groups_of_the_study_does_not_help(door):
    cell = '# one of the groups\nmodel = dict(groups="respondent")\n' + FIRST + 'report.say(**SO, it=one["group"])'
    for in_jupyter in (False, True):
        with pytest.raises(NotForPublication, match="may be of one person"):
            run(door, cell, in_jupyter)
