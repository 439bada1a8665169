"""A light guard of the layout: small grey pictures that somebody has looked at, compared as an eye would.

VILLAGE_LOOKS=1 takes them anew; look at `make shots` before you accept them.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

from tests.browser.board_village import browser
from tests.browser.gallery_site import SCREENS, gallery_site

pytestmark = pytest.mark.browser
LOOKS = Path(__file__).parents[1] / "golden" / "looks"
LARGEST_BYTES = 12_000
PAGES = (
    "home",
    "find",
    "initials_found",
    "household",
    "payouts",
    "programmes",
    "year",
    "help",
    "code",
    "trouble",
)
SHORT_SIDE, GREYS = 200, 16
BLOCK, SEEN, FEW = 8, 12, 3
"""Blocks of 8 × 8 points of the small picture; a mean that moves by 12 of 255 is seen; three such are too many."""


def look(png: bytes) -> Image.Image:
    """A screen as somebody sees it from across the room: small, grey, sixteen shades."""
    screen = Image.open(BytesIO(png)).convert("L")
    scale = SHORT_SIDE / min(screen.size)
    small = screen.resize((round(screen.width * scale), round(screen.height * scale)), Image.Resampling.BOX)
    step = 256 // GREYS
    return small.point([value // step * step + step // 2 for value in range(256)])


def different(one: Image.Image, other: Image.Image) -> int:
    """How many blocks an eye would call different; a hair's breadth of anti-aliasing is none."""
    if one.size != other.size:
        return one.width * one.height // BLOCK**2
    soft = [picture.convert("L").filter(ImageFilter.BoxBlur(1)) for picture in (one, other)]
    blocks = ImageChops.difference(*soft).reduce(BLOCK)
    return sum(blocks.histogram()[SEEN:])


@pytest.fixture(scope="module")
def screens():
    """A tab of each screen, and the gallery's address."""
    with gallery_site() as address, browser() as chromium:
        tabs = {
            screen: chromium.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
            for screen, (width, height, _) in SCREENS.items()
        }
        yield address, tabs


def seen(screens, name: str, screen: str) -> Image.Image:
    address, tabs = screens
    tabs[screen].goto(f"{address}/{name}/{SCREENS[screen][2]}/m")
    return look(tabs[screen].screenshot())


@pytest.mark.parametrize("screen", SCREENS)
def test_pages_look_as_approved(screens, screen):
    """No page of a screen looks different from the picture somebody approved."""
    changed = {}
    for name in PAGES:
        now, approved = seen(screens, name, screen), LOOKS / f"{name}-{screen}.png"
        if os.environ.get("VILLAGE_LOOKS"):
            LOOKS.mkdir(parents=True, exist_ok=True)
            now.quantize(GREYS).save(approved, optimize=True)
        with Image.open(approved) as before:
            if (blocks := different(before, now)) >= FEW:
                changed[name] = blocks
    assert changed == {}, "look at `make shots`, then VILLAGE_LOOKS=1"


def test_approved_pictures_are_small_and_all_there():
    """One picture a page and screen, none above 12 kB."""
    assert {path.stem for path in LOOKS.glob("*.png")} == {
        f"{name}-{screen}" for name in PAGES for screen in SCREENS
    }
    assert max(path.stat().st_size for path in LOOKS.glob("*.png")) <= LARGEST_BYTES


@pytest.mark.parametrize(
    "spoilt",
    [
        ".row .links { display: none }",
        ".dock { display: none }",
        ".top { background: #0f5245 }",
        "h1 { font-size: 1.3rem }",
        ".row { padding: .1rem }",
        "main { gap: .4rem }",
    ],
)
def test_a_spoilt_layout_is_seen(screens, spoilt):
    """The comparison does see a lost dock, another colour, smaller titles, tighter spacing."""
    address, tabs = screens
    tab = tabs["portrait"]
    tab.goto(f"{address}/household/board/m")
    before = look(tab.screenshot())
    assert different(before, look(tab.screenshot())) == 0
    tab.evaluate(
        "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet]; }",
        spoilt,
    )
    found = different(before, look(tab.screenshot()))
    tab.evaluate("document.adoptedStyleSheets = []")
    assert found >= FEW
