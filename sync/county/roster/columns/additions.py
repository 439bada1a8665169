"""Totals inside a row (R1): 中央 + 省 + 县 = 合计, 水田 + 旱地 = 合计面积, 应发 − 扣款 = 实发.

Which columns a total sums is decided by the numbers, not by words: columns beside it that give it in
nearly every row of a sample are its parts, and a row where they do not must be confirmed. Which of
its figures is the wrong one nobody can tell, so it is a warning, as where area × rate fails. A
difference that another figure of the same row explains is a column outside the sum, not a mistake.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from boards.model.findings import Level
from sync.county.formats.cells import figure
from sync.county.roster.columns.meaning import What

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sync.county.formats.grid import Value
    from sync.county.roster.layout.texts import Column
    from sync.county.roster.rows.table import Table

    Tell = Callable[[Level, str, Column | None, str], None]

ENOUGH_ROWS = 5
NEARLY_ALL = Decimal("0.8")
_MONEY = frozenset({What.AMOUNT, What.OTHER, What.RATE, What.PRICE, What.ITEM, What.DEDUCTION})
_AREAS = frozenset({What.AREA, What.AREA_CONTRACT, What.OTHER, What.AREA_EXCLUDED})
_TAKEN_OFF = frozenset({What.DEDUCTION, What.AREA_EXCLUDED})
_OF_MONEY, _OF_AREAS = ("PARTS_NOT_TOTAL", "金额"), ("AREA_PARTS_NOT_TOTAL", "面积（数量）")
_TOLERANCE = Decimal("0.01")


class Addition(NamedTuple):
    """A total and the columns that give it; `others` hold figures that may explain a difference."""

    total: Column
    parts: tuple[Column, ...]
    others: tuple[Column, ...]
    code: str
    what: str


class Addends:
    """Checks the totals inside the lines of one table; nothing to do where it has none."""

    def __init__(self, table: Table, tell: Tell) -> None:
        self.sums = tuple(_additions(table))
        self._tell = tell

    def check(self, cells: list[Value]) -> None:
        """Tell every total of one line that its parts do not give."""
        for one in self.sums:
            stated, summed = _number(cells, one.total), _sum(cells, one.parts)
            if stated is None or summed is None or abs(stated - summed) <= _TOLERANCE:
                continue
            off = abs(stated - summed)
            if any(off == abs(_number(cells, other) or 0) for other in one.others):
                continue
            message = f"{one.what}各项相加是{_said(summed)}，合计写的是{_said(stated)}。"
            self._tell(Level.WARNING, one.code, one.total, message)


def _additions(table: Table) -> Iterator[Addition]:
    picked = table.picked
    if picked.amount and (found := _parts_of(table, picked.amount, _MONEY)):
        yield Addition(picked.amount, found, _beside(table, picked.amount, found, _MONEY), *_OF_MONEY)
    elif picked.parts and (total := _total_of(table, picked.parts)):
        yield Addition(total, picked.parts, _beside(table, total, picked.parts, _MONEY), *_OF_MONEY)
    if picked.quantity and (found := _parts_of(table, picked.quantity, _AREAS)):
        yield Addition(picked.quantity, found, _beside(table, picked.quantity, found, _AREAS), *_OF_AREAS)


def _beside(
    table: Table, total: Column, parts: tuple[Column, ...], kinds: frozenset[What]
) -> tuple[Column, ...]:
    """Other columns of the table that may hold a figure of the sum."""
    known = {total.index, *(column.index for column in parts)}
    columns = table.band.columns
    return tuple(one for one in columns if one.meaning.what in kinds and one.index not in known)


def _total_of(table: Table, parts: tuple[Column, ...]) -> Column | None:
    """A column nobody understood that is the sum of the parts that are paid."""
    unknown = (one for one in table.band.of(What.OTHER) if _figures(table.sample, one, _MONEY))
    return next((one for one in unknown if _share(table.sample, one, parts) >= NEARLY_ALL), None)


def _parts_of(table: Table, total: Column, kinds: frozenset[What]) -> tuple[Column, ...]:
    """Columns whose sum is the total in nearly every row of the sample; () for none."""
    tried = {columns: _share(table.sample, total, columns) for columns in _candidates(table, total, kinds)}
    best = max(tried, key=lambda columns: (tried[columns], len(columns)), default=())
    return best if best and tried[best] >= NEARLY_ALL else ()


def _candidates(table: Table, total: Column, kinds: frozenset[What]) -> Iterator[tuple[Column, ...]]:
    """Two columns or more just before the total, or just behind it; or all amounts of the table but it."""
    columns = table.band.columns
    at = next(at for at, column in enumerate(columns) if column.index == total.index)
    for way in (columns[:at][::-1], columns[at + 1 :]):
        beside = tuple(takewhile(lambda column: _figures(table.sample, column, kinds), way))
        yield from (beside[:count] for count in range(2, len(beside) + 1))
    alike = tuple(column for column in table.band.of(total.meaning.what) if column.index != total.index)
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
    pairs = [(_number(row, total), _sum(row, parts)) for row in rows]
    known = [(stated, summed) for stated, summed in pairs if stated and summed is not None]
    added = sum(sum(bool(_number(row, part)) for part in parts) > 1 for row in rows)
    if len(known) < ENOUGH_ROWS or added < ENOUGH_ROWS - 2:
        return Decimal(0)
    return Decimal(sum(stated == summed for stated, summed in known)) / len(known)


def _sum(cells: list[Value], parts: tuple[Column, ...]) -> Decimal | None:
    """Parts together, as written; what is deducted is taken off. None where no part is written."""
    read = [(part, number) for part in parts if (number := _number(cells, part)) is not None]
    if not read:
        return None
    return sum((-abs(one) if part.meaning.what in _TAKEN_OFF else one for part, one in read), Decimal(0))


def _number(cells: list[Value], column: Column) -> Decimal | None:
    return figure(cells[column.index]).value if column.index < len(cells) else None


def _said(number: Decimal) -> str:
    return f"{number.normalize():f}"
