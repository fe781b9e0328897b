"""Made-up cohorts drawn by chance: every way of linking, ties, ceilings, blanks, waves of unequal size."""

import numpy as np
import pandas as pd
from followup.analysis.comparison import Comparison
from made_up_studies import comparison


def random_study(rng: np.random.Generator, most: int = 300) -> Comparison:
    """A cohort of 2 to `most` people with ties, ceilings, unequal waves and blanks, linked in one of four ways."""
    link = str(rng.choice(["by_id", "same_row", "partly_linked", "unlinked"]))
    people = int(np.exp(rng.uniform(np.log(2), np.log(most))))
    level, spread, rise = rng.uniform(1, 6), rng.uniform(0.05, 2), rng.choice([0, 0, 0.3, -0.6, 1.5])
    own = rng.normal(0, spread, people)
    waves = []
    for place in (0, 1):
        who = np.flatnonzero(rng.random(people) < rng.uniform(0.3, 1)) if link != "same_row" else np.arange(people)
        moved = rise * place * (1 if link != "partly_linked" or rng.random() < 0.5 else -1)
        items = {
            item: np.clip(np.rint(level + own[who] + moved + rng.normal(0, spread / 2, len(who))), 1, 5)
            for item in ("d1", "d2", "r1")
        }
        table = pd.DataFrame(items, index=[f"P{at:03}" for at in who]).assign(r2=3.0, r3=3.0)
        waves.append(table.mask(rng.random(table.shape) < rng.choice([0, 0.1])).dropna(how="all"))
    names_of = [wave.rename(index=lambda name, at=at: f"{name}w{at}") for at, wave in enumerate(waves)]
    waves = names_of if link == "unlinked" else waves
    families = {
        "scales": {"measures": ["drive", "role"]},
        "items": {"measures": ["d1", "d2", "r1"], "adjust": str(rng.choice(["holm", "westfall_young"]))},
    }
    return comparison(*waves, link=link, roster=None if link in ("unlinked", "same_row") else 400, families=families)
