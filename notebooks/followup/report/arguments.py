"""What `report.table`, `figure` and `say` are given: another form of it is refused with the one to write."""

import os
import re
from collections.abc import Callable, Mapping
from numbers import Integral, Real

import pandas as pd

from followup.language import Text, plain_number
from followup.report.charts.chosen_look import CHARTS, LEAST_WIDTH, LETTERS, MARKS, WRITTEN, Look, least_contrast
from followup.report.given import refused
from followup.report.guards import Cell
from followup.report.people_behind import here
from followup.report.typed_words import in_both
from followup.store.params_read import NOTES
from followup.study.explained_errors import like


def check(name: object, **given: object) -> None:
    """The name, headings, columns, note, size and title of a table or figure."""
    if not isinstance(name, str):
        line = 'report.table("name", table, en="…", he="…")'
        raise refused("the name of a table or figure comes first, and is a text", "write", line)
    if not re.fullmatch(r"\w+", name):
        word = re.sub(r"\W+", "_", name).strip("_") or "table"
        raise refused(f"“{name}” is no single word", "write", f'"{word}"')
    for what, (fits, said, example) in FORMS.items():
        if what in given and given[what] is not None and not fits(given[what]):
            raise refused(f"{what}= of “{name}” {said}", "write", example)


def _pair_of_numbers(given: object) -> bool:
    return isinstance(given, tuple | list) and len(given) == 2 and all(isinstance(one, Real) for one in given)


def _names(given: object) -> bool:
    return isinstance(given, list | tuple | pd.Index) and all(isinstance(one, str) for one in given)


FORMS = {  # argument: what fits, how it is said, an example
    "headings": (
        lambda given: isinstance(given, Mapping),
        "says of each column or key how it is headed",
        'headings={"score": ("ציון", "Score")}',
    ),
    "show": (_names, "is a list of columns", 'show=["measure", "score"]'),
    "note": (lambda given: isinstance(given, Text), "is made by report.note", 'note=report.note(en="…", he="…")'),
    "digits": (lambda given: isinstance(given, Integral), "is how many decimals", "digits=1"),
    "size": (_pair_of_numbers, "is width and height in inches", "size=(7, 4)"),
    "title": (
        lambda given: isinstance(given, Mapping),
        "is a sentence in each language",
        'title={"en": "… {score}", "he": "… {score}", "row": table.head(1)}',
    ),
}


def check_rows(name: str, frame: pd.DataFrame, rows: object) -> None:
    """Which rows are shown: a yes or no for each row of the table as it stands, with keys as columns."""
    if rows is None:
        return
    fits = isinstance(rows, pd.Series) and pd.api.types.is_bool_dtype(rows) and frame.index.isin(rows.index).all()
    if not fits:
        line = f'report.table("{name}", table.head(3), en="…", he="…")'
        what = f"rows= of “{name}” is a yes or no for each row"
        raise refused(what, "choose the rows of the table itself, as in", line)


def refuse_twice(kind: str, name: str, shown: dict[tuple[str, str], tuple[int, str]]) -> None:
    """A second table or figure of one name, which would take the place of the first; a cell may be changed and run again.

    `shown` says of each in which run of which cell it was: Jupyter names the cells, and the build runs each of them once.
    """
    run, cell = here()
    if run is None:
        return
    for key in [key for key, (before, of) in shown.items() if of and of == cell and before != run]:
        del shown[key]
    before, of = shown.get((kind, name), (None, cell))
    if before == run or (of != cell if of and cell else before and not of and not cell and NOTES in os.environ):
        where = "another call of this cell" if before == run else f"cell [{before}]" if cell else "another cell"
        moved = "\n    or, where that cell shows it no more, restart the kernel" if "[" in where else ""
        what = f"“{name}” is the name of what {where} shows, and this would take its place"
        raise refused(what, "give each a name of its own, as with the key of a loop", f'f"{name}_{{key}}"{moved}')
    shown[kind, name] = run, cell


def _check_drawing(name: str, frame: object, draw: object) -> None:
    """A figure's table, then what draws it."""
    if callable(frame) and not isinstance(frame, pd.DataFrame | pd.Series) or not callable(draw):
        chart = getattr(frame, "__name__", "draw")
        example = f'report.figure("{name}", table, {chart}, en="…", he="…")'
        raise refused(f"figure “{name}” needs its table first, then the function that draws it", "write", example)


def drawn_by_package(draw: object) -> bool:
    """Whether a chart is one of the package's own, which have a form of their own."""
    return (getattr(draw, "__module__", "") or "").startswith("followup.")


def look_of(
    name: str, frame: object, draw: Callable, size: tuple[float, float] | None, colours: Mapping[str, str]
) -> Look:
    """The look that is asked for of a chart of the package; a drawing of the analyst's own sees to its own."""
    _check_drawing(name, frame, draw)
    if not drawn_by_package(draw):
        if colours:
            line = 'sns.barplot(table, …, color="purple", ax=axes)'
            raise refused("colours= is for charts of the package", "name colours where you draw, or a palette=", line)
        return Look()
    if size is not None and (size[0] < LEAST_WIDTH or size[1] <= 0):
        what = f"size={size} has no room for rows and the words beside them"
        raise refused(what, f"give a height, and at least {LEAST_WIDTH} inches across, as in", "size=(7, 4)")
    known = CHARTS[draw.__name__] if colours else {}
    least = LETTERS if draw.__name__ in WRITTEN else MARKS
    if not isinstance(colours, Mapping):  # one colour for all
        meant = _instead({next(iter(known)): str(colours)}, known, least)
        what = (
            f"colours= of “{name}” says of each thing that {draw.__name__} shows in which colour ({', '.join(known)})"
        )
        raise refused(what, "write", f"colours={{{_pairs(meant)}}}")
    for key, colour in colours.items():
        if said := _no_look(key, colour, known, draw.__name__, least):
            raise refused(*said, f"colours={{{_pairs(_instead(colours, known, least))}}}")
    return Look(size and (float(size[0]), float(size[1])), tuple((known[key], _hex(colours[key])) for key in colours))


def _pairs(colours: Mapping[str, str]) -> str:
    return ", ".join(f'"{key}": "{colour}"' for key, colour in colours.items())


def _no_look(key: str, colour: object, known: Mapping[str, str], chart: str, least: float) -> tuple[str, str] | None:
    """Why this cannot be the colour of this key of a chart, and what to do; None where it can."""
    if key not in known:
        return f"“{key}” is nothing that {chart} shows in a colour", f"choose among {', '.join(known)}, as in"
    if (ours := _hex(colour)) is None:
        return f"“{colour}” is no colour", "write a name or #rrggbb, as in"
    if (has := least_contrast(ours)) < least:
        contrast = f"its contrast is {plain_number(has, 1)}, and {chart} needs {least} in both schemes"
        return f"“{colour}” is too pale for the page: {contrast}", "take a darker one, as in"
    return None


def _hex(colour: object) -> str | None:
    """A colour as "#rrggbb"; None where it is none."""
    from matplotlib import colors

    return colors.to_hex(colour) if colors.is_color_like(colour) and colour != "none" else None


def _instead(colours: Mapping[str, str], known: Mapping[str, str], least: float) -> dict[str, str]:
    """What was probably meant: the nearest keys that there are, and colours as dark as they have to be."""
    meant: dict[str, str] = {}
    for key, colour in colours.items():
        free = [one for one in known if one not in meant and (one == key or one not in colours)]
        near = key if key in known else next(iter([*like(key, free), *free]), None)
        if near:
            meant[near] = colour if least_contrast(_hex(colour) or "#ffffff") >= least else _darker(_hex(colour), least)
    return meant


def _darker(colour: str | None, least: float) -> str:
    """The colour mixed with as much black as it needs; purple where that is no way."""
    from matplotlib import colors

    mixed = ([part * (20 - black) / 20 for part in colors.to_rgb(colour)] for black in range(1, 20) if colour)
    return next((one for one in map(colors.to_hex, mixed) if least_contrast(one) >= least), "purple")


def check_values(values: Mapping[str, object]) -> None:
    """The values of a sentence: a whole table, a list and the like are none."""
    for name, value in values.items():
        if isinstance(value, Cell | Text | str | Real) or in_both(value):
            continue
        table = isinstance(value, pd.DataFrame) or name == "rows" and isinstance(value, pd.Series)
        if table:
            called = "rows" if name == "rows" else "table"
            one = called if isinstance(value, pd.Series) or len(value) == 1 else f"{called}.iloc[[0]]"
            column = [*(value.select_dtypes("number") if isinstance(value, pd.DataFrame) else value.index), "score"][0]
            example = f'report.say(en="… {{{column}}} …", he="… {{{column}}} …", row={one})'
        else:
            example = f'report.say(en="… {{{name}}} …", he="… {{{name}}} …", {name}=report.cell("TABLE", "COLUMN", …))'
        what = f"“{name}” is a {type(value).__name__} and no value of a sentence"
        instead = "write row= for one row of a table, and its columns in the sentence" if table else "take one cell"
        raise refused(what, instead, example)
