"""A county's land case behind the doors of three villages: two it takes land from, one it leaves alone."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import quote

from kiosk_server.archive.board import Board
from kiosk_server.demo.land_case import dated_case
from kiosk_server.settings import Feed, Settings, Web
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.founding import found
from tests.land.land_house import DEMO, PACK, House
from tests.web.conftest import at_leisure, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VILLAGE, NEIGHBOUR, STRANGER = "330590100201", "330590100202", "330590100203"
CASE = "LA-3_梅坞镇中心卫生院迁建"
FOUNDED = datetime(2026, 12, 11, 4, tzinfo=UTC)  # the plan is posted on 3 December and ends on 2 January
LAND = f"/v/{VILLAGE}/land"
ONE, THERE = f"{LAND}/{quote(CASE)}", f"/v/{NEIGHBOUR}/land/{quote(CASE)}"
LAN_URL = "http://10.0.0.9:8081"


@contextmanager
def land_site(folder: Path, press: object = None) -> Iterator[SimpleNamespace]:
    """The doors; `now` is a list with the one instant it is. Without a press nothing is drawn or said."""
    house = House(folder, found(folder / "county", DEMO / "pack", "", FOUNDED))
    dated_case(DEMO / "land", folder / "case", house.county, FOUNDED.date())
    house.published(FOUNDED)
    for village in (VILLAGE, NEIGHBOUR):
        asyncio.run(house.pulled(village, FOUNDED))
    settings = Settings(
        villages=(VILLAGE, NEIGHBOUR, STRANGER),
        data_dir=str(house.database.parent),
        public_base_url="https://gk.example.org",
        feed=Feed(folder="feed"),
        web=Web(lan_host="127.0.0.1", lan_url=LAN_URL),
    )
    board, now = Board(house.database, PACK.mask), [FOUNDED]
    parts = SimpleNamespace(
        settings=settings,
        pack=PACK,
        board=board,
        press=press or SimpleNamespace(can_speak=False, rare_folder=folder),
        clock=lambda: now[0],
    )
    try:
        with served(
            lambda port: web_app(parts, port, Logbook(StringIO(), parts.clock), ticks=at_leisure())
        ) as site:
            yield SimpleNamespace(
                site=site,
                now=now,
                press=parts.press,
                at=f"http://127.0.0.1:{site.kiosk}",
                lan=f"http://127.0.0.1:{site.lan}",
                home=f"/v/{VILLAGE}/",
            )
    finally:
        board.close()
