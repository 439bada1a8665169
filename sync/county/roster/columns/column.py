"""A column as understood, and the columns of one table."""

from __future__ import annotations

import msgspec

from sync.county.roster.columns.meaning import Meaning, What

PLACES = frozenset({What.VILLAGE, What.TOWN, What.GROUP})


MEASURES = frozenset({What.AMOUNT, What.AREA, What.AREA_CONTRACT, What.HOUSEHOLDS})


class Column(msgspec.Struct, frozen=True, gc=False):
    """One column of one band, as understood from its header."""

    index: int
    meaning: Meaning


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
