"""The keys of a study, and the misspelt one that code chooses rows by: in a notebook's cells, or in those run in Jupyter."""

import re
import sys
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from followup.study.codebook import Codebook
from followup.study.explained_errors import like

CATEGORIES = ("low", "middle", "high")
COLUMN = r"\b(?:measure|scale|wave|compared_with|group)\b[\"'\]]*\s*"  # one that holds keys of the study
ONE = re.compile(rf"{COLUMN}(?:[=!]=|\.(?:eq|ne)\()\s*([\"']\w+[\"'])")
SEVERAL = re.compile(rf"{COLUMN}(?:(?:not\s+)?in\b\s*|\.isin\()[\[({{]([^\])}}]*)")
OF_FEW = r"\b(wave|compared_with|group|category|kind)\b[\"'\]]*\s*"  # a column of few keys
ONE_OF = re.compile(OF_FEW + r"(?:==|\.eq\()\s*([\"'][^\"']+[\"'])")
SEVERAL_OF = re.compile(OF_FEW + r"(?:(?:not\s+)?in\b\s*|\.isin\()[\[({]([^\])}]*)")
TOLD: set[tuple[int, str]] = set()  # the cell run and the key that were told in it


class Keys(frozenset):
    """What may stand in a column that says what a row is about; `there`: the keys of columns that have few."""

    there: Mapping[str, list[str]] = MappingProxyType({})


def keys_of(codebook: Codebook) -> Keys:
    """What may stand in a column that says what a row is about: measures, waves, groups, and "all"."""
    groups = [group for trait in codebook.traits.values() for group in trait.groups]
    measures = (*codebook.scales, *codebook.items, *codebook.questions, *codebook.tie_kinds)
    waves, kinds = [*codebook.waves], ["scale", "item"]  # ties and options have kinds of their own
    keys = Keys(("all", *measures, *waves, *groups))
    few = {"wave": waves, "compared_with": waves, "group": ["all", *groups], "category": [*CATEGORIES], "kind": kinds}
    keys.there = few
    return keys


def misspelt_in(sources: Iterable[str], keys: Collection[str]) -> tuple[str, str]:
    """(a key that code chooses rows by and the study does not have, what to write); blank where none is like another, nor
    in a column of few keys.
    """
    sources = [*sources] if keys else []
    for source in sources:
        asked = (part for of in (ONE, SEVERAL) for part in of.findall(source))
        for key in (key for part in asked for key in re.findall(r"[\"'](\w+)[\"']", part)):
            if key not in keys and (near := like(key, sorted(keys))):
                return f"“{key}” is no measure, wave or group of this study", f'write "{near[0]}"'
    there = keys.there if isinstance(keys, Keys) else {}
    for source in sources if there else ():
        asked = (found for of in (ONE_OF, SEVERAL_OF) for found in of.findall(source))
        for column, key in (
            (column, key) for column, part in asked for key in re.findall(r"[\"']([^\"']+)[\"']", part)
        ):
            if key not in there[column] and (column != "kind" or like(key, there[column])):
                what = "wave" if column == "compared_with" else column
                return f"“{key}” is no {what} of this study", f"choose among {', '.join(there[column])}"
    return "", ""


def misspelt_here(codebook: Codebook) -> str:
    """The misspelt key of the cells that were run in Jupyter, the last ones first, to be added to a line; once a cell."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    run = [str(source) for source in shell.user_ns.get("In", ())] if shell else []
    what, remedy = misspelt_in(reversed(run), keys_of(codebook))
    if not what or (len(run), what) in TOLD:
        return ""
    TOLD.add((len(run), what))
    return f"; {what}; what to do: {remedy}"
