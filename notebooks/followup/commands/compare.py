"""The page that compares cohorts: made from their published reports by 90_cohorts, and put before the readers like
theirs.
"""

import json
import os
import sys
from pathlib import Path

import nbformat

from followup.analysis.published_results import Cohorts, read_cohorts
from followup.chain.execution import StageFailed, execute, kept_by
from followup.chain.stages import BUSY, FAILURE, INPUT, Stage
from followup.language import LANGUAGES, Text, numbers_isolated
from followup.problems import InputProblems
from followup.publish import font, versions
from followup.publish.rendering import PageProblem
from followup.store import temporary
from followup.store.freshness import sha256_of
from followup.study.cohort import COMPARED, ROOT, Cohort

STAGE = Stage("90_cohorts")
TITLE = Text("המחזורים זה לצד זה", "Cohorts side by side")
COHORTS = Text("מחזורים", "Cohorts")
WITHOUT = Text("בלי דוח שפורסם", "Without a published report")


def build(root: Path) -> None:
    """Run 90_cohorts and publish build/compare; raises `InputProblems`, `StageFailed` or `PageProblem`."""
    cohorts = read_cohorts("all", root)
    last = cohorts.published[-1].cohort
    folder = Cohort(COMPARED, last.params, last.codebook, root)
    notebook = execute(STAGE, "all", folder.private / f"{STAGE.name}.ipynb")
    publish(folder, cohorts, notebook)


def publish(folder: Cohort, cohorts: Cohorts, notebook: nbformat.NotebookNode) -> None:
    """Both pages and the numbers behind them, all at once."""
    from followup.publish import publication, rendering

    fonts = font.font_cache(folder.root)
    inputs = {
        f"build/{one.name}/manifest.json": sha256_of((one.cohort.build / "manifest.json").read_bytes())
        for one in cohorts.published
    }
    files = {
        f"report.{language}.html": rendering.render_page(
            {STAGE.name: notebook}, language, _facts(cohorts, language, inputs), fonts
        ).encode()
        for language in LANGUAGES
    }
    for kind, name in kept_by(notebook):
        if kind != "handed_on":
            files[f"results/{name}.csv"] = publication.spreadsheet_safe(
                (folder.private / "results" / f"{name}.csv").read_bytes()
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
    from followup.publish.template_pages import PageFacts

    other = next(name for name in LANGUAGES if name != language)
    programmes = dict.fromkeys(one.cohort.codebook.programme[language] for one in cohorts.published)
    count, missing = str(len(cohorts.published)), ", ".join(cohorts.missing)
    masthead = [(COHORTS, count), *([(WITHOUT, missing)] if missing else [])]
    whole = sha256_of(json.dumps(inputs, sort_keys=True))
    return PageFacts(
        language=language,
        cohort=COMPARED,
        programme=" · ".join(programmes),
        cohort_title=TITLE[language],
        other_page=f"report.{other}.html",
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
                build(root)
        except Timeout:
            print("Another comparison is under way; wait for it to end.", file=sys.stderr)
            return BUSY
        except InputProblems as problems:
            print(problems, file=sys.stderr)
            return INPUT
        except (StageFailed, PageProblem) as failure:
            print(failure, file=sys.stderr)
            return getattr(failure, "exit_code", FAILURE)
    print("Done. Open:", *(f"    {place / page}" for page in ("report.he.html", "report.en.html")), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
