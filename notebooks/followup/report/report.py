"""The only way to the page: every sentence, table and figure that a reader sees goes through a `Report`.

Each is shown once, in both languages: Jupyter gets the language chosen in the notebook, the page takes its own.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from html import escape

import pandas as pd
from IPython.display import display

from followup.analysis.published_results import Cohorts
from followup.cleaning.people import words_of_people
from followup.disclosure.cell_bundle import Bundle
from followup.disclosure.output_check import Rules
from followup.language import (
    DIRECTION,
    LANGUAGES,
    ProseProblem,
    Text,
    filled,
    free_text,
    main_language,
    numbers_isolated,
    paragraphs,
)
from followup.report import tables
from followup.report.charts.drawing import drawing
from followup.store.csv_tables import write_csv
from followup.study import cohort
from followup.study.cohort import COMPARED, Cohort, open_cohort
from followup.words import vocabulary

NOTHING = Text(
    "לא נאסף במחזור הזה, או שאי אפשר לחשב אותו בו.", "not collected in this cohort, or it cannot be computed."
)


class Report:
    """A cohort's report under way: `say`, `table` and `figure` show, and keep the numbers behind what they show."""

    def __init__(self, cohort: Cohort, language: str = "en"):
        self.cohort, self.language = cohort, language
        self.words = vocabulary.Vocabulary(cohort.codebook)
        self.beside: tuple[Cohort, ...] = ()

    @cached_property
    def rules(self) -> Rules:
        """What may leave: the policy of this cohort, and the words that tell of its people or of those compared."""
        people = frozenset().union(*map(words_of_people, self.beside or (self.cohort,)))
        return Rules(
            self.cohort.params.disclosure, self.cohort.codebook, people, tuple(one.name for one in self.beside)
        )

    def say(self, *, he: str, en: str, when: bool = True, **values) -> None:
        """A paragraph in both languages; `{name}` in the text takes the value `name`. Said only `when` it holds."""
        if not when:
            return
        text = filled(he, en, values)
        self._show("say", None, Text(*(paragraphs(text[language]) for language in LANGUAGES)))

    def table(
        self,
        name: str,
        frame: pd.DataFrame,
        *,
        he: str,
        en: str,
        show: list[str] | None = None,
        rows: pd.Series | None = None,
        note: Text | None = None,
        when: bool = True,
    ) -> None:
        """A table with its caption; all of it is kept in results/NAME.csv, the columns and rows chosen reach the page.

        Shown only `when` it holds; without that, a table of nothing says that there is nothing.
        """
        frame = self.keep(name, frame)
        caption = _caption(he, en)
        if not when:
            display(Bundle("kept", name).data(), raw=True)
            return
        if frame.empty:
            self._nothing(name, caption)
            return
        self._show(
            "table",
            name,
            Text(
                *(
                    tables.html(
                        frame if rows is None else frame[rows],
                        show or list(frame.columns),
                        name,
                        caption[language],
                        note[language] if note else "",
                        self.words,
                        language,
                    )
                    for language in LANGUAGES
                )
            ),
        )

    def figure(
        self,
        name: str,
        draw: Callable,
        frame: pd.DataFrame,
        *,
        he: str,
        en: str,
        show: list[str] | None = None,
        note: Text | None = None,
        when: bool = True,
    ) -> None:
        """A chart of `frame` with caption, text alternative, and its data as a table beneath.

        `draw(frame, words, language)` gives a matplotlib figure and the text alternative in that language. Hidden rows
        are not drawn; where all are hidden the table stands alone and says so.
        """
        frame = self.keep(name, frame)
        drawn = frame[~frame["hidden"].astype(bool)].infer_objects() if "hidden" in frame else frame
        if drawn.empty or not when:
            self.table(name, frame, he=he, en=en, show=show, note=note, when=when)
            return
        caption = _caption(he, en)
        self._show(
            "figure",
            name,
            Text(
                *(
                    self._figure(
                        name, draw, drawn, frame, caption[language], show, note[language] if note else "", language
                    )
                    for language in LANGUAGES
                )
            ),
        )

    def exists(self, name: str) -> bool:
        """Whether an earlier notebook kept a result of this name that is not empty."""
        return not cohort.read_result(self.cohort, name).empty

    def findings(self, evidence: pd.DataFrame, worded: Iterable[tuple[str, Text]]) -> None:
        """The findings, already worded as HTML, and the table of their evidence as results/findings.csv."""
        self.keep("findings", evidence)
        display(Bundle("kept", "findings").data(), raw=True)
        for key, fragments in worded:
            self._show("finding", key, fragments)

    def voices(self, name: str, frame: pd.DataFrame, *, he: str, en: str) -> None:
        """Released words of interviewees as quotations, beneath the finding that they bear on: finding, stance, excerpt."""
        self.keep(name, frame)
        caption = _caption(he, en)
        if frame.empty:
            self._nothing(name, caption)
            return
        display(Bundle("kept", name).data(), raw=True)
        self._show(
            "voices", name, Text(*(self._voices(name, frame, caption[language], language) for language in LANGUAGES))
        )

    def hand_on(self, name: str, frame: pd.DataFrame) -> None:
        """A row-level table for the notebooks that follow: private, never on the page; the cell says how long it is."""
        self.cohort.keep(name, frame)
        line = f"<p><em>{escape(name)}: {len(frame):,} rows, for the next notebooks</em></p>"
        display({"text/html": line} | Bundle("handed_on", name).data(), raw=True)

    def keep(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The numbers behind something shown, as results/NAME.csv, for the notebooks that follow and the reviewer.

        Gives them back as they may be published; raises `NotForPublication` where they may not.
        """
        frame = self.rules.protected(name, frame)
        write_csv(self.cohort.build / "private" / "results" / f"{name}.csv", frame)
        return frame

    def kept(self, name: str) -> pd.DataFrame:
        """A result that an earlier notebook kept."""
        return cohort.read_result(self.cohort, name)

    def _nothing(self, name: str, caption: Text) -> None:
        """Says that a table or figure has nothing to show in this cohort, rather than leaving a blank."""
        self._show(
            "nothing", name, Text(*(paragraphs(f"{caption[language]}: {NOTHING[language]}") for language in LANGUAGES))
        )

    def _figure(
        self,
        name: str,
        draw: Callable,
        drawn: pd.DataFrame,
        frame: pd.DataFrame,
        caption: str,
        show,
        note: str,
        language: str,
    ) -> str:
        chart = drawing(name, draw, drawn, self.words, language)
        data = tables.html(frame, show or list(frame.columns), f"{name}-data", caption, note, self.words, language)
        summary = tables.DATA_OF_FIGURE[language]
        return (
            f'<figure class="chart" id="figure-{escape(name)}"><img src="{chart.address}" alt="{escape(chart.alternative)}">'
            f'<figcaption>{escape(caption)}</figcaption><details class="data"><summary>{escape(summary)}</summary>{data}</details></figure>'
        )

    def _voices(self, name: str, frame: pd.DataFrame, caption: str, language: str) -> str:
        """The excerpts of each finding, each with how it bears on it; the finding's title leads to its card."""
        groups = []
        for finding, mine in frame.groupby("finding", sort=False):
            quotes = "".join(_quotation(row, self.words, language) for _, row in mine.iterrows())
            title = escape(self.words.finding(finding, language))
            groups.append(
                f'<div class="about"><p class="title"><a href="#finding-{escape(finding)}">{title}</a></p>{quotes}</div>'
            )
        return f'<div class="voices" id="voices-{escape(name)}"><p class="caption">{escape(caption)}</p>{"".join(groups)}</div>'

    def _show(self, kind: str, name: str | None, fragments: Text) -> None:
        if kind != "voices":  # what interviewees said was released by a person, word by word
            self.rules.check_words(f"{fragments.he} {fragments.en}")
        html = f'<div lang="{self.language}" dir="{DIRECTION[self.language]}">{fragments[self.language]}</div>'
        display({"text/html": html} | Bundle(kind, name, fragments.he, fragments.en).data(), raw=True)


def open_report(cohort: str, language: str = "en") -> Report:
    """The report of a cohort; raises `InputProblems` when its params or codebook are wrong."""
    return Report(open_cohort(cohort), language)


def _quotation(row: pd.Series, words: vocabulary.Vocabulary, language: str) -> str:
    """One excerpt, in the language it stands in."""
    text = row[f"excerpt_{language}"]
    own = main_language(text) or language
    return (
        f'<figure class="voice {escape(row["stance"])}"><blockquote lang="{own}" dir="{DIRECTION[own]}"><p>{escape(free_text(text))}</p></blockquote>'
        f"<figcaption>{escape(words(row['stance'], language))}</figcaption></figure>"
    )


def _caption(he: str, en: str) -> Text:
    if not he.strip() or not en.strip():
        raise ProseProblem("a table or figure needs a caption in both languages: he=…, en=…")
    return Text(numbers_isolated(he), en)


def open_comparison(cohorts: Cohorts, language: str) -> Report:
    """A report that belongs to no cohort: what it keeps stands in build/compare, its words are the latest cohort's."""
    last = cohorts.published[-1].cohort
    report = Report(Cohort(COMPARED, last.params, last.codebook, last.root), language)
    report.beside = tuple(one.cohort for one in cohorts.published)
    return report
