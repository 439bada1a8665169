"""What a check is asked of, at its two moments: a roster as read, what would be published of a village.

Nothing else reaches a check.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate

import msgspec

from boards.model.money import rounded_fen
from boards.model.pack import Programme
from boards.model.payouts import BatchClose, Payout
from boards.model.place import Village
from sync.county.checks.registries import Registries
from sync.county.formats.grid import Book, Grid
from sync.county.reading import Row
from sync.county.roster.entries import (
    Around,
    Entry,
    Extent,
    Note,
    SummaryLine,
    TableFacts,
    Total,
    Unseen,
)
from sync.county.roster.layout.blocks import Shape

_PUBLIC = re.compile(r"公示|公布|公开|张榜")


class Sums:
    """Sums over any range of entries in one step: of fen, and of the amounts as written."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.fen = [0, *accumulate(entry.row.payout.amount_fen for entry in entries)]
        self.exact = [Decimal(0), *accumulate(entry.amount or Decimal(0) for entry in entries)]

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
    unseen: Sequence[Unseen]  # payees whose row is hidden or struck out
    counts_hidden: bool = True  # False: they are not among the entries
    name: str  # of the file, without its ending
    title: str  # of the first sheet that lists payees
    notes: Sequence[Note] = ()  # sentences under the lists that exclude somebody
    around: Sequence[Around] = ()  # what stands around the lists, in order
    villages: Mapping[str, Village] = {}  # the county's, by code; none where no list of them is given
    today: date | None = None
    terms: Sequence[str] = ()  # the county's words that are not to be used, as its list has them
    programmes: tuple[str, ...] = ()  # names of the county's

    def is_public(self, grid: Grid, shape: Shape) -> bool:
        """Whether a sheet calls itself public: 公示, 公布, 公开, 张榜."""
        return bool(_PUBLIC.search("　".join((self.name, grid.name or "", *shape.preface))))

    @property
    def public(self) -> bool:
        """Whether one of its sheets calls itself public."""
        return any(self.is_public(grid, shape) for grid, shape in self.shapes)


Paid = tuple[str, int, str, date | None]
"""A payment: to whom, fen, things, on which day."""


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """Another list of the same village, which is published or waits to be."""

    close: BatchClose
    share: str | None  # of its roster, as a Publication's; None where nobody knows
    waits: bool = False
    withdrawn: bool = False
    paid: Mapping[Paid, int] = {}  # payments on a day of the list it is held against, with their count


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
    ceiling_fen: int = 0  # of one household at once, by the programme; 0: none is known
    registries: Registries = Registries()
    title: str = ""
    file: str = ""
    share: str = ""  # of the roster's programmes, by the header's words; "*": all together, "": its only one
    programmes: Sequence[Programme] = ()  # of the county
    earlier: Sequence[Earlier] = ()
    year_closed: bool = False  # the county has settled the village's figures of the fiscal year
