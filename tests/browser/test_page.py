"""The pages of cohort 1 in a real browser: quiet, whole and readable on every screen, in both schemes and on paper."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from reading import LANGUAGES, WIDTHS, file_of

both = pytest.mark.parametrize("language", LANGUAGES)
AXE_RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
}
OVERFLOWING = """() => {
  const width = document.documentElement.clientWidth;
  const inside = element => element.closest('.scroll, pre, .skip, .about');
  return [...document.body.querySelectorAll('*')].filter(element => {
    const box = element.getBoundingClientRect();
    return box.width && !inside(element) && (box.left < -1 || box.right > width + 1);
  }).map(element => `${element.tagName}.${element.className} ${element.textContent.slice(0, 40)}`);
}"""


def scrolls_sideways(opened) -> bool:
    return opened.run("document.documentElement.scrollWidth > document.documentElement.clientWidth")


# ------------------------------------------------------------ every screen and paper


@pytest.mark.parametrize(("width", "scheme"), [("wide", "light"), ("phone", "dark")])
@both
def test_a_page_says_nothing_asks_for_nothing_and_fits(steady, report, language, width, scheme):
    opened = steady.look_at(report[language], width, scheme)
    assert opened.said == []
    assert [address for address in opened.asked if not address.startswith("data:")] == [report[language].as_uri()]
    assert not scrolls_sideways(opened)
    assert opened.run(OVERFLOWING) == []
    assert opened.run("Promise.all([...document.images].map(image => image.decode())).then(() => true)")


UNFOLD = """() => {
  document.querySelectorAll('details').forEach(details => { details.open = true; });
  document.getElementById('show-code').checked = true;
}"""
FOLD = "document.querySelectorAll('details:not(.code)').forEach(details => { details.open = false; })"
ALIKE = "tbody tr:nth-child(n+3), .code ~ .code, .chart:not(#figure-levels) .data"


@pytest.mark.parametrize(("width", "scheme"), [("wide", "light"), ("phone", "dark")])
@both
def test_unfolded_it_still_fits_and_axe_finds_no_violation(reader, report, language, width, scheme):
    """Of rows, code cells and data tables, which are alike, axe looks at a few."""
    opened = reader.open(report[language], width, scheme)
    opened.run(UNFOLD)
    assert not scrolls_sideways(opened)
    assert opened.run(OVERFLOWING) == []
    opened.run("alike => document.querySelectorAll(alike).forEach(element => element.remove())", ALIKE)
    found = Axe().run(opened.page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()


def test_axe_is_at_work(reader, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text('<html><body><img src="data:,"><a href="#x" style="color:#ccc">x</a></body></html>', "utf-8")
    assert Axe().run(reader.open(page).page, options=AXE_RULES).violations_count >= 3


@both
def test_dark_is_dark_and_light_is_light(steady, report, language):
    opened = steady.look_at(report[language])

    def brightness(scheme: str) -> list[float]:
        opened.page.emulate_media(color_scheme=scheme)
        colours = [opened.run(f"getComputedStyle(document.body).{name}") for name in ("backgroundColor", "color")]
        return [sum(map(int, re.findall(r"\d+", colour)[:3])) / 3 for colour in colours]

    dark, light = brightness("dark"), brightness("light")
    assert light[0] > 230 > 80 > light[1]
    assert dark[0] < 50 < 200 < dark[1]


# ------------------------------------------------------------ what axe does not see


@both
def test_language_direction_alternatives_and_scopes(steady, report, language):
    opened = steady.look_at(report[language])
    html = opened.run("[document.documentElement.lang, document.documentElement.dir, document.title]")
    assert html[:2] == [language, {"he": "rtl", "en": "ltr"}[language]]
    assert html[2].strip()
    assert opened.run("getComputedStyle(document.body).direction") == html[1]
    images = opened.run("[...document.images].map(image => image.alt)")
    assert len(images) > 20
    assert all(len(text.split()) >= 2 for text in images)
    assert opened.run("[...document.querySelectorAll('th')].every(th => ['col', 'row'].includes(th.scope))")
    tables = opened.run("""[...document.querySelectorAll('table')].map(table =>
        [table.caption?.textContent.trim().length > 8,
         table.caption?.querySelector('.note')?.textContent.trim().length > 4,
         [...table.tBodies[0].rows].every(row => row.querySelector('th'))])""")
    assert len(tables) > 15
    assert all(all(table) for table in tables)


@both
def test_every_figure_has_its_data_one_click_away(steady, report, language):
    opened = steady.look_at(report[language])
    opened.run(FOLD)
    summaries = opened.page.locator("figure.chart > details.data > summary")
    assert summaries.count() == opened.page.locator("figure.chart").count() > 5
    table = opened.page.locator("figure.chart table").first
    assert not table.is_visible()
    summaries.first.click()
    assert table.is_visible()


@both
def test_findings_come_first_each_with_all_its_parts(steady, report, language):
    opened = steady.look_at(report[language])
    cards = opened.run("""[...document.querySelectorAll('.finding')].map(card => ({
        top: card.getBoundingClientRect().top, sentence: card.querySelector('h3').textContent,
        lines: [...card.querySelectorAll('.evidence > li')].map(line =>
            ['.number strong', 'img'].map(part => {
            const box = line.querySelector(part).getBoundingClientRect(); return box.width * box.height > 0; })),
        links: card.querySelectorAll('.certainty a').length}))""")
    assert 5 <= len(cards) <= 8
    assert all(card["sentence"].rstrip().endswith(".") and card["links"] for card in cards)
    assert all(all(line) for card in cards for line in card["lines"])
    assert max(card["top"] for card in cards) < opened.run(
        "document.getElementById('annex').getBoundingClientRect().top"
    )


@both
def test_sections_stand_in_the_order_of_the_study(steady, report, language):
    opened = steady.look_at(report[language])
    order = opened.run(
        "[...document.querySelectorAll('main section.stage')].map(section => section.id || section.querySelector('.inside').id)"
    )
    assert order[:3] == ["06_findings", "06_findings-section-2", "06_findings-section-3"]
    assert order[3:8] == ["about", "02_describe", "03_compare", "04_projects", "05_network"]
    assert order[8:] == [*(f"06_findings-section-{place}" for place in (4, 5, 6)), "01_clean", "glossary", "provenance"]


@both
@pytest.mark.parametrize(("width", "height", "screens"), [(1280, 800, 1), (375, 667, 2)])
def test_in_brief_fits_one_screen_and_two_of_a_phone(steady, report, language, width, height, screens):
    page = steady.look_at(report[language]).page
    size = page.viewport_size
    page.set_viewport_size({"width": width, "height": height})
    bottom = page.evaluate("document.querySelector('.in-brief').getBoundingClientRect().bottom + scrollY")
    lines = page.locator(".headlines .headline").all_inner_texts()
    page.set_viewport_size(size)
    assert bottom <= screens * height
    assert 3 <= len(lines) <= 6


@both
def test_a_link_into_the_annex_opens_the_part_that_it_leads_to(reader, report, language):
    page = reader.open(report[language]).page
    table = page.locator("#table-changes")
    assert not table.is_visible()
    page.locator(".certainty a[href='#table-changes']").first.click()
    assert table.is_visible()
    opened = page.locator("details.annex[open] > .inside")
    assert [each.get_attribute("id") for each in opened.all()] == ["03_compare"]


# ------------------------------------------------------------ the page's own controls


@both
def test_code_is_shown_by_mouse_and_by_keyboard_and_hidden_again(steady, report, language):
    page = steady.look_at(report[language]).page
    code = page.locator("details.code").first
    assert not code.is_visible()
    page.locator("label[for=show-code]").click()
    assert code.is_visible()
    page.locator("#show-code").focus()
    page.keyboard.press("Space")
    assert not code.is_visible()
    page.keyboard.press("Space")
    code.locator("summary").click()
    assert not code.locator("pre").is_visible()
    assert page.locator("details.code pre").last.evaluate("pre => getComputedStyle(pre).direction") == "ltr"
    page.locator("#show-code").press("Space")


@both
def test_the_first_stop_of_the_keyboard_skips_to_the_content(reader, report, language):
    page = reader.open(report[language], "phone").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@both
def test_contents_fold_on_a_phone_and_stand_open_on_a_wide_screen(steady, report, language):
    phone, wide = steady.look_at(report[language], "phone", "dark").page, steady.look_at(report[language]).page
    phone.evaluate(FOLD)
    wide.evaluate(FOLD)
    entry = ".contents ol a"
    assert wide.locator(entry).first.is_visible()
    assert not phone.locator(entry).first.is_visible()
    phone.locator(".contents summary").press("Enter")
    phone.locator(entry).nth(3).click()
    assert phone.evaluate("location.hash.length > 1 && document.querySelector(':target') !== null")


@both
def test_every_link_leads_somewhere(steady, report, language):
    opened = steady.look_at(report[language])
    links = opened.run(
        "[...document.links].map(link => [link.getAttribute('href'), link.href, link.textContent.trim()])"
    )
    assert len(links) > 30
    ids = set(opened.run("[...document.querySelectorAll('[id]')].map(element => element.id)"))
    for address, whole, text in links:
        assert text
        if address.startswith("#"):
            assert address[1:] in ids, address
        else:
            assert file_of(whole).is_file(), address


@both
def test_a_link_from_a_finding_shows_its_evidence(steady, report, language):
    page = steady.look_at(report[language], "phone", "dark").page
    for place in (0, -1):
        link = page.locator(".certainty a").nth(place)
        link.click()
        target = page.locator(link.get_attribute("href"))
        box = target.bounding_box()
        assert -20 <= box["y"] < 900


@both
def test_the_other_language_is_one_click_away_and_the_way_back_too(reader, report, language):
    page = reader.open(report[language]).page
    for expected in ("en", "he") if language == "he" else ("he", "en"):
        page.locator("a.other").click()
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.lang") == expected


# ------------------------------------------------------------ paper


@both
def test_paper_shows_all_rows_and_sentences_and_no_controls(reader, report, language):
    opened = reader.open(report[language], media="print")
    opened.page.evaluate("document.getElementById('show-code').checked = true")
    hidden = opened.run("""['.side', '.code', '.data', '.in-full', '.skip', '.other'].flatMap(part =>
        [...document.querySelectorAll(part)]).every(element => element.getBoundingClientRect().height === 0)""")
    assert hidden
    assert opened.run("""[...document.querySelectorAll('.scroll')].filter(box => box.getClientRects().length)
        .every(box => box.scrollHeight <= box.clientHeight + 1)""")
    assert opened.run("""[...document.querySelectorAll('.evidence > li, tbody tr, .voice')]
        .filter(line => !line.closest('.data')).every(line => line.getBoundingClientRect().height > 0)""")
    assert opened.run("getComputedStyle(document.body).color") == "rgb(28, 38, 47)"


# ------------------------------------------------------------ the list of reports


@pytest.mark.parametrize("width", WIDTHS)
def test_the_list_of_reports_names_cohort_languages_dates_and_response(reader, report, width):
    index = report["he"].parents[1] / "index.html"
    opened = reader.open(index, width, "dark")
    assert opened.said == []
    assert not scrolls_sideways(opened)
    assert opened.run(OVERFLOWING) == []
    assert Axe().run(opened.page, options=AXE_RULES).violations_count == 0
    for language in LANGUAGES:
        text = opened.page.locator(f"section[lang={language}]").inner_text()
        assert "2016" in text
        assert re.search({"he": r"29\D+39.*74%", "en": r"29\D+39.*74%"}[language], text, re.DOTALL)
        assert {"he": "נתונים סינתטיים", "en": "Synthetic data"}[language] in text
    assert all(file_of(address).exists() for address in opened.run("[...document.links].map(link => link.href)"))


# ------------------------------------------------------------ the narrowest screen, other colours, other language


@both
def test_on_the_narrowest_screen_in_forced_colours_and_unfolded_it_fits_and_axe_finds_no_violation(
    reader, report, language
):
    opened = reader.open(report[language], "narrow")
    opened.page.emulate_media(forced_colors="active")
    opened.run(UNFOLD)
    assert opened.run("matchMedia('(forced-colors: active)').matches")
    assert not scrolls_sideways(opened)
    assert opened.run(OVERFLOWING) == []
    opened.run("alike => document.querySelectorAll(alike).forEach(element => element.remove())", ALIKE)
    found = Axe().run(opened.page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()


@both
def test_a_section_and_a_finding_lead_to_the_same_place_in_the_other_language(reader, report, language):
    page = reader.open(report[language]).page
    places = page.evaluate("[...document.querySelectorAll('.other-here')].map(link => link.getAttribute('href'))")
    other = {"he": "en", "en": "he"}[language]
    ids = set(re.findall(r'\bid="([^"]+)"', report[other].read_text(encoding="utf-8")))
    assert len(places) > 10
    assert [place for place in places if place.split("#")[1] not in ids] == []
    link = page.locator(".finding .other-here").first
    place = link.get_attribute("href").split("#")[1]
    link.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.evaluate("[document.documentElement.lang, location.hash]") == [other, f"#{place}"]
    assert -5 <= page.locator(f"#{place}").bounding_box()["y"] < 900


@both
def test_each_heading_of_two_levels_has_a_link_of_its_own(steady, report, language):
    opened = steady.look_at(report[language])
    without = opened.run("""[...document.querySelectorAll('main :is(h2, h3)[id]')].filter(heading =>
        !document.querySelector(`.own-link[href="#${CSS.escape(heading.id)}"], .own-link[href="#${heading.id}"]`))
        .map(heading => heading.id)""")
    assert without == []
    assert opened.run("document.querySelectorAll('.finding .own-link').length") >= 5
