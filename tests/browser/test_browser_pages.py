"""The pages in a real Chromium: readable by everybody, at three sizes, in two text sizes."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.board_village import browser, drawn
from tests.browser.gallery_site import BOARD, PAGES, PHONE, SCREENS, gallery_site
from tests.pages import views_sample as v
from tests.pages.gallery import GALLERY

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASKED = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],
}  # the rest is not carried over
FRONT = GALLERY["home"](PAGES, {})


@pytest.fixture(scope="module")
def address():
    with gallery_site() as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium():
    with browser() as opened:
        yield opened


@contextmanager
def opened(chromium, screen: str, **options):
    """One tab of a screen; whatever the browser complains about fails the test."""
    width, height, _ = SCREENS[screen]
    context = chromium.new_context(viewport={"width": width, "height": height}, **options)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on(
        "pageerror", lambda error: complaints.append(str(error)) if "ransition" not in str(error) else None
    )
    yield page
    context.close()
    assert complaints == []


CASES = [(screen, size) for screen in SCREENS for size in ("m", "xl")]


@pytest.mark.parametrize(("screen", "size"), CASES)
def test_everybody_can_read_every_page(chromium, address, screen, size):
    """Axe finds nothing, AAA contrast and target size included; nothing scrolls sideways; the dock covers nothing."""
    axe, door = Axe(), SCREENS[screen][2]
    found = {}
    with opened(chromium, screen) as page:
        for name in GALLERY:
            page.goto(f"{address}/{name}/{door}/{size}")
            if (
                door == PHONE
            ):  # unrolled: a dock that stands over the next line is a moment of scrolling, no fault
                unrolled = page.evaluate("document.documentElement.scrollHeight")
                page.set_viewport_size({"width": SCREENS[screen][0], "height": unrolled})
            result = axe.run(page, options=ASKED)
            wrong = [
                f"{violation['id']}: {violation['nodes'][0]['html'][:120]}"
                for violation in result.response["violations"]
            ]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append("scrolls sideways")
            if page.evaluate(
                "document.querySelector('main').scrollWidth > document.querySelector('main').clientWidth"
            ):
                wrong.append("main scrolls sideways")
            if wrong:
                found[name] = wrong
    assert found == {}


@pytest.mark.parametrize("screen", SCREENS)
def test_fingers_find_every_control(chromium, address, screen):
    """On a board every control is 64 px high or more, on a phone 44 px (screens §3)."""
    least, door = (64, BOARD) if SCREENS[screen][2] == BOARD else (44, PHONE)
    small = """least => [...document.querySelectorAll('a:not(.skip), button')].filter(a => {
        const box = (a.closest('tbody tr') || a).getBoundingClientRect();
        return box.height && box.height < least && !a.closest('header, p.note');
    }).map(a => a.textContent.trim() + ' ' + Math.round(a.getBoundingClientRect().height))"""
    found = {}
    with opened(chromium, screen) as page:
        for name in GALLERY:
            page.goto(f"{address}/{name}/{door}/m")
            if wrong := page.evaluate(small, least):
                found[name] = wrong
    assert found == {}


def test_every_page_is_the_same_without_script(chromium, address):
    """With JavaScript off nothing is missing: every link is there, every page shows its h1."""
    with opened(chromium, "portrait", java_script_enabled=False) as page:
        for name in GALLERY:
            page.goto(f"{address}/{name}/board/m")
            assert page.locator("h1").count() == 1
            assert page.locator(".dock a").count() >= 2
            assert not page.locator(".idle").is_visible()


def test_keyboard_reaches_the_content_first(chromium, address):
    """The first Tab is the skip link, and it leads into the main part."""
    with opened(chromium, "landscape") as page:
        page.goto(f"{address}/payouts/board/m")
        drawn(page)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.id === 'm'")


def test_a_line_can_be_touched_anywhere(chromium, address):
    """The whole line of a list leads to the household, not only the name."""
    with opened(chromium, "portrait", has_touch=True) as page:
        page.goto(f"{address}/payouts/board/m")
        page.route("**/households/**", lambda route: route.fulfill(body=FRONT, content_type="text/html"))
        page.locator("tbody tr").nth(2).locator("td").last.tap(force=True)
        page.wait_for_url("**/households/3")


def test_idle_board_warns_and_goes_home(chromium, address):
    """After a minute on a personal page a bar warns, a touch puts it off, and after the countdown home is shown."""
    with opened(chromium, "portrait") as page:
        page.route(f"**/v/{v.CODE}/", lambda route: route.fulfill(body=FRONT, content_type="text/html"))
        page.clock.install()
        page.goto(f"{address}/household/board/m")
        page.clock.run_for(61_000)
        assert page.locator(".idle").is_visible()
        assert "保护您的信息" in page.locator(".idle [role=status]").inner_text()
        page.get_by_role("button", name="继续看").click()
        assert not page.locator(".idle").is_visible()
        page.clock.run_for(95_000)
        page.wait_for_url(f"**/v/{v.CODE}/")


def test_phone_has_no_timer(chromium, address):
    """On a phone nothing runs away from the reader."""
    with opened(chromium, "phone") as page:
        page.clock.install()
        page.goto(f"{address}/household/phone/m")
        page.clock.run_for(600_000)
        assert page.url.endswith("/household/phone/m")
        assert page.locator(".idle").count() == 0


def test_front_cards_turn_and_stop(chromium, address):
    """Cards turn every 12 s, stop at a touch, and never move the page; with reduced motion they stand still."""
    shown = "[...document.querySelectorAll('.hero')].findIndex(card => getComputedStyle(card).visibility == 'visible')"
    with opened(chromium, "portrait") as page:
        page.clock.install()
        page.goto(f"{address}/home/board/m")
        before = page.locator(".tiles").bounding_box()
        page.clock.run_for(12_500)
        assert page.evaluate(shown) == 1
        assert page.locator(".tiles").bounding_box() == before
        page.mouse.click(5, 1000)
        page.clock.run_for(30_000)
        assert page.evaluate(shown) == 1
    with opened(chromium, "portrait", reduced_motion="reduce") as page:
        page.clock.install()
        page.goto(f"{address}/home/board/m")
        page.clock.run_for(60_000)
        assert page.evaluate(shown) == 0


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("name", ["home", "home_land"])
def test_the_way_to_ones_own_payouts_is_seen_at_once(chromium, address, screen, name):
    """At the largest text 找我的补贴 stands above the dock without scrolling, and the keyboard comes to it first."""
    with opened(chromium, screen) as page:
        page.goto(f"{address}/{name}/{SCREENS[screen][2]}/xl")
        key, dock = (page.locator(what).bounding_box() for what in (".tile.key", ".dock"))
        assert key["y"] + key["height"] <= dock["y"]
        assert page.evaluate("document.querySelector('main a').matches('.key')")


@pytest.mark.parametrize("name", ["land_case", "land_case_changed", "land_case_stopped"])
def test_a_lying_board_shows_what_to_do_now(chromium, address, name):
    """Both keys of the 现在 box stand on a lying board without scrolling, whatever can be done."""
    with opened(chromium, "landscape") as page:
        page.goto(f"{address}/{name}/board/m")
        keys, dock = page.locator(".nowbox .acts").bounding_box(), page.locator(".dock").bounding_box()
        assert keys["y"] + keys["height"] <= dock["y"]


def test_paper_copy_has_no_buttons(chromium, address):
    """Printing from the browser leaves out dock, buttons and pager and keeps the list."""
    with opened(chromium, "landscape") as page:
        page.goto(f"{address}/payouts/board/m")
        page.emulate_media(media="print")
        assert not page.locator(".dock").is_visible()
        assert not page.locator(".pager").is_visible()
        assert page.locator("tbody tr").last.is_visible()


UNDER_THE_DOCK = """() => {
    const dock = document.querySelector('.dock').getBoundingClientRect();
    return document.querySelector('main').getBoundingClientRect().bottom > dock.top + .5;
}"""


@pytest.mark.parametrize(("width", "height"), [(390, 844), (360, 780)])
def test_nothing_is_half_under_the_dock(chromium, address, width, height):
    """On a phone as it is held, unrolled by nobody: no key is too small or half covered, and the dock stands clear."""
    axe, found = Axe(), {}
    with opened(chromium, "phone") as page:
        page.set_viewport_size({"width": width, "height": height})
        for name in GALLERY:
            page.goto(f"{address}/{name}/{PHONE}/m")
            result = axe.run(page, options={"runOnly": ["target-size"], "resultTypes": ["violations"]})
            wrong = [node["html"][:120] for one in result.response["violations"] for node in one["nodes"]]
            if wrong or page.evaluate(UNDER_THE_DOCK):
                found[name] = wrong
    assert found == {}
