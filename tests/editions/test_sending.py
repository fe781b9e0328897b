"""The whole way: a report is built, sent, built again with other people, held back, signed for, and sent again."""

import hashlib
import json
import os
import random
import shutil
import signal
import time
import zipfile

import pandas as pd
import pytest
from checkouts import HOUSE, Checkout, add_cohort_1, copied
from followup.editions import records
from followup.study.cohort import open_cohort
from sending import command, without_rows

ONE = {"1": "DL-120", "small": "S05"}  # answered both waves


def without_one(checkout: Checkout, cohort: str) -> list[str]:
    """Take somebody's later answers out; the lines that are gone."""
    gone = without_rows(checkout, f"{cohort}/follow_up.csv", lambda cells: any(ONE[cohort] in cell for cell in cells))
    assert len(gone) == 1
    return gone


def marks(files: dict[str, bytes]) -> dict[str, str]:
    """Files by SHA-256, so that a difference can be read."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def whole(checkout: Checkout, cohort: str = "1") -> dict[str, str]:
    """What stands before the readers; each file is as the manifest lists it."""
    files = checkout.published(cohort)
    found, listed = marks(files), json.loads(files["manifest.json"])["outputs"]
    assert {name: found[name] for name in listed} == listed
    return found


def numbers(found: dict[str, str]) -> dict[str, str]:
    return {name: mark for name, mark in found.items() if name.startswith("results/")}


def zipped(checkout: Checkout, number: int, cohort: str = "1") -> dict[str, str]:
    with zipfile.ZipFile(checkout.path(cohort, f"release-{number}.zip")) as archive:
        return marks({name.partition("/")[2]: archive.read(name) for name in archive.namelist()})


def foot(checkout: Checkout, language: str = "en") -> str:
    return checkout.soup("1", language).find(class_="edition").get_text()


# The first edition --------------------------------------------------------------------------------------------------


def test_before_the_first_release_pages_say_so_in_both_languages(built):
    assert foot(built) == "Not yet released." and foot(built, "he") == "טרם פורסם כמהדורה."
    assert json.loads(built.published("1")["manifest.json"])["edition"] == {"number": None}


def test_what_is_sent_is_what_stands_and_only_what_may_leave(released):
    files = whole(released)
    assert zipped(released, 1) == files
    assert {name.partition("/")[0] for name in files} == {
        *("report.he.html", "report.en.html", "results", "manifest.json", "ro-crate-metadata.json"),
    }
    about = json.loads(released.published("1")["manifest.json"])["edition"]
    assert about["number"] == 1 and "Edition ⁦1⁩, " in foot(released) and "ommit" not in foot(released)  # no git checkout
    assert "No conclusion" not in foot(released)  # there is none before it
    kept = {path.name: path.read_bytes() for path in (released.root / "data/releases/1/1/sent").glob("*.html")}
    assert marks(kept) == {name: mark for name, mark in files.items() if name.endswith(".html")}
    again = command(released, "release", "1")
    assert again.code == 0 and "Nothing has changed since" in again.out
    assert [path.name for path in (released.root / "data/releases/1").iterdir()] == ["1"]


def test_a_rebuild_of_the_same_is_the_edition_byte_for_byte_after_make_clean(small_sent):
    files = whole(small_sent, "small")
    shutil.rmtree(small_sent.root / "build")
    done = small_sent.build("small")
    assert done.code == 0, done.err
    assert whole(small_sent, "small") == files
    verified = command(small_sent, "verify", "small")
    assert verified.code == 0 and "This is edition 1 of cohort small" in verified.out and "as released" in verified.out


@pytest.mark.parametrize("damage", ["params", "page", "more"])
def test_a_report_that_is_stale_or_not_as_its_manifest_lists_is_not_released(released, tmp_path, damage):
    sent = released.copy(tmp_path / "project", without=("releases", "release-1.zip"))
    shutil.copytree(released.root / "build" / "1" / ".versions", tmp_path / "versions")
    if damage == "params":
        path = sent.root / "params" / "1.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("scale: 0.3", "scale: 0.4"), encoding="utf-8")
    elif damage == "page":
        (sent.path("1", ".current").resolve() / "report.en.html").write_bytes(b"cut")
    else:
        (sent.path("1", ".current").resolve() / "results" / "mine.csv").write_text("n\n1\n", encoding="utf-8")
    done = command(sent, "release", "1")
    assert done.code == 2 and "make report COHORT=1" in done.err
    assert not (sent.root / "data" / "releases").exists()


# One respondent more or less ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def one_less(released, tmp_path_factory) -> tuple[Checkout, list[str], dict[str, str]]:
    """Edition 1 was sent, then one person's follow-up was taken out, and the report built again."""
    checkout = released.copy(tmp_path_factory.mktemp("one_less") / "project")
    before = whole(checkout)
    gone = without_one(checkout, "1")
    done = checkout.build("1")
    assert done.code == 0, done.err
    return checkout, [done.out, *gone], before


def test_with_one_respondent_less_nothing_new_stands_before_the_readers_so_nothing_can_be_subtracted(one_less):
    checkout, (said, *gone), before = one_less
    assert whole(checkout) == before
    assert "is a draft, and must not be sent" in said and "1 person differs" in said
    draft = checkout.path("1", "private", "draft")
    assert "A draft, not to be sent" in (draft / "report.en.html").read_text(encoding="utf-8")
    assert "טיוטה, לא לשליחה" in (draft / "report.he.html").read_text(encoding="utf-8")


def test_the_draft_would_have_told_what_the_one_answered(one_less):
    """So the rule is needed: of several statements the counts of both tell which answer the one gave."""
    checkout, _, before = one_less
    then = checkout.result("1", "items").set_index(["measure", "wave"])
    now = pd.read_csv(checkout.path("1", "private", "draft", "results", "items.csv")).set_index(["measure", "wave"])
    counts = ["n_low", "n_middle", "n_high"]
    answers = (then[counts] - now[counts]).dropna().query("wave == 'follow_up'")
    assert len(answers) > 5 and (answers.sum(axis=1) == 1).all()


def test_a_draft_is_not_released_and_the_three_ways_on_are_told(one_less):
    checkout, _, before = one_less
    done = command(checkout, "release", "1")
    assert done.code == 2
    for way in ("wait until at least 8 people differ", "change words only", "accept:", "{edition: 2, who:"):
        assert way in done.err
    assert [path.name for path in (checkout.root / "data/releases/1").iterdir()] == ["1"]
    assert whole(checkout) == before
    assert "This is edition 1 of cohort 1" in command(checkout, "verify", "1").out


def test_make_says_that_it_is_a_draft_also_when_nothing_has_to_run(one_less):
    """What make asks first: an unchanged tree is not built, and the draft is not forgotten."""
    checkout, *_ = one_less
    fresh = checkout.end(checkout.start_module("followup.store.freshness", "1"))
    assert fresh.code == 0 and "is a draft, and must not be sent" in fresh.out


def test_signed_for_it_leaves(one_less, tmp_path):
    """A withdrawal that the law demands: the line of the message, pasted into the params."""
    checkout, (said, *_), before = one_less
    signed = checkout.copy(tmp_path / "signed")
    lines = said[said.index("releases:") :].splitlines()[:3]
    paste = "\n".join(
        ["", "releases:", "  accept:", "    " + lines[2].strip().replace('"…"', '"the head of research, 2026-11-29"')]
    )
    path = signed.root / "params" / "1.yaml"
    path.write_text(path.read_text(encoding="utf-8") + paste + "\n", encoding="utf-8")
    done = signed.build("1")
    assert done.code == 0 and "draft" not in done.out, done.err + done.out
    assert "Not yet released. The edition before: ⁦1⁩" in foot(signed)
    assert not signed.path("1", "private", "draft").exists()
    assert command(signed, "release", "1").code == 0
    assert "Edition ⁦2⁩" in foot(signed) and "since the edition before" in foot(signed)
    assert zipped(signed, 2) == whole(signed) != before
    assert records.editions_of(signed.root, "1")[1].facts["accepted"] is True
    assert "head of research" not in "".join(content.decode() for content in signed.published("1").values())


@pytest.mark.parametrize(("size", "free"), [(7, False), (12, True)])
def test_enough_more_people_are_free_and_seven_are_not(tmp_path, size, free):
    """An anonymous cohort: first without some answers of local government, then with all.

    Of twelve some left a statement out; of each at least eight are new.
    """
    checkout = copied(tmp_path / "project")
    add_cohort_1(checkout)
    shutil.copytree(HOUSE / "data" / "local-3", checkout.root / "data" / "local-3")
    shutil.copy2(HOUSE / "params" / "local-3.yaml", checkout.root / "params")
    for notebook in ("02_describe", "04_projects", "05_network", "06_findings"):
        (checkout.notebooks / f"{notebook}.ipynb").unlink()
    path = checkout.root / "data" / "local-3" / "follow_up.csv"
    all_of_them = path.read_bytes()
    left: list[int] = []

    def some_of_local_government(cells: list[str]) -> bool:
        mine = "שלטון מקומי" in cells and len(left) < size and cells[1] != ""
        left.extend([1] if mine else [])
        return mine

    assert len(without_rows(checkout, "local-3/follow_up.csv", some_of_local_government)) == size
    done = checkout.build("local-3")
    assert done.code == 0, done.err
    assert command(checkout, "release", "local-3").code == 0
    path.write_bytes(all_of_them)
    done = checkout.build("local-3")
    assert done.code == 0, done.err
    assert ("is a draft" not in done.out) is free, done.out
    assert (command(checkout, "release", "local-3").code == 0) is free


# Keys and records ---------------------------------------------------------------------------------------------------


def test_a_colleague_without_the_key_builds_a_draft_that_says_why(small_sent, tmp_path):
    before = whole(small_sent, "small")
    shutil.rmtree(small_sent.root / "build")  # a clone has the records, and nothing that was built
    done = small_sent.build("small", FOLLOWUP_KEY_FILE=str(tmp_path / "a-new-key"))
    assert done.code == 0, done.err
    assert whole(small_sent, "small") == before  # the same people: this is the edition, whoever builds it
    without_one(small_sent, "small")
    done = small_sent.build("small", FOLLOWUP_KEY_FILE=str(tmp_path / "a-new-key"))
    assert "recorded with another key" in done.out and "make key COHORT=small" in done.out
    assert whole(small_sent, "small") == before
    released = command(small_sent, "release", "small", FOLLOWUP_KEY_FILE=str(tmp_path / "a-new-key"))
    assert released.code == 2 and "another key" in released.err


def test_a_record_that_was_edited_stops_the_build_before_anything_runs(small_sent):
    before = whole(small_sent, "small")
    path = small_sent.root / "data" / "releases" / "small" / "1" / "people.csv"
    good = path.read_bytes()
    path.write_bytes(good.replace(b"a", b"b", 1))
    done = small_sent.build("small")
    assert done.code == 2 and "data/releases/small/1/people.csv" in done.err and done.ran == []
    assert numbers(whole(small_sent, "small")) == numbers(before)
    path.write_bytes(good)
    assert small_sent.build("small").code == 0
    assert whole(small_sent, "small") == before


# Kills --------------------------------------------------------------------------------------------------------------


def test_a_release_that_is_killed_leaves_no_edition_or_a_whole_one(released_small, tmp_path):
    sent = released_small.copy(tmp_path / "project", without=("releases", "release-1.zip"))
    assert sent.build("small").code == 0  # without a record it is not yet released again
    moments = random.Random(5)
    for _ in range(4):
        process = sent.start_module("followup.commands", "release", "small")
        time.sleep(moments.uniform(0.5, 4.0))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        whole(sent, "small")
        assert len(records.editions_of(sent.root, "small")) <= 1
    assert sent.build("small").code == 0
    assert command(sent, "release", "small").code == 0
    assert [edition.name for edition in records.editions_of(sent.root, "small")] == ["1"]
    assert zipped(sent, 1, "small") == whole(sent, "small") == marks(records.editions_of(sent.root, "small")[0].sent)


def test_builds_of_a_draft_that_are_killed_leave_the_edition_before_the_readers_and_put_back_it_is_the_edition(
    small_sent,
):
    moments, before = random.Random(6), whole(small_sent, "small")
    gone = without_one(small_sent, "small")
    for _ in range(3):
        build = small_sent.start("small")
        end = time.monotonic() + moments.uniform(1.0, 8.0)
        while time.monotonic() < end and build.poll() is None:
            assert whole(small_sent, "small") == before
            time.sleep(0.05)
        build.poll() is None and os.killpg(build.pid, signal.SIGKILL)
        build.communicate()
        assert whole(small_sent, "small") == before
    done = small_sent.build("small")
    assert done.code == 0 and "is a draft" in done.out
    assert whole(small_sent, "small") == before

    path = small_sent.root / "data" / "small" / "follow_up.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([head, *gone, *rows]), encoding="utf-8")
    back = small_sent.build("small")
    assert back.code == 0 and "not yet" not in back.out and "is a draft" not in back.out
    assert not small_sent.path("small", "private", "draft").exists()
    # the rows stand in another order, so the raw file is another one; every number is as it was sent
    assert numbers(whole(small_sent, "small")) == numbers(before)


def test_what_was_signed_for_one_cohort_is_not_signed_for_the_next(tmp_path):
    checkout = copied(tmp_path / "project")
    add_cohort_1(checkout)
    path = checkout.root / "params" / "1.yaml"
    signed = 'releases:\n  accept:\n    - {edition: 1, who: "Dr Cohen", why: "a letter"}\n'
    path.write_text(path.read_text(encoding="utf-8") + signed, encoding="utf-8")
    assert command(checkout, "new", CHOSEN_COHORT="4").code == 0
    drafted = (checkout.root / "params" / "4.yaml").read_text(encoding="utf-8")
    assert "  accept: []" in drafted and "Cohen" not in drafted
    assert open_cohort("4", checkout.root).params.releases.accept == []
