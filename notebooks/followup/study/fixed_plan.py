"""The plan as it was fixed: params/plans/COHORT.json, written by `make plan FREEZE=1` alone, and what changed since."""

import json
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from followup.problems import InputProblems, Problem
from followup.store.freshness import replace_text, sha256_of
from followup.store.params_read import PLAN, note
from followup.study.cohort import Cohort


class FixedPlan(NamedTuple):
    """The day on which a plan was fixed, the SHA-256 of what was fixed, and each setting by its dotted name."""

    on: date
    digest: str
    settings: dict[str, Any]


class Changed(NamedTuple):
    """A setting that is no longer what was fixed; None where there was none, or is none."""

    setting: str
    was: Any
    now: Any


def settings(cohort: Cohort) -> dict[str, Any]:
    """Everything that a conclusion depends on beside the answers, by dotted name: plan, link, scales, groups."""
    plan = cohort.params.analysis
    found: dict[str, Any] = {"link": cohort.params.link, "groups_by": cohort.params.groups_by}
    for name in ("alpha", "preserved_by", "seed"):
        found[name] = getattr(plan, name)
    for part in ("margins", "spread"):
        found |= {f"{part}.{name}": value for name, value in getattr(plan, part).model_dump(mode="json").items()}
    found["pairs"] = [[pair.compared_with, pair.wave] for pair in plan.pairs]
    for name, family in plan.families.items():
        found[f"families.{name}"] = [f"{measure} ({group})" for measure, group in family.pairs]
        found[f"families.{name}.adjust"] = family.adjust
    found["gaps"] = [f"{gap.first} – {gap.second}: {measure}" for gap in plan.gaps for measure in gap.measures]
    found["least_items_for_scale"] = cohort.params.cleaning.least_items_for_scale
    for name, scale in cohort.codebook.scales.items():
        found[f"scales.{name}"] = [
            key + (" (reversed)" if item.reverse_coded else "") for key, item in scale.items.items()
        ]
        options = cohort.codebook.options_of(name)
        found[f"scales.{name}.options"] = {"codes": options.codes, "high": options.high, "low": options.low}
    found["groups"] = cohort.groups
    return json.loads(json.dumps(found))


def place(cohort: Cohort) -> Path:
    return cohort.root / "params" / "plans" / f"{cohort.name}.json"


def read_plan(cohort: Cohort) -> FixedPlan | None:
    """The plan as it was fixed; None where it never was. Raises `InputProblems` for a file that is not as it was written."""
    note(None, PLAN)
    path, shown = place(cohort), f"params/plans/{cohort.name}.json"
    if not path.is_file():
        return None
    try:
        held = json.loads(path.read_bytes())
        plan = FixedPlan(date.fromisoformat(held["fixed_on"]), held["sha256"], held["settings"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise InputProblems(
            [Problem("this is no plan as it was fixed", "put the file back as it was", shown)]
        ) from wrong
    if plan.digest != digest_of(plan.on, plan.settings):
        what = "this plan was edited after it was fixed: its SHA-256 is another"
        raise InputProblems([Problem(what, "put the file back as it was", shown)])
    return plan


def digest_of(on: date, fixed: dict[str, Any]) -> str:
    """SHA-256 of the day and of all settings."""
    return sha256_of(json.dumps([on.isoformat(), fixed], sort_keys=True, ensure_ascii=False))


def fix(cohort: Cohort, on: date) -> FixedPlan:
    """Write the plan down as fixed on a day. Raises `InputProblems` where one is fixed already: that stands."""
    if earlier := read_plan(cohort):
        shown = f"params/plans/{cohort.name}.json"
        what, remedy = f"the plan was fixed on {earlier.on}", "edit the params: the report lists what changed since"
        raise InputProblems([Problem(what, remedy, shown)])
    plan = FixedPlan(on, digest_of(on, settings(cohort)), settings(cohort))
    held = {"fixed_on": on.isoformat(), "sha256": plan.digest, "settings": plan.settings}
    replace_text(place(cohort), json.dumps(held, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return plan


def changed(plan: FixedPlan, cohort: Cohort) -> list[Changed]:
    """What is no longer as it was fixed, in the order of the names."""
    now = settings(cohort)
    names = sorted({*plan.settings, *now})
    return [
        Changed(name, plan.settings.get(name), now.get(name))
        for name in names
        if plan.settings.get(name) != now.get(name)
    ]
