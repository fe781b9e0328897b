"""A call that fails in a cell: its misspelt argument, attribute or key gets the nearest, and what is no function is named."""

import linecache
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns
from followup.report.report import Report
from followup.study.cohort import open_cohort
from followup.study.explained_errors import explained

TABLE = pd.DataFrame(
    {"measure": ["motivation", "self_perception"], "wave": ["a", "b"], "change": [0.1, 0.2]}, index=[0, 1]
)
PEOPLE = TABLE.set_index(pd.Index(["p11", "p12"], name="respondent"))
TWO = TABLE.set_index(["measure", "wave"])
KEYED = TABLE.set_index("measure")


def told(source: str) -> str:
    """What is said of the error that a cell of this source makes."""
    file = f"<a cell of {len(source)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    report = Report(open_cohort("1"), "en")
    report.released["changes"] = TABLE
    study = SimpleNamespace(scores=TABLE, waves=["a", "b"])
    held = {"pd": pd, "sns": sns, "plt": plt, "report": report, "study": study}
    tables = {"table": TABLE, "people": PEOPLE, "two": TWO, "keyed": KEYED}
    with pytest.raises(Exception) as stop:
        exec(compile(source, file, "exec"), {"__name__": "__main__", **held, **tables})  # noqa: S102
    plt.close("all")
    return explained(stop.value)


SAID = {
    # an argument
    'sns.swarmplot(table, x="change", y="wave", sise=5)': "swarmplot takes no “sise”; what to do: write size=",
    'sns.pointplot(\n    table,\n    x="change",\n    palete="x",\n)': "pointplot takes no “palete”; what to do: write palette=",
    'sns.boxplot(table, x="change", wdth=1)': "boxplot takes no “wdth”; what to do: write width=",
    'sns.lineplot(table, x="change", y="wave", lnewidth=1)': "lineplot takes no “lnewidth”; what to do: write linewidth=",
    'table.sort_values("change", asending=False)': "sort_values takes no “asending”; what to do: write ascending=",
    'report.table("x", table, hedings={})': "table takes no “hedings”; what to do: write headings=",
    'report.voices("x", table, names={})': "voices takes no “names”; what to do: leave it out (voices takes name, frame, he, en)",  # name is given
    # a name of a module or an object
    "sns.swarmplt(table)": "seaborn has no “swarmplt”; what to do: write swarmplot",
    "pd.Serie([1])": "pandas has no “Serie”; what to do: write Series",
    'table["wave"].value_count()': "Series has no “value_count”; what to do: write value_counts",
    'table.grupby("wave")': "DataFrame has no “grupby”; what to do: write groupby",
    "plt.gca().set_xlable('x')": "Axes has no “set_xlable”; what to do: write set_xlabel",
    "table.chnage": '“table” has no column “chnage”; what to do: write "change" (there are measure, wave, change)',
    # a row
    'keyed.loc["motivaton"]': 'there is no “motivaton” among the values of “measure”; what to do: write "motivation"',
    'keyed.loc[["motivaton"]]': 'there is no “motivaton” among the values of “measure”; what to do: write "motivation"',
    'keyed.loc["motivaton", "change"]': 'no “motivaton” among the values of “measure”; what to do: write "motivation"',
    'keyed.at["motivation", "chnage"]': '“keyed” has no column “chnage”; what to do: write "change" (there are wave, change)',
    'keyed.drop("motivaton")': 'there is no “motivaton” among the values of “measure”; what to do: write "motivation"',
    'two.xs("motivaton")': 'there is no “motivaton” among the values of “measure”; what to do: write "motivation"',
    # words where numbers are asked for
    "sns.heatmap(table)": 'holds words in "measure", "wave"; what to do: put them into its index: table.set_index(["measure", "wave"])',
    "sns.heatmap(keyed)": 'put them into its index: keyed.set_index("wave")',
    # what is no function, and keys
    'report.released("changes")': '“report.released” is a dict and no function; what to do: write report.kept("changes")',
    'report.read("changes")': 'Report has no “read”; what to do: write report.kept("changes")',
    'report.released["chnages"]': '“report.released” has no “chnages”; what to do: write report.released["changes"]',
    'report.released["gaps"]': '“report.released” has no “gaps”; what to do: write report.kept("gaps")',
    'study.scores("x")': "“study.scores” is a DataFrame and no function; what to do: write study.scores",
    "study.waves()": "“study.waves” is a list and no function; what to do: write study.waves",
    "report.safe.crosstab(1)": "the arguments do not fit; what to do: write report.safe.crosstab(index, columns, values=…, aggfunc=…, normalize=…, margins=…)",
    'report.table(table, en="a")': "the arguments do not fit; what to do: write report.table(name, frame, he=…, en=…, show=…, rows=…, note=…, when=…, headings=…)",
    "report.safe.pivot_table(table, values='change', index='wave', observed=True)": "pivot_table takes no “observed”; what to do: leave it out (pivot_table takes data, values, index, columns, aggfunc, margins)",
    "report.safe.value_counts(table)": "SafeTables has no “value_counts”; what to do: use one of crosstab, pivot_table, apply, results, assign, sum, diff, share",
    'report.figure("own", plt.figure(), en="a", he="b")': '        report.figure("own", table, bars, en="…", he="…")',
}


@pytest.mark.parametrize("source", SAID)
def test_what_was_meant_is_told_beneath_the_error(source):
    assert told(source).endswith(SAID[source])


UNKNOWN = (
    'sns.swarmplot(table, x="change", y="wave", zzzz=5)',
    'sns.barplot(table, x="change", hue="wave", palette="blus")',
    "pd.zzzz",
    'people.groupby("wave").get_group("motivaton")',
    'two.loc[("motivation", "c")]',
    'float("motivation")',
    'table["measure"].astype(float)',
    "None.strip()",
    "print().zz",
    "{}['a']",
    "len()",
    "(lambda a: a)(b=1)",
)


@pytest.mark.parametrize("source", UNKNOWN)
def test_where_it_cannot_be_known_nothing_is_said(source):
    assert told(source) == ""
