"""Columns known by their cells, where no word of the header says it: people, and the one sum of money.

A list of people with a single column of money is read, whatever its header calls the two. Where more
than one column could be the money nothing is taken, and a column that looks like money beside areas
is reported: to publish such a list as one without amounts would be wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from sync.county.formats.cells import figure
from sync.county.roster.columns.column import Column
from sync.county.roster.columns.meaning import What
from sync.county.roster.columns.person_names import ENOUGH, MONEY_LIMIT, are_names, figures_of
from sync.county.roster.columns.picked import is_sum
from sync.county.roster.columns.words import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.county.formats.grid import Value

_COUNTS = re.compile(r"人口|人数|口数|台数|数量|月数|天数|次数")
_MEASURED = re.compile(
    r"公斤|千克|kg|斤|吨|米|产量|[亩总单]产|重量|厚度|[经纬]度|坡度|海拔|[率%％]|号|代码|编码|分数|得分|评分"
)
_SUM = re.compile(r"金额|资金")
_FILLED = 0.8
_FEW_RATES = 3
QUANTITIES = (What.AREA, What.AREA_CONTRACT, What.IN_KIND)


def seen_as(columns: list[Column], rows: Sequence[list[Value]]) -> list[Column]:
    """The columns with a name and an amount found by their cells, where the header names none."""
    return _with_money(_with_names(columns, rows), rows)


def _with_names(columns: list[Column], rows: Sequence[list[Value]]) -> list[Column]:
    if any(column.meaning.what is What.NAME for column in columns):
        return columns
    people = (column for column in columns if _unknown(column) and are_names(_cells(column, rows)))
    first = next(people, None)
    return _all_like(first, columns, What.NAME)


def _with_money(columns: list[Column], rows: Sequence[list[Value]]) -> list[Column]:
    whats = {column.meaning.what for column in columns}
    if What.NAME not in whats or whats & {What.AMOUNT, *QUANTITIES}:
        return columns
    counted = any(_COUNTS.search(column.meaning.header) for column in columns)
    money = [column for column in columns if _may_pay(column, counted=counted) and is_money(column, rows)]
    if len({column.meaning.header for column in money}) > 1:  # their sum, or nobody can tell
        money = [one for one in money if is_sum(one, [other for other in money if other is not one], rows)]
    return _all_like(next(iter(money), None), columns, What.AMOUNT)


def _may_pay(column: Column, *, counted: bool) -> bool:
    """A column nobody knows; or a “标准” that is no rate, because nothing is there to be counted."""
    rate = column.meaning.what is What.RATE
    return _unknown(column) or (rate and not (counted and not _SUM.search(column.meaning.header)))


def _all_like(found: Column | None, columns: list[Column], what: What) -> list[Column]:
    """The column and those with its words, side by side, take a meaning."""
    if found is None:
        return columns
    return [_as(one, what) if one.meaning.header == found.meaning.header else one for one in columns]


def _as(column: Column, what: What) -> Column:
    unit, factor = unit_of(what, tuple(column.meaning.header.split("/")))
    meaning = msgspec.structs.replace(column.meaning, what=what, unit=unit, factor=factor, seen=True)
    return Column(column.index, meaning)


def _unknown(column: Column) -> bool:
    return column.meaning.what is What.OTHER and not column.meaning.score


def _cells(column: Column, rows: Sequence[list[Value]]) -> list[Value]:
    return [row[column.index] for row in rows if column.index < len(row)]


def is_money(column: Column, rows: Sequence[list[Value]]) -> bool:
    """Numbers nearly all the way down, with a decimal point or 元 to them."""
    if _MEASURED.search(column.meaning.header):
        return False
    cells = [cell for cell in _cells(column, rows) if cell not in {"", None}]
    numbers = figures_of(cells)
    if len(numbers) < max(ENOUGH, len(cells) * _FILLED) or max(numbers) >= MONEY_LIMIT:
        return False
    return "元" in column.meaning.header or any(number != number.to_integral_value() for number in numbers)


def unread_money(
    columns: Sequence[Column], quantity: Column | None, rows: Sequence[list[Value]]
) -> Iterator[Column]:
    """Columns of a table without amounts that nobody understood and that may be its amounts."""
    for column in columns:
        varied = column.meaning.what is What.RATE and _many(column, rows)
        like = (varied or _unknown(column)) and is_money(column, rows)
        if like and (quantity is None or _exceeds(column, quantity, rows)):
            yield column


def _many(column: Column, rows: Sequence[list[Value]]) -> bool:
    """A rate is one or a few; a column that changes with every line is none."""
    numbers = figures_of(_cells(column, rows))
    return len(set(numbers)) > max(_FEW_RATES, len(numbers) // 2)


def _exceeds(column: Column, quantity: Column, rows: Sequence[list[Value]]) -> bool:
    """Yuan are more than mu; a part of the area (水田, 早稻) is less."""
    pairs = [(figure(row[column.index]).value, figure(row[quantity.index]).value) for row in rows
             if max(column.index, quantity.index) < len(row)]  # fmt: skip
    read = [(sum_, area) for sum_, area in pairs if sum_ is not None and area is not None]
    return sum(sum_ > area for sum_, area in read) > len(read) * _FILLED
