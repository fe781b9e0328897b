"""Made-up people and what they answer: seeded draws from a calibration, as codes that no export format has touched yet.

Wordings and options are read from the codebook, so they stand in one place only.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

import numpy as np
from calibrations import AFTER, END, Calibration

FEWEST_CENTRED = 5  # linked members of a group below which its draws are left as they fell


class NoAnswer(Enum):
    """A cell without an answer, and which of the two ways there are to leave it."""

    BLANK = "blank"
    DONT_KNOW = "dont_know"


Answer = int | tuple[int, ...] | str | NoAnswer  # an option's code, the options ticked, free text, or none
Row = dict[str, object]


# --- Chance ---------------------------------------------------------------------------------------------------------

Draws = dict[str, np.random.Generator]
PARTS = ("people", "statements", "missing", "questions", "moments", "network")  # add new ones at the end


def draws_of(cohort: Calibration) -> Draws:
    """A stream of random numbers for each part, so that a change in one part leaves the others as they were."""
    seeds = np.random.SeedSequence(cohort.seed).spawn(len(PARTS))
    return {part: np.random.default_rng(seed) for part, seed in zip(PARTS, seeds, strict=True)}


# --- People ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Participant:
    """A made-up participant: place on the roster, kind of organisation, project, and the waves answered."""

    number: int  # from 1, in the roster's order
    code: str  # the ID, as the roster and the exports write it
    organisation: str
    group: str
    seniority: str
    project: int
    waves: tuple[str, ...]

    @property
    def linked(self) -> bool:
        """Whether both waves were answered."""
        return self.waves == (END, AFTER)


def answered_in(wave: str, people: list[Participant]) -> list[int]:
    """Places on the roster of those who answered a wave."""
    return [place for place, person in enumerate(people) if wave in person.waves]


def draw_participants(cohort: Calibration, codebook: dict, rng: np.random.Generator) -> list[Participant]:
    """Everyone on the roster, in random order of organisations, with project and the waves they answer."""
    labels = [label for label, count in cohort.organisations.items() for _ in range(count)]
    organisations = [str(label) for label in rng.permutation(labels)]
    groups = [cohort.group_of[label] for label in organisations]
    waves = draw_waves(cohort, groups, rng)
    projects = draw_membership(cohort, [AFTER in answered for answered in waves], rng)
    bands = [group["labels"][0] for group in codebook["traits"]["seniority"]["groups"].values()]
    seniority = rng.choice(bands, size=len(labels), p=[0.25, 0.40, 0.35])  # assumption
    return [
        Participant(
            number=place + 1,
            code=cohort.code.format(cohort.first_number + place),
            organisation=organisations[place],
            group=groups[place],
            seniority=str(seniority[place]),
            project=projects[place],
            waves=waves[place],
        )
        for place in range(len(labels))
    ]


def draw_waves(cohort: Calibration, groups: list[str], rng: np.random.Generator) -> list[tuple[str, ...]]:
    """The waves each participant answers: both, or, for as many of each group as calibrated, one of them or neither."""
    waves: list[tuple[str, ...]] = [(END, AFTER)] * len(groups)
    for group, counts in cohort.waves.items():
        places = iter(rng.permutation([place for place, name in enumerate(groups) if name == group]))
        for answered, count in zip([(END,), (AFTER,), ()], counts, strict=True):
            for _ in range(count):
                waves[next(places)] = answered
    return waves


def draw_membership(cohort: Calibration, answers_later: list[bool], rng: np.random.Generator) -> list[int]:
    """The project (by place) of each participant, with as many silent members in each as the calibration says."""
    if not cohort.projects:
        return [0] * len(answers_later)
    silent = list(rng.permutation([place for place, later in enumerate(answers_later) if not later]))
    heard = list(rng.permutation([place for place, later in enumerate(answers_later) if later]))
    member_of = {}
    for number, project in enumerate(cohort.projects):
        members = [silent.pop() for _ in range(project.silent)]
        members += [heard.pop() for _ in range(project.members - project.silent)]
        member_of |= dict.fromkeys(members, number)
    assert not silent and not heard, "the projects' members must add up to the roster"
    return [member_of[place] for place in range(len(answers_later))]


# --- Statements on the extent scale ---------------------------------------------------------------------------------


def centred(draws: np.ndarray, people: list[Participant]) -> np.ndarray:
    """Draws with mean 0 among each group's linked participants, so that a group shows its calibrated level.

    Where nobody is linked, among those who answered at programme end.
    """
    balanced = draws.copy()
    for group in dict.fromkeys(person.group for person in people):
        members = [place for place, person in enumerate(people) if person.group == group]
        anchors = [place for place in members if people[place].linked]
        anchors = anchors or [place for place in members if END in people[place].waves]
        if len(anchors) >= FEWEST_CENTRED:
            balanced[members] -= draws[anchors].mean(axis=0)
    return balanced


def draw_scales(cohort: Calibration, codebook: dict, people: list[Participant], rng: np.random.Generator) -> dict:
    """Answers to every statement: {wave: {item: [code for each participant]}}, as typed (reverse-coded ones too)."""
    answers: dict[str, dict[str, list[int]]] = {END: {}, AFTER: {}}
    shared = rng.standard_normal(len(people))
    for scale in (name for name in codebook["scales"] if name in cohort.levels):
        own = rng.standard_normal(len(people))
        mixed = np.sqrt(cohort.shared_part) * shared + np.sqrt(1 - cohort.shared_part) * own
        person = cohort.person_sd * centred(mixed, people)
        moved = cohort.change_sd * centred(rng.standard_normal(len(people)), people)
        for item, statement in codebook["scales"][scale]["items"].items():
            for wave in (END, AFTER):
                level = item_level(cohort, scale, item, wave, people) + person + (moved if wave == AFTER else 0)
                noise = cohort.answer_sd * centred(rng.standard_normal(len(people)), people)
                if wave in statement.get("waves", (END, AFTER)):
                    answers[wave][item] = extent_codes(level + noise, statement.get("reverse_coded", False))
    return answers


def item_level(cohort: Calibration, scale: str, item: str, wave: str, people: list[Participant]) -> np.ndarray:
    """The calibrated level of a statement in a wave for each participant, in points of the 1–5 scale."""
    levels = []
    for person in people:
        end, change = cohort.levels[scale][person.group]
        change += cohort.item_change.get((item, person.group), 0)
        lower = cohort.silent_lower if AFTER not in person.waves else 0
        levels.append(end + cohort.item_level.get(item, 0) - lower + (change if wave == AFTER else 0))
    return np.array(levels)


def extent_codes(latent: np.ndarray, reverse_coded: bool) -> list[int]:
    """Latent answers cut at 1.5, 2.5, 3.5 and 4.5 into codes 1–5; reverse-coded ones are answered the other way."""
    codes = np.digitize(latent, [1.5, 2.5, 3.5, 4.5]) + 1
    return [int(6 - code if reverse_coded else code) for code in codes]


def draw_missing(cohort: Calibration, codebook: dict, people: list[Participant], rng: np.random.Generator) -> dict:
    """Cells without an answer: {(wave, item, place): which kind}; at most one a group and item."""
    kept_whole = {item for item, _ in cohort.item_change}
    used, cells = set(), {}
    for wave, (blank, unknown) in cohort.missing_cells.items():
        items = [item for item in statements_of(wave, codebook) if item not in kept_whole]
        cells_asked = [(item, place) for item in range(len(items)) for place in answered_in(wave, people)]
        candidates = iter(rng.permutation(cells_asked))
        for kind in [NoAnswer.BLANK] * blank + [NoAnswer.DONT_KNOW] * unknown:
            item, place = next((i, p) for i, p in candidates if (items[i], people[p].group) not in used)
            used.add((items[item], people[place].group))
            cells[wave, items[item], int(place)] = kind
    return cells


# --- Other questions ------------------------------------------------------------------------------------------------


def stage_reports(cohort: Calibration, people: list[Participant], wave: str) -> list[int]:
    """The stage (code) that each participant reports; at follow-up the reports on some projects conflict."""
    reports = [0] * len(people)
    for number, project in enumerate(cohort.projects):
        true_stage = project.stage_at_end if wave == END else project.stage_at_follow_up
        members = [place for place, p in enumerate(people) if p.project == number]
        others = [place for place in answered_in(AFTER, people) if place in members][: abs(project.other_reports)]
        for place in members:
            differs = wave == AFTER and place in others
            reports[place] = true_stage + (int(np.sign(project.other_reports)) if differs else 0)
    return reports


def draw_stages(shares: dict[int, float], people: list[Participant], rng: np.random.Generator) -> list[int]:
    """Stages (codes) where no record says who worked on which project: each by its share of participants."""
    return [int(code) for code in rng.choice(list(shares), size=len(people), p=list(shares.values()))]


def draw_involvement(cohort: Calibration, people: list[Participant], rng: np.random.Generator) -> list[int]:
    """1 for those still involved in their project, 0 for the others; as many of each group as calibrated."""
    involved = [0] * len(people)
    for group, count in cohort.still_involved.items():
        answered = [place for place in answered_in(AFTER, people) if people[place].group == group]
        for place in rng.choice(answered, size=count, replace=False):
            involved[place] = 1
    return involved


def draw_ticks(shares: dict[int, float], none: int, wave: str, people: list[Participant], rng) -> list[tuple[int, ...]]:
    """Option codes that each participant ticks: each option by its share of respondents, `none` where nothing else."""
    answered = answered_in(wave, people)
    ticks: list[list[int]] = [[] for _ in people]
    for code, share in shares.items():
        for place in rng.choice(answered, size=round(share * len(answered)), replace=False):
            ticks[place].append(code)
    return [tuple(sorted(codes)) or (none,) for codes in ticks]


def draw_comments(comments: list[str], wave: str, people: list[Participant], rng: np.random.Generator) -> list[str]:
    """The invented comments, given to some of those who answered."""
    written = [""] * len(people)
    writers = rng.choice(answered_in(wave, people), size=len(comments), replace=False)
    for place, comment in zip(writers, comments, strict=True):
        written[place] = comment
    return written


# --- Everything that everyone answers -------------------------------------------------------------------------------


def statements_of(wave: str, codebook: dict) -> dict[str, dict]:
    """Statements that a wave asks, by key, in the questionnaire's order, each with its option set and its scale."""
    return {
        item: {**words, "options": scale["options"], "scale": name}
        for name, scale in codebook["scales"].items()
        for item, words in scale["items"].items()
        if wave in words.get("waves", (END, AFTER))
    }


def asked_in(wave: str, codebook: dict, not_asked: tuple[str, ...] = ()) -> dict[str, dict]:
    """Statements, then other questions, that a wave asks, by key."""
    questions = {key: q for key, q in codebook["questions"].items() if wave in q.get("waves", (END, AFTER))}
    asked = statements_of(wave, codebook) | questions
    return {key: words for key, words in asked.items() if key not in not_asked}


def draw_columns(cohort: Calibration, codebook: dict, people: list[Participant], draws: Draws) -> dict:
    """What every participant would answer: {wave: {key: [answer of each participant]}}."""
    codes = draw_scales(cohort, codebook, people, draws["statements"])
    rng = draws["questions"]
    codes[AFTER]["still_involved"] = draw_involvement(cohort, people, rng)
    columns: dict[str, dict[str, list[Answer]]] = {}
    for wave in cohort.days:
        without_projects = draw_stages(cohort.stages[wave], people, rng) if wave in cohort.stages else []
        codes[wave]["project_stage"] = without_projects or stage_reports(cohort, people, wave)
        columns[wave] = {
            key: draw_column(cohort, codebook, people, wave, key, codes[wave], rng)
            for key in asked_in(wave, codebook, cohort.not_asked)
        }
    for (wave, item, place), kind in draw_missing(cohort, codebook, people, draws["missing"]).items():
        columns[wave][item][place] = kind
    return columns


def draw_column(cohort: Calibration, codebook: dict, people, wave: str, key: str, codes: dict, rng) -> list[Answer]:
    """One column: the codes already drawn, the options each participant ticks, or comments."""
    question = asked_in(wave, codebook)[key]
    if question.get("kind") == "text":
        return draw_comments(cohort.comments[wave], wave, people, rng)
    if question.get("kind") == "many":
        options = codebook["option_sets"][question["options"]]["options"]
        return draw_ticks(cohort.shares[key], options[-1]["code"], wave, people, rng)
    return codes[key]


def draw_submissions(
    cohort: Calibration, wave: str, columns: dict, people: list[Participant], rng: np.random.Generator
) -> list[Row]:
    """One submission for each participant who answered the wave, in the order in which they came in."""
    first, last = cohort.days[wave]
    answered = answered_in(wave, people)
    moments = sorted(draw_moment(first, last, rng) for _ in answered)
    return [
        {"submitted": moment, "participant": people[place].code}
        | {key: answers[place] for key, answers in columns.items()}
        for moment, place in zip(moments, rng.permutation(answered), strict=True)
    ]


def draw_moment(first: date, last: date, rng: np.random.Generator) -> datetime:
    """A moment between 7:00 and 22:00 on a working day (Sunday to Thursday) from `first` to `last`."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    working = [day for day in days if day.weekday() not in (4, 5)]
    day = working[int(rng.integers(len(working)))]
    return datetime(day.year, day.month, day.day, 7) + timedelta(seconds=int(rng.integers(15 * 3600)))


# --- The network ----------------------------------------------------------------------------------------------------

Tie = tuple[str, str, str]  # from, to, kind


def draw_ties_at_end(people: list[Participant], rng: np.random.Generator) -> list[Tie]:
    """Nominations at programme end: most project partners, and two or so of the others for advice (assumption)."""
    ties = []
    for ego in (person for person in people if END in person.waves):
        partners = [p.code for p in people if p.project == ego.project and p is not ego]
        others = [p.code for p in people if p.project != ego.project]
        ties += [(ego.code, alter, "joint_work") for alter in partners if rng.random() < 0.90]
        ties += [(ego.code, alter, "advice") for alter in partners if rng.random() < 0.45]
        chosen = rng.choice(others, size=1 + int(rng.integers(4)), replace=False)
        ties += [(ego.code, str(alter), "advice") for alter in sorted(chosen)]
    return ties


def draw_ties_at_follow_up(ties: list[Tie], people: list[Participant], rng: np.random.Generator) -> list[Tie]:
    """Nominations at follow-up: most ties kept (study), advice more than joint work, some new ones (assumption)."""
    kept_share = {"advice": 0.86, "joint_work": 0.74}
    later = []
    for ego in (person for person in people if AFTER in person.waves):
        before = [tie for tie in ties if tie[0] == ego.code]
        later += [tie for tie in before if rng.random() < kept_share[tie[2]]]
        strangers = [p.code for p in people if p is not ego and p.code not in {tie[1] for tie in before}]
        new = rng.choice(strangers, size=int(rng.integers(3)) if before else 3, replace=False)
        later += [(ego.code, str(alter), "advice") for alter in sorted(new)]
    return later


def draw_attendance(cohort: Calibration, people: list[Participant], rng: np.random.Generator) -> list[tuple]:
    """Who came to each meeting of the network: (meeting, day, code)."""
    codes = [person.code for person in people]
    return [
        (number, day.isoformat(), code)
        for number, (day, size) in enumerate(cohort.meetings, start=1)
        for code in sorted(rng.choice(codes, size=size, replace=False))
    ]
