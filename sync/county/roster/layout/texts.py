"""The columns of a table: their header texts over all levels, and tables that stand side by side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sync.county.formats.cells import squeezed
from sync.county.roster.columns.column import PLACES, Band, Column
from sync.county.roster.columns.meaning import What
from sync.county.roster.columns.words import meaning_of

if TYPE_CHECKING:
    from sync.county.formats.grid import Grid
    from sync.county.formats.merges import Spans


def columns_of(grid: Grid, spans: Spans, top: int, bottom: int) -> list[Column]:
    """Columns under a header of one or more rows, each with its texts from top to bottom."""
    width = max(len(grid.rows[row]) for row in range(top, bottom + 1))
    columns = []
    for index in range(width):
        path: list[str] = []
        for row in range(top, bottom + 1):
            text = _level_text(grid, spans, row, index, bottom)
            if text and (not path or path[-1] != text):
                path.append(text)
        if path:
            columns.append(Column(index, meaning_of(*path)))
    return columns


def _level_text(grid: Grid, spans: Spans, row: int, index: int, bottom: int) -> str:
    """Text over one column at one level: of its merge or, without merges, of the group to the left."""
    own = _at(grid, *spans.owner(row, index))
    if own or row == bottom or grid.merges:
        return own
    if not any(_at(grid, below, index) for below in range(row + 1, bottom + 1)):
        return ""
    if _at(grid, row + 1, index) == "" and row + 1 < bottom:
        return ""
    for left in range(index - 1, -1, -1):
        text = _at(grid, row, left)
        if text:
            grouped = any(_at(grid, below, left) for below in range(row + 1, bottom + 1))
            return text if grouped else ""
    return ""


def _at(grid: Grid, row: int, index: int) -> str:
    cells = grid.rows[row]
    cell = cells[index] if index < len(cells) else ""
    return re.sub(r"[\r\n\t]+", "", cell).strip() if isinstance(cell, str) else ""


def bands_of(columns: list[Column]) -> tuple[Band, ...]:
    """Split a header whose texts repeat into side-by-side tables; places to their left belong to all."""
    for what in (What.SEQ, What.NAME):
        starts = _starts(columns, what)
        if len(starts) > 1:
            bands = _split(columns, starts)
            if all(band.lists_payees for band in bands):
                return bands
    return _with_a_summary_beside(columns)


def _with_a_summary_beside(columns: list[Column]) -> tuple[Band, ...]:
    """A small summary to the right of a list, an empty column between them, is a table of its own."""
    for at in range(1, len(columns)):
        if columns[at].index > columns[at - 1].index + 1:
            left, right = Band(columns=tuple(columns[:at])), Band(columns=tuple(columns[at:]))
            if left.lists_payees and right.sums_places and left.of(What.AMOUNT) and right.of(What.AMOUNT):
                return left, right
    return (Band(columns=tuple(columns)),)


def _starts(columns: list[Column], what: What) -> list[int]:
    """Positions where a band begins: equal header texts, led back to the first text that repeats too."""
    texts = [squeezed(column.meaning.header) for column in columns]
    found = [at for at, column in enumerate(columns) if column.meaning.what is what]
    if len(found) < 2 or len({texts[at] for at in found}) > 1:
        return []
    while found[0] > 0 and len({texts[at - 1] for at in found}) == 1:
        found = [at - 1 for at in found]
    return found


def _split(columns: list[Column], starts: list[int]) -> tuple[Band, ...]:
    shared = tuple(column for column in columns[: starts[0]] if column.meaning.what in PLACES)
    stops = [*starts[1:], len(columns)]
    return tuple(
        Band(columns=shared + tuple(columns[start:stop])) for start, stop in zip(starts, stops, strict=True)
    )
