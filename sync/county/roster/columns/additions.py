"""Totals inside a row (R1): 中央 + 省 + 县 = 合计, 水田 + 旱地 = 合计面积, 应发 − 扣款 = 实发.

Which columns a total sums is decided by the numbers, not by words: columns beside it that give it in
nearly every row of a sample are its parts. A row where they do not is kept for R1 to judge.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from sync.county.formats.cells import figure
from sync.county.roster.columns.meaning import What

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.county.formats.grid import Value
    from sync.county.roster.columns.column import Column
    from sync.county.roster.columns.picked import Chosen

ENOUGH_ROWS = 5
NEARLY_ALL = Decimal("0.8")
_MONEY = frozenset({What.AMOUNT, What.OTHER, What.RATE, What.PRICE, What.ITEM, What.DEDUCTION})
_AREAS = frozenset({What.AREA, What.AREA_CONTRACT, What.OTHER, What.AREA_EXCLUDED})
_TAKEN_OFF = frozenset({What.DEDUCTION, What.AREA_EXCLUDED})


class Addition(NamedTuple):
    """A total and the columns that give it; `others` hold figures that may explain a difference."""

    total: Column
    parts: tuple[Column, ...]
    others: tuple[Column, ...]
    of_money: bool


def additions_of(
    picked: Chosen, columns: Sequence[Column], rows: Sequence[list[Value]]
) -> Iterator[Addition]:
    """The totals that columns of a table give in nearly every row: of its money, of its areas."""
    if picked.amount and (found := _parts_of(picked.amount, columns, rows, _MONEY)):
        yield Addition(picked.amount, found, _beside(picked.amount, found, columns, _MONEY), of_money=True)
    elif picked.parts and (total := _total_of(picked.parts, columns, rows)):
        others = _beside(total, picked.parts, columns, _MONEY)
        yield Addition(total, picked.parts, others, of_money=True)
    if picked.quantity and (found := _parts_of(picked.quantity, columns, rows, _AREAS)):
        yield Addition(
            picked.quantity, found, _beside(picked.quantity, found, columns, _AREAS), of_money=False
        )


def _beside(
    total: Column, parts: tuple[Column, ...], columns: Sequence[Column], kinds: frozenset[What]
) -> tuple[Column, ...]:
    """Other columns that may hold a figure of the sum."""
    known = {total.index, *(column.index for column in parts)}
    return tuple(one for one in columns if one.meaning.what in kinds and one.index not in known)


def _total_of(
    parts: tuple[Column, ...], columns: Sequence[Column], rows: Sequence[list[Value]]
) -> Column | None:
    """A column nobody understood that is the sum of the parts that are paid."""
    unknown = (one for one in columns if one.meaning.what is What.OTHER and _figures(rows, one, _MONEY))
    return next((one for one in unknown if _share(rows, one, parts) >= NEARLY_ALL), None)


def _parts_of(
    total: Column, columns: Sequence[Column], rows: Sequence[list[Value]], kinds: frozenset[What]
) -> tuple[Column, ...]:
    """Columns whose sum is the total in nearly every row of the sample; () for none."""
    tried = {parts: _share(rows, total, parts) for parts in _candidates(total, columns, rows, kinds)}
    best = max(tried, key=lambda parts: (tried[parts], len(parts)), default=())
    return best if best and tried[best] >= NEARLY_ALL else ()


def _candidates(
    total: Column, columns: Sequence[Column], rows: Sequence[list[Value]], kinds: frozenset[What]
) -> Iterator[tuple[Column, ...]]:
    """Two columns or more just before the total, or just behind it; or all amounts of the table but it."""
    at = next(at for at, column in enumerate(columns) if column.index == total.index)
    for way in (columns[:at][::-1], columns[at + 1 :]):
        beside = tuple(takewhile(lambda column: _figures(rows, column, kinds), way))
        yield from (beside[:count] for count in range(2, len(beside) + 1))
    alike = tuple(
        column
        for column in columns
        if column.meaning.what is total.meaning.what and column.index != total.index
    )
    if len(alike) > 1:
        yield alike


def _figures(rows: Iterable[list[Value]], column: Column, kinds: frozenset[What]) -> bool:
    """Whether a column may be a part: of such a meaning, and nothing but numbers in it."""
    if column.meaning.what not in kinds:
        return False
    read = [figure(row[column.index]) for row in rows if column.index < len(row)]
    return any(one.value is not None for one in read) and all(
        one.empty or one.value is not None for one in read
    )


def _share(rows: Sequence[list[Value]], total: Column, parts: tuple[Column, ...]) -> Decimal:
    """Share of the rows in which the parts give the total; 0 where too few rows have two parts to add."""
    pairs = [(number_at(row, total), sum_at(row, parts)) for row in rows]
    known = [(stated, summed) for stated, summed in pairs if stated and summed is not None]
    added = sum(sum(bool(number_at(row, part)) for part in parts) > 1 for row in rows)
    if len(known) < ENOUGH_ROWS or added < ENOUGH_ROWS - 2:
        return Decimal(0)
    return Decimal(sum(stated == summed for stated, summed in known)) / len(known)


def sum_at(cells: list[Value], parts: tuple[Column, ...]) -> Decimal | None:
    """Parts together, as written; what is deducted is taken off. None where no part is written."""
    read = [(part, number) for part in parts if (number := number_at(cells, part)) is not None]
    if not read:
        return None
    return sum((-abs(one) if part.meaning.what in _TAKEN_OFF else one for part, one in read), Decimal(0))


def number_at(cells: list[Value], column: Column) -> Decimal | None:
    """What one column of a line holds, as written."""
    return figure(cells[column.index]).value if column.index < len(cells) else None
