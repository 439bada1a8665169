"""An application list over a long holiday: its names hang as many working days as the pack says, not one more."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import msgspec
import pytest

from boards.model.pack import Windows
from boards.model.payouts import Phase
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.desk.print_sheets import may_hang
from kiosk_server.settings import Feed, Settings, Web
from kiosk_server.web import app
from kiosk_server.web.logbook import Logbook
from tests import village
from tests.web.conftest import served

pytestmark = pytest.mark.thorough

WINDOWS = Windows(application_days=7, application_count="working")
PROGRAMME = msgspec.structs.replace(village.PACK.programmes[0], windows=WINDOWS)
PACK = msgspec.structs.replace(village.PACK, programmes=(PROGRAMME,))
TERMS = village.terms(phase=Phase.APPLICATION, paid_on=None, fiscal_year=2026, period_no="2026-01")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def text(got) -> str:
    assert got.status == 200, got.body.decode()
    return re.sub(r"<[^>]+>", "", got.body.decode())


async def imported(database, opened: date) -> None:
    county = village.County()
    county.batch("b1", village.payout(1, "林秋实", amount_fen=0, status="applied"), terms=TERMS)
    async with Archive(database, PACK, minimum_free_mb=0) as archive:
        await archive.admit(village.CODE, county.stretch(), noon(opened))


@pytest.mark.parametrize(
    ("opened", "last", "said"),
    [
        ("2025-09-26", "2025-10-13", "到10月13日"),
        ("2026-02-12", "2026-02-28", "到2月28日"),
        ("2026-09-24", "2026-10-12", "到10月12日"),
        ("2026-12-28", "2027-01-07", "到1月7日（暂定）"),
    ],
)
def test_the_names_are_served_to_the_last_working_day_and_not_after(tmp_path, opened, last, said):
    """On the last day the list has its name, its day and a sheet to print; on the next neither name nor sheet."""
    opened, last = date.fromisoformat(opened), date.fromisoformat(last)
    asyncio.run(imported(tmp_path / "archive.sqlite3", opened))
    settings = Settings(
        villages=(village.CODE,),
        data_dir=str(tmp_path),
        public_base_url="https://gk.example.org",
        feed=Feed(folder="feed"),
        web=Web(lan_host="127.0.0.1"),
    )
    board = Board(tmp_path / "archive.sqlite3", PACK.mask)
    press = SimpleNamespace(can_speak=False, rare_folder=tmp_path)
    (head,) = board.sheets(village.CODE)
    with pytest.MonkeyPatch.context() as world:
        world.setattr(app, "BUILT", noon(opened))  # a kiosk whose own day is never far off
        for day, hangs in ((last, True), (last + timedelta(days=1), False)):

            def clock(day=day):
                return noon(day)

            parts = SimpleNamespace(settings=settings, pack=PACK, board=board, press=press, clock=clock)
            with served(lambda port: app.web_app(parts, port, Logbook(StringIO(), clock))) as site:  # noqa: B023
                page = text(site.get(f"/v/{village.CODE}/payouts/b1"))
            assert ("林秋实" in page) is hangs
            assert may_hang(board, PACK, day)(head) is hangs
            if hangs:
                assert f"本机可查{said}" in page
                assert "自张贴之日起7个工作日内可以提" in page
                assert ("的放假安排还没有公布" in page) is ("暂定" in said)
    board.close()
