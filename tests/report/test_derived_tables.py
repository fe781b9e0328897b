# ruff: noqa: PD013 - what analysts write
"""What pandas makes of a table of `safe` is refused with what to write; rows, columns and levels of it are shown."""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from followup.disclosure.cell_bundle import MIME
from followup.disclosure.output_check import NotForPublication
from followup.report import report
from followup.report.report import Report
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}
LINE = re.compile(r"^ +(table.*|headings=.*)$", re.MULTILINE)


@pytest.fixture
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


def rows(door) -> pd.DataFrame:
    return door.study.scores.dropna(subset="score")


def means(door) -> pd.DataFrame:
    return door.safe.pivot_table(rows(door), values="score", index="measure")


def across(door) -> pd.DataFrame:
    return door.safe.pivot_table(rows(door), values="score", index="measure", columns="wave")


def shares(door) -> pd.DataFrame:
    data = door.study.answers.dropna(subset="category")
    return door.safe.crosstab(data["measure"], data["category"], normalize="index")


def banded(door, name: str = "own") -> pd.DataFrame:
    """Means by how much was answered, in words of the analyst's own."""
    data = rows(door).assign(**{name: lambda t: t["wave"].map({"programme_end": "often", "follow_up": "seldom"})})
    return door.safe.pivot_table(data, values="score", index=name)


def below(door) -> pd.DataFrame:
    return door.safe.pivot_table(rows(door), values="score", index="measure", columns=["wave", "group"])


def beside(door) -> list[pd.DataFrame]:
    return [means(door), door.safe.pivot_table(rows(door), values="items_answered", index="measure")]


OWN = {"apart": ("הפרש", "Apart"), "x": ("שלי", "Own")}
HEADED = {"own": ("מתי", "When"), "often": ("לעתים קרובות", "Often"), "seldom": ("לעתים רחוקות", "Seldom")}
WAYS = {  # how the table is made, what is done to it, what is said of that
    "renamed": (means, lambda t: t.rename(columns={"score": "average"}), "“score” is called “average” now"),
    "keys renamed": (means, lambda t: t.rename(index={"motivation": "Drive"}), "in params/questionnaires/"),
    "keys of one's own in a column of the page renamed": (
        lambda door: banded(door, "band"),
        lambda t: t.rename(index={"often": "Often"}),
        'headings={"band": ("…", "…"), "often": ("…", "Often")}',
    ),
    "keys of one's own renamed": (
        banded,
        lambda t: t.rename(index={"often": "Often"}),
        'for words of your own in this table alone write\n        headings={"often": ("…", "Often")}',
    ),
    "several keys of one's own renamed": (
        banded,
        lambda t: t.rename(index={"often": "Often", "seldom": "Rarely"}),
        '"often": ("…", "Often")',
    ),
    "several keys of one's own renamed, and the rows in another order": (
        banded,
        lambda t: t.rename(index={"often": "Often", "seldom": "Rarely"})[::-1],
        'headings={"often": ("…", "…"), "seldom": ("…", "…")}',
    ),
    "rounded": (means, lambda t: t.round(0), "the numbers in “score” are not those that safe gave"),
    "rounded shares": (shares, lambda t: t.round(1), "writes shares in per cent, and of a blank that it is hidden"),
    "multiplied": (
        means,
        lambda t: t.assign(score=t.score * 20),
        "the numbers in “score” are not those that safe gave",
    ),
    "filled": (across, lambda t: t.fillna(0), "are not those that safe gave"),
    "texts": (means, lambda t: t.astype(str), "the numbers in “score” are texts now"),
    "a column more": (
        across,
        lambda t: t.assign(apart=t["follow_up"] - t["programme_end"]),
        "“apart” is no column of safe’s table",
    ),
    "a row": (means, lambda t: t.loc["motivation"], "it is a row that has become a column"),
    "turned": (across, lambda t: t.T, "rows and columns of safe’s table have changed places"),
    "stacked": (across, lambda t: t.stack(), "columns of safe’s table have become rows"),
    "melted": (across, lambda t: t.reset_index().melt("measure"), "columns of safe’s table have become rows"),
    "a level less": (below, lambda t: t["follow_up"], "has lost the key above it"),
    "joined": (beside, lambda t: t[0].join(t[1], rsuffix="_other"), "numbers of several tables of safe"),
    "merged": (beside, lambda t: t[0].merge(t[1], on="measure"), "numbers of several tables of safe"),
    "one below the other": (beside, pd.concat, "numbers of several tables of safe"),
    "side by side": (beside, lambda t: pd.concat(t, axis=1), "has two columns that are called “n”"),
    "described": (means, lambda t: t.describe(), "rows and columns of it are shown as they are"),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_was_done_to_the_table_is_told_and_what_to_write(door, way, monkeypatch):
    shown = []
    monkeypatch.setattr(report, "display", lambda bundle, raw: shown.append(bundle))
    make, change, why = WAYS[way]
    made = make(door)
    with pytest.raises(NotForPublication) as stop:
        door.table("own", change(made), **SAID)
    assert why in str(stop.value) and "; what to do: " in str(stop.value)
    for line in LINE.findall(str(stop.value)):
        if "…]" in line:
            continue
        if line.startswith("headings="):
            headed = eval(f"dict({line.replace('…', 'ציון')})")["headings"]  # noqa: S307 - the line to paste
            door.table("own", made, headings=HEADED | headed, **SAID)
            new = [*headed.values()][-1][1]
            assert new in shown[-1][MIME]["en"]
            continue
        held = {"safe": door.safe, "table": made}
        exec(line.replace(" …)", ")") if " = " in line else f"table = {line}", held)  # noqa: S102 - likewise
        door.table("own", held["table"], headings=OWN, **SAID)


def test_a_table_that_safe_did_not_make_is_told_as_before(door):
    across(door)
    with pytest.raises(NotForPublication, match="let safe take means"):
        door.table("own", rows(door).pivot_table("score", "measure", observed=True), **SAID)


def test_keys_of_several_levels_head_their_columns(door, monkeypatch):
    shown = []
    monkeypatch.setattr(report, "display", lambda bundle, raw: shown.append(bundle))
    door.table("below", below(door), **SAID)
    heads = [each.get_text() for each in BeautifulSoup(shown[-1][MIME]["en"], "html.parser").select("th[scope=col]")]
    groups = [door.words(group, "en") for group in door.study.groups]
    assert heads[1:] == [f"{wave} · {group}" for wave in ("End of the programme", "Follow-up") for group in groups]
    assert "heading" not in door.released["below"].columns
    door.say(en="{follow_up_operational}.", he="{follow_up_operational}.", row=below(door).head(1))
    assert "3.9" in shown[-1][MIME]["en"]


def test_a_column_that_is_the_index_as_well_is_told(door):
    table = means(door)
    with pytest.raises(NotForPublication, match="both called “measure”; what to do: keep one of them") as stop:
        door.table("own", table.assign(measure=table.index), **SAID)
    held = {"table": table.assign(measure=table.index)}
    exec(str(stop.value).splitlines()[-1].strip(), held)  # noqa: S102 - the line that is to be pasted
    door.table("own", held["table"], **SAID)


@pytest.mark.parametrize(("cell", "kind"), [([1, 2], "list"), ({1, 2}, "set"), ({"a": 1}, "dict")])
def test_what_is_no_cell_is_told(door, cell, kind):
    for given in (pd.DataFrame({"a": [cell], "b": ["x"]}), pd.Series([cell], name="a")):
        with pytest.raises(NotForPublication, match=f"“a” holds a {kind} in a cell.*; what to do: make rows of it"):
            door.table("own", given, **SAID)


def test_columns_that_are_headed_by_numbers_are_to_be_named(door):
    answers = door.study.answers.dropna(subset="value")
    table = door.safe.crosstab(answers["measure"], answers["value"].astype(int))
    with pytest.raises(NotForPublication, match="let columns be headed by words") as stop:
        door.table("own", table, **SAID)
    [line] = re.findall(r"^ +(safe\.crosstab.*)$", str(stop.value), re.MULTILINE)
    door.table("own", eval(line, {"safe": door.safe, "data": answers}), **SAID)  # noqa: S307 - the line to paste


def test_a_row_that_safe_did_not_make_is_named(door):
    """`reindex` with a scale that the table lacks was answered with “numbers are not those that safe gave”."""
    scores = door.study.scores.query("measure != 'motivation'").dropna(subset="score")
    means = door.safe.pivot_table(scores, values="score", index="measure")
    with pytest.raises(NotForPublication, match="“motivation” is no row of safe’s table") as stop:
        door.table("own", means.reindex(["motivation", *means.index]), **SAID)
    line = str(stop.value).splitlines()[-1].strip()
    chosen = eval(line, {"table": means, "order": ["motivation", "network_value", "self_perception"]})  # noqa: S307 - as it is pasted
    assert [*chosen.index] == ["network_value", "self_perception"]
    door.table("own", chosen, **SAID)
