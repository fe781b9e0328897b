"""Pictures of projects and of the network: which way projects went, and ties among groups. Nobody can be found in
them.
"""

from math import cos, pi, sin

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from followup import language as lang
from followup.charts import HIGH, INK, LOW, MIDDLE, QUIET, TEXT_SIZE, _alternative, _canvas, _font, _line, _style
from followup.language import Text
from followup.tables import KEYS, Vocabulary

WAVES = ("programme_end", "follow_up")
WIDEST = 14


MOVE_COLOURS = {"forward": HIGH, "same_stage": MIDDLE, "back": LOW, "stage_unknown": "white"}


def group_network(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Groups as circles, ties within and between them as lines as wide as the share of possible ties; a panel for each
    wave.
    """
    waves = [wave for wave in WAVES if wave in set(frame["wave"])]
    groups = list(dict.fromkeys([*frame["first"], *frame["second"]]))
    shares = frame["n_ties"].astype(float) / frame["n_possible"].astype(float)
    with _style():
        _font()
        figure = Figure(figsize=(7.2, 3.9), layout="constrained")
        panels = figure.subplots(1, len(waves), squeeze=False)[0]
        for axes, wave in zip(panels[::-1] if language == "he" else panels, waves, strict=True):
            mine = frame.assign(share=shares)[frame["wave"] == wave]
            _groups_panel(axes, mine, groups, float(shares.max()), words, language)
            axes.set_title(_line(words(wave, language), language), fontsize=TEXT_SIZE + 1, color=INK, pad=16)
    parts = [
        f"{words(row.wave, language)}, {words(row.first, language)} – {words(row.second, language)}: "
        f"{lang.share(int(row.n_ties), int(row.n_possible))[language]}"
        for row in frame.itertuples()
    ]
    return figure, _alternative(
        Text("קשרים בתוך קבוצות וביניהן, מתוך הקשרים האפשריים", "Ties within and between groups, of the ties possible"),
        parts,
        language,
    )


def _groups_panel(axes, mine: pd.DataFrame, groups: list[str], most: float, words: Vocabulary, language: str) -> None:
    """One wave: groups on a circle, each with its size and its share of ties within; shares between them on the lines.
    """
    at = (
        {
            group: (sin(2 * pi * place / len(groups)), cos(2 * pi * place / len(groups)))
            for place, group in enumerate(groups)
        }
        if len(groups) > 1
        else {groups[0]: (0, 0)}
    )
    sizes = dict(zip(mine["first"], mine["n_first"], strict=True)) | dict(
        zip(mine["second"], mine["n_second"], strict=True)
    )
    for row in mine[mine["first"] != mine["second"]].itertuples():
        (x1, y1), (x2, y2) = at[row.first], at[row.second]
        axes.plot(
            [x1, x2],
            [y1, y2],
            color=HIGH,
            alpha=0.55,
            linewidth=max(0.8, WIDEST * row.share / most),
            solid_capstyle="butt",
            zorder=1,
        )
        axes.text(
            (x1 + x2) / 2,
            (y1 + y2) / 2,
            f"{100 * row.share:.0f}%",
            ha="center",
            va="center",
            fontsize=TEXT_SIZE,
            color=INK,
            bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.9},
            zorder=2,
        )
    within = mine[mine["first"] == mine["second"]].set_index("first")["share"]
    for group, (x, y) in at.items():
        axes.scatter(
            [x],
            [y],
            s=1500,
            color="white",
            edgecolor=HIGH,
            linewidth=max(0.8, WIDEST * within.get(group, 0) / most),
            zorder=3,
        )
        axes.text(
            x,
            y,
            f"{100 * within[group]:.0f}%" if group in within else "",
            ha="center",
            va="center_baseline",
            fontsize=TEXT_SIZE,
            color=INK,
            zorder=4,
        )
        name = f"{words(group, language)}\n(n = {int(sizes[group])})" if group in sizes else words(group, language)
        axes.annotate(
            "\n".join(_line(part, language, 24) for part in name.split("\n")),
            (x, y),
            textcoords="offset points",
            xytext=(0, 34 if y > 0.5 else -34),
            ha="center",
            va="bottom" if y > 0.5 else "top",
            fontsize=TEXT_SIZE,
            color=QUIET,
        )
    axes.set_xlim(-1.9, 1.9)
    axes.set_ylim(-1.75, 2.15)
    axes.set_aspect("equal")
    axes.set_axis_off()


def move_bar(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """All projects in one bar, by the way they went."""
    with _style():
        figure, axes = _canvas(1, least=1.1)
        start = 0
        for row in frame.itertuples():
            axes.barh(
                0, row.n_projects, left=start, height=0.6, color=MOVE_COLOURS[row.move], edgecolor=QUIET, linewidth=0.8
            )
            if row.n_projects:
                axes.text(
                    start + row.n_projects / 2,
                    0,
                    str(row.n_projects),
                    ha="center",
                    va="center_baseline",
                    fontsize=TEXT_SIZE,
                    color="white" if row.move in ("forward", "back") else INK,
                )
            start += row.n_projects
        axes.set_xlim((start, 0) if language == "he" else (0, start))
        axes.set_xticks([])
        axes.set_yticks([])
        handles = [
            Patch(facecolor=colour, edgecolor=QUIET, linewidth=0.8, label=_line(KEYS[move][language], language, 60))
            for move, colour in MOVE_COLOURS.items()
        ]
        axes.legend(
            handles=handles,
            loc="upper center",
            bbox_to_anchor=(0.5, -0.02),
            ncols=2,
            frameon=False,
            fontsize=TEXT_SIZE,
            handlelength=1,
        )
    parts = [
        f"{KEYS[row.move][language]}: {lang.count_of(row.n_projects, row.n)[language]}" for row in frame.itertuples()
    ]
    return figure, _alternative(Text("לאן התקדמו הפרויקטים", "Which way the projects went"), parts, language)
