"""The colours, each with what it stands for: charts, cards and the page's style sheet take them from here."""

INK, QUIET, LINE = "#1f2933", "#52606d", "#cbd2d9"
GRID, WITHIN_MARGIN = "#eceff2", "#e2efe7"
LOW, MIDDLE, HIGH = "#b8620a", "#d9dee3", "#14618c"
EARLIER = {LOW: "#e3b88a", MIDDLE: "#eceff2", HIGH: "#9fc3d8"}  # the same answers in the earlier of two waves
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
STATUS_COLOURS = {
    "linked": HIGH,
    "programme_end_only": "#8db9d3",
    "follow_up_only": "#c98a45",
    "neither": "#e3e7eb",
}

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
