"""The colours, each with what it stands for: charts, cards and style sheet share them."""

from followup.language import Text

INK, QUIET, LINE = "#1f2933", "#52606d", "#cbd2d9"
LOW, MIDDLE, HIGH = "#b8620a", "#d9dee3", "#14618c"
NOT_HIGH = "#b7a99a"  # low and middle answers together, where too few gave one of them
EARLIER = {
    LOW: "#e3b88a",
    MIDDLE: "#eceff2",
    NOT_HIGH: "#d8cfc6",
    HIGH: "#9fc3d8",
}  # the same answers at programme end, where follow-up stands beneath
VERDICT_COLOURS = {
    "rose": "#14618c",
    "fell": "#b8620a",
    "preserved": "#2f7d4f",
    "inconclusive": "#5f6b77",
    "described": "#5f6b77",
    "narrowed": "#2f7d4f",
    "widened": "#b8620a",
    "cannot_be_told": "#5f6b77",
}
STATUS_COLOURS = {
    "linked": "#14618c",
    "programme_end_only": "#8db9d3",
    "follow_up_only": "#c98a45",
    "neither": "#e3e7eb",
}
DID_NOT_ANSWER = Text("לא השיבו", "did not answer")
