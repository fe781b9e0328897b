"""Tables that tell little or nothing, in words for the analyst: nothing to show, or nearly all of it hidden."""

import pandas as pd

from followup.language import Text
from followup.study.params import Disclosure

NOTHING_TO_SHOW = Text("אין מה להציג; בדף אין לו זכר", "nothing to show; the page leaves it out")
NEARLY_ALL = 0.75  # of a table's numbers


def mostly_hidden(name: str, frame: pd.DataFrame, columns: list[str], policy: Disclosure, instead: bool = False) -> str:
    """That nearly all numbers of a table are hidden, and what to do; nothing where they are not.

    With `instead` the table stands in place of a picture.
    """
    numbers = frame[[column for column in columns if column in frame and pd.api.types.is_numeric_dtype(frame[column])]]
    gone = numbers.isna()
    if "hidden" in frame:
        gone = gone.apply(lambda column: column | frame["hidden"].astype(bool))
    hidden, cells = int(gone.to_numpy().sum()), gone.size
    if not cells or hidden < NEARLY_ALL * cells:
        return ""
    picture = f"the picture “{name}”, whose table stands alone: " if instead else ""
    return (
        f"{picture}{hidden} of {cells} cells of “{name}” are hidden: too few people stand behind them (fewer than "
        f"{policy.least_group} behind a mean, {policy.least_cell} behind a count), or they would tell of a few; what to do: fewer "
        "groups, or one wave"
    )
