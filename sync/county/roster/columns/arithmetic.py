"""Rates that no column states: the title's that nobody follows, and the one that nearly all rows imply."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from sync.county.formats.cells import figure
from sync.county.roster.columns.picked import in_yuan
from sync.county.roster.rows.free_text import said_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.county.roster.layout.texts import Column
    from sync.county.roster.rows.table import Table

ENOUGH_ROWS = 8
NEARLY_ALL = Decimal("0.8")
MOST_DECIMALS = 8
MOST_TIMES = 12
_CENT, _HALF = Decimal("0.01"), Decimal("0.005")
_HEDGED = re.compile(
    r"其中|最高|最低|不超过|不低于|不高于|以内|以上|上限|封顶|另|叠加|追加|分档|阶梯|至|[~～—]|公顷|平方米|平米|㎡"
)
_SLIPS = (Decimal(10), Decimal(100), Decimal(1000), Decimal("0.1"), Decimal("0.01"), Decimal("0.001"))

Pairs = list[tuple[Decimal, Decimal]]


def title_rate_ignored(table: Table, stated: tuple[Decimal, ...]) -> bool:
    """Whether the title states one rate, plainly, and all rows live by another one."""
    if len(stated) != 1 or _HEDGED.search(said_over(table)):
        return False
    rate = table.picked.rate
    if rate is not None:
        written = {figure(row[rate.index]).value for row in table.sample if rate.index < len(row)}
        lived = {value * rate.meaning.factor for value in written if value}
        return table.picked.proven and len(lived) == 1 and not _same(stated[0], lived.pop())
    implied = implied_rate(table)
    return implied is not None and not _same(stated[0], implied) and not _follows_any(table, stated[0])


def _same(stated: Decimal, lived: Decimal) -> bool:
    """One rate, or one a whole number of times the other: by month and by quarter."""
    low, high = sorted((stated, lived))
    return not low or (high % low == 0 and high <= MOST_TIMES * low)


def rate_of_no_row(sheet: str | None) -> CellFinding:
    """What is said of such a table."""
    message = "标题上写的补贴标准没有一行照着算，请核对标准或标题。"
    return CellFinding(level=Level.WARNING, code="TITLE_RATE_NOT_FOLLOWED", sheet=sheet, message=message)


def implied_rate(table: Table) -> Decimal | None:
    """The rate that makes the amounts of nearly all rows of the sample, to the fen; None for none."""
    area, paid = table.picked.quantity, table.picked.amount
    if area is None or paid is None:
        return None
    pairs = _pairs(table, area, paid)
    if len(pairs) < ENOUGH_ROWS or len({quantity for quantity, _ in pairs}) < ENOUGH_ROWS // 2:
        return None
    widest = sorted(pairs, key=lambda pair: -pair[0])[:3]
    tried = [_simplest(quantity * area.meaning.factor, amount) for quantity, amount in widest]
    for rate in dict.fromkeys(tried):
        right = sum(abs(in_yuan(quantity * rate, area, None) - amount) <= _CENT for quantity, amount in pairs)
        if rate and Decimal(right) / len(pairs) >= NEARLY_ALL:
            return rate
    return None


def point_slipped(quantity: Decimal, rate: Decimal, area: Column, amount: Decimal) -> bool:
    """Whether an amount is what area × rate would be with the decimal point elsewhere."""
    expected = in_yuan(quantity * rate, area, None)
    if not expected or abs(amount - expected) <= _CENT:
        return False
    return any(abs(amount - expected * slip) <= _CENT * max(slip, Decimal(1)) for slip in _SLIPS)


def _pairs(table: Table, area: Column, paid: Column) -> Pairs:
    """Area as written and amount in yuan, of the sample's rows that have both."""
    read = (
        (figure(row[area.index]).value, figure(row[paid.index]).value)
        for row in table.sample
        if max(area.index, paid.index) < len(row)
    )
    return [(one, other * paid.meaning.factor) for one, other in read if one and other and one > 0]


def _simplest(quantity: Decimal, amount: Decimal) -> Decimal:
    """The shortest decimal that gives this amount when it is multiplied and rounded to the fen."""
    low, high = (amount - _HALF) / quantity, (amount + _HALF) / quantity
    for places in range(MOST_DECIMALS + 1):
        rate = (amount / quantity).quantize(Decimal(1).scaleb(-places))
        if low <= rate <= high:
            return rate
    return amount / quantity


def _follows_any(table: Table, stated: Decimal) -> bool:
    area, paid = table.picked.quantity, table.picked.amount
    pairs: Sequence[tuple[Decimal, Decimal]] = _pairs(table, area, paid) if area and paid else ()
    return any(
        area is not None and abs(in_yuan(quantity * stated, area, None) - amount) <= _CENT
        for quantity, amount in pairs
    )
