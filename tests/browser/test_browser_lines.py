"""Where lines end: before no closing mark, in no figure, word of a title or key of the dock; at any screen and text size."""

from __future__ import annotations

import pytest

from tests.browser.board_village import browser
from tests.browser.gallery_site import PHONE, SCREENS, gallery_site
from tests.pages.gallery import GALLERY

pytestmark = pytest.mark.browser
SIZES = ("m", "l", "xl")
LANGUAGES = ("zh_CN", "en")
BAD_ENDS = r"""() => {
    const seen = e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.vh, thead, svg, .address, script');
    const box = (node, from, to) => {
        const range = document.createRange();
        range.setStart(node, from);
        range.setEnd(node, to);
        return [...range.getClientRects()].find(one => one.width);
    };
    const lower = (one, other) => one.top > other.top + other.height / 2;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
    let before = null;
    while (walker.nextNode()) {
        const node = walker.currentNode, text = node.data;
        if (!text.trim() || !seen(node.parentElement)) continue;
        for (let at = 0; at < text.length; at++) {
            if (!text[at].trim()) continue;
            const here = box(node, at, at + 1);
            if (!here) continue;
            if (before && '，。、；：！？）》”'.includes(text[at]) && lower(here, before))
                found.push('begins: ' + text.slice(Math.max(0, at - 8), at + 6).trim());
            if (node.parentElement.closest('h1, h2:not(.doc *)') && /\p{sc=Han}{2}/u.test(text.slice(at - 1, at + 1)) && lower(here, before))
                found.push('split: ' + text);
            before = here;
        }
        for (const one of text.matchAll(/\d[\d.,\-]*\d/g)) {
            const first = box(node, one.index, one.index + 1), end = one.index + one[0].length;
            if (first && lower(box(node, end - 1, end), first)) found.push('cut: ' + one[0]);
        }
    }
    for (const key of document.querySelectorAll('.dock a')) {
        const range = document.createRange(), words = [...key.querySelectorAll('span:not(.vh)'), ...key.childNodes]
            .find(one => one.nodeType == 3 ? one.data.trim() : one.matches('.say span'));
        range.selectNodeContents(words);
        if (new Set([...range.getClientRects()].filter(one => one.width).map(one => one.top)).size > 1)
            found.push('key: ' + range);
    }
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


def badly_ended(chromium, gallery, screen: str, language: str) -> dict[str, list[str]]:
    """Page and text size → the lines that end where none should."""
    width, height, door = SCREENS[screen]
    page, found = chromium.new_page(viewport={"width": width, "height": height}), {}
    for name in GALLERY.keys() - {"setup"} if door == PHONE else GALLERY:  # a phone is not calibrated
        page.goto(f"{gallery}/{name}/{door}/m/{language}")
        for size in SIZES:
            page.evaluate("size => { document.documentElement.dataset.size = size }", size)
            if bad := page.evaluate(BAD_ENDS):
                found[f"{name} {size}"] = bad
    page.close()
    return found


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_end_where_they_may(chromium, gallery, screen, language):
    """No line begins with a closing mark, no number and no word of a heading is cut in two, no key of the dock wraps."""
    assert badly_ended(chromium, gallery, screen, language) == {}


def test_a_bad_end_would_be_seen(chromium, gallery):
    """The same look does see a full stop alone on its line and a sum cut in two."""
    page = chromium.new_page()
    page.goto(f"{gallery}/help/board/m")
    page.evaluate("""() => {
        const box = document.querySelector('main').appendChild(document.createElement('p'));
        box.style.cssText = 'width: 4em; word-break: break-all';
        box.innerHTML = '<b style="display: inline-block">一二三四</b>。<br>163,433.91元<h2>四个字的题</h2>';
    }""")
    assert [one[:6] for one in page.evaluate(BAD_ENDS)] == ["begins", "cut: 1", "split:"]
    page.close()
