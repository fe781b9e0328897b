"""What the calls of `safe` are given: pandas' other ways of saying the same work, and what cannot be taken is told in a line."""

import re

import pandas as pd
import pytest
from followup.disclosure.output_check import NotForPublication
from followup.report.report import Report
from in_notebooks import cleaned, no_page

LINE = re.compile(r"^ +(?:d(?:ata)? = .*|safe\..*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


@pytest.fixture(scope="module")
def data(door) -> pd.DataFrame:
    return door.study.scores.query("wave == 'programme_end'").dropna(subset="score")


def mean(rows):
    return rows["score"].mean()


def test_there_is_no_row_of_a_group_with_nobody(door, data):
    """Two of eight scales were asked in the follow-up only, and nobody answered two waves at once."""
    table = door.safe.apply(data.groupby(["measure", "wave"], observed=False), mean)
    assert len(table) == 6
    assert table.equals(door.safe.apply(data.groupby(["measure", "wave"], observed=True), mean))


def test_a_column_is_grouped_by_as_its_name(door, data):
    named = door.safe.apply(data.groupby("measure"), mean)
    assert named["value"].notna().sum() == 6
    assert named.equals(door.safe.apply(data.groupby(data["measure"]), mean))
    assert named.equals(door.safe.apply(data.groupby(["measure"]), mean))


def test_a_pivot_table_takes_its_arguments_in_the_order_of_pandas(door, data):
    named = door.safe.pivot_table(data, values="score", index="measure", columns="wave")
    assert named.equals(door.safe.pivot_table(data, "score", "measure", "wave"))


REFUSED = {
    "a level": (lambda s, d: s.apply(d.groupby(level=0), mean), "each group is one person"),
    "the index": (lambda s, d: s.apply(d.groupby("respondent"), mean), "each group is one person"),
    "a series": (lambda s, d: s.apply(d.groupby(d["score"] > 3), mean), "a Series is none"),
    "a function of keys": (lambda s, d: s.apply(d.groupby(lambda key: key[0]), mean), "a function is none"),
    "groups of a column": (lambda s, d: s.apply(d.groupby("measure")["score"], mean), "groups of one column"),
    "a frame": (lambda s, d: s.apply(d, mean), "a DataFrame is no groupby"),
    "a name": (lambda s, d: s.apply(d.groupby("measure"), "mean"), "“mean” is no function"),
    "all columns": (lambda s, d: s.apply(d.groupby("measure"), lambda rows: rows.sum() / 2), "words too"),
    "names": (lambda s, d: s.crosstab("measure", "wave"), "“measure” is none"),
    "frames": (lambda s, d: s.crosstab(d[["measure"]], d[["wave"]]), "“measure” is none"),
    "a frame first": (lambda s, d: s.crosstab(d, "measure", "wave"), "this is a whole frame and names of them"),
    "an average": (
        lambda s, d: s.crosstab(d["measure"], d["wave"], values=d["score"], aggfunc="mean"),
        "counts rows, and takes no values",
    ),
    "an array": (lambda s, d: s.pivot_table(d.to_numpy(), values="score", index="measure"), "is no frame"),
    "two values across": (
        lambda s, d: s.pivot_table(d, values=["score", "items_answered"], index="measure", columns="wave"),
        "of one column",
    ),
    "a series of results": (lambda s, d: s.results(d["score"]), "a Series is no frame"),
}


@pytest.mark.parametrize("way", REFUSED)
def test_what_cannot_be_taken_is_refused_with_a_line_that_can(door, data, way):
    call, why = REFUSED[way]
    with pytest.raises(NotForPublication) as stop:
        call(door.safe, data)
    assert why in str(stop.value)
    lines = [line.strip() for line in LINE.findall(str(stop.value))]
    held = {"safe": door.safe, "data": data, "d": data}
    for line in lines:
        exec(line.replace("…", 'lambda rows: rows["score"].mean()'), held)  # noqa: S102 - the line that is to be pasted
    assert lines


def test_a_series_as_index_is_answered_with_its_name(door, data):
    with pytest.raises(NotForPublication, match='a Series is none; what to do: write index="wave"'):
        door.safe.pivot_table(data, values="score", index=data["wave"])


def test_ones_own_table_that_looks_like_a_result_is_told_which_column_it_lacks(door):
    own = pd.DataFrame({"measure": ["motivation"], "alpha": [0.7], "omega": [0.8]})
    with pytest.raises(NotForPublication, match="has no column “n”; what to do: hand over all columns of it"):
        door.safe.results(own)
