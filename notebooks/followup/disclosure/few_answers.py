"""What to do about a table in which a few people gave an answer, by what its rows are about."""

from collections.abc import Collection

OF_STATEMENTS = (
    'show three categories, as in\n        safe.crosstab(study.answers["measure"], study.answers["category"])'
)
OF_OPTIONS = (
    "let safe count those who chose each option, as in\n        "
    'chosen = study.choices.dropna(subset="option")\n        '
    'safe.crosstab([chosen["question"], chosen["option"]], chosen["wave"])'
)
OF_OTHERS = "leave the table out; what may be counted are respondents, by safe, as in\n        " + (
    'safe.crosstab(study.participants["group"], study.participants["answered"], normalize="index")'
)


def few_gave_one(columns: Collection[str], least_cell: int) -> str:
    """Of statements three categories may be shown; options, and whatever else, are counted by `safe`, which hides the few."""
    if "measure" in columns:
        what, instead = "people gave one of the answers", OF_STATEMENTS
    elif {"question", "option"} & {*columns}:
        what, instead = "people gave one of the answers", OF_OPTIONS
    else:
        what, instead = "stand behind one of its numbers", OF_OTHERS
    return f"fewer than {least_cell} {what}; what to do: {instead}"
