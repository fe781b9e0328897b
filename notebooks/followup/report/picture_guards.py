"""What a picture, and a function of a table, may reach and show: the table that it is given, and no other number.

Guards against mistakes, not malice: the analyst is trusted, and reads in the refusal what to write instead.
"""

import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from numbers import Real
from types import CodeType, FunctionType
from uuid import uuid4

import numpy as np
import pandas as pd

from followup import language as lang
from followup.disclosure.output_check import NotForPublication, bare_digits
from followup.language import Text
from followup.rounding import to_digits

FIGURES_OF_THEIR_OWN = {  # seaborn's functions that make a figure, each with one that draws on axes
    "catplot": "barplot",
    "relplot": "scatterplot",
    "lmplot": "regplot",
    "displot": "histplot",
    "jointplot": "scatterplot",
    "pairplot": "scatterplot",
    "clustermap": "heatmap",
    "FacetGrid": "barplot",
    "JointGrid": "scatterplot",
    "PairGrid": "scatterplot",
}


def called(draw: Callable) -> str:
    """What a drawing is called, to be pasted: one without a name is “draw”."""
    name = getattr(draw, "__name__", "draw")
    return name if name.isidentifier() else "draw"


def is_stacked(figure) -> bool:
    """Whether bars stand on others, so that one which is missing looks like one of no length.

    Bars of one call that all begin at the same line hide each other where rows have one name; none stands on another.
    """
    from matplotlib.container import BarContainer

    for axes in figure.axes:
        of_bars = [bars for bars in axes.containers if isinstance(bars, BarContainer)]
        places = [place for bars in of_bars for place in _bar_places(bars)]
        if len({*places}) < len(places):
            return True
    return False


def _bar_places(bars) -> list[float]:
    """Where the bars of one call stand; each place once where all of them begin at one line."""
    begin = {round(float(bar.get_x() if bars.orientation == "horizontal" else bar.get_y()), 6) for bar in bars}
    places = [_place(bar, bars.orientation) for bar in bars]
    return [*dict.fromkeys(places)] if len(begin) == 1 else places


def _place(bar, orientation: str) -> float:
    """Where a bar stands along its axis of names."""
    return round(float(bar.get_y() if orientation == "horizontal" else bar.get_x()), 6)


def is_empty(figure) -> bool:
    """Whether nothing of the table stands on a picture's axes, where readers would see a frame alone."""
    return not any(_has_marks(axes) for axes in figure.axes)


def figures_of_pyplot() -> set[int]:
    """The figures that pyplot has open, for whoever draws without naming axes."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return {*pyplot.get_fignums()} if pyplot else set()


def refuse_twins(figure, draw: Callable) -> None:
    """Refuse two axes over each other, whose scales readers take for one, and which Hebrew would put on one side."""
    places = [axes.get_subplotspec() for axes in figure.axes if axes.get_subplotspec() is not None]
    if any(places.count(place) > 1 for place in places):
        raise NotForPublication(
            f"“{called(draw)}” puts two axes over each other (twinx), and each has a scale of its own; what to do: "
            "draw each in a picture of its own, as in\n        def how_many(axes, table):\n"
            '            sns.barplot(table, x="n", y="measure", ax=axes)'
        )


def refuse_elsewhere(draw: Callable, made_figures: bool) -> None:
    """Refuse a drawing that left its axes empty since it drew on others, which it made or which pyplot gave it."""
    name = called(draw)
    used = (part for function in _functions(draw) for part in _names(function.__code__))
    if own := next((part for part in used if part in FIGURES_OF_THEIR_OWN), None):
        raise NotForPublication(
            f"{own} makes a figure of its own, so that the axes of “{name}” stay empty; what to do: write\n"
            f"        sns.{FIGURES_OF_THEIR_OWN[own]}(table, …, ax=axes)"
        )
    if made_figures or any(getattr(value, "__name__", "") == "matplotlib.pyplot" for _, value in _taken(draw)):
        raise NotForPublication(
            f"“{name}” leaves its axes empty: nothing of the table stands in the picture; what to do: draw on the axes that are "
            "handed over, as in\n        sns.barplot(table, x=…, y=…, ax=axes), table.plot(…, ax=axes) or axes.barh(…)"
        )


def _has_marks(axes) -> bool:
    """Whether marks, or letters, are seen on axes; a line across all of them is none, nor is a line of one point."""
    (left, low), (right, high) = axes.dataLim.get_points()
    seen = axes.patches or axes.images or any(map(_is_seen, (*axes.lines, *axes.collections)))
    return bool(left <= right and low <= high and seen) or any(text.get_text().strip() for text in axes.texts)


def _is_seen(part) -> bool:
    from matplotlib.collections import FillBetweenPolyCollection
    from matplotlib.lines import Line2D

    if isinstance(part, Line2D):
        points = np.isfinite(np.asarray(part.get_xydata(), dtype=float)).all(axis=1).sum()
        return points > 1 or points == 1 and str(part.get_marker()) not in ("None", "", " ")
    areas = [path.vertices for path in part.get_paths()] if isinstance(part, FillBetweenPolyCollection) else None
    return areas is None or any(len(area) and np.ptp(area, axis=0).min() > 0 for area in areas)


def draws_itself(figure, frame: pd.DataFrame, names: frozenset[str], draw: Callable | None = None) -> None:
    """Refuse a picture of the analyst's own that shows more than the table that it was given."""
    _check_marks(figure, frame)
    if draw is not None:
        _check_places(figure, frame, draw)
    _check_letters(figure, frame, names | {str(len(frame))})


def check_reach(made: Callable, instead: str) -> None:
    """A function of a table, and the helpers that it calls, use plain constants and functions, and no table but the one given."""
    if name := next((name for name, value in _taken(made, ours=False) if _holds_people(value)), None):
        raise NotForPublication(
            f"“{getattr(made, '__name__', 'it')}” uses “{name}”, which has numbers of the notebook; it shows the table that it is given; "
            f"what to do: take everything from the table that is handed over, as in\n        {instead}"
        )


def _taken(made: Callable, ours: bool = True) -> Iterator[tuple[str, object]]:
    """What a function and its helpers take from the notebook, by name: what is filled in, globals, defaults."""
    if isinstance(made, partial):
        yield from (("what is filled in", value) for value in (*made.args, *made.keywords.values()))
    for function in _functions(made, ours):
        yield from _reached(function)


def _reached(function: FunctionType) -> Iterator[tuple[str, object]]:
    """What a function takes from outside: globals, what encloses it, defaults."""
    closure = [cell.cell_contents for cell in function.__closure__ or ()]
    yield from zip(function.__code__.co_freevars, closure, strict=True)
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    yield from (("a default", value) for value in defaults)
    known = function.__globals__
    yield from ((name, known[name]) for name in _names(function.__code__) if name in known)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names(part)


def _functions(made: Callable, ours: bool = True) -> Iterator[FunctionType]:
    """A function and the helpers that it calls, each once; without `ours` those of the package are left out."""
    seen, waiting = [], [made.func if isinstance(made, partial) else made]
    while waiting:
        function = waiting.pop()
        if not isinstance(function, FunctionType) or function.__code__ in seen:
            continue
        if ours or not (function.__module__ or "").startswith("followup."):
            seen.append(function.__code__)
            yield function
            waiting += [value for _, value in _reached(function)]


def fingerprint(made: Callable) -> list:
    """What a function does, and the constants and helpers that it uses: of two that are alike the pictures are."""
    filled = [repr((made.args, sorted(made.keywords.items())))] if isinstance(made, partial) else []
    told = [
        (_code(one.__code__), [(name, repr(value)) for name, value in _reached(one) if not callable(value)])
        for one in _functions(made)
    ]
    return [*filled, *told] if told else [uuid4().hex]  # of an object that is called nobody knows what it does


def _code(code: CodeType) -> list:
    constants = [_code(part) if isinstance(part, CodeType) else repr(part) for part in code.co_consts]
    return [code.co_code.hex(), code.co_names, code.co_varnames, constants]


def _holds_people(value: object) -> bool:
    """Whether it holds rows: a table, a column, an array, a long list, or something of ours that reads them."""
    if isinstance(value, pd.DataFrame | pd.Series | pd.Index) or hasattr(value, "__array__"):
        return True
    if isinstance(value, list | tuple | set | dict) and not isinstance(value, str):
        parts = [*(value.values() if isinstance(value, dict) else value)]
        return len(value) > 12 or _are_answers(parts) or any(_holds_people(part) for part in parts)
    return type(value).__module__.startswith("followup.") and not isinstance(value, Text)


def _are_answers(parts: list) -> bool:
    """Whether these may be numbers of people: more than a colour has, and in no order, as ticks and bounds are."""
    numbers = [part for part in parts if isinstance(part, Real) and not isinstance(part, bool)]
    steps = [later > earlier for earlier, later in zip(numbers, numbers[1:], strict=False)]
    return len(numbers) > 4 and (len({*numbers}) < len(numbers) or len({*steps}) > 1)


def _check_marks(figure, frame: pd.DataFrame) -> None:
    """No more points than numbers in the table's rows; more only on a grid of whole places, as many as a count of it."""
    from matplotlib.image import AxesImage

    if any(image.get_array().shape[0] * image.get_array().shape[1] > frame.size for image in figure.findobj(AxesImage)):
        raise NotForPublication(
            "an image has more cells than the picture’s table, so that each of them may be a person; what to do: draw the "
            "table’s own numbers, as in\n        sns.heatmap(table[[…]], ax=axes)"
        )
    counts = frame.select_dtypes("number").to_numpy()
    points = [point for axes in figure.axes for point in _points(axes)]
    on_grid = all(float(x).is_integer() and float(y).is_integer() for x, y in points)
    counted = on_grid and len(points) in {*counts.ravel(), counts.sum()}
    if len(points) > max(len(frame), counts.size) and not counted:
        column = next(reversed([*frame.select_dtypes("number")]), "…")
        raise NotForPublication(
            f"the picture has {len(points)} points and its table {len(frame)} rows, so that each point may be a person; "
            f'what to do: draw one mark for each row, as in\n        axes.plot(table["{column}"], range(len(table)), "o")'
        )


def _points(axes) -> list[tuple[float, float]]:
    from matplotlib.collections import FillBetweenPolyCollection

    spread = (part for part in axes.collections if not isinstance(part, FillBetweenPolyCollection))  # an area, no marks
    scattered = [part.get_offsets() for part in spread if hasattr(part, "get_sizes")]
    marked = [line.get_xydata() for line in axes.lines if str(line.get_marker()) not in ("None", "", " ")]
    return [tuple(place) for places in scattered + marked for place in places]


def _check_places(figure, frame: pd.DataFrame, draw: Callable) -> None:
    """No mark, line or end of an axis at a number of the notebook: it may be the lowest answer, or the highest."""
    table = frame.select_dtypes("number").to_numpy(dtype=float, na_value=np.nan).ravel()
    outside = {number: name for name, number in _numbers_taken(draw) if number and not np.isclose(table, number).any()}
    for place in _places(figure) if outside else ():
        if name := next((name for number, name in outside.items() if abs(number - place) < 1e-9), None):
            raise NotForPublication(
                f"the picture shows “{name}”, a number of the notebook that stands in no cell of its table and may be what one person "
                "answered; what to do: draw a number of the table, or type a bound into the function, as in\n"
                '        axes.axvline(table["score"].mean()), axes.set_xlim(1, 5)'
            )


def _numbers_taken(draw: Callable) -> Iterator[tuple[str, float]]:
    """The numbers that a drawing takes from the notebook, and those in short lists that it takes."""
    for name, value in _taken(draw):
        held = (
            value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple | set) else [value]
        )
        yield from ((name, float(part)) for part in held if isinstance(part, Real) and not isinstance(part, bool))


def _places(figure) -> Iterator[float]:
    """Where marks and lines stand on axes of numbers, and where such axes end that do not end by themselves."""
    from matplotlib.collections import FillBetweenPolyCollection
    from matplotlib.patches import Polygon
    from matplotlib.ticker import FixedLocator

    for axes in figure.axes:
        bars = {id(bar) for container in axes.containers for bar in container.get_children()}
        marks = [line.get_xydata() for line in axes.lines]
        for part in axes.collections:
            scattered = hasattr(part, "get_sizes") and not isinstance(part, FillBetweenPolyCollection)
            marks += [part.get_offsets()] if scattered else [path.vertices for path in part.get_paths()]
        boxes = [patch.get_bbox() for patch in axes.patches if id(patch) not in bars and hasattr(patch, "get_bbox")]
        marks += [box.get_points() for box in boxes]
        marks += [patch.get_xy() for patch in axes.patches if isinstance(patch, Polygon)]
        marks += [text.get_position() for text in axes.texts if text.get_transform() == axes.transData]
        for side, axis, own in ((0, axes.xaxis, axes.get_autoscalex_on()), (1, axes.yaxis, axes.get_autoscaley_on())):
            if not has_names(axis):
                for mark in marks:
                    yield from map(float, np.asarray(mark, dtype=float).reshape(-1, 2)[:, side])
                yield from () if own else axis.get_view_interval()
                if isinstance(
                    axis.get_major_locator(), FixedLocator
                ):  # ticks that were set; whole ones are of the scale
                    yield from (place for place in axis.get_majorticklocs() if place % 1)


def _check_letters(figure, frame: pd.DataFrame, names: frozenset[str]) -> None:
    """What is written in a picture, but for the ticks of its axes, and the words for it: numbers of the table alone."""
    from matplotlib.axis import Tick
    from matplotlib.text import Text as Letters

    found = figure.findobj(Letters)
    numbered = [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) if not has_names(axis)]
    ticks = {id(part) for axis in numbered for tick in axis.findobj(Tick) for part in (tick.label1, tick.label2)}
    ticks |= {id(axis.offsetText) for axis in numbered}
    texts = [_without_names(lang.without_marks(part.get_text()), names) for part in found if id(part) not in ticks]
    _refuse_row_numbers(figure, frame)
    numbers = frame.select_dtypes("number").to_numpy().ravel()
    told = {form for value in numbers if not pd.isna(value) for form in _written(value)}
    if strange := next((one for text in texts for one in bare_digits(text, names) if one not in told), None):
        raise NotForPublication(
            f"“{strange}” is written in the picture and stands in no cell of its table; what to do: write the table’s "
            "own numbers, as in\n        axes.set_title(f\"{table['n'].iloc[0]}\")"
        )


def _refuse_row_numbers(figure, frame: pd.DataFrame) -> None:
    """Rows under their numbers, as pandas draws a table whose index names nothing."""
    axes_of_names = [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) if has_names(axis)]
    told = [[lang.without_marks(tick.get_text()) for tick in axis.get_ticklabels()] for axis in axes_of_names]
    keys, numbers = (list(frame.select_dtypes(kinds)) for kinds in (["object", "string", "category"], "number"))
    if keys and numbers and [str(place) for place in range(len(frame))] in told:
        every = 'select_dtypes("number").' if len(numbers) > 1 and "n" not in numbers else ""  # waves differ by cohort
        what = f'table.set_index("{keys[0]}").{every}' if every else f'table.set_index("{keys[0]}")["{numbers[-1]}"].'
        raise NotForPublication(
            "the rows stand under their numbers in the picture; what to do: let the index name them, as in\n"
            f"        {what}plot.barh(ax=axes)"
        )


def _without_names(text: str, names: frozenset[str]) -> str:
    """A text of a picture without names that hold digits, wherever their lines were broken."""
    text = text.replace(r"\$", "$")  # as a dollar is written that begins no formula
    for name in sorted((name for name in names if re.search(r"\d", name)), key=len, reverse=True):
        signs = "".join(lang.without_marks(name).split())
        pattern = r"\s*".join(map(re.escape, signs))
        text = re.sub(rf"(?<!\w)(?<!\d[.,]){pattern}(?!\w|[.,]\d)", " ", text)  # “4” is no part of “4.3”
    return text


def has_names(axis) -> bool:
    """Whether what stands at an axis' ticks was written there, and is no number of the axis itself."""
    return type(axis.get_major_formatter()).__name__ in ("FixedFormatter", "StrCategoryFormatter", "FuncFormatter")


def _written(value: float) -> set[str]:
    """A number as it may be written: whole, to one or two decimals, as a percentage."""
    figures = {f"{to_digits(abs(value), digits):.{digits}f}" for digits in range(3)}
    return figures | {f"{to_digits(100 * abs(value), 0):.0f}", f"{abs(value):g}"}
