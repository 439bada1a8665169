"""R1 inside a row: 中央 + 省 + 县 = 合计, 水田 + 旱地 = 合计面积, 应发 − 扣款 = 实发.

Which of its figures is the wrong one nobody can tell, so it is a warning, as where area × rate fails. A
difference that another figure of the same row explains is a column outside the sum, not a mistake.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sync.county.checks.place import warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.findings import CellFinding
    from sync.county.checks.whole import Whole
    from sync.county.reading import Row
    from sync.county.roster.entries import Inner, Total

_TOLERANCE = Decimal("0.01")
_OF_MONEY, _OF_AREAS = ("PARTS_NOT_TOTAL", "金额"), ("AREA_PARTS_NOT_TOTAL", "面积（数量）")


def parts_give_totals(whole: Whole) -> Iterator[CellFinding]:
    """Every total inside a row, and inside a line of sums, is what its parts come to."""
    lines: list[tuple[Row | Total, tuple[Inner, ...]]] = [
        *((entry.row, entry.inner) for entry in whole.entries if entry.inner),
        *((total, total.inner) for total in whole.totals),
    ]
    for line, inner in lines:
        for one in inner:
            off = abs(one.stated - one.summed)
            if off > _TOLERANCE and off not in one.others:
                code, what = _OF_MONEY if one.of_money else _OF_AREAS
                message = (
                    f"{what}各项相加是{one.summed.normalize():f}，合计写的是{one.stated.normalize():f}。"
                )
                yield warned(line, code, message, one.column)
