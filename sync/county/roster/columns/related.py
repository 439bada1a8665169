"""Witnesses of a column among its neighbours, heard when tables are parted and the lines around them read.

Where no word of a header is known the rows decide: a column that is area × rate to the fen in most rows is
the amount whatever it is called, one full of numbers with a right check digit holds IDs.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

import msgspec

from sync.county.formats.cells import squeezed
from sync.county.roster.columns.arithmetic import is_sum, proof, to_the_fen, varies
from sync.county.roster.columns.column import LAND
from sync.county.roster.columns.evidence import Evidence, Witness
from sync.county.roster.columns.identity_numbers import are_ids
from sync.county.roster.columns.thresholds import (
    CELLS,
    DOUBT,
    IDS,
    PROVEN,
    UNIT_AROUND,
    UNIT_OF_ROWS,
    WEIGHED,
)
from sync.county.roster.columns.units import unit_of_format
from sync.county.roster.columns.words import What

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.roster.columns.column import Column, Sample

_QUANTITIES = (What.AREA, What.AREA_CONTRACT)
_MONEY_WORD = re.compile(r"[元角分]")
_GROUP = re.compile(r"第?([0-9]{1,3}|[一二三四五六七八九十]{1,4})(村民小组|村民组|小组|组|社|队)?")


def unit_line(column: Column, sample: Sample) -> Iterator[Evidence]:
    """The unit that a line above or under the table states, for a column without one of its own."""
    what, stated = column.meaning.what, None
    if what is What.RATE and not _MONEY_WORD.search(column.header):
        stated = sample.units.rate
    elif what is What.AMOUNT:
        stated = sample.units.money
    elif what in LAND and (what is not What.AREA or "面积" in column.header):
        stated = sample.units.area
    if stated and not column.meaning.unit:
        yield Evidence(unit=stated, weight=UNIT_AROUND, why="单位按表上注明的")


def format_of_the_unit(column: Column, sample: Sample) -> Iterator[Evidence]:
    """Amounts whose number format shows them in the very unit that stands over them: yuan are stored.

    Only where they are whole fen as stored: figures that are 万元 already would not be.
    """
    code = sample.formats.get(column.index) if column.meaning.what is What.AMOUNT else None
    read = unit_of_format(code, column.meaning.unit, column.meaning.factor) if code else None
    if read:
        numbers = [number for row in sample.rows if (number := column.number(row)) is not None]
        if all(number * read[1] == to_the_fen(number * read[1]) for number in numbers):
            yield Evidence(unit=read, weight=UNIT_OF_ROWS, why="数字格式显示的就是这个单位")


def ids_in_cells(column: Column, sample: Sample) -> Iterator[Evidence]:
    """Whole IDs in most of what stands in a column of a list of people."""
    if sample.lists_payees and are_ids(sample.cells(column), IDS):
        yield Evidence(what=What.ID, weight=DOUBT, role=column.meaning.role, why="各行是身份证号")


def groups_in_cells(column: Column, sample: Sample) -> Iterator[Evidence]:
    """“村组” over 1组, 2组, beside people: the village stands elsewhere; totals and remarks do not count."""
    others = [one for one in sample.of(What.GROUP) if not one.said_by("groups_in_cells")]
    if column.meaning.what is not What.VILLAGE or others or not sample.lists_payees:
        return
    people = (row for row in sample.rows if any(squeezed(name.cell(row)) for name in sample.of(What.NAME)))
    texts = [text for row in people if (text := squeezed(column.cell(row)))]
    if texts and sum(bool(_GROUP.fullmatch(text)) for text in texts) > len(texts) * PROVEN:
        yield Evidence(what=What.GROUP, weight=WEIGHED, why="各行写的是组")


def product_of_factors(column: Column, sample: Sample) -> Iterator[Evidence]:
    """Area × rate, where no word says what the amount is."""
    others = [one for one in sample.of(What.AMOUNT) if not one.said_by("product_of_factors")]
    if column.meaning.what is not What.OTHER or others or not sample.lists_payees:
        return
    pairs = product(sample.of(*_QUANTITIES), sample.of(What.RATE))
    if any(proof(sample.rows, *pair, column) > PROVEN and varies(sample.rows, pair[0]) for pair in pairs):
        yield Evidence(what=What.AMOUNT, weight=CELLS, why="面积×标准等于它")


def sum_of_parts(column: Column, sample: Sample) -> Iterator[Evidence]:
    """The sum of all amounts, which are parts of it."""
    parts = [one for one in sample.of(What.AMOUNT) if not one.said_by("sum_of_parts")]
    unknown = column.meaning.what is What.OTHER and sample.lists_payees
    if unknown and len(parts) > 1 and is_sum(column, parts, sample.rows):
        why = f"是{'、'.join(f'列{one.letter}' for one in parts)}的合计"
        yield Evidence(what=What.AMOUNT, weight=CELLS, why=why)


def rate_in_yuan(column: Column, sample: Sample) -> Iterator[Evidence]:
    """A unit line (万元) that holds for the amounts need not hold for a rate in 元: the rows decide."""
    if column.meaning.what is not What.RATE or column.meaning.factor == 1 or not sample.lists_payees:
        return
    unit = (column.meaning.unit, Decimal(1))
    plain = msgspec.structs.replace(column, meaning=msgspec.structs.replace(column.meaning, factor=unit[1]))
    pairs = list(product(sample.of(*_QUANTITIES), sample.of(What.AMOUNT)))
    stated, bare = (
        max((proof(sample.rows, area, rate, amount) for area, amount in pairs), default=0.0)
        for rate in (column, plain)
    )
    if bare > PROVEN >= stated:
        yield Evidence(unit=unit, weight=UNIT_OF_ROWS, why="各行算出来单位是元")


def hidden_twin(column: Column, sample: Sample) -> Iterator[Evidence]:
    """A hidden column counts only where no visible one says the same."""
    if column.index in sample.hidden:
        alike = (one for one in sample.of(column.meaning.what) if one.index not in sample.hidden)
        if seen := next((one for one in alike if one.meaning.role is column.meaning.role), None):
            yield Evidence(counts=-1, why=f"这一列隐藏了，计入的是列{seen.letter}")


RELATED: tuple[Witness, ...] = (
    unit_line,
    format_of_the_unit,
    ids_in_cells,
    groups_in_cells,
    product_of_factors,
    sum_of_parts,
    rate_in_yuan,
    hidden_twin,
)
"""In this order: each knows what those before it said."""
