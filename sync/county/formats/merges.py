"""The merges of a sheet, asked by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.county.formats.grid import Grid

WHOLE_COLUMN_CELLS = 100_000
"""A merge over more cells than this says nothing about one of them."""


class Spans:
    """The merges of a sheet, asked by cell."""

    def __init__(self, grid: Grid) -> None:
        self._owner: dict[tuple[int, int], tuple[int, int]] = {}
        self._width: dict[tuple[int, int], int] = {}
        for merge in grid.merges:
            if (merge.bottom - merge.top + 1) * (merge.right - merge.left + 1) > WHOLE_COLUMN_CELLS:
                continue
            for row in range(merge.top, merge.bottom + 1):
                for column in range(merge.left, merge.right + 1):
                    self._owner[row, column] = (merge.top, merge.left)
                    self._width[row, column] = merge.across

    def owner(self, row: int, column: int) -> tuple[int, int]:
        """Top-left cell of the merge this cell lies in; the cell itself when it lies in none."""
        return self._owner.get((row, column), (row, column))

    def across(self, row: int, column: int) -> int:
        """How many columns the merge at this cell covers."""
        return self._width.get((row, column), 1)

    def bottom(self, row: int, column: int) -> int:
        """Last row of the merge at this cell."""
        owner, last = self.owner(row, column), row
        while self._owner.get((last + 1, column)) == owner:
            last += 1
        return last
