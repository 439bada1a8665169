"""What rows prove of columns: products, sums, the rate that nearly all of them imply, a slipped point."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from sync.county.formats.cells import figure
from sync.county.roster.columns.thresholds import (
    IMPLIED_RATE,
    MOST_PLACES,
    MOST_SLIPPED,
    NEARLY_ALL,
    RATE_DECIMALS,
    RATES_TRIED,
    SUMMED,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.county.formats.grid import Value
    from sync.county.roster.columns.column import Column

_CENT, _HALF = Decimal("0.01"), Decimal("0.005")
_SLIPS = tuple(Decimal(1).scaleb(way * places) for places in range(1, MOST_SLIPPED + 1) for way in (1, -1))

Pairs = list[tuple[Decimal, Decimal]]


def figures_of(cells: Sequence[Value]) -> list[Decimal]:
    """The numbers among a column's cells; none where they only count its lines."""
    numbers = [value for cell in cells if (value := figure(cell).value) is not None]
    steps = {later - earlier for earlier, later in pairwise(numbers)}
    return [] if steps == {1} else numbers


def implied_rate(rows: Sequence[list[Value]], area: Column, paid: Column) -> Decimal | None:
    """The rate that makes the amounts of nearly all rows, or of all but one, to the fen; None for none."""
    pairs = _pairs(rows, area, paid)
    if len(pairs) < IMPLIED_RATE or len({quantity for quantity, _ in pairs}) < IMPLIED_RATE // 2:
        return None
    enough = min(len(pairs) * NEARLY_ALL, Decimal(len(pairs) - 1))
    widest = sorted(pairs, key=lambda pair: -pair[0])[:RATES_TRIED]
    tried = [_simplest(quantity * area.meaning.factor, amount) for quantity, amount in widest]
    for rate in dict.fromkeys(tried):
        right = sum(abs(in_yuan(quantity * rate, area, None) - amount) <= _CENT for quantity, amount in pairs)
        if rate and right >= enough:
            return rate
    return None


def makes_an_amount(rows: Sequence[list[Value]], area: Column, paid: Column, rate: Decimal) -> bool:
    """Whether a rate makes the amount of one row at least."""
    return any(
        abs(in_yuan(quantity * rate, area, None) - amount) <= _CENT
        for quantity, amount in _pairs(rows, area, paid)
    )


def point_slipped(exact: Decimal, amount: Decimal) -> bool:
    """Whether an amount is a product with the decimal point elsewhere."""
    expected = to_the_fen(exact)
    slips = (abs(amount - expected * slip) <= _CENT * max(slip, Decimal(1)) for slip in _SLIPS)
    return bool(expected) and abs(amount - expected) > _CENT and any(slips)


def _pairs(rows: Sequence[list[Value]], area: Column, paid: Column) -> Pairs:
    """Area as written and amount in yuan, of the rows that have both."""
    read = ((area.number(row), paid.value(row)) for row in rows)
    return [(one, other) for one, other in read if one and other and one > 0]


def _simplest(quantity: Decimal, amount: Decimal) -> Decimal:
    """The shortest decimal that gives this amount when it is multiplied and rounded to the fen."""
    if (amount / quantity).adjusted() > MOST_PLACES - RATE_DECIMALS:
        return amount / quantity  # no rate, and no room for its decimals
    low, high = (amount - _HALF) / quantity, (amount + _HALF) / quantity
    for places in range(RATE_DECIMALS + 1):
        rate = (amount / quantity).quantize(Decimal(1).scaleb(-places))
        if low <= rate <= high:
            return rate
    return amount / quantity


def is_sum(total: Column, parts: Sequence[Column], rows: Sequence[list[Value]]) -> bool:
    """Whether a column is the sum of others in nearly every row, and two of them are more than nothing."""
    stated = [(number, row) for row in rows if (number := total.number(row))]
    read = [(number, [part.number(row) or Decimal(0) for part in parts]) for number, row in stated]
    right = sum(number == sum(numbers) for number, numbers in read)
    filled = sum(map(any, zip(*(numbers for _, numbers in read), strict=True)))
    return len(read) >= SUMMED and right >= len(read) * NEARLY_ALL and filled > 1


def varies(rows: Sequence[list[Value]], column: Column) -> bool:
    """Whether a quantity is more than a column of ones, which would prove anything."""
    return any(column.number(row) not in {None, Decimal(1), Decimal(0)} for row in rows)


def proof(
    rows: Sequence[list[Value]], area: Column, rate: Column, amount: Column, taken: Sequence[Column] = ()
) -> float:
    """Share of the rows in which area × rate is the amount to the fen, or what it was before deductions."""
    right = counted = 0
    last: Decimal | None = None
    for row in rows:
        quantity, price, paid = area.number(row), rate.number(row), amount.number(row)
        last = price = price if price is not None else last  # a rate may be merged down
        if quantity is not None and price is not None and paid:
            counted += 1
            over = in_yuan(quantity * price, area, rate) - paid * amount.meaning.factor
            right += abs(over) <= _CENT or (bool(taken) and abs(over - _deducted(row, taken)) <= _CENT)
    return right / counted if counted > 1 or right else 0.0


def _deducted(row: list[Value], taken: Sequence[Column]) -> Decimal:
    return sum((abs(column.value(row) or Decimal(0)) for column in taken), Decimal(0))


def in_yuan(product_: Decimal, area: Column, rate: Column | None) -> Decimal:
    """Quantity × rate as written, in yuan rounded to the fen: 公顷 × 元/亩 is brought to one unit first."""
    return to_the_fen(product_ * area.meaning.factor * (rate.meaning.factor if rate else 1))


def to_the_fen(exact: Decimal) -> Decimal:
    """Yuan rounded half up to the fen; a figure that cannot be an amount stays as it is."""
    return exact if exact.adjusted() > MOST_PLACES else exact.quantize(_CENT, ROUND_HALF_UP)
