"""Whole archives, table by table: logs that are made from a seed, as one kiosk keeps them."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boards.model.payouts import LeftOut, LeftOutReason, Payout
from kiosk_server.archive.archive import Archive
from sync.county.land.case_folder import case_folder
from sync.county.land.notice_of_stage import notices_of
from sync.wire import Kind, NoticeBody
from tests.land.land_house import L1
from tests.land.land_house import PACK as DEMO
from tests.village import NOW, PACK, SALT, County, cut, mark, payout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.pack import Pack
    from kiosk_server.archive.engines.connection import Database

NAMES = ("林秋实", "张伟", "朱𬭎", "王㛃", "欧阳建国", "岭东村兴农粮油专业合作社", "李秀英", "单小红")
SEEDS = range(3)
LAND_VILLAGE = "330590200201"
UNKEPT = {"migration", "state", "sqlite_sequence"}
"""Tables that count writes and migrations."""


class Clerk:
    """A county that writes lists, corrections, withdrawals, erasures, lists that do not agree, and strangers."""

    def __init__(self, county: County, seed: int) -> None:
        self.county, self.chance = county, random.Random(seed)
        self.rows: dict[str, list[int]] = {}  # by batch, the events that published its rows
        self.editions: dict[str, int] = {}

    def write(self, events: int) -> None:
        acts = (
            self.publish,
            self.publish,
            self.change,
            self.away,
            self.close,
            self.close,
            self.erase,
            self.odd,
        )
        for _ in range(events):
            self.chance.choice(acts)(f"b{self.chance.randint(1, 12):02}")
        for batch in sorted(self.rows):
            if self.chance.random() < 0.7:
                self.close(batch, sound=True)

    def publish(self, batch: str) -> None:
        known = self.rows.setdefault(batch, [])
        for _ in range(self.chance.randint(1, 9)):
            known += self.county.publish(batch, self.payout(len(known) + 1))

    def change(self, batch: str) -> None:
        if batch in self.rows:
            self.county.correct(batch, self.payout(self.chance.randint(1, len(self.rows[batch]))))

    def away(self, batch: str) -> None:
        if batch in self.rows:
            one = self.chance.randint(1, len(self.rows[batch]))
            self.county.withdraw(batch, None if self.chance.random() < 0.1 else one)

    def erase(self, batch: str) -> None:
        if batch in self.rows:
            self.county.erase(batch, self.chance.choice(self.rows[batch]))

    def close(self, batch: str, *, sound: bool = False) -> None:
        self.editions[batch] = self.editions.get(batch, 0) + 1
        other = LeftOut(reason=LeftOutReason.FAILED, count=2, sum_fen=700)
        odd = self.chance.choice(({"count": 99}, {"sum_fen": 1}, {"households": 77}, {"source_total_fen": 5}))
        about = self.chance.choice(({}, {}, {"left_out": (other,)}, {} if sound else odd))
        self.county.close(batch, edition=self.editions[batch], **about)

    def odd(self, batch: str) -> None:
        kind, trouble = self.chance.choice(((Kind.NOTICE, ""), (Kind.PUBLISH, "privacy")))
        self.county.event(kind, f"odd-{len(self.county.leaves)}", batch, b"{}", trouble=trouble)

    def payout(self, seq: int) -> Payout:
        chance = self.chance
        about = {
            "amount_fen": chance.randint(1, 10**6),
            "group": chance.choice(("一组", "二组", "三组")),
            "household": mark(chance.randint(1, 40)) if chance.random() < 0.6 else "",
            "remark": chance.choice(("", "", "补发")),
        }
        return payout(seq, chance.choice(NAMES), **about)


def log(seed: int) -> tuple[County, Pack]:
    """The log of a seed, and the pack of its county; the first holds the notices of a land case too."""
    county, pack = (County(), PACK) if seed else (County(LAND_VILLAGE), DEMO)
    Clerk(county, seed).write(150)
    if not seed:
        _land(county)
    return county, pack


def _land(county: County) -> None:
    case = case_folder(L1 / "case.json")
    for _, notice in notices_of(case.read.case, DEMO.villages, case.texts):
        rec = f"land-x-{notice.kind.value}-{notice.revision}"
        county.event(Kind.NOTICE, rec, "land-x", NoticeBody(notice=notice, salt=SALT))


def kept(seed: int) -> Iterator[dict[str, Any]]:
    """One line for each row of each table, after the log came in four stretches."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.sqlite3"
        asyncio.run(kept_in(path, seed))
        yield from tables(path)


async def kept_in(database: Database, seed: int, book: Path | None = None) -> None:
    """The log of a seed, come in four stretches."""
    county, pack = log(seed)
    size = len(county.leaves)
    async with Archive(database, pack, minimum_free_mb=0, book=book) as archive:
        for stretch in cut(county.leaves, [size // 4, size // 2, size * 3 // 4]):
            await archive.admit(county.village, stretch, NOW)
        await archive.write_readings()


def tables(path: Path) -> Iterator[dict[str, Any]]:
    """Every table of an archive as it was made, row by row."""
    db = sqlite3.connect(path)
    try:
        names = [
            name
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        for table in sorted(set(names) - UNKEPT):
            rows = db.execute(f"SELECT * FROM {table}")  # noqa: S608
            columns = [one[0] for one in rows.description]
            for row in sorted(rows, key=repr):
                values = [cell.hex() if isinstance(cell, bytes) else cell for cell in row]
                yield {"name": f"{table} {values[0]}", "row": dict(zip(columns, values, strict=True))}
    finally:
        db.close()
