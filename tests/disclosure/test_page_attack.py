"""The attack on what is published together: the tables of both pages, and groups of two traits at once, linked beside all.

A page in either language leads to the same constraints as the files or to fewer; and where a page is made weaker than
the rules allow, the same attack finds it.
"""

import attack
import numpy as np
import pandas as pd
import pytest
from attack import TENTH
from bs4 import BeautifulSoup
from followup.disclosure.suppression import hidden_groups
from followup.study.cohort import open_cohort
from page_tables import answers, cells, number, results
from test_disclosure_attack import POLICY, Truth, five_answers, least_width, narrowed, told

LANGUAGES = ("en", "he")
PARTS = {  # tables of a page, and the file that they are part of
    "scale_changes-data": "changes",
    "changes": "changes",
    "group_changes": "changes",
    "named_changes": "changes",
    "item_changes": "changes",
    "gaps": "gaps",
}
KEYS = ["measure", "group", "first", "second"]


class Page:
    """One page of a built cohort, with what stands in its tables."""

    def __init__(self, checkout, name: str, language: str):
        self.truth, self.language = Truth(checkout, name), language
        self.codebook = self.truth.cohort.codebook
        self.soup = BeautifulSoup(checkout.page(name, language), "html.parser")

    def table(self, name: str) -> pd.DataFrame:
        return results(self.soup, name, self.codebook, self.language)

    def rows(self) -> pd.DataFrame:
        """Changes of scales, of everyone and of groups; of a hidden group nothing but its name."""
        rows = pd.concat([self.table(name) for name in ("scale_changes-data", "group_changes")], ignore_index=True)
        return rows.assign(hidden=rows["change"].isna())


# ------------------------------------------------------------ both pages, and the files


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["1", "2", "3", "local-3", "small"])
def test_a_page_tells_what_the_files_tell_and_no_more(house, name, language):
    checkout = house(name)
    page, compared = Page(checkout, name, language), 0
    for part, whole in PARTS.items():
        shown = page.table(part)
        if shown.empty:
            continue
        files = checkout.result(name, whole)
        keys = [key for key in KEYS if key in shown and key in files]
        both = shown.merge(files, on=keys, suffixes=("", "_of_file"), validate="one_to_one")
        assert len(both) == len(shown)
        for column in shown.columns.difference(KEYS):
            told_here = both[both[column].notna()]
            assert told_here[column].tolist() == pytest.approx(told_here[f"{column}_of_file"].tolist()), (part, column)
            compared += len(told_here)
    shown, files = answers(page.soup, "items", page.codebook, language), checkout.result(name, "items")
    both = shown.merge(files, on=["measure", "wave"], suffixes=("", "_of_file"), validate="one_to_one")
    for column in ("n", "n_low", "n_middle", "n_high", "n_not_high"):
        told_here = both[both[column].notna()]
        assert told_here[column].tolist() == told_here[f"{column}_of_file"].astype(float).tolist()
        compared += len(told_here)
    assert compared > 10


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["2"])  # the only one whose page shows some groups and hides others
def test_from_a_page_no_hidden_group_can_be_told(house, name, language):
    page, attacked = Page(house(name), name, language), 0
    for measure, rows in page.rows().groupby("measure"):
        for where, (width, needed) in group_attack(page, measure, rows).items():
            assert width >= needed, (measure, where)
            attacked += 1
    assert attacked >= 2


def group_attack(page: Page, measure: str, rows: pd.DataFrame) -> dict:
    """Of each hidden group of a scale: how wide its sum stays, and how wide it must, from a page's tables alone."""
    gaps = page.table("gaps")
    mine = gaps[gaps["measure"] == measure] if len(gaps) else gaps
    codes = page.codebook.options_of(measure).codes
    return narrowed(rows, page.truth.sizes(measure), (codes[0], codes[-1]), mine, TENTH)


def test_a_page_that_shows_one_group_too_many_gives_the_last_one_away(house):
    """Cohort 2 hides two of three groups. Headquarters' row is filled in with its true means: the third follows."""
    for language in LANGUAGES:
        page = Page(house("2"), "2", language)
        measure = "motivation"
        of_group = page.truth.people.set_index("participant")["sector_group"]
        mine = page.truth.scores[page.truth.scores["scale"] == measure].dropna(subset=["score"])
        mine = mine[mine["respondent"].map(of_group) == "headquarters"]
        means = mine.groupby("wave")["score"].mean()
        first, second = (f"{means[wave]:.1f}" for wave in ("programme_end", "follow_up"))
        row = planted_row(page, measure, "headquarters")
        for cell, value in zip(row.find_all(["th", "td"])[4:6], (first, second), strict=True):
            cell.string = value
        row.find_all(["th", "td"])[6].string = f"{means['follow_up'] - means['programme_end']:+.1f}"
        rows = page.rows()
        found = group_attack(page, measure, rows[rows["measure"] == measure])
        assert found
        assert all(width < needed for width, needed in found.values())


def planted_row(page: Page, measure: str, group: str):
    """The row of a page's table of groups that is about a measure and group."""
    table = page.table("group_changes")
    [place] = table.index[(table["measure"] == measure) & (table["group"] == group)]
    return page.soup.find(id="table-group_changes").select("tbody tr")[place]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["1"])
def test_from_a_page_the_five_answers_of_a_statement_do_not_follow(house, name, language):
    checkout = house(name)
    page, attacked = Page(checkout, name, language), 0
    levels, changes = answers(page.soup, "items", page.codebook, language), page.table("item_changes")
    for item, statements, rows, linked, _ in five_answers(checkout, name):
        mine = levels[(levels["measure"] == item) & levels["n"].notna()]
        if len(mine) < len(statements):
            continue  # a wave of which no counts leave
        own = changes[changes["measure"] == item].assign(reverse_coded=page.codebook.items[item].reverse_coded)
        one = attack.on_five_answers(mine, own if len(rows) else own.iloc[:0], linked)
        assert told(one, mine) == [], item
        attacked += 1
    assert attacked > 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_that_compares_says_of_a_cohort_what_its_own_page_says(everything, language):
    """No mean there has more digits, or is about more or fewer people, than the files of the same page."""
    shown = cells(BeautifulSoup(everything.page("compare", language), "html.parser"), "means-data")
    file = everything.result("compare", "means").dropna(subset=["mean"])
    titles = {
        name: getattr(open_cohort(name, everything.root).params.title, language) for name in file["cohort"].astype(str)
    }
    [*codes] = (
        next(name for name, title in titles.items() if told.casefold() in title.casefold()) for told in shown.iloc[:, 1]
    )
    said = list(zip(codes, shown.iloc[:, -2].map(number), shown.iloc[:, -1].map(number), strict=True))
    known = list(zip(file["cohort"].astype(str), file["n"], file["mean"], strict=True))
    assert len(said) >= 10
    assert {row for row in said if not np.isnan(row[-1])} <= set(known)


# ------------------------------------------------------------ two traits at once, linked beside all

SECTORS, SENIORITIES = ("hq", "op", "local"), ("junior", "middle", "senior")
ANSWERED = {"first": ("linked", "first_only"), "second": ("linked", "second_only"), "linked": ("linked",)}


def made_up_roster(rng: np.random.Generator) -> pd.DataFrame:
    """Forty people with two traits that go together somewhat, and what they answered."""
    n = int(rng.integers(30, 60))
    sector = rng.choice(SECTORS, n, p=rng.dirichlet([4, 4, 4]))
    likely = np.where(sector == "hq", 0.7, 0.25)
    seniority = np.where(rng.random(n) < likely, "senior", rng.choice(SENIORITIES, n))
    status = rng.choice(attack.STATUS, n, p=[0.6, 0.15, 0.05, 0.2])
    return pd.DataFrame({"sector": sector, "seniority": seniority, "status": status})


def published_counts(people: pd.DataFrame, careless: bool = False) -> list[tuple[tuple[str, ...], dict, int]]:
    """What leaves: how many answered each wave and both, of everyone, of each sector (changes) and of each seniority
    (who did not answer), where the rules let it; `careless` hides small groups alone, and looks at no silent people.
    """
    counts = [(statuses, {}, int(people["status"].isin(statuses).sum())) for statuses in ANSWERED.values()]
    for trait, names in (("sector", ("linked",)), ("sector", ("second",)), ("seniority", ("second",))):
        for name in names:
            answered = people["status"].isin(ANSWERED[name])
            n = answered.groupby(people[trait]).sum()
            hidden = hidden_groups(n, int(answered.sum()), POLICY.least_group) if not careless else n < 3
            if name == "second" and not careless:
                silent = (~answered).groupby(people[trait]).sum()
                hidden |= hidden_groups(silent, int((~answered).sum()), POLICY.least_cell)
            counts += [(ANSWERED[name], {trait: level}, int(n[level])) for level in n.index[~hidden]]
    return counts


def crossing_attack(people: pd.DataFrame, careless: bool = False) -> list[tuple]:
    """Of which levels, and crossed cells of two traits, it follows how many were silent, though neither trait tells it.

    A level must stay as open as the threshold or as one trait leaves it; of a crossed cell no count may be told exactly
    that each trait by itself leaves open.
    """
    roster = people.groupby(["sector", "seniority"]).size()
    joint, alone = attack.on_crossed_counts(roster), {t: attack.on_crossed_counts(roster) for t in roster.index.names}
    for statuses, traits, count in published_counts(people, careless):
        for each in (joint, *(one for trait, one in alone.items() if not traits or trait in traits)):
            each.learn(attack.crossed(roster, statuses, **traits), count)
    levels = [{trait: level} for trait in alone for level in people[trait].unique()]
    found = []
    for where in [*levels, *(dict(zip(alone, cell, strict=True)) for cell in roster.index)]:
        terms = attack.crossed(roster, ("first_only", "silent"), **where)
        open_to = min(one.width(terms) for one in alone.values())
        needed = least_width(open_to, POLICY.least_cell - 1) if len(where) == 1 else min(open_to, 1) - 1e-6
        found += [tuple(where.values())] if joint.width(terms) < needed else []
    return found


@pytest.mark.parametrize("seed", range(12))
def test_two_traits_together_tell_no_more_of_who_was_silent_than_each_by_itself(seed):
    assert crossing_attack(made_up_roster(np.random.default_rng(seed))) == []


def test_where_everything_is_told_of_both_traits_a_crossed_cell_follows_and_the_rules_hide_it():
    """Six in each of four cells, the six juniors of headquarters silent: six silent in headquarters, no senior silent."""
    cells_of = [(sector, seniority) for sector in ("hq", "op") for seniority in ("junior", "senior") for _ in range(6)]
    people = pd.DataFrame(cells_of, columns=["sector", "seniority"]).assign(status="linked")
    people.loc[:5, "status"] = "silent"
    assert ("hq", "junior") in crossing_attack(people, careless=True)
    assert crossing_attack(people) == []
