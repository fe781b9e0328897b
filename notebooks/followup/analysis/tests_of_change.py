"""What a change was tested by: p, effect size and the smallest change to be found, each under the name of its method."""

from followup.statistics.linked_change import LinkedChange
from followup.statistics.unlinked_change import PartlyLinkedChange, UnlinkedChange, welch_error
from followup.statistics.verdict_rule import detectable, minimum_detectable_change


def test_of(result: LinkedChange | PartlyLinkedChange | UnlinkedChange, waves) -> dict:
    """The columns that a test gives a row of changes; `waves` are the values of both waves (comparison.TwoWaves)."""
    if isinstance(result, LinkedChange):
        least = minimum_detectable_change(result.sd, result.n) if result.sd else None
        return {
            "test": "sign_flip",
            "p": result.p_sign_flip,
            "p_pratt": result.p_pratt,
            "effect_size": result.rank_biserial,
            "effect": "rank_biserial",
            "n_up": result.n_up,
            "n_same": result.n_same,
            "n_down": result.n_down,
            "detectable": least,
            "no_test": result.no_test,
        }
    if isinstance(result, PartlyLinkedChange):
        linked = result.linked
        low, high = linked.ci95 or (None, None)
        return {
            "test": "partly_linked",
            "p": result.p,
            "effect_size": linked.rank_biserial,
            "effect": "rank_biserial",
            "n_up": linked.n_up,
            "n_same": linked.n_same,
            "n_down": linked.n_down,
            "detectable": detectable(result.se, result.df) if result.se else None,
            "change_linked": linked.change,
            "linked_low": low,
            "linked_high": high,
            "no_test": result.no_test,
        }
    return _test_of_unlinked(result, waves)


def _test_of_unlinked(result: UnlinkedChange, waves) -> dict:
    low, high = result.superiority_ci95 or (None, None)
    least = detectable(*welch_error(*(wave.to_numpy() for wave in waves.both))) if result.ci95 else None
    return {
        "test": result.test,
        "p": result.p,
        "effect_size": result.cliffs_delta,
        "effect": "cliffs_delta",
        "superiority": result.superiority,
        "superiority_low": low,
        "superiority_high": high,
        "detectable": least,
        "no_test": result.no_test,
    }
