"""A copy of cohort 1 in which whatever somebody can type tries to break the page: words that must stay words."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

SCRIPT = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"
LINK = "[press](javascript:alert(2)) **bold** `code` <a href='javascript:alert(3)'>here</a>"
FORMULA = '=HYPERLINK("https://example.org/?"&A1;"open")'
MATHS = r"$\frac{1}{0}$ and $x^2$ {name} %s"
TURN = "\u202eturned\u202c \u2067round\u2069 \u2066still"
BREAK_OUT = "</p></figcaption></table></section></style></svg>]]>&lt;b&gt;"
EXCERPTS = {"E01": FORMULA, "E03": SCRIPT, "E05": LINK, "E06": MATHS, "E08": TURN, "E09": BREAK_OUT}
SHOWN_TURN = "turned round still"


def make_cohort(house: Path, root: Path) -> None:
    """Write the hostile copy into `root`, ready to be built."""
    (root / "data").mkdir(parents=True)
    shutil.copytree(house / "data" / "1", root / "data" / "1")
    shutil.copytree(house / "params", root / "params")
    for path in (root / "params").glob("*.yaml"):
        path.name == "1.yaml" or path.unlink()
    _spoil_rows(root / "data" / "1" / "interviews.csv", "excerpt", EXCERPTS, ("excerpt_he", "excerpt_en"))
    _spoil_titles(root / "data" / "1" / "projects.csv")
    _spoil_params(root / "params" / "1.yaml")
    _spoil_codebook(root / "params" / "questionnaires" / "digital_leaders.yaml")


def start(house: Path, root: Path) -> subprocess.Popen:
    """The chain under way on the copy."""
    environment = {**os.environ, "FOLLOWUP_ROOT": str(root), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "followup.commands.report", "1"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=house / "notebooks", env=environment, text=True, stdout=pipe, stderr=pipe)


def _spoil_rows(path: Path, key: str, words: dict[str, str], columns: tuple[str, ...]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row |= dict.fromkeys(columns, words[row[key]]) if row[key] in words else {}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def _spoil_titles(path: Path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        projects = [row["project"] for row in csv.DictReader(file)]
    _spoil_rows(path, "project", dict.fromkeys(projects, FORMULA + SCRIPT), ("title",))


def _edit(path: Path, change) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _spoil_params(path: Path) -> None:
    def change(params: dict) -> None:
        for language in ("he", "en"):
            params["title"][language] += f" {SCRIPT} {TURN}"
            params["period"]["follow_up"][language] += " <i>2016</i>"

    _edit(path, change)


def _spoil_codebook(path: Path) -> None:
    """Labels of scales, statements, groups, options and findings; the wordings of exports are kept as headings."""

    def change(codebook: dict) -> None:
        for language in ("he", "en"):
            scales, groups = codebook["scales"], codebook["traits"]["sector_group"]["groups"]
            scales["motivation"][language] = f"{FORMULA} {SCRIPT} {MATHS}"
            scales["self_perception"][language] += f" {TURN} {LINK}"
            groups["headquarters"][language] += f" {MATHS} {SCRIPT}"
            codebook["findings"]["projects"][language] += f" {BREAK_OUT} {TURN}"
            codebook["waves"]["follow_up"][language] += " <u>$w$</u>"
        item = scales["own_area_activity"]["items"]["own_projects"]
        item["headings"] = {wave: [item["he"]] for wave in ("programme_end", "follow_up")}
        item["he"] = item["en"] = f"@SUM(1) {SCRIPT} {TURN} {MATHS}"
        wish = codebook["option_sets"]["network_activities"]["options"][0]
        wish["synonyms"] = [*wish.get("synonyms", []), wish["he"]]
        wish["he"] += f" {LINK}"

    _edit(path, change)
