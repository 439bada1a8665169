"""What can be true and is odd: one ID with two names, an area unlike its neighbours'. Pure, over the rows.

An ID belongs to one person, so two names under one ID must be confirmed. Everything else here is
a note: one person may have several plots, and a large grower may be right.
"""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from boards.model.names import is_organisation
from boards.model.payouts import PayeeKind
from boards.model.privacy.withheld import shown
from sync.county.checks.place import at_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.county.checks.whole import Whole
    from sync.county.reading import Row
    from sync.county.roster.entries import Entry, TableFacts

_APPLIED = re.compile(r"申报|申请|公示|核实|核查|登记|面积")
UNLIKE_TIMES = 30
"""An area this many times the median of its village's list is worth a look."""

UNLIKE_MU = Decimal(100)
NEIGHBOURS = 8


def nothing_is_odd(whole: Whole) -> Iterator[CellFinding]:
    """Areas unlike their neighbours', amounts that are all 0 or missing, a file without payees."""
    yield from _areas_are_alike(whole.entries)
    yield from _something_is_paid(whole.entries)
    for table in whole.tables:
        if not table.amount and not table.beside:
            yield from _without_amounts(whole.name, table)
    if not whole.entries:
        yield CellFinding(level=Level.ERROR, code="NO_PAYEE_ROWS", message="没有分户明细，只有汇总表或空表。")


def _without_amounts(name: str, table: TableFacts) -> Iterator[CellFinding]:
    """No amounts: an application list or goods in kind; anything else a person must confirm."""
    for letter, header in table.unread_money:
        message = (
            f"列 {letter} “{shown(header)}” 像是金额，表头没有写明，没有计入。"
            f"如果是金额，请用 --map {letter}=amount 指明；如果不是，请用 --map {letter}=ignore。"
        )
        yield CellFinding(
            level=Level.WARNING, code="COLUMN_LIKE_MONEY", sheet=table.sheet, column=letter, message=message
        )
    level = Level.NOTE if table.goods or _APPLIED.search(f"{name}　{table.preface}") else Level.WARNING
    yield CellFinding(
        level=level,
        code="NO_AMOUNT_COLUMN",
        sheet=table.sheet,
        message="没有金额一列，按申报公示（只有面积或数量）读取。",
    )


def _areas_are_alike(entries: Iterable[Entry]) -> Iterator[CellFinding]:
    """An area far beyond its neighbours' is often a lost decimal point."""
    by_village: dict[str, list[tuple[Decimal, Row]]] = defaultdict(list)
    for entry in entries:
        row = entry.row
        area = row.payout.quantity
        if area and row.payout.kind is PayeeKind.HOUSEHOLD:
            by_village[row.village].append((area, row))
    for neighbours in by_village.values():
        areas = [area for area, _ in neighbours]
        if len(areas) < NEIGHBOURS or max(areas) <= UNLIKE_MU:
            continue  # nearly no village has an area worth comparing: the median is spared
        limit = max(median(areas) * UNLIKE_TIMES, UNLIKE_MU)
        for area, row in neighbours:
            if area > limit and not is_organisation(row.payout.holder):
                yield at_row(
                    row, Level.NOTE, "QUANTITY_UNUSUAL", "面积（数量）比同村别户大得多，请看看小数点。"
                )


def _something_is_paid(entries: Sequence[Entry]) -> Iterator[CellFinding]:
    """Amounts that are all 0 beside areas are formulas some program wrote without their results."""
    zero = all(
        entry.amount_column and not (entry.row.unread or entry.row.payout.amount_fen) for entry in entries
    )
    if zero and any(entry.row.payout.quantity for entry in entries):
        yield CellFinding(
            level=Level.WARNING,
            code="ALL_AMOUNTS_ZERO",
            sheet=entries[0].row.sheet,
            message="所有金额都是 0，可能是公式没有重新计算，请在 Excel 或 WPS 中打开并保存一次。",
        )
