"""One table under one header: its lines sorted, its columns chosen. Several may stand side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from boards.model.findings import Level
from sync.county.formats.cells import figure
from sync.county.roster.columns.column import Band, Column, Sample
from sync.county.roster.columns.judge import picked
from sync.county.roster.columns.thresholds import SAMPLE_ROWS, TOTAL_LIMIT
from sync.county.roster.rows.kinds import Kind, Sorter
from sync.county.roster.rows.plots import joined
from sync.county.roster.rows.sums_above import notes_below, sums_of_below

if TYPE_CHECKING:
    from sync.county.formats.grid import Grid, Value
    from sync.county.formats.merges import Spans
    from sync.county.roster.layout.blocks import Block

Tell: TypeAlias = Callable[[Level, str, Column | None, str], None]
"""How a finding about the line being read is reported: level, code, column, sentence."""


class Table:
    """A band of a block, ready to be read line by line."""

    def __init__(self, grid: Grid, spans: Spans, block: Block, band: Band) -> None:
        self.spans, self.block, self.band = spans, block, band
        self.sorter = Sorter(band, spans)
        self.kinds = [self.sorter.kind(index, grid.rows[index]) for index in range(block.start, block.stop)]
        self.grid = grid = joined(grid, spans, band, self.kinds, block.start)
        payees = (grid.rows[index] for index, kind in self.lines() if kind is Kind.PAYEE)
        self.sample = list(islice(payees, SAMPLE_ROWS))
        self.picked = picked(Sample(columns=band.columns, rows=self.sample))
        self.headings = {index: self.words(index) for index, kind in self.lines() if kind is Kind.HEADING}
        self._look_again()
        self.last = max((index for index, kind in self.lines() if kind is Kind.PAYEE), default=-1)

    @property
    def fields(self) -> int:
        """Most fields of a line in a text file: its header's, or what most lines have; 0 in a workbook."""
        if not self.grid.lines:
            return 0
        header = max(len(row) for row in self.grid.rows[self.block.header_top : self.block.start])
        usual, count = Counter(map(len, self.sample)).most_common(1)[0] if self.sample else (0, 0)
        return max(header, usual) if count * 2 > len(self.sample) and count > 1 else header

    def words(self, index: int) -> str:
        """What one of its lines says beside numbers."""
        texts = self.sorter.texts(self.grid.rows[index]).values()
        return " ".join(text for text in texts if figure(text).value is None)

    def _look_again(self) -> None:
        """Lines whose kind depends on their neighbours: sums above their rows, notes under the table."""
        rows = self.grid.rows[self.block.start : self.block.stop]

        def paid(cells: list[Value]) -> Decimal:
            return sum((figure_at(cells, column) or Decimal(0) for column in self.picked.money), Decimal(0))

        for at in sums_of_below(rows, self.kinds, self.sorter, paid):
            index = self.block.start + at
            self.kinds[at], self.headings[index] = Kind.TOTAL, self.words(index)
        for at in notes_below(rows, self.kinds, self.sorter):
            self.kinds[at] = Kind.REMARK

    def lines(self) -> Iterator[tuple[int, Kind]]:
        """Row indexes under the header, with the kind of each."""
        return zip(range(self.block.start, self.block.stop), self.kinds, strict=True)

    def share_lines(self, others: list[Table]) -> None:
        """A heading or the word 合计 stands in one table's columns and counts for the whole line."""
        for other in others:
            for index, kind in other.lines():
                at = index - self.block.start
                if kind is Kind.HEADING and self.kinds[at] is Kind.BLANK:
                    self.kinds[at] = Kind.HEADING
                    self.headings[index] = other.headings[index]
                elif kind is Kind.TOTAL and not self.sorter.names_somebody(self.grid.rows[index]):
                    self.kinds[at] = Kind.TOTAL


def figure_at(cells: list[Value], column: Column) -> Decimal | None:
    """Number in one column of a total line, in our unit."""
    value = column.number(cells)
    return None if value is None or abs(value) >= TOTAL_LIMIT else value * column.meaning.factor
