"""From what is published alone nothing hidden can be narrowed down; and the attack finds it where protection is weaker.

Groups' means, counts of who answered, the five answers of a statement, counts of options: in the cohorts that are
shipped, in the small one that holds every oddity, and in seeded random cohorts. A hidden number must be able to be
anything within the threshold's width, or within all that it could be before anything was published.
"""

import attack
import numpy as np
import pandas as pd
import pytest
from attack import TENTH, as_published
from checkouts import Checkout
from followup.disclosure.output_check import NotForPublication, Rules
from followup.disclosure.suppression import protected_options
from followup.study.cohort import open_cohort
from followup.study.params import Disclosure
from scipy import stats

POLICY = Disclosure()
WAVES = ("programme_end", "follow_up")
NOTHING = pd.DataFrame()
ABOUT = ("measure", "group", "verdict_by")
CODEBOOK = open_cohort("1").codebook


# ------------------------------------------------------------ what was built, and what only the institute knows


SHIPPED = ("1", "2", "3", "local-3")


class Truth:
    """Who answered what in a built cohort: private, and known to no reader."""

    def __init__(self, checkout: Checkout, name: str):
        self.cohort = open_cohort(name, checkout.root)
        self.people, self.scores = self.cohort.read("participants"), self.cohort.read("scores")

    def sizes(self, measure: str) -> dict[str, dict[str, int]]:
        """How many of each group the changes of a scale rest on in each wave."""
        trait, linked = self.cohort.params.groups_by, self.cohort.params.link == "by_id"
        mine = self.scores[self.scores["scale"] == measure].dropna(subset=["score"])
        both = set.intersection(*(set(mine.loc[mine["wave"] == wave, "respondent"]) for wave in WAVES))
        group_of = self.people.set_index("participant")[trait]
        sizes = {}
        for wave in WAVES:
            answered = both if linked else set(mine.loc[mine["wave"] == wave, "respondent"])
            groups = group_of.reindex(sorted(answered)).fillna("outside").value_counts()
            sizes[wave] = {str(group): int(n) for group, n in groups.items()}
        return sizes


# ------------------------------------------------------------ means of hidden groups


def least_width(prior: float, threshold: int) -> float:
    """How wide a hidden number must stay: the threshold, or all that it could have been before."""
    return min(threshold, prior) - 1e-6


def narrowed(
    rows: pd.DataFrame, sizes: dict, codes: tuple, gaps: pd.DataFrame = NOTHING, give_of_all: float = attack.FULL
) -> dict:
    """Of each hidden group and wave: (width of what its sum may be, width that is needed)."""
    attacked = attack.on_group_means(rows, sizes, codes, give_of_all=give_of_all)
    attack.learn_gaps(attacked, gaps, sizes)
    hidden = rows.loc[rows["hidden"].astype(bool) & (rows["group"] != "all"), "group"]
    found = {}
    for wave, groups in sizes.items():
        for group in {*hidden} & {*groups}:
            n = groups[group]
            found[wave, group] = attacked.width({(wave, group): 1.0}), least_width((codes[1] - codes[0]) * n, 8)
    return found


@pytest.mark.parametrize("name", ["2", "local-3", "small"])
def test_no_hidden_group_has_a_mean_that_can_be_told(house, name):
    """From changes, gaps and the sizes of all groups, in every cohort that hides one."""
    checkout = house(name)
    truth, changes, gaps = Truth(checkout, name), checkout.result(name, "changes"), checkout.result(name, "gaps")
    attacked = 0
    for measure, rows in changes[changes["kind"] == "scale"].groupby("measure"):
        if not rows["hidden"].any():
            continue
        sizes = truth.sizes(measure)
        codes = truth.cohort.codebook.options_of(measure).codes
        mine = gaps[gaps["measure"] == measure] if len(gaps) else gaps
        for (wave, group), (width, needed) in narrowed(rows, sizes, (codes[0], codes[-1]), mine, TENTH).items():
            assert width >= needed, (measure, wave, group)
            attacked += 1
    assert attacked >= 2


SIZES = {"hq": 12, "op": 10, "local": 7}


def made_up(sizes: dict[str, int], outside: int, rng: np.random.Generator, decimals: int | None = None) -> tuple:
    """A cohort's rows before protection, for two waves of the same people on a scale of 1 to 5, and its true sums."""
    people = pd.Series([group for group, n in sizes.items() for _ in range(n)] + ["outside"] * outside)
    centre = rng.uniform(2.5, 4.2)
    waves = {wave: np.clip(np.round(rng.normal(centre, 0.8, len(people)) * 4) / 4, 1, 5) for wave in WAVES}
    rows = []
    for group in ("all", *sizes):
        mine = people.isin([*sizes, "outside"]) if group == "all" else people == group
        first, second = (waves[wave][mine.to_numpy()] for wave in WAVES)
        values = [first.mean(), second.mean(), (second - first).mean()] if len(first) else [None] * 3
        if decimals is not None and group != "all" and len(first):
            values = [round(value, decimals) for value in values]
        unanimous = len(first) > 0 and (np.ptp(first) == 0 or np.ptp(second) == 0)
        rows.append(("scale", group, len(first), *values, unanimous, "plan"))
    columns = [
        "measure",
        "group",
        "n_linked",
        "mean_earlier",
        "mean_later",
        "change",
        "unanimous",
        "verdict_by",
    ]
    sums = {(wave, group): waves[wave][(people == group).to_numpy()].sum() for wave in WAVES for group in sizes}
    return pd.DataFrame(rows, columns=columns), sums


def same_in_both(sizes: dict[str, int], outside: int) -> dict[str, dict[str, int]]:
    groups = {group: n for group, n in {**sizes, "outside": outside}.items() if n}
    return dict.fromkeys(WAVES, groups)


def test_the_attack_recovers_a_group_of_which_only_its_own_row_is_hidden():
    """Twelve and ten shown to two decimals, the seven hidden: their sum follows to within a point, which is the truth."""
    rows, sums = made_up(SIZES, 0, np.random.default_rng(7), decimals=2)
    careless = rows.assign(hidden=rows["group"] == "local")
    values = ["mean_earlier", "mean_later", "change"]
    careless[values] = careless[values].mask(careless["hidden"])
    attacked = attack.on_group_means(careless, same_in_both(SIZES, 0), (1, 5), give=0.005)
    for wave in WAVES:
        low, high = attacked.bounds({(wave, "local"): 1.0})
        assert low - 1e-6 <= sums[wave, "local"] <= high + 1e-6
        assert high - low < 1
    protected = as_published(rows, POLICY, "n_linked", (*ABOUT, "unanimous"))
    for width, needed in narrowed(protected, same_in_both(SIZES, 0), (1, 5)).values():
        assert width >= needed == pytest.approx(8)


@pytest.mark.parametrize("seed", range(40))
def test_the_rule_holds_in_random_small_cohorts(seed):
    rng = np.random.default_rng(seed)
    sizes = {f"g{place}": int(rng.integers(0, 16)) for place in range(rng.integers(2, 6))}
    outside = int(rng.integers(0, 10)) if rng.random() < 0.4 else 0
    rows, _ = made_up(sizes, outside, rng)
    shown = as_published(rows, POLICY, "n_linked", (*ABOUT, "unanimous"))
    for where, (width, needed) in narrowed(shown, same_in_both(sizes, outside), (1, 5)).items():
        assert width >= needed, (sizes, outside, where)


def test_in_as_many_random_cohorts_hiding_small_groups_only_would_not_do():
    """The same cohorts, with every group of eight shown and every smaller one hidden: in many a sum follows."""
    recovered = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        sizes = {f"g{place}": int(rng.integers(0, 16)) for place in range(rng.integers(2, 6))}
        rows, _ = made_up(sizes, 0, rng, decimals=1)
        careless = rows.assign(hidden=(rows["group"] != "all") & (rows["n_linked"] < 8))
        values = ["mean_earlier", "mean_later", "change"]
        careless[values] = careless[values].mask(careless["hidden"])
        found = narrowed(careless, same_in_both(sizes, 0), (1, 5))
        recovered += any(width < needed for width, needed in found.values())
    assert recovered >= 10


# ------------------------------------------------------------ the five answers of a statement


def five_answers(checkout: Checkout, name: str):
    """Each statement of a built cohort: (item, attack, how many gave each answer in truth)."""
    truth = Truth(checkout, name)
    codebook, linked = truth.cohort.codebook, truth.cohort.params.link in ("by_id", "same_row")
    items, changes = checkout.result(name, "items"), checkout.result(name, "changes")
    responses = truth.cohort.read("responses").dropna(subset=["value"])
    for item, statements in items.groupby("measure", sort=False):
        rows = changes[(changes["measure"] == item) & (changes["group"] == "all")] if len(changes) else changes
        rows = rows.assign(reverse_coded=codebook.items[item].reverse_coded) if len(rows) else rows
        mine = responses[responses["item"] == item]
        given = {wave: part["value"].value_counts().to_dict() for wave, part in mine.groupby("wave")}
        yield item, statements, rows, linked, given


def told(attacked: attack.Attack, statements: pd.DataFrame) -> list[tuple]:
    """The cells of the five answers that are narrowed below the threshold's width by more than the three categories."""
    alone = attack.on_five_answers(statements.drop(columns="mean", errors="ignore"), pd.DataFrame(), True)
    cells = [(wave, code) for wave in statements["wave"] for code in (1, 2, 4, 5)]
    return [
        cell for cell in cells if attacked.width({cell: 1}) < least_width(alone.width({cell: 1}), POLICY.least_cell)
    ]


@pytest.mark.parametrize("name", SHIPPED)
def test_three_categories_and_a_change_do_not_tell_the_five_answers(house, name):
    attacked = 0
    for item, statements, changes, linked, given in five_answers(house(name), name):
        one = attack.on_five_answers(statements, changes, linked)
        for wave, answers in given.items():
            low, high = one.bounds({(wave, 5): 1})
            assert low - 1e-6 <= answers.get(5, 0) <= high + 1e-6
        assert told(one, statements) == [], item
        attacked += 1
    assert attacked > 20


def in_three(statements: pd.DataFrame, given: dict[str, dict]) -> pd.DataFrame:
    """The same statements with all three categories told, whoever they are of."""
    counts = {
        category: [sum(given[wave].get(code, 0) for code in codes) for wave in statements["wave"]]
        for category, codes in attack.CATEGORIES.items()
    }
    return statements.assign(**counts)


def test_with_a_mean_beside_them_they_would_be_told(house):
    """Cohort 3: three categories, and the mean to two decimals, give back single answers exactly, and rightly."""
    checkout, recovered = house("3"), 0
    for _, shown, _, _, given in five_answers(checkout, "3"):
        statements = in_three(shown, given)
        row = statements.iloc[0]
        answers = given[row["wave"]]
        mean = round(sum(code * n for code, n in answers.items()) / row["n"], 2)
        one = attack.on_five_answers(statements.assign(mean=mean, give=0.005), pd.DataFrame(), True)
        for code in (1, 2, 4, 5):
            low, high = one.bounds({(row["wave"], code): 1})
            if high - low < 0.5:
                assert round(low) == answers.get(code, 0)
                recovered += code > 3
    assert recovered >= 8


def every_split(row: pd.Series) -> np.ndarray:
    """All five answers that three categories leave open: one row for each, a column an answer."""
    low, middle, high = int(row["n_low"]), int(row["n_middle"]), int(row["n_high"])
    return np.array([(a, low - a, middle, b, high - b) for a in range(low + 1) for b in range(high + 1)])


def welch(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of every split of one wave against every split of the other: the mean change, and half the 95% interval."""
    moments = []
    for splits in (first, second):
        n, codes = splits[0].sum(), np.arange(1, 6)
        mean = splits @ codes / n
        moments.append((n, mean, (splits @ codes**2 - n * mean**2) / (n - 1) / n))
    (n1, mean1, v1), (n2, mean2, v2) = moments
    v1, v2 = v1[:, None], v2[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        df = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
        return mean2[None, :] - mean1[:, None], stats.t.ppf(0.975, df) * np.sqrt(v1 + v2)


def test_with_an_interval_beside_it_a_change_of_unlinked_waves_would_tell_them(house):
    """Every split is tried. The change to one decimal leaves dozens; with its interval, a few. So none is published."""
    checkout, narrowed_by = house("local-3"), {"change": 0, "interval": 0}
    items = checkout.result("local-3", "changes").query("kind == 'item'")
    assert items[["ci_low", "ci90_low"]].isna().all(axis=None)
    assert {"p", "effect_size", "detectable"}.isdisjoint(items)
    for _, shown, changes, _, given in five_answers(checkout, "local-3"):
        statements = in_three(shown, given)
        if len(statements) < 2 or statements["n_high"].min() < POLICY.least_cell or len(changes) == 0:
            continue
        rows = statements.set_index("wave")
        first, second = (every_split(rows.loc[wave]) for wave in WAVES)
        true = [np.array([[given[wave].get(code, 0) for code in range(1, 6)]]) for wave in WAVES]
        (change, half), (said, said_half) = welch(first, second), welch(*true)
        fits = np.abs(change - np.round(said, 1)) <= TENTH
        ends = [np.abs(change + sign * half - np.round(said + sign * said_half, 1)) <= TENTH for sign in (1, -1)]
        for name, left in (("change", fits), ("interval", fits & ends[0] & ends[1])):
            fives = second[left.any(axis=0)][:, 4]
            narrowed_by[name] += np.ptp(fives) < POLICY.least_cell
    assert narrowed_by["change"] == 0
    assert narrowed_by["interval"] >= 10


# ------------------------------------------------------------ counts: options, and who answered


@pytest.mark.parametrize("name", SHIPPED)
def test_no_small_count_of_an_option_is_told(house, name):
    """A count that is "fewer than five" may be anything from nobody to four: as wide as the threshold."""
    checkout, hidden = house(name), 0
    for result in ("helped", "hindered", "wishes"):
        table = checkout.result(name, result)
        for row in table.to_dict("records"):
            one = attack.Attack()
            one.unknown("chose", 0, row["n"], whole=True)
            if shown := not pd.isna(row["n_chosen"]):
                one.learn({"chose": 1}, row["n_chosen"])
            else:
                one.learn_bounds({"chose": 1}, 0, row["least_cell"] - 1)
                hidden += 1
            low, high = one.bounds({"chose": 1})
            assert (low >= POLICY.least_cell) if shown else (high - low + 1 == POLICY.least_cell)
    assert hidden >= (0 if name == "3" else 2)


def test_an_option_that_few_chose_is_a_number_before_it_is_protected():
    counts = pd.DataFrame({"option": [1, 2, 3], "n_chosen": [4, 5, 0], "n": 29})
    assert protected_options(counts, POLICY)["n_chosen"].isna().tolist() == [True, False, True]


@pytest.mark.parametrize("name", ["2", "local-3", "small"])
def test_how_many_of_a_hidden_group_answered_does_not_follow(house, name):
    """From the table of changes: the total, and the groups that are shown; roster sizes are known to the attacker."""
    checkout, attacked = house(name), 0
    truth, changes = Truth(checkout, name), checkout.result(name, "changes")
    for measure, rows in changes[changes["kind"] == "scale"].groupby("measure"):
        sizes = truth.sizes(measure)
        for wave, groups in sizes.items():
            column = f"n_{attack.PLACES[wave]}" if truth.cohort.params.link != "by_id" else "n_linked"
            published = rows.set_index("group")[column].drop("all").to_dict()
            total = int(rows.set_index("group").loc["all", column])
            assert total == sum(groups.values())
            known = attack.on_counts(total, published, {group: n + 6 for group, n in groups.items()})
            for group, n in groups.items():
                if n < POLICY.least_cell and group != "outside":
                    assert known.width({group: 1}) >= POLICY.least_cell
                    attacked += 1
    assert attacked >= (0 if name == "2" else 2)


def test_the_count_of_a_small_group_follows_where_only_its_own_row_is_empty():
    """33 answered, 26 and 4 are shown: the third group is three people, whatever stands in its row."""
    known = attack.on_counts(33, {"local": 26, "state": 4}, {"local": 33, "state": 33, "third": 33})
    assert known.bounds({"third": 1}) == (3, 3)


def test_a_group_of_one_mind_is_not_told(built):
    """Ten of ten gave one answer. Their mean, a whole number, would tell what each of them said; B131."""
    rng = np.random.default_rng(3)
    rows, _ = made_up({"hq": 12, "op": 10, "local": 9}, 0, rng)
    rows.loc[rows["group"] == "op", ["mean_later", "unanimous"]] = [4.0, True]
    shown = as_published(rows, POLICY, "n_linked", (*ABOUT, "unanimous")).set_index("group")
    assert shown.loc["op", "hidden"]
    assert shown["hidden"].sum() == 2
    careless = rows.drop(columns="unanimous").assign(n_linked=rows["n_linked"], mean_later=5.0)
    careless = as_published(careless, POLICY, "n_linked", ABOUT).assign(measure="motivation")
    with pytest.raises(NotForPublication, match="gave one answer to “motivation”"):
        Rules(POLICY, CODEBOOK).protected("x", careless.replace({"hq": "headquarters", "op": "operational"}))


# ------------------------------------------------------------ across cohorts


def test_what_is_compared_is_what_each_report_says_and_of_enough_people(everything):
    """B130: no row of the page that compares is about several cohorts, so no whole less parts is one of them."""
    names = set()
    for path in sorted(everything.path("compare", "results").glob("*.csv")):
        table = everything.result("compare", path.stem)
        if table.empty or path.stem == "wordings":
            continue
        assert set(table["cohort"].astype(str)) <= set(SHIPPED), path.stem
        names |= set(table["cohort"].astype(str))
        for size in ("n", "n_before") if path.stem in ("means", "against_before") else ():
            assert (table.get(size, pd.Series([8])) >= POLICY.least_group).all()
    assert names == set(SHIPPED)
    means = everything.result("compare", "means")
    for row in means.to_dict("records"):
        changes = everything.result(str(row["cohort"]), "changes")
        levels = everything.result(str(row["cohort"]), "levels").set_index(["measure", "wave"])["mean"]
        own = changes[(changes["measure"] == row["scale"]) & (changes["group"] == "all")] if len(changes) else changes
        said = (
            own.iloc[0][f"mean_{attack.PLACES[row['wave']]}"] if len(own) else levels.loc[(row["scale"], row["wave"])]
        )
        assert row["mean"] == pytest.approx(said)


def test_a_pool_of_all_cohorts_would_give_the_smallest_away_and_is_refused():
    """Three cohorts of 28, 31 and 5: the mean of all, and those of the first two, leave the five to half a point."""
    one = attack.Attack()
    for cohort, n in (("1", 28), ("2", 31), ("3", 5)):
        one.unknown(cohort, n, 5 * n)
    one.learn({"1": 1, "2": 1, "3": 1}, 3.87 * 64, 0.005 * 64)
    one.learn({"1": 1}, 4.01 * 28, 0.005 * 28)
    one.learn({"2": 1}, 3.7 * 31, 0.005 * 31)
    assert one.width({"3": 1}) < 1.5
    pooled = pd.DataFrame({"scale": ["motivation"], "n": [64], "mean": [3.87]})
    rules = Rules(POLICY, CODEBOOK, cohorts=("1", "2", "3"))
    for careless in (pooled, pooled.assign(cohort="all")):
        with pytest.raises(NotForPublication, match="several cohorts together"):
            rules.protected("means", careless)
    assert len(rules.protected("means", pooled.assign(cohort="2"))) == 1
