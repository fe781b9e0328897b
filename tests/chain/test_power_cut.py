"""After a power cut every file that was written last may be empty: what is left is seen for what it is, and made again."""

import pytest
from followup.store import freshness


def cut(folder) -> int:
    """Empty every file below a folder, as a file system may leave those of the last half minute."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    for path in files:
        path.write_bytes(b"")
    return len(files)


def test_a_cut_right_after_a_build_loses_nothing_for_good(small):
    before = small.published("small")
    assert cut(small.root / "build") > 50
    assert freshness.is_stale(small.root, "small")
    done = small.build("small")
    assert done.code == 0, done.err
    assert small.published("small") == before
    assert freshness.published_whole(small.path("small"))


@pytest.mark.parametrize("part", ["private/stamps", "private/tables", "private", ".versions"])
def test_a_cut_that_empties_a_part_is_healed_by_the_next_build(few, part):
    before = few.published("small")
    cut(few.path("small", part))
    done = few.build("small")
    assert done.code == 0, done.err
    assert few.published("small") == before
