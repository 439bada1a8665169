"""Columns known by their cells, where the header says nothing we know.

A list of people with a single column of money is read, whatever its header calls the two. Where more
than one column could be the money nothing is taken, and a column that looks like money beside areas
is reported: to publish such a list as one without amounts would be wrong.

A column that is area × rate to the fen in most rows is the amount whatever it is called; one
full of numbers with a right check digit holds IDs.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import islice, product
from typing import TYPE_CHECKING

import msgspec

from sync.county.formats.cells import squeezed
from sync.county.roster.columns.arithmetic import PROVEN, SAMPLE_ROWS, is_sum, proof, varies
from sync.county.roster.columns.column import Band, Column
from sync.county.roster.columns.identity_numbers import are_ids
from sync.county.roster.columns.meaning import Meaning, What
from sync.county.roster.columns.person_names import ENOUGH, MONEY_LIMIT, are_names, figures_of
from sync.county.roster.columns.words import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.county.formats.grid import Value

_COUNTS = re.compile(r"人口|人数|口数|台数|数量|月数|天数|次数")
_MEASURED = re.compile(
    r"公斤|千克|kg|斤|吨|米|产量|[亩总单]产|重量|厚度|[经纬]度|坡度|海拔|[率%％]|号|代码|编码|分数|得分|评分"
)
_SUM = re.compile(r"金额|资金")
_FILLED = 0.8
_FEW_RATES = 3
QUANTITIES = (What.AREA, What.AREA_CONTRACT, What.IN_KIND)
_GROUP = re.compile(r"第?([0-9]{1,3}|[一二三四五六七八九十]{1,4})(村民小组|村民组|小组|组|社|队)?")


def seen_as(columns: list[Column], rows: Sequence[list[Value]]) -> list[Column]:
    """The columns with a name and an amount found by their cells, where the header names none."""
    if all(column.meaning.what is not What.NAME for column in columns):
        unknown = filter(_unknown, columns)
        people = (column for column in unknown if are_names([column.cell(row) for row in rows]))
        columns = _all_like(next(people, None), columns, What.NAME)
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


def is_money(column: Column, rows: Sequence[list[Value]]) -> bool:
    """Numbers nearly all the way down, with a decimal point or 元 to them."""
    if _MEASURED.search(column.meaning.header):
        return False
    cells = [cell for row in rows if (cell := column.cell(row)) not in {"", None}]
    numbers = figures_of(cells)
    if len(numbers) < max(ENOUGH, len(cells) * _FILLED) or max(numbers) >= MONEY_LIMIT:
        return False
    return "元" in column.meaning.header or any(number != number.to_integral_value() for number in numbers)


def unread_money(
    columns: Sequence[Column], quantity: Column | None, rows: Sequence[list[Value]]
) -> Iterator[Column]:
    """Columns of a table without amounts that nobody understood and that may be its amounts."""
    for column in columns:
        numbers = figures_of([column.cell(row) for row in rows])
        many = len(set(numbers)) > max(_FEW_RATES, len(numbers) // 2)  # a rate is one, or a few
        unread = _unknown(column) or (column.meaning.what is What.RATE and many)
        if unread and is_money(column, rows) and (quantity is None or _exceeds(column, quantity, rows)):
            yield column


def _exceeds(column: Column, quantity: Column, rows: Sequence[list[Value]]) -> bool:
    """Yuan are more than mu; a part of the area (水田, 早稻) is less."""
    pairs = [(column.number(row), quantity.number(row)) for row in rows]
    read = [(amount, area) for amount, area in pairs if amount is not None and area is not None]
    return sum(amount > area for amount, area in read) > len(read) * _FILLED


def recognised(band: Band, under: Iterable[list[Value]]) -> Band:
    """The same band with the meanings that the rows under it give to columns nobody understood."""
    if not band.lists_payees or not band.of(What.OTHER, What.VILLAGE, What.RATE):
        return band
    rows = list(islice((row for row in under if len(row) > 1), SAMPLE_ROWS))
    return Band(columns=tuple(_understood(column, band, rows) for column in band.columns))


def _understood(column: Column, band: Band, rows: Sequence[list[Value]]) -> Column:
    if column.meaning.what is What.RATE and column.meaning.factor != 1:
        return _in_yuan_after_all(column, band, rows)
    if column.meaning.what is What.VILLAGE and not band.of(What.GROUP) and _holds_groups(column, band, rows):
        return _taken_for(column, What.GROUP)
    if column.meaning.what is not What.OTHER:
        return column
    if are_ids(map(column.cell, rows), ENOUGH):
        return _taken_for(column, What.ID)
    return _taken_for(column, What.AMOUNT) if _is_paid(column, band, rows) else column


def _in_yuan_after_all(column: Column, band: Band, rows: Sequence[list[Value]]) -> Column:
    """A unit line (万元) that holds for the amounts need not hold for a rate in 元: the rows decide."""
    plain = Column(column.index, msgspec.structs.replace(column.meaning, factor=Decimal(1)))
    pairs = list(product(band.of(What.AREA, What.AREA_CONTRACT), band.of(What.AMOUNT)))
    stated = max((proof(rows, area, column, amount) for area, amount in pairs), default=0.0)
    bare = max((proof(rows, area, plain, amount) for area, amount in pairs), default=0.0)
    return plain if bare > PROVEN >= stated else column


def _holds_groups(column: Column, band: Band, rows: Sequence[list[Value]]) -> bool:
    """“村组” over 1组, 2组, beside people: the village stands elsewhere; totals and remarks do not count."""
    people = (row for row in rows if any(squeezed(name.cell(row)) for name in band.of(What.NAME)))
    texts = [text for row in people if (text := squeezed(column.cell(row)))]
    return bool(texts) and sum(bool(_GROUP.fullmatch(text)) for text in texts) > len(texts) * PROVEN


def _is_paid(column: Column, band: Band, rows: Sequence[list[Value]]) -> bool:
    """Area × rate where no other column is the amount, or the sum of several that are parts of it."""
    amounts = band.of(What.AMOUNT)
    if amounts:
        return len(amounts) > 1 and is_sum(column, amounts, rows)
    pairs = product(band.of(What.AREA, What.AREA_CONTRACT), band.of(What.RATE))
    return any(proof(rows, area, rate, column) > PROVEN and varies(rows, area) for area, rate in pairs)


def _taken_for(column: Column, what: What) -> Column:
    meaning: Meaning = msgspec.structs.replace(column.meaning, what=what, seen=True)
    return Column(column.index, meaning)
