"""Whatever is asked, with whatever options, and whatever is answered: each tool's export is read back to the truth."""

import pytest
from followup.cleaning.clean import Clean, clean_cohort
from followup.study.cohort import open_cohort
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from written_exports import PROFILES, Asked, MadeUp, write_study

SOME_WORDS = [
    "I",
    "plan",
    "my",
    "week",
    "learn",
    "from",
    "others",
    "ask",
    "for",
    "help",
    "in",
    "time",
    "feel",
    "at",
    "ease",
    "with",
    "data",
    "use",
    "what",
    "was",
    "taught",
]
LABEL_WORDS = [
    "never",
    "seldom",
    "often",
    "always",
    "mentor",
    "budget",
    "staff",
    "peers",
    "course",
    "travel",
    "boss",
    "none",
    "home",
    "team",
    "weekly",
]
ENDS = ("", ".", "?", "!", " (today)", ": yes", " / no", " - again", ", really", " – so")


@st.composite
def wordings(draw, count: int) -> list[str]:
    """Sentences that differ in more than signs."""
    told = st.lists(st.sampled_from(SOME_WORDS), min_size=3, max_size=9, unique=True)
    mine = draw(st.lists(told, min_size=count, max_size=count, unique_by=lambda words: " ".join(sorted(words))))
    ends = draw(st.lists(st.sampled_from(ENDS), min_size=count, max_size=count))
    return [f"{' '.join(words).capitalize()}{end}" for words, end in zip(mine, ends, strict=True)]


@st.composite
def labels(draw, count: int) -> list[str]:
    """Labels none of which is made of others: each begins with a word of its own."""
    firsts = draw(st.lists(st.sampled_from(LABEL_WORDS), min_size=count, max_size=count, unique=True))
    tails = st.sampled_from(("", " at work", ", or nearly so", " (2 or more)", " / other", "'s help", " - 50%"))
    return [f"{first.capitalize()}{draw(tails)}" for first in firsts]


@st.composite
def studies(draw) -> MadeUp:
    items, others = draw(st.integers(2, 5)), draw(st.lists(st.sampled_from(["one", "many"]), max_size=3))
    texts = draw(wordings(items + len(others)))
    first, steps = draw(st.sampled_from([0, 1])), draw(st.integers(3, 7))
    rated = dict(enumerate(draw(labels(steps)), first))
    letters = st.text("abcdexyz", min_size=1, max_size=5)
    named = st.lists(letters, min_size=len(texts), max_size=len(texts), unique=True)
    keys = [f"v{letters}" for letters in draw(named)]
    questions = [Asked(key, text, rated) for key, text in zip(keys[:items], texts, strict=False)]
    for key, text, kind in zip(keys[items:], texts[items:], others, strict=True):
        own = draw(labels(draw(st.integers(2, 5))))
        questions.append(Asked(key, text, dict(enumerate(own, 1)), kind))
    people = [f"A{number:02}" for number in range(1, draw(st.integers(3, 7)) + 1)]
    answers = {who: {question.key: draw(told(question)) for question in questions} for who in people}
    for mine in answers.values():  # whoever answers no statement does not count
        mine[questions[0].key] = first if mine[questions[0].key] is None else mine[questions[0].key]
    return MadeUp(questions, answers)


def told(question: Asked):
    codes = st.sampled_from(list(question.options))
    return st.frozensets(codes) if question.kind == "many" else st.none() | codes


def read_back(clean: Clean, made: MadeUp) -> dict[str, dict[str, object]]:
    """The answers in the form in which they were made up."""
    typed = dict(zip(clean.participants["participant"], clean.participants["id"], strict=True))
    many = {question.key for question in made.questions if question.kind == "many"}
    found = {who: {q.key: frozenset() if q.key in many else None for q in made.questions} for who in made.answers}
    for row in clean.all("responses").dropna(subset=["value"]).itertuples():
        found[typed[row.respondent]][row.item] = int(row.value)
    for row in clean.all("answers").dropna(subset=["value"]).itertuples():
        mine = found[typed[row.respondent]]
        mine[row.question] = mine[row.question] | {int(row.value)} if row.question in many else int(row.value)
    return found


@pytest.mark.parametrize("profile", PROFILES)
@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=studies())
def test_what_was_answered_is_read(profile, made, tmp_path_factory):
    file, wave, write = PROFILES[profile]
    root = tmp_path_factory.mktemp("made")
    write(write_study(root, made, file, wave), made)
    assert read_back(clean_cohort(open_cohort("m", root)), made) == made.answers
