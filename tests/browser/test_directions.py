"""Numbers as a reader of Hebrew sees them: measured from where the browser put each sign, not read from the source."""

from pathlib import Path

import pytest
from reading import LANGUAGES

# Each number of the page (with its sign and percent), each on one line, with the left edge of each of its signs.
NUMBERS = r"""() => {
  const found = [], pattern = /(?<![\w.])[+−-]?\d(?:[\d.,]*\d)?(?!\w)%?/g;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    if (node.parentElement.closest('.code, script, style') || !node.parentElement.getClientRects().length) continue;
    for (const match of node.data.matchAll(pattern)) {
      const edges = [];
      for (let place = match.index; place < match.index + match[0].length; place++) {
        const range = document.createRange();
        range.setStart(node, place); range.setEnd(node, place + 1);
        const box = range.getClientRects()[0];
        if (box) edges.push([box.left, box.top]);
      }
      if (edges.length === match[0].length) found.push([match[0], node.data.trim().slice(0, 60), edges]);
    }
  }
  return found;
}"""

# The words between two numbers, and on which side of them the numbers stand: -1 to the left, 1 to the right.
PAIRS = r"""word => {
  const found = [], pattern = new RegExp(`([+−]?\\d[\\d.,]*%?)\\u2069? (${word}) \\u2066?([+−]?\\d[\\d.,]*%?)`, 'g');
  const middle = (node, start, length) => {
    const range = document.createRange();
    range.setStart(node, start); range.setEnd(node, start + length);
    const box = range.getClientRects()[0];
    return range.getClientRects().length === 1 ? [(box.left + box.right) / 2, box.bottom] : null;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    if (node.parentElement.closest('.code') || !node.parentElement.getClientRects().length) continue;
    for (const match of node.data.matchAll(pattern)) {
      const [all, first, middleWord, last] = match;
      const wordAt = all.indexOf(` ${middleWord} `) + 1, lastAt = all.length - last.length;
      const parts = [[0, first], [wordAt, middleWord], [lastAt, last]]
        .map(([at, text]) => middle(node, match.index + at, text.length));
      const bottoms = parts.map(part => part && part[1]);
      if (parts.every(Boolean) && Math.max(...bottoms) - Math.min(...bottoms) < 6)
        found.push([all, Math.sign(parts[0][0] - parts[1][0]), Math.sign(parts[2][0] - parts[1][0])]);
    }
  }
  return found;
}"""


def misplaced(numbers: list) -> list[tuple[str, str]]:
    """The numbers whose signs do not stand from left to right in their order, each with its text."""
    wrong = []
    for number, text, edges in numbers:
        one_line = max(top for _, top in edges) - min(top for _, top in edges) < 4
        lefts = [left for left, _ in edges]
        if not one_line or lefts != sorted(lefts):
            wrong.append((number, text))
    return wrong


def a_page(folder: Path, words: str) -> Path:
    page = folder / "page.html"
    page.write_text(f'<html lang="he" dir="rtl"><meta charset="utf-8"><p>{words}</p>', encoding="utf-8")
    return page


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("השינוי הוא −3.2 נקודות", ["−3.2"]),
        ("השינוי הוא \u2066−3.2\u2069 נקודות", []),
        ("השינוי הוא +0.5 נקודות", ["+0.5"]),
        ("אצל \u2066−12%\u2069 מהם", []),
    ],
)
def test_the_measure_tells_a_number_that_is_turned_round(reader, tmp_path, words, wrong):
    assert [number for number, _ in misplaced(reader.open(a_page(tmp_path, words)).run(NUMBERS))] == wrong


def test_the_measure_tells_an_interval_that_is_turned_round(reader, tmp_path):
    bare = reader.open(a_page(tmp_path, "בין \u20662\u2069 עד \u20665\u2069")).run(PAIRS, "עד")
    assert bare == [["\u2066".join(["2\u2069 עד ", "5"]), 1, -1]]
    turned = reader.open(a_page(tmp_path, "<bdo dir=ltr>2 עד 5</bdo>")).run(PAIRS, "עד")
    assert turned == [["2 עד 5", -1, 1]]


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("he", "wide", "light"), ("he", "phone", "dark"), ("en", "wide", "light")]
)
def test_every_number_reads_from_left_to_right(steady, report, language, width, scheme):
    opened = steady.look_at(report[language], width, scheme)
    opened.run("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    numbers = opened.run(NUMBERS)
    assert len(numbers) > 600
    assert sum(number[0][0] == "−" for number in numbers) > 20
    assert sum(number[0].endswith("%") for number in numbers) > 50
    assert misplaced(numbers) == []


@pytest.mark.parametrize(
    ("language", "word", "first", "last"),
    [("he", "עד", 1, -1), ("he", "מתוך", 1, -1), ("en", "to", -1, 1), ("en", "of", -1, 1)],
)
def test_intervals_and_n_of_n_read_in_the_order_of_the_language(steady, report, language, word, first, last):
    """In Hebrew the low bound stands to the right of “עד”, as it is read first; in English to the left of "to"."""
    opened = steady.look_at(report[language])
    opened.run("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    pairs = opened.run(PAIRS, word)
    assert len(pairs) > 20
    assert [pair for pair in pairs if pair[1:] != [first, last]] == []


def test_on_paper_numbers_read_in_the_same_order(reader, report):
    numbers = reader.open(report["he"], media="print").run(NUMBERS)
    assert len(numbers) > 400
    assert misplaced(numbers) == []


def test_words_of_interviewees_keep_their_own_direction(steady, report):
    for language in LANGUAGES:
        quotes = steady.look_at(report[language]).run(
            """[...document.querySelectorAll('.voice blockquote')]
                .map(quote => [quote.lang, getComputedStyle(quote).direction])"""
        )
        assert len(quotes) >= 5
        assert {tuple(quote) for quote in quotes} == {(language, {"he": "rtl", "en": "ltr"}[language])}
