"""Git set up for notebooks in a clone: what it does then, that it can be done again, and that nothing foreign is touched."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from followup.commands import clone_settings
from followup.commands.check import main as check
from followup.commands.clone_settings import set_up, strips
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, writes

SHIPPED = Path(__file__).parents[2] / "notebooks"
PARTS = ["filter", "diff", "merge"]


@pytest.fixture
def clone(tmp_path, monkeypatch) -> Path:
    """A clone of its own with one notebook, and the programs of the tests in place of those of JupyterLab."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    house = tmp_path / "a project"
    (house / "notebooks").mkdir(parents=True)
    (house / ".venv-lab" / "bin").mkdir(parents=True)
    python = house / ".venv-lab" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    (house / ".gitignore").write_text("/.venv-lab\n", encoding="utf-8")
    git(house, "init", "-q", "-b", "main")
    git(house, "config", "user.name", "A")
    git(house, "config", "user.email", "a@b.example")
    write(house)
    commit(house)
    return house


def git(house: Path, *question: str) -> str:
    return subprocess.run(["git", *question], cwd=house, check=True, capture_output=True, text=True).stdout


def write(house: Path, english: str = "One.", hebrew: str = "אחת.", outputs: bool = False) -> None:
    texts = [f"# 01 · Title\n\n{english}", f"# 01 · כותרת\n\n{hebrew}"]
    cells = [new_markdown_cell(text, id=f"text-{number}") for number, text in enumerate(texts)]
    parameters = new_code_cell('cohort = "1"\nlanguage = "en"', id="p", metadata={"tags": ["parameters"]})
    shown = [new_output("execute_result", {"text/plain": "a secret"}, execution_count=1)] if outputs else []
    last = new_code_cell("1 + 1", id="code", outputs=shown, execution_count=1 if outputs else None)
    text = writes(new_notebook(cells=[*cells, parameters, last])) + "\n"
    (house / "notebooks" / "01_clean.ipynb").write_text(text, encoding="utf-8")


def commit(house: Path) -> None:
    git(house, "add", "-A")
    git(house, "commit", "-q", "-m", "one")


def test_outputs_stay_out_of_commits_and_a_second_time_changes_nothing(clone):
    assert not strips(clone)
    assert set_up(clone) == PARTS
    attributes = (clone / ".git" / "info" / "attributes").read_text(encoding="utf-8")
    assert attributes == "notebooks/*.ipynb filter=nbstripout diff=jupyternotebook merge=jupyternotebook\n"
    config = (clone / ".git" / "config").read_text(encoding="utf-8")
    assert set_up(clone) == []
    assert (clone / ".git" / "config").read_text(encoding="utf-8") == config
    assert (clone / ".git" / "info" / "attributes").read_text(encoding="utf-8") == attributes
    assert strips(clone)
    assert git(clone, "status", "--short") == ""
    write(clone, outputs=True)
    commit_of = git(clone, "diff", "--no-ext-diff", "--stat")
    assert commit_of == ""  # what would be committed is the same
    write(clone, "Two.", outputs=True)
    commit(clone)
    committed = json.loads(git(clone, "show", "HEAD:notebooks/01_clean.ipynb"))
    assert [cell["id"] for cell in committed["cells"]] == ["text-0", "text-1", "p", "code"]
    assert committed["cells"][-1]["outputs"] == [] and "a secret" not in json.dumps(committed)


def test_a_notebook_that_was_run_and_saved_leaves_no_difference(clone):
    """As nbconvert and JupyterLab save it: when each cell ran, and of the language more than its name."""
    path = clone / "notebooks" / "01_clean.ipynb"
    made = json.loads(path.read_text(encoding="utf-8"))
    made["metadata"] = {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}}
    path.write_text(json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    commit(clone)
    set_up(clone)
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = 7
            cell["metadata"]["execution"] = {"iopub.execute_input": "2026-11-29T10:00:00Z"}
    made["metadata"]["language_info"] |= {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.11.7",
    }
    path.write_text(json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    assert git(clone, "diff", "--no-ext-diff") == ""
    commit_of = git(clone, "status", "--short")
    git(clone, "add", "-A")
    assert git(clone, "diff", "--cached", "--no-ext-diff") == "" and commit_of.strip() in (
        "",
        "M notebooks/01_clean.ipynb",
    )


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_shipped_notebook_is_as_git_would_write_it(clone, path):
    """Its keys in another order would stand in the difference once it was run."""
    copy = clone / "notebooks" / path.name
    shutil.copyfile(path, copy)
    commit(clone)
    set_up(clone)
    os.utime(copy)
    assert git(clone, "diff", "--no-ext-diff") == ""


def test_a_notebook_that_was_run_differs_by_its_text_alone(clone):
    """git hands the working file to nbdime with its outputs: it is told to leave these and the numbers of cells out."""
    set_up(clone)
    driver = clone / ".venv-lab" / "bin" / "git-nbdiffdriver"
    driver.unlink(missing_ok=True)
    driver.write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    driver.chmod(0o755)
    write(clone, "Two.", outputs=True)
    asked = git(clone, "diff").split()
    assert asked[:4] == ["diff", "--ignore-outputs", "--ignore-details", "notebooks/01_clean.ipynb"]


def test_without_the_programs_git_does_what_it_always_does(clone):
    set_up(clone)
    (clone / ".venv-lab" / "bin" / "python").unlink()
    assert not strips(clone)
    write(clone, outputs=True)
    assert "a secret" in git(clone, "diff")
    commit(clone)
    assert "a secret" in git(clone, "show", "HEAD:notebooks/01_clean.ipynb")
    git(clone, "checkout", "-q", "-b", "other", "HEAD~1")
    write(clone, "Three.")
    commit(clone)
    with pytest.raises(subprocess.CalledProcessError):
        write_on(clone, "main", "Four.")
        git(clone, "merge", "other")
    assert "<<<<<<<" in (clone / "notebooks" / "01_clean.ipynb").read_text(encoding="utf-8")


def write_on(clone: Path, branch: str, english: str) -> None:
    git(clone, "checkout", "-q", branch)
    write(clone, english)
    commit(clone)


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("filter", "filter.nbstripout.clean", "own-nbstripout"),
        ("diff", "diff.jupyternotebook.command", "git-nbdiffdriver diff"),
        ("merge", "merge.jupyternotebook.driver", "git-nbmergedriver merge %O %A %B %L %P"),
    ],
)
def test_what_the_user_has_set_stays(clone, part, key, value):
    git(clone, "config", "--global", key, value)
    assert set_up(clone) == [other for other in PARTS if other != part]
    assert git(clone, "config", "--get", key).strip() == value
    assert part not in (clone / ".git" / "info" / "attributes").read_text(encoding="utf-8")


def test_attributes_of_the_users_own_stay(clone):
    path = clone / ".git" / "info" / "attributes"
    path.parent.mkdir(exist_ok=True)
    path.write_text("*.csv -text\n*.ipynb filter=own", encoding="utf-8")
    set_up(clone)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["*.csv -text", "*.ipynb filter=own"]
    assert lines[2:] == ["notebooks/*.ipynb diff=jupyternotebook merge=jupyternotebook"]


def test_an_unpacked_copy_and_a_folder_of_another_clone_are_left_alone(clone, tmp_path):
    inside = clone / "unpacked"
    inside.mkdir()
    before = (clone / ".git" / "config").read_text(encoding="utf-8")
    assert set_up(inside) == [] and not strips(inside)
    (tmp_path / "elsewhere").mkdir()
    assert set_up(tmp_path / "elsewhere") == []
    assert (clone / ".git" / "config").read_text(encoding="utf-8") == before


def test_an_earlier_way_of_ours_is_renewed(clone, monkeypatch):
    git(clone, "config", "filter.nbstripout.clean", f"{clone_settings.PROGRAMS}/nbstripout")
    assert set_up(clone) == PARTS
    assert "--keep-id" in git(clone, "config", "--get", "filter.nbstripout.clean")


def test_make_check_lets_outputs_stay_where_git_strips_them(clone, capsys):
    write(clone, outputs=True)
    assert check(clone / "notebooks") == 1
    assert "the cell holds outputs" in capsys.readouterr().err
    set_up(clone)
    assert check(clone / "notebooks") == 0


def test_make_check_notices_where_one_language_was_changed_until_the_next_commit(clone, capsys):
    def noticed() -> list[str]:
        assert check(clone / "notebooks") == 0
        return [line for line in capsys.readouterr().out.splitlines() if line.startswith("notice: ")]

    assert noticed() == []
    write(clone, english="Two.")
    said = "notice: notebooks/01_clean.ipynb: the English was changed and the Hebrew was not: “Two.”"
    assert noticed() == [said]
    commit(clone)
    assert noticed() == []  # what was committed is settled: a fresh clone has nothing to notice
    write(clone, english="Two.", hebrew="שתיים.")
    assert noticed() == ["notice: notebooks/01_clean.ipynb: the Hebrew was changed and the English was not: “שתיים.”"]
    write(clone, english="Three.", hebrew="שלוש.")
    assert noticed() == []


def test_make_check_in_a_clone_of_one_commit_or_without_git_has_nothing_to_notice(clone, tmp_path, capsys):
    write(clone, english="Two.")
    commit(clone)
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{clone}", str(shallow))
    assert check(shallow / "notebooks") == 0
    assert "notice" not in capsys.readouterr().out
    environment = os.environ | {"PATH": str(tmp_path)}
    code = (
        f"from pathlib import Path; from followup.commands.check import main; main(Path({str(clone / 'notebooks')!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment | {"PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
