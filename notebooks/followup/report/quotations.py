"""What interviewees said, as quotations by finding; each in the language it stands in."""

from html import escape

import pandas as pd

from followup.disclosure.output_check import NotForPublication
from followup.language import DIRECTION, free_text, main_language
from followup.words.vocabulary import Vocabulary

COLUMNS = ("finding", "stance", "excerpt_he", "excerpt_en")


def check(name: str, frame: pd.DataFrame) -> None:
    """Quotations are excerpts, each with its finding and how it bears on it, and nothing else of the interviews."""
    if isinstance(frame, pd.DataFrame) and ({*frame.columns} != {*COLUMNS} or frame.index.name):
        columns = ", ".join(f'"{column}"' for column in COLUMNS)
        raise NotForPublication(
            f"voices “{name}” take released excerpts, and no column but {', '.join(COLUMNS)}; what to do: write\n"
            f"        quoted = study.interviews.reindex(study.params.interviews.released)[[{columns}]].reset_index(drop=True)\n"
            f'        report.voices("{name}", quoted, en="…", he="…")'
        )


def html(
    name: str, frame: pd.DataFrame, caption: str, findings: pd.DataFrame | None, words: Vocabulary, language: str
) -> str:
    """The excerpts of each finding, each with how it bears on it; a finding that is on the page is led to by its title.

    `frame` has a row for each excerpt: finding, stance, excerpt_he, excerpt_en. `findings` is the released table of evidence.
    """
    groups = []
    for finding, mine in frame.groupby("finding", sort=False):
        quotes = "".join(_quotation(row, words, language) for _, row in mine.iterrows())
        title = escape(words.finding(finding, language))
        if findings is None or finding in set(findings["finding"]):
            title = f'<a href="#finding-{escape(finding)}">{title}</a>'
        groups.append(f'<div class="about"><p class="title">{title}</p>{quotes}</div>')
    return f'<div class="voices" id="voices-{escape(name)}"><p class="caption">{escape(caption)}</p>{"".join(groups)}</div>'


def _quotation(row: pd.Series, words: Vocabulary, language: str) -> str:
    """One excerpt, in the language it stands in."""
    text = row[f"excerpt_{language}"]
    own = main_language(text) or language
    return (
        f'<figure class="voice {escape(row["stance"])}"><blockquote lang="{own}" dir="{DIRECTION[own]}"><p>{escape(free_text(text))}</p></blockquote>'
        f"<figcaption>{escape(words(row['stance'], language))}</figcaption></figure>"
    )
