"""生僻字: a village's rare characters as a small web font, from the list to the page."""

import asyncio
import re
from io import BytesIO, StringIO
from types import SimpleNamespace

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from boards.model.rare_characters import is_rare, rare_characters, unicode_range
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.desk.after_pull import draw_rare
from kiosk_server.press import web_font
from kiosk_server.press.worker import Press
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.land.land_house import VILLAGE as LAND_VILLAGE
from tests.land.land_house import House
from tests.village import CODE, MASK, PACK, County, payout, terms
from tests.web.conftest import serve  # noqa: F401 - a fixture
from tests.web.test_web_pages import IMPORTED, SETTINGS, Clock

pytestmark = pytest.mark.thorough

NEWEST = "\U00031cff"  # no font of this machine has it: the county sends its own
EM = 1000


def block_font(chars: str) -> bytes:
    """A font that draws each of these as a solid square."""
    pen = TTGlyphPen(None)
    for place, point in enumerate([(0, 0), (0, EM), (EM, EM), (EM, 0)]):
        (pen.lineTo if place else pen.moveTo)(point)
    pen.closePath()
    square, names = pen.glyph(), {ord(char): f"u{ord(char):X}" for char in chars}
    build = FontBuilder(EM, isTTF=True)
    build.setupGlyphOrder([".notdef", *names.values()])
    build.setupCharacterMap(names)
    build.setupGlyf({".notdef": TTGlyphPen(None).glyph(), **dict.fromkeys(names.values(), square)})
    build.setupHorizontalMetrics(dict.fromkeys((".notdef", *names.values()), (EM, 0)))
    build.setupHorizontalHeader(ascent=EM, descent=-200)
    build.setupNameTable({"familyName": "Blocks", "styleName": "Regular"})
    build.setupOS2(sTypoAscender=EM, usWinAscent=EM, usWinDescent=200)
    build.setupPost()
    out = BytesIO()
    build.save(out)
    return out.getvalue()


async def filled(path, *names: str):
    county = County()
    county.batch("b", *(payout(seq, name) for seq, name in enumerate(names, 1)), terms=terms())
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        await archive.admit(CODE, county.stretch(), IMPORTED)


@pytest.fixture(scope="module")
def village(tmp_path_factory, serve):  # noqa: F811
    """A served village with rare names, and a county's own font for the newest of them."""
    folder = tmp_path_factory.mktemp("rare")
    asyncio.run(filled(folder / "archive.sqlite3", "朱𬭎", f"王{NEWEST}", "沈桂珍"))
    (folder / "fonts").mkdir()
    (folder / "fonts" / "data.ttf").write_bytes(block_font(NEWEST))
    board = Board(folder / "archive.sqlite3", MASK)
    press, clock = Press(folder / "press", folder / "fonts", ""), Clock()
    parts = SimpleNamespace(settings=SETTINGS, pack=PACK, board=board, press=press, clock=clock)
    site = serve(lambda port: web_app(parts, port, Logbook(StringIO(), clock)))
    yield SimpleNamespace(site=site, board=board, press=press, folder=press.rare_folder)
    press.close()
    board.close()


def style_of(village) -> str:
    found = re.search(r'href="(/static/rare/[^"]+)"', village.site.get(f"/v/{CODE}/find").body.decode())
    return found[1] if found else ""


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
@limits(max_examples=60)
def test_rare_is_what_gbk_lacks(text):
    """Only Hanzi are rare, none that GBK has, each once, and CSS names them all."""
    found = rare_characters([text])
    assert set(found) <= set(text)
    assert found == "".join(sorted(set(found)))
    assert all(is_rare(char) and not char.encode("gb18030").isascii() for char in found)
    assert unicode_range(found).count("U+") == len(found)


@pytest.mark.parametrize(
    ("char", "rare"), [("𬭎", True), ("㛃", True), ("沈", False), ("镕", False), ("A", False)]
)
def test_which_names_need_it(char, rare):
    """朱𬭎 and 王㛃 do, 沈桂珍 and 朱镕 do not."""
    assert is_rare(char) is rare


def test_a_new_font_shows_on_pages_that_were_kept(village):
    """Before the press has made it no page links a style; afterwards every page does, small and for ever."""
    assert style_of(village) == ""
    assert asyncio.run(draw_rare(village.board, village.press, [CODE])) is None
    asyncio.run(asyncio.sleep(0.03))
    style = village.site.get(style_of(village))
    assert "immutable" in style.headers["cache-control"]
    assert style.headers["content-type"].startswith("text/css")
    told = style.body.decode()
    assert {"U+2CB4E", "U+31CFF"} <= set(re.findall(r"U\+[0-9A-F]+", told))
    assert "U+6C88" not in told
    names = re.findall(r"url\(([^)]+)\)", told)
    fonts = [village.site.get(f"/static/rare/{name}") for name in names]
    assert {font.headers["content-type"] for font in fonts} == {"font/woff"}
    assert sum(len(font.body) for font in fonts) <= web_font.MOST_BYTES
    drawn = {char for font in fonts for char in TTFont(BytesIO(font.body)).getBestCmap()}
    assert drawn == {ord("𬭎"), ord(NEWEST)}


def test_nothing_rare_no_style(village):
    """A village without rare characters has no style, and what it had before is gone."""
    asyncio.run(draw_rare(village.board, village.press, [CODE]))
    asyncio.run(village.press.rare_font("330590101204", "㛃"))
    assert (village.folder / "330590101204.css").exists()
    asyncio.run(village.press.rare_font("330590101204", ""))
    assert not (village.folder / "330590101204.css").exists()
    assert {path.name for path in village.folder.glob("*.woff")} == set(
        re.findall(r"url\(([^)]+)\)", (village.folder / f"{CODE}.css").read_text())
    )


def test_too_many_are_cut_off_not_carried(village):
    """However many rare characters, what phones fetch stays below the limit."""
    asyncio.run(village.press.rare_font("330590101204", "".join(map(chr, range(0x3400, 0x3480)))))
    style = (village.folder / "330590101204.css").read_text()
    sizes = [(village.folder / name).stat().st_size for name in re.findall(r"url\(([^)]+)\)", style)]
    assert 1000 < sum(sizes) <= web_font.MOST_BYTES


def test_a_land_notice_brings_its_rare_characters(tmp_path):
    """A place that only a land notice names is drawn too: 𬭎坞 stands in the first notice's text."""
    house = House.founded(tmp_path)
    start = house.case.parent / "01_start.txt"
    start.write_text(start.read_text(encoding="utf-8").replace("四至见附图", "东至𬭎坞"), encoding="utf-8")
    house.published()
    asyncio.run(house.pulled(LAND_VILLAGE))
    press = Press(tmp_path / "press", tmp_path / "fonts", "")
    try:
        with house.board() as board:
            assert asyncio.run(draw_rare(board, press, [LAND_VILLAGE])) is None
    finally:
        press.close()
    assert "U+2CB4E" in (press.rare_folder / f"{LAND_VILLAGE}.css").read_text(encoding="utf-8")
