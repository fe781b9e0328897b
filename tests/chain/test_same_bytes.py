"""The same inputs give the same bytes: elsewhere, for another user, under another key, later, and after an edit as from nothing."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from checkouts import Checkout, add_small, copied
from followup.analysis.answers import score_waves
from followup.analysis.comparison import Comparison
from followup.cleaning.clean import clean_cohort, with_waves
from followup.study.cohort import open_cohort
from tables_of_notebooks import scale_levels

HOUSE = Path(__file__).resolve().parents[2]
NOBODY = 65534
NOT_HERE = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="needs root and setpriv: a second user",
)


@pytest.fixture
def elsewhere():
    """A folder that every user may enter, with spaces and Hebrew in its name."""
    with tempfile.TemporaryDirectory(prefix="followup-user-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder) / "מחקר מעקב 2"


def two_copies_agree(one: Checkout, two: Checkout) -> None:
    """HTML with its SVG, CSV, manifest and RO-Crate, byte for byte."""
    first, second = one.published("small"), two.published("small")
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert b"data:image/svg+xml" in first["report.he.html"]
    assert (one.root / "build" / "small" / "ro-crate-metadata.json").exists()


def test_another_folder_language_clock_and_key_give_the_same_bytes(built, elsewhere):
    """B115: the copy in `built` was made with the settings of whoever runs the tests."""
    other = copied(elsewhere)
    add_small(other)
    home = elsewhere.parent / "home"
    settings = {"TZ": "Asia/Tokyo", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "5", "HOME": str(home), "USER": "noa"}
    done = other.build("small", **settings, COLUMNS="40", FOLLOWUP_KEY_FILE=str(home / "key"))
    assert done.code == 0, done.err
    two_copies_agree(built, other)


REASON, WITHOUT = (
    '"verdict", "reason"),\n             en="Change on each scale, with',
    '"verdict"),\n             en="Change on each scale, with',
)
EDITS = {  # in a study of two notebooks: the others would be neither changed nor run
    "prose": (lambda small: small.add_sentence("03_compare", "Nothing else was changed."), set()),
    "a sentence with numbers": (
        lambda small: small.say_otherwise("03_compare", "First group: {first}", "The first group is {first}"),
        {"03_compare"},
    ),
    "the columns of a table": (lambda small: small.say_otherwise("03_compare", REASON, WITHOUT), {"03_compare"}),
    "a param": (lambda small: small.replace("params/small.yaml", "scale: 0.3", "scale: 0.4"), {"03_compare"}),
}


@pytest.fixture(scope="module")
def built_of_two(tmp_path_factory) -> Checkout:
    """The small cohort built of two notebooks; not to be changed."""
    checkout = copied(tmp_path_factory.mktemp("two") / "project", ("01_clean", "03_compare"))
    add_small(checkout)
    assert checkout.build("small").code == 0
    return checkout


@pytest.mark.parametrize("edit", EDITS)
def test_a_build_after_an_edit_gives_the_bytes_of_a_build_from_nothing(edit, built_of_two, tmp_path):
    after_an_edit(built_of_two.copy(tmp_path / "study"), *EDITS[edit], tmp_path)


def test_a_build_after_another_answer_gives_the_bytes_of_a_build_from_nothing(small, tmp_path):
    def change(checkout: Checkout) -> None:
        checkout.replace("data/small/follow_up.csv", "S01,Somewhat,Much", "S01,Much,Much")

    after_an_edit(small, change, {"01_clean", "02_describe", "03_compare"}, tmp_path, others=True)


def after_an_edit(small: Checkout, change, ran: set[str], tmp_path: Path, others: bool = False) -> None:
    """What is kept from the last run (tables, charts, pieces of pages, the check of what leaves) is kept only where it is the same."""
    before = small.published("small")
    change(small)
    clean = small.copy(tmp_path / "clean", without=("build",))
    done = small.build("small")
    assert done.code == 0, done.err
    assert ran <= {*done.ran}
    assert set(done.ran) == ran or others
    assert small.published("small") != before
    assert clean.build("small").code == 0
    two_copies_agree(small, clean)


def as_nobody(checkout: Checkout) -> list[str]:
    """What runs a command as another user; skips where that user may not start this Python from another program."""
    change = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    tried = [*change, "sh", "-c", 'exec "$@"', "sh", sys.executable, "-c", "import followup"]
    if subprocess.run(tried, cwd=checkout.notebooks, capture_output=True, check=False).returncode:
        pytest.skip("the second user may not run this Python")
    return change


@NOT_HERE
def test_another_user_gives_the_same_bytes(built, elsewhere):
    """A second user id, with a home, a key and an umask of its own, who did not make the environment."""
    other = copied(elsewhere)
    add_small(other)
    home = elsewhere.parent / "home"
    home.mkdir()
    for path in (elsewhere.parent, *elsewhere.parent.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    settings = {"HOME": str(home), "USER": "nobody", "TMPDIR": str(home), "FOLLOWUP_KEY_FILE": str(home / "key")}
    run = [
        *as_nobody(other),
        "sh",
        "-c",
        'umask 077; exec "$@"',
        "sh",
        sys.executable,
        "-m",
        "followup.commands.report",
        "small",
    ]
    done = subprocess.run(
        run, cwd=other.notebooks, env=os.environ | settings, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert other.path("small", "manifest.json").stat().st_uid == NOBODY
    two_copies_agree(built, other)


@NOT_HERE
def test_a_build_folder_that_this_user_may_not_write_is_one_line(built, elsewhere):
    """B117: the project lies where others may only read."""
    other = copied(elsewhere)
    add_small(other)
    home = elsewhere.parent / "home"
    home.mkdir(mode=0o777)
    home.chmod(0o777)
    run = [*as_nobody(other), sys.executable]
    settings = {"HOME": str(home), "TMPDIR": str(home), "FOLLOWUP_KEY_FILE": str(home / "key")}
    for module in (["-m", "followup.commands", "report", "small"],):
        done = subprocess.run(
            [*run, *module], cwd=other.notebooks, env=os.environ | settings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 3
        [line] = done.stderr.strip().splitlines()
        assert line.startswith("Permission denied: ")
        assert "build" in line


@pytest.mark.parametrize("cohort", ["1", "2", "3", "local-3"])
def test_no_number_depends_on_the_key_behind_the_pseudonyms(cohort, tmp_path, monkeypatch):
    """Two keys: the same people in the same order in every table, and means that are equal to the last bit."""
    made = []
    for number in (1, 2):
        monkeypatch.setenv("FOLLOWUP_KEY_FILE", str(tmp_path / f"key-{number}"))
        opened = open_cohort(cohort, HOUSE)
        clean = clean_cohort(opened)
        responses = clean.all("responses")
        scores = score_waves(responses, opened.codebook, opened.params.cleaning.least_items_for_scale)
        place = {name: order for order, name in enumerate(dict.fromkeys(responses["respondent"]))}
        comparison = Comparison(opened, responses, with_waves(clean.participants, clean.waves))
        levels = scale_levels(comparison, scores)
        made.append((place, responses, scores, levels))
    (one, *tables_one), (two, *tables_two) = made
    assert set(one).isdisjoint(two) == (opened.params.identified)
    for first, second in zip(tables_one, tables_two, strict=True):
        if "respondent" in first:
            first = first.assign(respondent=first["respondent"].map(one))
            second = second.assign(respondent=second["respondent"].map(two))
        assert first.equals(second)
