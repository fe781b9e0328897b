"""Records kept beside the questionnaires: projects and their members, ties that were named, meetings, coded interviews."""

from dataclasses import dataclass

import pandas as pd

from followup.cleaning_log import Log
from followup.cohort import Cohort
from followup.exports import folded, read_export
from followup.linkage import same_id
from followup.problems import Problem, nearest, raise_problems

STANCES = ("supports", "qualifies", "contradicts")


def read_record(cohort: Cohort, file: str, columns: list[str], participants: pd.DataFrame, log: Log, people: list[str] = ()) -> pd.DataFrame:
    """The named columns of a record; IDs in `people` become pseudonyms, rows that name nobody on the roster are set aside (logged)."""
    export = read_export(cohort.data / file, f"data/{cohort.name}/{file}")
    found = {folded(heading): heading for heading in export.cells.columns}
    raise_problems(
        Problem(f"no column is headed “{column}”", "add the column, or correct its heading", export.file, 1, allowed=", ".join(columns))
        for column in columns if folded(column) not in found)
    cells = export.cells[[found[folded(column)] for column in columns]].set_axis(columns, axis=1)
    blank = cells.apply(lambda column: column.str.strip() == "").all(axis=1)
    for row in cells.index[blank]:
        log.add("blank_row", export.file, row)
    cells = cells[~blank].copy()
    names = participants.set_index("id")["participant"]
    for column in people:
        ids = cells[column].map(same_id)
        unknown = ~ids.isin(names.index)
        for row in cells.index[unknown]:
            log.add("not_on_roster", export.file, row, column, cells.at[row, column])
        cells, ids = cells[~unknown], ids[~unknown]
        cells = cells.assign(**{column: ids.map(names)})
    return cells


@dataclass(frozen=True)
class Records:
    """All records of a cohort; a record that it does not have is an empty table."""

    projects: pd.DataFrame
    members: pd.DataFrame
    ties: pd.DataFrame
    meetings: pd.DataFrame
    interviews: pd.DataFrame
    log: pd.DataFrame


def read_records(cohort: Cohort, participants: pd.DataFrame) -> Records:
    """Every record that the params name; raises `InputProblems`."""
    nothing = Log().frame()
    projects, members, log_projects = (
        read_projects(cohort, participants) if cohort.params.projects else (_none("project", "title"), _none("project", "participant"), nothing))
    ties, meetings, log_network = (
        read_network(cohort, participants) if cohort.params.network
        else (_none("wave", "ego", "alter", "kind"), _none("meeting", "date", "participant"), nothing))
    interviews, log_interviews = (
        read_interviews(cohort, participants) if cohort.params.interviews
        else (_none("excerpt", "interview", "theme", "finding", "stance", "excerpt_he", "excerpt_en"), nothing))
    logs = [log for log in (log_projects, log_network, log_interviews) if len(log)]
    return Records(projects, members, ties, meetings, interviews, pd.concat(logs, ignore_index=True) if logs else nothing)


def _none(*columns: str) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns), dtype="str")


def read_projects(cohort: Cohort, participants: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """(projects, members, log); every member's project must be among the projects."""
    settings, log = cohort.params.projects, Log()
    projects = read_record(cohort, settings.file, ["project", "title"], participants, log)
    members = read_record(cohort, settings.members, ["project", "participant"], participants, log, ["participant"])
    strange = members[~members["project"].isin(projects["project"])]
    raise_problems(_unknown(strange["project"], projects["project"], f"data/{cohort.name}/{settings.members}", "project"))
    return projects, members, log.frame()


def read_network(cohort: Cohort, participants: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """(ties, meetings, log); nobody is tied to themselves, nor to someone off the roster."""
    settings, log = cohort.params.network, Log()
    ties = read_record(cohort, settings.ties, ["wave", "from", "to", "kind"], participants, log, ["from", "to"])
    ties = ties.rename(columns={"from": "ego", "to": "alter"})
    file = f"data/{cohort.name}/{settings.ties}"
    raise_problems([
        *_unknown(ties.loc[~ties["wave"].isin(cohort.codebook.waves), "wave"], cohort.codebook.waves, file, "wave"),
        *_unknown(ties.loc[~ties["kind"].isin(cohort.codebook.tie_kinds), "kind"], cohort.codebook.tie_kinds, file, "kind")])
    for row in ties.index[ties["ego"] == ties["alter"]]:
        log.add("self_nomination", file, row)
    ties = ties[ties["ego"] != ties["alter"]].drop_duplicates()
    meetings = read_record(cohort, settings.meetings, ["meeting", "date", "participant"], participants, log, ["participant"])
    return ties, meetings, log.frame()


def read_interviews(cohort: Cohort, participants: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(coded excerpts, log); an excerpt's finding and stance must be known, a released one must exist."""
    settings, log = cohort.params.interviews, Log()
    columns = ["excerpt", "interview", "theme", "finding", "stance", "excerpt_he", "excerpt_en"]
    excerpts = read_record(cohort, settings.file, columns, participants, log)
    file = f"data/{cohort.name}/{settings.file}"
    released = pd.Series(settings.released, dtype="str")
    raise_problems([
        *_unknown(excerpts.loc[~excerpts["finding"].isin(cohort.codebook.findings), "finding"], cohort.codebook.findings, file, "finding"),
        *_unknown(excerpts.loc[~excerpts["stance"].isin(STANCES), "stance"], STANCES, file, "stance"),
        *_unknown(released[~released.isin(excerpts["excerpt"])], excerpts["excerpt"], f"params/{cohort.name}.yaml", "interviews.released")])
    return excerpts, log.frame()


def _unknown(values: pd.Series, valid, file: str, column: str):
    for row, value in values.items():
        near = nearest(value, valid)
        remedy = f"did you mean “{near}”?" if near else "use one of the allowed values"
        yield Problem("this value is not known", remedy, file, row, column, value, ", ".join(dict.fromkeys(valid)))
