"""Files made from a published page when they are asked for (PDF, Word): made once, kept until the page changes."""

from collections.abc import Callable, Sequence
from pathlib import Path

from followup.problems import InputProblems, Problem
from followup.publish import list_of_reports, versions
from followup.store.freshness import digest, replace_bytes, replace_text
from followup.study.cohort import Cohort


def made_from_pages(
    cohort: Cohort, names: Sequence[str], make: Callable[[Path], bytes | None], command: str, kind: str = ""
) -> list[Path]:
    """Files beside the published pages, of these `names`, each `make`d from its page; where they are.

    A file is made where there is none yet, where it was damaged, or where the one that is there is of another `kind`
    (with or without the annex). Where `make` gives None, the page has no such file.

    Raises `InputProblems` where nothing is published.
    """
    folder = versions.current(cohort.build)
    if not folder.is_dir():
        raise InputProblems([Problem("this cohort has no report yet", f"make report COHORT={cohort.name}", command)])
    made = []
    for name in names:
        page, mark = folder / versions.page_of(name), cohort.build / "private" / f"{name}.sha256"
        if not page.is_file():
            continue
        if not mark.is_file() or mark.read_text(encoding="utf-8") != digest(folder / name) + kind:
            content = make(page)
            if content is None:
                continue
            replace_bytes(folder / name, content)
            replace_text(mark, digest(folder / name) + kind)
        versions.show_beside(cohort.build, name)
        made.append(cohort.build / name)
    list_of_reports.write_index(cohort.root)
    return made
