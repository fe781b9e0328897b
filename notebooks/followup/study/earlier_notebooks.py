"""What notebooks of an earlier form called, and what to write now: the analysis stands in the notebooks themselves."""

import ast
import re
from collections.abc import Iterator

BARS = "def bars(axes, table): sns.barplot(table, x=…, y=…, ax=axes)"
SIDE_BY_SIDE = "cohorts.results(…), as notebooks/90_cohorts.ipynb does"
IN_CATEGORIES = (
    "study.answers or study.scores, counted by category, then safe.results(table), as notebooks/02_describe.ipynb does"
)
NOW = {  # what is no longer there, with its module where the name alone says too little: what to write instead
    "projects": "study.choices.query(\"role == 'project_stage'\"), as notebooks/04_projects.ipynb does",
    "network": "study.ties, as notebooks/05_network.ipynb does, then safe.results(table)",
    "response_rates": 'study.response.groupby("wave")["answered"].sum(), as notebooks/02_describe.ipynb does',
    "room_left": "study.scores beside study.ends, then safe.results(table)",
    "scale_levels": IN_CATEGORIES,
    "item_levels": IN_CATEGORIES,
    "reliabilities": "reliability(answers side by side), as notebooks/02_describe.ipynb does, then safe.results(table)",
    "turned_warning": "the statements whose item_rest is below 0, as notebooks/02_describe.ipynb does",
    "other_questions": "study.choices and study.options, then safe.results(table)",
    "levels_on": "study.answers[study.answers.measure.isin(study.statements_on(…))], then pd.get_dummies(….category)",
    "chosen": "study.choices and study.options, as notebooks/05_network.ipynb does",
    "courses": 'changes.pivot(index="measure", columns=["compared_with", "wave"], values="verdict"), as notebooks/03_compare.ipynb does',
    "interviews": 'study.interviews.pivot_table("interview", "finding", "stance", aggfunc="nunique"), as notebooks/06_findings.ipynb does',
    "published_claims": 'claims.read_claims(study), then .merge(evidence, how="left", on=…), as notebooks/06_findings.ipynb does',
    "change_tables.columns": 'change_tables.told_columns(study.link, rows, ["measure", "n", "change"])',
    "one_pair_of_groups": 'len(gaps[["first", "second"]].drop_duplicates()) == 1',
    "report.exists": 'not report.kept("…").empty',
    "report.sentence": 'report.say(en="{weighting}", he="{weighting}", row=weights)',
    "move_bar": BARS,
    "moved_bars": BARS,
    "count_bars": BARS,
    "response_dots": BARS,
    "comparison.rows_of": "changes.query(\"kind == 'scale' and group == 'all'\")",
    "comparison.by_group": "changes.query(\"kind == 'scale' and group != 'all'\")",
    "comparison.named_groups": "changes.query(\"group != 'all' and family.notna()\")",
    "comparison.of_other_pairs": "changes.drop(main.index)",
    "comparison.with_moves": 'scales.dropna(subset="n_up")',
    "comparison.any_shown": "~table.hidden.all()",
    "against_before": "across_cohorts.estimated(cohorts, pairs), as notebooks/90_cohorts.ipynb does",
    "risen": "across_cohorts.moved(extents), as notebooks/90_cohorts.ipynb does",
    **dict.fromkeys(
        ("changes_table", "means_table", "projects_table", "response_table", "statements_table"), SIDE_BY_SIDE
    ),
    **dict.fromkeys(("across_cohorts.wordings", "not_compared", "of_the_latest"), SIDE_BY_SIDE),
    "checked_accounts": "accounting.check(clean.waves), as notebooks/01_clean.ipynb does",
    "columns_matched": 'clean.all("columns"), then pd.crosstab, as notebooks/01_clean.ipynb does',
    "rules_used": 'clean.log.groupby(["file", "rule"]).size(), as notebooks/01_clean.ipynb does',
    "linkage.decisions": 'clean.all("audit"), as notebooks/01_clean.ipynb does',
}
MISSING = re.compile(
    r"(?:['“](?P<module>[\w.]+)['”] (?:object )?has no attribute|cannot import name|No module named) "
    r"['“](?:(?P<path>[\w.]+)\.)?(?P<name>\w+)['”](?: from ['“](?P<source>[\w.]+)['”])?"
)


def instead(said: str) -> str:
    """What to do about an error that a notebook of the earlier form makes; nothing for any other error."""
    found = MISSING.search(said)
    now = found and _now(found["module"] or found["source"] or found["path"] or "", found["name"])
    return (
        f"; it is of the earlier form; what to do: begin with study, safe = report.study, report.safe and write\n"
        f"        {now}\n    (notebooks/README.md, “For the analyst”)"
        if now
        else ""
    )


def of_earlier_form(cell: ast.Module) -> Iterator[tuple[str, str, str]]:
    """What a cell takes from the package that is no longer there: what is wrong, what to write, what stands there."""
    what, ours = "this is of an earlier form", {}
    for node in ast.walk(cell):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("followup"):
            ours |= {alias.asname or alias.name: alias.name for alias in node.names}
            found = ((f"from {node.module} import {alias.name}", _now(node.module, alias.name)) for alias in node.names)
            yield from ((what, f"write {now}", stands) for stands, now in found if now)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            of, name = node.value.id, node.attr
            now = _now(ours[of], name) if of in ours else NOW.get(f"{of}.{name}")
            yield from [(what, f"write {now}", ast.unparse(node))] if now else []


def _now(module: str, name: str) -> str | None:
    """What to write instead of a name of one of our modules."""
    return NOW.get(f"{module.split('.')[-1].lower()}.{name}") or NOW.get(name)
