"""The plan as a document, before any answer is there: what is asked, how it will be concluded, what so many can show."""

from collections.abc import Callable, Iterator

import pandas as pd

from followup import language as lang
from followup.analysis.comparison import Comparison
from followup.language import Text, filled
from followup.report.plan import plan_table
from followup.rounding import in_steps
from followup.statistics.power import chances, planned_error, smallest_found
from followup.study.cohort import Cohort
from followup.study.fixed_plan import read_plan
from followup.study.waves import asked_in, pairs_by_default
from followup.words import plan_words, verdicts

RATES = (0.60, 0.75, 0.90)
UNKNOWN = (20, 40, 80)  # people in each wave, where nobody knows how many will be asked


def before_answers(cohort: Cohort) -> Comparison:
    """The cohort as it stands before any answer."""
    nobody = pd.DataFrame(columns=["respondent", "wave", "item", "value"]).astype({"value": float})
    people = pd.DataFrame(columns=["participant", *cohort.params.traits], dtype="str")
    return Comparison(cohort, nobody, people)


def questions_table(cohort: Cohort) -> pd.DataFrame:
    """Each scale with how many statements it has: setting and settled."""
    rows = []
    for scale in cohort.codebook.scales.values():
        said = filled("{n} היגדים", "{n} statements", {"n": len(scale.items)})
        rows.append(lang.columns("measured", lang.both(scale)) | lang.columns("settled", said))
    return pd.DataFrame(rows)


def settled_table(comparison: Comparison) -> pd.DataFrame:
    """How conclusions are drawn: when the plan was fixed, the reason of the margins, and all settings."""
    cohort, fixed = comparison.cohort, read_plan(comparison.cohort)
    when = (
        plan_words.NOT_FIXED
        if fixed is None
        else lang.day(fixed.on) + lang.same(f" ({lang.isolated(fixed.digest[:16])})")
    )
    why = cohort.params.analysis.margins.why
    own = {plan_words.FIXED: when, plan_words.REASON: lang.both(why) if why else plan_words.NO_REASON}
    rows = [lang.columns("setting", setting) | lang.columns("settled", settled) for setting, settled in own.items()]
    known = plan_table(comparison, pd.DataFrame({"wave": [], "day": []}))
    return pd.concat([pd.DataFrame(rows), known.iloc[1:]], ignore_index=True)


def sizes(cohort: Cohort) -> list[tuple[Text, tuple[int, int, int]]]:
    """How many may answer: a label, and how many answer both waves, the earlier alone and the later alone."""
    pairs = cohort.pairs or pairs_by_default(cohort.codebook, [*cohort.codebook.waves])
    waves, roster = pairs[0].in_order if pairs else (), cohort.params.roster
    asked = [
        asked_in(cohort.params, one) if one in cohort.params.waves else roster and roster.participants for one in waves
    ]
    first, second = asked or (None, None)
    known = first is not None and second is not None and first and second
    found = []
    for rate, people in zip(RATES, UNKNOWN, strict=True):
        n1, n2 = (in_steps(rate * first, 1), in_steps(rate * second, 1)) if known else (people, people)
        values = {"rate": lang.percentage(rate), "n": n2}
        label = verdicts.words(plan_words.OF_ASKED if known else plan_words.IN_EACH_WAVE, **values)
        both = {"unlinked": 0, "partly_linked": in_steps(rate * n2, 1)}.get(cohort.params.link, min(n1, n2))
        alone = (n1 - both, n2 - both) if cohort.params.link in ("unlinked", "partly_linked") else (0, 0)
        found.append((label, (both, *alone)))
    return found


def _tests(cohort: Cohort, kind: str) -> int:
    """How many tests the largest family has that holds a scale, or a statement, of all respondents."""
    known = cohort.codebook.scales if kind == "scale" else cohort.codebook.items
    families = [family.pairs for family in cohort.params.analysis.families.values()]
    return max((len(pairs) for pairs in families if any(m in known and g == "all" for m, g in pairs)), default=0)


def _spread(cohort: Cohort, kind: str) -> tuple[float, float]:
    spread = cohort.params.analysis.spread
    return getattr(spread, kind), spread.correlation


def _cases(cohort: Cohort) -> Iterator[tuple[str, int, dict[str, str], tuple[int, int, int]]]:
    """(scale or item, how many tests there are, measured and answering as columns, how many answer) of each case."""
    for kind in plan_words.KINDS:
        tests = _tests(cohort, kind)
        for label, people in sizes(cohort) if tests else ():
            yield (
                kind,
                tests,
                lang.columns("measured", plan_words.KINDS[kind]) | lang.columns("answering", label),
                people,
            )


def found_table(cohort: Cohort) -> pd.DataFrame:
    """The smallest change found with a power of 80%: who answers, of what, how small."""
    rows = []
    for kind, tests, about, people in _cases(cohort):
        least = smallest_found(planned_error(*_spread(cohort, kind), *people), tests, cohort.params.analysis.alpha)
        rows.append(about | lang.columns("smallest", lang.number(least, 2)) | {"tests": tests})
    return pd.DataFrame(rows)


REPLICATES = 4000


def chances_table(cohort: Cohort, say: Callable[[str], None]) -> pd.DataFrame:
    """The chance of each conclusion, by what truly changes and how many answer; `say` tells of progress."""
    plan, rows = cohort.params.analysis, []
    for kind, tests, about, people in _cases(cohort):
        margin = getattr(plan.margins, kind)
        say(f"    {plan_words.KINDS[kind].en}, {lang.without_turns(about['answering_en'])}")
        for times, truth in plan_words.TRUTHS.items():
            found = chances(
                -times * margin, _spread(cohort, kind), people, margin=margin, tests=tests, alpha=plan.alpha,
                kind=plan.preserved_by.replace("_", "-"), replicates=REPLICATES, seed=plan.seed,
            )  # fmt: skip
            row = about | lang.columns("truth", truth)
            for name in SAID:
                row |= lang.columns(name, lang.NOT_COMPUTED if found is None else _share(getattr(found, name)))
            rows.append(row)
    return pd.DataFrame(rows)


SAID = ("told", "preserved", "inconclusive")


def _share(value: float) -> Text:
    return lang.percentage(value)


def prose(cohort: Cohort, language: str) -> list[str]:
    """The words above each table, in their order, as markdown."""
    gaps = plan_words.GAPS if cohort.params.analysis.gaps else plan_words.NO_GAPS
    return [
        text.replace("{gaps}", gaps[language]).replace("{n}", f"{REPLICATES:,}") for text in plan_words.PROSE[language]
    ]
