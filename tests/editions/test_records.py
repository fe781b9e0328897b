"""The record of an edition: what follows from it without the key (nothing), and what is said where it is not whole."""

import csv
import hashlib
import hmac
import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from followup.editions import people, records
from followup.editions.people import Keyed, Recorded
from followup.problems import InputProblems
from followup.study.cohort import open_cohort
from followup.study.institute_key import PUBLIC_KEY, institute_key
from sending import command

KEY = b"0123456789abcdef0123456789abcdef"


def record_of(checkout, number: str = "1") -> Path:
    return checkout.root / "data" / "releases" / "1" / number


def table(checkout, name: str) -> list[list[str]]:
    return list(csv.reader((record_of(checkout) / name).read_text(encoding="utf-8").splitlines()))


# Without the key ----------------------------------------------------------------------------------------------------


def test_every_unit_has_a_digest_for_everybody_on_the_roster_whoever_answered(released):
    """39 took part, 28 of whom can be compared; the record has 39 rows, no blank, for all that was asked."""
    head, *rows = table(released, "people.csv")
    assert len(rows) == 39 and {len(row) for row in rows} == {len(head)}
    assert {len(cell) for row in rows for cell in row[1:]} == {32} and all(all(row) for row in rows)
    assert {"item:own_staff", "scale:motivation", "question:still_involved", "ties", "meetings"} <= {*head}


def test_no_digest_stands_twice_so_that_nothing_can_be_joined_or_counted(released):
    cells = [cell for row in table(released, "people.csv")[1:] for cell in row[1:]]
    halves = Counter(half for cell in cells for half in (cell[:16], cell[16:]))
    assert max(halves.values()) == 1
    rows = Counter(row[1] for row in table(released, "rows.csv")[1:])
    assert max(rows.values()) == 1


def test_the_same_people_give_other_digests_in_another_edition(released):
    cohort = open_cohort("1", released.root)
    everyone = people.people_of(cohort, people.items_of(cohort))
    tables = [people.table_of(everyone, ["ties"], {}, Keyed(institute_key(), nonce)) for nonce in ("one", "two")]
    cells = [{cell for row in csv.reader(text.splitlines()) for cell in row} for text in tables]
    assert cells[0] & cells[1] == {"person", "ties"}


def test_rows_stand_in_the_order_of_their_digests_and_not_of_the_roster(released):
    names = [row[0] for row in table(released, "people.csv")[1:]]
    assert names == sorted(names)
    cohort = open_cohort("1", released.root)
    keyed = Keyed(institute_key(), json.loads((record_of(released) / "edition.json").read_bytes())["nonce"])
    roster = [keyed.person(name) for name in cohort.read("participants")["participant"]]
    assert sorted(roster) == names and roster != names


def test_not_even_the_number_of_rows_of_a_raw_file_follows(released):
    """The file of interviews has 15 rows, that of meetings 85: each is filled up to a power of two."""
    rows = Counter(row[0] for row in table(released, "rows.csv")[1:])
    assert rows["data/1/interviews.csv"] == 16 and rows["data/1/meetings.csv"] == 128
    assert all(size & (size - 1) == 0 for size in rows.values())


def test_guesses_are_not_confirmed_without_the_key(released):
    """Somebody who knows everything but the key: everyone's name, every answer, the nonce, and how digests are made."""
    text = "".join(path.read_text(encoding="utf-8") for path in record_of(released).iterdir() if path.is_file())
    nonce = json.loads((record_of(released) / "edition.json").read_bytes())["nonce"]
    cohort = open_cohort("1", released.root)
    everyone = people.people_of(cohort, people.items_of(cohort))
    for key in (b"", b"key", PUBLIC_KEY, nonce.encode(), bytes(32)):
        keyed = Keyed(key, nonce)
        for name, parts in everyone.items():
            person = keyed.person(name)
            assert person not in text
            assert keyed.given(person, "item:own_staff", parts.get("item:own_staff")) not in text
    for name, parts in everyone.items():
        assert name not in text
        for part in parts.values():
            assert hashlib.sha256(part.given.encode()).hexdigest()[:16] not in text


def test_nothing_of_the_params_or_the_raw_files_can_be_tried(released):
    text = (record_of(released) / "edition.json").read_text(encoding="utf-8")
    facts = json.loads(text)
    for value in (True, 39, "by_id", 20161101, 8):
        assert hashlib.sha256(json.dumps({"x": value}).encode()).hexdigest()[:16] not in text
    assert all(len(mark) == 16 for mark in facts["params"].values())
    for path in (released.root / "data" / "1").iterdir():
        for line in path.read_bytes().splitlines():
            assert hashlib.sha256(line).hexdigest()[:16] not in (record_of(released) / "rows.csv").read_text()


def test_with_the_key_everybody_is_found_again(released):
    """What the digests are for: the same people, and for each how numbers counted them."""
    edition = records.editions_of(released.root, "1")[0]
    facts, keyed = edition.facts, Keyed(institute_key(), edition.nonce)
    recorded = Recorded(edition.text("people.csv"), keyed, facts["told"], facts["waves"])
    cohort = open_cohort("1", released.root)
    everyone = people.people_of(cohort, facts["scales"])
    places = Counter()
    for name, parts in everyone.items():
        person, part = keyed.person(name), parts.get("item:own_staff")
        assert recorded.gave(person, "item:own_staff", part)
        places[recorded.place(person, people.RESPONSE)] += 1
    assert places == {
        '[["follow_up", "programme_end"], []]': 28,
        '[["programme_end"], []]': 10,
        '[["follow_up"], []]': 1,
    }


def test_the_seal_is_an_hmac_of_all_that_the_record_says(released):
    """Written out once more, by the standard library alone."""
    facts = json.loads((record_of(released) / "edition.json").read_bytes())
    told = json.dumps({name: value for name, value in facts.items() if name != "seal"}, sort_keys=True)
    assert facts["seal"] == hmac.new(institute_key(), f"seal\0{told}".encode(), hashlib.sha256).hexdigest()


# Records that are not whole -----------------------------------------------------------------------------------------


def written(root: Path, number: int = 1, cohort: str = "9", nonce: str = "n", page: bytes = b"page") -> records.Edition:
    facts = {
        "cohort": cohort,
        "number": number,
        "released": "2026-01-01",
        "commit": "c",
        "nonce": nonce,
        "content": "x",
    }
    return records.write(root, facts, {"report.en.html": page}, {"people.csv": "person\n"}, KEY)


@pytest.fixture
def key(tmp_path, monkeypatch) -> None:
    (tmp_path / "key").write_text(KEY.hex())
    (tmp_path / "key").chmod(0o600)
    monkeypatch.setenv("FOLLOWUP_KEY_FILE", str(tmp_path / "key"))


def said(root: Path) -> str:
    with pytest.raises(InputProblems) as stop:
        records.editions_of(root, "9")
    return str(stop.value)


def test_a_record_is_read_as_it_was_written(tmp_path, key):
    for number in (1, 2, 10):
        written(tmp_path, number)
    assert [edition.name for edition in records.editions_of(tmp_path, "9")] == ["1", "2", "10"]
    assert records.editions_of(tmp_path, "9")[0].sent == {"report.en.html": b"page"}
    assert records.editions_of(tmp_path, "8") == []


def test_reports_are_held_against_what_was_signed_for_and_all_that_came_after():
    def edition(number: int, accepted: bool) -> records.Edition:
        return records.Edition(Path(str(number)), {"number": number, "accepted": accepted})

    some = [edition(1, False), edition(2, True), edition(3, False), edition(4, True), edition(5, False)]
    assert [one.number for one in records.since_signed(some)] == [4, 5]
    assert [one.number for one in records.since_signed(some[:1])] == [1]
    assert records.since_signed([]) == []


@pytest.mark.parametrize(
    ("file", "edit"),
    [
        ("sent/report.en.html", lambda path: path.write_bytes(b"other")),
        ("people.csv", lambda path: path.unlink()),
        ("edition.json", lambda path: path.write_text(path.read_text().replace("2026-01-01", "2026-01-02"))),
        ("edition.json", lambda path: path.write_text("{")),
        ("edition.json", lambda path: path.write_text("[]")),
        ("edition.json", lambda path: path.unlink()),
        ("edition.json", lambda path: path.write_text(path.read_text().replace('"number": 1', '"number": 3'))),
    ],
)
def test_a_record_that_was_edited_by_hand_is_named_with_the_line_that_puts_it_back(tmp_path, key, file, edit):
    written(tmp_path)
    edit(tmp_path / "data" / "releases" / "9" / "1" / file)
    message = said(tmp_path)
    assert f"data/releases/9/1/{file}" in message and "git checkout -- data/releases/9/1" in message


def test_without_the_key_the_files_are_still_held_against_what_is_listed(tmp_path, key, monkeypatch):
    written(tmp_path)
    monkeypatch.setenv("FOLLOWUP_KEY_FILE", str(tmp_path / "none"))
    assert len(records.editions_of(tmp_path, "9")) == 1 and not (tmp_path / "none").exists()
    (tmp_path / "data" / "releases" / "9" / "1" / "people.csv").write_text("person\nme\n")
    assert "people.csv" in said(tmp_path)


def test_a_record_in_another_cohorts_folder_is_said(tmp_path, key):
    written(tmp_path, cohort="8")
    (tmp_path / "data" / "releases" / "8").rename(tmp_path / "data" / "releases" / "9")
    assert "another cohort’s edition" in said(tmp_path)


def test_an_edition_is_never_written_over(tmp_path, key):
    written(tmp_path, page=b"first")
    with pytest.raises(InputProblems, match="recorded by somebody else"):
        written(tmp_path, page=b"second")
    assert records.editions_of(tmp_path, "9")[0].sent == {"report.en.html": b"first"}
    assert [path.name for path in (tmp_path / "data" / "releases" / "9").iterdir()] == ["1"]


def test_two_colleagues_who_release_at_once_keep_both_editions_by_the_lines_of_the_message(tmp_path, key, monkeypatch):
    """Two clones, the same number, joined by git itself; then the message's own commands, as they stand."""

    def git(folder: Path, *words: str) -> int:
        own = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
        return subprocess.run(["git", *own, *words], cwd=folder, capture_output=True, check=False).returncode

    mine, yours = tmp_path / "mine", tmp_path / "yours"
    mine.mkdir()
    git(mine, "init", "-q")
    written(mine)
    git(mine, "add", "-A")
    git(mine, "commit", "-qm", "Edition 1")
    git(tmp_path, "clone", "-q", "mine", "yours")
    for folder in (mine, yours):
        written(folder, 2, nonce=folder.name, page=folder.name.encode())
        git(folder, "add", "-A")
        assert git(folder, "commit", "-qm", "Edition 2") == 0
    assert git(mine, "pull", "-q", "--no-rebase", "../yours", "main") != 0
    message = said(mine)
    assert "at the same time" in message
    for line in message.splitlines():
        if line.strip().startswith("git checkout"):
            subprocess.run(line.strip(), shell=True, cwd=mine, check=True, capture_output=True)
    editions = records.editions_of(mine, "9")
    assert [(one.name, one.sent["report.en.html"]) for one in editions] == [
        ("1", b"page"),
        ("2", b"mine"),
        ("2b", b"yours"),
    ]
    assert git(mine, "commit", "-qam", "both") == 0


def test_the_key_is_shown_with_whether_it_fits(released, tmp_path):
    fits = command(released, "key")
    assert fits.code == 0 and "cohort 1, edition 1" in fits.out and fits.out.strip().endswith("fits")
    other = tmp_path / "other"
    other.write_text("ab" * 32)
    other.chmod(0o600)
    strange = command(released, "key", FOLLOWUP_KEY_FILE=str(other))
    assert strange.code == 1 and "another key" in strange.out and "data/README.md" in strange.err
    none = command(released, "key", FOLLOWUP_KEY_FILE=str(tmp_path / "none"))
    assert none.code == 1 and "There is no key" in none.out and not (tmp_path / "none").exists()
