"""The statistical plan of a cohort as a table: what was settled, and whether that was before the last wave was answered."""

from datetime import date

import pandas as pd

from followup import language as lang
from followup.analysis.comparison import Comparison
from followup.disclosure.precision import RULES
from followup.language import LANGUAGES, Text, filled
from followup.rounding import to_digits
from followup.statistics.power import smallest_found
from followup.study.codebook import Codebook, when
from followup.study.cohort import Cohort
from followup.study.fixed_plan import changed, read_plan
from followup.study.params import Family
from followup.words import plan_words, verdicts


def settled_late(comparison: Comparison, respondents: pd.DataFrame) -> bool:
    """Whether the plan was settled after the first answer of the last wave that it compares."""
    first = _first_answer(comparison, respondents)
    return first is not None and settled_on(comparison) > first


def settled_on(comparison: Comparison) -> date:
    """The day on which the plan was fixed by `make plan FREEZE=1`, or else the one that the params name."""
    fixed = read_plan(comparison.cohort)
    return fixed.on if fixed else comparison.plan.registered


def cautions(comparison: Comparison, respondents: pd.DataFrame) -> Text:
    """What is to be said before any change is: that there is none to tell yet, or that its plan came late; else nothing."""
    if not comparison.pairs:
        return plan_words.NOTHING_TO_COMPARE
    return plan_words.SETTLED_LATE if settled_late(comparison, respondents) else Text("", "")


def gaps_named_late(comparison: Comparison, respondents: pd.DataFrame) -> bool:
    """Whether gaps were named when the earlier wave had been seen, or may have been: then the widest may have been."""
    first = _first_answer(comparison, respondents, of=0)
    return bool(comparison.plan.gaps and comparison.main) and (first is None or settled_on(comparison) > first)


def _first_answer(comparison: Comparison, respondents: pd.DataFrame, of: int = 1) -> date | None:
    """The day of the first answer of the later wave (`of` 1) of the main pair; None where the files do not tell."""
    if comparison.main is None:
        return None
    days = respondents.loc[respondents["wave"] == comparison.main[of], "day"].dropna()
    return date.fromisoformat(min(days.unique())) if len(days) else None  # a large table keeps each text once


def _settled_on(comparison: Comparison, respondents: pd.DataFrame) -> Text:
    """The day of the plan, and whether the last wave had been answered by then."""
    day, first = lang.day(settled_on(comparison)), _first_answer(comparison, respondents)
    if comparison.main is None:
        return day
    values = {"day": day, "later": when(comparison.codebook, comparison.main[1])}
    late = settled_late(comparison, respondents)
    return plan_words.SETTLED["unknown" if first is None else "after" if late else "before"].filled(values)


def plan_table(comparison: Comparison, respondents: pd.DataFrame) -> pd.DataFrame:
    """What was settled, a row each: setting and settled, in both languages; `respondents` say when they answered."""
    return pd.DataFrame(
        lang.columns("setting", setting) | lang.columns("settled", settled)
        for setting, settled in _settled(comparison, respondents)
    )


def _settled(comparison: Comparison, respondents: pd.DataFrame) -> list[tuple[Text, Text]]:
    """Each setting of the plan, and how it was settled."""
    cohort, plan = comparison.cohort, comparison.plan
    margins = {name: _exact(getattr(plan.margins, name)) for name in ("scale", "item")}
    least = cohort.params.cleaning.least_items_for_scale
    return [
        (Text("מועד הקביעה", "Settled on"), _settled_on(comparison, respondents)),
        *_since_fixed(cohort),
        (Text("קישור בין השלבים", "How the waves are linked"), plan_words.LINKS[cohort.params.link]),
        *([(Text("זוגות השלבים", "Pairs of waves"), _pairs(cohort))] if plan.pairs else []),
        (Text("אומדן ומבחן", "Estimate and test"), plan_words.TESTS[cohort.params.link]),
        *(
            (plan_words.FAMILY, _family(one, _adjusted(comparison, name), cohort.codebook))
            for name, one in plan.families.items()
        ),
        (Text("פערים בין קבוצות", "Gaps between groups"), _gaps(cohort)),
        (Text("רמת מובהקות", "Level"), lang.number(plan.alpha, 2)),
        (Text("הסף ל״נשמר״", "Margin for “preserved”"), plan_words.MARGINS.filled(margins)),
        (
            Text("מתי ייקבע ״נשמר״", "When a scale counts as preserved"),
            plan_words.PRESERVED[plan.preserved_by] + plan_words.KEPT_ADJUSTED,
        ),
        *_smallest_found(comparison),
        (
            Text("היגדים חסרים", "Missing statements"),
            plan_words.SCORED.filled({"share": lang.percent(least * 100, 100)}),
        ),
        (Text("הקבוצה הקטנה ביותר שמוצגת", "Smallest group shown"), lang.number(cohort.params.disclosure.least_group)),
        (Text("דיוק המספרים המתפרסמים", "Precision of published numbers"), _digits()),
        (Text("גרעין אקראיות", "Seed"), lang.same(lang.isolated(str(plan.seed)))),
    ]


def _since_fixed(cohort: Cohort) -> list[tuple[Text, Text]]:
    """What changed after the plan was fixed, one row each, or that nothing did; no row where it never was fixed."""
    fixed = read_plan(cohort)
    if fixed is None:
        return []
    mark = filled("{digest} (SHA-256)", "{digest} (SHA-256)", {"digest": lang.same(lang.isolated(fixed.digest[:16]))})
    rows = [(Text("תקציר התכנית כפי שנקבעה", "Digest of the plan as it was fixed"), mark)]
    since = Text("שונה לאחר שהתכנית נקבעה", "Changed after the plan was fixed")
    for one in changed(fixed, cohort):
        told = f"{one.setting}: {_plain(one.was)} → {_plain(one.now)}"
        rows.append((since, lang.same(lang.isolated(told))))
    return rows if len(rows) > 1 else [*rows, (since, Text("דבר לא שונה", "nothing"))]


def _plain(value: object) -> str:
    """A setting as one line: a list by its members, "–" for none."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(part)}" for name, part in value.items())
    return ", ".join(map(str, value)) or "–" if isinstance(value, list) else "–" if value is None else str(value)


def _adjusted(comparison: Comparison, family: str) -> str:
    by = comparison.adjustment(family)
    return "relabelled" if by == "westfall_young" and not comparison.linked else by


def _smallest_found(comparison: Comparison) -> list[tuple[Text, Text]]:
    """What so many people can show, by the spread that the plan assumed, at the level of the largest family."""
    if comparison.main is None:
        return []
    first, second = (comparison.tables[wave].index for wave in comparison.main)
    both = len(first.intersection(second)) if comparison.linked else 0
    alone = (0, 0) if comparison.of_both else (len(first) - both, len(second) - both)
    said = []
    for kind in ("scale", "item"):
        measures = [one for one in comparison.measures if (one in comparison.codebook.scales) == (kind == "scale")]
        named = [family.pairs for family in comparison.plan.families.values()]
        tests = max((len(pairs) for pairs in named if any((one, "all") in pairs for one in measures)), default=0)
        error = comparison.planned_error(measures[0], both, *alone) if measures and tests else None
        least = smallest_found(error, tests, comparison.plan.alpha)
        if least is not None:
            sd = getattr(comparison.plan.spread, kind)
            said.append(
                plan_words.FOUND[kind].filled({"change": _exact(to_digits(least, 2)), "sd": _exact(sd), "k": tests})
            )
    people = {"both": both, "first": len(first), "second": len(second)}
    who = plan_words.FOUND_OF["linked" if not any(alone) else "others" if both else "unlinked"]
    told = lang.joined([verdicts.words(who, **people), *said], "; ")
    setting = Text("השינוי המזערי הניתן לגילוי (עוצמה 80%)", "Smallest detectable change (80% power)")
    return [(setting, told)] if said else []


def _pairs(cohort: Cohort) -> Text:
    """The pairs that the plan names, the main one first, also those of which a wave is still to come."""
    said = []
    for pair in cohort.params.analysis.pairs:
        first, later = (lang.both(cohort.codebook.words(wave)) for wave in pair.in_order)
        said.append(filled("{later} לעומת {first}", "{later} compared with {first}", {"later": later, "first": first}))
    return lang.joined(said, "; ")


def _exact(value: float) -> Text:
    return lang.number(value, lang.decimals(value))


def _digits() -> Text:
    """Which digits leave, by how many people stand behind a result: the table of rules in words."""
    full, fewer, few = RULES["statement"][:3]
    return filled(
        "שינויים וממוצעים מעוגלים ל־{step}; רווחי סמך מעוגלים כלפי חוץ, כך שהסף עצמו הוא ערך אפשרי; p מוצג רק כתחום. "
        "בפחות מ־{full} משיבים רווח הסמך של היגד מעוגל ל־{wide}; בפחות מ־{fewer}, וכן בכל קבוצה או פער בגודל כזה, אין רווח סמך, אין p ואין ״נשמר״; "
        "בפחות מ־{few} השינוי בהיגד מעוגל ל־{coarse}",
        "changes and means are rounded to {step}; intervals are rounded outward, to a grid that holds the margin; p is shown as a band only. "
        "With fewer than {full} people a statement’s interval is rounded to {wide}; with fewer than {fewer}, and for any group or gap of that size, there is no interval, no p and no “preserved”; "
        "with fewer than {few} a statement’s change is rounded to {coarse}",
        {
            "step": lang.number(full.change, 1), "wide": lang.number(fewer.ci90, 2), "full": full.least,
            "fewer": fewer.least, "few": few.least, "coarse": lang.number(RULES["statement"][3].change, 1),
        },
    )  # fmt: skip


def _family(family: Family, adjust: str, codebook: Codebook) -> Text:
    """The tests of a family by name, statements by number, and how their p are adjusted."""
    items = [measure for measure, group in family.pairs if group == "all" and measure in codebook.items]
    named = [_test(measure, group, codebook) for measure, group in family.pairs if measure not in items]
    counted = [filled("{n} היגדים", "{n} statements", {"n": len(items)})] if items else []
    return lang.joined([*named, *counted], "; ") + lang.same(" – ") + plan_words.ADJUSTED[adjust].filled({})


def _test(measure: str, group: str, codebook: Codebook) -> Text:
    words, of = codebook.words(measure), codebook.words(group)
    return lang.both(words) if group == "all" else Text(f"{words.he} ({of.he})", f"{words.en} ({of.en})")


def _gaps(cohort: Cohort) -> Text:
    """The pairs of groups and what they are compared on; their p are one family."""
    gaps = cohort.params.analysis.gaps
    if not gaps:
        return Text("לא נקבעו", "none")
    named = cohort.codebook.words
    pairs = [
        Text(*(f"{named(gap.first)[each]} – {named(gap.second)[each]}: " for each in LANGUAGES))
        + lang.joined((named(measure) for measure in gap.measures), "; ")
        for gap in gaps
    ]
    return lang.joined(pairs, ". ") + lang.same(" – ") + plan_words.ADJUSTED["holm"]
