"""A press that really speaks, and a board in front of it."""

from __future__ import annotations

import asyncio
from io import StringIO
from types import SimpleNamespace

import pytest

from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.press.worker import Press
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.village import CODE, MASK, PACK, County, payout, terms
from tests.web.conftest import serve  # noqa: F401 - a fixture
from tests.web.test_web_pages import IMPORTED, SETTINGS, Clock

LIST = "b-2026"
PEOPLE = ("单桂珍", "仇大明", "贾䶮")


async def filled(path):
    county = County()
    county.batch(LIST, *(payout(seq, name) for seq, name in enumerate(PEOPLE, 1)), terms=terms())
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        await archive.admit(CODE, county.stretch(), IMPORTED)


@pytest.fixture(scope="module")
def speaking(tmp_path_factory, serve):  # noqa: F811
    """A served village whose press has Debian's voice; `folder` is all it may write to."""
    folder = tmp_path_factory.mktemp("speaking")
    asyncio.run(filled(folder / "archive.sqlite3"))
    clock, log = Clock(), StringIO()
    board, press = Board(folder / "archive.sqlite3", MASK), Press(folder / "press", None, "")
    parts = SimpleNamespace(settings=SETTINGS, pack=PACK, board=board, press=press, clock=clock)
    site = serve(lambda port: web_app(parts, port, Logbook(log, clock)))
    asked = Board(folder / "archive.sqlite3", MASK)  # the server's own may be in the middle of a snapshot
    yield SimpleNamespace(site=site, board=asked, press=press, folder=folder, log=log)
    press.close()
    asked.close()
    board.close()
