"""A column as understood, and the columns of one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sync.county.formats.cells import figure, squeezed
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

    @property
    def over(self) -> str:
        """The words that stand over this column and its neighbours; "" for none."""
        words, level, _ = self.meaning.header.partition("/")
        return squeezed(words) if level else ""

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

    def programmes(self, amount: Column | None) -> dict[str, list[Column]]:
        """The columns under each programme's words: one amount that is not the row's own, and its factors."""
        under: dict[str, list[Column]] = {}
        for column in self.columns:
            under.setdefault(column.over, []).append(column)
        return {
            words: columns
            for words, columns in under.items()
            if words
            and {What.AREA, What.RATE} & {one.meaning.what for one in columns}
            and len(paid := [one.index for one in columns if one.meaning.what is What.AMOUNT]) == 1
            and (amount is None or paid != [amount.index])
        }

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
