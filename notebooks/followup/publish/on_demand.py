"""Files made from a published page when they are asked for (PDF, Word): made once, kept until the page changes."""

from collections.abc import Callable
from pathlib import Path

from followup.problems import InputProblems, Problem
from followup.publish import publication, versions
from followup.store.freshness import digest, replace_bytes, replace_text
from followup.study.cohort import Cohort


def made_from_pages(
    cohort: Cohort, ending: str, make: Callable[[Path], bytes], command: str, with_annex: bool = False
) -> list[Path]:
    """A file of this `ending` beside each published page, `make`d where there is none yet or it was damaged; where they are.

    A file without the annex is made again where the annex is wanted, and the other way round.

    Raises `InputProblems` where nothing is published.
    """
    folder = versions.current(cohort.build)
    if not folder.is_dir():
        raise InputProblems([Problem("this cohort has no report yet", f"make report COHORT={cohort.name}", command)])
    names = [name for name in versions.ON_DEMAND if name.endswith(ending)]
    names = [name for name in names if (folder / name).with_suffix(".html").is_file()]
    for name in names:
        mark = cohort.build / "private" / f"{name}.sha256"
        kind = "annex" if with_annex else ""
        if not mark.is_file() or mark.read_text(encoding="utf-8") != digest(folder / name) + kind:
            replace_bytes(folder / name, make((folder / name).with_suffix(".html")))
            replace_text(mark, digest(folder / name) + kind)
        versions.show_beside(cohort.build, name)
    publication.write_index(cohort.root)
    return [cohort.build / name for name in names]
