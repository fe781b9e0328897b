"""One output of a cell as it stands on the page: wide tables and pictures in boxes that scroll."""

from bs4 import BeautifulSoup
from bs4.element import Tag

from followup.publish.allowed_html import allowed
from followup.publish.cells import Place
from followup.publish.page_checks import check_direction, check_finding, check_image, check_languages, check_table
from followup.store.remembered import remembered

LONG = 40  # with more rows a table scrolls under a head that stays
WIDE, WIDER = 6, 9  # with more columns its type is smaller
SAID, TOLD = 40, 120  # a cell with more signs holds a sentence, or several, and is given room


@remembered
def fragment(kind: str | None, name: str | None, he: str | None, en: str | None, place: Place, language: str) -> str:
    """One published output in one language: allowed, complete for every reader, wide tables in a box that scrolls."""
    check_languages({"kind": kind, "name": name, "he": he, "en": en}, place, language)
    html, marks = allowed({"he": he, "en": en}[language], place)
    check_direction(marks, place)
    soup = BeautifulSoup(html, "html.parser")
    for image in soup.find_all("img"):
        check_image(image, place)
        _set_image(soup, image)
    for table in soup.find_all("table"):
        check_table(table, place)
        _set_table(soup, table, place)
    for finding in soup.find_all("section", class_="finding"):
        check_finding(finding, place)
    return soup.decode(formatter="minimal")


def _set_image(soup: BeautifulSoup, image: Tag) -> None:
    """The picture, with its narrow form for a phone, in a box that scrolls should it be wider than the screen."""
    figure = image.find_parent("figure")
    caption = figure.find("figcaption") if figure else None
    if caption is None or not figure.get("id"):
        return
    caption["id"] = f"{figure['id']}-caption"
    whole = image.parent if image.parent.name == "picture" else image
    whole.wrap(_box(soup, "scroll picture", caption["id"]))


def _set_table(soup: BeautifulSoup, table: Tag, place: Place) -> None:
    """The table in a box of its own that scrolls and takes the focus; its caption stays in view."""
    figure = table.find_parent("figure", class_="table")
    if not figure or not figure.get("id"):
        raise place.problem("a table stands outside its figure", "show it with report.table")
    name = f"{figure['id']}-caption"
    caption = table.find("caption")
    held = soup.new_tag("span", attrs={"class": "caption", "id": name})
    held.extend(list(caption.contents))
    caption.append(held)
    rows = table.select("tbody > tr")
    _mark_repeats(rows)
    columns = _columns(table)
    size = (" long" if len(rows) > LONG else "") + (" wide" if columns > WIDE else "")
    size += " wider" if columns > WIDER else ""
    table.wrap(_box(soup, f"scroll{size}", name))


def _box(soup: BeautifulSoup, css: str, label: str) -> Tag:
    """A box that scrolls, can be reached with the keyboard, and is announced by its caption."""
    return soup.new_tag("div", attrs={"class": css, "tabindex": "0", "role": "group", "aria-labelledby": label})


def _columns(table: Tag) -> int:
    return len(table.find("tr").find_all(["th", "td"]))


def _mark_repeats(rows: list[Tag]) -> None:
    """A row that repeats the header of the row above is set as its continuation; words may wrap, sentences have room."""
    above = None
    for row in rows:
        header = row.find("th").get_text()
        if header == above:
            row["class"] = [*row.get("class", []), "again"]
        above = header
        for cell in row.find_all("td", class_="number"):
            if not any(sign.isdigit() for sign in cell.get_text()):
                cell["class"] = [*cell["class"], "words"]
        for cell in row.find_all(["th", "td"])[1:]:
            if (signs := len(cell.get_text())) > SAID:
                cell["class"] = [*cell.get("class", []), "told" if signs > TOLD else "said"]
