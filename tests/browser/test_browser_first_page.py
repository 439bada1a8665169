"""The first page of an export, opened from a folder in Chromium: no server, no script, no network."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from kiosk_server.dossier.human import written
from tests.browser.board_village import SCREENS, browser
from tests.dossier_village import ANNUAL, dossier_of

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASKED = {"runOnly": RULES, "resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def chromium():
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    whole = dossier_of(30, annual=ANNUAL, note="本机时钟曾经不准，以县里的时间为准")
    data = tmp_path_factory.mktemp("stick") / "data"
    for path, content in written(whole):
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_bytes(content)
    return data


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scripts", [True, False])
def test_it_opens_from_the_stick_on_every_screen(chromium, folder, screen, scripts):
    """Its style holds, nothing scrolls sideways, nothing is asked for but its stylesheet, everybody can read it."""
    width, height = SCREENS[screen]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=scripts, offline=True
    )
    page, asked, complaints = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((folder / "index.html").as_uri())
    assert asked == [(folder / "index.html").as_uri(), (folder / "index.css").as_uri()]
    assert (
        page.locator("header").evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(156, 28, 23)"
    )
    assert page.locator("h1").inner_text() == "岭东村2025年惠民惠农补贴与征地公告"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (
        page.evaluate("Math.min(...[...document.querySelectorAll('main a')].map(a => a.offsetHeight))") >= 44
    )
    assert complaints == []
    if scripts:  # axe itself asks for the stylesheet again, which the page forbids
        found = Axe().run(page, options=ASKED).response["violations"]
        assert [f"{one['id']}: {one['nodes'][0]['html'][:100]}" for one in found] == []
    context.close()
