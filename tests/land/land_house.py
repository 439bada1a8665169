"""A county with a land case, and the boards it hangs on: what the tests of the land line share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from boards.model.land import ZHEJIANG
from boards.sheets.land_views import HungNotice
from sync.pack import read_pack

if TYPE_CHECKING:
    from boards.model.land_notice import LandNotice

DEMO = Path(__file__).parents[2] / "deploy" / "demo"
PACK = read_pack(DEMO / "pack")
RULES = ZHEJIANG


def village_of(code: str):
    """A village of the demo county."""
    return next(village for village in PACK.villages if village.code == code)


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
