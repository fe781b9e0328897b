"""The sections of the page of what changed, in the words of one language; sections with nothing in them are left out."""

from collections.abc import Iterator, Mapping

from followup.editions import released_numbers, what_changed
from followup.editions.what_changed import Changed
from followup.language import Text, at_least, decimals, filled, isolated, number, numbers_isolated, within
from followup.publish.changes_page import Section, Table
from followup.study.cohort import Cohort
from followup.words.change_words import COLUMNS_OF_RESULTS, WORDS
from followup.words.columns import COLUMNS
from followup.words.vocabulary import Vocabulary

SIDES = ("_he", "_en")
WAVES = ("wave", "compared_with")  # keys whose words stand small within a sentence


class Sections:
    """What changed between the files of two reports, put into words; `reasons` tell why, `people` who answered each wave."""

    def __init__(self, cohort: Cohort, before: Mapping[str, bytes], now: Mapping[str, bytes], reasons, people: Mapping):
        self.cohort, self.before, self.now, self.reasons, self.people = cohort, before, now, reasons, people
        self.words = Vocabulary(cohort.codebook)
        self.results = tuple(released_numbers.results_in(files) for files in (before, now))
        self.conclusions = what_changed.conclusions_changed(*self.results)
        self.numbers = what_changed.numbers_changed(*self.results)

    def of(self, language: str) -> list[Section]:
        """The sections in their order."""
        made = (self._conclusions, self._people, self._numbers, self._sentences, self._pictures)
        sections = [section for make in made for section in make(language)]
        return sections + list(self._inputs(language))

    def _conclusions(self, language: str) -> Iterator[Section]:
        if self.conclusions:
            rows = [
                (self._about(one, language), self._word(one.before, language), self._word(one.now, language))
                for one in self.conclusions
            ]
            headings = _headings(language, "about", "before", "after")
            tables = [Table(WORDS["verdicts"][language], headings, rows, self.reasons.of("changes")[language])]
            yield Section("conclusions", WORDS["conclusions"][language], tables)

    def _people(self, language: str) -> Iterator[Section]:
        answered = [{row["wave"]: row["n"] for row in results.get("response", ())} for results in self.results]
        waves = [wave for wave in self.cohort.waves if self._differs(wave, answered)]
        if waves:
            headings = _headings(
                language, "wave", "before", "after", *(("came", "went", "other_answers") if self.people else ())
            )
            rows = [
                (
                    self.words(wave, language),
                    *(isolated(side.get(wave, "–")) for side in answered),
                    *(isolated(str(count)) for count in self.people.get(wave, ())),
                )
                for wave in waves
            ]
            yield Section("people", WORDS["people"][language], [Table(WORDS["who"][language], headings, rows)])

    def _differs(self, wave: str, answered: list[dict]) -> bool:
        return answered[0].get(wave) != answered[1].get(wave) or any(self.people.get(wave, ()))

    def _numbers(self, language: str) -> Iterator[Section]:
        captions = self._captions(language)
        tables = []
        for name, changed in self.numbers.items():
            rows = [self._row(one, language) for one in changed if not one.column.endswith(_other_sides(language))]
            if rows:
                headings = _headings(language, "about", "which", "before", "after", "by")
                why = self.reasons.of(name)[language]
                tables.append(Table(captions.get(name, isolated(name)), headings, rows, why, about=2))
        if tables:
            yield Section("numbers", WORDS["numbers"][language], tables)

    def _captions(self, language: str) -> dict[str, str]:
        pages = [files.get(f"report.{language}.html", b"").decode() for files in (self.before, self.now)]
        return {name: words for page in pages if page for name, words in what_changed.captions(page).items()}

    def _row(self, one: Changed, language: str) -> tuple[str, ...]:
        by = isolated("–") if one.by is None else number(one.by, _decimals(one), signed=True)[language]
        digits = 0 if one.by is None else _decimals(one)
        cells = (self._word(cell, language, digits) for cell in (one.before, one.now))
        return (self._about(one, language), self._column(one.column, language), *cells, by)

    def _about(self, one: Changed, language: str) -> str:
        """What a row is about, in the codebook's words."""
        keys = {column: key for column, key in one.about if not column.endswith(_other_sides(language))}
        if "measure" in keys:
            keys = {column: key for column, key in keys.items() if column not in ("kind", "scale")}
        named = [self._key(column, key, keys, language) for column, key in keys.items()]
        inner = {
            place for place, (column, key) in enumerate(keys.items()) if place and (column in WAVES or key == "all")
        }
        return ", ".join(within(name) if place in inner else name for place, name in enumerate(named))

    def _key(self, column: str, key: str, keys: Mapping[str, str], language: str) -> str:
        if column == "finding" and key in self.cohort.codebook.findings:
            return self.words.finding(key, language)
        if column == "option" and key.isdecimal() and keys.get("question") in self.cohort.codebook.questions:
            return self.words.option(keys["question"], int(key), language)
        if column in ("meeting", "row", "option"):
            return f"{self._column(column, language)} {isolated(key)}"
        words = self.words(key, language)
        return f"{self._column(column, language)} {within(words)}" if column == "compared_with" else words

    def _column(self, column: str, language: str) -> str:
        if column in COLUMNS_OF_RESULTS:
            return COLUMNS_OF_RESULTS[column][language]
        bare = column.removesuffix("_he").removesuffix("_en")
        heading = COLUMNS[bare].heading[language] if bare in COLUMNS else ""
        return heading if heading and "{" not in heading else isolated(column)

    def _word(self, cell: str | None, language: str, digits: int = 0) -> str:
        """A cell as it stands on the page: a number, in as many digits as the one beside it, or the words for a key."""
        if cell is None:
            return WORDS["none"][language]
        if cell.startswith(what_changed.AT_LEAST):
            return at_least(int(cell.removeprefix(what_changed.AT_LEAST)))[language]
        try:
            return number(float(cell), max(digits, len(cell.partition(".")[2])))[language]
        except ValueError:
            text = self.words(cell, language)
            return numbers_isolated(text) if language == "he" else text

    def _sentences(self, language: str) -> Iterator[Section]:
        pages = self._pages(language)
        pairs = what_changed.sentences_changed(*pages) if pages else []
        if pairs:
            yield Section("sentences", WORDS["sentences"][language], pairs=pairs)

    def _pictures(self, language: str) -> Iterator[Section]:
        pages = self._pages(language)
        pictures = what_changed.pictures_changed(*pages) if pages else []
        if pictures:
            yield Section("pictures", WORDS["pictures"][language], pictures=pictures)

    def _pages(self, language: str) -> tuple[str, str] | None:
        name = f"report.{language}.html"
        return (
            (self.before[name].decode(), self.now[name].decode())
            if name in self.before.keys() & self.now.keys()
            else None
        )

    def _inputs(self, language: str) -> Iterator[Section]:
        """What the report is made from that changed, whatever came of it."""
        reasons = self.reasons
        lines = [f"{isolated(name)}: {_rows(count, language)}" for name, count in reasons.data.items()]
        named = (
            ("params", reasons.params),
            ("codebook", reasons.codebook),
            ("code", reasons.code),
            ("versions", reasons.versions),
        )
        lines += [f"{WORDS[kind][language]}: {', '.join(map(isolated, names))}" for kind, names in named if names]
        if lines:
            yield Section("inputs", WORDS["inputs"][language], lines=lines)


def _headings(language: str, *names: str) -> list[str]:
    return [WORDS[name][language] for name in names]


def _other_sides(language: str) -> str:
    return SIDES[1] if language == "he" else SIDES[0]


def _decimals(one: Changed) -> int:
    written = max(len(cell.partition(".")[2]) for cell in (one.before, one.now))
    return max(written, decimals(one.by)) if written else 0


def _rows(count: tuple[int, int] | None, language: str) -> str:
    """How many rows of a file changed, came and went."""
    if count is None or count == (0, 0):
        return WORDS["rows_unknown"][language]
    new, gone = count
    kinds = {"changed": min(new, gone), "new": new - min(new, gone), "gone": gone - min(new, gone)}
    return ", ".join(_counted(kind, n)[language] for kind, n in kinds.items() if n)


def _counted(kind: str, n: int) -> Text:
    words = WORDS[f"row_{kind}"] if n == 1 else WORDS[f"rows_{kind}"]
    return words if n == 1 else filled(words.he, words.en, {"n": n})
