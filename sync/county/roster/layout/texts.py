"""The columns of a table: their header texts over all levels."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from sync.county.roster.columns.column import Column
from sync.county.roster.columns.digit_boxes import run_of_boxes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.county.formats.grid import Grid, Value
    from sync.county.formats.merges import Spans


def columns_of(grid: Grid, spans: Spans, top: int, bottom: int, named: frozenset[int]) -> Iterator[Column]:
    """Columns under a header of one or more rows, each with its texts from top to bottom; unjudged.

    A column that the clerk `named` needs no words of its own.
    """
    width, found = max(len(grid.rows[row]) for row in range(top, bottom + 1)), []
    for index in sorted({*range(width), *named}):
        texts = (_level_text(grid, spans, row, index, bottom) for row in range(top, bottom + 1))
        path = [text for text, _ in groupby(filter(None, texts))]  # a merged text stands on every level
        if path or index in named:
            found.append(Column(index, tuple(path)))
    yield from _with_boxes_joined(found)


def filled(columns: Iterable[int], rows: Sequence[list[Value]]) -> frozenset[int]:
    """Those of some columns in which anything stands."""
    return frozenset(
        at for at in columns if any(at < len(cells) and cells[at] not in {"", None} for cells in rows)
    )


def _with_boxes_joined(columns: list[Column]) -> Iterator[Column]:
    """The same columns, those of one amount written figure by figure as one."""
    at = 0
    while at < len(columns):
        column = columns[at]
        run = run_of_boxes(["".join(one.path[-1:]) for one in columns[at:]])
        boxes = tuple(one.index for one in columns[at : at + run])
        if run:
            behind = run - 1 - next(n for n, one in enumerate(columns[at:]) if one.path[-1] in {"元", "圆"})
            column = Column(column.index, (*column.path[:-1], "元"), boxes=boxes, behind=behind)
        yield column
        at += max(run, 1)


def line_text(cells: list[Value]) -> str:
    """The words of one line, as above a table."""
    return "　".join(cell.strip() for cell in cells if isinstance(cell, str) and cell.strip())


def _level_text(grid: Grid, spans: Spans, row: int, index: int, bottom: int) -> str:
    """Text over one column at one level: of its merge or, without merges, of the group to the left."""
    own = _at(grid, *spans.owner(row, index))
    if own or row == bottom or grid.merges:
        return own
    below = [_at(grid, at, index) for at in range(row + 1, bottom + 1)]
    if not any(below) or (not below[0] and row + 1 < bottom):
        return ""
    for left in range(index - 1, -1, -1):
        if text := _at(grid, row, left):
            grouped = any(_at(grid, at, left) for at in range(row + 1, bottom + 1))
            return text if grouped else ""
    return ""


def _at(grid: Grid, row: int, index: int) -> str:
    cells = grid.rows[row]
    cell = cells[index] if index < len(cells) else ""
    return re.sub(r"[\r\n\t]+", "", cell).strip() if isinstance(cell, str) else ""
