"""The colours, each with what it stands for: charts, cards and the page's style sheet take them from here."""

INK, QUIET, LINE = "#1f2933", "#52606d", "#cbd2d9"
GRID, WITHIN_MARGIN = "#eceff2", "#e2efe7"
LOW, MIDDLE, HIGH = "#b8620a", "#d9dee3", "#14618c"
NOT_HIGH = "#b7a99a"  # low and middle answers together, where too few gave one of them
EARLIER = {  # the same answers in the first of several waves
    LOW: "#e3b88a",
    MIDDLE: "#eceff2",
    NOT_HIGH: "#d8cfc6",
    HIGH: "#9fc3d8",
}
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
ANSWERED, SILENT = HIGH, "#e3e7eb"  # whoever answered every wave, and whoever did not answer
SOME_WAVES = ("#8db9d3", "#c98a45", "#5f9e7a", "#a97fb5", "#d3b65a", "#6f8fa6", "#b56a6a")  # whoever answered some


def shade(colour: str, age: float) -> str:
    """A colour of answers in an earlier wave: paler from the last wave (0) to the first (1)."""
    if age in (0, 1):
        return EARLIER[colour] if age else colour
    ends = [[int(one[place : place + 2], 16) for place in (1, 3, 5)] for one in (colour, EARLIER[colour])]
    return "#" + "".join(f"{round(late + age * (early - late)):02x}" for late, early in zip(*ends, strict=True))


# The small pictures on cards: these stand out from the page in its light and its dark scheme alike.
BLUE, ORANGE, GREY, GREEN = "#2b83b3", "#c26a12", "#87919b", "#3a8f63"

# The page: variables of the style sheet, a row for paper and ink, for what is pointed out, for verdicts and for code.
# fmt: off
ON_LIGHT = (
    {"paper": "#fcfbf8", "card": "#ffffff", "ink": "#1c262f", "muted": "#56616b", "line": "#dcd8cf", "rule": "#1c262f"},
    {"accent": "#0b5071", "tint": "#eef3f4", "banner": "#fbeec6", "banner-ink": "#4a3800", "alarm": "#fbe4de", "alarm-ink": "#74200d"},
    {"rose": "#0d6348", "fell": "#9c3412", "preserved": "#0b5071", "open": "#6a5200", "described": "#56616b"},
    {"code": "#f4f2ec", "keyword": "#7b2d86", "text": "#0d6348", "figure": "#9a3b00", "comment": "#5f6871", "call": "#0b5071"},
)
ON_DARK = (
    {"paper": "#13181d", "card": "#1a2026", "ink": "#e7e4dd", "muted": "#a8b1b9", "line": "#343d46", "rule": "#8b949c"},
    {"accent": "#8fcbe4", "tint": "#1b252c", "banner": "#3b3010", "banner-ink": "#f7e4a6", "alarm": "#45201a", "alarm-ink": "#ffd5ca"},
    {"rose": "#7fd3b2", "fell": "#f5a586", "preserved": "#8fcbe4", "open": "#e3c878", "described": "#a8b1b9"},
    {"code": "#1a2026", "keyword": "#dba3e4", "text": "#7fd3b2", "figure": "#f0b080", "comment": "#98a2ab", "call": "#8fcbe4"},
)
# fmt: on


def variables(rows: tuple[dict[str, str], ...], indent: str) -> str:
    """CSS variables, a line for each row."""
    return "\n".join(indent + " ".join(f"--{name}: {colour};" for name, colour in row.items()) for row in rows)
