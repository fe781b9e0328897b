"""Charts that show the statistics: each takes a table that may be published and gives a figure with its alternative.

`draw(frame, words, language)` is called once for each language; nothing is drawn that the table does not hold.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from followup import language as lang
from followup.language import RIGHT_TO_LEFT_MARK, Text
from followup.report.charts import lazy_matplotlib as mpl
from followup.words.columns import Vocabulary
from followup.words.verdicts import CEILING_WORDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, LINE = "#1f2933", "#52606d", "#cbd2d9"
LOW, MIDDLE, HIGH = "#b8620a", "#d9dee3", "#14618c"
EARLIER = {
    LOW: "#e3b88a",
    MIDDLE: "#eceff2",
    HIGH: "#9fc3d8",
}  # the same answers at programme end, where follow-up stands beneath
VERDICT_COLOURS = {
    "rose": "#14618c",
    "fell": "#b8620a",
    "preserved": "#2f7d4f",
    "inconclusive": "#5f6b77",
    "described": "#5f6b77",
    "narrowed": "#2f7d4f",
    "widened": "#b8620a",
    "cannot_be_told": "#5f6b77",
}
STATUS_COLOURS = {
    "linked": "#14618c",
    "programme_end_only": "#8db9d3",
    "follow_up_only": "#c98a45",
    "neither": "#e3e7eb",
}
DID_NOT_ANSWER = Text("לא השיבו", "did not answer")
TEXT_SIZE = 10
MOST_SQUARES = 80
MOVED = (
    ("n_down", Text("ירדו", "Lower at follow-up")),
    ("n_same", Text("ללא שינוי", "The same")),
    ("n_up", Text("עלו", "Higher at follow-up")),
)


@cache
def _font() -> str:
    """Heebo, which has Hebrew, Latin, % and −, from its package."""
    from pathlib import Path

    import fontpkg_heebo

    for path in sorted(Path(fontpkg_heebo.__file__).parent.rglob("*.ttf")):
        mpl.font_manager.fontManager.addfont(str(path))
    return "Heebo"


def _canvas(rows: float, width: float = 7.2, least: float = 1.6, each: float = 0.42) -> tuple[Figure, Axes]:
    """A figure high enough for `rows` lines, without a frame of its own."""
    _font()
    figure = mpl.figure.Figure(figsize=(width, max(least, 0.9 + each * rows)), layout="constrained")
    axes = figure.subplots()
    _without_frame(axes)
    return figure, axes


def _without_frame(axes) -> None:
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, colors=QUIET, labelsize=TEXT_SIZE)
    axes.set_axisbelow(True)


def _line(text: str, language: str, width: int = 36) -> str:
    """A text for a figure, wrapped; every Hebrew line starts right to left, whatever its first sign."""
    lines = textwrap.wrap(text, width) or [""]
    return "\n".join((RIGHT_TO_LEFT_MARK if language == "he" else "") + line for line in lines)


def _style():
    return mpl.rc_context(
        {
            "font.family": [_font(), "DejaVu Sans"],
            "font.size": TEXT_SIZE,
            "text.color": INK,
            "axes.labelcolor": QUIET,
            "svg.fonttype": "path",
            "text.parse_math": False,
            "figure.constrained_layout.w_pad": 0.1,
            "figure.constrained_layout.h_pad": 0.08,
        }
    )


def _rows_on(axes, labels: list[str], language: str, places: list[float] | None = None) -> None:
    """Row labels, top row first; on the right in Hebrew."""
    axes.set_yticks(
        range(len(labels)) if places is None else places, [_line(label, language) for label in labels], color=INK
    )
    if places is None:
        axes.set_ylim(len(labels) - 0.5, -0.5)
    if language == "he":
        axes.yaxis.tick_right()
    axes.tick_params(axis="y", length=0)


# Who answered ------------------------------------------------------------------------------------------------------


def response_picture(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """The roster as squares, a row for each wave, filled for those who answered it; if linked, a column is a person.

    `frame` has status and n where waves are linked, otherwise wave, n, n_all and asked_known. The squares stand by who answered
    what: nobody can be found among them.
    """
    linked = "status" in frame
    rows, names = (
        (_linked_rows(frame), dict(zip(frame["status"], frame["n"], strict=True)))
        if linked
        else (_wave_rows(frame), {})
    )
    total = max(sum(n for n, _ in blocks) for blocks in rows.values())
    with _style():
        figure, axes = _canvas(len(rows), least=1.5, each=0.42)
        for place, blocks in enumerate(rows.values()):
            start = 0
            for n, colour in blocks:
                axes.barh(place, n, left=start, height=0.72, color=colour)
                start += n
        if total <= MOST_SQUARES:
            axes.vlines(range(1, total), -0.5, len(rows) - 0.5, color="white", linewidth=1.6)
        counts = [sum(n for n, colour in blocks if colour != STATUS_COLOURS["neither"]) for blocks in rows.values()]
        wholes = [total] * len(rows) if linked else [row.n_all if row.asked_known else None for row in frame.itertuples()]
        labels = [
            f"{words(wave, language)}: {(lang.number(n) if whole is None else lang.count_of(n, int(whole)))[language]}"
            for wave, n, whole in zip(rows, counts, wholes, strict=True)
        ]
        _rows_on(axes, labels, language)
        axes.set_xlim((total, 0) if language == "he" else (0, total))
        axes.set_xticks([])
        if linked:
            _legend_below(axes, _status_legend(names, words, min(counts) < total, language), columns=2)
    parts = (
        [f"{words(status, language)}: {lang.number(n)[language]}" for status, n in names.items()] if linked else labels
    )
    return figure, _alternative(Text("מי השיבו באיזה שלב", "Who answered which wave"), parts, language)


def _status_legend(names: dict[str, int], words: Vocabulary, any_grey: bool, language: str) -> list:
    """A patch for each status that somebody has, with how many; grey stands for whoever did not answer that wave."""
    said = {status: f"{words(status, language)}: {lang.number(n)[language]}" for status, n in names.items() if n}
    if any_grey and "neither" not in said:
        said["neither"] = DID_NOT_ANSWER[language]
    return [
        mpl.patches.Patch(color=STATUS_COLOURS[status], label=_line(text, language)) for status, text in said.items()
    ]


def _linked_rows(frame: pd.DataFrame) -> dict[str, list[tuple[int, str]]]:
    """Each wave as blocks of people in one order of status, grey for those who did not answer it."""
    answered = {"programme_end": ("linked", "programme_end_only"), "follow_up": ("linked", "follow_up_only")}
    return {
        wave: [
            (int(row.n), STATUS_COLOURS[row.status if row.status in those else "neither"]) for row in frame.itertuples()
        ]
        for wave, those in answered.items()
    }


def _wave_rows(frame: pd.DataFrame) -> dict[str, list[tuple[int, str]]]:
    return {
        row.wave: [(int(row.n), STATUS_COLOURS["linked"]), (int(row.n_all - row.n), STATUS_COLOURS["neither"])]
        for row in frame.itertuples()
    }


# Answers -----------------------------------------------------------------------------------------------------------


def answer_bars(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Low, middle and high answers split around the middle: low to one side, high to the other.

    A measure asked twice has two bars, programme end above in lighter colours; statements stand under their scales.
    """
    rows = frame[frame["n"] > 0]
    twice = set(rows.loc[rows["measure"].duplicated(), "measure"])
    bars, labels, headings, end = _laid_out(rows, words, language)
    with _style():
        figure, axes = _canvas(end, each=0.29)
        _diverging(
            axes,
            [at for at, _ in bars],
            pd.DataFrame([row._asdict() for _, row in bars]),
            ("n_low", "n_middle", "n_high"),
            [row.wave == "programme_end" and row.measure in twice for _, row in bars],
        )
        _rows_on(axes, [label for _, label in labels], language, [at for at, _ in labels])
        axes.set_ylim(end - 0.6, -0.6)
        across = mpl.transforms.blended_transform_factory(figure.transFigure, axes.transData)
        edge, side = (0.99, "right") if language == "he" else (0.01, "left")
        for at, text in headings:
            axes.text(
                edge,
                at,
                _line(text, language, 90),
                transform=across,
                ha=side,
                va="center",
                fontsize=TEXT_SIZE + 1,
                color=INK,
            ).set_in_layout(False)
        _legend_below(axes, *_answer_legend(words, rows, bool(twice), language))
    parts = [
        f"{words(row.measure, language)}, {words(row.wave, language)}: {lang.count_of(row.n_high, row.n)[language]}"
        for row in rows.itertuples()
    ]
    return figure, _alternative(Text("כמה השיבו תשובה גבוהה", "How many gave a high answer"), parts, language)


LINE_OF_LABEL = 0.6  # of the rows that a label beside the bars takes for each of its lines


def _laid_out(rows: pd.DataFrame, words: Vocabulary, language: str) -> tuple[list, list, list, float]:
    """Where each bar, label and heading stands, from the top: (bars, labels, headings, end)."""
    bars, labels, headings, heading, place = [], [], [], None, 0.0
    for measure, mine in rows.groupby("measure", sort=False):
        scale = words.codebook.scale_of.get(measure)
        if scale and scale != heading:
            headings.append((place + 0.2, words(scale, language)))
            heading, place = scale, place + 1.5
        label = words(measure, language)
        room = 0.8 * len(mine) + (0.65 if len(mine) > 1 else 0.9)
        more = max(0.0, LINE_OF_LABEL * (_line(label, language).count("\n") + 1) + 0.3 - room)
        first = place + more / 2
        labels.append((first + 0.4 * (len(mine) - 1), label))
        bars += [(first + 0.8 * step, row) for step, row in enumerate(mine.itertuples())]
        place += room + more
    return bars, labels, headings, place


def _answer_legend(words: Vocabulary, rows: pd.DataFrame, twice: bool, language: str) -> tuple[list, int]:
    """Patches for the three categories, and beneath them for the two waves; and in how many columns they stand."""
    category = [
        mpl.patches.Patch(color=colour, label=_line(text, language, 30))
        for colour, text in zip(
            (LOW, MIDDLE, HIGH), words.categories(rows["measure"].iloc[0], language), strict=True
        )
        if text
    ]
    if not twice:
        return category, len(category)
    first, second = (words(wave, language) for wave in ("programme_end", "follow_up"))
    wave = [
        mpl.patches.Patch(
            color=EARLIER[HIGH],
            label=_line(Text(f"למעלה, בהיר: {first}", f"above, lighter: {first}")[language], language),
        ),
        mpl.patches.Patch(color=HIGH, label=_line(Text(f"למטה: {second}", f"below: {second}")[language], language)),
    ]
    pairs = [patch for place in range(3) for patch in (*category[place : place + 1], *wave[place : place + 1])]
    return pairs, 3


def _diverging(
    axes,
    places: list[float],
    rows: pd.DataFrame,
    counts: tuple[str, str, str],
    earlier: list[bool],
    height: float = 0.72,
) -> None:
    """Bars of three parts around the middle of the second one, with their counts; earlier ones are lighter."""
    low, middle, high = (rows[name].astype(float) for name in counts)
    whole = low + middle + high
    lefts, low, middle, high = -(low + middle / 2) / whole, low / whole, middle / whole, high / whole
    for name, start, width, colour in zip(
        counts, (lefts, lefts + low, lefts + low + middle), (low, middle, high), (LOW, MIDDLE, HIGH), strict=True
    ):
        axes.add_collection(
            mpl.collections.PolyCollection(
                _boxes(places, start, width, height),
                facecolors=[EARLIER[colour] if light else colour for light in earlier],
            ),
            autolim=False,
        )
        for at, x, wide, count, light in zip(places, start + width / 2, width, rows[name], earlier, strict=True):
            if wide > 0.05:
                ink = INK if light or colour == MIDDLE else "white"
                axes.text(
                    x, at, str(int(count)), ha="center", va="center_baseline", color=ink, fontsize=TEXT_SIZE
                ).set_in_layout(False)
    axes.set_xlim(lefts.min() - 0.02, (lefts + 1).max() + 0.02)
    axes.set_xticks([])


def _boxes(
    places: Iterable[float], starts: Iterable[float], widths: Iterable[float], height: float
) -> list[list[tuple[float, float]]]:
    """The corners of bars that lie from `start` on, `width` long: many bars cost no more than one."""
    half = height / 2
    return [
        [(x, y - half), (x + wide, y - half), (x + wide, y + half), (x, y + half)]
        for y, x, wide in zip(places, starts, widths, strict=True)
    ]


def _legend_below(axes, handles, columns: int | None = None) -> None:
    axes.figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=columns or len(handles),
        frameon=False,
        fontsize=TEXT_SIZE,
        handlelength=1,
        columnspacing=1.4,
    )


# Changes -----------------------------------------------------------------------------------------------------------


FOREST_READ_AS = Text(
    "שינוי בנקודות; קו דק: רווח סמך 95%, קו עבה: 90%; הפס הירוק: שינוי שאינו עולה על הסף",
    "Change in points; thin line: 95% interval, thick: 90%; green band: no more than the margin",
)


def change_forest(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Each measure's change with its 95% interval, the 90% one thicker on it, the margin for "preserved" as a band."""
    with _style():
        figure, axes = _canvas(len(frame), each=0.55)
        margin = float(frame["margin"].iloc[0])
        reach = max(0.2 + margin, frame[["ci_low", "ci_high", "change"]].abs().max().max() + 0.1)
        axes.axvspan(-margin, margin, color="#e2efe7", zorder=0)
        axes.axvline(0, color=LINE, linewidth=1)
        for place, row in enumerate(frame.itertuples()):
            _change_with_interval(axes, place, row)
            said, colour = _line(words(row.verdict, language), language), VERDICT_COLOURS[row.verdict]
            axes.text(reach, place - 0.28, said, ha="right", va="center", color=colour, fontsize=TEXT_SIZE)
        _rows_on(axes, [words(measure, language) for measure in frame["measure"]], language)
        axes.set_xlim(-reach, reach)
        axes.xaxis.set_major_formatter(lambda value, _: lang._plain(value, 1, signed=True))
        axes.set_xlabel(_line(FOREST_READ_AS[language], language, 60))
    parts = [
        f"{words(row.measure, language)}: {lang.change(row.change, 2)[language]}, "
        f"{lang.interval(row.ci_low, row.ci_high, 2)[language]} "
        f"({words(row.verdict, language)})"
        for row in frame.itertuples()
    ]
    return figure, _alternative(
        Text("שינוי בכל סולם ורווח סמך 95%", "Change on each scale and its 95% interval"), parts, language
    )


def _change_with_interval(axes, place: int, row) -> None:
    """A change as a dot on its 95% interval, the 90% one thicker; without an interval the dot alone."""
    line = {"color": VERDICT_COLOURS[row.verdict], "solid_capstyle": "butt"}
    if not pd.isna(row.ci_low):
        axes.plot([row.ci_low, row.ci_high], [place, place], linewidth=1.6, **line)
        axes.plot([row.ci90_low, row.ci90_high], [place, place], linewidth=4.5, alpha=0.55, **line)
    axes.plot(row.change, place, "o", color=line["color"], markersize=7)


def moved_bars(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """How many of those who answered both waves are lower, the same or higher at follow-up: a bar for each scale."""
    rows = frame[frame["n_linked"] > 0].reset_index(drop=True)
    with _style():
        figure, axes = _canvas(len(rows), each=0.5)
        _diverging(
            axes, list(range(len(rows))), rows, tuple(name for name, _ in MOVED), [False] * len(rows), height=0.6
        )
        _rows_on(axes, [words(measure, language) for measure in rows["measure"]], language)
        _legend_below(
            axes,
            [
                mpl.patches.Patch(color=colour, label=_line(text[language], language))
                for colour, (_, text) in zip((LOW, MIDDLE, HIGH), MOVED, strict=True)
            ],
        )
    parts = [
        f"{words(row.measure, language)}: "
        + ", ".join(f"{text[language]} {lang.number(getattr(row, name))[language]}" for name, text in MOVED)
        for row in rows.itertuples()
    ]
    return figure, _alternative(
        Text("לאן זזו מי שהשיבו בשני השלבים", "Which way those who answered both waves moved"), parts, language
    )


# Gaps --------------------------------------------------------------------------------------------------------------

AT_THE_TOP = Text("בתקרה בסיום התכנית", "At the top at programme end")
SECOND_HIGHER = Text("הסתברות שהשנייה גבוהה", "Chance second is higher")


def gap_lines(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Both groups' means at programme end and follow-up, a panel for each measure.

    Beneath it stand the verdict, the chance that the second is higher in each wave and how many of each group were at
    the top already.
    """
    columns = min(len(frame), 3)
    with _style():
        _font()
        figure = mpl.figure.Figure(figsize=(7.2, 4.3 * -(-len(frame) // columns)), layout="constrained")
        panels = figure.subplots(-(-len(frame) // columns), columns, squeeze=False).ravel()
        for axes, row in zip(panels, frame.itertuples(), strict=False):
            _gap_panel(axes, row, words, language)
        for axes in panels[len(frame) :]:
            axes.set_axis_off()
        figure.legend(
            *panels[0].get_legend_handles_labels(),
            loc="outside lower center",
            ncols=2,
            frameon=False,
            fontsize=TEXT_SIZE,
        )
    parts = [
        f"{words(row.measure, language)}: {words(row.verdict, language)}, "
        f"{_moved_from(row.gap_programme_end, row.gap_follow_up, language, signed=True)}"
        for row in frame.itertuples()
    ]
    return figure, _alternative(
        Text(
            "הפער בין שתי הקבוצות, בסיום התכנית ובמעקב",
            "The gap between the two groups, at programme end and follow-up",
        ),
        parts,
        language,
    )


def _gap_panel(axes, row, words: Vocabulary, language: str) -> None:
    _without_frame(axes)
    ends = {
        "first": (row.first_programme_end, row.first_follow_up),
        "second": (row.second_programme_end, row.second_follow_up),
    }
    for name, colour, dash, other in (("first", HIGH, "-", "second"), ("second", LOW, "--", "first")):
        axes.plot(
            [0, 1],
            ends[name],
            dash,
            marker="o",
            color=colour,
            linewidth=2,
            label=_line(words(getattr(row, name), language), language, 40),
        )
        for x, value in enumerate(ends[name]):
            above = value > ends[other][x] or value == ends[other][x] and name == "first"
            axes.annotate(
                lang._plain(value, 1),
                (x, value),
                textcoords="offset points",
                xytext=(0, 10 if above else -11),
                ha="center",
                va="center",
                color=colour,
                fontsize=TEXT_SIZE,
            )
    axes.set_xticks([0, 1], [_line(words(wave, language), language, 14) for wave in ("programme_end", "follow_up")])
    axes.set_xlim(*((1.4, -0.4) if language == "he" else (-0.4, 1.4)))
    codes = words.codebook.options_of(row.measure).codes
    axes.set_ylim(codes[0], codes[-1])
    axes.set_yticks(codes)
    axes.grid(axis="y", color="#eceff2")
    axes.set_title(_line(words(row.measure, language), language, 34), fontsize=TEXT_SIZE + 1, color=INK)
    bands = (row.ceiling_first, row.ceiling_second)
    facts = [
        words(row.verdict, language),
        f"{SECOND_HIGHER[language]}: {_moved_from(row.superiority_programme_end, row.superiority_follow_up, language)}",
        f"{AT_THE_TOP[language]}: {' · '.join(CEILING_WORDS[band][language] for band in bands)}",
    ]
    axes.set_xlabel("\n".join(_line(fact, language, 44) for fact in facts), fontsize=TEXT_SIZE, color=INK)


def _moved_from(before: float, after: float, language: str, signed: bool = False) -> str:
    """ "0.8, then 0.6" in words, which no direction of reading turns round."""
    values = (lang.number(value, 1, signed)[language] for value in (before, after))
    return Text("{}, ואחר כך {}", "{}, then {}")[language].format(*values)


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
            axes.barh(
                at,
                mine.astype(float),
                height=height * 0.92,
                color=HIGH if wave == waves[-1] else "#9fc3d8",
                label=_line(words(wave, language), language),
            )
            for y, value in zip(at, mine, strict=True):
                _beside_bar(axes, y, value, language, _few(frame) if pd.isna(value) else None)
        _rows_on(axes, labels, language)
        _bars_from_the_labels(axes, language)
        if len(waves) > 1:
            _legend_under(axes)
    last = frame[frame["wave"] == waves[-1]]
    parts = [
        f"{words.option(row.question, row.option, language)}: "
        + (_few(frame) if pd.isna(getattr(row, count)) else lang.count_of(getattr(row, count), row.n))[language]
        for row in last.itertuples()
    ]
    return figure, _alternative(Text("כמה בכל אפשרות", "How many for each option"), parts, language)


def _beside_bar(axes, y: float, value: float, language: str, instead: Text | None = None) -> None:
    """The count at the end of its bar, or what stands `instead` of a count that is not told."""
    said, end = (instead[language], 0) if instead else (int(value), value)
    side = "right" if language == "he" else "left"
    axes.text(end, y, f" {said} ", va="center", ha=side, fontsize=TEXT_SIZE, color=QUIET)


def _bars_from_the_labels(axes, language: str) -> None:
    """Bars grow away from their labels; their counts stand beside them, so that no axis is needed."""
    if language == "he":
        axes.invert_xaxis()
    axes.set_xticks([])


def _legend_under(axes, **what) -> None:
    """A legend in two columns under the bars; `what` names its patches where the bars have no labels."""
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.02), "ncols": 2}
    axes.legend(**place, frameon=False, fontsize=TEXT_SIZE, handlelength=1, **what)


def _few(frame: pd.DataFrame) -> Text:
    """What stands for a count that is too small to be told."""
    return lang.fewer_than(frame["least_cell"].iloc[0])


def count_bars(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """One bar a row: the first column names it, the second counts it."""
    name, count = frame.columns[:2]
    with _style():
        figure, axes = _canvas(len(frame))
        axes.barh(range(len(frame)), frame[count], color=HIGH, height=0.6)
        for y, value in enumerate(frame[count]):
            _beside_bar(axes, y, value, language)
        _rows_on(axes, [words(key, language) for key in frame[name]], language)
        _bars_from_the_labels(axes, language)
    parts = [f"{words(row[name], language)}: {lang.number(row[count])[language]}" for _, row in frame.iterrows()]
    return figure, _alternative(Text("מספרים", "Counts"), parts, language)


def _alternative(title: Text, parts: list[str], language: str) -> str:
    return f"{title[language]}. " + "; ".join(parts) + "."
