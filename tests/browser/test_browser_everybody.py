"""The board for everybody: by keyboard, without script, enlarged, in forced colours, on paper (screens §6)."""

from __future__ import annotations

import pypdfium2
import pytest

from tests.browser.board_village import PAID, Visitor, browser, drawn, village
from tests.browser.gallery_site import SCREENS, gallery_site
from tests.pages.gallery import GALLERY
from tests.village import CODE

pytestmark = pytest.mark.browser
KEYS = ".btn:not([aria-disabled]), .tile, .chips a, .pad a, .seg, .ask input"
GAP_PX = 12
SIDEWAYS = """() => [document.documentElement, document.querySelector('main')]
    .some(e => e.scrollWidth > e.clientWidth)"""
WEAK = """keys => {
    const light = colour => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(Number)
            .map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const ratio = (a, b) => (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const ground = e => { while (e && getComputedStyle(e).backgroundColor == 'rgba(0, 0, 0, 0)') e = e.parentElement;
        return light(getComputedStyle(e || document.documentElement).backgroundColor); };
    return [...document.querySelectorAll(keys)].filter(e => e.checkVisibility({visibilityProperty: true})).filter(e => {
        const style = getComputedStyle(e), around = ground(e.parentElement);
        const seen = ['Top', 'Right', 'Bottom', 'Left'].filter(side => parseFloat(style[`border${side}Width`]) > 0)
            .map(side => light(style[`border${side}Color`]));
        if (style.backgroundColor != 'rgba(0, 0, 0, 0)') seen.push(light(style.backgroundColor));
        return Math.max(...seen.map(one => ratio(one, around))) < 3;
    }).map(e => e.className + ' ' + e.textContent.trim().slice(0, 20));
}"""
CLOSE = """least => [...document.querySelectorAll('.pad, .chips, .acts, .tiles')].flatMap(group => {
    const boxes = [...group.children].map(e => e.getBoundingClientRect()).filter(b => b.height);
    return boxes.flatMap((a, at) => boxes.slice(at + 1).filter(b => {
        const across = Math.max(b.left - a.right, a.left - b.right), down = Math.max(b.top - a.bottom, a.top - b.bottom);
        return Math.max(across, down) < least - .5;
    }).map(() => group.className));
})"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with village(tmp_path_factory.mktemp("everybody")) as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium(site):
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def gallery():
    with gallery_site() as opened:
        yield opened


def every_page(chromium, gallery, screen: str, size: str = "m", **options):
    """Every page of the gallery in one tab, by name."""
    width, height, door = SCREENS[screen]
    page = chromium.new_page(**({"viewport": {"width": width, "height": height}} | options))
    for name in GALLERY:
        page.goto(f"{gallery}/{name}/{door}/{size}")
        yield name, page
    page.close()


def test_keyboard_alone_leads_to_the_payout(chromium, site):
    """Tab and Enter reach the household in three steps, and every stop on the way shows where it is."""
    page = chromium.new_page(viewport={"width": 1080, "height": 1920})
    page.goto(site.at + site.home)
    for words in ("找我的补贴", "沈", "沈桂珍"):
        drawn(page)
        for _ in range(60):
            page.keyboard.press("Tab")
            assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 3
            if page.evaluate("w => document.activeElement.textContent.trim().startsWith(w)", words):
                break
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert "28,408.68" in page.locator("body").inner_text()
    page.close()


def test_without_script_every_flow_passes(chromium, site):
    """With JavaScript off: surname, initials, group, short code, text size and a page of a list, all by touch."""
    with Visitor(chromium, site, java_script_enabled=False) as he:
        he.tap("字号")
        assert he.page.get_attribute("html", "data-size") == "l"
        he.tap("找我的补贴").tap("按拼音首字母").tap("S").tap("沈桂珍")
        assert "28,408.68" in he.text
        he.tap("看完了，清除").tap("找我的补贴").tap("按小组").tap("一组").tap("王小芳")
        assert "408.68" in he.text
        he.tap("首页").tap("输短码")
        for digit in site.board.sheet(CODE, PAID).code:
            with he.page.expect_navigation():
                he.page.locator(".pad a", has_text=digit).tap()
        assert "这张公示表" in he.text
        he.page.locator("[rel=next]").tap()
        he.page.wait_for_url("**page=2")
        assert "第11至20行" in he.text


@pytest.mark.parametrize(("width", "height"), [(320, 640), (540, 960), (640, 400)])
def test_enlarged_twofold_nothing_runs_off(chromium, gallery, width, height):
    """At 200 % zoom of each screen (and at 320 px, WCAG 1.4.10) every page reflows."""
    screen = "phone" if width == 320 else "portrait"
    wide = [
        name
        for name, page in every_page(chromium, gallery, screen, viewport={"width": width, "height": height})
        if page.evaluate(SIDEWAYS)
    ]
    assert wide == []


def test_the_middle_text_size_fits_too(chromium, gallery):
    """大字 runs off neither the lying board nor the phone (the standing board is wider)."""
    wide = [
        (name, screen)
        for screen in ("landscape", "phone")
        for name, page in every_page(chromium, gallery, screen, "l")
        if page.evaluate(SIDEWAYS)
    ]
    assert wide == []


def test_keys_stand_out_and_stand_apart(chromium, gallery):
    """The edge or ground of every key has 3:1 against its surroundings; on the board keys are 12 px apart."""
    weak, close = {}, {}
    for name, page in every_page(chromium, gallery, "portrait"):
        if found := page.evaluate(WEAK, KEYS):
            weak[name] = found
        if found := page.evaluate(CLOSE, GAP_PX):
            close[name] = found
    assert weak == {}
    assert close == {}


def test_states_are_told_without_colour(chromium, gallery):
    """Every state has a sign and words; in forced colours it keeps an edge, and the chosen way is marked."""
    for _, page in every_page(chromium, gallery, "portrait", forced_colors="active"):
        bare = page.evaluate("""() => [...document.querySelectorAll('.tag')].filter(e => !e.textContent.trim() ||
            getComputedStyle(e, '::before').content.length < 3).map(e => e.outerHTML)""")
        edgeless = page.evaluate("""() => [...document.querySelectorAll('.tag, .btn, .tile, .card, .chips a, .pad a')]
            .filter(e => parseFloat(getComputedStyle(e).borderTopWidth) < 1).map(e => e.outerHTML.slice(0, 80))""")
        unmarked = page.evaluate("""() => [...document.querySelectorAll('.seg [aria-current]')]
            .filter(e => !getComputedStyle(e).textDecorationLine.includes('underline')).length""")
        assert (bare, edgeless, unmarked) == ([], [], 0)


def test_a_key_answers_within_a_tenth_of_a_second(chromium, site):
    """A finger on a key sees it move at once."""
    page = chromium.new_page(viewport={"width": 1080, "height": 1920})
    page.goto(site.at + site.home)
    page.locator(".tile").first.hover()
    took = []
    for _ in range(3):
        page.evaluate("""() => { window.took = new Promise(done => addEventListener('pointerdown', e => {
            const began = performance.now(), tile = e.target.closest('.tile');
            const look = () => getComputedStyle(tile).transform == 'none' ? requestAnimationFrame(look)
                : done(performance.now() - began);
            look();
        }, {once: true})) }""")
        page.mouse.down()
        took.append(page.evaluate("window.took"))
        page.mouse.move(5, 5)
        page.mouse.up()
        page.locator(".tile").first.hover()
    page.close()
    assert min(took) <= 100


def test_the_browsers_own_print_is_a_readable_sheet(chromium, site):
    """A4, the list with its heading on every page, no key of the screen on it."""
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{site.lan}/v/{CODE}/payouts/{PAID}")
    made = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    page.close()
    width, height = made[0].get_size()
    assert (round(width), round(height)) == (595, 842)
    text = "".join(made[number].get_textpage().get_text_bounded() for number in range(len(made)))
    made.close()
    assert "沈桂珍" in text
    assert "本页小计" in text
    assert not [word for word in ("字号", "下一页", "给家人看") if word in text]
