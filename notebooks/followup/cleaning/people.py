"""What tells of the people of a cohort: pseudonyms, IDs, names, addresses, titles of projects."""

from followup.cleaning.cleaning_log import Log
from followup.cleaning.identifiers import words_of_projects
from followup.cleaning.records import PROJECTS, Record
from followup.cleaning.roster import open_roster
from followup.study.cohort import Cohort, open_cohort

KNOWN: dict[str, frozenset[str]] = {}  # in the process that kernels are forked from, for one build


def know(name: str) -> None:
    """Read the words of a cohort's people once, for all kernels that are forked from this process afterwards."""
    KNOWN[name] = words_of_people(open_cohort(name))


def words_of_people(cohort: Cohort) -> frozenset[str]:
    """What tells of the people of a cohort and must not stand on a page: pseudonyms, IDs, names, addresses, titles of
    projects. Read from the raw files, for names are kept nowhere else; empty where there are none to read.
    """
    if cohort.name in KNOWN:
        return KNOWN[cohort.name]
    roster, settings = open_roster(cohort, []), cohort.params.projects
    if roster is None:
        return frozenset()
    words = roster.words.loc[roster.words["kind"] != "unit", "word"]
    projects = Record(cohort, Log(), None, settings and settings.file, PROJECTS).rows
    return frozenset([*words, *roster.participants["participant"], *words_of_projects(projects)["word"]])
