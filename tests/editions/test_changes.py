"""The page of what changed: each planted change is found, named where it belongs, and nothing else is listed."""

import csv
import hashlib
import io
import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from checkouts import Checkout
from followup.commands.changes import changes
from followup.editions import what_changed
from followup.problems import InputProblems
from followup.study.cohort import open_cohort
from sending import command

NOTHING = "Nothing changed: the same conclusions, numbers, sentences and pictures."


def plain(text: str) -> str:
    return " ".join(what_changed.UNSEEN.sub("", text).split())


def read(page: Path, language: str = "en") -> dict[str, list]:
    """The sections of one language: rows of tables, pairs of sentences, captions of pictures, lines."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").find("section", lang=language)
    found: dict[str, list] = {}
    for section in soup.find_all("section", class_="stage"):
        key = section["aria-labelledby"].removesuffix(f"-{language}")
        rows = [[plain(cell.get_text()) for cell in row.find_all(["th", "td"])] for row in section.select("tbody tr")]
        pairs = [
            [plain(p.get_text().partition(": ")[2]) for p in item.find_all("p")]
            for item in section.select(".sentences > li")
        ]
        pictures = [plain(figure.find("figcaption").get_text()) for figure in section.select(".side-by-side")]
        lines = [plain(item.get_text()) for item in section.select("ul:not(.sentences) > li")]
        found[key] = rows + pairs + pictures + lines
    assert bool(found) != (NOTHING in soup.get_text() or "דבר לא השתנה" in soup.get_text())
    return found


def whys(page: Path) -> list[str]:
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").find("section", lang="en")
    return [plain(note.get_text()) for note in soup.select("caption .note")]


# Against a copy that was sent, in which one thing is another ------------------------------------------------------------


class Copy:
    """The files of edition 1, to be changed one by one."""

    def __init__(self, released: Checkout, folder: Path):
        self.checkout, self.folder, self.files = released, folder, released.published("1")

    def page(self, old: str, new: str, language: str = "en") -> None:
        name = f"report.{language}.html"
        text = self.files[name].decode()
        assert text.count(old) >= 1, old
        self.files[name] = text.replace(old, new, 1).encode()

    def cell(self, table: str, column: str, value: str | None, **where: str) -> str:
        """Put another value into cells of a result, or take the rows away; the value that stood there."""
        name = f"results/{table}.csv"
        rows = list(csv.DictReader(io.StringIO(self.files[name].decode())))
        chosen = [row for row in rows if where.items() <= row.items()]
        stood, head = chosen[0][column], list(rows[0])
        for row in chosen:
            if value is None:
                rows.remove(row)
            else:
                row[column] = value
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, head, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self.files[name] = text.getvalue().encode()
        return stood

    def manifest(self, change) -> None:
        facts = json.loads(self.files["manifest.json"])
        change(facts)
        self.files["manifest.json"] = json.dumps(facts).encode()

    def compared(self) -> Path:
        """The page that holds today's report, edition 1, against this copy."""
        outputs = {name: hashlib.sha256(c).hexdigest() for name, c in self.files.items() if name != "manifest.json"}
        self.manifest(lambda facts: facts.update(outputs=outputs))
        for name, content in self.files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)
        return changes(open_cohort("1", self.checkout.root), self.folder)


@pytest.fixture
def sent_copy(released, tmp_path) -> Copy:
    return Copy(released, tmp_path / "copy")


def test_a_copy_that_is_the_same_is_one_sentence_in_both_languages(sent_copy):
    page = sent_copy.compared()
    assert read(page) == {} and read(page, "he") == {}


def test_a_number_is_told_with_what_it_was_and_by_how_much(sent_copy):
    stood = sent_copy.cell("changes", "change", "0.7", measure="motivation", group="all")
    page = sent_copy.compared()
    [[about, which, before, now, by]] = read(page).pop("numbers")
    assert about.startswith("Motivation to promote digitisation") and which == "Change (points)"
    assert (before, now, by) == ("0.7", stood.replace("-", "−"), "−0.8")
    assert list(read(page)) == list(read(page, "he")) == ["numbers"]
    assert about.endswith(", all respondents, follow-up, compared with end of the programme")


def test_two_numbers_have_as_many_decimals(sent_copy):
    stood = sent_copy.cell("reliability", "alpha", "0.9", measure="motivation", wave="programme_end")
    [[_, _, before, now, _]] = read(sent_copy.compared())["numbers"]
    assert (before, now) == ("0.90", stood)


def test_the_least_that_a_group_has_is_no_number_that_rose(sent_copy):
    """“8 → 9, +1” stood there when nobody had come: groups are of at least so many."""
    sent_copy.cell("changes", "n_linked", "9", measure="motivation", group="operational")
    page = sent_copy.compared()
    [[about, _, before, now, by]] = read(page)["numbers"]
    assert "Motivation" in about and (before, now, by) == ("at least 9", "at least 8", "–")
    [[_, _, before, now, _]] = read(page, "he")["numbers"]
    assert (before, now) == ("לפחות 9", "לפחות 8")


def test_what_a_chart_says_stands_apart_from_what_it_shows(sent_copy):
    sent_copy.page('<span class="shows">Change on each scale</span>', '<span class="shows">Changes</span>')
    [[before, now]] = read(sent_copy.compared())["sentences"]
    assert before.endswith(" – Changes") and now.endswith(" – Change on each scale")


def test_a_conclusion_comes_first_and_once(sent_copy):
    sent_copy.cell("findings", "verdict", "rose", kind="change", measure="motivation")
    sent_copy.cell("changes", "verdict", "rose", measure="motivation", group="all")
    found = read(sent_copy.compared())
    assert list(found) == ["conclusions", "numbers"]
    [[about, before, now]] = found["conclusions"]
    assert "Motivation" in about and (before, now) == ("rose", "preserved")


@pytest.mark.parametrize("language", ["he", "en"])
def test_a_sentence_is_told_in_its_own_language(sent_copy, language):
    old = {"en": "What we found", "he": "מה מצאנו"}[language]
    text = sent_copy.files[f"report.{language}.html"].decode()
    heading = BeautifulSoup(text, "html.parser").find("main").find("h2").get_text()
    sent_copy.page(f">{heading}</h2>", f">{old} before</h2>", language)
    page = sent_copy.compared()
    assert read(page, language) == {"sentences": [[f"{old} before", plain(heading)]]}
    assert read(page, "he" if language == "en" else "en") == {}


def test_a_picture_is_shown_side_by_side(sent_copy):
    text = sent_copy.files["report.en.html"].decode()
    figure = BeautifulSoup(text, "html.parser").find("figure", class_="chart")
    source, caption = figure.find("img")["src"], plain(figure.select_one(".shows").get_text())
    sent_copy.page(source, source[:-8] + "AAAAAAA=")
    page = sent_copy.compared()
    assert read(page) == {"pictures": [caption]}
    images = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select(".side-by-side img")
    assert [image["src"] for image in images] == [source[:-8] + "AAAAAAA=", source]


def test_a_row_that_is_new_is_told_cell_by_cell(sent_copy):
    sent_copy.cell("attendance", "n_present", None, meeting="2")
    found = read(sent_copy.compared())
    assert {(row[0], row[2], row[3]) for row in found["numbers"]} == {
        ("Meeting 2", "none", "22"),
        ("Meeting 2", "none", "39"),
        ("Meeting 2", "none", "2016-06-07"),
    }


def test_people_of_a_wave(sent_copy):
    sent_copy.cell("response", "n", "28", wave="follow_up")
    found = read(sent_copy.compared())
    assert found["people"] == [["Follow-up", "28", "29"]]
    assert [row[2:] for row in found["numbers"]] == [["28", "29", "+1"]]


def test_a_package_of_another_version_is_named(sent_copy):
    sent_copy.manifest(lambda facts: facts["versions"].update(pandas="1.0"))
    [line] = read(sent_copy.compared()).pop("inputs")
    assert line.startswith("versions: pandas 1.0 → ")


def test_a_table_that_was_not_there(sent_copy):
    del sent_copy.files["results/wishes.csv"]
    found = read(sent_copy.compared())
    assert list(found) == ["numbers"] and {row[2] for row in found["numbers"]} == {"none"}


def test_the_page_is_complete_for_every_reader(sent_copy):
    """Languages and directions, headers with a scope, words for pictures, and nothing that is fetched from elsewhere."""
    sent_copy.cell("changes", "verdict", "rose", measure="motivation", group="all")
    source = (
        BeautifulSoup(sent_copy.files["report.he.html"].decode(), "html.parser")
        .find("figure", class_="chart")
        .find("img")["src"]
    )
    sent_copy.page(source, source[:-8] + "AAAAAAA=", "he")
    text = sent_copy.compared().read_text(encoding="utf-8")
    soup = BeautifulSoup(text, "html.parser")
    versions = soup.find_all("section", class_="version")
    assert [(one["lang"], one["dir"]) for one in versions] == [("he", "rtl"), ("en", "ltr")]
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {
        name for tag in soup.find_all(attrs={"aria-labelledby": True}) for name in tag["aria-labelledby"].split()
    } <= {*ids}
    assert all(header.get("scope") in ("row", "col") for header in soup.find_all("th")) and soup.find("th")
    assert all(image["alt"].strip() for image in soup.find_all("img")) and soup.find("img")
    assert [int(tag.name[1]) for tag in soup.find_all(["h1", "h2", "h3"])][0] == 1
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'") and not soup.find("script")
    assert all(link["href"].startswith("#") for link in soup.find_all("a"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "this is no report that was sent"),
        ("{", "this is no report that was sent"),
        ('{"cohort": "9", "inputs": {}, "outputs": {}, "versions": {}}', "this report is of another cohort"),
    ],
)
def test_a_folder_that_is_no_report_of_this_cohort_is_said(released, tmp_path, content, said):
    if content:
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputProblems) as stop:
        changes(open_cohort("1", released.root), tmp_path)
    assert said in str(stop.value) and str(tmp_path) in str(stop.value)


def test_without_an_edition_there_is_nothing_to_compare_with(built):
    done = command(built, "changes", "small")
    assert done.code == 2 and "make release COHORT=small" in done.err


# Built again: what changed, and why ---------------------------------------------------------------------------------------


def rebuilt(checkout: Checkout, file: str, old: str, new: str) -> tuple[Path, str]:
    """The page after a change of one file, and what the build said: each in a copy of its own, or what was changed before
    would be run again, too.
    """
    path = checkout.root / file
    text = path.read_bytes().decode()
    assert text.count(old) == 1, (file, text.count(old))
    path.write_bytes(text.replace(old, new).encode())
    done = checkout.build("1")
    assert done.code == 0, done.err
    told = command(checkout, "changes", "1")
    assert told.code == 0, told.err
    return checkout.path("1", "private", "changes.html"), done.out


def test_one_param(sent):
    """A narrower margin: what was preserved is inconclusive, and the reason names the key."""
    page, _ = rebuilt(sent, "params/1.yaml", "margins: {scale: 0.3, item: 0.5}", "margins: {scale: 0.1, item: 0.5}")
    found = read(page)
    assert all((before, now) == ("preserved", "inconclusive") for _, before, now in found["conclusions"])
    assert found["inputs"] == ["params: analysis.margins.scale"]
    assert set(whys(page)) == {"Why – params: analysis.margins.scale"}
    assert "people" not in found


def test_one_cell_of_the_data(sent):
    """One answer of one person: the row is counted, who answered is the same, one has other answers; and it is a draft."""
    rows = (sent.root / "data/1/follow_up.csv").read_text(encoding="utf-8").splitlines()
    old = next(row for row in rows if "DL-120" in row)
    page, said = rebuilt(sent, "data/1/follow_up.csv", old, old.replace("במידה רבה מאוד", "במידה מועטה", 1))
    assert "is a draft" in said
    found = read(page)
    assert found["inputs"] == ["data/1/follow_up.csv: 1 row changed"]
    assert found["people"] == [["Follow-up", "29", "29", "0", "0", "1"]]
    assert all(why == "Why – data: data/1/follow_up.csv" for why in whys(page))
    assert "The report is a draft" in page.read_text(encoding="utf-8")


def test_one_helper(sent):
    """The size of a circle: pictures, and nothing else; the module is named."""
    module = "notebooks/followup/report/charts/project_charts.py"
    page, _ = rebuilt(sent, module, "s=1500,", "s=1501,")
    found = read(page)
    assert set(found) == {"pictures", "inputs"}
    assert found["inputs"] == [f"code: {module}"]


def test_one_sentence(sent):
    old, new = "No group of fewer than {n} people is shown", "No group with fewer than {n} people is shown"
    page, _ = rebuilt(sent, "notebooks/06_findings.ipynb", old, new)
    found = read(page)
    assert set(found) == {"sentences", "inputs"}
    [[before, now]] = found["sentences"]
    assert before.startswith("No group of fewer than 8") and now.startswith("No group with fewer than 8")
    assert read(page, "he").keys() == {"inputs"}
