"""Pictures of many cohorts: one small panel for each scale, one mark for each cohort, readable from two cohorts to
sixty.
"""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from followup import language as lang
from followup.language import Text
from followup.report.charts.style import NARROW, TEXT_SIZE, WIDE, alternative, font, style, wrapped
from followup.words.palette import GRID, HIGH, INK, LINE, LOW, QUIET, SOME_WAVES, VERDICT_COLOURS, WITHIN_MARGIN
from followup.words.vocabulary import KEYS, Vocabulary

COLOURS = VERDICT_COLOURS | {"higher": HIGH, "lower": LOW}
MANY = 16  # from here on names stand upright and marks are smaller
FEW = 8  # up to here values are written beside their marks
MARKERS = {"rose": "^", "higher": "^", "fell": "v", "lower": "v", "preserved": "s"}  # others are round
APART = 0.28  # between the marks of the first and the last wave of a cohort
MEAN, CHANGE = Text("ממוצע", "Mean"), Text("נקודות", "Points")
PARTS_SAID = 40  # a text alternative longer than this says where to read on


def _panels(
    titles: list[str], cohorts: list[str], words: Vocabulary, language: str, height: float, measured: Text, narrow: bool
) -> tuple[Figure, list]:
    """One above the other, each with what is measured on its axis; along the bottom the cohorts in one order, from the
    right in Hebrew, by name while they are few.
    """
    font()
    figure = Figure(figsize=(NARROW if narrow else WIDE, 0.9 + height * len(titles)), layout="constrained")
    panels = list(figure.subplots(len(titles), 1, sharex=True, squeeze=False)[:, 0])
    for axes, title in zip(panels, titles, strict=True):
        sns.despine(ax=axes, left=True, bottom=True)
        axes.set_title(
            wrapped(title, language, 42 if narrow else 90),
            loc="right" if language == "he" else "left",
            fontsize=TEXT_SIZE,
            color=INK,
            pad=4,
        )
        axes.grid(axis="y", color=GRID)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, colors=QUIET, labelsize=TEXT_SIZE - 1)
        axes.set_ylabel(measured[language], color=QUIET, fontsize=TEXT_SIZE - 1)
        if language == "he":
            axes.yaxis.tick_right()
            axes.yaxis.set_label_position("right")
    named = len(cohorts) <= (FEW // 2 if narrow else FEW)
    room = max(9, (40 if narrow else 84) // max(len(cohorts), 1))
    names = [wrapped(words(cohort, language), language, room) if named else cohort for cohort in cohorts]
    upright = len(cohorts) > MANY or not named and max(map(len, cohorts)) * len(cohorts) > 70
    panels[-1].set_xticks(
        range(len(cohorts)),
        names,
        rotation=90 if upright else 0,
        fontsize=TEXT_SIZE - (3 if len(cohorts) > 40 else 1),
        color=INK,
    )
    panels[-1].set_xlim(*((len(cohorts) - 0.5, -0.5) if language == "he" else (-0.5, len(cohorts) - 0.5)))
    return figure, panels


def _size(cohorts: list[str]) -> float:
    return 7 if len(cohorts) <= MANY else 4


def wave_dots(frame: pd.DataFrame, words: Vocabulary, language: str, narrow: bool = False) -> tuple[Figure, str]:
    """Each scale's mean in each cohort: the first wave as an open dot, the last as a full one."""
    cohorts = list(dict.fromkeys(frame["cohort"]))
    with style():
        figure, panels = _panels(
            list(dict.fromkeys(frame[f"about_{language}"])), cohorts, words, language, 1.25, MEAN, narrow
        )
        for axes, (_, mine) in zip(panels, frame.groupby(f"about_{language}", sort=False), strict=True):
            _joined(axes, mine, cohorts, "mean", words.in_order(frame["wave"]))
            axes.set_ylim(mine["low_code"].iloc[0] - 0.2, mine["high_code"].iloc[0] + 0.2)
            axes.set_yticks(
                [
                    mine["low_code"].iloc[0],
                    (mine["low_code"].iloc[0] + mine["high_code"].iloc[0]) / 2,
                    mine["high_code"].iloc[0],
                ]
            )
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        _wave_legend(figure, words, words.in_order(frame["wave"]), language)
    parts = [
        f"{row[f'about_{language}']}, {words(row['cohort'], language)}, {words(row['wave'], language)}: "
        f"{lang.number(row['mean'], lang.decimals(row['mean']))[language]}"
        for _, row in frame.iterrows()
    ]
    return figure, alternative(
        Text("ממוצעי הסולמות בכל מחזור", "Means of the scales in each cohort"), _said(parts, language), language
    )


def _beside(waves: list[str]) -> dict[str, float]:
    """How far from the place of its cohort each wave is drawn, earlier ones before it."""
    step = APART / max(1, len(waves) - 1)
    return {wave: (at - (len(waves) - 1) / 2) * step for at, wave in enumerate(waves)}


def _faces(waves: list[str], full: str = HIGH) -> dict[str, str]:
    """The first of several waves as an open dot, the last as a full one, those between in a paler colour."""
    between = SOME_WAVES[0] if full == HIGH else LINE
    return {wave: full if wave == waves[-1] else "white" if wave == waves[0] else between for wave in waves}


def _joined(axes, mine: pd.DataFrame, cohorts: list[str], value: str, order: list[str], digits: int = 1) -> None:
    """The waves of each cohort, joined; the values stand beside them while the cohorts are few."""
    place, beside = {name: at for at, name in enumerate(cohorts)}, _beside(order)
    for cohort, waves in mine.groupby("cohort"):
        if len(waves) > 1:
            axes.plot(
                [place[cohort] + beside[wave] for wave in waves["wave"]],
                waves[value],
                color=LINE,
                linewidth=2,
                zorder=1,
            )
    for wave, face in _faces(order).items():
        those = mine[mine["wave"] == wave]
        places = those["cohort"].map(place) + beside[wave]
        axes.plot(
            places, those[value], "o", markersize=_size(cohorts), markerfacecolor=face, markeredgecolor=HIGH, zorder=2
        )
        for at, number in zip(places, those[value], strict=True) if len(cohorts) <= FEW else ():
            outwards = (-1 if beside[wave] < 0 else 1) * (-1 if axes.xaxis_inverted() else 1)
            axes.annotate(
                lang.plain_number(number, digits),
                (at, number),
                textcoords="offset points",
                xytext=(7 * outwards, 0),
                color=QUIET,
                ha="left" if outwards > 0 else "right",
                va="center_baseline",
                fontsize=TEXT_SIZE - 1,
            )


def _wave_marks(words: Vocabulary, waves: list[str], language: str, colour: str = HIGH) -> list[Line2D]:
    return [
        Line2D(
            [],
            [],
            marker="o",
            linestyle="",
            markerfacecolor=face,
            markeredgecolor=colour,
            label=wrapped(words(wave, language), language),
        )
        for wave, face in _faces(waves, colour).items()
    ]


def _wave_legend(figure: Figure, words: Vocabulary, waves: list[str], language: str) -> None:
    marks = _wave_marks(words, waves, language)
    figure.legend(
        handles=marks, loc="outside lower center", ncols=max(2, len(waves)), frameon=False, fontsize=TEXT_SIZE
    )


def change_dots(frame: pd.DataFrame, words: Vocabulary, language: str, narrow: bool = False) -> tuple[Figure, str]:
    """Each scale's change in each cohort, in the colour of its verdict, with its 95% interval where that leaves; the
    band is the margin.
    """
    title = Text("השינוי בכל מחזור ורווח סמך 95%", "The change in each cohort and its 95% interval")
    return _dots(frame, words, language, "change", title, narrow)


def difference_dots(frame: pd.DataFrame, words: Vocabulary, language: str, narrow: bool = False) -> tuple[Figure, str]:
    """Each cohort's mean less that of the cohort before it; the first wave open, the last full."""
    title = Text("ההפרש בין מחזור לקודמו", "Each cohort against the one before it")
    return _dots(frame, words, language, "difference", title, narrow)


def _dots(
    frame: pd.DataFrame, words: Vocabulary, language: str, value: str, title: Text, narrow: bool
) -> tuple[Figure, str]:
    """A panel for each scale; where a row has a wave, earlier waves stand before later ones."""
    cohorts, about = list(dict.fromkeys(frame["cohort"])), f"about_{language}"
    waves = words.in_order(frame["wave"]) if "wave" in frame else []
    known = frame[[column for column in (value, "ci_low", "ci_high") if column in frame]].astype(float)
    reach = max(0.5, known.abs().max().max() + 0.1)
    with style():
        figure, panels = _panels(list(dict.fromkeys(frame[about])), cohorts, words, language, 1.15, CHANGE, narrow)
        for axes, (_, mine) in zip(panels, frame.groupby(about, sort=False), strict=True):
            axes.axhline(0, color=QUIET, linewidth=0.8)
            if "margin" in mine and len(set(mine["margin"])) == 1:
                axes.axhspan(-mine["margin"].iloc[0], mine["margin"].iloc[0], color=WITHIN_MARGIN, zorder=0)
            for _, row in mine.iterrows():
                _mark(axes, row, cohorts, value, waves)
            axes.set_ylim(-reach, reach)
            axes.yaxis.set_major_formatter(lambda number, _: lang.plain_number(number, 1, signed=True))
        handles = _legend_of_dots(frame, words, language)
        figure.legend(
            handles=handles,
            loc="outside lower center",
            ncols=2 if narrow else min(3, len(handles)),
            frameon=False,
            fontsize=TEXT_SIZE,
        )
    parts = [
        f"{row[about]}, {words(row['cohort'], language)}"
        + (f", {words(row['wave'], language)}" if "wave" in frame else "")
        + f": {lang.change(row[value], lang.decimals(row[value]))[language]} ({words(row['verdict'], language)})"
        for _, row in frame.iterrows()
    ]
    return figure, alternative(title, _said(parts, language), language)


def _legend_of_dots(frame: pd.DataFrame, words: Vocabulary, language: str) -> list[Line2D]:
    """A mark for each verdict, and, where rows have a wave, for each wave."""
    handles = [
        Line2D(
            [],
            [],
            marker=MARKERS.get(verdict, "o"),
            linestyle="",
            color=COLOURS[verdict],
            label=wrapped(KEYS[verdict][language], language),
        )
        for verdict in dict.fromkeys(frame["verdict"])
    ]
    if "wave" not in frame:
        return handles
    return handles + _wave_marks(words, words.in_order(frame["wave"]), language, QUIET)


def _mark(axes, row: pd.Series, cohorts: list[str], value: str, waves: list[str]) -> None:
    """One result with its interval, in the colour of its verdict."""
    wave, colour = row.get("wave"), COLOURS[row["verdict"]]
    at = cohorts.index(row["cohort"]) + _beside(waves).get(wave, 0)
    if not pd.isna(row.get("ci_low")):
        axes.plot([at, at], [row["ci_low"], row["ci_high"]], color=colour, linewidth=1.6, zorder=2)
    axes.plot(
        at,
        row[value],
        MARKERS.get(row["verdict"], "o"),
        markersize=_size(cohorts),
        markeredgecolor=colour,
        markerfacecolor=_faces(waves, colour).get(wave, colour),
        zorder=3,
    )


def _said(parts: list[str], language: str) -> list[str]:
    """What a text alternative says of many cohorts: the first ones, then where all of it stands."""
    if len(parts) <= PARTS_SAID:
        return parts
    return [*parts[:PARTS_SAID], Text("והשאר בטבלה שמתחת לתרשים", "the rest in the table beneath the figure")[language]]
