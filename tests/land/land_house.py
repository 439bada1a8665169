"""A county with a land case, and the boards it hangs on: what the tests of the land line share."""

from __future__ import annotations

import json
import shutil
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boards.model.land.terms import ZHEJIANG
from boards.model.windows import workdays_of
from boards.sheets.land.views import HungNotice
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from sync.carriers.folder import FolderSource
from sync.carriers.spool import Spool
from sync.county.land.case_folder import case_folder
from sync.county.land.proposing import StageFate, propose_case
from sync.county.publish.publisher import publish, review
from sync.importer import Caught, catch_up
from sync.pack import read_pack
from tests.founding import found, opened

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from boards.model.land.notice import LandNotice
    from sync.county.county import County

DEMO = Path(__file__).parents[2] / "deploy" / "demo"
L1 = Path(__file__).parent / "data" / "L1"
PACK = read_pack(DEMO / "pack")
CALENDAR = workdays_of(PACK)
RULES = ZHEJIANG
CASE = "L1_竹垓小学迁建"
VILLAGE, NEIGHBOUR, STRANGER = "330590200201", "330590200202", "330590100201"
AFTER_ALL = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


def village_of(code: str):
    """A village of the demo county."""
    return next(village for village in PACK.villages if village.code == code)


def noon(day: str) -> datetime:
    """Noon in Shanghai on a day."""
    return datetime.fromisoformat(f"{day}T04:00:00+00:00")


def codes(fate: StageFate) -> tuple[str, ...]:
    """Codes of what holds a stage, each once."""
    return tuple(dict.fromkeys(one.code for one in fate.why))


def hung_from(notices: list[LandNotice]) -> tuple[HungNotice, ...]:
    """Notices as they hang on a board, without a log behind them."""
    return tuple(
        HungNotice(
            notice=notice,
            rec=f"land-x-{notice.kind.value}-{notice.revision}",
            code=f"{n:010}",
            digest=f"{n:064x}",
            imported_on=date(2026, 1, 1),
        )
        for n, notice in enumerate(notices, start=1)
    )


@dataclass
class House:
    """A county's folder, the case it works on, and one kiosk that pulls."""

    folder: Path
    county: County

    @classmethod
    def founded(cls, folder: Path, pack: Path = DEMO / "pack") -> House:
        shutil.copytree(L1, folder / "case")
        return cls(folder, found(folder / "county", pack, "", noon("2025-09-01")))

    @classmethod
    def like(cls, other: House, folder: Path) -> House:
        """The same county with the same keys, going its own way from here."""
        shutil.copytree(other.folder, folder, dirs_exist_ok=True)
        return cls(folder, opened(folder / "county"))

    @property
    def case(self) -> Path:
        return self.folder / "case" / "case.json"

    @property
    def database(self) -> Path:
        return self.folder / "kiosk" / "archive.sqlite3"

    def rewrite(self, change: Callable[[dict[str, Any]], None]) -> None:
        """What the clerk changes in the case file."""
        case = json.loads(self.case.read_text("utf-8"))
        change(case)
        self.case.write_text(json.dumps(case, ensure_ascii=False), "utf-8")

    def write(self, name: str, text: str) -> None:
        """A notice's text that the clerk lays beside the case."""
        (self.case.parent / name).write_text(text, "utf-8")

    def proposed(self, now: datetime = AFTER_ALL) -> tuple[StageFate, ...]:
        return propose_case(self.county, case_folder(self.case), now)

    def published(self, now: datetime = AFTER_ALL) -> tuple[StageFate, ...]:
        """Propose, review and publish whatever may go."""
        fates = self.proposed(now)
        for one in fates:
            if one.proposal is not None:
                review(self.county, one.proposal.id, now)
                publish(self.county, one.proposal.id, now)
        return fates

    @asynccontextmanager
    async def archive(self) -> AsyncIterator[Archive]:
        async with Archive(self.database, PACK, minimum_free_mb=0) as opened:
            yield opened

    async def pulled(self, village: str = VILLAGE, now: datetime = AFTER_ALL) -> Caught:
        """One pull of one village into the kiosk's archive."""
        async with self.archive() as archive:
            source, spool = FolderSource(self.county.feed), Spool(self.folder / "kiosk" / "spool")
            return await catch_up(source, archive, self.county.trust(), spool, village, now)

    @contextmanager
    def board(self) -> Iterator[Board]:
        board = Board(self.database, PACK.mask)
        try:
            with board.snapshot():
                yield board
        finally:
            board.close()


def stage(case: dict[str, Any], name: str) -> dict[str, Any]:
    """A stage of a case file."""
    return next(one for one in case["stages"] if one["stage"] == name)
