"""Tables that tell little or nothing, in words for the analyst: nothing to show, or nearly all of it hidden."""

from collections.abc import Iterable, Sequence

import pandas as pd

from followup import language as lang
from followup.language import Text
from followup.study.params import Disclosure
from followup.words.columns import COLUMNS
from followup.words.vocabulary import NOT_ASKED_THEN, NOT_SHOWN, TELLS_OF_FEW, Vocabulary

NOTHING_TO_SHOW = Text("אין מה להציג; בדף אין לו זכר", "nothing to show; the page leaves it out")
NOT_DRAWN = Text(
    "{hidden} מתוך {all} ערכים אינם מוצגים: מעטים מדי עומדים מאחוריהם, או שהם עלולים לזהות משתתפים",
    "{hidden} of {all} values are not shown: too few people stand behind them, or they could identify people",
)
NEARLY_ALL = 0.75  # of a table's numbers


def why_blank(row: pd.Series, column: str, words: Vocabulary) -> Text:
    """Why a cell of a table of one's own holds nothing: its measure was not asked in its wave, or it is hidden.

    That nobody stands behind it is not said: it would tell that somebody does behind the others.
    """
    if "term" in row and not row["hidden"]:
        return NOT_SHOWN
    asked = {key: {*item.waves} for key, item in words.codebook.items.items()}
    for key, scale in words.codebook.scales.items():
        asked[key] = {wave for item in scale.items for wave in asked[item]}
    named = [column, *(str(row[key]) for key in ("measure", "scale", "wave") if key in row)]
    waves, measures = _meant(named, words.codebook.waves), _meant(named, asked)
    unasked = len(waves) == 1 and measures and not any(waves & asked[key] for key in measures)
    return NOT_ASKED_THEN if unasked else TELLS_OF_FEW


def _meant(names: Sequence[str], keys: Iterable[str]) -> set[str]:
    """The keys that these are, or that stand in them as headings of several levels are joined."""
    return {*names} & {*keys} or {
        key for key in keys for name in names if name.startswith(f"{key}_") or name.endswith(f"_{key}")
    }


def mostly_hidden(
    name: str,
    frame: pd.DataFrame,
    columns: list[str],
    policy: Disclosure,
    words: Vocabulary,
    instead: bool = False,
    cause: str = "",
) -> str:
    """That nearly all numbers of a table are hidden, and what to do; nothing where they are not.

    With `instead` the table stands in place of a picture; a `cause` that is known, with what to do, is told instead of small cells.
    """
    gone = _hidden(frame, columns, words)
    hidden, cells = int(gone.to_numpy().sum()), gone.size
    if not cells or hidden < NEARLY_ALL * cells:
        return ""
    why = f"{too_few(policy, 'them')}, or they could identify people; what to do: {_fewer(frame, words)}"
    picture = f"the picture “{name}”, whose table stands alone: " if instead else ""
    return f"{picture}{hidden} of {cells} cells of “{name}” are hidden: {cause or why}"


def all_hidden(frame: pd.DataFrame, columns: list[str], words: Vocabulary) -> bool:
    """Whether a table has numbers in these columns, and all of them are hidden."""
    gone = _hidden(frame, columns, words).to_numpy()
    return gone.size > 0 and bool(gone.all())


def not_drawn(frame: pd.DataFrame, columns: list[str], words: Vocabulary) -> Text:
    """How many results of a table are hidden, of which a picture shows nothing; nothing where it shows all."""
    results = [column for column in columns if not (column in COLUMNS and COLUMNS[column].holds == "size")]
    gone = _hidden(frame, results, words)
    hidden = int(gone.to_numpy().sum())
    return lang.filled(NOT_DRAWN.he, NOT_DRAWN.en, {"hidden": hidden, "all": gone.size}) if hidden else Text("", "")


def _hidden(frame: pd.DataFrame, columns: list[str], words: Vocabulary) -> pd.DataFrame:
    """Of each number in these columns, whether it is hidden, as one that was not asked is not."""
    numbers = frame[[column for column in columns if column in frame and pd.api.types.is_numeric_dtype(frame[column])]]
    gone = numbers.isna()
    if "hidden" in frame:
        gone = gone.apply(lambda column: column | frame["hidden"].astype(bool))
    else:
        rows = [row for _, row in frame.iterrows()]
        for column, blanks in numbers.isna().items():
            pairs = zip(blanks, rows, strict=True)
            gone[column] = [blank and why_blank(row, column, words) is TELLS_OF_FEW for blank, row in pairs]
    return gone


def _fewer(frame: pd.DataFrame, words: Vocabulary) -> str:
    """What of a table could be less, so that more people stand behind each cell; or to leave it out."""
    told = {*frame, *(cell for key in frame.select_dtypes(["object", "string"]) for cell in frame[key].dropna())}
    ways = []
    if any(len(told.intersection(trait.groups)) > 1 for trait in words.codebook.traits.values()):
        ways.append("fewer groups")
    if len(told.intersection(words.codebook.waves)) > 1:
        ways.append("one wave")
    return ", or ".join(ways) or "tell fewer answers apart, or leave it out"


def few_beside(policy: Disclosure) -> str:
    """Why shares of people are hidden in groups, and which question of groups can be answered."""
    return (
        f"a share needs {policy.least_cell} people or more on either side of it in each group, and groups of {policy.least_group}; what to "
        "do: fewer groups or answers, or a mean of what each person has or did, as “A share by group” in notebooks/README.md takes"
    )


def fewer_keys(keys: list) -> str:
    """What of a table by these keys could be less."""
    several = f"leave out one of {', '.join(f'“{key}”' for key in dict.fromkeys(keys))}, or " if len(keys) > 1 else ""
    return f"{several}join small groups or answers, or leave the table out"


def too_few(policy: Disclosure, what: str = "each") -> str:
    """That too few people stand behind cells, and how many would be enough."""
    of_each = f"(fewer than {policy.least_group} behind a mean, {policy.least_cell} behind a count)"
    return f"too few people stand behind {what} {of_each}"
