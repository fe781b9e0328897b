"""Pictures of the network: what became of its ties, and ties among groups. Nobody can be found in them."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING

import pandas as pd

from followup import language as lang
from followup.language import Text
from followup.report.charts import lazy_matplotlib as mpl
from followup.report.charts.answer_charts import sized
from followup.report.charts.chosen_look import letters_on
from followup.report.charts.drawing import NothingDrawn
from followup.report.charts.style import (
    NARROW,
    TEXT_SIZE,
    WIDE,
    Mark,
    Sheet,
    alternative,
    bar,
    fitted,
    font,
    inches,
    style,
    wrapped,
    write,
)
from followup.words.columns import ties_of
from followup.words.palette import AXIS, BETWEEN, GROUND, HIGH, INK, MIDDLE, QUIET
from followup.words.vocabulary import Vocabulary

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Ties kept -------------------------------------------------------------------------------------------------------------

FATES = {"kept": (HIGH, False), "lost": (MIDDLE, False), "unknown": (AXIS, True), "new": (BETWEEN, False)}
OF_THE_EARLIER, NEW = Text("מן הקשרים שצוינו {when}", "Of the ties named {when}"), "new"


def tie_bars(frame: pd.DataFrame, words: Vocabulary, language: str, narrow: bool = False) -> tuple[Figure, str]:
    """One bar for all ties of the earlier wave, in parts by what became of them; the new ones in a bar of their own.

    `frame` has fate, n_ties, n (of the earlier wave) and compared_with.
    """
    rows = frame[frame["n_ties"].notna() & frame["fate"].isin(FATES)]
    if rows.empty:
        raise NothingDrawn("no number of ties may be told")
    earlier, new = rows[rows["fate"] != NEW], rows[rows["fate"] == NEW]
    with style():
        sheet = Sheet(language, narrow)
        sheet.legend(
            Mark(FATES[row.fate][0], words(row.fate, language), FATES[row.fate][1]) for row in rows.itertuples()
        )
        when = words.when(frame["compared_with"].iloc[0], language)
        label = sized(OF_THE_EARLIER[language].format(when=when), frame["n"].max())
        places = [(sheet.row(label, 0.32), earlier)]
        places += [(sheet.row(words(NEW, language), 0.32), new)] if len(new) else []
        longest = max(float(part["n_ties"].sum()) for _, part in places)
        figure, axes = sheet.axes(0, longest * 1.02)
        for at, part in places:
            start = 0.0
            for row in part.itertuples():
                colour, open = FATES[row.fate]
                bar(axes, at, start, row.n_ties, colour, 0.32, open)
                said = lang.plain_number(row.n_ties, 0)
                if inches(said) + 0.04 <= row.n_ties / longest * sheet.across:
                    write(axes, start + row.n_ties / 2, at, said, INK if open else letters_on(colour))
                start += row.n_ties
    parts = [
        f"{words(row.fate, language)}: "
        + (lang.number(row.n_ties) if row.fate == NEW else lang.count_of(row.n_ties, row.n))[language]
        for row in rows.itertuples()
    ]
    return figure, alternative(Text("מצב הקשרים", "Ties at the later wave"), parts, language)


# Ties among groups -----------------------------------------------------------------------------------------------------

WIDEST, NAME = 14, 1.4  # points of the thickest line; inches for the name of a group


def group_network(frame: pd.DataFrame, words: Vocabulary, language: str, narrow: bool = False) -> tuple[Figure, str]:
    """Groups as circles, ties within and between them as lines as wide as the share of possible ties; a panel for each
    wave.
    """
    waves = words.in_order(frame["wave"])
    groups = list(dict.fromkeys([*frame["first"], *frame["second"]]))
    shares = frame["tie_share"].astype(float)
    with style():
        font()
        size = (NARROW, 4.4 * len(waves)) if narrow else (WIDE, 3.9)
        figure = mpl.figure.Figure(figsize=size, layout="constrained")
        panels = figure.subplots(*((len(waves), 1) if narrow else (1, len(waves))), squeeze=False).ravel()
        for axes, wave in zip(panels[::-1] if language == "he" and not narrow else panels, waves, strict=True):
            mine = frame.assign(share=shares)[frame["wave"] == wave]
            _groups_panel(axes, mine, groups, float(shares.max()), words, language)
            if narrow:
                axes.set_ylim(-2.0, 2.7)
            axes.set_title(wrapped(words(wave, language), language), fontsize=TEXT_SIZE + 1, color=INK, pad=16)
    parts = [
        f"{words(row.wave, language)}, {words(row.first, language)} – {words(row.second, language)}: "
        f"{ties_of(row._asdict())[language]}"
        for row in frame.itertuples()
    ]
    return figure, alternative(
        Text("קשרים בתוך קבוצות וביניהן, מתוך הקשרים האפשריים", "Ties within and between groups, of the ties possible"),
        parts,
        language,
    )


def _groups_panel(axes, mine: pd.DataFrame, groups: list[str], most: float, words: Vocabulary, language: str) -> None:
    """One wave: groups on a circle, each with its size and its share of ties within; shares between them on the lines."""
    at = _on_a_circle(groups)
    sizes = dict(zip([*mine["first"], *mine["second"]], [*mine["n_first"], *mine["n_second"]], strict=True))
    sign = "≥" if mine["at_least"].any() else "="
    for row in mine[mine["first"] != mine["second"]].itertuples():
        _share_between(axes, at[row.first], at[row.second], row.share, most)
    within = mine[mine["first"] == mine["second"]].set_index("first")["share"]
    for group, place in at.items():
        _share_within(axes, place, within.get(group), most)
        name = f"{words(group, language)}\n(n {sign} {int(sizes[group])})" if group in sizes else words(group, language)
        above = place[1] > 0.5
        axes.annotate(
            "\n".join(line for part in name.split("\n") for line in fitted(part, language, NAME)),
            place,
            textcoords="offset points",
            xytext=(0, 34 if above else -34),
            ha="center",
            va="bottom" if above else "top",
            fontsize=TEXT_SIZE,
            color=QUIET,
        )
    axes.set_xlim(-1.9, 1.9)
    axes.set_ylim(-1.75, 2.15)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _on_a_circle(groups: list[str]) -> dict[str, tuple[float, float]]:
    if len(groups) == 1:
        return {groups[0]: (0, 0)}
    angles = {group: 2 * pi * place / len(groups) for place, group in enumerate(groups)}
    return {group: (sin(angle), cos(angle)) for group, angle in angles.items()}


def _percent(share: float) -> str:
    return f"{lang.plain_number(100 * share, 0)}%"


def _share_between(axes, one: tuple, other: tuple, share: float, most: float) -> None:
    """A line between two groups, as wide as their share of ties, with the share on it."""
    (x1, y1), (x2, y2) = one, other
    wide = max(0.8, WIDEST * share / most)
    axes.plot([x1, x2], [y1, y2], color=BETWEEN, linewidth=wide, solid_capstyle="butt", zorder=1)
    box = {"boxstyle": "round,pad=0.2", "facecolor": GROUND, "edgecolor": "none"}
    middle = {"ha": "center", "va": "center", "fontsize": TEXT_SIZE, "color": INK}
    axes.text((x1 + x2) / 2, (y1 + y2) / 2, _percent(share), bbox=box, zorder=2, **middle)


def _share_within(axes, place: tuple, share: float | None, most: float) -> None:
    """A group as a ring, as wide as the share of ties within it, which stands inside."""
    x, y = place
    wide = max(0.8, WIDEST * (share or 0) / most)
    axes.scatter([x], [y], s=1500, color=GROUND, edgecolor=HIGH, linewidth=wide, zorder=3)
    said = "" if share is None else _percent(share)
    middle = {"ha": "center", "va": "center_baseline", "fontsize": TEXT_SIZE, "color": INK}
    axes.text(x, y, said, zorder=4, **middle)
