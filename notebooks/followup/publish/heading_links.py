"""Links beside the headings of a page: one to the place itself, to be copied, and one to the same place in the other language.

Ids are the same in both languages, so the reader who changes the language keeps the place, without a script.
"""

import re
from html import escape, unescape

from markupsafe import Markup

from followup.language import OTHER_LANGUAGE, Text

HEADING = re.compile(r'<h([23])(?: class="[\w-]+")? id="([^"]+)">(.*?)</h\1>', re.DOTALL)
FINDING = re.compile(r'(<a\b(?=[^>]*\bclass="own-link")[^>]*\bhref="#([^"]+)"[^>]*>#</a>)')
TO_HERE = Text("קישור לכאן", "Link to this place")
SAME_PLACE = Text("אותו מקום", "the same place")  # in the language of the page that is led to


def with_links(html: str, language: str, other_page: str | None, name: str) -> Markup:
    """HTML with links after each heading with an id, and beside each finding's own link.

    `other_page` is the address of the page in the other language, None where there is none; `name` is that language's name.
    Headings of the second level and findings lead to the other language; those of the third have their own link alone.
    """
    html = FINDING.sub(lambda found: found[1] + _elsewhere(found[2], language, other_page, name), html)
    return Markup(HEADING.sub(lambda found: found[0] + _beside(found, language, other_page, name), html))


def _beside(heading: re.Match, language: str, other_page: str | None, name: str) -> str:
    """The links of one heading."""
    level, place, title = heading.groups()
    said = escape(f"{TO_HERE[language]}: {unescape(re.sub('<[^>]*>', '', title)).strip()}")
    elsewhere = _elsewhere(place, language, other_page, name) if level == "2" else ""
    return f'\n<div class="places level-{level}"><a class="own-link" href="#{place}" aria-label="{said}">#</a>{elsewhere}</div>'


def _elsewhere(place: str, language: str, other_page: str | None, name: str) -> str:
    """The link to a place on the page in the other language; its name begins with the words that are seen."""
    if not other_page:
        return ""
    other = OTHER_LANGUAGE[language]
    said = escape(f"{name}: {SAME_PLACE[other]}")
    return (
        f' <a class="other-here" href="{escape(other_page)}#{place}" lang="{other}" hreflang="{other}" '
        f'aria-label="{said}">{escape(name)}</a>'
    )
