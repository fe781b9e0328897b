"""The report on paper: which browser prints it, what is said without one, and no old paper beside new numbers."""

import hashlib
import json
import stat
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from followup.commands import pdf
from followup.commands.pdf import NoBrowser, PrintFailed, browser, print_cohort, print_page, without_times
from followup.language import Text
from followup.publish import list_of_reports, publication, versions

PDF = b"%PDF-1.4\n/CreationDate (D:20260102030405+00'00')\n/ModDate (D:20260102030405+00'00')\n%%EOF\n"


@pytest.fixture
def programs(tmp_path, monkeypatch) -> Path:
    """A folder that is the whole PATH, and no Chromium named."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(pdf, "APPLICATIONS", ())
    return folder


def program(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def cohort(tmp_path):
    """A cohort whose pages were published."""
    root = tmp_path / "project"
    made = SimpleNamespace(name="1", root=root, build=root / "build" / "1")
    publish(made, "one")
    return made


def publish(cohort, words: str) -> None:
    cohort.build.mkdir(parents=True, exist_ok=True)
    files = {f"report.{language}.html": words.encode() for language in ("he", "en")} | {"results/one.csv": b"1\n"}
    outputs = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    versions.put(cohort.build, files | {"manifest.json": json.dumps({"outputs": outputs}).encode()})


@pytest.fixture
def chromium(monkeypatch) -> list[Path]:
    """Prints without a browser; the pages that were printed."""
    asked: list[Path] = []
    monkeypatch.setattr(pdf, "printed_twice", lambda page, chromium, fonts, with_annex=False: asked.append(page) or PDF)
    monkeypatch.setattr(list_of_reports, "write_index", lambda root: None)
    return asked


# ------------------------------------------------------------------------------------- which browser


def test_without_a_browser_it_is_said_what_to_install(programs):
    with pytest.raises(NoBrowser) as none:
        browser()
    assert "apt install chromium" in str(none.value)
    assert "CHROMIUM=" in str(none.value)


@pytest.mark.parametrize("name", pdf.COMMANDS)
def test_any_of_the_usual_names_will_do(programs, name):
    made = program(programs, name)
    assert browser() == str(made)


def test_the_browser_that_is_named_goes_first(programs, monkeypatch, tmp_path):
    program(programs, "chromium")
    named = program(tmp_path, "my own browser")
    monkeypatch.setenv("CHROMIUM", str(named))
    assert browser() == str(named)


def test_a_browser_that_is_named_and_not_there_is_said_by_name(programs, monkeypatch):
    program(programs, "chromium")
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(NoBrowser, match="/nowhere/chromium"):
        browser()


def test_the_command_ends_with_what_to_do_and_no_traceback(programs, monkeypatch, capsys):
    monkeypatch.setattr(pdf, "open_cohort", lambda name: None)
    assert pdf.main(["1"]) == 2
    assert "what to do: install" in capsys.readouterr().err


# ------------------------------------------------------------------------------------- what is printed


def test_a_pdf_carries_no_time_and_keeps_its_length(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert b"2026" not in without_times(PDF)
    assert len(without_times(PDF)) == len(PDF)


@pytest.mark.parametrize("broken", [None, b"", b"%PDF-1.4 cut off"])
def test_a_page_that_did_not_print_whole_is_refused(monkeypatch, tmp_path, broken):
    def run(command, **options):
        [target] = [part.partition("=")[2] for part in command if part.startswith("--print-to-pdf=")]
        broken is None or Path(target).write_bytes(broken)
        return SimpleNamespace(stderr=b"noise\nno space left on device\n")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(PrintFailed, match="no space left"):
        print_page(tmp_path / "page.html", "chromium")


def test_both_pages_are_printed_once(cohort, chromium):
    paths = print_cohort(cohort, "chromium")
    assert [path.name for path in paths] == ["report.he.pdf", "report.en.pdf"]
    assert all(path.read_bytes() == PDF for path in paths)
    print_cohort(cohort, "chromium")
    assert [page.name for page in chromium] == ["report.he.html", "report.en.html"]


def test_new_numbers_take_old_paper_away(cohort, chromium):
    print_cohort(cohort, "chromium")
    publish(cohort, "two")
    assert not list(cohort.build.glob("*.pdf"))
    assert [path.is_file() for path in print_cohort(cohort, "chromium")] == [True, True]


def test_the_same_numbers_keep_their_paper(cohort, chromium):
    print_cohort(cohort, "chromium")
    publish(cohort, "one")
    assert len(list(cohort.build.glob("*.pdf"))) == 2


def test_a_notice_of_a_failed_run_leaves_no_paper_without_it(cohort, chromium, monkeypatch):
    print_cohort(cohort, "chromium")
    monkeypatch.setattr(publication.template_pages, "with_notice", lambda page, notice: notice + page)
    assert publication.publish_failure(cohort.build, "03_compare", Text("נכשלה", "it broke"))
    assert not list(cohort.build.glob("*.pdf"))


def test_nothing_is_printed_half(cohort, chromium, monkeypatch):
    def fail(page, chromium, fonts, with_annex=False):
        if page.name == "report.en.html":
            raise PrintFailed("no")
        return PDF

    monkeypatch.setattr(pdf, "printed_twice", fail)
    with pytest.raises(PrintFailed):
        print_cohort(cohort, "chromium")
    assert (cohort.build / "report.he.pdf").read_bytes() == PDF
    assert not (cohort.build / "report.en.pdf").exists()


def test_without_a_report_it_is_said_how_to_make_one(tmp_path):
    nobody = SimpleNamespace(name="1", root=tmp_path, build=tmp_path / "build" / "1")
    with pytest.raises(pdf.InputProblems, match="make report COHORT=1"):
        print_cohort(nobody, "chromium")
