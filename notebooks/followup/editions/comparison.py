"""May a report leave, given the editions that were sent? For every released number, who stands behind it then and now.

Whoever holds two editions can subtract. People whose contribution to a unit differs are sorted by which numbers count
them, then and now; whatever is added and subtracted, only whole sorts can be told apart. So each sort is nobody, or at
least `least_group` people.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from followup.disclosure.editions_together import Asked, broken_between
from followup.editions.people import EVERYTHING, TIES, Part, People, Recorded
from followup.editions.released_numbers import PUBLIC, Results, is_hidden, numbers_of, units_in, within

SOLVED = ("changes", "levels", "items")  # tables of which the check of what leaves can take two editions at once
MEANS = ("mean", "mean_earlier", "mean_later")
CAME, LEFT, MOVED, LEFT_OVER = "came", "went", "are counted elsewhere", "are left over of those who were counted"


@dataclass(frozen=True)
class Told:
    """What one report tells, and the words by which its tables name units."""

    results: Results
    units: Mapping[str, str]
    groups: Mapping[str, list[str]]  # by unit that is told: the groups with numbers of their own

    def tables_of(self, unit: str) -> set[str]:
        return {
            table
            for table, rows in self.results.items()
            if table not in PUBLIC and any(unit in units_in(table, row, self.units) for row in rows)
        }

    def tells_mean(self, unit: str) -> bool:
        """Whether a mean of the unit is told, of a wave or of those who answered two."""
        return any(
            row.get(column) and not is_hidden(row) and unit in units_in(table, row, self.units)
            for table, rows in self.results.items()
            for row in rows
            for column in MEANS
        )


@dataclass(frozen=True)
class Refusal:
    """Why a report may not follow an edition: of which unit, in which tables, in words."""

    edition: str
    unit: str
    tables: tuple[str, ...]
    why: str


def refusals(
    edition: str, before: Told, recorded: Recorded, now: Told, people: People, least: int, asked: Asked | None
) -> list[Refusal]:
    """Everything that a reader of the edition and of this report could work out; empty where it may leave.

    `people` are today's; `asked` is what the solver needs, and None where nothing may be asked of it.
    """
    names = {recorded.keyed.person(name): parts for name, parts in people.items()}
    found, differing = [], set()
    for unit in sorted(before.groups.keys() & now.groups.keys()):
        sorts = _sorts(unit, recorded, names, now, before.tells_mean(unit) and now.tells_mean(unit))
        if sorts:
            differing.add(unit)
        tables = tuple(sorted(before.tables_of(unit) & now.tables_of(unit)))
        if why := _few(sorts, least):
            found.append(Refusal(edition, unit, tables, why))
    found = _without_idle_everything(found, before, now)
    return found + list(_same_people(edition, before, now, differing, asked))


def _sorts(
    unit: str, recorded: Recorded, people: Mapping[str, dict[str, Part]], now: Told, means: bool = False
) -> Counter:
    """How many people differ in a unit, by which numbers count them and how they differ.

    Where `means` are told and many of those whom they counted alike are counted otherwise now, the few who are left over
    follow: the earlier mean of all of them, less the later one of those who moved.
    """
    found, stayed, gone = Counter(), Counter(), set()
    for person in recorded.cells.keys() | people.keys():
        part = people.get(person, {}).get(unit)
        here = part.place(now.groups[unit]) if part else ""
        if person not in recorded.cells:
            found[CAME, here, unit == TIES] += 1
            continue
        then = recorded.place(person, unit, likely=here)
        if person not in people:
            found[LEFT, then, unit == TIES] += 1
        elif not recorded.gave(person, unit, part):
            found[LEFT, then, False] += 1
            found[CAME, here, False] += 1
        elif then != here:
            found[MOVED, f"{then} {here}", False] += 1
        if then == here:
            stayed[then] += 1
        else:
            gone.add(then)
    found.update({(LEFT_OVER, place, False): stayed[place] for place in gone if stayed[place] and means})
    return Counter({sort: people for sort, people in found.items() if sort[1]})


def _few(sorts: Counter, least: int) -> str:
    """In words, how few differ in one way; nothing where each sort is large enough."""
    few = {sort: people for sort, people in sorts.items() if people < least}
    if not few:
        return ""
    fewest = min(few.values())
    ways = sorted({sort[0] for sort, people in few.items() if people == fewest})
    return f"{fewest} {'person' if fewest == 1 else 'people'} differ{'s' if fewest == 1 else ''} ({' and '.join(ways)})"


def _without_idle_everything(found: list[Refusal], before: Told, now: Told) -> list[Refusal]:
    """Tables that name no unit are refused only where they changed: they need not be about people at all."""
    tables = before.tables_of(EVERYTHING) & now.tables_of(EVERYTHING)
    changed = tuple(sorted(table for table in tables if before.results[table] != now.results[table]))
    others = [one for one in found if one.unit != EVERYTHING]
    return others + [
        Refusal(one.edition, one.unit, changed, one.why) for one in found if one.unit == EVERYTHING and changed
    ]


# The same people, another number -----------------------------------------------------------------------------------


def _same_people(edition: str, before: Told, now: Told, differing: set[str], asked: Asked | None) -> Iterator[Refusal]:
    """Numbers that changed though the people behind them did not: by another grouping, rounding, policy, code."""
    for table in sorted((before.results.keys() & now.results.keys()) - PUBLIC):
        then, new = (numbers_of(table, told.results[table], told.units) for told in (before, now))
        changed = [
            units
            for units in sorted(then.keys() & new.keys(), key=sorted)
            if not units & differing and not _one_of_both(then[units], new[units])
        ]
        yield from (
            _asked_of_solver(edition, table, changed, asked)
            if table in SOLVED
            else (Refusal(edition, ", ".join(sorted(units)), (table,), OTHER_NUMBER) for units in changed)
        )


OTHER_NUMBER = "the same people, but another number: of this table it cannot be shown that both together tell of nobody"


def _one_of_both(then: Mapping, new: Mapping) -> bool:
    return within(then, new) or within(new, then)


def _asked_of_solver(
    edition: str, table: str, changed: Iterable[frozenset[str]], asked: Asked | None
) -> Iterator[Refusal]:
    measures = [unit.partition(":")[2] for units in changed for unit in sorted(units)]
    by_measure = defaultdict(list)
    for broken in broken_between(asked, measures) if asked and measures else ():
        by_measure[broken.measure] += broken.follows
    for measure in measures:
        if asked is None:
            yield Refusal(edition, measure, (table,), OTHER_NUMBER)
        elif follows := ", ".join(dict.fromkeys(by_measure[measure])):
            yield Refusal(edition, measure, (table,), f"the same people; from both numbers follows, or may: {follows}")
