"""R1 inside a row: 中央 + 省 + 县 = 合计, 水田 + 旱地 = 合计面积, 应发 − 扣款 = 实发.

Which of its figures is the wrong one nobody can tell, so it is a warning, as where area × rate fails. A
difference that another figure of the same row explains is a column outside the sum, not a mistake.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from sync.county.checks.place import at_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.checks.whole import Whole

_TOLERANCE = Decimal("0.01")


def parts_give_totals(whole: Whole) -> Iterator[CellFinding]:
    """Every total inside a row is what its parts come to."""
    for entry in whole.entries:
        for one in entry.inner:
            off = abs(one.stated - one.summed)
            if off <= _TOLERANCE or off in one.others:
                continue
            code, what = (
                ("PARTS_NOT_TOTAL", "金额") if one.of_money else ("AREA_PARTS_NOT_TOTAL", "面积（数量）")
            )
            stated, summed = f"{one.stated.normalize():f}", f"{one.summed.normalize():f}"
            message = f"{what}各项相加是{summed}，合计写的是{stated}。"
            yield at_row(entry.row, Level.WARNING, code, message, one.column)
