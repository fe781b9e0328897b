"""Synthetic raw exports: `python data/generate.py` writes data/1/, the same bytes on every run.

Nobody's answers are here. The participants' answers were never published, so every answer, tie and excerpt is drawn
or invented; what the published study does state (how many took part, how many answered, which way things moved) is
what the draws are calibrated to. Each number of a calibration says where it comes from:
    study        the published abstract says so
    assumption   ours, chosen so that the report computes what the study found, or so that the example is realistic
data/README.md lists them all. Wordings and labels are read from the codebook, so they stand in one place only.
"""

import csv
import io
import re
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import yaml
from openpyxl import Workbook

ROOT = Path(__file__).resolve().parents[1]
END, AFTER = "programme_end", "follow_up"
HEADQUARTERS, OPERATIONAL, LOCAL_AND_THIRD = "headquarters", "operational", "local_and_third"
GROUP_OF = {
    "משרד מטה": HEADQUARTERS,
    "משרד ביצוע": OPERATIONAL,
    "שלטון מקומי": LOCAL_AND_THIRD,
    "מגזר שלישי": LOCAL_AND_THIRD,
}
RIGHT_TO_LEFT_MARK = "\u200f"
FIXED_MOMENT = (2016, 12, 1, 0, 0, 0)  # stands in every workbook instead of the time of writing


# --- Calibration ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Project:
    """A project: its invented title, members, members silent at follow-up, and its stage (code) in each wave."""

    title: str
    members: int
    silent: int
    stage_at_end: int
    stage_at_follow_up: int
    other_reports: int = 0  # members who report one stage more (if positive) or one less (if negative)


@dataclass(frozen=True)
class Calibration:
    """What one cohort's draws are fitted to. Levels and changes are points on the 1–5 extent scale."""

    seed: int
    organisations: dict[str, int]  # participants by the roster's label
    silent_at_follow_up: dict[str, int]  # participants by group who did not answer the follow-up
    only_at_follow_up: str  # the group of the one who answered the follow-up alone
    days: dict[str, tuple[date, date]]  # first and last day of answers
    levels: dict[str, dict[str, tuple[float, float]]]  # scale: group: (level at programme end, change)
    item_level: dict[str, float]  # item: points above its scale
    item_change: dict[tuple[str, str], float]  # (item, group): change beyond that of its scale
    projects: list[Project]
    still_involved: dict[str, int]  # respondents by group
    shares: dict[str, dict[int, float]]  # question: option code: share of respondents who tick it
    comments: dict[str, list[str]]
    meetings: list[tuple[date, int]]  # day and number who came
    interviews: list[tuple[str, ...]] = field(repr=False)
    person_sd: float = 0.52  # assumption: how far people differ on a scale; gives alpha .7–.9
    shared_part: float = 0.35  # assumption: part of that variance which is common to all scales
    change_sd: float = 0.25  # assumption: how far people differ in their change
    answer_sd: float = 0.42  # assumption: what one answer adds beyond person and item
    silent_lower: float = 0.15  # assumption: those who later did not answer stood this much lower
    missing_cells: dict[str, tuple[int, int]] = field(  # assumption: wave: (left blank, "don't know")
        default_factory=lambda: {END: (5, 4), AFTER: (5, 4)}
    )


def everywhere(end: float, change: float) -> dict[str, tuple[float, float]]:
    """The same level and change in every group."""
    return dict.fromkeys((HEADQUARTERS, OPERATIONAL, LOCAL_AND_THIRD), (end, change))


COHORT_1 = Calibration(
    seed=26,  # assumption: the first of 1, 2, 3 … with which every check of data/README.md holds
    # study: 39 senior managers from ministries, local government and the third sector; assumption: the split
    organisations={"משרד מטה": 14, "משרד ביצוע": 14, "שלטון מקומי": 8, "מגזר שלישי": 3},
    # study: 29 of 39 answered the follow-up; assumption: from which groups, and 38 at programme end, 28 in both waves
    silent_at_follow_up={HEADQUARTERS: 4, OPERATIONAL: 4, LOCAL_AND_THIRD: 2},
    only_at_follow_up=HEADQUARTERS,
    # study: the programme ended in February 2016, the follow-up was in November 2016; assumption: the days
    days={END: (date(2016, 2, 23), date(2016, 3, 8)), AFTER: (date(2016, 11, 6), date(2016, 11, 27))},
    # The directions come from the study, the points are assumptions.
    levels={
        # study: motivation preserved
        "motivation": everywhere(4.05, -0.05),
        # study: self-perception preserved; the gap of headquarters behind operational ministries narrowed
        "self_perception": {HEADQUARTERS: (3.10, 0.40), OPERATIONAL: (3.65, -0.05), LOCAL_AND_THIRD: (3.55, -0.05)},
        # study: graduates go on promoting digitisation in their own area; the same gap narrowed
        "own_area_activity": {HEADQUARTERS: (2.90, 0.75), OPERATIONAL: (3.75, 0.00), LOCAL_AND_THIRD: (3.70, 0.00)},
        # study: wider involvement rose
        "wider_involvement": {HEADQUARTERS: (2.70, 0.55), OPERATIONAL: (3.00, 0.50), LOCAL_AND_THIRD: (2.90, 0.50)},
        # study: they say that taking part contributed to it
        "programme_contribution": everywhere(4.05, 0.00),
        # study: Digital Israel is credited with helping the projects along
        "sponsor_support": everywhere(3.75, 0.00),
        # study: dissatisfied with the project work and with how it helped to apply what was learned
        "project_work": everywhere(2.40, 0.00),
        # study: the ties contributed to graduates' work
        "network_value": everywhere(3.95, 0.00),
    },
    # assumption: some statements are easier to agree with than others
    item_level={
        "motivation_promote": 0.15, "motivation_weary": -0.20, "self_able": 0.15, "self_colleagues": -0.15,
        "own_processes": 0.10, "own_staff": -0.10, "wider_strategy": -0.15, "wider_units": 0.10,
        "contribution_knowledge": 0.15, "contribution_confidence": -0.10, "sponsor_opportunity": 0.45,
        "sponsor_projects": 0.20, "sponsor_answers": -0.25, "sponsor_cooperation": -0.55,
        "project_applied": -0.10, "project_group": 0.25, "network_advice": 0.15, "network_knowledge": -0.10,
    },
    # study: among operational ministries agreement with this statement fell; assumption: by how much
    item_change={("sponsor_opportunity", OPERATIONAL): -1.10},
    # study: projects in small groups; about half now in advanced stages. assumption: 11 projects, their stages, that
    # nobody of one project answered, and that members of two projects disagree about its stage
    projects=[
        Project("טופס מקוון אחד לפתיחת עסק", 4, 1, 3, 5),
        Project("תיאום תורים ללשכות שירות", 4, 1, 2, 4),
        Project("מפה פתוחה של מתקנים ציבוריים", 4, 2, 2, 3, other_reports=1),
        Project("תשלום מקוון של היטלים", 4, 1, 3, 5),
        Project("התראות אישיות על מועדי חידוש", 3, 0, 1, 2),
        Project("אישורים דיגיטליים במקום נייר", 4, 0, 2, 4, other_reports=-1),
        Project("שיתוף נתונים בין יחידות רווחה", 4, 1, 1, 0),
        Project("ערכת הדרכה דיגיטלית לעובדים", 3, 0, 2, 4),
        Project("ארכיון תכניות בנייה סרוק", 3, 3, 1, 1),
        Project("משוב תושבים אחרי קבלת שירות", 3, 1, 1, 3),
        Project("לוח מחוונים למנהלי מחוזות", 3, 0, 2, 2),
    ],
    # study: most graduates are no longer involved in their project; assumption: 9 of 29 are
    still_involved={HEADQUARTERS: 3, OPERATIONAL: 3, LOCAL_AND_THIRD: 3},
    # study: some credit Digital Israel, some point to cooperation between ministries and to help that did not come;
    # keeping up ties, peer learning and new developments are what graduates want. assumption: all shares
    shares={
        "project_helped": {1: 0.45, 2: 0.52, 3: 0.38, 4: 0.14, 5: 0.31},
        "project_hindered": {1: 0.48, 2: 0.34, 3: 0.31, 4: 0.55, 5: 0.24, 6: 0.21},
        "network_wishes": {1: 0.79, 2: 0.72, 3: 0.69, 4: 0.41, 5: 0.24},
    },
    comments={  # assumption: invented
        END: [
            "תודה על התכנית, היה מעניין.",
            "כדאי להוסיף ימי למידה בשטח, ופחות הרצאות.",
            "הלו״ז היה צפוף.",
        ],
        AFTER: [
            "אשמח למפגשים קצרים יותר, אולי בבוקר.",
            "חסר לי מקום אחד שבו מרוכזים כל החומרים.",
            "שתי הצעות:\n1. מפגש אזורי\n2. רשימת תפוצה, גם \"שקטה\"",
            "אין הערות.",
        ],
    },
    # study: the leaders' network has met 4 times since the programme ended; assumption: days and attendance
    meetings=[(date(2016, 4, 5), 26), (date(2016, 6, 7), 22), (date(2016, 7, 12), 17), (date(2016, 9, 13), 20)],
    # study: in-depth interviews with 7 graduates; assumption: every word of the excerpts
    interviews=[
        ("E01", "I1", "motivation", "motivation_and_activity", "supports",
         "גם אחרי שהתכנית נגמרה לא ירד לי החשק. כל פרויקט קטן שמצליח נותן כוח לבא אחריו.",
         "Even after the programme ended I did not lose the wish to go on. Each small success gives strength."),
        ("E02", "I2", "wider involvement", "motivation_and_activity", "supports",
         "פעם הזמינו אותי לישיבות רק כשהיה משבר. היום שואלים אותי כבר בשלב התכנון.",
         "They used to call me in only when there was a crisis. Today I am asked at the planning stage."),
        ("E03", "I4", "wider involvement", "motivation_and_activity", "qualifies",
         "אני מעורב יותר, אבל זה תלוי מאוד במי שיושב בהנהלה.",
         "I am more involved, but it depends very much on who sits in management."),
        ("E04", "I3", "role", "gap_between_ministries", "supports",
         "במשרד מטה לקח לי זמן להבין מה דיגיטלי בתפקיד שלי. היום זה ברור יותר.",
         "In a headquarters ministry it took me time to see what is digital in my role. Today it is clearer."),
        ("E05", "I5", "role", "gap_between_ministries", "supports",
         "התחלנו מאחור ביחס למי שנותן שירות לציבור, ובשנה האחרונה סגרנו חלק מהמרחק.",
         "We started behind those who serve the public directly, and this last year we made up part of the distance."),
        ("E06", "I6", "role", "gap_between_ministries", "contradicts",
         "אצלנו במטה עדיין כותבים מדיניות, ואת הדיגיטל עושים אחרים.",
         "At our headquarters we still write policy, and others do the digital part."),
        ("E07", "I1", "project work", "projects", "supports",
         "הפרויקט היה תרגיל טוב על הנייר, אבל לא היה לנו זמן לגעת במציאות.",
         "The project was a good exercise on paper, but we had no time to touch reality."),
        ("E08", "I7", "leaving the project", "projects", "supports",
         "מי שממשיך היום את הפרויקט הוא צוות אחר. אני שמח שזה חי, גם בלעדיי.",
         "Another team carries the project on today. I am glad that it lives, even without me."),
        ("E09", "I4", "project work", "projects", "contradicts",
         "דווקא בפרויקט למדתי הכי הרבה, כי נאלצנו לשכנע אנשים.",
         "It was in the project that I learned most, because we had to convince people."),
        ("E10", "I2", "help", "sponsor", "supports",
         "בישראל דיגיטלית פתחו לנו דלת שלא היינו פותחים לבד.",
         "Digital Israel opened a door for us that we would not have opened alone."),
        ("E11", "I5", "expectations", "sponsor", "qualifies",
         "ציפינו לליווי גם אחרי ההשקה, והוא לא תמיד הגיע.",
         "We expected support after the launch too, and it did not always come."),
        ("E12", "I6", "cooperation", "sponsor", "qualifies",
         "כששלושה משרדים צריכים להסכים על טופס אחד, גם עזרה מבחוץ לא תמיד מספיקה.",
         "When three ministries must agree on one form, even help from outside is not always enough."),
        ("E13", "I3", "ties", "network", "supports",
         "יש לי למי להתקשר, וזה חוסך לי שבועות.",
         "I have people to call, and it saves me weeks."),
        ("E14", "I7", "ties", "network", "supports",
         "הקשרים נשמרו בעיקר עם מי שעבדתי איתו בקבוצה.",
         "The ties were kept mainly with those I worked with in the group."),
        ("E15", "I1", "future of the network", "network", "qualifies",
         "בלי נושא חדש בכל מפגש, אנשים יפסיקו להגיע.",
         "Without something new at each meeting, people will stop coming."),
    ],
)


# --- Chance ------------------------------------------------------------------------------------------------------

Draws = dict[str, np.random.Generator]
PARTS = ("people", "statements", "missing", "questions", "moments", "network")  # add new ones at the end


def draws_of(cohort: Calibration) -> Draws:
    """A stream of random numbers for each part, so that a change in one part leaves the others as they were."""
    seeds = np.random.SeedSequence(cohort.seed).spawn(len(PARTS))
    return {part: np.random.default_rng(seed) for part, seed in zip(PARTS, seeds, strict=True)}


# --- People -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Participant:
    """A made-up participant: place on the roster, kind of organisation, project, and the waves answered."""

    number: int
    organisation: str
    seniority: str
    project: int
    waves: tuple[str, ...]

    @property
    def code(self) -> str:
        """The participant's ID, as the roster and the exports write it."""
        return f"DL-{100 + self.number}"

    @property
    def group(self) -> str:
        """The codebook's group of this kind of organisation."""
        return GROUP_OF[self.organisation]

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
    waves = draw_waves(cohort, [GROUP_OF[label] for label in organisations], rng)
    projects = draw_membership(cohort, [AFTER in answered for answered in waves], rng)
    bands = [group["labels"][0] for group in codebook["traits"]["seniority"]["groups"].values()]
    seniority = rng.choice(bands, size=len(labels), p=[0.25, 0.40, 0.35])  # assumption
    return [
        Participant(place + 1, organisations[place], str(seniority[place]), projects[place], waves[place])
        for place in range(len(labels))
    ]


def draw_waves(cohort: Calibration, groups: list[str], rng: np.random.Generator) -> list[tuple[str, ...]]:
    """The waves each participant answers: both, the first only, or (one participant) the second only."""
    waves: list[tuple[str, ...]] = [(END, AFTER)] * len(groups)
    for group, silent in cohort.silent_at_follow_up.items():
        places = rng.permutation([place for place, name in enumerate(groups) if name == group])
        for place in places[:silent]:
            waves[place] = (END,)
        if group == cohort.only_at_follow_up:
            waves[places[silent]] = (AFTER,)
    return waves


def draw_membership(cohort: Calibration, answers_later: list[bool], rng: np.random.Generator) -> list[int]:
    """The project (by place) of each participant, with as many silent members in each as the calibration says."""
    silent = list(rng.permutation([place for place, later in enumerate(answers_later) if not later]))
    heard = list(rng.permutation([place for place, later in enumerate(answers_later) if later]))
    member_of = {}
    for number, project in enumerate(cohort.projects):
        members = [silent.pop() for _ in range(project.silent)]
        members += [heard.pop() for _ in range(project.members - project.silent)]
        member_of |= dict.fromkeys(members, number)
    assert not silent and not heard, "the projects' members must add up to the roster"
    return [member_of[place] for place in range(len(answers_later))]


# --- Statements on the extent scale -------------------------------------------------------------------------------


def centred(draws: np.ndarray, people: list[Participant]) -> np.ndarray:
    """Draws with mean 0 among each group's linked participants, so that a group shows its calibrated level."""
    balanced = draws.copy()
    for group in dict.fromkeys(person.group for person in people):
        members = [place for place, person in enumerate(people) if person.group == group]
        linked = [place for place in members if people[place].linked]
        balanced[members] -= draws[linked].mean(axis=0)
    return balanced


def draw_scales(cohort: Calibration, codebook: dict, people: list[Participant], rng: np.random.Generator) -> dict:
    """Answers to every statement: {wave: {item: [code for each participant]}}, as typed (reverse-coded ones too)."""
    answers: dict[str, dict[str, list[int]]] = {END: {}, AFTER: {}}
    shared = rng.standard_normal(len(people))
    for scale, about in codebook["scales"].items():
        own = rng.standard_normal(len(people))
        mixed = np.sqrt(cohort.shared_part) * shared + np.sqrt(1 - cohort.shared_part) * own
        person = cohort.person_sd * centred(mixed, people)
        moved = cohort.change_sd * centred(rng.standard_normal(len(people)), people)
        for item, statement in about["items"].items():
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
    """Cells without an answer: {(wave, item, place): "" or the "don't know" label}; at most one a group and item."""
    dont_know = codebook["option_sets"]["extent"]["missing"][0]["he"]
    kept_whole = {item for item, _ in cohort.item_change}
    used, cells = set(), {}
    for wave, (blank, unknown) in cohort.missing_cells.items():
        items = [item for item in statements_of(wave, codebook) if item not in kept_whole]
        cells_asked = [(item, place) for item in range(len(items)) for place in answered_in(wave, people)]
        candidates = iter(rng.permutation(cells_asked))
        for written in [""] * blank + [dont_know] * unknown:
            item, place = next((i, p) for i, p in candidates if (items[i], people[p].group) not in used)
            used.add((items[item], people[place].group))
            cells[wave, items[item], int(place)] = written
    return cells


# --- Other questions ----------------------------------------------------------------------------------------------


def stage_reports(cohort: Calibration, people: list[Participant], wave: str) -> list[int]:
    """The stage (code) that each participant reports; at follow-up the reports on two projects conflict."""
    reports = [0] * len(people)
    for number, project in enumerate(cohort.projects):
        true_stage = project.stage_at_end if wave == END else project.stage_at_follow_up
        members = [place for place, p in enumerate(people) if p.project == number]
        others = [place for place in answered_in(AFTER, people) if place in members][: abs(project.other_reports)]
        for place in members:
            differs = wave == AFTER and place in others
            reports[place] = true_stage + (int(np.sign(project.other_reports)) if differs else 0)
    return reports


def draw_involvement(cohort: Calibration, people: list[Participant], rng: np.random.Generator) -> list[int]:
    """1 for those still involved in their project, 0 for the others; as many of each group as calibrated."""
    involved = [0] * len(people)
    for group, count in cohort.still_involved.items():
        answered = [place for place in answered_in(AFTER, people) if people[place].group == group]
        for place in rng.choice(answered, size=count, replace=False):
            involved[place] = 1
    return involved


def draw_ticks(shares: dict[int, float], none: int, wave: str, people: list[Participant], rng) -> list[list[int]]:
    """Option codes that each participant ticks: each option by its share of respondents, `none` where nothing else."""
    answered = answered_in(wave, people)
    ticks: list[list[int]] = [[] for _ in people]
    for code, share in shares.items():
        for place in rng.choice(answered, size=round(share * len(answered)), replace=False):
            ticks[place].append(code)
    return [sorted(codes) or [none] for codes in ticks]


def draw_comments(comments: list[str], wave: str, people: list[Participant], rng: np.random.Generator) -> list[str]:
    """The invented comments, given to some of those who answered."""
    written = [""] * len(people)
    writers = rng.choice(answered_in(wave, people), size=len(comments), replace=False)
    for place, comment in zip(writers, comments, strict=True):
        written[place] = comment
    return written


# --- The two exports ----------------------------------------------------------------------------------------------


def option_labels(codebook: dict, options: str) -> dict[int, str]:
    """Hebrew labels of an option set by code."""
    return {option["code"]: option["he"] for option in codebook["option_sets"][options]["options"]}


def statements_of(wave: str, codebook: dict) -> dict[str, dict]:
    """Statements that a wave asks, by key, in the questionnaire's order, each with its option set."""
    return {
        item: {**words, "options": scale["options"]}
        for scale in codebook["scales"].values()
        for item, words in scale["items"].items()
        if wave in words.get("waves", (END, AFTER))
    }


def asked_in(wave: str, codebook: dict) -> dict[str, dict]:
    """Statements, then other questions, that a wave asks, by key."""
    questions = {key: q for key, q in codebook["questions"].items() if wave in q.get("waves", (END, AFTER))}
    return statements_of(wave, codebook) | questions


def draw_columns(cohort: Calibration, codebook: dict, people: list[Participant], draws: Draws) -> dict:
    """What every participant would write: {wave: {key: [text for each participant]}}."""
    codes = draw_scales(cohort, codebook, people, draws["statements"])
    codes[AFTER]["still_involved"] = draw_involvement(cohort, people, draws["questions"])
    columns: dict[str, dict[str, list[str]]] = {}
    for wave in (END, AFTER):
        codes[wave]["project_stage"] = stage_reports(cohort, people, wave)
        columns[wave] = {
            key: written_column(cohort, codebook, people, wave, key, codes[wave], draws["questions"])
            for key in asked_in(wave, codebook)
        }
    for (wave, item, place), written in draw_missing(cohort, codebook, people, draws["missing"]).items():
        columns[wave][item][place] = written
    return columns


def written_column(
    cohort: Calibration, codebook: dict, people: list[Participant], wave: str, key: str, codes: dict, rng
) -> list[str]:
    """One column as written: labels of the drawn codes, labels of the ticked options joined by ";", or comments."""
    question = asked_in(wave, codebook)[key]
    if question.get("kind") == "text":
        return draw_comments(cohort.comments[wave], wave, people, rng)
    labels = option_labels(codebook, question["options"])
    if question.get("kind") == "many":
        ticked = draw_ticks(cohort.shares[key], max(labels), wave, people, rng)
        return [";".join(labels[code] for code in ticks) for ticks in ticked]
    return [labels[code] for code in codes[key]]


Row = dict[str, object]


def draw_submissions(
    cohort: Calibration, wave: str, columns: dict, people: list[Participant], rng: np.random.Generator
) -> list[Row]:
    """One submission for each participant who answered the wave, in the order in which they came in."""
    first, last = cohort.days[wave]
    answered = answered_in(wave, people)
    moments = sorted(draw_moment(first, last, rng) for _ in answered)
    return [
        {"submitted": moment, "participant": people[place].code} | {key: texts[place] for key, texts in columns.items()}
        for moment, place in zip(moments, rng.permutation(answered), strict=True)
    ]


def draw_moment(first: date, last: date, rng: np.random.Generator) -> datetime:
    """A moment between 7:00 and 22:00 on a working day (Sunday to Thursday) from `first` to `last`."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    working = [day for day in days if day.weekday() not in (4, 5)]
    day = working[int(rng.integers(len(working)))]
    return datetime(day.year, day.month, day.day, 7) + timedelta(seconds=int(rng.integers(15 * 3600)))


def timestamp(moment: datetime) -> str:
    """A moment as Google Forms writes it: 2016/02/24 9:15:24 AM GMT+2 (both waves fall in winter time)."""
    return f"{moment:%Y/%m/%d} {moment.hour % 12 or 12}:{moment:%M:%S %p} GMT+2"


def write_google_forms(path: Path, headings: dict[str, str], rows: Iterable[Row | None]) -> None:
    """An export as Google Forms writes it: every cell in quotes, UTF-8; `None` is a blank row."""
    with path.open("w", encoding="utf-8", newline="") as export:
        writer = csv.writer(export, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(headings.values())
        for row in rows:
            texts = {} if row is None else row | {"submitted": timestamp(row["submitted"])}
            writer.writerow(texts.get(key, "") for key in headings)


def headings_of(wave: str, codebook: dict) -> dict[str, str]:
    """Column headings of an export by key: time, code, then every wording in full."""
    first = {"submitted": codebook["submitted_headings"][0], "participant": codebook["respondent_headings"][0]}
    return first | {key: asked["he"] for key, asked in asked_in(wave, codebook).items()}


# --- The mess that real exports hold (data/README.md says where each piece is) ----------------------------------------


def preview_submission(row: Row, codebook: dict) -> Row:
    """What someone typed who tried the form out before it was sent: ID TEST, the same answer throughout."""
    labels = option_labels(codebook, "extent").values()
    same_answer = {key: "במידה רבה" for key, text in row.items() if text in labels}
    before = row["submitted"] - timedelta(days=2)
    return row | same_answer | {"submitted": before, "participant": "TEST", "comments": ""}


def earlier_submission(row: Row, codebook: dict) -> Row:
    """A first submission, three hours before the one that counts, one option lower wherever that can be."""
    labels = list(option_labels(codebook, "extent").values())
    lower = {key: labels[max(labels.index(text) - 1, 0)] for key, text in row.items() if text in labels}
    return row | lower | {"submitted": row["submitted"] - timedelta(hours=3), "comments": ""}


def respell(rows: list[Row], key: str, old: str, new: str) -> None:
    """Write `new` for `old` in the first submission whose cell in the column `key` is `old`."""
    next(row for row in rows if row[key] == old)[key] = new


Headings = dict[str, str]


def messy_programme_end(rows: list[Row], headings: Headings, codebook: dict) -> tuple[list[Row | None], Headings]:
    """The export with a preview, a blank row, an ID in lower case, a direction mark and a heading on two lines."""
    respell(rows, "participant", "DL-117", "dl-117")
    respell(rows, "motivation_future", "במידה רבה", "במידה רבה" + RIGHT_TO_LEFT_MARK)
    broken = {"self_others_role": headings["self_others_role"].replace("של אחרים", "של\nאחרים")}
    return [preview_submission(rows[0], codebook), *rows[:20], None, *rows[20:]], headings | broken


def messy_follow_up(rows: list[Row], headings: Headings, codebook: dict) -> tuple[list[Row], Headings]:
    """The export with a participant who answered twice, an ID with stray spaces, and another spelling of a label."""
    earlier = earlier_submission(rows[12], codebook)
    rows[4]["participant"] = f" {rows[4]['participant']}  "
    respell(rows, "contribution_tools", "במידה רבה מאוד", "במידה רבה מאד")
    return sorted([*rows, earlier], key=lambda row: row["submitted"]), headings


# --- Roster, projects, network, interviews --------------------------------------------------------------------------


def write_roster(path: Path, people: list[Participant]) -> None:
    """The roster as a workbook; names are obvious placeholders, addresses lead nowhere (example.org)."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "משתתפים"
    sheet.sheet_view.rightToLeft = True
    sheet.append(["מספר משתתף", "שם", "דוא\"ל", "סוג ארגון", "ותק ניהולי"])
    for person in people:
        name = f"{('משתתף', 'משתתפת')[person.number % 2]} לדוגמה {person.number:02}"
        address = f"participant{person.number:02}@example.org"
        sheet.append([person.code, name, address, person.organisation, person.seniority])
    save_workbook(path, workbook)


def save_workbook(path: Path, workbook: Workbook) -> None:
    """Save with the same bytes on every run: fixed dates inside and outside, nothing compressed."""
    written = io.BytesIO()
    workbook.save(written)
    moment = f"{datetime(*FIXED_MOMENT).isoformat()}Z".encode()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as fixed:
        for name in sorted(parts.namelist()):
            content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", moment, parts.read(name))
            fixed.writestr(zipfile.ZipInfo(name, FIXED_MOMENT), content)


def write_table(path: Path, headings: list[str], rows: Iterable[Iterable]) -> None:
    """A plain CSV in UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as table:
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)


def project_code(number: int) -> str:
    """P01 for the first project."""
    return f"P{number + 1:02}"


def write_projects(folder: Path, cohort: Calibration, people: list[Participant]) -> None:
    """The projects' titles and members; their stages stand in the questionnaires."""
    titles = [(project_code(number), project.title) for number, project in enumerate(cohort.projects)]
    write_table(folder / "projects.csv", ["project", "title"], titles)
    members = sorted((project_code(person.project), person.code) for person in people)
    write_table(folder / "project_members.csv", ["project", "participant"], members)


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


def write_network(folder: Path, cohort: Calibration, people: list[Participant], rng: np.random.Generator) -> None:
    """Nominations of both waves, two of them impossible, and who came to each meeting of the network."""
    at_end = draw_ties_at_end(people, rng)
    later = draw_ties_at_follow_up(at_end, people, rng)
    at_end.insert(30, (at_end[30][0], "DL-199", "advice"))  # nobody on the roster
    later.insert(20, (later[20][0], later[20][0], "advice"))  # names himself or herself
    rows = [(wave, *tie) for wave, ties in ((END, at_end), (AFTER, later)) for tie in ties]
    write_table(folder / "network.csv", ["wave", "from", "to", "kind"], rows)
    codes = [person.code for person in people]
    came = [
        (number, day.isoformat(), code)
        for number, (day, size) in enumerate(cohort.meetings, start=1)
        for code in sorted(rng.choice(codes, size=size, replace=False))
    ]
    write_table(folder / "meetings.csv", ["meeting", "date", "participant"], came)


def write_interviews(folder: Path, cohort: Calibration) -> None:
    """Coded excerpts of the interviews, invented in both languages."""
    headings = ["excerpt", "interview", "theme", "finding", "stance", "excerpt_he", "excerpt_en"]
    write_table(folder / "interviews.csv", headings, cohort.interviews)


# --- A cohort, whole --------------------------------------------------------------------------------------------------


def read_codebook(name: str) -> dict:
    """A codebook as it stands in params/questionnaires/."""
    return yaml.safe_load((ROOT / "params" / "questionnaires" / f"{name}.yaml").read_text(encoding="utf-8"))


def generate_cohort_1(folder: Path, cohort: Calibration = COHORT_1) -> None:
    """Write every raw file of cohort 1 into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    codebook, draws = read_codebook("digital_leaders"), draws_of(cohort)
    people = draw_participants(cohort, codebook, draws["people"])
    columns = draw_columns(cohort, codebook, people, draws)
    for wave, messy in ((END, messy_programme_end), (AFTER, messy_follow_up)):
        submissions = draw_submissions(cohort, wave, columns[wave], people, draws["moments"])
        rows, headings = messy(submissions, headings_of(wave, codebook), codebook)
        write_google_forms(folder / f"{wave}.csv", headings, rows)
    write_roster(folder / "roster.xlsx", people)
    write_projects(folder, cohort, people)
    write_network(folder, cohort, people, draws["network"])
    write_interviews(folder, cohort)


GENERATORS = {"1": generate_cohort_1}


def generate(folder: Path) -> None:
    """Write the raw exports of every synthetic cohort, each into its own folder under `folder`."""
    for name, generate_cohort in GENERATORS.items():
        generate_cohort(folder / name)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
