"""Rates that no column states: the one that nearly all rows imply, and what a slipped point makes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sync.county.formats.cells import figure
from sync.county.roster.columns.picked import in_yuan, to_the_fen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.county.formats.grid import Value
    from sync.county.roster.columns.column import Column

ENOUGH_ROWS = 8
NEARLY_ALL = Decimal("0.8")
MOST_DECIMALS = 8
_CENT, _HALF = Decimal("0.01"), Decimal("0.005")
_SLIPS = (Decimal(10), Decimal(100), Decimal(1000), Decimal("0.1"), Decimal("0.01"), Decimal("0.001"))

Pairs = list[tuple[Decimal, Decimal]]


def implied_rate(rows: Sequence[list[Value]], area: Column, paid: Column) -> Decimal | None:
    """The rate that makes the amounts of nearly all rows, to the fen; None for none."""
    pairs = _pairs(rows, area, paid)
    if len(pairs) < ENOUGH_ROWS or len({quantity for quantity, _ in pairs}) < ENOUGH_ROWS // 2:
        return None
    widest = sorted(pairs, key=lambda pair: -pair[0])[:3]
    tried = [_simplest(quantity * area.meaning.factor, amount) for quantity, amount in widest]
    for rate in dict.fromkeys(tried):
        right = sum(abs(in_yuan(quantity * rate, area, None) - amount) <= _CENT for quantity, amount in pairs)
        if rate and Decimal(right) / len(pairs) >= NEARLY_ALL:
            return rate
    return None


def makes_an_amount(rows: Sequence[list[Value]], area: Column, paid: Column, rate: Decimal) -> bool:
    """Whether a rate makes the amount of one row at least."""
    pairs = _pairs(rows, area, paid)
    return any(abs(in_yuan(quantity * rate, area, None) - amount) <= _CENT for quantity, amount in pairs)


def point_slipped(exact: Decimal, amount: Decimal) -> bool:
    """Whether an amount is a product with the decimal point elsewhere."""
    expected = to_the_fen(exact)
    if not expected or abs(amount - expected) <= _CENT:
        return False
    return any(abs(amount - expected * slip) <= _CENT * max(slip, Decimal(1)) for slip in _SLIPS)


def _pairs(rows: Sequence[list[Value]], area: Column, paid: Column) -> Pairs:
    """Area as written and amount in yuan, of the rows that have both."""
    read = (
        (figure(row[area.index]).value, figure(row[paid.index]).value)
        for row in rows
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
