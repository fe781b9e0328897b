"""A scale or a statement as the subject of a sentence: its words, and how Hebrew verbs agree with their gender and number."""

from collections.abc import Sequence
from dataclasses import dataclass

from followup import language as lang
from followup.language import Text
from followup.study.codebook import Codebook
from followup.words.verdicts import ITEM_SENTENCES, SENTENCES

VERBS = {  # masculine, feminine, plural
    "rose": ("עלה", "עלתה", "עלו"),
    "fell": ("ירד", "ירדה", "ירדו"),
    "preserved": ("נשמר", "נשמרה", "נשמרו"),
}
FORMS = {"masculine": 0, "feminine": 1, "masculine_plural": 2, "feminine_plural": 2}
PREPOSITIONS = {"about", "across", "among", "as", "at", "between", "by", "for", "from", "in", "of", "on", "that", "to", "towards", "with"}  # fmt: skip
SINGULAR_ENDINGS = ("ss", "us", "is", "ics")  # of English nouns in -s: progress, focus, analysis, statistics
FIRST_LETTER, LAST_LETTER = "\u05d0", "\u05ea"


@dataclass(frozen=True)
class Named:
    """A measure in a sentence: its name, its name as a subject, its gender and number in Hebrew, and, of a scale, the clause
    that completes “most respondents say that …”.
    """

    name: Text
    subject: Text
    form: str
    clause: Text | None = None


def named(codebook: Codebook, measure: str) -> Named:
    """A scale or a statement as it stands in a sentence."""
    if measure in codebook.items:
        said = quoted(codebook.words(measure))
        return Named(
            Text(f"הסכמה להיגד {said.he}", f"agreement with {said.en}"),
            Text(f"ההסכמה להיגד {said.he}", f"agreement with {said.en}"),
            "feminine",
        )
    scale = codebook.scales[measure]
    name = Text(scale.he, lang.within(scale.en))
    subject = Text(scale.in_sentence.he, scale.in_sentence.en) if scale.in_sentence else name
    clause = Text(scale.respondents_say.he, scale.respondents_say.en) if scale.respondents_say else None
    return Named(name, subject, scale.gender or form_of(subject.he), clause)


def form_of(words: str) -> str:
    """The gender and number that the first word of a Hebrew name most often has: abstract nouns in -ut are feminine, and
    -uyot is their plural.
    """
    first = words.split(" ")[0]
    if first.endswith("ים"):
        return "masculine_plural"
    return "feminine_plural" if first.endswith("ויות") else "feminine" if first.endswith(("ה", "ת")) else "masculine"


def is_plural(words: str) -> bool:
    """Whether an English name takes “were”: its noun, the last word before a preposition, ends in a plural -s, or two are
    joined. Promoting something is one thing.
    """
    named = [word.strip(",").lower() for word in words.split()]
    end = next((place for place, word in enumerate(named) if word in PREPOSITIONS), len(named))
    noun = named[:end] or named
    if "and" in noun:
        return True
    verbal = len(noun) > 1 and noun[0].endswith("ing")
    return noun[-1].endswith("s") and not noun[-1].endswith(SINGULAR_ENDINGS) and not verbal


def preserved(subject: Text, several: bool = False, form: str | None = None) -> Text:
    """The Hebrew verb and “was” or “were” for what was preserved: one name, in the gender and number that are known of it or
    that it looks like, or several.
    """
    number = 2 if several else FORMS[form or form_of(subject.he)]
    return Text(VERBS["preserved"][number], "were" if several or is_plural(subject.en) else "was")


def quoted(words: Text) -> Text:
    """Words in the quotation marks of each language."""
    return Text(f"״{words.he}״", f"“{words.en}”")


def prefixed(letter: str, word: str) -> str:
    """A Hebrew word with its one-letter preposition; before figures, quotation marks and Latin letters hyphenated."""
    return letter + ("" if FIRST_LETTER <= word[:1] <= LAST_LETTER else "\u05be") + word


def sentence(kind: str, verdict: str, measures: Sequence[Named], **values: Text) -> Text:
    """One sentence for measures of one kind and verdict; `values` are `among` (of changes), `first` and `second` (of gaps).

    >>> sentence("change", "preserved", [named(codebook, "motivation")], among=Text("", "")).en
    'Motivation to promote digitisation was preserved.'
    """
    clauses = [one.clause for one in measures if one.clause] if kind == "level" else []
    if clauses and len(clauses) == len(measures) and verdict != "divided":
        return respondents_say(verdict, clauses)
    subjects = lang.listed([one.subject for one in measures])
    inside, to = (
        lang.listed([Text(prefixed(letter, one.name.he), one.name.en) for one in measures]) for letter in "בל"
    )
    several = len(measures) > 1
    form = 2 if several else FORMS[measures[0].form]
    was = preserved(measures[0].subject, several, measures[0].form).en
    known = {
        "measures": subjects,
        "Measures": Text(subjects.he, subjects.en[:1].upper() + subjects.en[1:]),
        "in_measures": inside,
        "to_measures": to,
        "verb": Text(VERBS[verdict][form] if verdict in VERBS else "", was),
    }
    return lang.worded(SENTENCES[kind, verdict], known | values)


def respondents_say(verdict: str, clauses: Sequence[Text]) -> Text:
    """How many say something of themselves: “Most respondents say that they lead and that they teach.”"""
    return lang.worded(SENTENCES["said", verdict], {"that": _that(clauses)})


def agreed(verdict: str, items: Sequence[Text]) -> Text:
    """How many agree with some statements, which stand in quotation marks."""
    return lang.worded(ITEM_SENTENCES[verdict], {"items": lang.listed(list(items))})


def _that(clauses: Sequence[Text]) -> Text:
    """ "that they lead and that they teach" """
    he = " ו".join(f"ש{one.he}" for one in clauses)
    return Text(he, " and ".join(f"that {one.en}" for one in clauses))
