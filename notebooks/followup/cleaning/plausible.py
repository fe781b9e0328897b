"""What cannot be right although each cell can be read: waves exchanged, numbers that count from elsewhere, other questions.

It is seen in a whole wave, or in one wave beside another. Whoever has looked at it and found it right says so in the
params (`accepted` under the wave).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median_low

from rapidfuzz import fuzz

from followup.cleaning.answer_labels import read_time
from followup.cleaning.cleaning_log import Log
from followup.exports.choice_names import lead_of
from followup.exports.survey_tools import CODE_AND_WORDING, own_time_column
from followup.language import folded, is_blank, main_language
from followup.problems import Problem
from followup.study.cohort import Cohort

NO_DATE = datetime(1980, 1, 1)  # LimeSurvey's date of an answer without a date stamp
SAME_QUESTION = 92  # so alike, of 100, two questions differ in signs and little words only
FEW = 3


@dataclass
class Seen:
    """What one wave shows as a whole: `times` by row, option sets answered by `labels` and by bare `numbers` (with the
    codes that were given), the question before each item of a grid (`leads`), rows without an ID.
    """

    wave: str
    file: str
    times: dict[int, datetime] = field(default_factory=dict)
    time_column: str = ""
    labels: set[str] = field(default_factory=set)
    numbers: dict[str, tuple[str, set[int]]] = field(default_factory=dict)
    leads: dict[str, tuple[str, str]] = field(default_factory=dict)
    no_id: list[tuple[int, str]] = field(default_factory=list)


def seen_in(rows) -> Seen:
    """What the submissions of a wave (`Submissions`, respondents known) show as a whole."""
    seen = Seen(rows.wave, rows.file)
    seen.time_column, seen.times = _times(rows)
    _see_numbers(rows, seen)
    for heading, (kind, key) in rows.columns.of.items():
        if kind == "item":
            lead = _lead(rows, heading, key)
            seen.leads |= {key: (lead, heading)} if lead else {}
    column = rows.columns.heading("id") if rows.cohort.params.identified else None
    if column is not None:
        aside = {row for row, rule in rows.set_aside.items() if rule == "no_id"}
        blank = [row for row in rows.export.cells.index if row in aside or row in rows.refused]
        seen.no_id = [(int(row), column) for row in blank if is_blank(rows.export.cells.loc[row, column])]
    return seen


def _times(rows) -> tuple[str, dict[int, datetime]]:
    """(the column, the time of each row) by the codebook's column, or else by the one that the tool itself writes."""
    column = rows.columns.heading("submitted")
    if column is not None:
        told = zip(rows.times.index.tolist(), rows.times.tolist(), strict=True)
        times = {row: time for row, time in told if time not in (datetime.min, NO_DATE)}
        return column, times
    column, times = own_time_column(rows.export.format, list(rows.export.cells.columns)), {}
    for row, text in rows.cells[column].items() if column is not None else ():
        try:
            times[int(row)] = read_time(text, None, column in rows.export.dates)
        except ValueError:
            continue
    return column or "", {row: time for row, time in times.items() if time != NO_DATE}


def _see_numbers(rows, seen: Seen) -> None:
    """Which option sets the statements and questions answer by labels, and which by bare numbers."""
    for heading, (kind, key) in rows.columns.of.items():
        if kind not in ("item", "question") or kind == "question" and rows.codebook.questions[key].kind != "one":
            continue
        owner = rows.codebook.scales.get(rows.codebook.scale_of.get(key, "")) or rows.codebook.questions[key]
        reader, labelled = rows.reader(heading, key), bool(rows.export.labels.get(heading))
        for cell in rows.cells[heading].unique():
            one = reader.read(cell)
            if one is None or one.code is None:
                continue
            text = folded(cell)
            if labelled or text in reader.folded or text in reader.synonyms or one.rule == "spelling":
                seen.labels.add(owner.options)
            else:
                seen.numbers.setdefault(owner.options, (heading, set()))[1].add(one.code)


def _lead(rows, heading: str, key: str) -> str:
    """The question before an item of a grid; none where the codebook knows the heading as a whole."""
    names = rows.columns.wanted["item", key]
    if folded(heading) in {folded(name) for name in names if name != key}:
        return ""
    written = rows.export.wordings.get(heading, heading)
    coded = CODE_AND_WORDING.fullmatch(written)
    written = coded[2] if coded else written
    return "" if folded(written) in map(folded, names) else lead_of(written, names)


# One wave beside another -------------------------------------------------------------------------------------------


def implausible(cohort: Cohort, seen: list[Seen], log: Log) -> Iterator[Problem]:
    """What the waves show side by side, each wave beside every one before it; `seen` is in the order of the waves.

    What is no reason to stop, or was accepted, is told in the log, and so on the page.
    """
    for place, later in enumerate(seen):
        for earlier in seen[:place]:
            told = {*cohort.params.waves[earlier.wave].accepted, *cohort.params.waves[later.wave].accepted}
            for doubt, found in (
                ("dates", _dated_before(cohort, earlier, later)),
                ("bare_numbers", _numbers_beside_labels(cohort, earlier, later, log)),
                ("other_question", _other_question(cohort, earlier, later)),
            ):
                for problem in found:
                    if doubt in told:
                        log.add(f"accepted_{doubt}", problem.file, problem.row, problem.column, problem.value or "")
                    else:
                        yield problem


def _accepted(cohort: Cohort, wave: str, doubt: str) -> str:
    return f"in params/{cohort.name}.yaml accepted: [{doubt}] under waves.{wave}"


def _dated_before(cohort: Cohort, earlier: Seen, later: Seen) -> Iterator[Problem]:
    """A wave whose answers came before those of the wave before it, as a whole or in single rows."""
    if not earlier.times or not later.times or cohort.params.link == "same_row":
        return
    first, middle = min(earlier.times.values()), median_low(sorted(earlier.times.values()))
    words = cohort.codebook.waves
    if median_low(sorted(later.times.values())) < middle:
        what = (
            f"the answers of “{words[later.wave].en}” are dated before those of “{words[earlier.wave].en}” "
            f"({_span(later)}; {_span(earlier)}, in {earlier.file})"
        )
        remedy = (
            f"if the two files are exchanged, exchange them again (file: under waves in params/{cohort.name}.yaml); if the times "
            f"are wrong, correct their source or date_format"
        )
        row = min(later.times, key=later.times.get)
        yield Problem(
            what, remedy, later.file, row, later.time_column, _told(later.times[row]), f"after {_told(middle)}"
        )
        return
    rows = sorted(row for row, time in later.times.items() if time < first)
    if rows:
        what = f"this answer is dated before the first answer of “{words[earlier.wave].en}” ({_told(first)})"
        remedy = (
            f"if the row belongs to the other wave, take it out at its source; if the time is wrong, correct it; if both are "
            f"right, write {_accepted(cohort, later.wave, 'dates')}"
        )
        value = _told(later.times[rows[0]])
        yield Problem(
            what, remedy, later.file, rows[0], later.time_column, value, f"from {_told(first)} on", tuple(rows[1:])
        )


def _told(time: datetime) -> str:
    return time.isoformat(sep=" ")


def _span(seen: Seen) -> str:
    return f"{min(seen.times.values()):%Y-%m-%d} to {max(seen.times.values()):%Y-%m-%d}"


def _numbers_beside_labels(cohort: Cohort, earlier: Seen, later: Seen, log: Log) -> Iterator[Problem]:
    """Option sets that one wave answers by labels and the other by bare numbers, which may count from elsewhere.

    Where the codebook's outer codes were given the numbers cannot be moved by one; then a line of the log says it.
    """
    for one, other in ((earlier, later), (later, earlier)):
        names = [name for name in other.numbers if name not in other.labels and name in one.labels - one.numbers.keys()]
        moved = [
            name for name in names if _may_be_moved(cohort.codebook.option_sets[name].codes, other.numbers[name][1])
        ]
        for name in names:
            heading, given = other.numbers[name]
            log.add("bare_numbers", other.file, None, heading, ", ".join(map(str, sorted(given))), name)
        if moved:
            yield _moved(cohort, one, other, moved)


def _may_be_moved(codes: list[int], given: set[int]) -> bool:
    """Whether numbers that nobody gave leave room for another count: 0 to 4 for 1 to 5, or 1 to 4 for 0 to 3."""
    return codes[-1] not in given or codes[0] <= 0 and codes[0] not in given


def _moved(cohort: Cohort, one: Seen, other: Seen, moved: list[str]) -> Problem:
    heading, given = other.numbers[moved[0]]
    options, shown = cohort.codebook.option_sets[moved[0]].options, ", ".join(map(str, sorted(given)))
    absent = ", ".join(str(option.code) for option in options if option.code not in given)
    waves = cohort.codebook.waves
    what = (
        f"“{waves[one.wave].en}” came as labels and “{waves[other.wave].en}” as bare numbers (option set "
        f"“{'”, “'.join(moved)}”: {shown} were given, nobody gave {absent}): they may count from another number than the codebook"
    )
    remedy = (
        f"export this wave again with the answers as text; if its numbers were held against the questionnaire one by one and "
        f"are those of the codebook, write {_accepted(cohort, other.wave, 'bare_numbers')}"
    )
    allowed = ", ".join(f"{option.code} = {option.en}" for option in options)
    return Problem(what, remedy, other.file, None, " ".join(heading.split()), shown, allowed)


def _other_question(cohort: Cohort, earlier: Seen, later: Seen) -> Iterator[Problem]:
    """Items that stand under another question in the other wave: the same words, and not the same thing asked."""
    pairs = Counter(
        (earlier.leads[key][0], later.leads[key][0])
        for key in earlier.leads.keys() & later.leads.keys()
        if _asks_otherwise(earlier.leads[key][0], later.leads[key][0])
    )
    for (one, other), n in pairs.items():
        keys = [key for key in later.leads if earlier.leads.get(key, ("",))[0] == one and later.leads[key][0] == other]
        before, after = (_as_written(seen.leads[keys[0]][1], lead) for seen, lead in ((earlier, one), (later, other)))
        shown = ", ".join(keys[:FEW]) + (f" and {n - FEW} more" if n > FEW else "")
        what = f"this grid asks “{after}”; in “{cohort.codebook.waves[earlier.wave].en}” the same statements ({shown}) stand under “{before}”"
        remedy = (
            f"if they ask different things, give the items of this wave keys of their own in the codebook, so that they are not "
            f"compared; if both ask the same in other words, write {_accepted(cohort, later.wave, 'other_question')}"
        )
        heading = " ".join(later.leads[keys[0]][1].split())
        yield Problem(what, remedy, later.file, 1, heading, after, before)


def _asks_otherwise(one: str, other: str) -> bool:
    """Whether two questions of one language differ by more than signs and little words; languages are not compared."""
    return main_language(one) == main_language(other) and fuzz.ratio(one, other) < SAME_QUESTION


def _as_written(heading: str, lead: str) -> str:
    """A lead question in the letters of the heading, where it stands there."""
    plain = " ".join(heading.split())
    return plain[: len(lead)] if folded(plain[: len(lead)]) == lead else lead


# One wave by itself ------------------------------------------------------------------------------------------------


def cut_off(rows) -> Iterator[Problem]:
    """A last answer that may be the beginning of a longer one, in a file without a line end."""
    cells = rows.export.cells
    if not rows.export.open_end or cells.empty or "file_end" in rows.settings.accepted:
        return
    heading = cells.columns[-1]
    text, (kind, key) = folded(cells[heading].iloc[-1]), rows.columns.of[heading]
    longer = _longer(rows, kind, key, heading, text) if text else None
    if longer:
        what = f"the file ends without a line end, and this last answer may be cut short: “{longer}” begins with it"
        remedy = (
            f"export the file again; if the answer is whole, add a line end after it, or write "
            f"{_accepted(rows.cohort, rows.wave, 'file_end')}"
        )
        row = int(cells.index[-1])
        yield Problem(
            what, remedy, rows.file, row, " ".join(heading.split()), cells[heading].iloc[-1], "an answer and a line end"
        )


EVENTS = ("redcap_event_name", "event name", "redcap_repeat_instance", "repeat instance")


def several_events(rows) -> Iterator[Problem]:
    """A file with several events (or instances) of each person, of which the params choose none."""
    chosen = {folded(heading) for heading in rows.settings.only}
    for heading in rows.export.cells.columns:
        if folded(heading) not in EVENTS or chosen & set(EVENTS):
            continue
        found = [text for text in dict.fromkeys(rows.cells[heading]) if not is_blank(text)]
        if len(found) > 1:
            shown = ", ".join(f"“{text}”" for text in found[:FEW]) + (" …" if len(found) > FEW else "")
            what = (
                f"this file holds several events of each person ({shown}), and nothing says which of them is this wave"
            )
            remedy = (
                f"choose the rows of the wave by the value of this column: in params/{rows.cohort.name}.yaml write under "
                f"waves.{rows.wave} only: {{{heading}: …}} with one of the values"
            )
            yield Problem(what, remedy, rows.file, None, heading, found[1], "one event a wave")
            return


def _longer(rows, kind: str, key: str, heading: str, text: str) -> str | None:
    """A longer answer, ID or cell that begins with `text`."""
    known = list(rows.export.cells[heading].unique())
    if kind == "id" and rows.roster is not None:
        known = list(rows.roster.written.values())
    elif kind in ("item", "question") and (kind == "item" or rows.codebook.questions[key].kind != "text"):
        reader = rows.reader(heading, key)
        known += [*reader.labels, *reader.codes, *(label for one in reader.options.values() for label in one.synonyms)]
    elif kind not in ("ticked", "place", "trait"):
        return None
    return next((one for one in known if folded(one) != text and folded(one).startswith(text)), None)
