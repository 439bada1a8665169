"""A column as understood, and the columns of one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sync.county.formats.cells import figure
from sync.county.roster.columns.meaning import Meaning, What

if TYPE_CHECKING:
    from decimal import Decimal

    from sync.county.formats.grid import Value

PLACES = frozenset({What.VILLAGE, What.TOWN, What.GROUP})


MEASURES = frozenset({What.AMOUNT, What.AREA, What.AREA_CONTRACT, What.HOUSEHOLDS})


class Column(msgspec.Struct, frozen=True, gc=False):
    """One column of one band, as understood from its header."""

    index: int
    meaning: Meaning

    def cell(self, line: list[Value]) -> Value:
        """What stands in this column of a line, "" where the line is shorter."""
        return line[self.index] if self.index < len(line) else ""

    def number(self, line: list[Value]) -> Decimal | None:
        """The number in this column of a line, as written; None for anything else."""
        return figure(line[self.index]).value if self.index < len(line) else None

    def value(self, line: list[Value]) -> Decimal | None:
        """The number in this column of a line, in our unit: yuan, mu, things."""
        number = self.number(line)
        return None if number is None else number * self.meaning.factor


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of one table; two bands stand side by side under one header row."""

    columns: tuple[Column, ...]

    def of(self, *whats: What) -> tuple[Column, ...]:
        """Columns of these meanings, from left to right."""
        return tuple(column for column in self.columns if column.meaning.what in whats)

    @property
    def lists_payees(self) -> bool:
        """Names people and says how much: a detail table."""
        return bool(self.of(What.NAME)) and bool(
            self.of(What.AMOUNT, What.AREA, What.AREA_CONTRACT, What.IN_KIND)
        )

    @property
    def sums_places(self) -> bool:
        """Names places instead of people: a summary table."""
        return not self.of(What.NAME) and bool(self.of(*PLACES)) and bool(self.of(*MEASURES))
