"""The colours, each with what it stands for: charts, cards and the page's style sheet take them from here."""

from functools import cache

PAPER, DARK_PAPER = "#fcfbf8", "#13181d"  # the page's ground in its light and in its dark scheme
GROUND = "#ffffff"  # in charts: whatever has the colour of the page, as gaps and letters on dark marks have
INK, QUIET, LINE = "#1f2933", "#52606d", "#cbd2d9"
GRID = "#eceff2"  # lies behind marks
WITHIN_MARGIN, WITHIN_ON_DARK = "#e2efe7", "#1d3b2b"  # behind marks, and green in both schemes: the text says so
LOW, MIDDLE, HIGH = "#a8570a", "#8a929a", "#0d4a6e"  # steps of grey, too: each 1.6 times as dark as the next
SOME_WAVES = ("#4b93bd",)
BETWEEN = SOME_WAVES[0]  # a wave between the first, which is open, and the last, which is full
AXIS = "#77818b"  # zero, and the outline of what is open: who did not answer, earlier waves
VERDICT_COLOURS = {  # in charts; on the page they are the variables of the same name below
    "rose": HIGH,
    "fell": LOW,
    "preserved": "#2f7d4f",
    "inconclusive": "#5f6b77",
    "described": "#5f6b77",
    "narrowed": "#2f7d4f",
    "widened": LOW,
    "cannot_be_told": "#5f6b77",
}
ANSWERED = HIGH  # whoever answered; whoever did not is an outline in the colour of AXIS
MARGIN_EDGE = VERDICT_COLOURS["preserved"]

# Two schemes -----------------------------------------------------------------------------------------------------------

WEIGHTS = (0.2126, 0.7152, 0.0722)


def _light_in(colour: str) -> list[float]:
    """Red, green and blue as amounts of light from 0 to 1 (sRGB)."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def _from_light(parts: list[float]) -> str:
    shown = (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in parts)
    return "#" + "".join(f"{round(255 * min(1, max(0, part))):02x}" for part in shown)


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", from 0 to 1 (WCAG 2.2)."""
    return sum(weight * part for weight, part in zip(WEIGHTS, _light_in(colour), strict=True))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@cache
def on_dark(colour: str) -> str:
    """The colour of the dark scheme that stands out from its ground as this one does from the light one.

    The hue stays, and so does the order of greys: what is darkest on light paper is lightest on dark. What has the
    colour of the ground keeps that.
    """
    if colour in (GROUND, PAPER):
        return DARK_PAPER
    if colour == WITHIN_MARGIN:
        return WITHIN_ON_DARK
    wanted = contrast(colour, PAPER) * (luminance(DARK_PAPER) + 0.05) - 0.05
    parts = _light_in(colour)
    stronger = min(wanted / max(luminance(colour), 1e-4), 1 / max(*parts, 1e-4))
    parts = [part * stronger for part in parts]
    now = sum(weight * part for weight, part in zip(WEIGHTS, parts, strict=True))
    paler = max(0.0, wanted - now) / (1 - now)  # past the brightest of a hue, towards white
    return _from_light([part + paler * (1 - part) for part in parts])


# The small pictures on cards.
BLUE, GREY, GREEN = HIGH, AXIS, MARGIN_EDGE

# The page: variables of the style sheet, a row for paper and ink, for what is pointed out, for verdicts and for code,
# and for the marks of the small pictures.
# fmt: off
ON_LIGHT = (
    {"paper": PAPER, "card": "#ffffff", "ink": "#1c262f", "muted": "#56616b", "line": "#dcd8cf", "rule": "#1c262f"},
    {"accent": "#0b5071", "tint": "#eef3f4", "banner": "#fbeec6", "banner-ink": "#4a3800", "alarm": "#fbe4de", "alarm-ink": "#74200d"},
    {"rose": "#0d6348", "fell": "#9c3412", "preserved": "#0b5071", "open": "#6a5200", "described": "#56616b"},
    {"code": "#f4f2ec", "keyword": "#7b2d86", "text": "#0d6348", "figure": "#9a3b00", "comment": "#5f6871", "call": "#0b5071"},
    {"first": HIGH, "second": LOW},
)
ON_DARK = (
    {"paper": DARK_PAPER, "card": "#1a2026", "ink": "#e7e4dd", "muted": "#a8b1b9", "line": "#343d46", "rule": "#8b949c"},
    {"accent": "#8fcbe4", "tint": "#1b252c", "banner": "#3b3010", "banner-ink": "#f7e4a6", "alarm": "#45201a", "alarm-ink": "#ffd5ca"},
    {"rose": "#7fd3b2", "fell": "#f5a586", "preserved": "#8fcbe4", "open": "#e3c878", "described": "#a8b1b9"},
    {"code": "#1a2026", "keyword": "#dba3e4", "text": "#7fd3b2", "figure": "#f0b080", "comment": "#98a2ab", "call": "#8fcbe4"},
    {"first": on_dark(HIGH), "second": on_dark(LOW)},
)
# fmt: on


def variables(rows: tuple[dict[str, str], ...], indent: str) -> str:
    """CSS variables, a line for each row."""
    return "\n".join(indent + " ".join(f"--{name}: {colour};" for name, colour in row.items()) for row in rows)
