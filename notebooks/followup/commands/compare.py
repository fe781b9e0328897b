"""The page that compares cohorts: made from their published reports by the notebooks that are for it (90_cohorts), and
put before the readers like theirs.
"""

import json
import os
import secrets
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import nbformat

from followup.analysis.published_results import Cohorts, read_cohorts
from followup.chain.execution import execute, kept_by
from followup.chain.found_notebooks import COMPARE, page_order, stages_of_comparison
from followup.chain.metadata_rules import problems_of
from followup.chain.notebook_rules import preflight
from followup.chain.stages import BUSY
from followup.editions import records
from followup.editions.released_numbers import conclusions_changed, conclusions_in, results_in
from followup.language import LANGUAGES, Text, isolated, listed, numbers_isolated, same
from followup.problems import InputProblems, Problem, raise_problems
from followup.publish import font, versions
from followup.publish.provenance import page_name
from followup.store import temporary
from followup.store.freshness import last_sent, sha256_of
from followup.study.cohort import COMPARED, ROOT, Cohort, cohort_names, open_cohort
from followup.study.institute_key import institute_key

NO_NOTEBOOK = Problem(
    "no notebook is for the page that compares cohorts",
    f'write "page": "{COMPARE}" in the metadata of one, under "followup"',
    "notebooks/",
)
TITLE = Text("המחזורים זה לצד זה", "Cohorts side by side")
COHORTS = Text("מחזורים", "Cohorts")
EDITIONS = Text("מהדורות", "Editions")
NOT_YET, NONE_YET = Text("טרם פורסמו", "not yet released"), Text("טרם פורסמה מהדורה", "none released yet")
WITHOUT = Text("בלי דוח שפורסם", "Without a published report")


def build(root: Path) -> list[str]:
    """Run its notebooks and publish build/compare; the names of its pages. Raises `InputProblems`, `StageFailed` or `PageProblem`."""
    stages = stages_of_comparison()
    raise_problems(
        [*problems_of(cohorts=cohort_names(root)), *(p for stage in stages for p in preflight(stage.notebook))]
    )
    raise_problems([] if stages else [NO_NOTEBOOK])
    cohorts = read_cohorts("all", root)
    last = cohorts.published[-1].cohort
    folder = Cohort(COMPARED, last.params, last.codebook, root)
    notebooks = {stage.name: execute(stage, "all", folder.private / f"{stage.name}.ipynb") for stage in stages}
    publish(folder, cohorts, notebooks, page_order(stages))
    return [page_name(language) for language in cohorts.languages]


def publish(
    folder: Cohort, cohorts: Cohorts, notebooks: dict[str, nbformat.NotebookNode], order: Sequence[str]
) -> None:
    """A page in each language that all cohorts share and the numbers behind it, all at once.

    Made of the same as the last edition of it, they are that edition again.
    """
    from followup.editions.judgement import content_of
    from followup.publish import edition_line, list_of_reports, publication, rendering

    fonts = font.font_cache(folder.root)
    inputs = _inputs(cohorts)
    files = {
        page_name(language): rendering.render_page(
            notebooks, language, _facts(cohorts, language, inputs), fonts, order
        ).encode()
        for language in cohorts.languages
    }
    for kind, name in (made for notebook in notebooks.values() for made in kept_by(notebook)):
        if kind != "handed_on":
            files[f"results/{name}.csv"] = publication.published_table(
                (folder.private / "results" / f"{name}.csv").read_bytes(), cohorts.languages
            )
    last = (records.editions_of(folder.root, COMPARED) or [None])[-1]
    if last and last.facts["content"] == content_of(files):
        versions.put(folder.build, last.sent)
    else:
        foot = edition_line.not_released(_standing(last, files))
        manifest = {
            "cohorts": [one.name for one in cohorts.published],
            "inputs": inputs,
            "edition": {"number": None},
        }
        made = edition_line.with_lines(files, foot)
        versions.put(folder.build, edition_line.sealed(made, manifest, crate=False))
    list_of_reports.write_index(folder.root)


def _inputs(cohorts: Cohorts) -> dict[str, str]:
    """The manifests of the reports that are compared: of the editions that were sent, where there are any."""
    manifests = [one.folder / "manifest.json" for one in cohorts.published]
    root = cohorts.published[0].cohort.root
    return {path.relative_to(root).as_posix(): sha256_of(path.read_bytes()) for path in manifests}


def _standing(last: records.Edition | None, files: dict[str, bytes]):
    """How a comparison stands to the last edition of it."""
    from followup.publish.edition_line import Standing

    if last is None:
        return Standing()
    then, now = (conclusions_in(results_in(side)) for side in (last.sent, files))
    changed = conclusions_changed(then, now)
    return Standing(last.number, last.name, last.facts["released"], last.facts["commit"], changed)


def _facts(cohorts: Cohorts, language: str, inputs: dict[str, str]):
    """What stands around the page: how many cohorts, of which edition, which are not in it, and what it was made from."""
    from followup.publish.publication import other_page
    from followup.publish.template_pages import PageFacts

    programmes = dict.fromkeys(one.cohort.codebook.programme[language] for one in cohorts.published)
    count, missing = str(len(cohorts.published)), listed([_called(cohorts, name) for name in cohorts.missing])[language]
    masthead = [(COHORTS, count), (EDITIONS, _editions(cohorts)[language]), *([(WITHOUT, missing)] if missing else [])]
    whole = sha256_of(json.dumps(inputs, sort_keys=True))
    return PageFacts(
        language=language,
        cohort=COMPARED,
        programme=" · ".join(programmes),
        cohort_title=TITLE[language],
        other_page=other_page(language, cohorts.languages),
        synthetic=any(one.cohort.params.synthetic for one in cohorts.published),
        masthead=tuple(
            (label[language], numbers_isolated(value) if language == "he" else value) for label, value in masthead
        ),
        provenance=(
            (Text("הדוחות שמהם הופק הדף (SHA-256)", "The reports that it was made from (SHA-256)")[language], whole),
        ),
    )


def _called(cohorts: Cohorts, name: str) -> Text:
    """The title of a cohort without a report; its code where its params cannot be read."""
    with suppress(InputProblems):
        title = open_cohort(name, cohorts.published[0].cohort.root).params.title
        return Text(*(title[language].split(" – ")[0] for language in LANGUAGES))
    return same(isolated(name))


def _editions(cohorts: Cohorts) -> Text:
    """Which edition of each cohort's report is compared, by the cohorts' names; last those of which none was released."""
    named = {one.name: cohorts.names.get(one.name, one.title) for one in cohorts.published}
    sent = [one for one in cohorts.published if one.folder != one.cohort.build]
    waiting = [named[one.name] for one in cohorts.published if one not in sent]
    told = [named[one.name] + same(f": {isolated(one.folder.parent.name)}") for one in sent]
    if not told:
        return NONE_YET
    told += [NOT_YET + same(": ") + listed(waiting)] if waiting else []
    return Text(*("; ".join(text[language] for text in told) for language in LANGUAGES))


# The comparison as an edition ---------------------------------------------------------------------------------------


def release_comparison(root: Path) -> str:
    """Record the comparison that stands as an edition, and pack it; what to say of it.

    Nobody new is told of: every row is about one cohort and says what an edition of it said. So it is refused while one
    of the cohorts has none.
    """
    from filelock import FileLock

    from followup.commands.release import archived, told_of_archive
    from followup.publish import edition_line, list_of_reports
    from followup.store.freshness import replace_bytes

    build = root / "build" / COMPARED
    (build / "private").mkdir(parents=True, exist_ok=True)
    with FileLock(build / "private" / "lock", timeout=0):
        files = _standing_files(root, build)
        manifest, plain = edition_line.facts_in(files), edition_line.without_lines(files)
        last = (records.editions_of(root, COMPARED) or [None])[-1]
        if manifest["edition"]["number"] is None:
            facts, sent = _as_edition(manifest, plain, last)
            last = records.write(root, facts, sent, {}, institute_key())
            versions.put(build, sent)
            list_of_reports.write_index(root)
        replace_bytes(build / f"release-{last.name}.zip", archived(last.sent, f"{COMPARED}-{last.name}"))
        return told_of_archive(build / f"release-{last.name}.zip", COMPARED, last.name)


def _as_edition(manifest: dict, plain: dict[str, bytes], last: records.Edition | None) -> tuple[dict, dict[str, bytes]]:
    """What the record of the next edition says, and the files as they are sent."""
    from followup.commands.release import commit_here
    from followup.editions.judgement import content_of
    from followup.publish import edition_line, provenance

    number, day, commit = last.number + 1 if last else 1, provenance.now().date().isoformat(), commit_here()
    about = {"number": number, "name": str(number), "released": day, "commit": commit}
    foot = edition_line.as_edition(str(number), day, commit, _standing(last, plain).changed)
    kept = {name: value for name, value in manifest.items() if name != "outputs"} | {"edition": about}
    sent = edition_line.sealed(edition_line.with_lines(plain, foot), kept, crate=False)
    facts = {"cohort": COMPARED, "number": number, "released": day, "commit": commit}
    return facts | {"nonce": secrets.token_hex(16), "content": content_of(plain)}, sent


def _standing_files(root: Path, build: Path) -> dict[str, bytes]:
    """The comparison as it stands; raises `InputProblems` unless it is whole, newest, and made of editions alone."""
    from followup.commands.verify import changed_outputs

    if problems := changed_outputs(build):
        raise InputProblems([Problem(what, "make compare", f"build/{COMPARED}") for what in problems])
    manifest = json.loads((build / "manifest.json").read_bytes())
    if manifest["inputs"] != _inputs(read_cohorts("all", root)):
        raise InputProblems(
            [Problem("a report changed since the cohorts were compared", "make compare", "build/compare")]
        )
    without = [name for name in manifest["cohorts"] if last_sent(root, name) is None]
    if without:
        what = "the comparison holds a cohort of which no edition was sent"
        raise InputProblems([Problem(what, f"make release COHORT={name}; then make compare", name) for name in without])
    return {name: (build / name).read_bytes() for name in [*manifest["outputs"], "manifest.json"]}


def main() -> int:
    from filelock import FileLock, Timeout

    root = Path(os.environ.get("FOLLOWUP_ROOT", ROOT))
    place = root / "build" / COMPARED
    (place / "private").mkdir(parents=True, exist_ok=True)
    with temporary.folder() as runtime:
        os.environ["JUPYTER_RUNTIME_DIR"] = str(runtime)
        try:
            with FileLock(place / "private" / "lock", timeout=0):
                pages = build(root)
        except Timeout:
            print("Another comparison is under way; wait for it to end.", file=sys.stderr)
            return BUSY
    print("Done. Open:", *(f"    {place / page}" for page in pages), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
