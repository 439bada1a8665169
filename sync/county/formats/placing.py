"""Cells put one after the other, as HTML and SpreadsheetML order them: spans push what comes after."""

from __future__ import annotations

from sync.county.formats.errors import WorkbookTooLarge
from sync.county.formats.grid import Fault, Grid, Merge, Value

ROWS_MAX = 1_048_576
COLUMNS_MAX = 16_384
CELLS_MAX = 40_000_000
"""What one sheet may hold, empty cells between others included."""


class Placing:
    """One sheet being filled from left to right and from top to bottom."""

    def __init__(self) -> None:
        self.rows: list[list[Value]] = []
        self._merges: list[Merge] = []
        self._taken: dict[int, int] = {}  # column → rows a merge covers, from this one on
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._faults: dict[tuple[int, int], Fault] = {}
        self._struck: set[tuple[int, int]] = set()
        self._columns = self._cells = 0
        self._at = 0

    def new_row(self, number: int = 0, *, hidden: bool = False) -> None:
        """Begin the next row, or row `number` (from 1)."""
        down = max(number - 1 - len(self.rows), 0)
        if len(self.rows) + down >= ROWS_MAX:
            raise WorkbookTooLarge(what=f"{len(self.rows) + down} 行")
        self.rows += ([] for _ in range(down + 1))
        self._taken = {at: left - down - 1 for at, left in self._taken.items() if left - down > 1}
        self._at = 0
        if hidden:
            self._hidden_rows.add(len(self.rows) - 1)

    def column(self, number: int, span: int, *, hidden: bool) -> None:
        """Take in a description of columns: the next one, or column `number`; `span` more alike."""
        first = number - 1 if number else self._columns
        self._columns = min(first + span + 1, COLUMNS_MAX)
        if hidden:
            self._hidden_columns |= set(range(first, self._columns))

    def skip_to(self, number: int) -> None:
        """Go to column `number` (from 1) in this row; 0 stays."""
        self._at = number - 1 if number else self._free(self._at)

    def put(self, value: Value, down: int = 1, across: int = 1, *, struck: bool = False) -> None:
        """Put a cell, over as many rows and columns as it spans."""
        if not self.rows:
            self.new_row()
        at, row = self._free(self._at), self.rows[-1]
        self._cells += max(at - len(row), 0) + min(across, COLUMNS_MAX)
        if at + across > COLUMNS_MAX or self._cells > CELLS_MAX:
            raise WorkbookTooLarge(what=f"{at + across} 列")
        row += [""] * (at - len(row))
        row += [value, *[""] * (across - 1)]
        if down > 1:
            self._taken.update(dict.fromkeys(range(at, at + across), down))
        if down > 1 or across > 1:
            top = len(self.rows) - 1
            self._merges.append(Merge(top, at, top + down - 1, at + across - 1))
        if struck:
            self._struck.add((len(self.rows) - 1, at))
        self._at = at + across

    def fault(self, what: Fault) -> None:
        """Note that the cell about to be put has no value: an error, or a formula nobody calculated."""
        self._faults[len(self.rows) - 1, self._at] = what

    def _free(self, at: int) -> int:
        while self._taken.get(at, 0) > 0:
            at += 1
        return at

    def grid(self, name: str | None, *, visible: bool = True) -> Grid:
        """Sheet as it came to be; merges end at its last row: 65,535 is written for “to the end”."""
        last = len(self.rows) - 1
        return Grid(
            name=name,
            rows=self.rows,
            merges=tuple(Merge(one.top, one.left, min(one.bottom, last), one.right) for one in self._merges),
            visible=visible,
            hidden_rows=frozenset(self._hidden_rows),
            hidden_columns=frozenset(self._hidden_columns),
            faults=self._faults,
            struck=frozenset(self._struck),
        )
