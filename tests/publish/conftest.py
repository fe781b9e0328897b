"""Word files of cohort 1's pages, written once for all workers, their pictures coarser than those that are published."""

from pathlib import Path
from unittest.mock import patch

import pytest
from followup.publish import pictures
from followup.publish.word_document import word_document
from once import once


@pytest.fixture(scope="session")
def words_of_1(built, tmp_path_factory) -> dict[str, bytes]:
    """The Word file of each language."""

    def make(folder: Path) -> None:
        for language in ("he", "en"):
            html = built.path("1", f"report.{language}.html").read_text(encoding="utf-8")
            with patch.object(pictures, "DPI", 30):  # a hundredth of the dots: of these files only words are read
                (folder / f"{language}.docx").write_bytes(word_document(html, language, "1", "v"))

    folder = once(tmp_path_factory.getbasetemp(), "words-of-1", make)
    return {language: (folder / f"{language}.docx").read_bytes() for language in ("he", "en")}
