"""The # headings of a prose cell: each one level lower on the page, and its first under another title."""

import re


def shifted(source: str) -> tuple[str, list[int]]:
    """Markdown with each # heading one level lower, and the new levels; code between fences stays as it is."""
    lines, levels, fenced = [], [], False
    for line in source.split("\n"):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if not fenced and (heading := re.match(r" {0,3}(#{1,6})(?=\s|$)", line)):
            levels.append(min(len(heading[1]) + 1, 6))
            line = "#" * levels[-1] + line[heading.end() :]
        lines.append(line)
    return "\n".join(lines), levels


def titled(source: str, title: str) -> str:
    """Markdown whose first # heading is `title`; without a # heading, or a title, as it is."""
    return re.sub(r"^# .*$", lambda _: f"# {title}", source, count=1, flags=re.MULTILINE) if title else source
