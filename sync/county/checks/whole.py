"""What a check is asked of, at its two moments: a roster as read, what would be published of a village.

Nothing else reaches a check.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate

import msgspec

from boards.model.money import rounded_fen
from boards.model.payouts import BatchClose, Payout
from boards.model.place import Village
from sync.county.checks.registries import Registries
from sync.county.formats.grid import Book, Grid
from sync.county.reading import Row
from sync.county.roster.entries import Around, Entry, Extent, SummaryLine, TableFacts, Total
from sync.county.roster.layout.blocks import Shape


class Sums:
    """Sums over any range of entries in one step: of fen, and of the amounts as written."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.fen = [0, *accumulate(entry.row.payout.amount_fen for entry in entries)]
        self.exact = [Decimal(0), *accumulate(entry.amount or Decimal(0) for entry in entries)]
        self.unread = [0, *accumulate(entry.row.unread for entry in entries)]

    def equal(self, extent: Extent, amount: Decimal) -> bool:
        """Whether the rows add up to this amount; the unrounded amounts may do so instead."""
        start, stop = extent
        return rounded_fen(amount) in {
            self.fen[stop] - self.fen[start],
            rounded_fen(self.exact[stop] - self.exact[start]),
        }


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A roster as read, with the file it was read from."""

    entries: Sequence[Entry]
    sums: Sums
    totals: Sequence[Total]
    summaries: Sequence[SummaryLine]
    stops: Sequence[int]  # entries after each sheet that lists payees
    tables: Sequence[TableFacts]  # in order; together they have all entries
    book: Book
    shapes: Sequence[tuple[Grid, Shape]]  # sheets that list payees, as laid out
    hidden: Sequence[tuple[str | None, int]]  # sheet and line of payees whose row is hidden
    counts_hidden: bool = True  # False: they are not among the entries
    name: str  # of the file, without its ending
    title: str  # of the first sheet that lists payees
    around: Sequence[Around] = ()  # what stands around the lists, in order
    villages: Mapping[str, Village] = {}  # the county's, by code; none where no list of them is given
    today: date | None = None
    terms: Sequence[str] = ()  # the county's words that are not to be used, as its list has them


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """What would be published of one village, with the rows of the roster it was made from."""

    village: Village
    payouts: Sequence[Payout]
    listed: Sequence[Row]  # behind the payouts, in their order
    rows: Sequence[Row]  # all of the village, also those left out
    close: BatchClose
    application: bool  # 申报公示, before any payment
    paid_on: date | None
    fiscal_year: int
    said: Sequence[str]  # what title, file, source of the money and rate say in words
    reading_codes: frozenset[str]  # what was found in the roster and confirmed
    registries: Registries = Registries()
