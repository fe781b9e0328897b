"""A notebook that an analyst added goes wherever the shipped ones go: on a cluster it builds the same bytes."""

import shutil
from pathlib import Path

from checkouts import add_small, copied
from test_cluster import Cluster
from test_found_notebooks import own


class WithNotebook(Cluster):
    """A cluster whose workers have a notebook more, the same file as here."""

    def __init__(self, folder: Path, notebook: Path):
        self.notebook = notebook
        super().__init__(folder)

    def add_worker(self):
        shutil.copy2(self.notebook, self.project.notebooks)
        return super().add_worker()


def test_a_cluster_builds_an_added_notebook_to_the_same_bytes_as_this_computer(built, tmp_path, tmp_path_factory):
    here, there = built.copy(tmp_path / "here", without=("1", "1.yaml")), copied(tmp_path / "there")
    own(here)
    done = here.build("small")
    assert (done.code, done.ran) == (0, ["07_own"]), done.err
    shutil.copy2(here.notebooks / "07_own.ipynb", there.notebooks)
    add_small(there)
    workers = WithNotebook(tmp_path_factory.mktemp("cluster"), here.notebooks / "07_own.ipynb")
    try:
        done = there.reports(CHOSEN_SCHEDULER=workers.address)
    finally:
        workers.end()
    assert (done.code, done.err) == (0, ""), done.out
    assert 'id="07_own"' in there.page("small", "en")
    assert there.published("small") == here.published("small")
