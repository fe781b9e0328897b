"""A chart on the page: its sentence and caption, a picture for a screen and one for a phone, and its data beneath."""

from html import escape

from followup.language import Text
from followup.report import tables
from followup.report.charts.drawing import Drawing

ON_A_PHONE = "screen and (max-width: 600px)"


def html(name: str, chart: Drawing, message: Text, caption: Text, lacking: Text, data: str, language: str) -> str:
    """The figure in one language; `data` is its table as HTML; `message`, and `lacking`, may be empty."""
    above = f'<strong class="message">{escape(message[language])}</strong> ' if message[language] else ""
    beneath = f' <span class="note">{escape(lacking[language])}</span>' if lacking[language] else ""
    return (
        f'<figure class="chart" id="figure-{escape(name)}"><picture>'
        f'<source media="{ON_A_PHONE}" srcset="{chart.narrow}">'
        f'<img src="{chart.address}" alt="{escape(chart.alternative)}"></picture>'
        f'<figcaption>{above}<span class="shows">{escape(caption[language])}</span>{beneath}</figcaption>'
        f'<details class="data"><summary>{escape(tables.DATA_OF_FIGURE[language])}</summary>{data}</details></figure>'
    )
