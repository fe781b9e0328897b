"""What may leave: the rules that every table and sentence is checked against before it is published, one for each shape of table.

A table of a shape that is known is protected here; one that no rule can protect is refused, with what to do instead.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from followup.disclosure.few_answers import few_gave_one
from followup.disclosure.precision import BANDS_AS_WRITTEN
from followup.disclosure.suppression import few_apart, is_count, not_recoverable, protected_levels, protected_options
from followup.study.codebook import Codebook, names_with_digits
from followup.study.name_forms import letters_of, plain, plain_digits, words_of_our_prose
from followup.study.params import Disclosure

PERSONS = {"participant", "respondent", "ego", "alter", "id", "name", "email", "row", "interview"}
EXTREMES = {"min", "max", "minimum", "maximum", "median", "25%", "50%", "75%", "q1", "q3", "range"}
SPREADS = {"sd", "std", "variance", "var"}
FEWEST_FOR_SPREAD = 10
SIZES = ("n", "n_earlier", "n_later", "n_linked", "n_first", "n_second", "n_before")
GROUP_COUNTS = {*SIZES, "n_all", "n_ties", "n_possible"}
MEANS = {
    "mean", "change", "difference", "standardised_difference",
    *(f"{side}_{wave}" for side in ("mean", "first", "second", "gap", "superiority") for wave in ("earlier", "later")),
}  # fmt: skip
RESULTS = MEANS | {
    "alpha",
    "omega",
    "mean_inter_item_r",
    "finite_low",
    "finite_high",
    "change_lowest",
    "change_highest",
    "tie_share",
}
GROUP_RESULTS = MEANS | {"ci_low", "ci_high", "ci90_low", "ci90_high", "p", "p_adjusted", "margin", "detectable"}
EXACT = {"p", "p_adjusted", "margin"}  # of a group's results, those that are not rounded to one decimal
KNOWN_NUMBERS = RESULTS | GROUP_RESULTS | SPREADS | {  # the results of the package, and shares, which have rules of their own
    "alpha_low", "alpha_high", "density", "density_low", "density_high", "lowest", "highest", "low", "high",
    "named_by_both", "top_change", "share", "proportion", "percent", "margin",
}  # fmt: skip
LEVELS = {"measure", "n_low", "n_middle", "n_high"}
OPTIONS = {"option", "n_chosen"}
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w[\w.-]*")
ADDRESS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
EMBEDDED = re.compile(r"base64,[A-Za-z0-9+/=]+")
WORD = re.compile(r"[\w@.+\-]+")
LETTERS = re.compile(r"\w+")
PROTECT = 'let safe make it, as in\n        safe.pivot_table(study.scores, values="score", index=["measure", "group"])'
ANSWERS = {str(code) for code in range(11)}  # columns that are headed by an answer
LEAST_DIGITS = 6  # a shorter number may be an ID, and may be a count


class NotForPublication(Exception):
    """A table or sentence that would tell of a person or of a few; says what is wrong and what to do."""


@dataclass(frozen=True)
class Rules:
    """The policy of a cohort, the groups that it knows, and the words by which its people can be recognised."""

    policy: Disclosure
    codebook: Codebook
    people: frozenset[str] = frozenset()
    cohorts: tuple[str, ...] = ()  # on the page that compares cohorts: those of which it may tell

    @cached_property
    def common(self) -> frozenset[str]:
        """The words of our own prose and of the codebook, which a name may be, too."""
        return common_words(self.codebook)

    def protected(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The table as it may be published; raises `NotForPublication` where no rule can protect it."""
        if frame.empty:
            return frame
        shown = frame
        if set(frame) >= LEVELS:
            shown = protected_levels(frame, self.policy)
        elif set(frame) >= OPTIONS and "group" not in frame:
            shown = protected_options(self._without_recoverable(frame), self.policy)
        if "hidden" in shown:
            shown = _emptied(shown)
        for problem in self._problems(shown):
            raise NotForPublication(f"table “{name}” is not published: {problem}")
        return shown

    def checked(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """A table that `safe` made, whose numbers may leave: its words and headings are looked at all the same."""
        own = [str(column) for column in frame if not str(column).isidentifier()]
        headings = pd.DataFrame({"heading": own}, dtype="object")
        for part in (frame, headings):
            for problem in (*self._of_persons(part), *self._of_written_numbers(part)):
                raise NotForPublication(f"table “{name}” is not published: {problem}")
        return frame

    def _without_recoverable(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Counts of options without those that, of a question with one answer, would tell the few beside them."""
        if "over" in frame or not {"question", "wave", "n"} <= {*frame}:
            return frame
        parts = []
        for (key, _), rows in frame.groupby(["question", "wave"], sort=False):
            question = self.codebook.questions.get(key)
            whole = question is not None and question.kind != "many" and rows["n_chosen"].sum() == rows["n"].iloc[0]
            parts.append(not_recoverable(rows, self.policy.least_cell) if whole else rows)
        return pd.concat(parts)

    def check_words(self, text: str) -> None:
        """Refuse a text in which a person can be recognised: by an ID, a pseudonym, a name, an address."""
        text = EMBEDDED.sub("", text)
        found = [*EMAIL.findall(text), *ADDRESS.findall(text), *named_in(text, self.people, self.common)]
        if found:
            raise NotForPublication(
                f"“{found[0]}” is not published: a person can be recognised by it; what to do: leave it out"
            )

    # ---------------------------------------------------------------------------------------------- one rule a shape

    def _problems(self, frame: pd.DataFrame) -> Iterator[str]:
        yield from self._of_persons(frame)
        yield from self._of_extremes(frame)
        yield from self._of_few(frame)
        yield from self._of_groups(frame)
        yield from self._of_answers(frame)
        yield from self._of_two_sides(frame)
        yield from self._of_cohorts(frame)
        yield from self._of_written_numbers(frame)
        yield from self._of_unknown_numbers(frame)

    def _of_persons(self, frame: pd.DataFrame) -> Iterator[str]:
        """A row is never a person."""
        remedy = (
            "what to do: count or average the rows, as in\n"
            '        safe.pivot_table(study.scores, values="score", index="measure")\n'
            "    (report.hand_on keeps a row-level table for the next notebooks)"
        )
        told = {column: [str(cell) for cell in frame[column].dropna().unique()] for column in frame}
        for column, cells in told.items():
            if str(column).lower() in PERSONS:
                yield f"column “{column}” makes every row a person; {remedy}"
            if len(cells) > 1 and not self.people.isdisjoint(cells) and self.people | {""} >= {*cells}:
                yield f"column “{column}” holds IDs or names of participants; {remedy}"
        text = " ".join(cell for column in _texts(frame) for cell in told[column])
        for found in (*EMAIL.findall(text), *ADDRESS.findall(text), *named_in(text, self.people, self.common)):
            yield f"“{found}” stands in it, by which a person can be recognised; {remedy}"

    def _of_extremes(self, frame: pd.DataFrame) -> Iterator[str]:
        """The lowest and the highest answer are one person's; a spread of a few gives their answers away."""
        for column in frame:
            name = str(column).lower()
            if name in EXTREMES or name.startswith(("min_", "max_")):
                yield (
                    f"column “{column}” is one respondent’s answer; what to do: show the mean, or three categories, as in\n"
                    '        safe.pivot_table(study.scores, values="score", index="measure")'
                )
            if name in SPREADS | {f"{spread}_{wave}" for spread in SPREADS for wave in ("earlier", "later")}:
                n = _people(frame).min(axis=1).fillna(0)
                if (n[frame[column].notna()] < FEWEST_FOR_SPREAD).any():
                    yield (
                        f"column “{column}” is the spread of fewer than {FEWEST_FOR_SPREAD} answers, or of an unknown "
                        "number; what to do: leave it out"
                    )

    def _of_unknown_numbers(self, frame: pd.DataFrame) -> Iterator[str]:
        """A number that is no count, and of which no rule knows what it is, may be anybody's."""
        for column in _numbers(frame):
            cells = pd.to_numeric(frame[column], errors="coerce").dropna()
            if str(column) not in KNOWN_NUMBERS and not cells.mod(1).eq(0).all():
                yield (
                    f"no rule knows what the numbers in “{column}” are, nor how many people stand behind them; what to do: make "
                    'the table with safe, as in\n        safe.pivot_table(data, values="…", index="…") or safe.apply(…)'
                )

    def _of_few(self, frame: pd.DataFrame) -> Iterator[str]:
        """No result of fewer than `least_group` people, whoever they are, nor of nobody knows how many."""
        told, people = frame[sorted(RESULTS & {*frame})].notna().any(axis=1), _people(frame)
        if (told & (people.isna().all(axis=1) if len(people.columns) else True)).any():
            yield (
                "it does not say how many people stand behind each number; what to do: let safe make it, which counts them, as "
                'in\n        safe.pivot_table(study.scores, values="score", index="measure")'
            )
        if (told & few_apart(people, self.policy).any(axis=1)).any():
            yield f"a row tells the result of fewer than {self.policy.least_group} people; what to do: {PROTECT}"

    def _of_groups(self, frame: pd.DataFrame) -> Iterator[str]:
        """Of a group only sizes, means and changes, to one decimal, and none that a hidden group follows from."""
        groups = self._rows_of_groups(frame)
        told = _numbers(frame[groups])
        if not told:
            return
        yield from _of_columns(frame.loc[groups, told].apply(pd.to_numeric, errors="coerce"))
        if "hidden" not in frame:
            yield f"it is about groups, and no column “hidden” says which are too small; what to do: {PROTECT}"
        elif "group" in frame:
            yield from self._of_whole_less_parts(frame)
            yield from self._of_one_mind(frame, groups)

    def _of_whole_less_parts(self, frame: pd.DataFrame) -> Iterator[str]:
        """The whole less the groups that are shown is nobody, or two hidden groups and enough people."""
        keys = [key for key in ("measure", "wave") if key in frame]
        for _, rows in frame.groupby(keys, sort=False, dropna=False) if keys else [((), frame)]:
            groups, hidden = rows["group"] != "all", rows["hidden"].astype(bool)
            if not groups.any() or "at_least" in rows and rows["at_least"].any():
                continue  # sizes that are told as the least that they are cannot be subtracted
            for _, n in _people(rows).items():
                total, shown = n[~groups].max(), n[groups & ~hidden]
                if pd.isna(total) or not (shown > 0).any():
                    continue
                left, alone = total - shown.sum(), (groups & hidden).sum() == 1
                if few_apart(left, self.policy) or left and alone or few_apart(total - shown, self.policy).any():
                    yield (
                        "the whole less the groups that are shown gives away the one that is hidden; "
                        f"what to do: {PROTECT}"
                    )
                    return

    def _of_one_mind(self, frame: pd.DataFrame, groups: pd.Series) -> Iterator[str]:
        """A mean at the end of the scale is everybody's answer."""
        for column in sorted({"mean", "mean_earlier", "mean_later"} & {*frame}) if "measure" in frame else ():
            for row in frame.loc[groups & frame[column].notna()].itertuples():
                codes = self._codes(row.measure)
                if codes and getattr(row, column) in (codes[0], codes[-1]):
                    yield f"all of “{row.group}” gave one answer to “{row.measure}”; what to do: {PROTECT}"
                    return

    def _of_answers(self, frame: pd.DataFrame) -> Iterator[str]:
        """Every answer of one statement only where `least_cell` people gave each; three categories always."""
        counts = [column for column in frame if str(column) == "count" or is_count(str(column))]
        long = "measure" in frame and {"option", "value"} & {*frame}
        wide = [column for column in frame if str(column).removeprefix("n_").removesuffix(".0") in ANSWERS]
        numbers = frame[counts if long else wide].apply(pd.to_numeric, errors="coerce")
        if (numbers < self.policy.least_cell).any(axis=None):
            yield few_gave_one({*frame}, self.policy.least_cell)

    def _of_two_sides(self, frame: pd.DataFrame) -> Iterator[str]:
        """Of "k of n" people neither k nor the rest is a few: "26 of 29 said yes" tells that three did not."""
        if "n" not in frame:
            return
        whole = pd.to_numeric(frame["n"], errors="coerce")
        for column in frame.columns.intersection([*SHARES, *(c for c in frame if is_count(str(c)))]):
            if column in NOT_PARTS or not pd.api.types.is_numeric_dtype(frame[column]):
                continue
            part = frame[column].astype(float) * (whole / SHARES[column] if column in SHARES else 1)
            small = pd.concat([part, whole - part], axis=1).round(6)
            if ((small > 0) & (small < self.policy.least_cell)).any(axis=None):
                yield (
                    f"“{column}” tells of fewer than {self.policy.least_cell} people, or of all but so few; what to do: name "
                    "the columns option, n_chosen and n, and such counts are told as “fewer than” and “more than”"
                )

    def _of_cohorts(self, frame: pd.DataFrame) -> Iterator[str]:
        """What cohorts have in common, less what all but one have, is that one's: a row is about one cohort."""
        if self.cohorts and _numbers(frame) and "cohort" not in frame:
            yield "its rows are about several cohorts together; what to do: one row for each cohort"
        elif self.cohorts and "cohort" in frame and not set(frame["cohort"].astype(str)) <= {*self.cohorts}:
            yield "a row is about several cohorts together; what to do: one row for each cohort"

    def _of_written_numbers(self, frame: pd.DataFrame) -> Iterator[str]:
        """A number in a cell of text is a number, and no rule sees it there."""
        for column, cells in ((column, frame[column].dropna().astype(str).unique()) for column in _texts(frame)):
            own = str(column).removesuffix("_he").removesuffix("_en") not in OUR_SENTENCES
            texts = (cell for cell in cells if own and not KEY.fullmatch(cell) and cell not in BANDS_AS_WRITTEN)
            if cell := next((cell for cell in texts if bare_digits(cell, self.names)), ""):
                yield f"“{cell}” in column “{column}” is a number written as text; what to do: {_named(cell, column)}"

    @cached_property
    def names(self) -> frozenset[str]:
        """Names with digits in them that stand in the codebook: they are no numbers."""
        return names_with_digits(self.codebook) | frozenset(self.cohorts)

    # ---------------------------------------------------------------------------------------------- what a table holds

    def _rows_of_groups(self, frame: pd.DataFrame) -> pd.Series:
        """Which rows are about a group, whatever the column is called that says so."""
        names = {
            name
            for trait in self.codebook.traits.values()
            for key, group in trait.groups.items()
            for name in (key, group.he, group.en)
        }
        rows = pd.Series(False, index=frame.index)
        for column in _texts(frame):
            rows |= frame[column].isin(names)
        return rows

    def _codes(self, measure: str) -> list[int]:
        known = measure in self.codebook.scales or measure in self.codebook.items
        return self.codebook.options_of(measure).codes if known else []


SHARES = {"share": 1, "proportion": 1, "percent": 100}  # of n; what a whole is in each
NOT_PARTS = {  # counts that are no part of n, or not of people; low, middle and high answers have a rule of their own
    *SIZES, "n_all", "n_ties", "n_possible", "n_again", "n_projects", "n_advanced", "n_interviews", "n_near", "n_isolated",
    "n_low", "n_middle", "n_high", "n_not_high", "n_involved", "n_asked", "n_up", "n_same", "n_down",
}  # fmt: skip
OUR_SENTENCES = {  # columns of text that the package writes from released numbers, or that a person released
    "setting", "settled", "number", "numbers", "certainty", "sentence", "computed_sentence", "silent", "published",
    "excerpt", "title", "about", "differs_in", "weighting", "file", "cohort", "cohorts", "cohort_before", "meeting",
}  # fmt: skip
KEY = re.compile(r"[A-Za-z]+(?:_\w+)+|\d{4}-\d\d-\d\d")  # a key that the page has words for, or a date
LEVELS_AND_DATES = re.compile(r"(?<!\d)(?:19|20)\d\d(?:-\d\d){0,2}(?!\d)|(?:90|95|99)%|\b[A-Z]{1,3}\d{1,3}\b")
DATE_IN_WORDS = re.compile(r"\b\d{1,2} ?(?:ב[א-ת]{3,8}|[A-Z][a-z]{2,8})")


def bare_digits(text: str, names: frozenset[str]) -> list[str]:
    """The numbers in a text, but for dates, levels of confidence, codes such as E03, and names with digits in them."""
    for name in sorted((name for name in names if name in text), key=len, reverse=True):
        text = re.sub(rf"(?<!\w)(?<!\d[.,]){re.escape(name)}(?!\w|[.,]\d)", " ", text)  # “4” is no part of “4.3”
    return re.findall(r"\d+(?:[.,]\d+)*", DATE_IN_WORDS.sub(" ", LEVELS_AND_DATES.sub(" ", plain_digits(text))))


ABOUT_A_ROW = {"least_group", "least_cell", "seed"}
OF_A_ROW = {"option", "margin", *ABOUT_A_ROW}


def _emptied(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with nothing in its hidden rows but what they are about."""
    hidden, columns = frame["hidden"].astype(bool), [*_numbers(frame), *{"verdict", "reason"} & {*frame}]
    return frame.assign(**{column: frame[column].mask(hidden) for column in columns if column not in OF_A_ROW})


def _named(cell: str, column: object) -> str:
    """What to write instead of a number within a text: a key with a heading, or a column of numbers."""
    apart = 'put numbers into columns of their own, as in\n        table.assign(n_chosen=…, n=…), show=["option", "chosen_of"]'
    line = f'data = data.assign({column}=data["{column}"].replace({{"{cell}": "own_level"}}))\n        headings={{"own_level": ("…", "…")}}'
    named = f"name it by a word before the table is made, and head it, as in\n        {line}\n    or "
    return (named if re.search(r"[^\W\d_]{2}", cell) else "") + apart


def _texts(frame: pd.DataFrame) -> list:
    kinds = pd.api.types.is_object_dtype, pd.api.types.is_string_dtype
    return [column for column in frame if any(kind(frame[column]) for kind in kinds)]


def _numbers(frame: pd.DataFrame) -> list:
    """The columns that hold numbers, whatever pandas takes them for; truths and texts are none."""
    return [column for column in frame if holds_numbers(frame[column])]


def holds_numbers(cells: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return bool(cells.notna().any())
    others = [cell for cell in cells if cell is not None and not isinstance(cell, bool | np.bool_ | str)]
    if any(isinstance(cell, int | float | np.number) and cell == cell for cell in others):
        return True
    return bool(pd.to_numeric(pd.Series(others, dtype="object"), errors="coerce").notna().any()) if others else False


def _of_columns(numbers: pd.DataFrame) -> Iterator[str]:
    """Which columns a table may not have of groups, or not so exactly."""
    for column in numbers:
        if column not in GROUP_COUNTS | GROUP_RESULTS | ABOUT_A_ROW | {"tie_share"}:
            yield (
                f"column “{column}” tells answers by group; what to do: show means or changes of the groups, "
                "or answers of the whole cohort"
            )
        elif column in GROUP_RESULTS - EXACT and _more_digits(numbers[column], 2 if column.startswith("ci") else 1):
            yield f"column “{column}” of a group has more than one decimal; what to do: {PROTECT}"


def _more_digits(cells: pd.Series, decimals: int) -> bool:
    """Whether numbers have more decimals; an interval's grid may have two (a margin of 0.25)."""
    return bool((cells.round(decimals) - cells).abs().max() > 1e-9)


def _people(frame: pd.DataFrame) -> pd.DataFrame:
    """How many people each row is about, a column for each way of counting them; of "n of N" the n.

    Of waves that are linked in part each wave counts, not those who answered both.
    """
    sizes = [size for size in SIZES if size in frame]
    people = frame[sizes].astype(float)
    if "n_linked" in people and "test" in frame:
        people["n_linked"] = people["n_linked"].mask(frame["test"] == "partly_linked")
    return people


def named_in(text: str, people: frozenset[str], common: frozenset[str] = frozenset()) -> list[str]:
    """Which of these names, IDs or addresses stand in a text, as words of their own; short numbers are left alone.

    With a Hebrew prefix, vowel points, or an ID's letters apart from its digits, too. A name of one word that is among
    the `common` words of the text is no sign of anybody.
    """
    seen = UNSEEN.sub("", unicodedata.normalize("NFC", POINTS.sub("", text))) if UNSEEN.search(text) else text
    words = set(WORD.findall(seen))
    words |= {word.strip(".-־") for word in words}
    bare = {
        word[cut:]
        for word in words
        if "א" <= word[0:1] <= "ת"
        for cut in (1, 2, 3)
        if len(word) - cut > 2 and word[cut:] in people and not word[:cut].strip(PREFIXES)
        if plain(word) not in common
    }
    found = {name for name in (words & people) | bare if _tells(name, common)}
    phrases, codes = _by_words(people)
    found |= {name for code in {*map(_joined, CODE.findall(seen))} for name in _written_so(code, people, codes)}
    firsts = phrases.keys() & set(LETTERS.findall(" ".join(words)))
    told = (phrase for first in firsts for phrase in phrases[first] if phrase in seen)
    return sorted(found) + sorted(phrase for phrase in told if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", seen))


def common_words(codebook: Codebook) -> frozenset[str]:
    """The words that stand on a page whoever took part: those of our own prose, and of the questionnaire."""
    return words_of_our_prose() | letters_of(json.dumps(codebook.model_dump(mode="json"), ensure_ascii=False))


PREFIXES = "והבלמשכ"
POINTS = re.compile("[\u0591-\u05bd\u05bf-\u05c7]")
UNSEEN = re.compile("[\u00ad\u0591-\u05bd\u05bf-\u05c7\u200b-\u200f\u2060-\u2064\ufeff]")
CODE = re.compile(r"(?<!\w)[^\W\d_]{1,6}+[\s\-־–./]{0,2}\d{2,}(?!\w)")


def _tells(name: str, common: frozenset[str]) -> bool:
    """Whether a word of a person is a sign of them wherever it stands: no short number, no common word."""
    return not (name.isdecimal() and len(name) < LEAST_DIGITS) and plain(name) not in common


def _joined(code: str) -> str:
    """An ID of letters and digits without what stands between them."""
    return (code if code.isalnum() else re.sub(r"[\W_]", "", code)).casefold()


@lru_cache(maxsize=8)
def _by_words(people: frozenset[str]) -> tuple[dict[str, list[str]], np.ndarray]:
    """Names of several words by their first word, and the hashes of joined IDs of letters and digits, in order.

    A text is then read once, however many people there are; a hash takes eight bytes for each of a million.
    """
    phrases: dict[str, list[str]] = {}
    for name in people:
        if (" " in name or "־" in name) and (first := LETTERS.search(name)):
            phrases.setdefault(first[0], []).append(name)
    codes = (hash(_joined(name)) for name in people if not name[:1].isdecimal() and CODE.fullmatch(name))
    return phrases, np.unique(np.fromiter(codes, dtype="int64"))


def _written_so(code: str, people: frozenset[str], codes: np.ndarray) -> list[str]:
    """The IDs that are this one when they are joined."""
    place = np.searchsorted(codes, hash(code))
    if place == len(codes) or codes[place] != hash(code):
        return []
    return [name for name in people if CODE.fullmatch(name) and _joined(name) == code]
