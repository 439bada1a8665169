"""Totals inside a row (R1): 中央 + 省 + 县 = 合计, 水田 + 旱地 = 合计面积, 应发 − 扣款 = 实发.

Which columns a total sums is decided by the numbers, not by words: columns beside it that give it in
nearly every row of a sample are its parts. A row where they do not is kept for R1 to judge.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import permutations, takewhile
from typing import TYPE_CHECKING, NamedTuple

from sync.county.formats.cells import figure
from sync.county.roster.columns.thresholds import ADDED, ADDITION, NEARLY_ALL
from sync.county.roster.columns.words import What

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.county.formats.grid import Value
    from sync.county.roster.columns.column import Column, Sample

_WHOLE, _FUND = re.compile(r"合计|总|小计|共"), re.compile(r"中央|[国省市县区镇]级|省|配套|地方|财政")
_MONEY = frozenset({What.AMOUNT, What.OTHER, What.RATE, What.PRICE, What.ITEM, What.DEDUCTION})
_AREAS = frozenset({What.AREA, What.AREA_CONTRACT, What.OTHER, What.AREA_EXCLUDED})
_TAKEN_OFF = frozenset({What.DEDUCTION, What.AREA_EXCLUDED})


class Addition(NamedTuple):
    """A total and the columns that give it; `others` hold figures that may explain a difference."""

    total: Column
    parts: tuple[Column, ...]
    others: tuple[Column, ...]
    of_money: bool


def additions_of(money: tuple[Column, ...], quantity: Column | None, sample: Sample) -> Iterator[Addition]:
    """The totals that columns of a table give in nearly every row: of its money, of its areas."""
    columns, rows = sample.columns, sample.rows
    if len(money) == 1 and (found := _parts_of(money[0], columns, rows, _MONEY)):
        yield _addition(money[0], found, columns, of_money=True)
    elif len(money) == 1 and (whole := _whole_of(money[0], columns, rows)):
        yield _addition(*whole, columns, of_money=True)
    elif len(money) > 1:  # a column nobody understood may be the sum of the parts that are paid
        unknown = (one for one in columns if one.meaning.what is What.OTHER and _figures(rows, one, _MONEY))
        if total := next((one for one in unknown if _share(rows, one, money) >= NEARLY_ALL), None):
            yield _addition(total, money, columns, of_money=True)
    if quantity and (found := _parts_of(quantity, columns, rows, _AREAS)):
        yield _addition(quantity, found, columns, of_money=False)


def _whole_of(
    paid: Column, columns: Sequence[Column], rows: Sequence[list[Value]]
) -> tuple[Column, tuple[Column, ...]] | None:
    """What is due, where it is what is paid now and what was paid before (应补 = 已预拨 + 本次)."""
    others = [one for one in columns if one.meaning.what is What.AMOUNT and one.index != paid.index]
    pairs = ((due, (before, paid)) for due, before in permutations(others, 2))
    return next((pair for pair in pairs if _share(rows, *pair) >= NEARLY_ALL), None)


def _addition(
    total: Column, parts: tuple[Column, ...], columns: Sequence[Column], *, of_money: bool
) -> Addition:
    kinds, known = _MONEY if of_money else _AREAS, {total.index, *(column.index for column in parts)}
    others = tuple(one for one in columns if one.meaning.what in kinds and one.index not in known)
    return Addition(total, parts, others, of_money)


def _parts_of(
    total: Column, columns: Sequence[Column], rows: Sequence[list[Value]], kinds: frozenset[What]
) -> tuple[Column, ...]:
    """Columns whose sum is the total in nearly every row of the sample; () for none."""
    tried = {parts: _share(rows, total, parts) for parts in _candidates(total, columns, rows, kinds)}
    best = max(tried, key=lambda parts: (tried[parts], len(parts)), default=())
    if best and tried[best] >= NEARLY_ALL:
        return best
    named = (parts for parts in tried if _named_as_parts(total, parts) and _given_once(rows, total, parts))
    return max(named, key=len, default=())


def _named_as_parts(total: Column, parts: tuple[Column, ...]) -> bool:
    """中央资金, 省级资金 … and 合计: the words say so, in a table too short to show it."""
    return bool(_WHOLE.search(total.header)) and all(_FUND.search(one.header) for one in parts)


def _given_once(rows: Sequence[list[Value]], total: Column, parts: tuple[Column, ...]) -> bool:
    """Whether the table is short and some row of it adds up."""
    pairs = [(total.number(row), sum_at(row, parts)) for row in rows]
    known = [(stated, summed) for stated, summed in pairs if stated and summed]
    return len(known) < ADDITION and any(stated == summed for stated, summed in known)


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
    read = [figure(column.cell(row)) for row in rows]
    return any(one.value is not None for one in read) and all(
        one.empty or one.value is not None for one in read
    )


def _share(rows: Sequence[list[Value]], total: Column, parts: tuple[Column, ...]) -> Decimal:
    """Share of the rows in which the parts give the total; 0 where too few rows have two parts to add."""
    pairs = [(total.number(row), sum_at(row, parts)) for row in rows]
    known = [(stated, summed) for stated, summed in pairs if stated and summed is not None]
    added = sum(sum(bool(part.number(row)) for part in parts) > 1 for row in rows)
    if len(known) < ADDITION or added < ADDED:
        return Decimal(0)
    return Decimal(sum(stated == summed for stated, summed in known)) / len(known)


def sum_at(cells: list[Value], parts: tuple[Column, ...]) -> Decimal | None:
    """Parts together, as written; what is deducted is taken off. None where no part is written."""
    read = [(part, number) for part in parts if (number := part.number(cells)) is not None]
    signed = (-abs(one) if part.meaning.what in _TAKEN_OFF else one for part, one in read)
    return sum(signed, Decimal(0)) if read else None
