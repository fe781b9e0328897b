"""Projects begun in the programme: how far each one got, who is still involved. One row is one project."""

import pandas as pd

from followup.analysis.answer_levels import options_chosen
from followup.language import Text
from followup.statistics.nonresponse_bounds import hypergeometric_interval, worst_case_share
from followup.study.codebook import Codebook
from followup.study.cohort import Cohort


def question_with_role(codebook: Codebook, role: str) -> str | None:
    """The question that a codebook gives this role, if it asks it."""
    return next((key for key, question in codebook.questions.items() if question.role == role), None)


def project_stages(
    projects: pd.DataFrame, members: pd.DataFrame, answers: pd.DataFrame, cohort: Cohort
) -> pd.DataFrame:
    """Each project's stage in each wave from its members' reports: project, wave, reports, stage, conflict.

    Reports that disagree are settled by the rule in the params; a project without a report has no stage.
    """
    reports, rule, rows = stage_reports(members, answers, cohort), _rule(cohort), []
    asked = question_with_role(cohort.codebook, "project_stage") is not None  # else there are no stages to tell
    for project in projects["project"] if asked else ():
        for wave in cohort.waves:
            stages = reports.loc[(reports["project"] == project) & (reports["wave"] == wave), "value"]
            rows.append(
                {
                    "project": project,
                    "wave": wave,
                    "reports": len(stages),
                    "stage": settled(stages, rule),
                    "conflict": len(set(stages)) > 1,
                }
            )
    columns = ["project", "wave", "reports", "stage", "conflict"]
    return pd.DataFrame(rows, columns=columns).astype({"stage": "Int64"})


def stage_reports(members: pd.DataFrame, answers: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Every member's report of the stage of his or her project: project, wave, participant, value."""
    question = question_with_role(cohort.codebook, "project_stage")
    reports = answers[answers["question"] == question].dropna(subset=["value"])
    return reports.merge(members, left_on="respondent", right_on="participant")[
        ["project", "wave", "participant", "value"]
    ]


def _rule(cohort: Cohort) -> str:
    return cohort.params.projects.conflicting_reports if cohort.params.projects else ""


def conflicting_reports(
    stages: pd.DataFrame, members: pd.DataFrame, answers: pd.DataFrame, cohort: Cohort
) -> pd.DataFrame:
    """The log of conflicts, one row a report: project, wave, participant, what was reported, what counts, and by which
    rule.
    """
    settled_as = stages.loc[stages["conflict"].astype(bool), ["project", "wave", "stage"]]
    log = settled_as.merge(stage_reports(members, answers, cohort), on=["project", "wave"]).assign(rule=_rule(cohort))
    return log.rename(columns={"value": "reported"})[
        ["project", "wave", "participant", "reported", "stage", "rule"]
    ].sort_values(["wave", "project", "participant"], ignore_index=True)


RULES = {
    "most_reported": Text(
        "השלב שרוב הדיווחים נוקבים בו, ומבין שלבים ששכיחותם שווה – המתקדם פחות",
        "the stage that most of them report counts and, of equals, the less advanced",
    ),
    "most_advanced": Text("השלב המתקדם ביותר שדווח", "the most advanced stage that was reported counts"),
    "least_advanced": Text("השלב המתקדם פחות מכל מה שדווח", "the least advanced stage that was reported counts"),
}


def rule_in_words(cohort: Cohort) -> Text:
    """How conflicting reports are settled in this cohort."""
    return RULES.get(_rule(cohort), Text("", ""))


def settled(stages: pd.Series, rule: str) -> int | None:
    """One stage from several reports; "most_reported" takes the less advanced of equals."""
    if stages.empty:
        return None
    return int(
        {"most_advanced": stages.max, "least_advanced": stages.min, "most_reported": lambda: stages.mode().min()}[
            rule
        ]()
    )


def stage_counts(stages: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """How many projects stand at each stage in each wave, of those with a report: option, wave, n_projects, n."""
    question, rows = question_with_role(codebook, "project_stage"), []
    for wave in stages["wave"].unique() if question else ():
        known = stages.loc[stages["wave"] == wave, "stage"].dropna()
        rows += [
            {
                "question": question,
                "option": option.code,
                "wave": wave,
                "n_projects": int((known == option.code).sum()),
                "n": len(known),
            }
            for option in codebook.options_of(question).options
        ]
    return pd.DataFrame(rows)


def stage_moves(stages: pd.DataFrame) -> pd.DataFrame:
    """Projects by the way they went from the first wave with reports to the last: move (forward, same_stage, back,
    stage_unknown), n_projects, n (all projects), wave, compared_with.

    A project without a report in one of the two is unknown. Nothing where there are no two waves with reports.
    """
    reported = list(stages.loc[stages["stage"].notna(), "wave"].unique())
    waves = [wave for wave in stages["wave"].unique() if wave in reported]
    if len(waves) < 2:
        return pd.DataFrame(columns=["move", "n_projects", "n", "wave", "compared_with"])
    before, after = (stages[stages["wave"] == wave].set_index("project")["stage"] for wave in (waves[0], waves[-1]))
    before, after = before.astype("Int64"), after.astype("Int64").reindex(before.index)
    both = before.notna() & after.notna()
    counts = {
        "forward": (both & (after > before)).sum(),
        "same_stage": (both & (after == before)).sum(),
        "back": (both & (after < before)).sum(),
        "stage_unknown": (~both).sum(),
    }
    moves = pd.DataFrame([{"move": move, "n_projects": int(n), "n": len(before)} for move, n in counts.items()])
    return moves.assign(wave=waves[-1], compared_with=waves[0])


def share_advanced(stages: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Projects in advanced stages, wave by wave: "k of n of N", the interval for N projects, and the worst-case
    bounds.
    """
    rows = []
    for wave in stages["wave"].unique():
        mine = stages[stages["wave"] == wave]
        known = mine["stage"].dropna()
        k, n, total = int(known.isin(codebook.advanced_stages).sum()), len(known), len(mine)
        low, high = hypergeometric_interval(k, n, total) if n else (None, None)
        bounds = worst_case_share(k, n, total)
        rows.append(
            {
                "wave": wave,
                "n_advanced": k,
                "n": n,
                "n_all": total,
                "low": low,
                "high": high,
                "lowest": round(bounds.low * total),
                "highest": round(bounds.high * total),
                "conflicts": int(mine["conflict"].sum()),
            }
        )
    return pd.DataFrame(rows)


def involvement(answers: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """How many are still involved in their project, in each wave that asks it, of those who answered: option (yes),
    n_chosen, n.
    """
    question = question_with_role(codebook, "project_involvement")
    if question is None:
        return pd.DataFrame(columns=["question", "option", "wave", "n_chosen", "n"])
    chosen = options_chosen(answers, codebook, question)
    return chosen[chosen["option"].isin(codebook.options_of(question).high) & (chosen["n"] > 0)].reset_index(drop=True)
