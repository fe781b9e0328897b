"""Who stands behind a report, as its pages and its manifest say it: institute, authors, date, how to cite, the programme."""

from collections.abc import Sequence

from followup.language import LANGUAGES, Text, day, listed, numbers_isolated
from followup.study.params import About
from followup.study.wording import Words

PROGRAMME = Text("התכנית", "The programme")
INSTITUTE = Text("המכון", "Institute")
AUTHORS = Text("כתיבה", "Authors")
COMMISSIONED_BY = Text("הוזמן על ידי", "Commissioned by")
PUBLISHED = Text("תאריך", "Date")
CONTACT = Text("ליצירת קשר", "Contact")
CITE = Text("לציטוט", "How to cite")


def rows(about: About, language: str) -> tuple[tuple[str, str], ...]:
    """Label and words of each line that the params have, in one language; none where they have none."""
    told = (
        (PROGRAMME, _text(about.programme)),
        (INSTITUTE, _text(about.institute)),
        (AUTHORS, _authors(about)),
        (COMMISSIONED_BY, _text(about.commissioned_by)),
        (PUBLISHED, day(about.published) if about.published else None),
        (CONTACT, _text(about.contact)),
        (CITE, _text(about.cite)),
    )
    return tuple((label[language], words[language]) for label, words in told if words)


def issued(about: About) -> Text:
    """The line beneath the title: institute and date, whichever there is; "" where there is neither."""
    date = day(about.published) if about.published else None
    whole = Text(*(date[language].replace(" ", "\u00a0") for language in LANGUAGES)) if date else None
    told = [_text(about.institute), whole]
    return Text(*(" · ".join(text[language] for text in told if text) for language in LANGUAGES))


def facts(about: About, languages: Sequence[str]) -> dict:
    """The same for a machine: each line by its key in the params, in these languages; a date as year-month-day."""
    told = {
        "institute": about.institute,
        "authors": _authors(about),
        "commissioned_by": about.commissioned_by,
        "contact": about.contact,
        "cite": about.cite,
        "programme": about.programme,
    }
    found = {key: {language: words[language] for language in languages} for key, words in told.items() if words}
    return found | ({"published": about.published.isoformat()} if about.published else {})


def _text(words: Words | None) -> Text | None:
    return Text(numbers_isolated(words.he), words.en) if words else None


def _authors(about: About) -> Text | None:
    return listed([_text(author) for author in about.authors]) if about.authors else None
