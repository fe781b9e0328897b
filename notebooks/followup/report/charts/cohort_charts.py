"""Pictures of many cohorts: one small panel for each scale, one mark for each cohort, readable from two cohorts to
sixty.
"""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from followup import language as lang
from followup.language import Text
from followup.report.charts.style import TEXT_SIZE, alternative, font, style, wrapped
from followup.words.palette import GRID, HIGH, INK, LINE, LOW, QUIET, VERDICT_COLOURS, WITHIN_MARGIN
from followup.words.vocabulary import KEYS, Vocabulary

COLOURS = VERDICT_COLOURS | {"higher": HIGH, "lower": LOW}
MANY = 16  # from here on names stand upright and marks are smaller
FEW = 8  # up to here values are written beside their marks
BESIDE = {"programme_end": -0.14, "follow_up": 0.14}
FACES = {"programme_end": "white", "follow_up": HIGH}
PARTS_SAID = 40  # a text alternative longer than this says where to read on


def _panels(titles: list[str], cohorts: list[str], language: str, height: float) -> tuple[Figure, list]:
    """One above the other, with the cohorts in one order along the bottom, from the right in Hebrew."""
    font()
    figure = Figure(figsize=(7.2, 0.9 + height * len(titles)), layout="constrained")
    panels = list(figure.subplots(len(titles), 1, sharex=True, squeeze=False)[:, 0])
    for axes, title in zip(panels, titles, strict=True):
        sns.despine(ax=axes, left=True, bottom=True)
        axes.set_title(
            wrapped(title, language, 90),
            loc="right" if language == "he" else "left",
            fontsize=TEXT_SIZE,
            color=INK,
            pad=4,
        )
        axes.grid(axis="y", color=GRID)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, colors=QUIET, labelsize=TEXT_SIZE - 1)
        if language == "he":
            axes.yaxis.tick_right()
    upright = len(cohorts) > MANY or max(map(len, cohorts)) * len(cohorts) > 70
    panels[-1].set_xticks(
        range(len(cohorts)),
        cohorts,
        rotation=90 if upright else 0,
        fontsize=TEXT_SIZE - (3 if len(cohorts) > 40 else 1),
        color=INK,
    )
    panels[-1].set_xlim(*((len(cohorts) - 0.5, -0.5) if language == "he" else (-0.5, len(cohorts) - 0.5)))
    return figure, panels


def _size(cohorts: list[str]) -> float:
    return 7 if len(cohorts) <= MANY else 4


def wave_dots(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Each scale's mean in each cohort: programme end as an open dot, follow-up as a full one."""
    cohorts = list(dict.fromkeys(frame["cohort"]))
    with style():
        figure, panels = _panels(list(dict.fromkeys(frame[f"about_{language}"])), cohorts, language, 1.25)
        for axes, (_, mine) in zip(panels, frame.groupby(f"about_{language}", sort=False), strict=True):
            _pairs(axes, mine, cohorts, "mean")
            axes.set_ylim(mine["low_code"].iloc[0] - 0.2, mine["high_code"].iloc[0] + 0.2)
            axes.set_yticks(
                [
                    mine["low_code"].iloc[0],
                    (mine["low_code"].iloc[0] + mine["high_code"].iloc[0]) / 2,
                    mine["high_code"].iloc[0],
                ]
            )
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        _wave_legend(figure, words, language)
    parts = [
        f"{row[f'about_{language}']}, {row['cohort']}, {words(row['wave'], language)}: "
        f"{lang.number(row['mean'], 1)[language]}"
        for _, row in frame.iterrows()
    ]
    return figure, alternative(
        Text("ממוצעי הסולמות בכל מחזור", "Means of the scales in each cohort"), _said(parts, language), language
    )


def _pairs(axes, mine: pd.DataFrame, cohorts: list[str], value: str, digits: int = 1) -> None:
    """Both waves of each cohort, joined; the values stand beside them while the cohorts are few."""
    place = {name: at for at, name in enumerate(cohorts)}
    for cohort, waves in mine.groupby("cohort"):
        if len(waves) > 1:
            axes.plot(
                [place[cohort] + BESIDE[wave] for wave in waves["wave"]],
                waves[value],
                color=LINE,
                linewidth=2,
                zorder=1,
            )
    for wave, face in FACES.items():
        those = mine[mine["wave"] == wave]
        places = those["cohort"].map(place) + BESIDE[wave]
        axes.plot(
            places, those[value], "o", markersize=_size(cohorts), markerfacecolor=face, markeredgecolor=HIGH, zorder=2
        )
        for at, number in zip(places, those[value], strict=True) if len(cohorts) <= FEW else ():
            outwards = (-1 if BESIDE[wave] < 0 else 1) * (-1 if axes.xaxis_inverted() else 1)
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


def _wave_marks(words: Vocabulary, language: str) -> list[Line2D]:
    return [
        Line2D(
            [],
            [],
            marker="o",
            linestyle="",
            markerfacecolor=face,
            markeredgecolor=HIGH,
            label=wrapped(words(wave, language), language),
        )
        for wave, face in FACES.items()
    ]


def _wave_legend(figure: Figure, words: Vocabulary, language: str) -> None:
    figure.legend(
        handles=_wave_marks(words, language), loc="outside lower center", ncols=2, frameon=False, fontsize=TEXT_SIZE
    )


def response_dots(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """The share of each cohort that answered, wave by wave."""
    cohorts = list(dict.fromkeys(frame["cohort"]))
    drawn = frame[(frame["n_all"] >= lang.FEWEST_FOR_PERCENT) & frame["asked_known"]]
    drawn = drawn.assign(rate=(200 * drawn["n"] + drawn["n_all"]) // (2 * drawn["n_all"]))  # a half up, as in sentences
    with style():
        figure, [axes] = _panels([""], cohorts, language, 2.0)
        _pairs(axes, drawn, cohorts, "rate", digits=0)
        axes.set_ylim(-5, 107)
        axes.set_yticks([0, 50, 100], ["0%", "50%", "100%"])
        _wave_legend(figure, words, language)
    parts = [
        f"{row.cohort}, {words(row.wave, language)}: {lang.answered(int(row.n), int(row.n_all), row.asked_known)[language]}"
        for row in frame.itertuples()
    ]
    return figure, alternative(
        Text("שיעור המשיבים בכל מחזור", "Response in each cohort"), _said(parts, language), language
    )


def change_dots(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Each scale's change in each cohort with its 95% interval, in the colour of its verdict; the band is the margin."""
    return _dots(
        frame,
        words,
        language,
        "change",
        Text("השינוי בכל מחזור ורווח סמך 95%", "The change in each cohort and its 95% interval"),
    )


def difference_dots(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Each cohort's mean less that of the cohort before it, with Welch's 95% interval; programme end open, follow-up
    full.
    """
    return _dots(
        frame,
        words,
        language,
        "difference",
        Text("ההפרש בין מחזור לקודמו ורווח סמך 95%", "Each cohort against the one before it, and the 95% interval"),
    )


def _dots(frame: pd.DataFrame, words: Vocabulary, language: str, value: str, title: Text) -> tuple[Figure, str]:
    """A panel for each scale; where a row has a wave, programme end stands before follow-up."""
    cohorts, about = list(dict.fromkeys(frame["cohort"])), f"about_{language}"
    reach = max(0.5, frame[[value, "ci_low", "ci_high"]].astype(float).abs().max().max() + 0.1)
    with style():
        figure, panels = _panels(list(dict.fromkeys(frame[about])), cohorts, language, 1.15)
        for axes, (_, mine) in zip(panels, frame.groupby(about, sort=False), strict=True):
            axes.axhline(0, color=QUIET, linewidth=0.8)
            if "margin" in mine and len(set(mine["margin"])) == 1:
                axes.axhspan(-mine["margin"].iloc[0], mine["margin"].iloc[0], color=WITHIN_MARGIN, zorder=0)
            for _, row in mine.iterrows():
                _mark(axes, row, cohorts, value)
            axes.set_ylim(-reach, reach)
            axes.yaxis.set_major_formatter(lambda number, _: lang.plain_number(number, 1, signed=True))
        handles = _legend_of_dots(frame, words, language)
        figure.legend(
            handles=handles, loc="outside lower center", ncols=min(3, len(handles)), frameon=False, fontsize=TEXT_SIZE
        )
    parts = [
        f"{row[about]}, {row['cohort']}"
        + (f", {words(row['wave'], language)}" if "wave" in frame else "")
        + f": {lang.change(row[value], 1)[language]} ({words(row['verdict'], language)})"
        for _, row in frame.iterrows()
    ]
    return figure, alternative(title, _said(parts, language), language)


def _legend_of_dots(frame: pd.DataFrame, words: Vocabulary, language: str) -> list[Line2D]:
    """A mark for each verdict, and, where rows have a wave, for each wave."""
    handles = [
        Line2D(
            [],
            [],
            marker="o",
            linestyle="",
            color=COLOURS[verdict],
            label=wrapped(KEYS[verdict][language], language),
        )
        for verdict in dict.fromkeys(frame["verdict"])
    ]
    waves = [
        Line2D(
            [],
            [],
            marker="o",
            linestyle="",
            markerfacecolor=face,
            markeredgecolor=QUIET,
            label=wrapped(words(wave, language), language),
        )
        for wave, face in (("programme_end", "white"), ("follow_up", QUIET))
        if "wave" in frame
    ]
    return handles + waves


def _mark(axes, row: pd.Series, cohorts: list[str], value: str) -> None:
    """One result with its interval, in the colour of its verdict."""
    at, colour = cohorts.index(row["cohort"]) + BESIDE.get(row.get("wave"), 0), COLOURS[row["verdict"]]
    if not pd.isna(row["ci_low"]):
        axes.plot([at, at], [row["ci_low"], row["ci_high"]], color=colour, linewidth=1.6, zorder=2)
    axes.plot(
        at,
        row[value],
        "o",
        markersize=_size(cohorts),
        markeredgecolor=colour,
        markerfacecolor="white" if row.get("wave") == "programme_end" else colour,
        zorder=3,
    )


def _said(parts: list[str], language: str) -> list[str]:
    """What a text alternative says of many cohorts: the first ones, then where all of it stands."""
    if len(parts) <= PARTS_SAID:
        return parts
    return [*parts[:PARTS_SAID], Text("והשאר בטבלה שמתחת לתרשים", "the rest in the table beneath the figure")[language]]
