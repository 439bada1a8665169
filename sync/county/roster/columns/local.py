"""Witnesses of a column by itself, heard before a header is parted into tables.

Whether columns list people hangs on them, so they also say what the cells are of columns whose words nobody
knows: people, and money where only one column can be it. Where more than one could be the money nobody
speaks, and a column that looks like money beside areas is reported: to publish such a list as one
without amounts would be wrong.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from boards.model.privacy.withheld import shown
from sync.county.roster.columns.arithmetic import figures_of, is_sum
from sync.county.roster.columns.evidence import Evidence, Witness
from sync.county.roster.columns.person_names import are_names
from sync.county.roster.columns.thresholds import (
    CELLS,
    CLERK,
    FEW_RATES,
    MONEY_LIMIT,
    NAMES,
    NEARLY_ALL,
    NOT_USED,
    UNIT_IN_HEADER,
    WEIGHED,
)
from sync.county.roster.columns.words import What, meaning_of, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.county.formats.grid import Value
    from sync.county.roster.columns.column import Column, Sample

_COUNTS = re.compile(r"人口|人数|口数|台数|数量|月数|天数|次数")
_SUM = re.compile(r"金额|资金")
_OF_A_MONTH = re.compile(r"^月(?!份|[人户]?均|人|标准)(?!.*标准)\S*(额|补[贴助]|金)")
_MEASURED = re.compile(
    r"公斤|千克|kg|斤|吨|米|产量|[亩总单]产|重量|厚度|[经纬]度|坡度|海拔|[率%％]|号|代码|编码|分数|得分|评分"
)
_QUANTITIES = (What.AREA, What.AREA_CONTRACT, What.IN_KIND)


def header_words(column: Column, _sample: Sample) -> Iterator[Evidence]:
    """The words over a column: what, whose, and how high it stands among its kind."""
    if column.path:
        yield _words_say(column.path)


@lru_cache(maxsize=4096)
def _words_say(path: tuple[str, ...]) -> Evidence:
    meaning, why = meaning_of(*path), f"表头“{shown('/'.join(path))}”"
    if not meaning.score:
        return Evidence(why=f"{why}没有写明", rank=meaning.rank)
    weight = NOT_USED if meaning.what is What.OTHER else meaning.score
    return Evidence(what=meaning.what, weight=weight, role=meaning.role, rank=meaning.rank, why=why)


def clerks_word(column: Column, sample: Sample) -> Iterator[Evidence]:
    """What a clerk said counts before everything, and the column before every other of its kind."""
    if column.index in sample.given:
        (what, role), rank = sample.given[column.index], meaning_of(*column.path).rank + CLERK
        yield Evidence(what=what, weight=CLERK, role=role, rank=rank, why="经办人指定")


def names_in_cells(column: Column, sample: Sample) -> Iterator[Evidence]:
    """A column of people where no header names them; one with the same words beside it is another table's."""
    alike = [one for one in sample.columns if one.path == column.path]
    named = any(one.path != column.path for one in sample.of(What.NAME))
    if not column.known and not named and any(are_names(sample.cells(one)) for one in alike):
        yield Evidence(what=What.NAME, weight=CELLS, why="各行是人名")


def only_in_words(column: Column, sample: Sample) -> Iterator[Evidence]:
    """大写 is the amount itself where none stands in figures."""
    if column.meaning.what is What.IN_WORDS and not sample.of(What.AMOUNT):
        yield Evidence(what=What.AMOUNT, weight=WEIGHED, why="金额只有大写")


def only_money(column: Column, sample: Sample) -> Iterator[Evidence]:
    """The one column of money beside people, where no header says amount or area.

    A “标准” is no rate where nothing is there to be counted. Of several columns it is their sum, or
    nobody can tell; one with the same words beside it is another table's.
    """
    paid = sample.of(What.AMOUNT)
    beside_people = sample.of(What.NAME) and not sample.of(*_QUANTITIES) and _may_pay(column, sample)
    if not beside_people or any(one.path != column.path for one in paid):
        return
    money = [one for one in sample.columns if _may_pay(one, sample) and is_money(one, sample.rows)]
    alone = all(one.path == column.path for one in money)
    alike = [one for one in money if one.path == column.path]
    sums = (is_sum(one, [other for other in money if other is not one], sample.rows) for one in alike)
    if paid or (alike and (alone or any(sums))):
        yield Evidence(what=What.AMOUNT, weight=WEIGHED, why="没有面积或数量，只有这一列像金额")


def _may_pay(column: Column, sample: Sample) -> bool:
    counted = any(_COUNTS.search(one.header) for one in sample.columns)
    header = column.header
    own = _SUM.search(header) or _OF_A_MONTH.search(header)  # 保障人数, 月补助（元）: a household's
    bare_rate = column.meaning.what is What.RATE and bool(own or not counted)
    return bare_rate or not column.known


def is_money(column: Column, rows: Sequence[list[Value]]) -> bool:
    """Numbers nearly all the way down, with a decimal point or 元 to them."""
    cells = [cell for row in rows if (cell := column.cell(row)) not in {"", None}]
    numbers = [] if _MEASURED.search(column.header) else figures_of(cells)
    if len(numbers) < NAMES or len(numbers) < len(cells) * NEARLY_ALL or max(numbers) >= MONEY_LIMIT:
        return False
    return "元" in column.header or any(number != number.to_integral_value() for number in numbers)


def unread_money(
    columns: Sequence[Column], quantity: Column | None, rows: Sequence[list[Value]]
) -> Iterator[Column]:
    """Columns of a table without amounts that nobody understood and that may be its amounts."""
    for column in columns:
        numbers = figures_of([column.cell(row) for row in rows])
        many = len(set(numbers)) > max(FEW_RATES, len(numbers) // 2)  # a rate is one, or a few
        unread = not column.known or (column.meaning.what is What.RATE and many)
        if unread and is_money(column, rows) and (quantity is None or _exceeds(column, quantity, rows)):
            yield column


def _exceeds(column: Column, quantity: Column, rows: Sequence[list[Value]]) -> bool:
    """Yuan are more than mu; a part of the area (水田, 早稻) is less."""
    pairs = [(column.number(row), quantity.number(row)) for row in rows]
    read = [(amount, area) for amount, area in pairs if amount is not None and area is not None]
    return sum(amount > area for amount, area in read) > len(read) * NEARLY_ALL


def header_unit(column: Column, _sample: Sample) -> Iterator[Evidence]:
    """The unit that the words over a column state."""
    unit, factor = unit_of(column.meaning.what, column.path)
    if unit or factor != 1:
        yield Evidence(unit=(unit, factor), weight=UNIT_IN_HEADER)


LOCAL: tuple[Witness, ...] = (
    header_words,
    clerks_word,
    names_in_cells,
    only_in_words,
    only_money,
    header_unit,
)
"""In this order: each knows what those before it said."""
