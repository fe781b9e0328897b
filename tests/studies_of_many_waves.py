"""Made-up studies of three waves: a course for nurses (English, partly linked) and one for mentors (both languages)."""

import csv
import shutil
from pathlib import Path

import numpy as np
import yaml

HERE = Path(__file__).parent / "cohorts"
DATES = {"before": "2025-02-10", "after": "2025-06-10", "six_months": "2025-12-10",
         "baseline": "2024-09-10", "closing": "2024-12-10", "year_on": "2025-12-10"}  # fmt: skip
# How far each scale stands above the middle in each wave, in points: the answers that the stories need.
STORIES = {
    "nurses": {"confidence": (0.0, 1.3, 1.2), "backing": (0.3, 0.3, 0.3), "use_of_course": (0.0, 1.0, 1.0)},
    "mentors": {"calling": (0.0, 1.1, 0.0), "skills": (-0.3, 0.7, 0.8)},
}
MISSED = {"nurses": {"before": (0, 1), "after": (5, 6, 7, 8, 9, 10), "six_months": (2, 3, 5, 11, 12, 13, 14)},
          "mentors": {"baseline": (), "closing": (4, 9), "year_on": (9, 20, 21)}}  # fmt: skip


def add_study(root: Path, name: str) -> None:
    """Put a study's params, codebook and exports into the project at `root`; the same bytes each time."""
    (root / "params" / "questionnaires").mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / name / "params.yaml", root / "params" / f"{name}.yaml")
    shutil.copy(HERE / name / "codebook.yaml", root / "params" / "questionnaires" / f"{name}.yaml")
    data = root / "data" / name
    data.mkdir(parents=True, exist_ok=True)
    params, codebook = (yaml.safe_load((HERE / name / f"{part}.yaml").read_text()) for part in ("params", "codebook"))
    [(trait, asked)] = codebook["traits"].items()
    groups = [group["labels"][0] for group in asked["groups"].values()]
    heading, people = params["roster"]["participant"], params["roster"]["participants"]
    codes = [f"{name[0].upper()}{number:03}" for number in range(101, 101 + people)]
    _write(data / "roster.csv", [[heading, asked["headings"][0]], *([c, groups[at % 2]] for at, c in enumerate(codes))])
    answers = _answers(name, codebook, people)
    for wave, rows in answers.items():
        keys = list(rows[0])
        words = {key: item["en"] for scale in codebook["scales"].values() for key, item in scale["items"].items()}
        head = [codebook["submitted_headings"][0], heading, *(words[key] for key in keys)]
        kept = [at for at in range(people) if at not in MISSED[name][wave]]
        _write(data / f"{wave}.csv", [head, *([DATES[wave], codes[at], *rows[at].values()] for at in kept)])


def _answers(name: str, codebook: dict, people: int) -> dict[str, list[dict[str, int]]]:
    """Each wave's answers, a mapping of item to code for each person."""
    rng, waves = np.random.default_rng(len(name)), list(codebook["waves"])
    found = {wave: [{} for _ in range(people)] for wave in waves}
    for scale, story in STORIES[name].items():
        about = codebook["scales"][scale]
        codes = [option["code"] for option in codebook["option_sets"][about["options"]]["options"]]
        middle, own = (codes[0] + codes[-1]) / 2, rng.normal(0, 0.6, people)
        for item, words in about["items"].items():
            for wave, above in zip(waves, story, strict=True):
                if wave not in words.get("waves", waves):
                    continue
                drawn = np.clip(np.rint(middle + above + own + rng.normal(0, 0.5, people)), codes[0], codes[-1])
                given = codes[0] + codes[-1] - drawn if words.get("reverse_coded") else drawn
                for person, answer in zip(found[wave], given.astype(int), strict=True):
                    person[item] = int(answer)
    return found


def _write(path: Path, rows: list[list]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
