"""Charts and quotations move to the finding that they carry: each stands once, and nothing is lost."""

from bs4 import BeautifulSoup
from followup.publish.settled import settle
from nbformat.v4 import new_code_cell, new_output

CHART = '<figure class="chart" id="figure-levels"><img alt="scores"><figcaption><strong class="message">High.</strong> <span class="shows">The <b>scores</b></span></figcaption></figure>'
MOVED = '<p class="moved">Moved to its finding: <a href="#figure-levels">The <b>scores</b></a></p>'


def finding(name: str, *rooms: str) -> str:
    return f'<section class="finding" id="finding-{name}"><h3>It</h3>{"".join(rooms)}</section>'


def room(kind: str, name: str) -> str:
    return f'<div class="{kind}-of" id="{kind}-of-{name}"></div>'


def quotations(**said: str) -> str:
    """The quotations of some findings, of which `bare` has no link."""
    about = "".join(
        f'<div class="about"><p class="title"><a href="#finding-{name}">It</a></p><figure class="voice">{words}</figure></div>'
        for name, words in said.items()
    )
    return f'<div class="voices" id="voices-excerpts"><p class="caption">Said</p>{about}</div>'


def settled(*shown: str) -> list[list[str]]:
    """What a cell for each of these shows afterwards."""
    cells = [new_code_cell(outputs=[new_output("display_data", {"text/html": html})]) for html in shown]
    settle(cells, "Moved to its finding")
    return [[output["data"]["text/html"] for output in cell.outputs] for cell in cells]


def test_a_chart_moves_to_the_finding_with_room_and_a_line_leads_to_it():
    [[told], [chart]] = settled(finding("a", room("chart", "levels")), CHART)
    assert told == finding("a", CHART)
    assert chart == MOVED


def test_of_two_findings_with_room_for_one_chart_the_first_has_it_and_the_others_room_goes():
    [[first], [second], [chart]] = settled(
        finding("a", room("chart", "levels")), finding("b", room("chart", "levels")), CHART
    )
    assert (first, second, chart) == (finding("a", CHART), finding("b"), MOVED)


def test_a_finding_takes_one_chart_and_leaves_the_next_where_it_stands():
    other = CHART.replace("figure-levels", "figure-ties")
    told, first, second = settled(finding("a", room("chart", "levels"), room("chart", "ties")), CHART, other)
    assert (told, first, second) == ([finding("a", CHART)], [MOVED], [other])


def test_a_chart_that_no_finding_has_room_for_stays():
    assert settled(finding("a", room("chart", "ties")), CHART) == [[finding("a")], [CHART]]
    assert settled(CHART) == [[CHART]]


def test_quotations_move_to_their_findings_and_nothing_is_left_where_they_stood():
    told, voices = settled(finding("a", room("quotes", "a")), quotations(a="We did &lt;it&gt;."))
    assert told == [finding("a", '<figure class="voice">We did &lt;it&gt;.</figure>')]
    assert voices == []


def test_quotations_of_a_finding_that_is_not_on_the_page_stay():
    told, [left] = settled(finding("a", room("quotes", "a")), quotations(a="Of a.", gone="Of another."))
    assert "Of a." in told[0] and "Of another." not in told[0]
    page = BeautifulSoup(left, "html.parser")
    assert [figure.get_text() for figure in page.select("figure")] == ["Of another."]


def test_what_one_finding_was_said_in_two_places_stands_together():
    told, *others = settled(finding("a", room("quotes", "a")), quotations(a="First."), quotations(a="Second."))
    assert [figure.get_text() for figure in BeautifulSoup(told[0], "html.parser").select("figure")] == [
        "First.",
        "Second.",
    ]
    assert others == [[], []]


def test_quotations_of_a_finding_without_room_are_not_lost():
    told, [left] = settled(finding("a"), quotations(a="Of a."))
    assert told == [finding("a")]
    assert "Of a." in left
