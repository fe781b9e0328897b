"""A cohort's data as frames by name, indexed by respondent: what `study.answers`, `study.scores` and the others hold."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from followup.analysis.comparison import Comparison
from followup.problems import nearest
from followup.statistics.scales import HALF_A_STEP
from followup.study.codebook import Codebook, OptionSet
from followup.study.cohort import Cohort
from followup.study.waves import asked_in, responded

RESPONDENT = "respondent"
CATEGORIES = ["low", "middle", "high"]
WAVES = ("wave", "compared_with")  # columns that hold waves


@dataclass(frozen=True)
class Frame:
    """A frame of the study: what one row is, its columns, and how it is made."""

    row: str
    columns: tuple[str, ...]
    make: Callable[["Study"], pd.DataFrame]


class NoSuchFrame(AttributeError):
    """A name that no frame of the study has; says which is nearest."""


class Study:
    """A cohort's frames by name (`study.scores`), read when they are first asked for; `study.tables()` lists them.

    A row of people has the respondent as its index, so that `join`, `groupby` and `pivot` keep who stands behind a number.
    Waves, measures, groups and traits are categories in the order of the codebook. What a cohort lacks is an empty frame with the
    same columns. `waves`, `groups`, `link`, `params` and `codebook` are those of the cohort.
    """

    def __init__(self, cohort: Cohort):
        self.cohort, self.params, self.codebook = cohort, cohort.params, cohort.codebook
        self.waves, self.groups, self.link = cohort.waves, cohort.groups, cohort.params.link
        self._frames: dict[str, pd.DataFrame] = {}

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in FRAMES:
            near = nearest(name, [*FRAMES, "tables", "waves", "groups", "params", "codebook", "asked"])
            instead = f"study.{near}" if near else "study.tables()"
            raise NoSuchFrame(
                f"the study has no “{name}”; what to do: write {instead} (study.tables() lists the frames)"
            )
        if name not in self._frames:
            self._frames[name] = FRAMES[name].make(self)
        return self._frames[name].copy(deep=False)

    def looked_at(self, name: str) -> bool:
        """Whether this notebook has read a frame, so that words of it may be in its variables."""
        return name in self._frames

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *FRAMES})

    def tables(self) -> pd.DataFrame:
        """The frames: name, what one row is, columns; how many rows each has here."""
        rows = [(name, one.row, ", ".join(one.columns), len(getattr(self, name))) for name, one in FRAMES.items()]
        return pd.DataFrame(rows, columns=["frame", "one row is", "columns", "rows"]).set_index("frame")

    def read(self, name: str) -> None:
        """Notebooks of the earlier form read tables by this name; the refusal says which frame it is now."""
        now = {"responses": "answers", "answers": "choices", "project_members": "members"}.get(name, name)
        raise NoSuchFrame(f"study.read({name!r}) is of the earlier form; what to do: write study.{now}")

    @property
    def asked(self) -> pd.Series:
        """How many were asked in each wave; blank where nobody knows."""
        counts = [asked_in(self.params, wave) for wave in self.waves]
        return pd.Series(counts, self.in_waves(self.waves), dtype="Int64", name="asked")

    @cached_property
    def comparison(self) -> Comparison:
        """The answers laid out for comparing waves."""
        return Comparison(self.cohort, self.cohort.read("responses"), self.cohort.read("participants"))

    def answers_to(self, measures: Iterable[str]) -> pd.DataFrame:
        """`study.answers` to these statements alone: of a million people all answers together take gigabytes."""
        if "answers" in self._frames or not isinstance(self.comparison.order, pd.CategoricalIndex):
            return self.answers[self.answers["measure"].isin([*measures])]
        rows = self.cohort.read("responses")
        return _answers_in(self, rows[rows["item"].isin([*measures])])

    def side_by_side(self, wave: str) -> pd.DataFrame:
        """One wave's answers: a row a respondent, in the order of `study.participants`, a column a statement; high means more."""
        return self.comparison.tables[wave].astype(float).rename_axis(RESPONDENT)

    @property
    def main_pair(self) -> list[str]:
        """The two waves that the study compares first, the earlier one first; none where no two can be compared."""
        return list(self.comparison.main or ())

    def statements_on(self, *topics: str) -> list[str]:
        """The statements of the scales that the codebook’s findings set beside other evidence on a topic ("wishes")."""
        findings = [finding.evidence for finding in self.codebook.findings.values()]
        beside = [evidence for evidence in findings if {*topics} & {one.kind for one in evidence}]
        about = {one.measure for evidence in beside for one in evidence if one.kind == "level"}
        return [item for item, scale in self.codebook.scale_of.items() if {item, scale} & about]

    def in_waves(self, waves) -> pd.CategoricalIndex:
        """Waves as categories in the order of the study."""
        return pd.CategoricalIndex(waves, categories=self.waves, ordered=True, name="wave")

    def in_order(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table of results with its waves and measures as categories in the order of the study, so that it is sorted by them."""
        orders = {"measure": [*self.codebook.scales, *self.codebook.items], **dict.fromkeys(WAVES, self.waves)}
        known = {
            name: order for name, order in orders.items() if name in table and table[name].dropna().isin(order).all()
        }
        return table.assign(**{name: pd.Categorical(table[name], order, ordered=True) for name, order in known.items()})


# How the frames are made ---------------------------------------------------------------------------------------------


def _of_people(frame: pd.DataFrame, column: str = RESPONDENT) -> pd.DataFrame:
    return frame.rename(columns={column: RESPONDENT}).set_index(RESPONDENT)


def _ordered(study: Study, frame: pd.DataFrame, **orders: list) -> pd.DataFrame:
    """The same with waves, and what else is named, as categories in their order."""
    waves = {name: study.waves for name in WAVES if name in frame}
    keyed = {name: pd.Categorical(frame[name], keys, ordered=True) for name, keys in (waves | orders).items()}
    return frame.assign(**keyed)


def _with_group(study: Study, frame: pd.DataFrame) -> pd.DataFrame:
    group, index = study.participants["group"], frame.index
    if isinstance(index, pd.CategoricalIndex):  # each person is looked up once
        of_each = group.reindex(index.categories).array
        return frame.assign(group=of_each.take(index.codes, allow_fill=True))
    return frame.assign(group=pd.Categorical(group.reindex(index), study.groups, ordered=True))


def _participants(study: Study) -> pd.DataFrame:
    people = _of_people(study.cohort.read("participants"), "participant")
    trait, known = study.params.groups_by, study.codebook.traits
    group = people[trait] if trait in people else pd.Series(None, people.index, dtype="object")
    traits = [name for name in dict.fromkeys((*study.params.traits, trait)) if name in people]
    people = people[["answered", *traits]].assign(answered=people["answered"].fillna(""))
    for name in known.keys() & {*traits}:
        groups = [*known[name].groups]
        people[name] = pd.Categorical(people[name].where(people[name].isin(groups)), groups, ordered=True)
    return people.assign(group=pd.Categorical(group, study.groups, ordered=True))


def _response(study: Study) -> pd.DataFrame:
    people = study.participants
    parts = [people[["group"]].assign(wave=wave, answered=responded(people, wave)) for wave in study.waves]
    if study.link == "unlinked":  # under a pseudonym for each wave nobody is known to have been silent in the other
        parts = [part[part["answered"]] for part in parts]
    return _ordered(study, pd.concat(parts))[["wave", "answered", "group"]]


def _answers(study: Study) -> pd.DataFrame:
    return _answers_in(study, study.cohort.read("responses"))


def _answers_in(study: Study, responses: pd.DataFrame) -> pd.DataFrame:
    codebook, rows = study.codebook, _of_people(responses)
    items, scales = list(codebook.items), list(codebook.scales)
    measure = pd.Categorical(rows["item"], items, ordered=True)
    worded = rows["value"].to_numpy(float, na_value=np.nan)
    place = measure.codes  # each statement is looked up once, however many answered it
    scale = np.array([scales.index(codebook.scale_of[item]) for item in items], dtype="int8")
    value = _as_measured(codebook, items, place, worded)
    columns = {
        "wave": pd.Categorical(rows["wave"], study.waves, ordered=True),
        "scale": pd.Categorical.from_codes(scale[place], scales, ordered=True),
        "measure": measure,
        "value": value,
        "as_worded": worded,
        "category": _categories(codebook, items, place, worded),
        "category_of_value": _categories(codebook, items, place, value),
    }
    return _with_group(study, pd.DataFrame(columns, index=rows.index, copy=False))


def _as_measured(codebook: Codebook, items: list[str], place: np.ndarray, worded: np.ndarray) -> np.ndarray:
    """Answers with those to reverse-coded statements reversed."""
    ends = [codebook.options_of(item).codes[0] + codebook.options_of(item).codes[-1] for item in items]
    turned = np.flatnonzero(np.array([codebook.items[item].reverse_coded for item in items], dtype=bool)[place])
    values = worded.copy()
    values[turned] = np.array(ends, dtype=worded.dtype)[place[turned]] - worded[turned]
    return values


def _categories(codebook: Codebook, items: list[str], place: np.ndarray, answers: np.ndarray) -> pd.Categorical:
    """Low, middle or high, by the statement's own options."""
    options = [codebook.options_of(item) for item in items]
    least = min((min(one.codes) for one in options), default=0)
    table = np.full((len(items), 1 + max((max(one.codes) for one in options), default=0) - least), -1, dtype="int8")
    for row, one in enumerate(options):
        for code in range(one.codes[0], one.codes[-1] + 1):
            table[row, code - least] = CATEGORIES.index(_category(code, one))
    codes = np.where(np.isnan(answers), least, answers).astype("int16")  # of a million people 46 million answers
    found = table[place, codes - least]
    found[np.isnan(answers)] = -1
    return pd.Categorical.from_codes(found, CATEGORIES, ordered=True)


def _category(code: int, options: OptionSet) -> str:
    """A reversed answer may lie between two options whose codes leave one out."""
    if code in options.codes:
        return "low" if code in options.low else "high" if code in options.high else "middle"
    below, above = max(options.low, default=code), min(options.high, default=code)
    return "low" if code < below else "high" if code > above else "middle"


def _statements(study: Study) -> pd.DataFrame:
    """The statements of the codebook in each wave of the cohort that asks them."""
    codebook = study.codebook
    rows = [
        (key, codebook.scale_of[key], wave, item.reverse_coded)
        for key, item in codebook.items.items()
        for wave in item.waves
        if wave in study.waves
    ]
    frame = pd.DataFrame(rows, columns=["measure", "scale", "wave", "reverse_coded"]).astype({"reverse_coded": bool})
    return _ordered(study, frame, scale=list(codebook.scales), measure=list(codebook.items))


def _ends(study: Study) -> pd.DataFrame:
    """The lowest and the highest code of each scale and statement."""
    codebook = study.codebook
    measures = [*codebook.scales, *codebook.items]
    rows = [(codebook.options_of(key).codes[0], codebook.options_of(key).codes[-1]) for key in measures]
    return pd.DataFrame(rows, columns=["lowest", "highest"], index=pd.Index(measures, name="measure"))


def _scores(study: Study) -> pd.DataFrame:
    rows, codebook = _of_people(study.cohort.read("scores")).rename(columns={"scale": "measure"}), study.codebook
    rows = _ordered(study, rows, measure=list(codebook.scales))
    options, place = [codebook.options_of(key) for key in codebook.scales], rows["measure"].cat.codes.to_numpy()
    low = np.array([max(one.low, default=-9e9) + HALF_A_STEP for one in options])
    high = np.array([min(one.high, default=9e9) - HALF_A_STEP for one in options])
    score = rows["score"].to_numpy(float, na_value=np.nan)
    category = np.select([np.isnan(score), score >= high[place], score <= low[place]], [-1, 2, 0], 1).astype("int8")
    frame = rows.assign(score=score, category=pd.Categorical.from_codes(category, CATEGORIES, ordered=True))
    frame = _with_group(study, frame)
    return frame[["wave", "measure", "score", "items_answered", "category", "group"]]


def _choices(study: Study) -> pd.DataFrame:
    """What was chosen, in the order in which it stands in the export: of a ranking that is the place it was given."""
    rows, questions = _of_people(study.cohort.read("answers")), study.codebook.questions
    frame = _ordered(study, rows.rename(columns={"value": "option"}), question=list(questions))
    which = frame["question"].cat.codes.to_numpy()
    ranked = np.array([*(one.kind == "rank" for one in questions.values()), False])[which]
    place = np.ones(len(rows), dtype="int16")
    if ranked.any():
        mine = frame[ranked]
        place[ranked] = mine.groupby([mine.index, mine["wave"], mine["question"]], observed=True).cumcount() + 1
    roles = pd.Categorical([*(one.role for one in questions.values()), None])
    frame = frame.assign(option=pd.to_numeric(rows["value"]).astype("Int64"), place=place, role=roles.take(which))
    frame = _with_group(study, frame)
    return frame[["wave", "question", "role", "option", "place", "missing_reason", "group"]]


def _options(study: Study) -> pd.DataFrame:
    rows = [
        (key, one.role, one.kind, wave, option.code, option.code in study.codebook.options_of(key).high)
        for key, one in study.codebook.questions.items()
        if one.kind != "text"
        for wave in one.waves
        if wave in study.waves
        for option in study.codebook.options_of(key).options
    ]
    frame = pd.DataFrame(rows, columns=["question", "role", "kind", "wave", "option", "high"])
    frame = frame.astype({"option": "Int64", "high": bool, "role": "object"})
    return _ordered(study, frame, question=list(study.codebook.questions))


def _pairs(study: Study) -> pd.DataFrame:
    """Both values of everyone who answered either wave of a pair, in the roster's order; those of the linked side by side."""
    comparison, codebook, group = study.comparison, study.codebook, study.participants["group"].array
    pairs = enumerate(comparison.pairs, 1)
    asked = [(number, pair, measure) for number, pair in pairs for measure in comparison.asked_in(pair)]
    rows, (places, of_group, earlier, later) = _side_by_side(comparison, asked, group.codes)
    about = {
        "pair": [number for number, *_ in asked],
        "kind": ["scale" if measure in codebook.scales else "item" for *_, measure in asked],
        "scale": [codebook.scale_of.get(measure, measure) for *_, measure in asked],
        "measure": [measure for *_, measure in asked],
        "compared_with": [pair[0] for _, pair, _ in asked],
        "wave": [pair[1] for _, pair, _ in asked],
    }
    orders = {"kind": ["scale", "item"], "scale": [*codebook.scales], "measure": [*codebook.scales, *codebook.items]}
    tests = _ordered(study, pd.DataFrame(about).astype({"pair": "int8"}), **orders)
    columns = {name: _repeated(tests[name].array, rows) for name in tests}
    columns |= {"earlier": earlier, "later": later, "change": later - earlier}
    columns["group"] = pd.Categorical.from_codes(of_group, dtype=group.dtype)
    return pd.DataFrame(columns, index=_people_at(comparison.order, places), copy=False)


def _side_by_side(comparison: Comparison, asked: list[tuple], groups: np.ndarray) -> tuple[list[int], list[np.ndarray]]:
    """(how many answered each that was asked, their places, groups and both values, one below the other): of a million
    people tens of millions, which are written where they stay.
    """
    most, end, rows = len(asked) * len(comparison.order), 0, []
    kinds = ("int32", groups.dtype, *2 * [_kept_as(comparison)])
    columns = [np.empty(most, dtype=kind) for kind in kinds]
    for _, pair, measure in asked:
        places, *values = comparison.both(measure, pair)
        rows.append(len(places))
        for column, part in zip(columns, (places, groups[places], *values), strict=True):
            column[end : end + len(places)] = part
        end += len(places)
    return rows, [column[:end] for column in columns]


def _kept_as(comparison: Comparison) -> str:
    """How values are kept: of many people with seven digits, for all that is said of them has two or three."""
    return "float32" if isinstance(comparison.order, pd.CategoricalIndex) else "float64"


def _repeated(values: pd.Categorical | np.ndarray, times: list[int]) -> pd.Categorical | np.ndarray:
    if isinstance(values, pd.Categorical):
        return pd.Categorical.from_codes(np.repeat(values.codes, times), dtype=values.dtype)
    return np.repeat(np.asarray(values), times)


def _people_at(order: pd.Index, places: np.ndarray) -> pd.Index:
    """The people at these places of the study's order, which is the order of its categories where it has any."""
    if isinstance(order, pd.CategoricalIndex):
        return pd.CategoricalIndex(pd.Categorical.from_codes(places, dtype=order.dtype), name=RESPONDENT)
    return order[places].rename(RESPONDENT)


def _plan(study: Study) -> pd.DataFrame:
    """What is estimated: each scale and statement among all, scales by group, and whatever else the plan names."""
    comparison, plan, codebook = study.comparison, study.params.analysis, study.codebook
    rows = []
    for number, pair in enumerate(comparison.pairs, 1):
        for measure, group in comparison.tested(pair):
            named = [name for name, family in plan.families.items() if (measure, group) in family.pairs]
            family = named[-1] if named else None
            kind = "scale" if measure in codebook.scales else "item"
            by = comparison.adjustment(family) if family else None
            tests, scale = comparison.family_size(measure, group), codebook.scale_of.get(measure, measure)
            about = (kind, scale, measure, group, pair[1], pair[0], number)
            rows.append((*about, family, by, tests, comparison.margin(measure)))
    return pd.DataFrame(rows, columns=list(PLAN)).astype({"family": "object", "adjusted_by": "object"})


def _gaps(study: Study) -> pd.DataFrame:
    """The gaps between two groups that the plan names, in each pair of waves that asked their measure."""
    rows = [
        (measure, gap.first, gap.second, pair[1], pair[0], number)
        for number, pair in enumerate(study.comparison.pairs, 1)
        for gap in study.params.analysis.gaps
        for measure in gap.measures
        if measure in study.comparison.asked_in(pair)
    ]
    frame = pd.DataFrame(rows, columns=["measure", "first", "second", "wave", "compared_with", "pair"])
    return frame.assign(tests=frame.groupby("pair")["measure"].transform("size"))


PLAN = (
    "kind", "scale", "measure", "group", "wave", "compared_with", "pair", "family", "adjusted_by", "tests", "margin",
)  # fmt: skip


def _ties(study: Study) -> pd.DataFrame:
    return _with_group(study, _ordered(study, _of_people(study.cohort.read("ties"), "ego")))


def _meetings(study: Study) -> pd.DataFrame:
    return _with_group(study, _of_people(study.cohort.read("meetings"), "participant"))


FRAMES = {
    "participants": Frame("a participant", ("answered", "group", "and each trait of the roster"), _participants),
    "response": Frame(
        "a participant in a wave; where waves are not linked, one who answered",
        ("wave", "answered", "group"),
        _response,
    ),
    "answers": Frame(
        "a respondent’s answer to a statement in a wave: `category` as it is worded, `category_of_value` so that high means more",
        ("wave", "scale", "measure", "value", "as_worded", "category", "category_of_value", "group"),
        _answers,
    ),
    "statements": Frame(
        "a statement in a wave that asked it", ("measure", "scale", "wave", "reverse_coded"), _statements
    ),
    "ends": Frame("a scale or statement: its lowest and highest answer", ("lowest", "highest"), _ends),
    "scores": Frame(
        "a respondent’s score on a scale in a wave",
        ("wave", "measure", "score", "items_answered", "category", "group"),
        _scores,
    ),
    "pairs": Frame(
        "a respondent’s two values of a scale or statement in two waves that are compared",
        ("pair", "kind", "scale", "measure", "compared_with", "wave", "earlier", "later", "change", "group"),
        _pairs,
    ),
    "plan": Frame("a change that is estimated, and the family that the plan tests it in", PLAN, _plan),
    "gaps": Frame(
        "a gap that the plan names, in a pair of waves",
        ("measure", "first", "second", "wave", "compared_with", "pair", "tests"),
        _gaps,
    ),
    "choices": Frame(
        "an option that a respondent chose of another question, or why there is none",
        ("wave", "question", "role", "option", "place", "missing_reason", "group"),
        _choices,
    ),
    "options": Frame(
        "an option of another question in a wave that asked it",
        ("question", "role", "kind", "wave", "option", "high"),
        _options,
    ),
    "projects": Frame("a project", ("title",), lambda study: study.cohort.read("projects").set_index("project")),
    "members": Frame(
        "a participant in a project",
        ("project",),
        lambda study: _of_people(study.cohort.read("project_members"), "participant"),
    ),
    "ties": Frame("a tie that a participant named in a wave", ("wave", "alter", "kind", "group"), _ties),
    "meetings": Frame("a participant at a meeting", ("meeting", "date", "group"), _meetings),
    "interviews": Frame(
        "a coded excerpt",
        ("interview", "theme", "finding", "stance", "excerpt_he", "excerpt_en"),
        lambda study: study.cohort.read("interviews").set_index("excerpt"),
    ),
}
