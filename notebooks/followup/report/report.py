"""The only way to the page: every sentence, table and figure that a reader sees goes through a `Report`.

Each is shown once, in the languages of the study: Jupyter gets the one chosen in the notebook, each page its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial, reduce
from html import escape

import pandas as pd
from IPython.display import display

from followup import language as lang
from followup.analysis.published_results import Cohorts
from followup.analysis.study_frames import Study
from followup.cleaning.people import words_of_people
from followup.disclosure.cell_bundle import LEFT_OUT, NOTHING, SILENT, Bundle
from followup.disclosure.output_check import NotForPublication, Rules
from followup.language import DIRECTION, LANGUAGES, Text
from followup.report import (
    arguments,
    asked_cells,
    figures,
    guards,
    models,
    quotations,
    refused_tables,
    said_values,
    tables,
)
from followup.report.blank_cells import NOTHING_TO_SHOW, not_drawn
from followup.report.charts.drawing import NothingDrawn, drawing
from followup.report.charts.own_drawing import OwnDrawing
from followup.report.model_words import left_out, noted, terms_in_words
from followup.report.own_names import in_own_names, renamed
from followup.report.safe import SafeTables
from followup.report.typed_words import NONE, Said, texts_of, typed
from followup.store.csv_tables import write_csv
from followup.study import cohort
from followup.study.cohort import COMPARED, Cohort, open_cohort
from followup.study.explained_errors import in_jupyter
from followup.study.misspelt_keys import misspelt_here
from followup.words import vocabulary


class Report:
    """A cohort's report under way: `say`, `table` and `figure` show, and keep the numbers behind what they show."""

    def __init__(self, cohort: Cohort, language: str = "", languages: Sequence[str] = ()):
        """`languages` are those of the pages (the study's, where none are named), `language` that of the notebook."""
        self.cohort, self.languages = cohort, tuple(languages or cohort.params.languages)
        self.language = language if language in self.languages else self.languages[0]
        self.words = vocabulary.Vocabulary(cohort.codebook)
        self.beside: tuple[Cohort, ...] = ()
        self.released: dict[str, pd.DataFrame] = {}
        self.parts: dict[str, pd.DataFrame] = {}  # rows and columns of these that were shown under a name of their own
        self.shown: dict[tuple[str, str], tuple[int, str]] = {}  # kind and name: in which run of which cell
        self.headings: dict[str, tables.Headings] = {}  # of each table, how its columns and keys are written
        self.in_parts: list[str] = []  # released to be shown in parts, so that no rows of them are a part, too

    @cached_property
    def study(self) -> Study:
        """The cohort's data as frames by name; `study.tables()` lists them."""
        return Study(self.cohort)

    @cached_property
    def safe(self) -> SafeTables:
        """Tables made with pandas' own arguments that come back as they may leave."""
        return SafeTables(self.study, lambda: self.rules)

    @cached_property
    def rules(self) -> Rules:
        """What may leave: the policy of this cohort, and the words that tell of its people or of those compared."""
        people = reduce(frozenset.union, map(words_of_people, self.beside or (self.cohort,)))
        return Rules(
            self.cohort.params.disclosure, self.cohort.codebook, people, tuple(one.name for one in self.beside)
        )

    def say(self, *, he: str = "", en: str = "", row=None, when: bool = True, **values) -> None:
        """A paragraph in the study's languages; `{name}` in it takes the value `name`. Said only `when` it holds.

        Numbers are cells of released tables: `report.cell`, `report.param`, or `safe.sum`, `diff`, `share` of them. With
        `row`, one row of a table that was shown, `{change}` is what the page writes in its column “change”. Where there is no
        such row, or it is hidden and to be told, nothing is said; nor is a result beside a number of people that is 0 (waves
        that are not linked have an `n_linked` of 0; `{n}` of a change is whom it rests on in either case).
        """
        text = self._told("sentence", he, en, row, when, **values)
        if text is None:
            self._hand_over(Bundle(SILENT, None))
            return
        self._show("say", None, {language: lang.paragraphs(text[language]) for language in self.languages})

    def _told(self, what: str, he: str = "", en: str = "", row=None, when: bool = True, **values) -> Text | None:
        """A text of the analyst's own, filled; None where it says nothing, as `say` explains, and the analyst reads why."""
        rows = asked_cells.as_rows(row, self.safe.made)
        told = () if rows is None else lang.placeholders(he or en) - values.keys()
        if not (he or en) or not when:
            return None
        if rows is not None and rows.empty:
            if not told or what != "sentence":
                return None
            return self._left_out(
                f"a sentence whose row this cohort does not have{misspelt_here(self.cohort.codebook)}"
            )
        if told and bool(rows.get("hidden", pd.Series([False])).astype(bool).all()):
            return self._left_out(f"a {what} whose row is hidden")
        arguments.check_values(values)
        if told:
            values = self._cells_of(rows, told) | values
        if why := said_values.lacking(values):
            return self._left_out(f"a {what} {why}")
        text = self._written(what, he, en, values)
        return text if text.he.strip() + text.en.strip() else None

    @staticmethod
    def _left_out(why: str) -> None:
        """What is not shown in this cohort, and why: the analyst reads it here and in a line of the build. All is shown where no why is given."""
        if not why:
            return
        line = f"<pre>{LEFT_OUT}{escape(why, quote=False)}</pre>"
        display({"text/html": line} | Bundle(SILENT, None, why=why).data(), raw=True)

    def _cells_of(self, rows: pd.DataFrame, names: Iterable[str]) -> dict[str, guards.Cell]:
        """What the page writes in these columns of this row; refuses several rows, and one of no released table."""
        rows = self.safe.with_at_least(tables.flat(rows))
        whole = self.released[of] if (of := self._of(rows)) else self.safe.whole_of(rows)
        if whole is None:
            raise NotForPublication(asked_cells.NOT_RELEASED)
        if not of:
            self.safe.show(rows)
        headings = tables.headings_of(rows, self.headings, self.parts | self.released)
        return asked_cells.cells_of(rows, names, self.words, headings, whole)

    def note(self, *, he: str = "", en: str = "", **values: object) -> guards.Note:
        """A note for a table or figure; its placeholders take what those of `say` take."""
        text = self._written("note", he, en, values)
        return guards.Note(text.he, text.en)

    def _written(self, what: str, he: str, en: str, values: dict[str, object]) -> Text:
        """A text of the analyst's own, filled with cells of released tables."""
        typed = self._typed(what, he, en)
        told = {name: said_values.in_words(value, self.words) for name, value in values.items()}
        told = {name: guards.sayable(name, value, self.released, self.names) for name, value in told.items()}
        filled = typed.filled(told)
        said_values.refuse_of_people(values | {f"the {what}": typed}, self.words, self.study, self.languages)
        return filled

    def cell(self, name: str = "", column: str = "", *more: object, digits: int | None = None, **where) -> guards.Cell:
        """One number of a released table, for a sentence: `report.cell("responses", "share", group="all")`.

        It is written with the decimals that it left with; `digits` asks for fewer. A sentence with a hidden cell is left out.
        """
        return self._asked("cell", name, column, more, digits, where).one(digits)

    def cells(self, name: str = "", column: str = "", *more, digits: int | None = None, **where) -> list[guards.Cell]:
        """The numbers of a column of a released table, for `safe.sum`; a column of the page as the page writes it."""
        return self._asked("cells", name, column, more, digits, where).several(digits)

    def _asked(self, call: str, name, column, more: tuple, digits, where: dict) -> asked_cells.Asked:
        if isinstance(name, str) and isinstance(column, str | int) and str(column) and not more:  # True: of a yes or no
            arguments.check(name, digits=digits)
            of = self._released(name), name, str(column)
            return asked_cells.Asked(*of, where, self.words, self.headings.get(name, {}))
        table = isinstance(name, pd.DataFrame | pd.Series)
        named = name if isinstance(name, str) and name else next(reversed(self.released), "")
        of = (self._of(self.safe.with_at_least(tables.flat(name))) if table else named) or ""
        known = (self.parts | self.released).get(of)
        raise asked_cells.unnamed(call, of, known, [column, *more], where, self.words)

    def param(self, name: str) -> guards.Cell:
        """A number of the params, for a sentence: `report.param("disclosure.least_group")`."""
        value = reduce(getattr, name.split("."), self.cohort.params)
        return guards.Cell(value, guards.written(pd.Series([value])))

    def _released(self, name: str) -> pd.DataFrame:
        if name not in (known := self.parts | self.released):
            asked_cells.misspelt_table(name, known, self.cohort.private / "results")
        return known[name] if name in known else self.kept(name)

    def _typed(self, what: str, he: str, en: str) -> Text:
        """Words that the analyst typed, in each language of the study."""
        return typed(what, he, en, self.languages, self.names, self.released, self.words)

    @cached_property
    def names(self) -> frozenset[str]:
        """Names with digits in them, of the codebook and the params."""
        called = [*(one.params.title for one in (self.cohort, *self.beside)), *self.words.cohorts.values()]
        return self.rules.names | {getattr(title, language) for title in called for language in LANGUAGES}

    def table(
        self,
        name: str,
        frame: pd.DataFrame | pd.Series,
        *,
        he: str = "",
        en: str = "",
        show: list[str] | None = None,
        rows: pd.Series | None = None,
        note: Text | None = None,
        when: bool = True,
        headings: Mapping[str, Said] = NONE,
    ) -> None:
        """A table, a Series or a crosstab with its caption: a result of its own in results/NAME.csv, or rows and columns
        of one that was shown or released before.

        `show` and `rows` choose what reaches the page; `headings` says in the study's languages how columns are headed and
        cells written. Shown only `when` it holds; of a table of nothing the page lists the caption at its end.
        """
        arguments.check(name, headings=headings, show=show, note=note)
        frame, of = self._part(name, frame)
        arguments.check_rows(name, frame, rows)
        self._tabled("table", name, frame, he, en, show, rows, note, when, of, self._headed(name, headings))

    def _tabled(self, kind: str, name: str, frame, he, en, show, rows, note, when, of, headings, why: str = "") -> None:
        """A table, or one in place of a figure that cannot be drawn, to which its links lead; `why` it is hidden the caller says."""
        caption = self._caption(he, en, note)
        silent = [*([Bundle("kept", name)] if of is None else []), Bundle(SILENT, name)]
        if not when:
            self._hand_over(*silent)
            return
        if frame.empty:
            if emptied := self.safe.why_empty(name, frame):  # it has data, and they are hidden
                self._left_out(emptied)
                self._hand_over(*silent)
            else:
                self._nothing(name, caption, of)
            return
        drawn, columns = frame if rows is None else frame[rows], show or tables.shown_by_default(frame)
        self._left_out(tables.misspelt_heading(name, frame, headings) if kind == "table" else "")
        self._left_out("" if why else self.safe.mostly_hidden(name, drawn, columns, self.words, kind == "figure"))
        if why and drawn["hidden"].all() or self.safe.all_hidden(drawn, columns, self.words):
            self._hand_over(*silent)
            return
        note, here = self.safe.why_hidden(frame, note)
        html = self._as_html(drawn, columns, name, caption, note, headings, kind)
        self._show("table", name, html, of, here[self.language])

    def _as_html(
        self, frame, columns, name, caption: Text, note: Text, headings, kind: str = "table"
    ) -> dict[str, str]:
        """A table in each language of the study."""
        return {
            each: tables.html(frame, columns, name, caption[each], note[each], self.words, each, kind, headings)
            for each in self.languages
        }

    def figure(
        self,
        name: str,
        frame: pd.DataFrame | pd.Series,
        draw: Callable,
        *,
        he: str = "",
        en: str = "",
        show: list[str] | None = None,
        note: Text | None = None,
        when: bool = True,
        headings: Mapping[str, Said] = NONE,
        size: tuple[float, float] | None = None,
        colours: Mapping[str, str] = NONE,
        title: Mapping[str, object] = NONE,
    ) -> None:
        """A chart of a table with caption, text alternative, and its data as a table beneath.

        `title={"en": "… {change}", "he": "…", "row": rows}` is told as `say` does. `draw(axes, table)` draws on axes of `size`
        inches, on a phone on narrower ones, keys in each language; a chart of the package takes `colours={"rose": "purple"}`, too.
        """
        arguments.check(name, headings=headings, show=show, note=note, size=size, title=title)
        look = arguments.look_of(name, frame, draw, size, colours)
        frame, of = self._part(name, frame)
        drawn, headed = tables.told(frame), self._headed(name, headings)
        alone = partial(self._tabled, "figure", name, frame, he, en, show, None, note, when, of, headed)
        caption, columns = self._caption(he, en, note), show or tables.shown_by_default(frame)
        hidden = self.safe.all_hidden(frame, columns, self.words)
        if drawn.empty or "form" in drawn and drawn["form"].eq("hidden").all() or hidden or not when:
            return alone()
        if not arguments.drawn_by_package(draw):
            draw = OwnDrawing(draw, size, headed, columns, caption, self.names)
        noted, here = self.safe.why_hidden(frame, note)
        message = self._told("title", **title) or lang.same("")
        try:
            charts = {each: drawing(name, draw, drawn, self.words, each, look) for each in self.languages}
        except NothingDrawn as nothing:
            self._left_out(f"the picture “{name}”, whose table stands alone: {nothing}")
            return alone()
        data = self._as_html(frame, columns, f"{name}-data", caption, noted, headed)
        texts = message, caption, not_drawn(frame, columns if isinstance(draw, OwnDrawing) else [], self.words)
        html = {each: figures.html(name, charts[each], *texts, data[each], each) for each in self.languages}
        self._left_out(self.safe.mostly_hidden(name, frame, columns, self.words))
        return self._show("figure", name, html, of, here[self.language])

    @in_own_names
    def model(
        self,
        name: str,
        formula: str,
        data: pd.DataFrame | None = None,
        *,
        groups: str | None = None,
        he: str = "",
        en: str = "",
        note: Text | None = None,
        when: bool = True,
        headings: Mapping[str, Said] = NONE,
    ) -> pd.DataFrame:
        """A linear model, fitted with statsmodels and shown as a table of its terms, which is given back as it leaves.
        Ordinary least squares with HC3 errors, or with `groups` a mixed model with an intercept for each of them
        (`groups="respondent"`). The data are handed over, not the result, so that it is seen who stands behind each term.
        """
        arguments.check(name, headings=headings, note=note)
        counted, references = self.safe.of_model(formula, data)
        terms, why = models.terms(name, formula, counted, groups, self.study, references)
        self.safe.know_model(terms, formula, counted, data)
        columns = ["term", "n", "estimate", "interval", "p_adjusted"] if len(terms) else None
        heads = terms_in_words(terms["term"], data, self.words, self._headed(name, headings), self.languages)
        frame, of = self._part(name, terms)
        told = noted(note, formula, terms, self.words)
        headed = self._headed(name, heads | dict(headings))
        self._tabled("table", name, frame, he, en, columns, None, told, when, of, headed, why)
        self._left_out(renamed(left_out(name, terms, why, headings), [data]))
        return terms

    def _headed(self, name: str, headings: Mapping[str, Said]) -> dict[str, Text]:
        """The headings as texts in both languages; (Hebrew, English), or one text where the study has one language."""
        made = {key: self._typed("heading", *texts_of(key, said, self.languages)) for key, said in headings.items()}
        self.headings[name] = made
        return made

    def findings(self, evidence: pd.DataFrame, worded: Iterable[tuple[str, Text]]) -> None:
        """The findings, already worded as HTML, and the table of their evidence as results/findings.csv."""
        self.release("findings", evidence)
        for key, fragments in worded:
            self._show("finding", key, fragments)

    def brief(self, worded: Text) -> None:
        """The report in brief, already worded as HTML."""
        self._show("brief", None, worded)

    def voices(self, name: str, frame: pd.DataFrame, *, he: str = "", en: str = "") -> None:
        """Released words of interviewees as quotations, beneath the finding that they bear on: finding, stance, excerpt."""
        quotations.check(name, frame)
        self.keep(name, frame)
        caption = self._caption(he, en)
        if frame.empty:
            self._nothing(name, caption)
            return
        self._hand_over(Bundle("kept", name))
        told = self.released.get("findings")
        html = {each: quotations.html(name, frame, caption[each], told, self.words, each) for each in self.languages}
        self._show("voices", name, html)

    def release(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """A result as it leaves, in results/NAME.csv, for the tables and figures that show parts of it (`of=NAME`)."""
        self.safe.show(tables.flat(frame), name)
        frame = self.keep(name, frame)
        self.in_parts.append(name)
        self._hand_over(Bundle("kept", name))
        return self.study.in_order(frame)

    def hand_on(self, name: str, frame: pd.DataFrame) -> None:
        """A row-level table for the notebooks that follow: private, never on the page; the cell says how long it is."""
        self.cohort.keep(name, frame)
        line = f"<p><em>{escape(name)}: {len(frame):,} rows, for the next notebooks</em></p>"
        display({"text/html": line} | Bundle("handed_on", name).data(), raw=True)

    def keep(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The numbers behind something shown, as results/NAME.csv, for the notebooks that follow and the reviewer.

        Gives them back as they may be published; raises `NotForPublication` where they may not.
        """
        frame = refused_tables.publishable(self.rules, name, tables.flat(frame), self.safe)
        arguments.refuse_twice("kept", name, self.shown)
        self.released[name] = frame
        write_csv(self.cohort.private / "results" / f"{name}.csv", frame, *tables.KNOWN)
        return frame

    def _of(self, flat: pd.DataFrame, first: str = "") -> str | None:
        """The released result that these rows and columns are part of, by their content; that named `first` before others."""
        known = self.released if len(flat) else self.in_parts
        names = [*([first] if first in known else []), *known]
        return next((name for name in names if tables.is_part_of(flat, self.released[name])), None)

    def _part(self, name: str, frame: pd.DataFrame | pd.Series) -> tuple[pd.DataFrame, str | None]:
        """The table as it leaves, and the released result that it is part of; else it is kept under its own name."""
        flat = self.safe.with_at_least(tables.flat(guards.a_table(name, frame)))
        self.safe.show(flat, name)
        of = self._of(flat, name)
        if of is None:
            for other in self.in_parts:
                guards.refuse_altered(name, flat, other, self.released[other])
            return self.keep(name, flat), None
        self.parts[name], own = flat, of == name and name not in self.in_parts  # own: the same cell, run again
        return flat, None if own else of

    def kept(self, name: str) -> pd.DataFrame:
        """A result that an earlier notebook kept: rows of it may be shown again."""
        self.safe.made.append(result := cohort.read_result(self.cohort, name))
        return result

    def _caption(self, he: str, en: str, note: Text | None = None) -> Text:
        caption = self._typed("caption", he, en)
        for text in (note.he, note.en) if note and not isinstance(note, guards.Note) else ():
            guards.check_typed("note", text, self.names, self.released)
        return Text(lang.numbers_isolated(caption.he), caption.en)

    def _nothing(self, name: str, caption: Text, of: str | None = None) -> None:
        """A table or figure with nothing to show in this study: the analyst reads so here, the page leaves it out."""
        why = f" – {NOTHING_TO_SHOW[self.language]}{misspelt_here(self.cohort.codebook)}"
        self._show(NOTHING, name, Text(escape(caption.he), escape(caption.en)), of, why)

    def _show(
        self, kind: str, name: str | None, html: Mapping[str, str] | Text, of: str | None = None, here: str = ""
    ) -> None:
        """Hand over the HTML of each language; the analyst sees that of the notebook's language, with `here` after it."""
        html = {language: html[language] for language in self.languages}
        if kind in ("table", "figure"):
            arguments.refuse_twice(kind, name, self.shown)
        if kind != "voices":  # what interviewees said was released by a person, word by word
            self.rules.check_words(" ".join(html.values()))
        shown = f'<div lang="{self.language}" dir="{DIRECTION[self.language]}">{html[self.language]}{here}</div>'
        display({"text/html": shown} | Bundle(kind, name, **html, of=of).data(), raw=True)

    @staticmethod
    def _hand_over(*bundles: Bundle) -> None:
        """What the page or later notebooks need to know, and the analyst need not see."""
        for bundle in bundles:
            display(bundle.data(), raw=True)


def open_report(cohort: str, language: str = "") -> Report:
    """The report of a cohort, shown in `language` where the study has it, else in the study's first one.

    Raises `InputProblems` when its params or codebook are wrong.
    """
    in_jupyter()
    return Report(open_cohort(cohort), language)


def open_comparison(cohorts: Cohorts, language: str) -> Report:
    """A report that belongs to no cohort: what it keeps stands in build/compare, its words are the latest cohort's,
    its languages those that all cohorts share.
    """
    in_jupyter()
    last = cohorts.published[-1].cohort
    waves = {wave: words for one in cohorts.published for wave, words in one.cohort.codebook.waves.items()}
    codebook = last.codebook.model_copy(update={"waves": waves | last.codebook.waves})
    report = Report(Cohort(COMPARED, last.params, codebook, last.root), language, cohorts.languages)
    report.beside = tuple(one.cohort for one in cohorts.published)
    report.words = vocabulary.Vocabulary(codebook, cohorts.names)
    return report
