"""What to say of columns that must be there and are not: which unread column may be meant, before “not asked”."""

from rapidfuzz import fuzz, process

from followup.cleaning.answer_labels import OptionReader
from followup.cleaning.new_questions import if_new, place_of
from followup.cleaning.several_options import SeveralReader
from followup.cleaning.twin_columns import readable
from followup.language import folded, is_blank
from followup.problems import INDENT, Problem, nearest, quoted, shortened, to_paste

MOST_SHOWN = 12
MOST_OFFERED = 3
Holds = tuple[str, str]


class MissingColumns:
    """Looks for what a wave's `Columns` lack among the columns that nobody read."""

    def __init__(self, columns, unread: list[str]):
        self.columns, self.export, self.wanted = columns, columns.export, columns.wanted
        self.unread = [heading for heading in unread if not all(map(is_blank, self.export.cells[heading].unique()))]

    def problems(self, lost: list[Holds]) -> list[Problem]:
        """One problem for everything that has the same cause; `lost` is what was looked for in vain."""
        twofold = {holds: fitting for holds in lost if (fitting := self._fitting(holds))}
        found = [self._two_fit(twofold)] if twofold else []
        lost = [holds for holds in lost if holds not in twofold]
        items = [key for kind, key in lost if kind == "item"]
        if len(items) > 1 and not self.columns.count("item") and not twofold:
            found.append(self._nothing_matched(items))
            lost = [holds for holds in lost if holds[0] == "id" and self._nearest(holds)]
        near = {holds: heading for holds in lost if (heading := self._nearest(holds))}
        found += [self._renamed(holds, heading) for holds, heading in near.items()]
        gone = [holds for holds in lost if holds not in near]
        asked = [holds for holds in gone if holds[0] in ("item", "question")]
        found += [self._absent([holds]) for holds in gone if holds not in asked]
        return found + ([self._absent(asked)] if asked else [])

    # Two columns that fit --------------------------------------------------------------------------------------------

    def _fitting(self, holds: Holds) -> list[str]:
        """The columns that share a name by which this was looked for."""
        names = [folded(name) for name in self.wanted[holds]]
        return next((self.export.shared[name] for name in names if name in self.export.shared), [])

    def _two_fit(self, twofold: dict[Holds, list[str]]) -> Problem:
        """Loop & Merge, or two grids with the same rows: nobody can say from the file which column is meant."""
        (kind, key), fitting = next(iter(twofold.items()))
        shown = " and ".join(f"“{' '.join(heading.split())}”" for heading in fitting[:MOST_OFFERED])
        words = {self.export.wordings.get(heading, heading) for heading in fitting}
        many = f"each of {len(twofold)} statements or questions" if len(twofold) > 1 else f"the {kind} “{key}”"
        first = f" (for “{key}”: {shown})" if len(twofold) > 1 else f": {shown}"
        what = f"{len(fitting)} columns fit {many}{first}: a block that was asked in a loop (Loop & Merge), or two grids with the same rows"
        remedy = (
            f"find out which of them the study means; name its column for each of them under headings: in {self.columns.book}, "
            f"or export again without the others"
        )
        value = " · ".join(sorted(" ".join(word.split()) for word in words))
        return Problem(what, remedy, self.export.file, 1, " ".join(fitting[0].split()), value, "one column each")

    # Another file ----------------------------------------------------------------------------------------------------

    def _nothing_matched(self, items: list[str]) -> Problem:
        """No statement was found at all: another file, another heading row, one cell for all, or another codebook."""
        if together := self._in_one_cell(items):
            what = f"the answers to {len(items)} statements stand in one cell of each row"
            remedy = "export again with a column for each statement (SurveyMonkey: expanded columns, not condensed)"
            shown = next(cell for cell in self.export.cells[together] if not is_blank(cell))
            return Problem(what, remedy, self.export.file, 1, " ".join(together.split()), shown, "one answer in a cell")
        found = [f"“{' '.join(heading.split())}”" for heading in self.columns.of][:MOST_SHOWN]
        wordings = " | ".join(self.wanted["item", key][-1] for key in items[:2])
        alone = not any(kind != "ignored" for kind, _ in self.columns.of.values())
        other = "nothing that is looked for is in it, so it is probably another file: " if alone else ""
        what = (
            f"{other}none of the {len(items)} statements of this wave has a column; the headings are {', '.join(found)}"
        )
        remedy = (
            f"check that this is the right file, sheet and format under waves.{self.columns.wave} in {self.columns.params}; "
            f"if the headings are worded otherwise, list them under headings: in {self.columns.book}"
        )
        if self.export.format == "surveymonkey" and self.export.heading_rows == 1:
            remedy = f"SurveyMonkey names the rows of a grid in a second heading row, which this file lacks: export again and keep it; or {remedy}"
        allowed = f"{wordings} | …, or their codes: {', '.join(items[:2])}, …"
        return Problem(what, remedy, self.export.file, 1, allowed=allowed)

    def _in_one_cell(self, items: list[str]) -> str | None:
        """The column whose cells hold two statements or more in words, as condensed grids do."""
        names = [{folded(name) for name in self.wanted["item", key]} for key in items]
        for heading in self.unread:
            cell = folded(next((cell for cell in self.export.cells[heading] if not is_blank(cell)), ""))
            if sum(any(len(name) > 8 and name in cell for name in mine) for mine in names) > 1:
                return heading
        return None

    # Another heading -------------------------------------------------------------------------------------------------

    def _may_hold(self, holds: Holds, heading: str) -> bool:
        """Whether the answers of an unread column can be those of an item or question: never one option's ticks."""
        kind, key = holds
        if kind not in ("item", "question"):
            return True
        cells, codebook = self.export.cells[heading], self.columns.codebook
        reader = OptionReader(codebook.options_of(key), missing=self.export.missing.get(heading))
        if kind == "question" and codebook.questions[key].kind in ("many", "rank"):
            several = SeveralReader(reader, list(cells.unique()))
            written = [cell for cell in cells.unique() if not is_blank(cell)]
            if len(written) < 2:  # one option's label, or nothing: the column of that option
                return False
            return (
                readable(reader, cells) or sum(bool(several.read(cell).readings) for cell in written) > len(written) / 2
            )
        return readable(reader, cells)

    def _nearest(self, holds: Holds) -> str | None:
        """The unread heading most like one that was looked for, if its answers can be what is looked for."""
        free = {folded(heading): heading for heading in self.unread}
        near = next((free[found] for name in self.wanted[holds] if (found := nearest(folded(name), free))), None)
        return near if near is not None and self._may_hold(holds, near) else None

    def _renamed(self, holds: Holds, near: str) -> Problem:
        """A column that must be there under a heading that is almost one of those looked for."""
        shown = " ".join(near.split())
        remedy = f"if it is the column “{shown}”, {self._add_heading(*holds, shown)}"
        if holds[0] in ("item", "question"):
            remedy += (
                f"{INDENT}if it asks something else, export again with the right one (not_asked: params/README.md)"
            )
        names = dict.fromkeys(" ".join(name.split()) for name in self.wanted[holds])
        return Problem(f"no column holds {self._named(holds)}", remedy, self.export.file, 1, allowed=" | ".join(names))

    def _absent(self, gone: list[Holds]) -> Problem:
        """Columns that must be there and are not: the unread columns that may be meant come first."""
        what = f"no column holds {', '.join(map(self._named, gone))}"
        allowed = [" ".join(self.wanted[holds][-1].split()) for holds in gone if self.wanted[holds]]
        return Problem(what, self._if_absent(gone), self.export.file, 1, allowed=" · ".join(allowed))

    def _offers(self, holds: Holds) -> list[str]:
        """Unread columns whose answers this could be, the likest headings first."""
        fitting = [heading for heading in self.unread if self._may_hold(holds, heading)]
        ranked = process.extract(
            folded(self.wanted[holds][-1]), {h: folded(h) for h in fitting}, scorer=fuzz.token_set_ratio
        )
        return [heading for *_, heading in ranked[:MOST_OFFERED]]

    def _if_absent(self, gone: list[Holds]) -> str:
        keys = [key for kind, key in gone if kind in ("item", "question")]
        if not keys:
            return "export again with it" + self._unread_too(self.unread)
        them = "it" if len(keys) == 1 else "them"
        offers = {holds: offered for holds in gone if (offered := self._offers(holds))}
        if offers:
            lines = [
                f"{key}: {' or '.join(f'“{shortened(heading)}”' for heading in found)}"
                for (_, key), found in offers.items()
            ]
            shown = "".join(f"{INDENT}  {line}" for line in lines[:MOST_SHOWN])
            return (
                f"nobody read these columns, and their answers fit: if one of them is meant, list its heading under headings: in "
                f"{self.columns.book}{shown}{INDENT}otherwise export again with {them} (not_asked: params/README.md)"
            ) + if_new(self.columns.cohort, set(keys) - {key for _, key in offers}, self.columns.book)
        new = if_new(self.columns.cohort, keys, self.columns.book)
        if self.unread:
            return f"export again with {them}{self._unread_too(self.unread)}{INDENT}if this cohort was not asked: not_asked, params/README.md{new}"
        block = to_paste("waves", self.columns.wave, line=f"not_asked: [{', '.join(keys)}]")
        return (
            f"export again with {them}; or, if this cohort was not asked, write in {self.columns.params}:{block}{new}"
        )

    def _unread_too(self, unread: list[str]) -> str:
        if not unread:
            return ""
        shown = ", ".join(f"“{shortened(heading)}”" for heading in unread[:MOST_SHOWN])
        more = f" and {len(unread) - MOST_SHOWN} more" if len(unread) > MOST_SHOWN else ""
        return f"; nobody read these columns: {shown}{more}"

    def _add_heading(self, kind: str, key: str, heading: str) -> str:
        if kind == "id":
            return f"add {quoted(heading)} to respondent_headings in {self.columns.book}"
        if kind == "trait":
            return f"add {quoted(heading)} to traits.{key}.headings in {self.columns.book}"
        if self.columns.settings.heading != "{}":
            return f"check waves.{self.columns.wave}.heading in {self.columns.params}"
        place = ".".join(place_of(self.columns.cohort, key))
        line = f"{self.columns.wave}: [{quoted(heading)}]"
        return f"write under {place} in {self.columns.book}:{to_paste('headings', line=line)}"

    def _named(self, holds: Holds) -> str:
        return named(holds)


def named(holds: Holds) -> str:
    """What a column holds, in words."""
    kind, key = holds
    words = {"id": "the participants’ IDs", "submitted": "the time of submission"}
    what = {"ticked": "option", "place": "place"}.get(kind, kind)
    return words.get(kind) or f"the {what} “{key}”"
