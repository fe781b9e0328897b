"""The page that compares cohorts: made from their published reports by the notebooks that are for it (90_cohorts), and
put before the readers like theirs.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat

from followup.analysis.published_results import Cohorts, read_cohorts
from followup.chain.execution import StageFailed, execute, kept_by
from followup.chain.found_notebooks import COMPARE, page_order, stages_of_comparison
from followup.chain.metadata_rules import problems_of
from followup.chain.notebook_rules import preflight
from followup.chain.stages import BUSY, FAILURE, INPUT
from followup.language import Text, numbers_isolated
from followup.problems import InputProblems, Problem, raise_problems
from followup.publish import font, versions
from followup.publish.provenance import page_name
from followup.publish.rendering import PageProblem
from followup.store import temporary
from followup.store.freshness import sha256_of
from followup.study.cohort import COMPARED, ROOT, Cohort, cohort_names

NO_NOTEBOOK = Problem(
    "no notebook is for the page that compares cohorts",
    f'write "page": "{COMPARE}" in the metadata of one, under "followup"',
    "notebooks/",
)
TITLE = Text("המחזורים זה לצד זה", "Cohorts side by side")
COHORTS = Text("מחזורים", "Cohorts")
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
    """A page in each language that all cohorts share and the numbers behind it, all at once."""
    from followup.publish import publication, rendering

    fonts = font.font_cache(folder.root)
    inputs = {
        f"build/{one.name}/manifest.json": sha256_of((one.cohort.build / "manifest.json").read_bytes())
        for one in cohorts.published
    }
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
    manifest = {
        "cohorts": [one.name for one in cohorts.published],
        "inputs": inputs,
        "outputs": {name: sha256_of(content) for name, content in sorted(files.items())},
    }
    files["manifest.json"] = (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode()
    versions.put(folder.build, files)
    publication.write_index(folder.root)


def _facts(cohorts: Cohorts, language: str, inputs: dict[str, str]):
    """What stands around the page: how many cohorts, which are not in it, and what it was made from."""
    from followup.publish.publication import other_page
    from followup.publish.template_pages import PageFacts

    programmes = dict.fromkeys(one.cohort.codebook.programme[language] for one in cohorts.published)
    count, missing = str(len(cohorts.published)), ", ".join(cohorts.missing)
    masthead = [(COHORTS, count), *([(WITHOUT, missing)] if missing else [])]
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
        provenance=((Text("הדוחות שמהם נעשה (SHA-256)", "The reports it was made from (SHA-256)")[language], whole),),
    )


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
        except InputProblems as problems:
            print(problems, file=sys.stderr)
            return INPUT
        except (StageFailed, PageProblem) as failure:
            print(failure, file=sys.stderr)
            return getattr(failure, "exit_code", FAILURE)
    print("Done. Open:", *(f"    {place / page}" for page in pages), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
