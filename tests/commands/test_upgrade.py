"""make upgrade: params and codebooks of last week become those of today, and nothing else in them changes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from followup.commands import new, upgrade
from followup.problems import InputProblems
from followup.study.cohort import Cohort, open_cohort

HOUSE = Path(__file__).parents[2]
EARLIER = HOUSE / "tests" / "cohorts" / "earlier"  # files as they were shipped before `languages` and `when`
COHORTS = HOUSE / "tests" / "cohorts"
PRESENT = {
    **{f"params/{name}.yaml": HOUSE / "params" / f"{name}.yaml" for name in ("1", "2", "3", "local-3")},
    "params/carpentries.yaml": COHORTS / "carpentries" / "carpentries.yaml",
    "params/course.yaml": COHORTS / "course" / "course_params.yaml",
    "params/small.yaml": COHORTS / "small" / "params.yaml",
    "params/questionnaires/digital_leaders.yaml": HOUSE / "params" / "questionnaires" / "digital_leaders.yaml",
    "params/questionnaires/carpentries.yaml": COHORTS / "carpentries" / "questionnaires" / "carpentries.yaml",
    "params/questionnaires/course.yaml": COHORTS / "course" / "course_codebook.yaml",
    "params/questionnaires/village.yaml": COHORTS / "small" / "codebook.yaml",
}


@pytest.fixture
def old(tmp_path) -> Path:
    """A project with the files of last week."""
    shutil.copytree(EARLIER / "params", tmp_path / "params")
    return tmp_path


@pytest.fixture
def present(tmp_path_factory) -> Path:
    """A project with the files of today."""
    root = tmp_path_factory.mktemp("present")
    (root / "params" / "questionnaires").mkdir(parents=True)
    for name, path in PRESENT.items():
        shutil.copy(path, root / name)
    return root


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def run(root: Path, command: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "followup.commands", *command.split()],
        cwd=HOUSE / "notebooks",
        env={**os.environ, "FOLLOWUP_ROOT": str(root), "CHOSEN_COHORT": "", **environment},
        capture_output=True,
        text=True,
    )


# ------------------------------------------------------------ a build on files of last week


def test_a_build_says_in_one_message_what_to_do_about_an_earlier_form(old):
    done = run(old, "report 1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "1 problem in the input:\nparams/1.yaml and params/questionnaires/digital_leaders.yaml"
    )
    assert "written in an earlier form" in done.stderr and "make upgrade COHORT=1 rewrites them" in done.stderr


def test_only_the_file_that_is_in_an_earlier_form_is_named(old):
    upgrade.upgrade(old, "1")
    with pytest.raises(InputProblems) as stop:
        open_cohort("small", old)
    [problem] = stop.value.problems
    assert (problem.file, "make upgrade COHORT=small" in problem.remedy) == ("params/questionnaires/village.yaml", True)
    with pytest.raises(InputProblems) as stop:
        open_cohort("2", old)
    assert [problem.file for problem in stop.value.problems] == ["params/2.yaml"]


def test_another_fault_in_a_file_of_the_present_form_is_told_as_ever(present):
    file = present / "params" / "1.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("seed: 20161101", "seed: many"), encoding="utf-8")
    with pytest.raises(InputProblems, match="a whole number was expected"):
        open_cohort("1", present)


def test_a_cohort_is_not_drafted_from_one_in_an_earlier_form(old):
    with pytest.raises(InputProblems, match="make upgrade COHORT=3"):
        new.new_cohort("4", old)
    with pytest.raises(InputProblems, match="make upgrade"):
        new.new_cohort("market", old, "course")
    assert not (old / "params" / "4.yaml").exists()


# ------------------------------------------------------------ what it makes of them


@pytest.mark.parametrize("name", ["1", "2", "3", "local-3", "small", "course", "carpentries"])
def test_an_upgraded_study_equals_the_one_shipped_today(old, present, name):
    upgrade.upgrade(old)
    was, now = open_cohort(name, old), open_cohort(name, present)
    assert without_newer(was) == without_newer(now)


NEWER = {"about", "implications", "short", "in_sentence", "respondents_say", "gender"}  # than these files


def without_newer(study: Cohort) -> list:
    """Params and codebook as plain values, without the keys that are newer; apostrophes as they are written today."""

    def plain(value):
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items() if key not in NEWER}
        if isinstance(value, list):
            return [plain(one) for one in value]
        return value.replace("'", "’") if isinstance(value, str) else value

    return [plain(model.model_dump(mode="json")) for model in (study.params, study.codebook)]


def test_nothing_but_the_upgraded_lines_changes(old):
    before = contents(old)
    upgrade.upgrade(old)
    for file, content in before.items():
        lines, now = content.decode().splitlines(), (old / file).read_text(encoding="utf-8").splitlines()
        changed = [(a, b) for a, b in zip(lines, now, strict=True) if a != b]
        codebook = "questionnaires" in file
        assert len(changed) == (2 if codebook else b"\nlanguage: " in content)
        for was, becomes in changed:
            assert becomes.startswith(was[:-1]) if codebook else was.replace("language: ", "languages: [") in becomes


def test_the_old_file_stands_beside_the_new_one_and_twice_is_once(old):
    before = contents(old)
    lines = upgrade.upgrade(old)
    assert "params/1.yaml is upgraded; the file as it was: 1.yaml.before-upgrade" in lines
    assert "    waves.follow_up: when: {he: במעקב, en: at follow-up}" in lines
    once = contents(old)
    copies = {name.removesuffix(".before-upgrade"): content for name, content in once.items() if name not in before}
    assert copies == {name: content for name, content in before.items() if content != once[name]}
    assert len(copies) == 9  # the params of course and of small named no language: they were in the present form
    assert upgrade.upgrade(old) == ["Nothing to do: 11 files, all in the present form."]
    assert contents(old) == once


def test_an_earlier_copy_is_never_overwritten(old):
    (old / "params" / "1.yaml.before-upgrade").write_text("a copy of last year")
    assert "1.yaml.before-upgrade-2" in upgrade.upgrade(old, "1")[0]
    assert (old / "params" / "1.yaml.before-upgrade").read_text() == "a copy of last year"


def test_one_cohort_is_its_params_and_its_codebook(old):
    before = contents(old)
    done = run(old, "upgrade", CHOSEN_COHORT="1")
    assert done.returncode == 0, done.stderr
    changed = {name for name, content in before.items() if (old / name).read_bytes() != content}
    assert changed == {"params/1.yaml", "params/questionnaires/digital_leaders.yaml"}
    done = run(old, "upgrade", CHOSEN_COHORT="7")
    assert done.returncode == 2 and "there is no such cohort" in done.stderr


# ------------------------------------------------------------ other layouts


LAID_OUT = {
    "lines": "waves:\n  start:\n    he: לפני הקורס   # first\n    en: Before the course\n  # then\n  later:\n    he: חצי שנה אחריו\n    en: 'Half a year after'  # last\n",
    "no_line_at_the_end": "waves:\n  start:\n    he: לפני הקורס\n    en: Before the course",
    "braces_and_spaces": "waves:\n  start: { he: לפני הקורס, en: Before the course }   # one\n  later: {he: חצי שנה אחריו,\n    en: Half a year after}\n",
    "all_in_braces": "waves: {start: {he: לפני הקורס, en: Before the course}, later: {he: חצי שנה אחריו, en: Half a year after}}\n",
    "folded": "waves:\n  start:\n    he: לפני הקורס\n    en: >-\n      Before the\n      course\n  later:\n    he: חצי שנה אחריו\n    en: Half a year after\n",
}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("layout", LAID_OUT)
def test_any_layout_is_kept(tmp_path, layout, mark, ends):
    text = "# what is asked\noption_sets: {}\n" + LAID_OUT[layout]
    path = tmp_path / "params" / "questionnaires" / "course.yaml"
    path.parent.mkdir(parents=True)
    path.write_bytes((mark + text.replace("\n", ends)).encode())
    upgrade.upgrade(tmp_path)
    becomes = path.read_bytes().decode()
    assert becomes.startswith(f"{mark}# what is asked{ends}")
    assert becomes.count("\r\n") == (becomes.count("\n") if ends == "\r\n" else 0)
    waves = upgrade.yaml.safe_load(becomes.removeprefix("\ufeff"))["waves"]
    expected = {
        "start": {"he": "לפני הקורס", "en": "before the course"},
        "later": {"he": "חצי שנה אחריו", "en": "half a year after"},
    }
    assert {wave: words["when"] for wave, words in waves.items()} == {wave: expected[wave] for wave in waves}
    for comment in ("# first", "# then", "# last", "# one"):
        assert (comment in becomes) == (comment in text)


# ------------------------------------------------------------ what a person must decide


def test_what_it_cannot_tell_is_said_with_the_line_to_write_and_that_file_stays(old):
    book = old / "params" / "questionnaires" / "course.yaml"
    text = book.read_text(encoding="utf-8").replace(
        "he: חצי שנה אחריו, en: Half a year after", "he: חצי שנה אחריו, en: T2"
    )
    book.write_text(text, encoding="utf-8")
    done = run(old, "upgrade")
    assert done.returncode == 2
    row = text[: text.index("en: T2")].count("\n") + 1
    assert f"params/questionnaires/course.yaml, row {row}, column “waves.follow_up”" in done.stderr
    assert "when: {he: חצי שנה אחריו, en: …}" in done.stderr
    assert book.read_text(encoding="utf-8") == text and not book.with_name("course.yaml.before-upgrade").exists()
    assert "params/1.yaml is upgraded" in done.stdout  # the others are done

    book.write_text(text.replace("en: T2}", "en: T2, when: {he: חצי שנה אחריו, en: at T2}}"), encoding="utf-8")
    assert run(old, "upgrade").returncode == 0
    assert open_cohort("course", old).codebook.waves["follow_up"].when.en == "at T2"


def test_a_language_that_is_none_is_for_a_person(old):
    file = old / "params" / "1.yaml"
    text = file.read_text(encoding="utf-8").replace("\nlanguage: he\n", "\nlanguage: fr\n")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputProblems, match=r"languages: \[he, en\]"):
        upgrade.upgrade(old, "1")
    assert file.read_text(encoding="utf-8") == text


def test_a_file_that_is_no_yaml_is_named_and_stays(old):
    file = old / "params" / "1.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\tx: 1\n", encoding="utf-8")
    before = file.read_bytes()
    with pytest.raises(InputProblems, match="params/1.yaml, row"):
        upgrade.upgrade(old)
    assert file.read_bytes() == before
    assert (old / "params" / "2.yaml.before-upgrade").exists()


@pytest.mark.parametrize(
    ("language", "name", "said"),
    [
        ("en", "End of the programme", "at the end of the programme"),
        ("en", "Follow-up", "at follow-up"),
        ("en", "Before the course", "before the course"),
        ("en", "Six months later", "six months later"),
        ("en", "6 months later", "6 months later"),
        ("en", "Half a year after", "half a year after"),
        ("en", "Before the workshop (recalled)", "before the workshop (recalled)"),
        ("en", "The closing meeting", "at the closing meeting"),
        ("en", "Baseline", "at baseline"),
        ("en", "Last questionnaire", "in the last questionnaire"),
        ("en", "T2", None),
        ("en", "Wave 2", None),
        ("en", "Month three", None),
        ("en", "NATO summit", None),
        ("he", "סיום התכנית", "בסיום התכנית"),
        ("he", "מעקב", "במעקב"),
        ("he", "השאלון", "בשאלון"),
        ("he", "לפני הקורס", "לפני הקורס"),
        ("he", "כעבור שנה", "כעבור שנה"),
        ("he", "חצי שנה לאחר הקורס", "חצי שנה לאחר הקורס"),
        ("he", "בתום הסדנה", "בתום הסדנה"),
        ("he", "בסוף הקורס", "בסוף הקורס"),
        ("he", "בסיס", "בבסיס"),
        ("he", "התחלת התכנית", "בהתחלת התכנית"),
        ("he", "שלב 2", None),
    ],
)
def test_how_a_name_stands_in_a_sentence_is_proposed_by_its_form(language, name, said):
    assert upgrade.in_a_sentence(name, language) == said


def test_make_knows_the_target():
    shown = subprocess.run(["make", "help"], cwd=HOUSE, capture_output=True, text=True, check=True).stdout
    [line] = [line for line in shown.splitlines() if line.startswith("make upgrade ")]
    assert "COHORT=1" in line and "copy" in line
    ignored = subprocess.run(["git", "check-ignore", "params/1.yaml.before-upgrade"], cwd=HOUSE, capture_output=True)
    assert ignored.returncode in (0, 128)  # 128: the project is no checkout here
