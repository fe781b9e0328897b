"""The pages in Firefox as Debian ships it: quiet, whole, in light and dark, on a wide screen and a phone; links open the annex."""

from pathlib import Path

import firefox
import pytest
from PIL import Image
from reading import BUILD, LANGUAGES
from test_page import OVERFLOWING

pytestmark = pytest.mark.skipif(not firefox.program(), reason="there is no Firefox on this computer")
both = pytest.mark.parametrize("language", LANGUAGES)
of_both_cohorts = pytest.mark.parametrize("cohort", ["1", "3"])
SCREENS = {"wide": (1280, 800), "phone": (375, 667)}
on_both_screens = pytest.mark.parametrize("screen", SCREENS)


@pytest.fixture(scope="module", params=sorted(firefox.SCHEMES))
def fox(request, tmp_path_factory):
    made = firefox.Firefox(tmp_path_factory.mktemp("firefox"), request.param)
    made.scheme = request.param
    yield made
    made.close()


def opened(fox, cohort: str, language: str, screen: str, place: str = "") -> None:
    page: Path = BUILD / cohort / f"report.{language}.html"
    if not page.is_file():
        pytest.skip(f"cohort {cohort} is not built here: make report COHORT={cohort}")
    fox.said.clear()
    fox.open(page.as_uri() + place, *SCREENS[screen])


def ground_of(seen: Image.Image) -> int:
    """The commonest brightness of a picture, from 0 to 255."""
    counts = seen.histogram()
    return counts.index(max(counts))


@on_both_screens
@both
@of_both_cohorts
def test_a_page_is_quiet_whole_and_of_its_scheme(fox, cohort, language, screen):
    opened(fox, cohort, language, screen)
    assert fox.run("document.documentElement.scrollWidth <= innerWidth && document.fonts.check('16px Heebo')")
    assert fox.run(f"({OVERFLOWING})()") == []
    pictures = """Promise.all([...document.images].map(image => image.decode().then(() => {
        const narrow = image.parentElement.querySelector('source');
        return [image.naturalWidth > 0, narrow ? image.currentSrc === narrow.srcset.trim() : null]; })))"""
    drawn, narrow = zip(*fox.run(pictures), strict=True)
    assert all(drawn)
    assert {each for each in narrow if each is not None} == {screen == "phone"}
    lines = fox.run("""[...document.querySelectorAll('.headlines > li')].map(line => {
        const box = line.getBoundingClientRect(); return [box.left, box.top, box.right, box.bottom].map(Math.round); })""")
    assert len(lines) >= 2
    seen = fox.seen()
    ground = ground_of(seen)
    assert ground < 50 if fox.scheme == "dark" else ground > 230
    lowest = SCREENS[screen][1]
    shown = [(left, top, right, min(bottom, lowest)) for left, top, right, bottom in lines if top < lowest - 20]
    assert len(shown) == len(lines) if screen == "wide" else shown
    for box in shown:  # a line of text covers some of its box, and never most of it
        counts = seen.crop(box).histogram()
        inked = sum(count for grey, count in enumerate(counts) if abs(grey - ground) > 90) / sum(counts)
        assert 0.01 < inked < 0.4
    assert fox.said == []


CONTENTS = """(() => { const links = [...document.querySelectorAll('.contents ol a')];
    return [links.filter(link => link.checkVisibility() && link.getBoundingClientRect().height > 0).length, links.length]; })()"""


@both
def test_contents_are_open_on_a_wide_screen_and_unfold_on_a_phone(fox, language):
    opened(fox, "1", language, "wide")
    shown, whole = fox.run(CONTENTS)
    assert shown == whole > 8
    assert fox.run("document.querySelector('.contents summary').checkVisibility()") is False
    opened(fox, "1", language, "phone")
    assert fox.run(CONTENTS) == [0, whole]
    fox.run("document.querySelector('.contents summary').click()")
    assert fox.run(CONTENTS) == [whole, whole]


@both
@of_both_cohorts
def test_a_link_into_the_annex_opens_the_part_that_it_leads_to(fox, cohort, language):
    opened(fox, cohort, language, "wide")
    unfolded = "[...document.querySelectorAll('details.annex')].filter(part => part.open).map(part => part.querySelector('.inside').id)"
    assert fox.run(unfolded) == []
    clicked = """(() => {
        const target = link => document.getElementById(link.hash.slice(1));
        const link = [...document.querySelectorAll("main a[href^='#']")].find(each =>
            each.checkVisibility() && !each.closest('.annex') && target(each)?.closest('.annex .inside'));
        link.click();
        return [link.hash, target(link).closest('.inside').id]; })()"""
    place, leads_to = fox.run(clicked)
    fox.run(f"""new Promise(done => {{
        const inView = () => {{ const top = document.getElementById('{place[1:]}').getBoundingClientRect().top; return -1 < top && top < innerHeight; }};
        const look = () => document.querySelector('details.annex[open]') && inView() ? done() : setTimeout(look, 50);
        look(); }})""")
    assert fox.run(unfolded) == [leads_to]
    assert fox.run("location.hash") == place
