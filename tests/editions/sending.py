"""Commands about editions as make runs them, and ways to change who answered."""

import csv
import io

from checkouts import Checkout, Done


def command(checkout: Checkout, *words: str, **environment: str) -> Done:
    """What `make release COHORT=1` and its like run."""
    return checkout.run(*words, **environment)


def without_rows(checkout: Checkout, file: str, leaves_out) -> list[str]:
    """Take the rows out of a raw CSV of which `leaves_out` (its cells) is true; the lines that are gone."""
    path = checkout.root / "data" / file
    kept, gone = [], []
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(keepends=True)):
        cells = next(csv.reader(io.StringIO(line)))
        (gone if place and leaves_out(cells) else kept).append(line)
    path.write_text("".join(kept), encoding="utf-8")
    return gone
