"""Each heading with a link of its own, and one to the same place in the other language."""

import pytest
from bs4 import BeautifulSoup
from followup.publish.heading_links import with_links

SECTION = (
    '<h2 id="03-1">What <em>changed</em> &amp; why?</h2><p>Text</p><h3 id="03-2">Gaps</h3><h4 id="03-3">Small</h4>'
)
FINDING = '<section id="finding-a"><h3>It rose.</h3><p><a class="own-link" href="#finding-a" aria-label="This finding">#</a></p></section>'


def links(html: str, other: str | None = "report.he.html") -> list[tuple[str, str, str]]:
    soup = BeautifulSoup(with_links(html, "en", other, "עברית"), "html.parser")
    return [(link["href"], link.get_text(), link["aria-label"]) for link in soup.find_all("a")]


def test_a_section_has_its_own_link_and_one_to_the_other_language_a_heading_in_it_its_own():
    assert links(SECTION) == [
        ("#03-1", "#", "Link to this place: What changed & why?"),
        ("report.he.html#03-1", "עברית", "עברית: אותו מקום"),
        ("#03-2", "#", "Link to this place: Gaps"),
    ]


def test_a_finding_keeps_its_own_link_and_leads_to_itself_in_the_other_language():
    assert links(FINDING) == [
        ("#finding-a", "#", "This finding"),
        ("report.he.html#finding-a", "עברית", "עברית: אותו מקום"),
    ]


@pytest.mark.parametrize("html", [SECTION, FINDING])
def test_a_study_in_one_language_has_no_link_to_another(html):
    assert all(address.startswith("#") for address, _, _ in links(html, None))


def test_the_headings_themselves_stay_as_they_are():
    assert '<h2 id="03-1">What <em>changed</em> &amp; why?</h2>' in with_links(SECTION, "en", None, "")
