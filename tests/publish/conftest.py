"""Word files of cohort 1's pages, written once for all workers."""

from pathlib import Path

import pytest
from followup.publish.word_document import word_document
from once import once


@pytest.fixture(scope="session")
def words_of_1(built, tmp_path_factory) -> dict[str, bytes]:
    """The Word file of each language."""

    def make(folder: Path) -> None:
        for language in ("he", "en"):
            html = built.path("1", f"report.{language}.html").read_text(encoding="utf-8")
            (folder / f"{language}.docx").write_bytes(word_document(html, language, "1", "v"))

    folder = once(tmp_path_factory.getbasetemp(), "words-of-1", make)
    return {language: (folder / f"{language}.docx").read_bytes() for language in ("he", "en")}
