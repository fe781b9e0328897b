"""What notebooks of an earlier form called, and what to write now: the analysis stands in the notebooks themselves."""

import re

NOW = {  # what is no longer there: what to write instead
    "projects": "study.choices.query(\"role == 'project_stage'\"), as notebooks/04_projects.ipynb does",
    "network": "study.ties, as notebooks/05_network.ipynb does, then safe.results(table)",
    "response_rates": 'study.response.groupby("wave")["answered"].sum(), as notebooks/02_describe.ipynb does',
    "room_left": "study.scores beside study.ends, then safe.results(table)",
    "other_questions": "study.choices and study.options, then safe.results(table)",
    "levels_on": "study.answers[study.answers.measure.isin(study.statements_on(…))], then pd.get_dummies(….category)",
    "chosen": "study.choices and study.options, as notebooks/05_network.ipynb does",
    "move_bar": "def bars(axes, table): sns.barplot(table, x=…, y=…, ax=axes)",
    "moved_bars": "def bars(axes, table): sns.barplot(table, x=…, y=…, ax=axes)",
    "count_bars": "def bars(axes, table): sns.barplot(table, x=…, y=…, ax=axes)",
    "rows_of": "changes.query(\"kind == 'scale' and group == 'all'\")",
    "by_group": "changes.query(\"kind == 'scale' and group != 'all'\")",
    "named_groups": "changes.query(\"group != 'all' and family.notna()\")",
    "of_other_pairs": "changes.drop(main.index)",
    "with_moves": 'scales.dropna(subset="n_up")',
    "any_shown": "~table.hidden.all()",
}
MISSING = re.compile(r"(?:cannot import name|has no attribute|No module named) ['“](?:[\w.]*\.)?(\w+)['”]")


def instead(said: str) -> str:
    """What to do about an error that a notebook of the earlier form makes; nothing for any other error."""
    found = MISSING.search(said)
    if found is None or found[1] not in NOW:
        return ""
    return (
        f"; it is of the earlier form; what to do: begin with study, safe = report.study, report.safe and write\n"
        f"        {NOW[found[1]]}\n    (notebooks/README.md, “For the analyst”)"
    )
