"""What a change was tested by: p, standard error and effect size, each under the name of its method."""

from followup.statistics.linked_change import LinkedChange
from followup.statistics.unlinked_change import PartlyLinkedChange, UnlinkedChange


def test_of(result: LinkedChange | PartlyLinkedChange | UnlinkedChange) -> dict:
    """The columns that a test gives a row of changes; `nobody_changed` says that all linked gave the same answer again."""
    if isinstance(result, UnlinkedChange):
        return _test_of_unlinked(result)
    linked = result if isinstance(result, LinkedChange) else result.linked
    moves = {
        "effect_size": linked.rank_biserial,
        "effect": "rank_biserial",
        "n_up": linked.n_up,
        "n_same": linked.n_same,
        "n_down": linked.n_down,
    }
    same_again = linked.n > 1 and linked.n_same == linked.n
    if isinstance(result, LinkedChange):
        row = {"se": result.sd / result.n**0.5 if result.n > 1 else None, "df": result.n - 1}
        tested = {"nobody_changed": same_again, "test": "sign_flip", "p": result.p_sign_flip, "p_pratt": result.p_pratt}
        return row | tested | moves | {"no_test": result.no_test}
    low, high = linked.ci95 or (None, None)
    alone = result.n_earlier_only + result.n_later_only
    row = {"se": result.se, "df": result.df, "nobody_changed": not alone and same_again}
    of_linked = {"change_linked": linked.change, "linked_low": low, "linked_high": high}
    return row | {"test": "partly_linked", "p": result.p} | moves | of_linked | {"no_test": result.no_test}


def _test_of_unlinked(result: UnlinkedChange) -> dict:
    low, high = result.superiority_ci95 or (None, None)
    return {
        "se": result.se,
        "df": result.df,
        "nobody_changed": False,
        "test": result.test,
        "p": result.p,
        "effect_size": result.cliffs_delta,
        "effect": "cliffs_delta",
        "delta": result.cliffs_delta,
        "superiority": result.superiority,
        "superiority_low": low,
        "superiority_high": high,
        "no_test": result.no_test,
    }
