"""Columns whose header says nothing we know, told by what stands in them.

A column that is area × rate to the fen in most rows is the amount whatever it is called; one
full of numbers with a right check digit holds IDs.
"""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING

import msgspec

from sync.county.roster.choice import PROVEN, SAMPLE_ROWS, proof, varies
from sync.county.roster.columns import Band, Column
from sync.county.roster.meaning import Meaning, What
from sync.county.roster.private import judged_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.county.roster.formats.grid import Grid, Value
    from sync.county.roster.layout import Block

ENOUGH_ROWS = 2


def recognised(band: Band, grid: Grid, block: Block) -> Band:
    """The same band with the meanings its cells give to columns nobody understood."""
    if not band.lists_payees or not band.of(What.OTHER):
        return band
    rows = list(islice((row for row in grid.rows[block.start : block.stop] if len(row) > 1), SAMPLE_ROWS))
    return Band(columns=tuple(_told(column, band, rows) for column in band.columns))


def _told(column: Column, band: Band, rows: Sequence[list[Value]]) -> Column:
    if column.meaning.what is not What.OTHER:
        return column
    if _holds_ids(column, rows):
        return _as(column, What.ID)
    if not band.of(What.AMOUNT) and _is_product(column, band, rows):
        return _as(column, What.AMOUNT)
    return column


def _holds_ids(column: Column, rows: Sequence[list[Value]]) -> bool:
    cells = [
        row[column.index] for row in rows if column.index < len(row) and row[column.index] not in {"", None}
    ]
    valid = sum(judged_id(cell).kind == "resident" for cell in cells)
    return valid >= ENOUGH_ROWS and valid > len(cells) * PROVEN


def _is_product(column: Column, band: Band, rows: Sequence[list[Value]]) -> bool:
    pairs = product(band.of(What.AREA, What.AREA_CONTRACT), band.of(What.RATE))
    return any(proof(rows, area, rate, column) > PROVEN and varies(rows, area) for area, rate in pairs)


def _as(column: Column, what: What) -> Column:
    meaning: Meaning = msgspec.structs.replace(column.meaning, what=what)
    return Column(column.index, meaning)
