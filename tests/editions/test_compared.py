"""The page that compares cohorts is made of editions that were sent, and is an edition itself."""

import json

from bs4 import BeautifulSoup
from sending import command

FIRST, SMALL = "Digital Leaders, first cohort of the government programme", "A small & <b>odd</b> cohort"


def test_the_comparison_is_released_once_every_cohort_on_it_is(built, tmp_path):
    checkout = built.copy(tmp_path / "project")

    def masthead() -> str:
        return checkout.soup("compare", "en").find("dl", class_="facts").get_text()

    def index() -> str:
        return BeautifulSoup(
            (checkout.root / "build" / "index.html").read_text(encoding="utf-8"), "html.parser"
        ).get_text()

    assert command(checkout, "compare").code == 0
    assert "Editionsnone released yet" in masthead()
    early = command(checkout, "release", "compare")
    assert early.code == 2 and "make release COHORT=1" in early.err and "make release COHORT=small" in early.err

    for cohort in ("1", "small"):
        assert command(checkout, "release", cohort).code == 0
        if cohort == "1":
            assert command(checkout, "compare").code == 0
            assert f"{FIRST}: ⁦1⁩; not yet released: {SMALL}" in masthead()
    assert "Edition ⁦1⁩, " in index()
    stale = command(checkout, "release", "compare")
    assert stale.code == 2 and "make compare" in stale.err

    assert command(checkout, "compare").code == 0
    assert f"{FIRST}: ⁦1⁩; {SMALL}: ⁦1⁩" in masthead()
    done = command(checkout, "release", "compare")
    assert done.code == 0, done.err
    sent = checkout.published("compare")["report.en.html"]
    assert "Edition ⁦1⁩, " in BeautifulSoup(sent, "html.parser").find(class_="edition").get_text()
    assert "side by side (Edition ⁦1⁩, " in index()
    manifest = json.loads(checkout.published("compare")["manifest.json"])
    assert set(manifest["inputs"]) == {f"data/releases/{cohort}/1/sent/manifest.json" for cohort in ("1", "small")}

    (checkout.path("1", ".current").resolve() / "results" / "changes.csv").write_text("other\n", encoding="utf-8")
    assert command(checkout, "compare").code == 0  # whatever is built since, what was sent is compared
    assert checkout.published("compare")["report.en.html"] == sent
