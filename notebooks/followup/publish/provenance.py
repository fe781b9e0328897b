"""What a report was made from and with, for whoever checks it later: manifest.json, and the same facts as an RO-Crate."""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

from followup.language import LANGUAGES, in_order
from followup.publish import front_matter
from followup.store.freshness import PACKAGE, sha256_of
from followup.study.cohort import Cohort
from followup.study.institute_key import KEYED

HOUSE = PACKAGE.parents[1]
MANIFEST, CRATE = "manifest.json", "ro-crate-metadata.json"
CODE = ("notebooks", "requirements.lock")
NO_COMMIT = "unknown: not a git checkout"
HOMES = {
    "python": "https://www.python.org/",
    "papermill": "https://papermill.readthedocs.io/",
    "nbconvert": "https://nbconvert.readthedocs.io/",
    "pandas": "https://pandas.pydata.org/",
    "numpy": "https://numpy.org/",
    "scipy": "https://scipy.org/",
    "statsmodels": "https://www.statsmodels.org/",
    "seaborn": "https://seaborn.pydata.org/",
    "matplotlib": "https://matplotlib.org/",
    "networkx": "https://networkx.org/",
}
PACKAGES = tuple(name for name in HOMES if name != "python")
KINDS = {".html": "text/html", ".csv": "text/csv", ".json": "application/json"}
PAGES = {f"report.{language}.html": language for language in LANGUAGES}  # and the language each is in
TERMS = {
    "@type": "CreativeWork",
    "name": "Terms of use",
    "description": "An internal report; the institute that made it decides who may use it. No licence is given by this file.",
}
DATED = (
    "datePublished is SOURCE_DATE_EPOCH where that was set, else the date of the code's commit, "
    "so that the same inputs give the same bytes; else the day of the build."
)


def page_name(language: str) -> str:
    """The file that a report's page in a language is."""
    return f"report.{language}.html"


# What the manifest says ----------------------------------------------------------------------------------------------


def manifest(cohort: Cohort, inputs: dict[str, str], index: dict, outputs: dict[str, str]) -> dict:
    """What a cohort's report was made from and with, and what it consists of.

    Files by SHA-256, but what the institute alone has by HMAC-SHA-256 with its key: nobody else can try guesses.
    """
    return {
        "cohort": cohort.name,
        "about": front_matter.facts(cohort.params.about, cohort.params.languages),
        "synthetic": cohort.params.synthetic,
        "seed": cohort.params.analysis.seed,
        "code": code_version(),
        "versions": versions(),
        "inputs": inputs,
        "index": index,
        "outputs": outputs,
    }


def written(facts: dict) -> bytes:
    """Facts as JSON, the same bytes for the same facts."""
    return (json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def sha256s(files: dict[str, bytes]) -> dict[str, str]:
    return {name: sha256_of(content) for name, content in sorted(files.items())}


def prepare() -> None:
    """Pay ahead for what takes a while: the versions of all packages, and the library that writes crates."""
    versions()
    import rocrate.rocrate  # noqa: F401


@cache
def versions() -> dict[str, str]:
    """Python and the packages that numbers and pages come from."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def code_version(house: Path = HOUSE) -> dict:
    """The commit that the code is of, and whether notebooks, package or lock file differ from it."""
    commit = _git(house, "rev-parse", "HEAD")
    if commit is None:
        return {"commit": NO_COMMIT, "modified": None}
    changed = _git(house, "status", "--porcelain", "--untracked-files=no", "--", *CODE)
    return {"commit": commit, "modified": bool(changed)}


def as_committed(file: Path, house: Path = HOUSE) -> bool:
    """Whether a file is as the last commit has it."""
    return _git(house, "diff", "--quiet", "HEAD", "--", str(file)) is not None


def short_commit(commit: str) -> str:
    """A commit as people write it, with a plus where code was changed since; "" where none is known."""
    return "" if commit.startswith(NO_COMMIT) else commit[:12] + ("+" if commit.endswith("+") else "")


def _git(house: Path, *question: str) -> str | None:
    """What git answers about this project; None without git, or where the project is no checkout of its own."""
    if not (house / ".git").exists():
        return None
    command = ["git", "--no-optional-locks", "-c", f"safe.directory={house}", "-c", "core.fsmonitor=false", *question]
    try:
        done = subprocess.run(command, cwd=house, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def now() -> datetime:
    """The present, or the moment that SOURCE_DATE_EPOCH (seconds since 1970) stands for, in UTC then."""
    stated = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(stated), UTC) if stated.isdecimal() else datetime.now().astimezone()


def day_of_publication(code: dict) -> str:
    """The date that a report bears where a date must be: see `DATED`."""
    committed = _git(HOUSE, "log", "-1", "--format=%ct") if code["modified"] is False else None
    if committed and not os.environ.get("SOURCE_DATE_EPOCH", "").isdecimal():
        return datetime.fromtimestamp(int(committed), UTC).date().isoformat()
    return now().astimezone(UTC).date().isoformat()  # the same day in every time zone


# The same as an RO-Crate ---------------------------------------------------------------------------------------------


def crate(facts: dict) -> bytes:
    """A manifest's facts as ro-crate-metadata.json (RO-Crate 1.2), which lies beside it."""
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    made = ROCrate(version="1.2")
    made.name = " – ".join(facts["index"][language]["title"] for language in in_order(facts["index"])[::-1])
    pages = "two pages" if len(facts["index"]) > 1 else "a page"
    made.description = f"Report of cohort {facts['cohort']}: {pages} and the numbers behind them. {DATED}"
    made.datePublished = day_of_publication(facts["code"])
    _add_front_matter(made, facts.get("about", {}))
    made.license = made.add(ContextEntity(made, "#terms", TERMS))
    results = [_file(made, name, mark) for name, mark in [*facts["outputs"].items(), (MANIFEST, None)]]
    sources = [
        made.add(ContextEntity(made, f"#input/{name}", _source(name, mark))) for name, mark in facts["inputs"].items()
    ]
    tools = [
        made.add(ContextEntity(made, f"#software/{name}", _tool(name, number)))
        for name, number in facts["versions"].items()
    ]
    action = {
        "@type": "CreateAction",
        "name": f"make report COHORT={facts['cohort']}",
        "description": _of_code(facts["code"]),
    }
    build = made.add(ContextEntity(made, "#build", action))
    build["object"], build["result"], build["instrument"] = sources, results, tools
    made.root_dataset["mentions"] = [build]
    return written(made.metadata.generate())


def _add_front_matter(made, about: dict) -> None:
    """Institute, authors, who commissioned it and how to cite, as far as the params say so."""
    from rocrate.model.contextentity import ContextEntity

    for key, role in (
        ("institute", "publisher"),
        ("authors", "author"),
        ("commissioned_by", "sponsor"),
    ):
        if key in about:
            who = {"@type": "Organization", "name": _in_english(about[key])}
            made.root_dataset[role] = made.add(ContextEntity(made, f"#{key}", who))
    for key, said in (("cite", "creditText"), ("programme", "abstract")):
        if key in about:
            made.root_dataset[said] = _in_english(about[key])


def _in_english(words: dict[str, str]) -> str:
    """The English words, or those of the only language that the study has."""
    return words.get("en") or next(iter(words.values()))


def _file(made, name: str, mark: str | None):
    """One published file, with its kind, its language and its SHA-256."""
    facts = {"name": name, "encodingFormat": KINDS[Path(name).suffix]}
    if mark:
        facts["sha256"] = mark
    if name in PAGES:
        facts["inLanguage"] = PAGES[name]
    return made.add_file(dest_path=name, properties=facts)


def _source(name: str, mark: str) -> dict:
    """An input with its SHA-256, or with the keyed digest of what the institute alone has."""
    return {"@type": "CreativeWork", "name": name, "identifier" if mark.startswith(KEYED) else "sha256": mark}


def _tool(name: str, number: str) -> dict:
    return {
        "@type": "SoftwareApplication",
        "name": name,
        "version": number,
        "softwareVersion": number,
        "url": HOMES[name.lower()],
    }


def _of_code(code: dict) -> str:
    modified = ", with changes that are not committed" if code["modified"] else ""
    return f"The project's notebooks, run in order; commit {code['commit']}{modified}."


def crate_of(crate_before: bytes, outputs: dict[str, str]) -> bytes:
    """A crate with the present SHA-256 of its files, all else as it was."""
    facts = json.loads(crate_before)
    for entity in facts["@graph"]:
        if entity["@id"] in outputs and "sha256" in entity:
            entity["sha256"] = outputs[entity["@id"]]
    return written(facts)
