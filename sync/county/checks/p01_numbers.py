"""A list that calls itself public must not carry whole IDs, accounts or phones (domain §1.6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from boards.model.privacy.identifiers import IdVerdict, id_verdict
from sync.county.formats.cells import squeezed
from sync.county.formats.grid import Grid, column_letter
from sync.county.roster.columns.words import What

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.checks.whole import Whole
    from sync.county.roster.columns.column import Column
    from sync.county.roster.layout.blocks import Block, Shape

ID_PLACES = 18
_UNMASKED = (
    (What.ID, "PUBLISHED_FILE_HAS_UNMASKED_ID", "公示表里有完整的身份证号，公示前必须删去这一列。", 15),
    (
        What.ACCOUNT,
        "PUBLISHED_FILE_HAS_UNMASKED_ACCOUNT",
        "公示表里有完整的银行账号，公示前必须删去这一列。",
        12,
    ),
    (What.PHONE, "PUBLISHED_FILE_HAS_UNMASKED_PHONE", "公示表里有完整的电话号码，公示前必须删去这一列。", 7),
)


def numbers_are_masked(whole: Whole) -> Iterator[CellFinding]:
    """No sheet that calls itself public shows whole numbers."""
    for grid, shape in whole.shapes:
        if whole.is_public(grid, shape):
            yield from _unmasked(grid, shape)


def _unmasked(grid: Grid, shape: Shape) -> Iterator[CellFinding]:
    """One warning a column: whole numbers under a header that says what they are, IDs under any other."""
    known: set[int] = set()
    told: dict[int, tuple[str, str]] = {}
    for block, column, code, message, digits in _columns(shape):
        known.add(column.index)
        whole = re.compile(rf"^\d{{{digits},}}[\dXx]?$")
        cells = (column.cell(row) for row in grid.rows[block.start : block.stop])
        texts = (squeezed(cell).replace("-", "") for cell in cells if cell not in {"", None})
        if column.index not in told and any(map(whole.match, texts)):
            told[column.index] = code, message
    rows = (row for block in shape.blocks for row in grid.rows[block.start : block.stop])
    texts_at = ((at, cell.strip()) for row in rows for at, cell in enumerate(row) if isinstance(cell, str))
    whole_ids = {
        at for at, text in texts_at if len(text) == ID_PLACES and id_verdict(text) is IdVerdict.VALID
    }
    told |= dict.fromkeys(sorted(whole_ids - known), _UNMASKED[0][1:3])
    for at, (code, message) in told.items():
        yield CellFinding(
            level=Level.WARNING, code=code, sheet=grid.name, column=column_letter(at), message=message
        )


def _columns(shape: Shape) -> Iterator[tuple[Block, Column, str, str, int]]:
    for block in shape.blocks:
        for band in block.bands:
            for what, code, message, digits in _UNMASKED if band.lists_payees else ():
                for column in band.of(what):
                    yield block, column, code, message, digits
