"""The page's font is that which was installed, whatever became of the file in which it is kept between runs."""

import pytest
from followup.publish import font


@pytest.fixture(scope="module")
def right(tmp_path_factory) -> tuple[bytes, str]:
    """The kept file and the font, as a first run makes them."""
    folder = tmp_path_factory.mktemp("fonts")
    font.page_font.cache_clear()
    made = font.page_font(folder)
    return (folder / font.FONT_FILE).read_bytes(), made


@pytest.mark.parametrize(
    "damage", [lambda c: c[: len(c) // 2], lambda c: b"", lambda c: c.replace(b"AAAA", b"AAAB", 1)]
)
def test_a_kept_font_that_is_damaged_is_made_anew(tmp_path, right, damage):
    kept, made = right
    (tmp_path / font.FONT_FILE).write_bytes(damage(kept))
    font.page_font.cache_clear()
    assert font.page_font(tmp_path) == made
    assert (tmp_path / font.FONT_FILE).read_bytes() == kept


def test_a_kept_font_of_other_signs_is_made_anew(tmp_path, right, monkeypatch):
    (tmp_path / font.FONT_FILE).write_bytes(right[0])
    monkeypatch.setattr(font, "SIGNS", "abc")
    font.page_font.cache_clear()
    assert len(font.page_font(tmp_path)) < len(right[1]) / 2
    font.page_font.cache_clear()


def test_an_installed_font_that_is_cut_off_is_said_to_be_damaged(tmp_path, monkeypatch):
    listed = next(file for file in font.files("fontpkg-heebo") if file.suffix == ".ttf")
    cut = tmp_path / "cut.ttf"
    cut.write_bytes(listed.locate().read_bytes()[:5000])
    monkeypatch.setattr(type(listed), "locate", lambda self: cut)
    font.page_font.cache_clear()
    with pytest.raises(ImportError, match="not as it was installed"):
        font.page_font(tmp_path)
