"""Charts that show the statistics: each takes a table that may be published and gives a figure with its text alternative.

`draw(frame, words, language)` is called once for each language; nothing is drawn that the table does not hold.
"""

import textwrap
from functools import cache

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.figure import Figure

from followup import language as lang
from followup.language import RIGHT_TO_LEFT_MARK, Text
from followup.tables import Vocabulary

INK, QUIET, LINE = "#1f2933", "#52606d", "#cbd2d9"
LOW, MIDDLE, HIGH = "#b8620a", "#d9dee3", "#14618c"
VERDICT_COLOURS = {"rose": "#14618c", "fell": "#b8620a", "preserved": "#2f7d4f", "inconclusive": "#7b8794", "described": "#9aa5b1"}
ANSWER_WORDS = {
    "n_low": Text("במידה מועטה או כלל לא", "Not at all or to a small extent"),
    "n_middle": Text("במידה בינונית", "To a moderate extent"),
    "n_high": Text("במידה רבה או רבה מאוד", "To a great or very great extent"),
}


@cache
def _font() -> str:
    """Heebo, which has Hebrew, Latin, % and −, from its package."""
    import fontpkg_heebo

    from pathlib import Path

    for path in sorted(Path(fontpkg_heebo.__file__).parent.rglob("*.ttf")):
        font_manager.fontManager.addfont(str(path))
    return "Heebo"


def _canvas(rows: int, width: float = 7.2, least: float = 1.6, each: float = 0.42) -> tuple[Figure, mpl.axes.Axes]:
    """A figure high enough for `rows` lines, without a frame of its own."""
    _font()
    figure = Figure(figsize=(width, max(least, 0.9 + each * rows)), layout="constrained")
    axes = figure.subplots()
    sns.despine(ax=axes, left=True, bottom=True)
    axes.tick_params(length=0, colors=QUIET, labelsize=9)
    axes.set_axisbelow(True)
    return figure, axes


def _line(text: str, language: str, width: int = 44) -> str:
    """A text for a figure, wrapped; every Hebrew line starts right to left, whatever its first sign."""
    lines = textwrap.wrap(text, width) or [""]
    return "\n".join((RIGHT_TO_LEFT_MARK if language == "he" else "") + line for line in lines)


def _style():
    return mpl.rc_context({"font.family": [_font(), "DejaVu Sans"], "text.color": INK, "axes.labelcolor": QUIET, "svg.fonttype": "path",
                           "text.parse_math": False})


def _rows_on(axes, labels: list[str], language: str) -> None:
    """Row labels, top row first; on the right in Hebrew."""
    axes.set_yticks(range(len(labels)), [_line(label, language) for label in labels], color=INK)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    if language == "he":
        axes.yaxis.tick_right()
    axes.tick_params(axis="y", length=0)


def change_forest(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Each measure's change with its 95% interval, the margin for "preserved" as a band."""
    with _style():
        figure, axes = _canvas(len(frame))
        margin = float(frame["margin"].iloc[0])
        axes.axvspan(-margin, margin, color="#e8f1ec", zorder=0)
        axes.axvline(0, color=LINE, linewidth=1)
        for place, row in enumerate(frame.itertuples()):
            colour = VERDICT_COLOURS[row.verdict]
            if not pd.isna(row.ci_low):
                axes.plot([row.ci_low, row.ci_high], [place, place], color=colour, linewidth=2, solid_capstyle="butt")
            axes.plot(row.change, place, "o", color=colour, markersize=7)
        _rows_on(axes, [words(measure, language) for measure in frame["measure"]], language)
        reach = max(0.2 + margin, frame[["ci_low", "ci_high"]].abs().max().max() + 0.1)
        axes.set_xlim(-reach, reach)
        axes.xaxis.set_major_formatter(lambda value, _: lang._plain(value, 1, signed=True))
        axes.set_xlabel(_line(Text("שינוי בנקודות, רווח סמך 95%; הפס הירוק: שינוי שאינו עולה על הסף",
                                   "Change in points, 95% interval; green band: no more than the margin")[language], language, 90))
    parts = [f"{words(row.measure, language)}: {lang.change(row.change, 2)[language]} ({words(row.verdict, language)})" for row in frame.itertuples()]
    return figure, _alternative(Text("שינוי בכל סולם", "Change on each scale"), parts, language)


def answer_bars(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Low, middle and high answers as one bar a row, split around the middle: low to one side, high to the other."""
    rows = frame[frame["n"] > 0].reset_index(drop=True)
    with _style():
        figure, axes = _canvas(len(rows), each=0.4)
        for place, row in rows.iterrows():
            low, middle, high = (row[name] / row["n"] for name in ("n_low", "n_middle", "n_high"))
            for left, width, colour in ((-low - middle / 2, low, LOW), (-middle / 2, middle, MIDDLE), (middle / 2, high, HIGH)):
                axes.barh(place, width, left=left, color=colour, height=0.66)
            for count, x, ink in ((row["n_low"], -low / 2 - middle / 2, "white"), (row["n_high"], middle / 2 + high / 2, "white")):
                if count / row["n"] > 0.06:
                    axes.text(x, place, str(count), ha="center", va="center", color=ink, fontsize=8)
        _rows_on(axes, _labels_once(rows, words, language), language)
        axes.axvline(0, color="white", linewidth=0.8)
        axes.set_xlim(-1, 1)
        axes.set_xticks([])
        handles = [mpl.patches.Patch(color=colour, label=_line(text[language], language, 60))
                   for colour, text in zip((LOW, MIDDLE, HIGH), ANSWER_WORDS.values(), strict=True)]
        _legend_below(axes, handles[::-1] if language == "he" else handles)
    parts = [f"{words(row.measure, language)}, {words(row.wave, language)}: {lang.count_of(row.n_high, row.n)[language]}" for row in rows.itertuples()]
    return figure, _alternative(Text("כמה השיבו במידה רבה או רבה מאוד", "How many answered to a great or very great extent"), parts, language)


def _labels_once(rows: pd.DataFrame, words: Vocabulary, language: str) -> list[str]:
    """Each measure named at its first wave with that wave; its later wave by the wave alone."""
    several, again = rows["measure"].duplicated(keep=False), rows["measure"].duplicated()
    labels = []
    for row, two_waves, later in zip(rows.itertuples(), several, again, strict=True):
        wave = words(row.wave, language)
        labels.append(wave if later else f"{words(row.measure, language)} · {wave}" if two_waves else words(row.measure, language))
    return labels


def _legend_below(axes, handles) -> None:
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=len(handles), frameon=False, fontsize=8,
                handlelength=1, columnspacing=1.4)


def gap_lines(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Both groups' means at programme end and follow-up, a small panel for each measure."""
    with _style():
        _font()
        figure = Figure(figsize=(7.2, 2.9), layout="constrained")
        panels = figure.subplots(1, len(frame), sharey=True, squeeze=False)[0]
        for axes, row in zip(panels, frame.itertuples(), strict=True):
            sns.despine(ax=axes, left=True, bottom=True)
            for group, colour, values in ((row.first, HIGH, (row.first_programme_end, row.first_follow_up)),
                                          (row.second, LOW, (row.second_programme_end, row.second_follow_up))):
                axes.plot([0, 1], values, "-o", color=colour, linewidth=2, label=_line(words(group, language), language, 40))
                for x, value in enumerate(values):
                    other = ((row.second_programme_end, row.second_follow_up) if group == row.first else (row.first_programme_end, row.first_follow_up))[x]
                    axes.annotate(lang._plain(value, 1), (x, value), textcoords="offset points", xytext=(0, 9 if value >= other else -10),
                                  ha="center", va="center", color=colour, fontsize=9)
            axes.set_xticks([0, 1], [_line(words(wave, language), language, 14) for wave in ("programme_end", "follow_up")])
            if language == "he":
                axes.invert_xaxis()
            axes.set_xlim(*((1.4, -0.4) if language == "he" else (-0.4, 1.4)))
            axes.set_ylim(1, 5)
            axes.set_yticks(range(1, 6))
            axes.grid(axis="y", color="#eceff2")
            axes.tick_params(length=0, colors=QUIET, labelsize=9)
            axes.set_title(_line(words(row.measure, language), language, 36), fontsize=10, color=INK)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    parts = [f"{words(row.measure, language)}: {lang.number(row.gap_programme_end, 1, True)[language]} ← {lang.number(row.gap_follow_up, 1, True)[language]}"
             if language == "he" else
             f"{words(row.measure, language)}: {lang.number(row.gap_programme_end, 1, True)[language]} → {lang.number(row.gap_follow_up, 1, True)[language]}"
             for row in frame.itertuples()]
    return figure, _alternative(Text("הפער בין שתי הקבוצות, בסיום התכנית ובמעקב", "The gap between the two groups, at programme end and follow-up"), parts, language)


def option_bars(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """How many of those asked chose each option; where two waves asked, the earlier one in a lighter bar above."""
    count = next(name for name in ("n_chosen", "n_projects") if name in frame)
    waves = [wave for wave in ("programme_end", "follow_up") if wave in set(frame["wave"])]
    options = list(dict.fromkeys(frame["option"]))
    labels = [words.option(frame["question"].iloc[0], option, language) for option in options]
    with _style():
        figure, axes = _canvas(len(options), each=0.36 + 0.14 * (len(waves) - 1))
        height = 0.7 / len(waves)
        for place, wave in enumerate(waves):
            mine = frame[frame["wave"] == wave].set_index("option")[count].reindex(options)
            at = [row + (place - (len(waves) - 1) / 2) * height for row in range(len(options))]
            axes.barh(at, mine, height=height * 0.92, color=HIGH if wave == waves[-1] else "#9fc3d8", label=_line(words(wave, language), language))
            for y, value in zip(at, mine, strict=True):
                axes.text(value, y, f" {int(value)} ", va="center", ha="right" if language == "he" else "left", fontsize=8, color=QUIET)
        _rows_on(axes, labels, language)
        if language == "he":
            axes.invert_xaxis()
        axes.set_xticks([])
        if len(waves) > 1:
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=2, frameon=False, fontsize=8, handlelength=1)
    last = frame[frame["wave"] == waves[-1]]
    parts = [f"{words.option(row.question, row.option, language)}: {lang.count_of(getattr(row, count), row.n)[language]}" for row in last.itertuples()]
    return figure, _alternative(Text("כמה בכל אפשרות", "How many for each option"), parts, language)


def count_bars(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """One bar a row: the first column names it, the second counts it."""
    name, count = frame.columns[:2]
    with _style():
        figure, axes = _canvas(len(frame))
        axes.barh(range(len(frame)), frame[count], color=HIGH, height=0.6)
        for y, value in enumerate(frame[count]):
            axes.text(value, y, f" {int(value)} ", va="center", ha="right" if language == "he" else "left", fontsize=9, color=QUIET)
        _rows_on(axes, [words(key, language) for key in frame[name]], language)
        if language == "he":
            axes.invert_xaxis()
        axes.set_xticks([])
    parts = [f"{words(row[name], language)}: {lang.number(row[count])[language]}" for _, row in frame.iterrows()]
    return figure, _alternative(Text("מספרים", "Counts"), parts, language)


def _alternative(title: Text, parts: list[str], language: str) -> str:
    return f"{title[language]}. " + "; ".join(parts) + "."
