"""`make release`: the report that stands becomes an edition: recorded, named on its pages, and put into one file to send.

What is sent is checked once more; the record is written first, so that nothing leaves of which there is none.
"""

import argparse
import io
import os
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock, Timeout

from followup.chain.stages import BUSY
from followup.commands.verify import changed_outputs
from followup.disclosure.output_check import common_words
from followup.editions import records
from followup.problems import InputProblems, Problem
from followup.publish import edition_line, list_of_reports, provenance, publication, versions
from followup.store.durable import on_disk
from followup.store.freshness import DRAFT, WHY_DRAFT, fingerprint, is_stale, note_published, replace_bytes
from followup.study.cohort import COMPARED, ROOT, Cohort, open_cohort
from followup.study.institute_key import institute_key

FIXED = (1980, 1, 1, 0, 0, 0)  # the date of every file in the archive, so that the same files give the same bytes


def release(cohort: Cohort) -> str:
    """Record and publish the report that stands as the next edition; what to say of it.

    Raises `InputProblems` where it may not leave.
    """
    _check_stands(cohort)
    files = _standing_files(cohort.build)
    facts, plain = edition_line.facts_in(files), edition_line.without_lines(files)
    if about := facts.get("edition", {}).get("number"):
        return _again(cohort, about)
    editions, judged = records.editions_of(cohort.root, cohort.name), _judged(cohort, plain)
    number = editions[-1].number + 1 if editions else 1
    day, commit = provenance.now().date().isoformat(), commit_here()
    about = {"number": number, "name": str(number), "released": day, "commit": commit}
    foot = edition_line.as_edition(str(number), day, commit, judged.changed if editions else None)
    manifest = {name: value for name, value in facts.items() if name != "outputs"} | {"edition": about}
    manifest |= {"code": provenance.code_version()}
    sent = edition_line.sealed(edition_line.with_lines(plain, foot), manifest)
    _check_names(cohort, sent)
    from followup.editions.judgement import facts_of

    told, tables = facts_of(cohort, number, day, commit, plain)
    records.write(cohort.root, told, sent, tables, institute_key())
    publication.publish_files(cohort.root, cohort.name, sent)
    note_published(cohort.root, cohort.name, fingerprint(cohort.root, cohort.name))
    return _told(cohort, str(number), sent)


def _check_stands(cohort: Cohort) -> None:
    """Raise `InputProblems` for a report that is a draft, is not there, is stale, failed, or is not as its manifest lists."""
    draft, again = cohort.private / DRAFT, f"make report COHORT={cohort.name}"
    if is_stale(cohort.root, cohort.name):
        if problems := changed_outputs(cohort.build):
            raise InputProblems([Problem(what, again, f"build/{cohort.name}") for what in problems])
        raise InputProblems(
            [Problem("the report is not what its inputs and the code make now", again, f"build/{cohort.name}")]
        )
    if draft.exists():
        raise _Draft((cohort.private / WHY_DRAFT).read_text(encoding="utf-8"))
    if problems := changed_outputs(cohort.build):
        raise InputProblems([Problem(what, again, f"build/{cohort.name}") for what in problems])


class _Draft(InputProblems):
    """A report that may not leave, with the ways on."""

    def __init__(self, why: str):
        self.why = why
        super().__init__([])

    def __str__(self) -> str:
        return self.why


def _judged(cohort: Cohort, plain: Mapping[str, bytes]):
    """The last look at who stands behind the numbers, with the records that are there now."""
    from followup.editions.judgement import judged, why_draft

    found = judged(cohort, plain)
    if found.is_draft:
        raise _Draft(why_draft(cohort, found))
    return found


def _check_names(cohort: Cohort, sent: Mapping[str, bytes]) -> None:
    """The last look for names, in all that is about to leave."""
    from followup.cleaning.people import words_of_people

    publication.check_names(dict(sent), words_of_people(cohort), common_words(cohort.codebook))


def _standing_files(build: Path) -> dict[str, bytes]:
    """Every file that the manifest of a report lists, and the manifest."""
    listed = edition_line.facts_in({provenance.MANIFEST: (build / provenance.MANIFEST).read_bytes()})["outputs"]
    return {name: (build / name).read_bytes() for name in [*listed, provenance.MANIFEST]}


def commit_here() -> str:
    """The commit of the code, with a plus where it has changes that are not committed."""
    code = provenance.code_version()
    return f"{code['commit']}{'+' if code['modified'] else ''}"


def _again(cohort: Cohort, number: int) -> str:
    """The edition that stands is put into its archive again, from its record."""
    known = {edition.number: edition for edition in records.editions_of(cohort.root, cohort.name)}
    if number not in known:
        what = f"this report says that it is edition {number}, of which there is no record"
        remedy = f"make clean, and make report COHORT={cohort.name}"
        raise InputProblems([Problem(what, remedy, f"data/releases/{cohort.name}")])
    return "Nothing has changed since.\n" + _told(cohort, known[number].name, known[number].sent)


def _told(cohort: Cohort, name: str, sent: Mapping[str, bytes]) -> str:
    archive = cohort.build / f"release-{name}.zip"
    replace_bytes(archive, archived(sent, f"{cohort.name}-{name}"))
    on_disk([archive, cohort.build])
    list_of_reports.write_index(cohort.root)
    return told_of_archive(archive, cohort.name, name)


def told_of_archive(archive: Path, cohort: str, name: str) -> str:
    """What to say of an edition that was packed."""
    record, what = (
        f"data/releases/{cohort}/{name}",
        "of the comparison" if cohort == COMPARED else f"of cohort {cohort}",
    )
    return "\n".join(
        (
            f"Edition {name} {what}. Send:",
            f"    {archive}",
            "Keep its record with the project (nobody can be known from it without the key):",
            f"    git add {record} && git commit -m 'Edition {name} {what}'",
        )
    )


def archived(files: Mapping[str, bytes], folder: str) -> bytes:
    """Files in one archive, in a folder of their own; the same bytes for the same files."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"{folder}/{name}", FIXED), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Record a cohort's report as an edition, and pack what is sent.")
    parser.add_argument("cohort")
    name, root = parser.parse_args(arguments).cohort, Path(os.environ.get("FOLLOWUP_ROOT", ROOT))
    try:
        if name == COMPARED:
            from followup.commands.compare import release_comparison

            print(release_comparison(root))
            return 0
        cohort = open_cohort(name, root)
        cohort.private.mkdir(parents=True, exist_ok=True)
        with FileLock(cohort.private / "lock", timeout=0):
            versions.tidy(cohort.build)
            print(release(cohort))
    except Timeout:
        print(f"Cohort {name} is being built or released; wait for that to end.", file=sys.stderr)
        return BUSY
    return 0


if __name__ == "__main__":
    sys.exit(main())
