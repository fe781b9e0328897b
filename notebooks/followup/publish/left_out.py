"""What a page leaves out: parts of an executed notebook that had something to show in other studies and have nothing here.

A part is a heading, or a paragraph, with all that stands beneath it. The captions of what had nothing to show are
listed once, at the end of the page.
"""

import re
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

from followup.publish.prose import prose_of

PARAGRAPH = 7  # a text without a heading stands below every heading


def without_empty_parts(cells: Sequence[NotebookNode]) -> list[NotebookNode]:
    """The cells of a part without those parts of it that show nothing; none where nothing of it is left.

    The first cell opens the part: all others stand beneath it. What only computes goes with all that it was computed for.
    """
    if _is_empty(cells):
        return []
    own, *beneath = _parts(cells)
    kept: list[NotebookNode] = []
    gone = False  # what the part under way prepares, where nothing after it shows anything
    for part in reversed(beneath):
        left = without_empty_parts(part)
        gone = not _shows(kept) and (gone or not left)
        kept = kept if gone and _only_prepares(left) else left + kept
    return [own[0], *(cell for cell in own[1:] if cell.outputs or not _marks(cell).nothing), *kept]


def nothing_in(cells: Sequence[NotebookNode]) -> Iterator[str]:
    """The captions, as HTML, of what had nothing to show."""
    for cell in cells:
        yield from _marks(cell).nothing


def without_links_to(left_out: Sequence[str], cells: Sequence[NotebookNode]) -> None:
    """Links of prose to notebooks of which the page shows nothing become plain words."""
    to_one = re.compile(rf"\[([^\]]*)\]\((?:\./)?(?:{'|'.join(map(re.escape, left_out))})\.ipynb[^)]*\)")
    for cell in cells if left_out else ():
        if cell.cell_type == "markdown":
            cell["source"] = to_one.sub(r"\1", cell.source)


def _marks(cell: NotebookNode) -> NotebookNode:
    return cell.metadata.followup


def _is_empty(cells: Sequence[NotebookNode]) -> bool:
    """Whether a part had something to show and shows nothing; a paragraph goes only with what it tells of."""
    if _shows(cells):
        return False
    silent = _level(cells[0]) < PARAGRAPH and any(_marks(cell).silent for cell in cells)
    return silent or any(nothing_in(cells))


def _only_prepares(cells: Sequence[NotebookNode]) -> bool:
    """Whether a part with a heading computes and shows nothing itself: it stands there for what comes after it."""
    computes = any(cell.cell_type == "code" for cell in cells)
    return computes and _level(cells[0]) < PARAGRAPH and not _shows(cells)


def _shows(cells: Sequence[NotebookNode]) -> bool:
    return any(cell.cell_type == "code" and cell.outputs for cell in cells)


def _parts(cells: Sequence[NotebookNode]) -> list[list[NotebookNode]]:
    """The opening text with the code right beneath it, then each part that stands beneath that."""
    parts = [[cells[0]]]
    highest = PARAGRAPH + 1  # of the part under way: what stands lower belongs to it
    for cell in cells[1:]:
        level = _level(cell) if cell.cell_type == "markdown" else None
        if level is not None and (len(parts) == 1 or level <= highest):
            parts.append([cell])
            highest = level
        else:
            parts[-1].append(cell)
    return parts


def _level(cell: NotebookNode) -> int:
    headings = prose_of(cell).headings
    return headings[0].level if headings else PARAGRAPH
