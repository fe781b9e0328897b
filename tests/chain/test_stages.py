"""What a notebook imports: a change deep in a wing makes exactly the notebooks stale that reach it."""

import json

import pytest
from followup.chain import stages

# A made-up package of two wings: `a` imports deep into the second, `b` only its neighbour, `c` nothing.
MODULES = {
    "__init__.py": '"""The package."""',
    "words.py": "",
    "near/__init__.py": '"""A wing."""',
    "near/one.py": "import followup.far.inner.deep as deep\n",
    "near/two.py": "from followup import words\n",
    "far/__init__.py": '"""A wing."""',
    "far/inner/__init__.py": '"""A corner of a wing."""',
    "far/inner/deep.py": "from followup.far.other import number\nnumber = number\n",
    "far/inner/words.py": "",
    "far/other.py": "number = 1\n",
}
NOTEBOOKS = {
    "a": "from followup.near.one import deep\n",
    "b": "from followup.near import two\n",
    "c": "import pandas as pd\n%matplotlib inline\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """The made-up package, with its notebooks, in place of ours."""
    for name, text in MODULES.items():
        path = tmp_path / "followup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name, code in NOTEBOOKS.items():
        write_notebook(tmp_path / f"{name}.ipynb", code)
    monkeypatch.setattr(stages, "PACKAGE", tmp_path / "followup")
    monkeypatch.setattr(stages, "KNOWN_IMPORTS", tmp_path / "known.json")
    return tmp_path / "followup"


def write_notebook(path, code):
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": [code]}]}), encoding="utf-8")


def reached(package, notebook):
    return {path.relative_to(package).as_posix() for path in stages.modules_of(package.parent / f"{notebook}.ipynb")}


def test_a_notebook_reaches_modules_by_their_full_path_and_the_packages_on_the_way(package):
    far = {"far/__init__.py", "far/inner/__init__.py", "far/inner/deep.py", "far/other.py"}
    assert reached(package, "a") == {"__init__.py", "near/__init__.py", "near/one.py"} | far
    assert reached(package, "b") == {"__init__.py", "near/__init__.py", "near/two.py", "words.py"}
    assert reached(package, "c") == set()


def test_a_module_that_two_notebooks_import_is_looked_at_once(package, monkeypatch):
    """Half of a package is imported by every notebook: what it imports is not asked for each of them."""
    looked_at, imported = [], stages._imported
    monkeypatch.setattr(stages, "NOTEBOOKS", package.parent)
    monkeypatch.setattr(stages, "_imported", lambda path: looked_at.append(path) or imported(path))
    stages.modules_of_stages([stages.Stage("a"), stages.Stage("b")])
    assert package / "near/__init__.py" in looked_at
    assert len(looked_at) == len(set(looked_at))


def test_of_two_modules_with_one_name_only_the_imported_one_counts(package):
    assert "far/inner/words.py" not in reached(package, "b")
    assert "words.py" not in reached(package, "a")


@pytest.mark.parametrize(
    ("code", "new"),
    [
        ("from followup.new.wing import thing", "new/wing.py"),
        ("from followup.new import wing", "new/wing.py"),
        ("import followup.new.wing", "new/wing.py"),
        ("from followup.new.wing.thing import x", "new/wing/thing.py"),
        ("def later():\n    from followup.new import wing\n    return wing", "new/wing.py"),
    ],
)
def test_a_new_module_that_a_notebook_reaches_through_two_wings_counts_too(package, code, new):
    """notebook → near.one → new.wing: a module, a sub-package and an import inside a function alike."""
    path = package / new
    for folder in reversed([p for p in path.parents if package in p.parents]):
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").write_text("", encoding="utf-8")
    path.write_text("", encoding="utf-8")
    (package / "near/one.py").write_text(code, encoding="utf-8")
    found = reached(package, "a")
    assert {new, "new/__init__.py"} <= found
    assert not {name for name in found if name.startswith("far/")}
    assert reached(package, "b") == {"__init__.py", "near/__init__.py", "near/two.py", "words.py"}


def test_what_was_found_is_remembered_by_content_and_never_taken_for_something_else(package, monkeypatch):
    before = reached(package, "a")
    (package / "far/inner/deep.py").write_text("from followup import words\n", encoding="utf-8")
    assert reached(package, "a") == before - {"far/other.py"} | {"words.py"}
    (package / "far/other.py").unlink()
    assert reached(package, "a") == before - {"far/other.py"} | {"words.py"}


def test_what_is_imported_ahead_are_the_modules_that_notebooks_name_themselves(package):
    class First:
        notebook, after = package.parent / "a.ipynb", ()

    class Later(First):
        after = ("a",)

    names = stages.imported_modules([First])
    assert names[:3] == ["followup", "followup.near", "followup.near.one"]
    assert names == [*stages.imported_modules([Later]), "followup.exports.workbooks"]  # which read the exports
