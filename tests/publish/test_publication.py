"""Publication is all or nothing: what a reader sees while versions are put before them, and after a kill or a full disk."""

import errno
import hashlib
import itertools
import json
import os
import random
import re
import signal
import time
from pathlib import Path

import pytest
from followup.language import Text
from followup.publish import list_of_reports, provenance, publication, template_pages, versions
from followup.publish.versions import put

FILES = ("report.he.html", "report.en.html", "results/changes.csv", "results/flow.csv")
KILLS = 100


def version_of(words: str) -> dict[str, bytes]:
    """The files of a made-up report, large enough that writing them takes time, with their manifest."""
    page = f"<p>{words}</p>{template_pages.NOTICE_START}{template_pages.NOTICE_END}"
    files = {name: (page + f"{name} {words}\n" * 4000).encode() for name in FILES}
    outputs = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return files | {"manifest.json": json.dumps({"cohort": "1", "outputs": outputs}).encode()}


VERSIONS = {words: version_of(words) for words in ("one", "two", "three")}


def seen(build: Path, again: int = 20) -> str | None:
    """Which version stands before the readers; None before the first. Anything else than a whole one is an error.

    A reader opens the report's folder once and reads all its files there; one whom two further publications overtake
    meanwhile opens it again.
    """
    folder = (build / ".current").resolve()
    try:
        files = {name: (folder / name).read_bytes() for name in (*FILES, "manifest.json")}
    except FileNotFoundError:
        if not (build / ".current").exists():
            return None
        assert again, "a version that is not whole"
        return seen(build, again - 1)
    [words] = [words for words, version in VERSIONS.items() if version == files]
    return words


def publish_for_ever(build: Path, first: int) -> None:
    """What a process does that is going to be killed."""
    for version in itertools.islice(itertools.cycle(VERSIONS.values()), first, None):
        put(build, version)


def test_a_hundred_kills_at_random_moments_never_show_a_reader_anything_but_a_whole_version(tmp_path):
    """The step of publication alone, killed again and again; whole builds are killed in test_faults.py."""
    moments, states, half_made = random.Random(7), [], 0
    for kill in range(KILLS):
        process = os.fork()
        if process == 0:
            try:
                publish_for_ever(tmp_path, kill % 3)
            finally:
                os._exit(1)
        end = time.monotonic() + moments.uniform(0.0, 0.2)
        try:
            while time.monotonic() < end:
                states.append(seen(tmp_path))
        finally:
            os.kill(process, signal.SIGKILL)
            ended = os.waitpid(process, 0)[1]
        assert os.WTERMSIG(ended) == signal.SIGKILL
        states.append(seen(tmp_path))
        half_made += bool(list((tmp_path / ".versions").glob(".*")) or list(tmp_path.glob(".*.*[0-9]")))
    assert set(states) - {None} == set(VERSIONS)  # every version was seen, whole
    assert half_made  # kills came in the middle of the work, not only between
    versions.tidy(tmp_path)
    put(tmp_path, VERSIONS["one"])
    assert seen(tmp_path) == "one"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *(".current", ".versions", "manifest.json", "report.en.html", "report.he.html", "results"),
    ]
    assert len(list((tmp_path / ".versions").iterdir())) <= 2


def test_a_reader_who_had_begun_reads_on_through_the_next_publication(tmp_path):
    put(tmp_path, VERSIONS["one"])
    folder = (tmp_path / ".current").resolve()
    put(tmp_path, VERSIONS["two"])
    assert {name: (folder / name).read_bytes() for name in VERSIONS["one"]} == VERSIONS["one"]
    put(tmp_path, VERSIONS["three"])
    assert not folder.exists()


def test_at_the_first_publication_all_files_appear_in_one_step(tmp_path, monkeypatch):
    """The links stand before the folder that they lead to: a reader finds none of the files, or all of them."""
    steps, swing = [], versions._swing

    def watched(link, target):
        swing(link, target)
        steps.append(sum((tmp_path / name).exists() for name in VERSIONS["one"]))

    monkeypatch.setattr(versions, "_swing", watched)
    put(tmp_path, VERSIONS["one"])
    assert steps == [0, 0, 0, 0, len(VERSIONS["one"])]


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"cut"), lambda path: path.unlink()])
def test_a_published_file_that_was_damaged_is_made_whole_by_the_next_publication(tmp_path, damage):
    put(tmp_path, VERSIONS["one"])
    damage((tmp_path / ".current").resolve() / "report.en.html")
    put(tmp_path, VERSIONS["one"])
    assert seen(tmp_path) == "one"


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_a_full_disk_at_any_file_leaves_the_old_version_and_nothing_half(tmp_path, monkeypatch, name):
    put(tmp_path, VERSIONS["one"])
    before, write = sorted(tmp_path.rglob("*")), versions._write

    def until_full(path, content):
        if path.match(f"*/{name}"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content[:100])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write(path, content)

    monkeypatch.setattr(versions, "_write", until_full)
    with pytest.raises(OSError, match="No space left on device"):
        put(tmp_path, VERSIONS["two"])
    assert seen(tmp_path) == "one"
    assert sorted(tmp_path.rglob("*")) == before


def test_what_killed_runs_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path):
    put(tmp_path, VERSIONS["one"])
    ended = os.fork() or os._exit(0)
    os.waitpid(ended, 0)
    for process in (ended, os.getppid()):
        (tmp_path / "private" / "tables").mkdir(parents=True, exist_ok=True)
        (tmp_path / "private" / "tables" / f".scores.csv.{process}").write_text("half", encoding="utf-8")
        (tmp_path / f".results.{process}").symlink_to(".current/results")
    versions.tidy(tmp_path)
    left = {path.name for path in tmp_path.rglob(".*") if re.search(r"\d$", path.name)}
    assert left == {f".scores.csv.{os.getppid()}", f".results.{os.getppid()}"}


# ------------------------------------------------------------------------------------- the notice of a failed run


def facts_of(build: Path) -> dict:
    return json.loads((build / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture
def good(tmp_path, monkeypatch) -> Path:
    """A report published at noon of 23 November 2016, in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    put(tmp_path, VERSIONS["one"])
    os.utime((tmp_path / ".current").resolve() / "manifest.json", (1479902400, 1479902400))
    yield tmp_path
    monkeypatch.undo()
    time.tzset()


def test_the_notice_says_how_old_the_report_is_and_the_manifest_stays_true(good, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1480000000")  # 24 November 2016, 15:06:40
    assert publication.publish_failure(good, "03_compare", Text("סיבה", "KeyError"))
    for name in ("report.he.html", "report.en.html"):
        page = (good / name).read_text(encoding="utf-8")
        assert "2016-11-23 12:00" in page
        assert "2016-11-24 15:06" in page
    facts = facts_of(good)
    assert facts["failed"] == {
        "when": "2016-11-24 15:06",
        "report_of": "2016-11-23 12:00",
        "stage": "03_compare",
        "reason": "KeyError",
    }
    assert {name: hashlib.sha256((good / name).read_bytes()).hexdigest() for name in FILES} == facts["outputs"]


def test_a_second_failure_keeps_the_age_of_the_report(good, monkeypatch):
    for moment in ("1480000000", "1480100000"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", moment)
        assert publication.publish_failure(good, "03_compare", Text("סיבה", "KeyError"))
    assert facts_of(good)["failed"]["report_of"] == "2016-11-23 12:00"
    assert facts_of(good)["failed"]["when"] == "2016-11-25 18:53"


def test_no_notice_is_put_on_pages_that_are_not_as_they_were_published(good):
    """A new manifest would declare the damage good."""
    ((good / ".current").resolve() / "results" / "flow.csv").write_bytes(b"cut")
    before = facts_of(good)
    assert not publication.publish_failure(good, "03_compare", Text("סיבה", "KeyError"))
    assert facts_of(good) == before


def test_the_present_is_that_of_source_date_epoch_when_it_is_set(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert provenance.now().isoformat() == "1970-01-02T00:00:00+00:00"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert abs(provenance.now().timestamp() - time.time()) < 60


# ------------------------------------------------------------ without links, and after a power cut


def no_links(*_: object, **__: object) -> None:
    raise PermissionError(1, "Operation not permitted")


@pytest.mark.parametrize("asked", [True, False], ids=["asked for", "no links on the disk"])
def test_plain_copies_are_what_links_would_show_and_change_back(tmp_path, monkeypatch, asked):
    first = {"report.en.html": b"one", "results/a.csv": b"1", "results/b.csv": b"2", "manifest.json": b"m"}
    second = {"report.en.html": b"two", "results/a.csv": b"1", "manifest.json": b"n"}

    def seen() -> dict[str, bytes]:
        shown = (path for path in tmp_path.rglob("*") if not path.relative_to(tmp_path).parts[0].startswith("."))
        return {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in shown if path.is_file()}

    versions.put(tmp_path, first)
    if asked:
        monkeypatch.setenv("CHOSEN_COPY", "1")
    else:
        monkeypatch.setattr(Path, "symlink_to", no_links)
    for files in (first, second):
        versions.put(tmp_path, files)
        assert seen() == files
        assert not any(path.is_symlink() for path in tmp_path.rglob("*"))
        assert versions.current(tmp_path).is_dir()
    monkeypatch.undo()
    versions.put(tmp_path, first)
    assert (tmp_path / "results").is_symlink()
    assert (tmp_path / "results" / "b.csv").read_bytes() == b"2"


def test_of_copies_the_manifest_is_the_last_that_changes(tmp_path, monkeypatch):
    monkeypatch.setenv("CHOSEN_COPY", "1")
    written = []
    monkeypatch.setattr(versions, "replace_bytes", lambda path, content: written.append(path.name))
    versions.put(
        tmp_path, {"manifest.json": b"m", "a.html": b"1", "results/z.csv": b"2", "ro-crate-metadata.json": b"c"}
    )
    assert written[-1] == "manifest.json"
    assert len(written) == 4


def test_a_version_is_on_the_disk_before_readers_see_it(tmp_path, monkeypatch):
    """What is made to be on the disk, in order: its files and folders, then the folder of versions, then the link."""
    kept = []
    monkeypatch.setattr(versions, "on_disk", lambda paths: kept.append((sorted(p.name for p in paths), here())))

    def here() -> bool:
        return (tmp_path / ".current").exists()

    versions.put(tmp_path, {"a.html": b"1", "results/z.csv": b"2", "manifest.json": b"m"})
    assert [names for names, _ in kept][1:] == [[".versions"], [tmp_path.name]]
    assert {"a.html", "z.csv", "results", "manifest.json"} < set(kept[0][0])
    assert [shown for _, shown in kept] == [False, False, True]


# ------------------------------------------------------------------------------------------ the list of reports


def test_the_main_finding_is_the_first_sentence_of_the_report_in_brief():
    told = '<ol><li><p class="headline"><a href="#finding-a">It <bdi>rose</bdi> &amp; stayed.</a></p></li>'
    assert publication.headline_of(told + told.replace("It", "Not it")) == "It rose & stayed."
    assert publication.headline_of("<p>No brief</p>") == ""


@pytest.mark.parametrize(
    ("edition", "made", "data"),
    [
        ({"name": "2", "number": 2, "released": "2026-01-02"}, "release-2.zip", "1/release-2.zip"),
        ({"name": "2", "number": 2, "released": "2026-01-02"}, "release-1.zip", "1/results/"),  # of an earlier edition
        (None, "release-1.zip", "1/results/"),
    ],
)
def test_the_list_leads_to_the_archive_of_the_edition_that_stands_else_to_the_tables(tmp_path, edition, made, data):
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "1.yaml").touch()
    told = {"en": {"title": "T", "dates": "", "response": "", "headline": "It rose."}}
    files = {"report.en.html": b"x", "results/flow.csv": b"x"}
    put(tmp_path / "build" / "1", files | {"manifest.json": _manifest(told, edition)})
    (tmp_path / "build" / "1" / made).touch()
    list_of_reports.write_index(tmp_path)
    page = (tmp_path / "build" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<a href="([^"]+)" aria-label="Data: T">', page) == [data]
    assert '<p class="main-finding">It rose.</p>' in page


def _manifest(index: dict, edition: dict | None) -> bytes:
    return json.dumps({"index": index, "synthetic": True, "edition": edition}).encode()
