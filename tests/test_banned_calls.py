"""No notebook and no module of the package makes one of the calls that the statistical plan bans.

A scan of the code itself, so it sees only what the code shows: which function, which arguments, what is done to the
answers on the way in. Each rule is shown to fail on a planted example and to let the right form pass.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

OF_CHANGE = {"linked_change", "top_box_change", "preservation", "linked_gap_change"}
OF_CHANGE |= {"ttest_rel", "wilcoxon", "ttost_paired"}
OF_ANSWERS = OF_CHANGE | {"unlinked_change", "unlinked_gap_change", "sign_flip", "pratt", "mannwhitneyu", "ttest_ind"}
ROBUST = ("HC0", "HC1", "HC2", "HC3", "cluster", "hac-panel", "hac-groupsum")


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def argument(call: ast.Call, name: str, position: int | None = None) -> ast.expr | None:
    """An argument given by name, or by position where the signature has one."""
    by_name = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in by_name or position is None or position >= len(call.args):
        return by_name.get(name)
    return call.args[position]


def says(node: ast.expr | None, *values: object) -> bool:
    """Is it one of these constants, as written? (1 is not True.)"""
    return isinstance(node, ast.Constant) and (type(node.value), node.value) in [(type(v), v) for v in values]


def inside(node: ast.AST, *names: str) -> bool:
    """Does the expression read or call an attribute of one of these names?"""
    return any(isinstance(part, ast.Attribute) and part.attr in names for part in ast.walk(node))


def arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


# The rules: a call, and what is wrong with it ----------------------------------------------------------------------


def exact_rank_tests_of_scipy(call: ast.Call) -> bool:
    """1. SciPy's exact signed-rank and rank-sum p are wrong with zeros and ties, which answers always have."""
    return name_of(call) in ("wilcoxon", "mannwhitneyu") and any(
        says(argument(call, name), "exact") for name in ("method", "mode")
    )


def pratt_in_scipy(call: ast.Call) -> bool:
    """1. Pratt's zeros in SciPy: left to choose, it may take the wrong exact p."""
    return name_of(call) == "wilcoxon" and says(argument(call, "zero_method", 2), "pratt")


def robust_errors_without_t(call: ast.Call) -> bool:
    """2. HC and cluster errors of statsmodels take a normal reference unless told use_t=True."""
    names_one = any(says(argument(call, name), *ROBUST) for name in ("cov_type", "cov"))
    names_one |= name_of(call) == "get_robustcov_results" and says(argument(call, "cov_type", 0), *ROBUST)
    return names_one and not says(argument(call, "use_t"), True)


def corrected_mcnemar(call: ast.Call) -> bool:
    """2. McNemar's chi-square with its correction fails when as many joined as left."""
    return (
        name_of(call) == "mcnemar"
        and says(argument(call, "exact", 1), False)
        and not says(argument(call, "correction", 2), False)
    )


def fisher_of_a_larger_table(call: ast.Call) -> bool:
    """2. Fisher's test of anything but a plain 2×2 is an unseeded Monte Carlo in SciPy."""
    if name_of(call) != "fisher_exact":
        return False
    table = argument(call, "table", 0)
    rows = table.elts if isinstance(table, ast.List | ast.Tuple) else []
    return not (len(rows) == 2 and all(isinstance(row, ast.List | ast.Tuple) and len(row.elts) == 2 for row in rows))


def permutation_of_floats(call: ast.Call) -> bool:
    """3. SciPy's permutations compare floats, where noise breaks ties: ours count in whole units."""
    return name_of(call) in ("permutation_test", "PermutationMethod")


def finite_population_in_a_test(call: ast.Call) -> bool:
    """4. A finite-population correction of a change: only the mean of one wave may be told for the roster."""
    if name_of(call) == "roster_mean":
        values = argument(call, "values", 0)
        return isinstance(values, ast.BinOp) or "change" in ast.unparse(values).lower()
    return any(
        keyword.arg and ("fpc" in keyword.arg or "finite_population" in keyword.arg) for keyword in call.keywords
    )


def pairing_by_row_order(call: ast.Call) -> bool:
    """5. Linked waves stripped of their index, or set side by side after it was thrown away."""
    if name_of(call) in OF_CHANGE:
        return any(inside(value, "values", "to_numpy", "tolist", "reset_index") for value in arguments(call))
    side_by_side = name_of(call) == "concat" and says(argument(call, "axis", 1), 1, "columns")
    return side_by_side and any(drops_the_index(part) for value in arguments(call) for part in ast.walk(value))


def drops_the_index(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and name_of(node) == "reset_index" and says(argument(node, "drop", 1), True)


def pooling_of_items(call: ast.Call) -> bool:
    """5. All items of all people poured into one test as if they were independent answers."""
    return name_of(call) in OF_ANSWERS and any(
        inside(value, "stack", "melt", "ravel", "flatten") for value in arguments(call)
    )


RULES = [
    exact_rank_tests_of_scipy,
    pratt_in_scipy,
    robust_errors_without_t,
    corrected_mcnemar,
    fisher_of_a_larger_table,
    permutation_of_floats,
    finite_population_in_a_test,
    pairing_by_row_order,
    pooling_of_items,
]


def banned(source: str) -> list[tuple[int, str]]:
    """Line and rule of every banned call in a piece of Python."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [(call.lineno, rule.__name__) for call in calls for rule in RULES if rule(call)]


def python_of(cell: str) -> str:
    """A notebook cell without its magics and shell lines, line numbers kept."""
    if cell.lstrip().startswith("%%"):
        return ""
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in cell.splitlines())


def sources(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and Python of every module and every code cell below a folder."""
    for path in sorted(folder.rglob("*.py")):
        yield str(path.relative_to(folder)), path.read_text(encoding="utf-8")
    for path in sorted(folder.rglob("*.ipynb")):
        if ".ipynb_checkpoints" in path.parts:
            continue
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], 1):
            if cell["cell_type"] == "code":
                yield f"{path.relative_to(folder)} cell {number}", python_of("".join(cell["source"]))


def test_nothing_in_the_notebooks_or_the_package_is_banned():
    found = [f"{name}, line {line}: {rule}" for name, source in sources(NOTEBOOKS) for line, rule in banned(source)]
    assert not found, "\n".join(found)


PLANTED = [
    ("exact_rank_tests_of_scipy", 'stats.wilcoxon(change, method="exact")'),
    ("exact_rank_tests_of_scipy", 'mannwhitneyu(first, second, method="exact")'),
    ("exact_rank_tests_of_scipy", 'stats.wilcoxon(change, zero_method="pratt", method="exact")'),
    ("pratt_in_scipy", 'stats.wilcoxon(change, zero_method="pratt")'),
    ("pratt_in_scipy", 'stats.wilcoxon(first, second, "pratt")'),
    ("robust_errors_without_t", 'OLS(y, x).fit(cov_type="HC3")'),
    ("robust_errors_without_t", 'OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": ids}, use_t=False)'),
    ("robust_errors_without_t", 'fit.get_robustcov_results("HC3")'),
    ("corrected_mcnemar", "mcnemar(table, exact=False)"),
    ("corrected_mcnemar", "mcnemar(table, False, True)"),
    ("fisher_of_a_larger_table", "stats.fisher_exact(pd.crosstab(group, answered))"),
    ("fisher_of_a_larger_table", "stats.fisher_exact([[1, 2, 3], [4, 5, 6]])"),
    ("permutation_of_floats", "stats.permutation_test((first, second), difference)"),
    ("permutation_of_floats", "stats.ttest_ind(first, second, method=stats.PermutationMethod())"),
    ("finite_population_in_a_test", "paired_t(change, fpc=39)"),
    ("finite_population_in_a_test", "response.roster_mean(linked.change, 39)"),
    ("finite_population_in_a_test", "roster_mean(follow_up - programme_end, 39)"),
    ("pairing_by_row_order", "linked_change(first.to_numpy(), second.to_numpy())"),
    ("pairing_by_row_order", "stats.ttest_rel(first.values, second.values)"),
    ("pairing_by_row_order", "pd.concat([first.reset_index(drop=True), second.reset_index(drop=True)], axis=1)"),
    ("pooling_of_items", "sign_flip((second - first).stack())"),
    ("pooling_of_items", "unlinked_change(first.to_numpy().ravel(), second.to_numpy().ravel())"),
]

ALLOWED = [
    "stats.ttest_rel(second, first).confidence_interval(0.95)",
    'OLS(y, x).fit(cov_type="HC3", use_t=True)',
    "mcnemar(table, exact=True)",
    "mcnemar(table, exact=False, correction=False)",
    "stats.fisher_exact([[3, 1], [1, 3]])",
    "linked_change(linked.programme_end, linked.follow_up)",
    "linked_change(values, later)",
    'linked_change(scores.unstack("wave")["programme_end"], scores.unstack("wave")["follow_up"])',
    "roster_mean(follow_up, 39)",
    "pd.concat([first, second], axis=1)",
    "pd.concat([a.reset_index(drop=True), b.reset_index(drop=True)])",
    "answers.stack()",
]


@pytest.mark.parametrize(("rule", "code"), PLANTED)
def test_every_rule_finds_what_it_bans(rule, code):
    assert rule in [found for _, found in banned(code)]


@pytest.mark.parametrize("code", ALLOWED)
def test_the_right_form_passes(code):
    assert banned(code) == []


def test_every_rule_has_a_planted_example():
    assert {rule for rule, _ in PLANTED} == {rule.__name__ for rule in RULES}


def test_a_banned_call_in_a_notebook_or_a_module_is_found(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ['stats.wilcoxon(x, method="exact")']},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!ls\n", 'stats.wilcoxon(x, method="exact")']},
        {"cell_type": "code", "source": ["%%bash\n", "not python ("]},
    ]
    (tmp_path / "03_compare.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (tmp_path / "followup" / "statistics").mkdir(parents=True)
    (tmp_path / "followup" / "statistics" / "linked_change.py").write_text("permutation_test(x)\n", encoding="utf-8")
    found = [(name, line) for name, source in sources(tmp_path) for line, _ in banned(source)]
    assert found == [("followup/statistics/linked_change.py", 1), ("03_compare.ipynb cell 2", 3)]
