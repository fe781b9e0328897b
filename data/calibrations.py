"""What each synthetic cohort's draws are fitted to: counts, days, levels, shares, invented titles and words.

Each number says where it comes from:
    study        the published abstract of the study of cohort 1 says so
    institute    the institute's public page on that cohort says so
    assumption   ours, chosen so that the report computes what was published, or so that the example is realistic
data/README.md lists them all.
"""

from dataclasses import dataclass, field
from datetime import date

END, AFTER = "programme_end", "follow_up"
HEADQUARTERS, OPERATIONAL, LOCAL_AND_THIRD = "headquarters", "operational", "local_and_third"
LOCAL, GOVERNMENT, THIRD = "local_government", "government", "third_sector"
BY_MINISTRY = {
    "משרד מטה": HEADQUARTERS,
    "משרד ביצוע": OPERATIONAL,
    "שלטון מקומי": LOCAL_AND_THIRD,
    "מגזר שלישי": LOCAL_AND_THIRD,
    "מלכ״ר": LOCAL_AND_THIRD,
}
BY_SECTOR = {"שלטון מקומי": LOCAL, "ממשלה": GOVERNMENT, "חברה אזרחית": THIRD}

# assumption, in every cohort: some statements are easier to agree with than others of their scale
EASIER_BY = {
    "motivation_promote": 0.15, "motivation_weary": -0.20, "self_able": 0.15, "self_colleagues": -0.15,
    "own_processes": 0.10, "own_staff": -0.10, "wider_strategy": -0.15, "wider_units": 0.10,
    "contribution_knowledge": 0.15, "contribution_confidence": -0.10, "sponsor_opportunity": 0.45,
    "sponsor_projects": 0.20, "sponsor_answers": -0.25, "sponsor_cooperation": -0.55,
    "project_applied": -0.10, "project_group": 0.25, "network_advice": 0.15, "network_knowledge": -0.10,
}  # fmt: skip


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
    group_of: dict[str, str]  # the group of each label
    waves: dict[str, tuple[int, int, int]]  # group: participants who answered only the end, only the follow-up, neither
    days: dict[str, tuple[date, date]]  # wave: first and last day of answers
    levels: dict[str, dict[str, tuple[float, float]]]  # scale: group: (level at programme end, change)
    code: str = "DL-{}"  # how a participant's number is written
    first_number: int = 101
    item_change: dict[tuple[str, str], float] = field(default_factory=dict)  # (item, group): beyond its scale's change
    projects: list[Project] = field(default_factory=list)
    stages: dict[str, dict[int, float]] = field(default_factory=dict)  # wave: share at each stage, without projects
    not_asked: tuple[str, ...] = ()  # questions of the codebook that this cohort was not asked
    still_involved: dict[str, int] = field(default_factory=dict)  # respondents by group
    shares: dict[str, dict[int, float]] = field(default_factory=dict)  # question: option: share who tick it
    comments: dict[str, list[str]] = field(default_factory=dict)
    meetings: list[tuple[date, int]] = field(default_factory=list)  # day and number who came
    stranger: str = ""  # somebody nominated who is not on the roster
    interviews: list[tuple[str, ...]] = field(default_factory=list, repr=False)
    item_level: dict[str, float] = field(default_factory=lambda: EASIER_BY)  # item: points above its scale
    person_sd: float = 0.52  # assumption: how far people differ on a scale; gives alpha .7–.9
    shared_part: float = 0.35  # assumption: part of that variance which is common to all scales
    change_sd: float = 0.25  # assumption: how far people differ in their change
    answer_sd: float = 0.42  # assumption: what one answer adds beyond person and item
    silent_lower: float = 0.15  # assumption: those who did not answer later stood this much lower
    missing_cells: dict[str, tuple[int, int]] = field(  # assumption: wave: (left blank, "don't know")
        default_factory=lambda: {END: (5, 4), AFTER: (5, 4)}
    )


def everywhere(end: float, change: float, groups: tuple[str, ...] = (HEADQUARTERS, OPERATIONAL, LOCAL_AND_THIRD)):
    """The same level and change in every group."""
    return dict.fromkeys(groups, (end, change))


COHORT_1 = Calibration(
    seed=26,  # assumption: the first of 1, 2, 3 … with which every check of data/README.md holds
    # study: 39 senior managers from ministries, local government and the third sector; assumption: the split
    organisations={"משרד מטה": 14, "משרד ביצוע": 14, "שלטון מקומי": 8, "מגזר שלישי": 3},
    group_of=BY_MINISTRY,
    # study: 29 of 39 answered the follow-up; assumption: from which groups, and 38 at programme end, 28 in both waves
    waves={HEADQUARTERS: (4, 1, 0), OPERATIONAL: (4, 0, 0), LOCAL_AND_THIRD: (2, 0, 0)},
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
            'שתי הצעות:\n1. מפגש אזורי\n2. רשימת תפוצה, גם "שקטה"',
            "אין הערות.",
        ],
    },
    # study: the leaders' network has met 4 times since the programme ended; assumption: days and attendance
    meetings=[(date(2016, 4, 5), 26), (date(2016, 6, 7), 22), (date(2016, 7, 12), 17), (date(2016, 9, 13), 20)],
    stranger="DL-199",  # assumption
    # study: in-depth interviews with 7 graduates; assumption: every word of the excerpts
    interviews=[
        (
            "E01",
            "I1",
            "motivation",
            "motivation_and_activity",
            "supports",
            "גם אחרי שהתכנית נגמרה לא ירד לי החשק. כל פרויקט קטן שמצליח נותן כוח לבא אחריו.",
            "Even after the programme ended I did not lose the wish to go on. Each small success gives strength.",
        ),
        (
            "E02",
            "I2",
            "wider involvement",
            "motivation_and_activity",
            "supports",
            "פעם הזמינו אותי לישיבות רק כשהיה משבר. היום שואלים אותי כבר בשלב התכנון.",
            "They used to call me in only when there was a crisis. Today I am asked at the planning stage.",
        ),
        (
            "E03",
            "I4",
            "wider involvement",
            "motivation_and_activity",
            "qualifies",
            "אני מעורב יותר, אבל זה תלוי מאוד במי שיושב בהנהלה.",
            "I am more involved, but it depends very much on who sits in management.",
        ),
        (
            "E04",
            "I3",
            "role",
            "gap_between_ministries",
            "supports",
            "במשרד מטה לקח לי זמן להבין מה דיגיטלי בתפקיד שלי. היום זה ברור יותר.",
            "In a headquarters ministry it took me time to see what is digital in my role. Today it is clearer.",
        ),
        (
            "E05",
            "I5",
            "role",
            "gap_between_ministries",
            "supports",
            "התחלנו מאחור ביחס למי שנותן שירות לציבור, ובשנה האחרונה סגרנו חלק מהמרחק.",
            "We started behind those who serve the public directly, and this last year we made up part of the distance.",
        ),
        (
            "E06",
            "I6",
            "role",
            "gap_between_ministries",
            "contradicts",
            "אצלנו במטה עדיין כותבים מדיניות, ואת הדיגיטל עושים אחרים.",
            "At our headquarters we still write policy, and others do the digital part.",
        ),
        (
            "E07",
            "I1",
            "project work",
            "projects",
            "supports",
            "הפרויקט היה תרגיל טוב על הנייר, אבל לא היה לנו זמן לגעת במציאות.",
            "The project was a good exercise on paper, but we had no time to touch reality.",
        ),
        (
            "E08",
            "I7",
            "leaving the project",
            "projects",
            "supports",
            "מי שממשיך היום את הפרויקט הוא צוות אחר. אני שמח שזה חי, גם בלעדיי.",
            "Another team carries the project on today. I am glad that it lives, even without me.",
        ),
        (
            "E09",
            "I4",
            "project work",
            "projects",
            "contradicts",
            "דווקא בפרויקט למדתי הכי הרבה, כי נאלצנו לשכנע אנשים.",
            "It was in the project that I learned most, because we had to convince people.",
        ),
        (
            "E10",
            "I2",
            "help",
            "sponsor",
            "supports",
            "בישראל דיגיטלית פתחו לנו דלת שלא היינו פותחים לבד.",
            "Digital Israel opened a door for us that we would not have opened alone.",
        ),
        (
            "E11",
            "I5",
            "expectations",
            "sponsor",
            "qualifies",
            "ציפינו לליווי גם אחרי ההשקה, והוא לא תמיד הגיע.",
            "We expected support after the launch too, and it did not always come.",
        ),
        (
            "E12",
            "I6",
            "cooperation",
            "sponsor",
            "qualifies",
            "כששלושה משרדים צריכים להסכים על טופס אחד, גם עזרה מבחוץ לא תמיד מספיקה.",
            "When three ministries must agree on one form, even help from outside is not always enough.",
        ),
        (
            "E13",
            "I3",
            "ties",
            "network",
            "supports",
            "יש לי למי להתקשר, וזה חוסך לי שבועות.",
            "I have people to call, and it saves me weeks.",
        ),
        (
            "E14",
            "I7",
            "ties",
            "network",
            "qualifies",
            "הקשרים נשמרו בעיקר עם מי שעבדתי איתו בקבוצה.",
            "The ties were kept mainly with those I worked with in the group.",
        ),
        (
            "E15",
            "I1",
            "future of the network",
            "network",
            "qualifies",
            "בלי נושא חדש בכל מפגש, אנשים יפסיקו להגיע.",
            "Without something new at each meeting, people will stop coming.",
        ),
    ],
)


COHORT_2 = Calibration(
    seed=15,  # assumption: the first of 1, 2, 3 … with which every check of data/README.md holds
    first_number=201,
    # assumption, all of it: the institute published nothing about this cohort; the study of cohort 1 says that it ran
    organisations={"משרד מטה": 13, "משרד ביצוע": 13, "שלטון מקומי": 7, "מלכ״ר": 3},
    group_of=BY_MINISTRY,
    # 31 answered at programme end, 28 at follow-up (one of them under an ID that nobody has), 24 both, one neither
    waves={HEADQUARTERS: (3, 1, 1), OPERATIONAL: (2, 2, 0), LOCAL_AND_THIRD: (2, 1, 0)},
    days={END: (date(2017, 7, 4), date(2017, 7, 12)), AFTER: (date(2018, 4, 8), date(2018, 4, 26))},
    # Programme end: the programme was changed after the study of cohort 1, so headquarters start less far behind, and
    # people think better of the project work. Change: one scale rises, one falls by less than can be told.
    levels={
        "motivation": everywhere(4.05, -0.20),
        "self_perception": {HEADQUARTERS: (3.50, 0.05), OPERATIONAL: (3.80, 0.00), LOCAL_AND_THIRD: (3.65, 0.00)},
        "own_area_activity": {HEADQUARTERS: (3.35, 0.10), OPERATIONAL: (3.85, 0.00), LOCAL_AND_THIRD: (3.75, 0.00)},
        "wider_involvement": everywhere(2.95, 0.45),
        "programme_contribution": everywhere(4.10, 0.00),
        "sponsor_support": everywhere(3.65, -0.15),
        "project_work": everywhere(2.95, 0.00),
        "network_value": everywhere(3.90, 0.00),
    },
    projects=[
        Project("הצהרה דיגיטלית אחת לכמה משרדים", 4, 1, 2, 4),
        Project("דיווח מקוון על מפגעים", 4, 1, 3, 5),
        Project("ספריית טפסים נגישים", 4, 1, 2, 3),
        Project("מעקב אחר פנייה מתחילתה ועד סופה", 4, 1, 2, 4, other_reports=-1),
        Project("לוח משרות אחד לשירות הציבורי", 4, 1, 1, 2),
        Project("רישום מקוון למעונות יום", 4, 0, 3, 5),
        Project("תרגום הודעות לציבור לארבע שפות", 3, 1, 1, 1),
        Project("ניהול מלאי משותף לבתי ספר", 3, 1, 2, 0),
        Project("הזמנת תור למבחן רישוי", 3, 1, 2, 4),
        Project("מדריך דיגיטלי לעולים ולעולות", 3, 0, 1, 3),
    ],
    still_involved={HEADQUARTERS: 4, OPERATIONAL: 4, LOCAL_AND_THIRD: 3},
    shares={
        "project_helped": {1: 0.50, 2: 0.43, 3: 0.46, 4: 0.18, 5: 0.36},
        "project_hindered": {1: 0.39, 2: 0.21, 3: 0.36, 4: 0.50, 5: 0.29, 6: 0.25},
        "network_wishes": {1: 0.75, 2: 0.79, 3: 0.64, 4: 0.50, 5: 0.29},
    },
    comments={
        END: ["היה מצוין, תודה.", "כדאי להקדים את בחירת הפרויקטים.", "חסרו לי דוגמאות מהשלטון המקומי."],
        AFTER: [
            "מפגשים קצרים, בבקשה, ולא בימי חמישי.",
            'שתי בקשות:\n1. רשימה של מי יודע מה\n2. פחות הודעות, יותר מפגשים "אמיתיים"',
            "קבוצת הפרויקט עדיין נפגשת, פעם ברבעון.",
        ],
    },
    meetings=[(date(2017, 10, 17), 24), (date(2017, 12, 12), 19), (date(2018, 2, 20), 21)],
    stranger="DL-299",
)

COHORT_3 = Calibration(
    seed=2,  # assumption: the first of 1, 2, 3 … with which every check of data/README.md holds
    code="{}",
    first_number=3001,
    # institute: 24 managers, most from government, some from local government and civil society; assumption: the split
    organisations={"משרד מטה": 9, "משרד ביצוע": 8, "שלטון מקומי": 4, "מגזר שלישי": 3},
    group_of=BY_MINISTRY,
    # institute: all 24 answered, at the closing meeting; there was no follow-up
    waves={HEADQUARTERS: (9, 0, 0), OPERATIONAL: (8, 0, 0), LOCAL_AND_THIRD: (7, 0, 0)},
    # institute: February – November 2018; assumption: the day of the closing meeting
    days={END: (date(2018, 11, 13), date(2018, 11, 13))},
    # institute: compared with the cohort before it some aspects rose; assumption: which ones, and by how much
    levels={
        "motivation": everywhere(4.10, 0),
        "self_perception": {HEADQUARTERS: (3.90, 0), OPERATIONAL: (4.00, 0), LOCAL_AND_THIRD: (3.95, 0)},
        "own_area_activity": {HEADQUARTERS: (3.85, 0), OPERATIONAL: (4.00, 0), LOCAL_AND_THIRD: (4.00, 0)},
        "wider_involvement": everywhere(3.30, 0),
        "programme_contribution": everywhere(4.30, 0),
        "sponsor_support": everywhere(3.70, 0),
    },
    silent_lower=0,
    stages={END: {1: 0.25, 2: 0.45, 3: 0.25, 4: 0.05}},  # assumption
    comments={END: ["תודה על שנה מלמדת.", "ההנחיה בפרויקט השתפרה מאוד לקראת הסוף.", "אשמח להצטרף לרשת."]},
    missing_cells={END: (4, 6)},
)

LOCAL_3 = Calibration(
    seed=5,  # assumption: the first of 1, 2, 3 … with which every check of data/README.md holds
    # institute: 40 participants, of them 32 from local government, 6 from government and 2 from civil society
    organisations={"שלטון מקומי": 32, "ממשלה": 6, "חברה אזרחית": 2},
    group_of=BY_SECTOR,
    # institute: 25 answered the online questionnaire, 71% of those asked (so 35 were asked); assumption: that this was
    # the follow-up, its days, who they were, that 33 had answered at programme end, and that 21 answered both times
    waves={LOCAL: (9, 3, 2), GOVERNMENT: (2, 1, 1), THIRD: (1, 0, 0)},
    # institute: July 2019 – September 2020; assumption: the days
    days={END: (date(2020, 9, 13), date(2020, 10, 1)), AFTER: (date(2021, 5, 2), date(2021, 5, 20))},
    # assumption: every level and change; none is so large that unlinked waves of this size could tell it from zero
    levels={
        "motivation": everywhere(4.00, -0.15, (LOCAL, GOVERNMENT, THIRD)),
        "self_perception": everywhere(3.60, 0.15, (LOCAL, GOVERNMENT, THIRD)),
        "own_area_activity": everywhere(3.65, 0.15, (LOCAL, GOVERNMENT, THIRD)),
        "wider_involvement": everywhere(3.15, 0.20, (LOCAL, GOVERNMENT, THIRD)),
        "programme_contribution": everywhere(3.95, -0.10, (LOCAL, GOVERNMENT, THIRD)),
        "sponsor_support": everywhere(3.35, -0.20, (LOCAL, GOVERNMENT, THIRD)),
        "project_work": everywhere(3.10, 0.00, (LOCAL, GOVERNMENT, THIRD)),
        "network_value": everywhere(3.70, 0.00, (LOCAL, GOVERNMENT, THIRD)),
    },
    # Which project someone took part in, at what stage it is and whether he or she is still in it would tell who
    # answered: an anonymous questionnaire does not ask.
    not_asked=("project_stage", "still_involved"),
    shares={
        "project_helped": {1: 0.56, 2: 0.28, 3: 0.44, 4: 0.20, 5: 0.40},
        "project_hindered": {1: 0.20, 2: 0.24, 3: 0.52, 4: 0.60, 5: 0.36, 6: 0.20},
        "network_wishes": {1: 0.68, 2: 0.76, 3: 0.72, 4: 0.36, 5: 0.20},
    },
    comments={
        END: ["למרות הקורונה, התכנית התקיימה ברובה. תודה.", "המעבר למפגשים מקוונים היה טוב מהצפוי."],
        AFTER: ["כדאי לחבר אותנו למחזורים אחרים.", "ברשות קטנה אין מי שימשיך את הפרויקט."],
    },
)
