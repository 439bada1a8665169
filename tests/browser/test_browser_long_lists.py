"""600 lines under one finger: a group in two taps, any page, any surname, with script and without."""

from __future__ import annotations

import asyncio
from io import StringIO
from types import SimpleNamespace

import pytest

from kiosk_server.archive.board import Board
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.browser.board_village import Visitor, browser
from tests.village import CODE, MASK, PACK
from tests.web.conftest import served
from tests.web.test_web_long_lists import LIST, filled
from tests.web.test_web_pages import SETTINGS, Clock, Drawn

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    asyncio.run(filled(folder / "archive.sqlite3"))
    clock, board = Clock(), Board(folder / "archive.sqlite3", MASK)
    parts = SimpleNamespace(settings=SETTINGS, pack=PACK, board=board, press=Drawn(folder), clock=clock)
    with served(lambda port: web_app(parts, port, Logbook(StringIO(), clock))) as doors:
        at, lan = f"http://127.0.0.1:{doors.kiosk}", f"http://127.0.0.1:{doors.lan}"
        yield SimpleNamespace(at=at, lan=lan, home=f"/v/{CODE}/")
    board.close()


@pytest.fixture(scope="module")
def chromium(site):
    with browser() as opened:
        yield opened


@pytest.mark.parametrize("script", [True, False])
def test_a_group_a_page_and_a_surname_by_touch(chromium, site, script):
    """From the middle of the list one tap shows 第十小组 alone; two taps lead to any page or surname of it."""
    with Visitor(chromium, site, java_script_enabled=script) as he:
        he.page.goto(f"{site.at}{LIST}?page=33")
        he.tap("第十小组")
        assert "第十小组：第1至10行，共85户" in he.text
        assert set(he.page.locator("tbody td.sub:nth-child(2)").all_inner_texts()) == {"第十小组"}
        he.tap("最后一页")
        assert "第81至85行" in he.text
        he.page.locator(".pager summary").tap()
        he.tap("4", nth=he.page.locator("a:visible", has_text="4").count() - 1)
        assert "第31至40行" in he.text
        he.page.locator(".strip summary").tap()
        he.tap("欧阳")
        assert "姓欧阳的：第1至10行" in he.text
        assert {name[:2] for name in he.page.locator("tbody th a").all_inner_texts()} == {"欧阳"}
        assert not he.sideways() if script else True


@pytest.mark.parametrize(
    ("screen", "script", "rows"), [("landscape", True, 6), ("portrait", True, 10), ("landscape", False, 10)]
)
def test_a_lying_board_shows_six_rows_by_itself(chromium, site, screen, script, rows):
    """The front page's script sees how the screen lies; the list has six rows or ten, without script ten."""
    with Visitor(chromium, site, screen, java_script_enabled=script) as he:
        he.page.goto(site.at + LIST)
        assert he.page.locator("tbody tr").count() == rows
