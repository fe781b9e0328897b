"""The names that survey tools give to the column of one option, and to a question whose options have columns."""

import re
from collections.abc import Iterable, Iterator

from followup.language import folded

SELECTED = re.compile(r"\s*[-–]\s*Selected Choices?\b", re.IGNORECASE)
DASH = re.compile(r"\s+[-–]\s+")
# How tools head an option's column, by a question’s name and by the option’s label, code or name:
#   Google, LimeSurvey  Q [option]      Qualtrics  Q - option, Q_1      REDCap  q___1, Q (choice=option)
#   KoBo                q/option        SPSS, Stata  q_1, q1            Microsoft, own tables  Q: option, option: Q
BY_LABEL = ("{q} [{o}]", "{q} - {o}", "{q}: {o}", "{o}: {q}", "{q} (choice={o})", "{q}/{o}", "{q}_{o}", "{q}.{o}")
BY_CODE = ("{q}___{o}", "{q}_{o}", "{q}/{o}", "{q}[{o}]", "{q} [{o}]", "{q}.{o}", "{q}{o}", "{q}_q{o}", "{q}: {o}")
OTHER_LABELS = ("other", "other (please specify)", "other, please specify", "other:", "אחר", "אחר (נא לפרט)", "-oth-")


def names_of_option(questions: Iterable[str], labels: Iterable[str], codes: Iterable[str]) -> Iterator[str]:
    """Every heading that the column of one option may have, for a question’s names and an option’s labels and codes."""
    labels, codes = list(dict.fromkeys(labels)), list(dict.fromkeys(codes))
    for question in dict.fromkeys(questions):
        yield from (form.format(q=question, o=label) for form in BY_LABEL for label in labels)
        yield from (form.format(q=question, o=code) for form in BY_CODE for code in codes)


def names_of_rank(questions: Iterable[str], place: int) -> Iterator[str]:
    """Every heading that the column of one place of a ranking may have: LimeSurvey’s q[1], “Q [Rank 1]”, “Q - 1”."""
    for question in dict.fromkeys(questions):
        forms = (
            "{q}[{n}]",
            "{q} [{n}]",
            "{q} [Rank {n}]",
            "{q} [Ranking {n}]",
            "{q} - {n}",
            "{q}_{n}",
            "{q} [דירוג {n}]",
        )
        yield from (form.format(q=question, n=place) for form in forms)


def after_dashes(wording: str) -> list[str]:
    """Other names of Qualtrics’ “question - Selected Choice - option”: the option, “question [option]”, the question."""
    plain = SELECTED.sub("", wording)
    names = [plain] if plain != wording else []
    for dash in DASH.finditer(plain):
        question, item = plain[: dash.start()].strip(), plain[dash.end() :].strip()
        if question and item:
            names += [item, f"{question} [{item}]"]
    return names


def lead_of(heading: str, item_names: Iterable[str]) -> str:
    """The question that stands before an item in “question [item]” or “question - item”; "" where none does."""
    plain, text = folded(SELECTED.sub("", heading)), ""
    for name in item_names:
        item = re.escape(folded(name))
        found = re.fullmatch(rf"(?P<lead>.*\S)\s*(?:\[\s*{item}\s*\]|\s-\s*{item}|:\s*{item}|>+\s*{item})", plain)
        text = found["lead"].rstrip(" -:") if found else text
    return text
