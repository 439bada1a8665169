"""Run in a copy of the house where a payout has a new field: a roster with its column becomes a board and a sheet.

Prints what the copy shows, as JSON. The world around it (a county, a village, a page's frame) is that of the
tests; the packages are those of the copy.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import boards
from boards.model.calendar.workdays import LastDay, Term, Unit
from boards.model.windows import Deadline
from boards.pages.pages import Pages
from boards.sheets.views import ListView, Posted
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from printouts.columns import layout_of
from sync.county.intake.check import read_roster
from sync.county.publish import publisher
from sync.county.publish.batch import Confirmed
from tests.line.county_sim import NOW, VILLAGE, batch, caught_up, county, salts
from tests.pages.views_sample import ASSETS, FRAME, listing

if TYPE_CHECKING:
    from boards.sheets.sheet import Sheet

ROSTER = """岭东村2025年耕地地力保护补贴公示表
序号,户主,品种,面积（亩）,标准（元/亩）,金额（元）
1,王一,甬优15,2,100,200
2,李二,嘉丰优2号,3,100,300
合计,,,5,,500
""".encode()


def main(folder: Path) -> dict[str, object]:
    """What the list says of the new field, and the log of a programme that must not say it."""
    where = county(folder / "county")
    read = _read(where)
    for programme in ("farmland_fertility", "disability_living"):
        said = [
            Confirmed(code=code, reason="两项都看一看") for code in ("PUBLISHED_BEFORE", "TITLE_OTHERWISE")
        ]
        toml = msgspec.structs.replace(batch(programme=f'"{programme}"'), confirmed=tuple(said))
        made = publisher.propose(where, read, toml, NOW, salt=salts())
        publisher.review(where, made.id, NOW)
        publisher.publish(where, made.id, NOW)
    sheet = asyncio.run(_pulled(where, folder))
    return {
        "packages": str(Path(boards.__file__).parents[1]),
        "found": [one.message for one in read.findings if one.level != "note"],
        "forbidden": [one.code for one in _read(where, terms=("嘉丰",)).findings if one.level != "note"],
        "page": _page(sheet),
        "paper": {one.label: [one.text(line) for line in sheet.lines] for one in layout_of(sheet).columns},
        "sensitive": [line.decode() for line in where.log(VILLAGE).lines() if b"disability" in line],
    }


def _read(where, terms: tuple[str, ...] = ()):
    return read_roster("名册.csv", ROSTER, where.pack.villages, terms=terms)


async def _pulled(where, folder: Path) -> Sheet:
    """The list as the village's archive has it."""
    database = folder / "archive.sqlite3"
    async with Archive(database, where.pack, minimum_free_mb=0) as archive:
        await caught_up(where, archive, folder)
    board = Board(database, where.pack.mask)
    try:
        heads = {head.terms.programme: head for head in board.sheets(VILLAGE)}
        return board.whole(VILLAGE, heads["farmland_fertility"].batch)
    finally:
        board.close()


def _page(sheet: Sheet) -> str:
    until, week = LastDay(day=NOW.date()), Term(n=7, unit=Unit.CALENDAR_DAY)
    term = Deadline(term=week, until=until)
    posted = Posted(head=sheet.head, deadline=term, posting=True, until=until, days_left=3, open=True)
    view = ListView(
        posted=posted, lines=sheet.lines, page=1, pages=1, first=1, page_sum_fen=50000, page_quantity=None
    )
    return listing(Pages(ASSETS), FRAME, view)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(main(Path(scratch)), ensure_ascii=False))
