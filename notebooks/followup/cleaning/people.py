"""What tells of the people of a cohort: pseudonyms, IDs, names, addresses, titles of projects."""

from pathlib import Path

from followup.cleaning.cleaning_log import Log
from followup.cleaning.identifiers import words_of_projects
from followup.cleaning.records import PROJECTS, Record
from followup.cleaning.roster import Roster, open_roster
from followup.study.cohort import Cohort, open_cohort

KNOWN: dict[
    tuple[Path, str], frozenset[str]
] = {}  # by root and cohort; only in processes that last no longer than a build


def know(name: str) -> None:
    """Read the words of a cohort's people once, for all kernels that are forked from this process afterwards."""
    cohort = open_cohort(name)
    KNOWN[cohort.root, name] = words_of_people(cohort)


def keep_words(cohort: Cohort, roster: Roster | None) -> None:
    """Keep the words of a roster that has just been read, so that this process need not read it again."""
    KNOWN[cohort.root, cohort.name] = _words(cohort, roster)


def words_of_people(cohort: Cohort) -> frozenset[str]:
    """What tells of the people of a cohort and must not stand on a page: pseudonyms, IDs, names, addresses, titles of
    projects. Read from the raw files, for names are kept nowhere else; empty where there are none to read.
    """
    known = KNOWN.get((cohort.root, cohort.name))
    return _words(cohort, open_roster(cohort, [])) if known is None else known


def _words(cohort: Cohort, roster: Roster | None) -> frozenset[str]:
    if roster is None:
        return frozenset()
    settings, words = cohort.params.projects, roster.words.loc[roster.words["kind"] != "unit", "word"]
    projects = Record(cohort, Log(), None, settings and settings.file, PROJECTS).rows
    pseudonyms = roster.participants["participant"]
    return frozenset([*words.tolist(), *pseudonyms.tolist(), *words_of_projects(projects)["word"]])
