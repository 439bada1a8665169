"""Where lines end: before no closing mark, in no figure, date, title or key; at any screen, text size and language."""

from __future__ import annotations

import pytest

from tests.browser.board_village import browser
from tests.browser.gallery_site import BOARD, PHONE, SCREENS, gallery_site
from tests.pages.gallery import GALLERY

pytestmark = pytest.mark.browser
SIZES = ("m", "l", "xl")
LANGUAGES = ("zh_CN", "en")
ALL_SCREENS = SCREENS | {"full": (1920, 1080, BOARD), "small": (360, 740, PHONE)}
BAD_ENDS = r"""size => {
    document.documentElement.dataset.size = size;
    for (const more of document.querySelectorAll('details')) more.open = true;
    const main = document.querySelector('main'), found = [];
    const seen = e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.vh, thead, svg, .address, script');
    const range = document.createRange();
    const boxes = (node, from, to) => {
        range.setStart(node, from);
        range.setEnd(node, to);
        return [...range.getClientRects()].filter(one => one.width);
    };
    const lower = (one, other) => one.top > other.top + other.height / 2;
    const lines = boxes => boxes.filter((one, at) => !at || lower(one, boxes[at - 1])).length;
    const block = e => { while (getComputedStyle(e).display.startsWith('inline') && !e.matches(KEYS)) e = e.parentElement; return e; };
    const KEYS = '.btn, .tile, .chips a, .strip a, .numbers a, .seg a, .dock a, .pad > *';
    const DATE = /(\d+年)?\d+月\d+日|\b\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December)( \d{4})?/g;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), last = new Map();
    let before = null;
    while (walker.nextNode()) {
        const node = walker.currentNode, text = node.data, e = node.parentElement;
        if (!text.trim() || !seen(e)) continue;
        const all = boxes(node, 0, text.length);
        if (!all.length) continue;
        const start = text.search(/\S/), end = text.trimEnd().length;
        if (before && '，。、；：！？）》”'.includes(text[start]) && lower(all[0], before))
            found.push('begins: ' + text.slice(0, 8));
        before = all.at(-1);
        const key = e.closest(KEYS);
        if (key) {
            const whole = key.getBoundingClientRect(), own = block(e), row = last.get(own) ?? {from: '', top: null};
            if (all.some(one => one.left < whole.left - 1 || one.right > whole.right + 1 || one.bottom > whole.bottom + 1))
                found.push('out of its key: ' + text);
            for (const letter of text.slice(start, end).matchAll(/\S/gu)) {
                const [here] = boxes(node, start + letter.index, start + letter.index + letter[0].length);
                if (!here) continue;
                if (row.top && lower(here, row.top)) {
                    if (/[A-Za-z]$/.test(row.from) && /[A-Za-z]/.test(letter) && text[start + letter.index - 1]?.trim())
                        found.push('word: ' + text);
                    [row.from, row.lines] = ['', (row.lines ?? 1) + 1];
                }
                row.from += letter[0];
                row.top = here;
            }
            last.set(own, row);
        }
        if (lines(all) < 2) continue;
        const title = e.closest('h1, h2:not(.doc *)');
        let left = null;
        for (let at = start; at < end; at++) {
            if (!text[at].trim()) continue;
            const [here] = boxes(node, at, at + 1);
            if (!here) continue;
            if (left && lower(here, left)) {
                if ('，。、；：！？）》”'.includes(text[at])) found.push('begins: ' + text.slice(Math.max(0, at - 8), at + 6).trim());
                if (title && /\p{sc=Han}{2}/u.test(text.slice(at - 1, at + 1))) found.push('split: ' + text);
            }
            left = here;
        }
        for (const one of [...text.matchAll(/\d[\d.,\-]*\d/g), ...text.matchAll(DATE)])
            if (lines(boxes(node, one.index, one.index + one[0].length)) > 1) found.push('cut: ' + one[0]);
    }
    for (const row of last.values()) if (row.lines > 1 && [...row.from].length == 1) found.push('alone: ' + row.from);
    for (const key of document.querySelectorAll('.dock a')) {
        const words = [...key.querySelectorAll('span:not(.vh)'), ...key.childNodes]
            .find(one => one.nodeType == 3 ? one.data.trim() : one.matches('.say span'));
        range.selectNodeContents(words);
        if (lines([...range.getClientRects()].filter(one => one.width)) > 1) found.push('key: ' + range);
    }
    if ([document.documentElement, main].some(one => one.scrollWidth > one.clientWidth)) found.push('sideways');
    if (size == 'xl' && new Set([...document.querySelectorAll('.top a, .top time')].filter(seen)
        .flatMap(one => { range.selectNodeContents(one); return [...range.getClientRects()]; })
        .filter(one => one.width).map(one => Math.round(one.top / 20))).size > 2) found.push('head');
    return [...new Set(found)];
}"""


@pytest.fixture(scope="module")
def gallery():
    with gallery_site() as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium():
    with browser() as opened:
        yield opened


def badly_ended(chromium, gallery, door: str, language: str) -> dict[str, list[str]]:
    """Page, screen and text size → the lines that end where none should. Each page is loaded once."""
    page, found = chromium.new_page(), {}
    for name in GALLERY.keys() - {"setup"} if door == PHONE else GALLERY:  # a phone is not calibrated
        page.goto(f"{gallery}/{name}/{door}/m/{language}")
        for screen, (width, height, of) in ALL_SCREENS.items():
            if of != door:
                continue
            page.set_viewport_size({"width": width, "height": height})
            for size in SIZES:
                if bad := page.evaluate(BAD_ENDS, size):
                    found[f"{name} {screen} {size}"] = bad
    page.close()
    return found


@pytest.mark.parametrize("door", [BOARD, PHONE])
@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_end_where_they_may(chromium, gallery, door, language):
    """No line begins with a closing mark; no number, date, heading or key is cut; nothing runs off sideways."""
    assert badly_ended(chromium, gallery, door, language) == {}


def test_a_bad_end_would_be_seen(chromium, gallery):
    """The same look does see a full stop alone on its line, a sum or date cut in two, a key's last character alone."""
    page = chromium.new_page()
    page.goto(f"{gallery}/help/board/m")
    page.evaluate("""() => {
        const box = document.querySelector('main').appendChild(document.createElement('p'));
        box.style.cssText = 'width: 4em; word-break: break-all';
        box.innerHTML = '<b style="display: inline-block">一二三四</b>。<br>163,433.91元<br>2026年11月22日<h2>四个字的题</h2>' +
            '<a class="btn" style="width: 6em; padding: 0">一二三四五六七</a><a class="btn" style="padding: 0">Programmes</a>';
    }""")
    kinds = {one.partition(":")[0] for one in page.evaluate(BAD_ENDS, "m")}
    assert kinds == {"begins", "cut", "split", "alone", "word"}
    page.close()
