"""朗读 under a finger, in a real Chromium, with the real voice."""

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.village import CODE

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def chromium(speaking):  # the village first: playwright keeps a loop running
    if not CHROMIUM.exists():
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, speaking):
    """A board of 1080 × 1920 on the household's page, touched with fingers only."""
    number = speaking.board.people(CODE, "单")[0].household
    context = chromium.new_context(viewport={"width": 1080, "height": 1920}, has_touch=True)
    opened = context.new_page()
    opened.goto(f"http://127.0.0.1:{speaking.site.kiosk}/v/{CODE}/households/{number}")
    yield opened
    context.close()


def pressed(page, state: str) -> None:
    page.wait_for_selector(f'.say[aria-pressed="{state}"]', timeout=10_000)


def test_one_touch_speaks_the_next_is_silence(page):
    """The key plays the recording on the same page, says that it is pressed, and pauses at the next touch."""
    say = page.locator(".say")
    here = page.url
    pressed(page, "false")
    say.tap()
    pressed(page, "true")
    page.wait_for_timeout(700)
    say.tap()
    pressed(page, "false")
    assert page.url == here
    say.focus()
    page.keyboard.press("Space")
    pressed(page, "true")
    assert page.evaluate("document.activeElement.classList.contains('say')")


def test_when_it_cannot_be_heard_the_key_says_so(page):
    """A recording that does not come leaves a word on the key, and the next touch tries again."""
    page.route("**/say/**", lambda route: route.fulfill(status=503, body="no"))
    say = page.locator(".say")
    say.tap()
    page.wait_for_selector(".say:has-text('现在读不了')")
    pressed(page, "false")
    page.unroute("**/say/**")
    say.tap()
    pressed(page, "true")
    assert "朗读" in say.text_content()


def test_without_script_a_board_shows_a_player(chromium, speaking):
    """With JavaScript off the board keeps its page and shows the browser's own player in the dock."""
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1080, "height": 1920})
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{speaking.site.kiosk}/v/{CODE}/help")
    assert page.locator(".dock audio").is_visible()
    assert not page.locator(".say").is_visible()
    page.goto(f"http://127.0.0.1:{speaking.site.lan}/v/{CODE}/help")
    assert page.locator(".say").is_visible()
    context.close()
