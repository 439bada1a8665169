"""Columns whose header says nothing we know, recognised by their cells.

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
from sync.county.roster.columns.column import Band, Column
from sync.county.roster.columns.identity_numbers import judged_id
from sync.county.roster.columns.meaning import Meaning, What
from sync.county.roster.columns.picked import PROVEN, SAMPLE_ROWS, is_sum, proof, varies

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sync.county.formats.grid import Value

_GROUP = re.compile(r"第?([0-9]{1,3}|[一二三四五六七八九十]{1,4})(村民小组|村民组|小组|组|社|队)?")
ENOUGH_ROWS = 2


def recognised(band: Band, under: Iterable[list[Value]]) -> Band:
    """The same band with the meanings that the rows under it give to columns nobody understood."""
    if not band.lists_payees or not band.of(What.OTHER, What.VILLAGE, What.RATE):
        return band
    rows = list(islice((row for row in under if len(row) > 1), SAMPLE_ROWS))
    return Band(columns=tuple(_told(column, band, rows) for column in band.columns))


def _told(column: Column, band: Band, rows: Sequence[list[Value]]) -> Column:
    if column.meaning.what is What.RATE and column.meaning.factor != 1:
        return _in_yuan_after_all(column, band, rows)
    if column.meaning.what is What.VILLAGE and not band.of(What.GROUP) and _holds_groups(column, rows):
        return _as(column, What.GROUP)
    if column.meaning.what is not What.OTHER:
        return column
    if _holds_ids(column, rows):
        return _as(column, What.ID)
    return _as(column, What.AMOUNT) if _is_paid(column, band, rows) else column


def _in_yuan_after_all(column: Column, band: Band, rows: Sequence[list[Value]]) -> Column:
    """A unit line (万元) that holds for the amounts need not hold for a rate in 元: the rows decide."""
    plain = Column(column.index, msgspec.structs.replace(column.meaning, factor=Decimal(1)))
    pairs = list(product(band.of(What.AREA, What.AREA_CONTRACT), band.of(What.AMOUNT)))
    stated = max((proof(rows, area, column, amount) for area, amount in pairs), default=0.0)
    bare = max((proof(rows, area, plain, amount) for area, amount in pairs), default=0.0)
    return plain if bare > PROVEN >= stated else column


def _holds_ids(column: Column, rows: Sequence[list[Value]]) -> bool:
    cells = [
        row[column.index] for row in rows if column.index < len(row) and row[column.index] not in {"", None}
    ]
    valid = sum(judged_id(cell).kind == "resident" for cell in cells)
    return valid >= ENOUGH_ROWS and valid > len(cells) * PROVEN


def _holds_groups(column: Column, rows: Sequence[list[Value]]) -> bool:
    """“村组” over 1组, 2组: the village stands elsewhere."""
    texts = [squeezed(row[column.index]) for row in rows if column.index < len(row)]
    texts = [text for text in texts if text]
    return bool(texts) and sum(bool(_GROUP.fullmatch(text)) for text in texts) > len(texts) * PROVEN


def _is_paid(column: Column, band: Band, rows: Sequence[list[Value]]) -> bool:
    """Area × rate where no other column is the amount, or the sum of several that are parts of it."""
    amounts = band.of(What.AMOUNT)
    if not amounts:
        return _is_product(column, band, rows)
    return len(amounts) > 1 and is_sum(column, amounts, rows)


def _is_product(column: Column, band: Band, rows: Sequence[list[Value]]) -> bool:
    pairs = product(band.of(What.AREA, What.AREA_CONTRACT), band.of(What.RATE))
    return any(proof(rows, area, rate, column) > PROVEN and varies(rows, area) for area, rate in pairs)


def _as(column: Column, what: What) -> Column:
    meaning: Meaning = msgspec.structs.replace(column.meaning, what=what, seen=True)
    return Column(column.index, meaning)
