"""What tells of the people of a cohort: pseudonyms, IDs, names, addresses, titles of projects."""

from followup.cleaning.cleaning_log import Log
from followup.cleaning.identifiers import words_of_projects
from followup.cleaning.records import PROJECTS, Record
from followup.cleaning.roster import open_roster
from followup.study.cohort import Cohort


def words_of_people(cohort: Cohort) -> frozenset[str]:
    """What tells of the people of a cohort and must not stand on a page: pseudonyms, IDs, names, addresses, titles of
    projects. Read from the raw files each time, for names are kept nowhere else; empty where there are none to read.
    """
    roster, settings = open_roster(cohort, []), cohort.params.projects
    if roster is None:
        return frozenset()
    words = roster.words.loc[roster.words["kind"] != "unit", "word"]
    projects = Record(cohort, Log(), None, settings and settings.file, PROJECTS).rows
    return frozenset([*words, *roster.participants["participant"], *words_of_projects(projects)["word"]])
