"""What a reader gets: both pages, the numbers behind them and a manifest, all at once or not at all.

Each publication is a folder of its own; readers follow one symbolic link, which is swung in a single step. A run that
fails leaves the last good pages standing, with a notice of what happened.
"""

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import nbformat

from followup import publish
from followup.cohort import Cohort, cohort_names
from followup.freshness import replace_text
from followup.language import LANGUAGES, Text, number, share
from followup.tables import KEYS, read_result

PAGE_ORDER = ("06_findings", "02_describe", "03_compare", "04_projects", "05_network", "01_clean")
SHOWN = ("report.he.html", "report.en.html", "results", "manifest.json")
PACKAGES = ("papermill", "nbconvert", "pandas", "numpy", "scipy", "statsmodels", "seaborn", "matplotlib", "networkx")
CURRENT, VERSIONS = ".current", ".versions"


def publish_report(cohort: Cohort, inputs: dict[str, str], results: Iterable[str]) -> list[tuple[str, int, str]]:
    """Render both pages and put them, `results` and the manifest before the readers; what the pages left out is returned."""
    notebooks = {name: nbformat.read(cohort.private / f"{name}.ipynb", as_version=4) for name in PAGE_ORDER}
    fonts = cohort.root / "build" / ".fonts"
    files = {f"report.{language}.html": publish.render_page(notebooks, language, page_facts(cohort, language, inputs), fonts).encode()
             for language in LANGUAGES}
    files |= {f"results/{name}.csv": (cohort.private / "results" / f"{name}.csv").read_bytes() for name in sorted(results)}
    files["manifest.json"] = _manifest(cohort, inputs, files).encode()
    _put(cohort, files)
    write_index(cohort.root)
    return publish.unpublished(notebooks)


def publish_failure(cohort: Cohort, stage: str, reason: str) -> bool:
    """Mark the last good pages as older than a run that failed; False when there is none."""
    folder = cohort.build / CURRENT
    if not folder.exists():
        return False
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    when = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    for language in LANGUAGES:
        name = f"report.{language}.html"
        notice = publish.render_failure_notice(language, when, stage, reason)
        files[name] = publish.with_notice(files[name].decode(), notice).encode()
    _put(cohort, files)
    return True


def _put(cohort: Cohort, files: dict[str, bytes]) -> None:
    """Write a new version beside the old one, swing the link, and tidy up what no reader can reach any more."""
    mark = hashlib.sha256(b"".join(name.encode() + b"\0" + hashlib.sha256(content).digest() for name, content in sorted(files.items()))).hexdigest()[:16]
    versions = cohort.build / VERSIONS
    folder = versions / mark
    if not folder.exists():
        draft = versions / f".{mark}.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        for name, content in files.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        draft.rename(folder)
    _swing(cohort.build / CURRENT, Path(VERSIONS) / mark)
    for name in SHOWN:
        _swing(cohort.build / name, Path(CURRENT) / name)
    for old in versions.iterdir():
        if old != folder:
            shutil.rmtree(old, ignore_errors=True)


def _swing(link: Path, target: Path) -> None:
    """Point a symbolic link at `target` in one step; a reader sees the old or the new, never neither."""
    if link.is_symlink() and os.readlink(link) == str(target):
        return
    beside = link.with_name(f".{link.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    if link.is_dir() and not link.is_symlink():
        shutil.rmtree(link)
    os.replace(beside, link)


def _manifest(cohort: Cohort, inputs: dict[str, str], files: dict[str, bytes]) -> str:
    """What the report was made from and with, and what it consists of, by SHA-256."""
    manifest = {
        "cohort": cohort.name, "synthetic": cohort.params.synthetic, "seed": cohort.params.analysis.seed,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "inputs": inputs, "index": _index_facts(cohort),
        "outputs": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def page_facts(cohort: Cohort, language: str, inputs: dict[str, str]) -> publish.PageFacts:
    """What stands around the sections of a page."""
    other = next(name for name in LANGUAGES if name != language)
    period, params = cohort.params.period, cohort.params
    dates = [(PROGRAMME[language], period.programme[language])]
    dates += [(cohort.codebook.waves[wave][language], when[language]) for wave in cohort.waves if (when := getattr(period, wave))]
    return publish.PageFacts(
        language=language, cohort=cohort.name, programme=cohort.codebook.programme[language], cohort_title=params.title[language],
        synthetic=params.synthetic, other_page=f"report.{other}.html", dates=tuple(dates),
        masthead=tuple((label[language], value[language]) for label, value in _counts(cohort)),
        provenance=_provenance(cohort, language, inputs), glossary=tuple((term[language], meaning[language]) for term, meaning in GLOSSARY))


def _counts(cohort: Cohort) -> list[tuple[Text, Text]]:
    """"n of N" for each wave, and how the waves link: on the first screen of every report."""
    response = read_result(cohort, "response")
    rows = [(_wave(cohort, row.wave), share(int(row.n), int(row.n_all))) for row in response.itertuples()]
    links = read_result(cohort, "links")
    return rows + [(KEYS[row.status], number(int(row.n))) for row in links.itertuples()]


def _wave(cohort: Cohort, wave: str) -> Text:
    words = cohort.codebook.waves[wave]
    return Text(words.he, words.en)


def _provenance(cohort: Cohort, language: str, inputs: dict[str, str]) -> tuple[tuple[str, str], ...]:
    whole = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    rows = ((Text("קלט (SHA-256)", "Inputs (SHA-256)"), whole), (Text("גרעין אקראיות", "Seed"), str(cohort.params.analysis.seed)),
            (Text("תוכנות", "Software"), f"Python {platform.python_version()}, {versions}"))
    return tuple((label[language], value) for label, value in rows)


PROGRAMME = Text("התכנית", "Programme")
GLOSSARY = (
    (Text("סולם", "Scale"), Text("כמה היגדים שמודדים יחד דבר אחד; הציון הוא הממוצע שלהם.", "Several statements that measure one thing together; its score is their mean.")),
    (Text("שינוי", "Change"), Text("המעקב פחות סיום התכנית, בנקודות של הסולם.", "Follow-up minus programme end, in points of the scale.")),
    (Text("רווח סמך", "Interval"), Text("טווח הערכים שהנתונים מתיישבים איתם, ברמת הביטחון הנקובה.", "The range of values that the data are compatible with, at the stated confidence.")),
    (Text("p מתוקן", "Adjusted p"), Text("כמה מפתיעה התוצאה אילו לא חל שינוי, לאחר תיקון על מספר הבדיקות.", "How surprising the result would be had nothing changed, allowing for how many tests were made.")),
    (Text("סף", "Margin"), Text("השינוי הגדול ביותר שעדיין נחשב ״נשמר״; נקבע מראש.", "The largest change that still counts as “preserved”; fixed beforehand.")),
    (Text("אין הכרעה", "Inconclusive"), Text("הנתונים מתיישבים הן עם שינוי והן עם היעדרו.", "The data are compatible both with a change and with none.")),
)


def _index_facts(cohort: Cohort) -> dict:
    """What the list of reports says about this one."""
    response = read_result(cohort, "response")
    last = response.iloc[-1]
    rate, period = share(int(last["n"]), int(last["n_all"])), cohort.params.period
    return {language: {"title": cohort.params.title[language], "dates": period.programme[language], "response": rate[language]} for language in LANGUAGES}


def write_index(root: Path) -> None:
    """build/index.html: every cohort that has a published report."""
    entries = []
    for name in cohort_names(root):
        path = root / "build" / name / "manifest.json"
        if not path.exists():
            continue
        manifest = json.loads(path.read_text(encoding="utf-8"))
        facts = {field: Text(*(manifest["index"][language][field] for language in LANGUAGES)) for field in ("title", "dates", "response")}
        entries.append(publish.IndexEntry(cohort=name, pages=Text(f"{name}/report.he.html", f"{name}/report.en.html"), synthetic=manifest["synthetic"], **facts))
    replace_text(root / "build" / "index.html", publish.render_index(entries, root / "build" / ".fonts"))
