"""`make verify`: each kind of difference is named; and the RO-Crate that tells the same as the manifest."""

import hashlib
import hmac
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import rocrate
from checkouts import Checkout, Done
from followup.publish import provenance
from rocrate.rocrate import ROCrate

NOT_RELEASED = "This is not yet released as an edition."
MATCHES = f"{NOT_RELEASED}\nThe report of cohort small matches its manifest and everything it was made from."


def verify(checkout: Checkout, **environment: str) -> Done:
    """What `make verify COHORT=small` runs."""
    done = checkout.run("verify", "small", **environment)
    return Done(done.code, done.out.strip(), done.err)


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def edit_manifest(checkout: Checkout, change) -> None:
    path = checkout.path("small", "manifest.json")
    facts = json.loads(path.read_text(encoding="utf-8"))
    change(facts)
    path.write_text(json.dumps(facts), encoding="utf-8")


def test_each_file_that_changed_is_gone_or_is_new_is_named_and_put_back_the_report_matches(small):
    """One after the other on one copy; after each, what was changed is put back."""
    build, good = small.path("small"), small.root.with_name("good")
    assert (verify(small).code, verify(small).out) == (0, MATCHES)
    shutil.copytree(small.root, good, symlinks=True)
    lines = {
        "output report.en.html: changed": lambda: append(build / "report.en.html"),
        "output results/changes.csv: missing": lambda: (build / "results" / "changes.csv").unlink(),
        "output results/more.csv: not in the manifest": lambda: (build / "results" / "more.csv").touch(),
        "output ro-crate-metadata.json: changed": lambda: append(build / "ro-crate-metadata.json"),
        "input data/small/follow_up.csv: changed": lambda: append(small.root / "data" / "small" / "follow_up.csv"),
        "input data/small/roster.csv: missing": lambda: (small.root / "data" / "small" / "roster.csv").unlink(),
        "input params/small.yaml: changed": lambda: append(small.root / "params" / "small.yaml"),
        "input params/questionnaires/village.yaml: changed": lambda: append(codebook(small)),
        "input notebooks/05_network.ipynb: changed": lambda: append(small.notebooks / "05_network.ipynb"),
        "input notebooks/followup/report/charts/answer_charts.py: changed": lambda: append(
            small.notebooks / "followup/report/charts/answer_charts.py"
        ),
        "input requirements.lock: changed": lambda: append(small.root / "requirements.lock"),
        "version of pandas: 0.1 then, ": lambda: edit_manifest(
            small, lambda facts: facts["versions"].update(pandas="0.1")
        ),
    }
    for line, change in lines.items():
        change()
        done = verify(small)
        assert done.code == 1, line
        found = done.err.splitlines()[1:]
        assert len(found) == 1 and found[0].startswith(f"    {line}"), (line, found)
        shutil.rmtree(small.root)
        shutil.copytree(good, small.root, symlinks=True)
    assert verify(small).out == MATCHES


def codebook(small: Checkout) -> Path:
    return small.root / "params" / "questionnaires" / "village.yaml"


def test_a_copy_elsewhere_is_verified_where_it_lies(small, tmp_path):
    copy = tmp_path / "sent by mail"
    copy.mkdir()
    for name in ("report.he.html", "report.en.html", "manifest.json", "ro-crate-metadata.json"):
        shutil.copy(small.path("small", name), copy)
    shutil.copytree(small.path("small", "results"), copy / "results")
    assert verify(small, CHOSEN_FROM=str(copy)).out == MATCHES
    append(copy / "results" / "changes.csv")
    assert "    output results/changes.csv: changed" in verify(small, CHOSEN_FROM=str(copy)).err.splitlines()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no report here"),
        ("{", "this is no manifest"),
        ("[]", "this is no manifest"),
        ('{"cohort": "9", "inputs": {}, "outputs": {}, "versions": {}}', "this report is of another cohort"),
    ],
)
def test_what_is_no_report_of_this_cohort_is_said_with_what_to_do(small, tmp_path, content, said):
    if content:
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    done = verify(small, CHOSEN_FROM=str(tmp_path))
    assert done.code == 2
    assert said in done.err
    assert "what to do: make" in done.err


# ------------------------------------------------------------------------------------- what the manifest and the crate say


def test_the_manifest_names_all_that_the_report_was_made_from_and_with(built):
    facts = json.loads(built.path("1", "manifest.json").read_text(encoding="utf-8"))
    assert facts["seed"] == 20161101  # params/1.yaml
    assert facts["code"] == {"commit": "unknown: not a git checkout", "modified": None}
    assert {
        *(
            "data/1/follow_up.csv",
            "params/1.yaml",
            "params/questionnaires/digital_leaders.yaml",
            "params/claims/1.yaml",
        ),
        *("notebooks/03_compare.ipynb", "notebooks/followup/statistics/linked_change.py", "requirements.lock"),
    } <= set(facts["inputs"])
    for name, mark in facts["inputs"].items():
        if name.startswith(("data/", "params/")) and "questionnaires" not in name:
            assert re.fullmatch("hmac-sha256:[0-9a-f]{64}", mark), name
        elif name != "python":
            assert hashlib.sha256((built.root / name).read_bytes()).hexdigest() == mark, name


def everything_sent(checkout: Checkout, cohort: str) -> str:
    """All that a reader gets, as one text."""
    return "\n".join(
        [*checkout.published(cohort), *(content.decode() for content in checkout.published(cohort).values())]
    )


def test_a_guess_of_what_a_raw_file_holds_is_not_confirmed(built):
    """Twelve rows of attendance are few enough to try: the true file is among the guesses, and no digest tells it."""
    sent = everything_sent(built, "1")
    true = (built.root / "data" / "1" / "meetings.csv").read_bytes()
    head, *rows = true.splitlines(keepends=True)
    guesses = {true, *(head + b"".join(rows[:n] + rows[n + 1 :]) for n in range(len(rows)))}
    for guess in guesses:
        for algorithm in ("md5", "sha1", "sha256", "sha512"):
            assert hashlib.new(algorithm, guess).hexdigest() not in sent
        for key in (b"", b"key", b"digital-leaders-followup"):
            assert hmac.digest(key, guess, "sha256").hex() not in sent
    for path in (built.root / "data" / "1").iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() not in sent


def test_invented_answers_are_named_by_a_public_key_that_everybody_can_verify(built):
    """The key and the way are written out here: another program, in ten years, can verify a synthetic cohort."""
    key = b"invented answers: nobody stands behind these files, so that everyone may verify them"
    facts = json.loads(built.path("1", "manifest.json").read_text(encoding="utf-8"))
    for name in ("data/1/meetings.csv", "params/1.yaml"):
        mark = hmac.new(key, b"raw file\0" + (built.root / name).read_bytes(), hashlib.sha256).hexdigest()
        assert facts["inputs"][name] == f"hmac-sha256:{mark}"


@pytest.fixture
def real(small) -> Checkout:
    """The small cohort as if its answers were somebody's, with a file in its folder that the params do not name."""
    small.replace("params/small.yaml", "synthetic: true", "synthetic: false")
    (small.root / "data" / "small" / "Dana Levi resigned.txt").write_text("stray", encoding="utf-8")
    done = small.build("small")
    assert done.code == 0, done.err
    return small


def test_with_the_key_inputs_are_verified_and_without_it_outputs_and_one_line_says_so(real, tmp_path):
    assert (verify(real).code, verify(real).out) == (0, MATCHES)
    assert "Dana" not in everything_sent(real, "small")
    reader = {"FOLLOWUP_KEY_FILE": str(tmp_path / "none")}
    lines = verify(real, **reader).out.splitlines()
    assert len(lines) == 3 and "needs the institute’s key" in lines[0]
    assert lines[2] == "The report of cohort small matches its manifest and the code it was made with."
    assert not (tmp_path / "none").exists()
    append(real.root / "data" / "small" / "follow_up.csv")
    assert "input data/small/follow_up.csv: changed" in verify(real).err
    assert verify(real, **reader).code == 0
    append(real.path("small", "report.en.html"))
    assert "output report.en.html: changed" in verify(real, **reader).err


def test_the_same_key_gives_the_same_bytes_and_another_one_other_digests(real, tmp_path):
    first = real.published("small")
    assert real.build("small").code == 0
    assert real.published("small") == first
    other = tmp_path / "another"
    other.write_text("ab" * 32)
    other.chmod(0o600)
    done = verify(real, FOLLOWUP_KEY_FILE=str(other))
    assert "perhaps it was made with another key" in done.err


def test_the_commit_is_that_of_the_checkout_and_changed_code_is_said(tmp_path):
    def git(*command: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        return subprocess.run(
            ["git", *identity, *command], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "a.py").write_text("1\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("1\n", encoding="utf-8")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    commit = git("rev-parse", "HEAD").strip()
    append(tmp_path / "README.md")
    (tmp_path / "notebooks" / "scratch.py").touch()
    assert provenance.code_version(tmp_path) == {"commit": commit, "modified": False}
    append(tmp_path / "notebooks" / "a.py")
    assert provenance.code_version(tmp_path) == {"commit": commit, "modified": True}


def test_the_crate_is_read_again_by_the_library_and_lists_every_file_with_its_sum(built):
    folder = built.path("1", ".current")
    crate = ROCrate(folder.resolve())
    root = crate.root_dataset
    for part in ("name", "description", "datePublished", "license"):  # what RO-Crate 1.2 asks of the root
        assert root.get(part)
    assert root["license"]["name"] == "Terms of use"
    files = {entity.id: entity for entity in crate.data_entities if entity.type == "File"}
    here = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(files) == here - {"ro-crate-metadata.json"}
    for name in sorted(set(files) - {"manifest.json"}):
        assert files[name]["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    assert files["report.he.html"]["inLanguage"] == "he"
    build = crate.dereference("#build")
    assert {entity["name"] for entity in build["object"]} >= {"data/1/follow_up.csv", "params/1.yaml"}


def test_every_word_of_the_crate_is_one_of_ro_crates_own(built):
    """The context that the library ships says which types and properties there are; every link leads to an entity."""
    words = json.loads((Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_text(encoding="utf-8"))
    known = set(words["@context"])
    graph = json.loads(built.path("1", "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    names = {entity["@id"] for entity in graph}
    assert len(names) == len(graph)
    for entity in graph:
        used = {entity["@type"], *(key for key in entity if not key.startswith("@"))}
        assert used <= known, used - known
        for value in entity.values():
            for link in value if isinstance(value, list) else [value]:
                if isinstance(link, dict) and not link["@id"].startswith("https:"):
                    assert link["@id"] in names


def test_software_of_the_crate_has_a_version_and_a_home_as_its_specification_demands(built):
    graph = json.loads(built.path("1", "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    software = {entity["name"]: entity for entity in graph if entity["@type"] == "SoftwareApplication"}
    assert {"papermill", "nbconvert", "pandas", "statsmodels"} <= set(software)
    assert all(tool["version"] and tool["url"].startswith("https://") for tool in software.values())


def test_the_crates_date_is_that_of_source_date_epoch(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1480000000")
    assert provenance.day_of_publication({"commit": provenance.NO_COMMIT, "modified": None}) == "2016-11-24"
