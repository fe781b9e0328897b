"""A drawing of the analyst's own, `draw(axes, table)`: its keys in the words of each language, its order that of the study."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from followup.disclosure.output_check import NotForPublication
from followup.language import Text
from followup.report import picture_guards, tables
from followup.report.charts.drawing import NothingDrawn
from followup.report.charts.labels_above import labels_above
from followup.report.charts.style import LINE_HEIGHT, NARROW, TEXT_SIZE, WIDE, canvas, style, wrapped
from followup.store.freshness import sha256_of
from followup.study.explained_errors import explained
from followup.words.columns import COLUMNS
from followup.words.palette import GRID, INK, QUIET
from followup.words.vocabulary import Vocabulary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCH_OF_LETTERS, MOST_TOLD = 12, 60
LEAST_HEIGHT = 2.0  # inches of axes of numbers
LINE = 0.205  # inches from one line of a name to the next
TITLE = '\n    what the picture bears out is its title, beside draw:\n        title={{"en": "{}", "he": "…"}}'
WORD = re.compile(r"[^\W\d_]{3,}")


class OwnDrawing:
    """Calls `draw(axes, table)` once for each language and looks at what it drew.

    The table's waves, groups, measures and categories are ordered categories, options stand in words. What stands on
    axes, at ticks and in the legend and is a column, a key or in `headings` is written in the page's language.
    """

    def __init__(
        self,
        draw: Callable,
        size: tuple[float, float] | None,
        headings: Mapping[str, Text],
        columns: Sequence[str],
        caption: Text,
        names: frozenset[str],
    ):
        self.draw, self.size, self.headings = draw, size, headings
        self.columns, self.caption, self.names = columns, caption, names
        name = picture_guards.called(draw)
        if len(inspect.signature(draw).parameters) != 2:
            raise NotForPublication(
                f"“{name}” does not take axes and a table; what to do: write it as\n"
                f"        def {name}(axes, table):\n            sns.barplot(table, x=…, y=…, ax=axes)"
            )
        picture_guards.check_reach(draw, f"def {name}(axes, table): … table[…] …")
        self.__qualname__ = sha256_of(
            repr((picture_guards.fingerprint(draw), size, sorted(headings.items()), caption, columns))
        )

    def __call__(
        self, frame: pd.DataFrame, words: Vocabulary, language: str, narrow: bool = False
    ) -> tuple[Figure, str]:
        table = _ordered(frame, words, language)
        if {"n", "at_least"} <= {*table}:  # a bar has a length, and these have none that is told
            table = table.assign(n=table["n"].mask(table["at_least"].astype(bool)))
        with style():
            before = picture_guards.figures_of_pyplot()
            figure, axes, width, height = self._drawn_on_axes(table, narrow)
            if picture_guards.is_stacked(figure) and len(whole := _whole(table)) < len(table):
                if whole.empty:
                    raise NothingDrawn("a part of each of its stacks is hidden, and would look like nothing")
                figure, axes, width, height = self._drawn_on_axes(whole, narrow)
            elsewhere = picture_guards.figures_of_pyplot() - before
            picture_guards.refuse_twins(figure, self.draw)
            known = self._known(frame, words, language)
            _in_per_cent(figure, frame.attrs.get(tables.SHARES, ()))
            self._unsaid: list[str] = []
            for own in figure.axes:
                self._axes_in_words(own, known, language)
            self._refuse_unsaid()
            above = narrow and len(figure.axes) == 1 and picture_guards.has_names(axes.yaxis) and not is_map(axes)
            if not height and not narrow:
                figure.set_figheight(figure.get_figheight() + _more_lines(axes))
            if above:
                labels_above(axes, language)
            elif picture_guards.has_names(axes.yaxis):
                _grow_for_names(axes)
            _legend_below(figure, axes, width, language)
            if not height and not picture_guards.has_names(axes.yaxis):
                _grow(figure, axes, LEAST_HEIGHT)
        figure.followup_box = "tight"  # nothing is cut, however long
        alternative = self._alternative(frame, words, language)
        picture_guards.draws_itself(figure, frame, self.names | {*known.values()}, self.draw)
        if picture_guards.is_empty(figure):
            picture_guards.refuse_elsewhere(self.draw, bool(elsewhere))
            raise NothingDrawn(
                f"“{picture_guards.called(self.draw)}” leaves its axes empty; what to do: draw on them (ax=axes), where "
                'the table has what it draws; a line of one point is seen with marker="o"'
            )
        return figure, alternative

    def _drawn_on_axes(self, table: pd.DataFrame, narrow: bool) -> tuple[Figure, Axes, float, float | None]:
        """The analyst's drawing of a table; its figure, its axes, and the size that was asked for.

        A size that the drawing itself sets (figsize=, set_size_inches) counts as size=: on a phone it keeps its width.
        """
        width, height = self.size or (WIDE, None)
        width = NARROW if narrow else width
        figure, axes = canvas(len(table), width)
        if height:
            figure.set_size_inches(width, height)
        before = (*figure.get_size_inches(),)
        self._drawn(axes, table)
        if (*figure.get_size_inches(),) != before:
            width, height = (NARROW if narrow else figure.get_figwidth()), figure.get_figheight()
            figure.set_size_inches(width, height)
        return figure, axes, width, height

    def _drawn(self, axes, table: pd.DataFrame) -> None:
        """The analyst's drawing; where it fails on words or on blanks, with what the table holds."""
        try:
            self.draw(axes, table)
        except (TypeError, ValueError) as error:
            if "what to do" in str(error) or explained(error):
                raise
            numbers = list(table.select_dtypes("number"))
            words = [column for column in table if column not in numbers]
            column = numbers[-1] if numbers else "…"
            across, down = (column, words[0]) if words else (numbers[0] if numbers else "…", column)
            raise NotForPublication(
                f"“{picture_guards.called(self.draw)}” fails on the table that it is given ({error}); what to do: draw its columns "
                f"of numbers ({', '.join(numbers)}), with {', '.join(words) or 'no column'} for names, as in\n"
                f'        sns.barplot(table, x="{across}", y="{down}", ax=axes)'
            ) from error

    def _known(self, frame: pd.DataFrame, words: Vocabulary, language: str) -> dict[str, str]:
        """What may stand in the picture, and how it is written: columns, keys and texts of the table."""
        keys = [*map(str, frame.columns), *self.headings]
        levels = frame.attrs.get(tables.LEVELS, tables.NO_LEVELS)
        known = {
            key: column.heading[language] for key, column in COLUMNS.items()
        }  # a table may be drawn in another form
        known |= {
            key: heading[language] for key in keys if (heading := tables.heading_of(key, self.headings, words, levels))
        }
        for column in frame.select_dtypes(["object", "string", "category"]):
            for cell in frame[column].dropna().unique():
                said = self.headings[cell][language] if cell in self.headings else words(str(cell), language)
                known[str(cell)] = said
        if "option" in frame:
            known |= {label: label for label in _options(frame, words, language)}
        return known

    def _axes_in_words(self, axes, known: dict[str, str], language: str) -> None:
        named, room = [], int(INCH_OF_LETTERS * 0.7 * axes.figure.get_figwidth())
        narrow = axes.figure.get_figwidth() <= NARROW
        for axis in (axes.xaxis, axes.yaxis):
            named.append(picture_guards.has_names(axis))
            if named[-1]:
                places = axis.get_majorticklocs()
                texts = axis.get_major_formatter().format_ticks(places)
                texts = [
                    text if isinstance(text, str) else "" for text in texts
                ]  # a box’s place is no number of the table
                beneath = int(INCH_OF_LETTERS * axes.figure.get_figwidth() / max(len(places), 1))
                beside = 18 if narrow and is_map(axes) else 36  # other names stand above
                most = beside if axis is axes.yaxis else max(beneath, 9)
                named_ticks = [wrapped(self._said(text, known), language, most) for text in texts]
                axis.set_ticks(places, named_ticks, color=INK, rotation=0)  # in lines, so that none need be turned
            axis.set_label_text(self._label(axis.get_label_text(), known, language, room), color=QUIET)
        self._title = axes.get_title()
        axes.set_title(self._label(self._title, known, language, room), fontsize=TEXT_SIZE + 1, color=INK)
        if legend := axes.get_legend():
            for text in (legend.get_title(), *legend.get_texts()):
                text.set_text(self._label(text.get_text(), known, language))
        for text in axes.texts:
            text.set_text(self._label(text.get_text(), known, language))
        axes.grid(axis="y" if named[0] else "x", color=GRID)
        if language == "he":
            _from_the_right(axes, *named)

    def _label(self, text: str, known: dict[str, str], language: str, room: int = 60) -> str:
        return wrapped(self._said(text, known), language, room) if text.strip() else ""

    def _said(self, text: str, known: dict[str, str]) -> str:
        """A text of the picture in the page's language; words that stand in one language only are noted, to be refused."""
        if text not in known and WORD.search(text):
            self._unsaid.append(text)
        return known.get(text, text)

    def _refuse_unsaid(self) -> None:
        if unsaid := [*dict.fromkeys(self._unsaid)]:
            named, are = "”, “".join(unsaid), "are" if len(unsaid) > 1 else "is"
            heads = ", ".join(f'"{text}": ("…", "{text}")' for text in unsaid)
            raise NotForPublication(
                f"“{named}” {are} written into the picture, and each page has its own language; what to do: write a column or a "
                f"key there and head it, as in\n        headings={{{heads}}}"
                + (TITLE.format(self._title) if self._title in unsaid else "")
            )

    def _alternative(self, frame: pd.DataFrame, words: Vocabulary, language: str) -> str:
        """The table's rows in words, as far as a listener may want to hear them."""
        columns = tables.columns_of(frame, list(self.columns), self.headings, words, "figure")
        keys = [key for key, column in columns.items() if not column.numeric]
        rows = []
        for _, row in frame.head(MOST_TOLD).iterrows():
            about = ", ".join(columns[key].write(row, words, language) for key in keys)
            told = ", ".join(
                f"{tables.headed(key, column, frame, words, language)} {column.write(row, words, language)}"
                for key, column in columns.items()
                if column.numeric
            )
            rows.append(f"{about}: {told}" if about else told)
        return f"{self.caption[language]}. " + "; ".join(rows) + "."


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of which no part is hidden: a stack would show a hidden one as nothing."""
    return table.dropna(subset=[column for column in table.select_dtypes("number") if column != "n"])


def _in_per_cent(figure: Figure, shares: Collection[str]) -> None:
    """An axis that is named by a column of shares counts in per cent, as the table does."""
    from matplotlib.ticker import PercentFormatter

    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        if axis.get_label_text() in shares:
            axis.set_major_formatter(PercentFormatter(1, decimals=0))


def _options(frame: pd.DataFrame, words: Vocabulary, language: str) -> list[str]:
    return [words.option(*place, language) for place in zip(frame["question"], frame["option"], strict=True)]


def _ordered(frame: pd.DataFrame, words: Vocabulary, language: str) -> pd.DataFrame:
    """The table with keys as categories in the order of the study, others in the order in which they stand."""
    table = frame.copy()
    if {"option", "question"} <= {*table}:
        table["option"] = _options(frame, words, language)
    for column in table.select_dtypes("Int64"):  # what draws takes no blank among whole numbers
        table[column] = table[column].astype("float64" if table[column].isna().any() else "int64")
    for column in table.select_dtypes(["object", "string"]):
        present = list(dict.fromkeys(str(cell) for cell in table[column].dropna()))
        order = next((order for order in _orders(words) if {*present} <= {*order}), present)
        table[column] = pd.Categorical(table[column], [key for key in order if key in present], ordered=True)
    return table.reset_index(drop=True)


def _orders(words: Vocabulary) -> Iterator[list[str]]:
    codebook = words.codebook
    yield list(codebook.waves)
    yield from (["all", *trait.groups] for trait in codebook.traits.values())
    yield ["low", "middle", "high"]


def _from_the_right(axes, across: bool, down: bool) -> None:
    """Hebrew begins on the right: labels there, bars growing from them, time running to the left; a minus stays left."""
    axes.yaxis.tick_right()
    axes.yaxis.set_label_position("right")
    axes.tick_params(length=0)
    if across or down and min(axes.get_xlim()) >= -1e-9:
        axes.invert_xaxis()
        for text in axes.texts:
            if hasattr(text, "xyann"):  # a number beside its bar is now on the bar's other side
                text.xyann = (-text.xyann[0], text.xyann[1])
                text.set_ha({"left": "right", "right": "left"}.get(text.get_ha(), "center"))


def _more_lines(axes) -> float:
    """Inches that names of several lines, and a legend, need beyond what a row has."""
    names = [label.get_text().count("\n") for label in axes.get_yticklabels()]
    legend = axes.get_legend()
    return LINE_HEIGHT * (sum(names) + (2 if legend else 0))


def is_map(axes) -> bool:
    """Whether axes are filled with cells in colours, as a heatmap's are: there is no room between its rows."""
    from matplotlib.collections import QuadMesh

    return bool(axes.images) or any(isinstance(part, QuadMesh) for part in axes.collections)


def _grow_for_names(axes) -> None:
    """Make a picture as high as the names beside its rows need, so that none stands on another, whatever size was asked for."""
    lines = [label.get_text().count("\n") + 1 for label in axes.get_yticklabels()]
    row = LINE * max(((one + next_one) / 2 for one, next_one in zip(lines, lines[1:], strict=False)), default=0)
    figure, needed = axes.figure, row * len(lines)
    if needed > 0.5 * figure.get_figheight():
        _grow(figure, axes, needed)


def _grow(figure: Figure, axes, needed: float) -> None:
    """Make a picture so high that its axes have the inches that they need."""
    for _ in range(3):  # what stands around them grows a little, too
        figure.draw_without_rendering()
        room = axes.get_window_extent().height / figure.dpi
        if needed <= room:
            return
        figure.set_figheight(figure.get_figheight() + needed - room)


def _legend_below(figure: Figure, axes, width: float, language: str) -> None:
    """The legend under the picture, so that it hides nothing and is never cut."""
    if legend := axes.get_legend():
        texts = [text.get_text() for text in legend.get_texts()]
        columns = max(1, min(len(texts), int(10 * width) // max(map(len, texts), default=1)))
        place = {"loc": "outside lower center", "ncols": columns, "frameon": False, "fontsize": TEXT_SIZE}
        title = legend.get_title().get_text() or None
        handles = legend.legend_handles
        legend.remove()
        if language == "he":
            handles, texts, place["ncols"] = _begun_on_the_right(handles, texts, columns)
        figure.legend(handles, texts, title=title, markerfirst=language != "he", **place)


def _begun_on_the_right(handles: list, texts: list[str], columns: int) -> tuple[list, list[str], int]:
    """(the marks, their words, the number of columns) of a legend whose first column is the one on the right."""
    from matplotlib.lines import Line2D

    rows = -(-len(texts) // columns)
    marks = [*zip(handles, texts, strict=True)]
    parts = [marks[first : first + rows] for first in range(0, len(marks), rows)]
    parts[-1] += [(Line2D([], [], color="none"), "")] * (rows - len(parts[-1]))
    told = [one for part in reversed(parts) for one in part]
    return [mark for mark, _ in told], [words for _, words in told], len(parts)
