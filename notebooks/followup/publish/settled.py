"""Parts of a page that move to the finding that they carry: a chart of the annex, quotations of the interviews.

A finding leaves room for them (`<div class="chart-of" id="chart-of-levels">`, `<div class="quotes-of" id="quotes-of-KEY">`).
Each part stands once on the page; where a chart stood, a line leads to it. Room that nothing takes goes.
"""

import re
from collections.abc import Sequence

from bs4 import BeautifulSoup
from nbformat import NotebookNode

CHART = re.compile(r'<figure class="chart" id="figure-([\w-]+)">')
CAPTION = re.compile(r'<span class="shows">(.*?)</span>', re.DOTALL)  # what the chart shows, without what it says
ROOM = re.compile(r'<div class="(chart|quotes)-of" id="\1-of-([\w-]+)"></div>')
FINDING = '<section class="finding"'


def settle(cells: Sequence[NotebookNode], leads_to: str) -> None:
    """Move charts and quotations to the findings that have room for them; `leads_to` heads the line where a chart stood."""
    findings = [(cell, output) for cell in cells for output in _outputs(cell) if FINDING in _html(output)]
    charts = {
        found[1]: output
        for cell in cells
        for output in _outputs(cell)
        if (found := CHART.match(_html(output).lstrip()))
    }
    rooms = {name for _, output in findings for kind, name in ROOM.findall(_html(output)) if kind == "quotes"}
    quotations = _quotations(cells, rooms)
    for _, output in findings:
        output["data"]["text/html"] = _filled(_html(output), charts, quotations, leads_to)


def _outputs(cell: NotebookNode) -> list:
    return cell.get("outputs", []) if cell.cell_type == "code" else []


def _html(output: dict) -> str:
    return output["data"].get("text/html", "")


def _filled(finding: str, charts: dict[str, dict], quotations: dict[str, str], leads_to: str) -> str:
    """A finding with its quotations, and with the first of its charts that is not yet another's."""
    taken = False

    def part(room: re.Match) -> str:
        nonlocal taken
        kind, name = room.groups()
        if kind == "quotes":
            return quotations.get(name, "")
        if taken or name not in charts:
            return ""
        taken, output = True, charts.pop(name)
        moved = _html(output)
        output["data"]["text/html"] = _line(name, moved, leads_to)
        return moved

    return ROOM.sub(part, finding)


def _line(name: str, moved: str, leads_to: str) -> str:
    caption = CAPTION.search(moved)
    return f'<p class="moved">{leads_to}: <a href="#figure-{name}">{caption[1] if caption else name}</a></p>'


def _quotations(cells: Sequence[NotebookNode], findings: set[str]) -> dict[str, str]:
    """The quotations of each finding that has room for them, taken from where they stood together; others stay there."""
    taken: dict[str, str] = {}
    for cell in cells:
        for output in [output for output in _outputs(cell) if 'class="voices"' in _html(output)]:
            soup = BeautifulSoup(_html(output), "html.parser")
            for about in soup.select(".voices > .about"):
                link = about.select_one(".title a[href]")
                name = link["href"].removeprefix("#finding-") if link else ""
                if name in findings:
                    quotes = "".join(
                        figure.decode(formatter="minimal") for figure in about.find_all("figure", recursive=False)
                    )
                    taken[name] = taken.get(name, "") + quotes
                    about.decompose()
            if soup.select_one(".about"):
                output["data"]["text/html"] = soup.decode(formatter="minimal")
            else:
                cell.outputs.remove(output)
    return taken
