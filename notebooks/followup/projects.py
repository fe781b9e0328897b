"""Projects begun in the programme: how far each one got, who is still involved. One row is one project."""

import pandas as pd

from followup.answers import options_chosen
from followup.codebook import Codebook
from followup.cohort import Cohort
from followup.response import hypergeometric_interval, worst_case_share

WAVES = ("programme_end", "follow_up")


def question_with_role(codebook: Codebook, role: str) -> str | None:
    """The question that a codebook gives this role, if it asks it."""
    return next((key for key, question in codebook.questions.items() if question.role == role), None)


def project_stages(projects: pd.DataFrame, members: pd.DataFrame, answers: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Each project's stage in each wave from its members' reports: project, wave, reports, stage, conflict.

    Reports that disagree are settled by the rule in the params; a project without a report has no stage.
    """
    question = question_with_role(cohort.codebook, "project_stage")
    reports = answers[answers["question"] == question].dropna(subset=["value"]).merge(members, left_on="respondent", right_on="participant")
    rule, rows = cohort.params.projects.conflicting_reports if cohort.params.projects else "", []
    for project in projects["project"]:
        for wave in WAVES:
            stages = reports.loc[(reports["project"] == project) & (reports["wave"] == wave), "value"]
            rows.append({"project": project, "wave": wave, "reports": len(stages), "stage": settled(stages, rule), "conflict": stages.nunique() > 1})
    columns = ["project", "wave", "reports", "stage", "conflict"]
    return pd.DataFrame(rows, columns=columns).astype({"stage": "Int64"})


def settled(stages: pd.Series, rule: str) -> int | None:
    """One stage from several reports; "most_reported" takes the less advanced of equals."""
    if stages.empty:
        return None
    return int({"most_advanced": stages.max, "least_advanced": stages.min, "most_reported": lambda: stages.mode().min()}[rule]())


def stage_counts(stages: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """How many projects stand at each stage in each wave, of those with a report: option, wave, n_projects, n."""
    question, rows = question_with_role(codebook, "project_stage"), []
    for wave in WAVES if len(stages) else ():
        known = stages.loc[stages["wave"] == wave, "stage"].dropna()
        rows += [{"question": question, "option": option.code, "wave": wave, "n_projects": int((known == option.code).sum()), "n": len(known)}
                 for option in codebook.options_of(question).options]
    return pd.DataFrame(rows)


def share_advanced(stages: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Projects in advanced stages, wave by wave: "k of n of N", the interval for N projects, and the worst-case bounds."""
    rows = []
    for wave in WAVES if len(stages) else ():
        mine = stages[stages["wave"] == wave]
        known = mine["stage"].dropna()
        k, n, total = int(known.isin(codebook.advanced_stages).sum()), len(known), len(mine)
        low, high = hypergeometric_interval(k, n, total) if n else (None, None)
        bounds = worst_case_share(k, n, total)
        rows.append({"wave": wave, "n_advanced": k, "n": n, "n_all": total, "low": low, "high": high,
                     "lowest": round(bounds.low * total), "highest": round(bounds.high * total), "conflicts": int(mine["conflict"].sum())})
    return pd.DataFrame(rows)


def involvement(answers: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """How many graduates are still involved in their project at follow-up, of those who answered: option (yes), n_chosen, n."""
    question = question_with_role(codebook, "project_involvement")
    if question is None:
        return pd.DataFrame(columns=["question", "option", "wave", "n_chosen", "n"])
    chosen = options_chosen(answers, codebook, question)
    return chosen[chosen["option"].isin(codebook.options_of(question).high) & (chosen["n"] > 0)].reset_index(drop=True)
