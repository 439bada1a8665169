"""What the rows of a place come to, how exact its figures are, and where a finding about a row stands."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from boards.model.payouts import Payout
    from sync.county.checks.whole import Publication
    from sync.county.reading import Row
    from sync.county.roster.entries import SummaryLine, Total


def half_digit(number: Decimal) -> Decimal:
    """Half a unit of a number's last digit: what rounding may have taken or given."""
    exponent = number.as_tuple().exponent
    return Decimal(5).scaleb(min(exponent, 0) - 1) if isinstance(exponent, int) else Decimal(0)


LISTED = 5
UNLIKE_TIMES = 100
"""An amount or area this many times what its neighbours have is not believed unasked."""


def numbered(rows: Sequence[int]) -> str:
    """Every one of these rows, since somebody must look at each: 3、7, of many with runs as 3至20、24."""
    if len(rows) <= LISTED:
        return "、".join(map(str, rows))
    runs = groupby(enumerate(sorted({*rows})), key=lambda one: one[1] - one[0])
    edges = [(own[0][1], own[-1][1]) for own in ([*run] for _, run in runs)]
    return "、".join(str(first) if first == last else f"{first}至{last}" for first, last in edges)


def of_village(publication: Publication, code: str, message: str, *rows: int) -> CellFinding:
    """What is said of lines of one village's list, by their numbers; without numbers of the whole list."""
    where = f"（第{numbered(rows)}行）" if rows else ""
    return CellFinding(
        level=Level.WARNING, code=code, message=f"{publication.village.name}：{message}{where}。"
    )


def at_listed(publication: Publication, code: str, message: str, at: int) -> CellFinding:
    """What is said of one line of a village's list, at its row in the roster."""
    row = publication.listed[at]
    where = f"“{row.sheet}”第{row.row}行" if row.sheet else f"第{row.row}行"
    message = f"{publication.village.name}：{message}（{where}）。"
    return warned(row, code, message)


def in_mu(payout: Payout) -> Decimal | None:
    """The area of a payout that is for land; None for any other."""
    return payout.quantity if payout.unit in {"", "亩"} else None


def at_row(
    row: Row | Total | SummaryLine, level: Level, code: str, message: str, column: str = ""
) -> CellFinding:
    """What is said of one row of the file, or of one of its cells."""
    return CellFinding(
        level=level, code=code, sheet=row.sheet, row=row.row, column=column or None, message=message
    )


def warned(row: Row | Total | SummaryLine, code: str, message: str, column: str = "") -> CellFinding:
    """What a person must confirm of one row of the file, or of one of its cells."""
    return at_row(row, Level.WARNING, code, message, column)


class Place:
    """What the rows of one village or group come to."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self.fen = self.rows = self.paid = 0
        self.unread = self.areas_unknown = False
        self.areas: list[Decimal] = []
        self._names: set[str] = set()
        self._ids: set[str] = set()
        self._numbers: set[int] = set()
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        """Take in one row."""
        payout = row.payout
        self.rows += 1
        self.fen += payout.amount_fen
        self.paid += bool(payout.amount_fen)
        self.unread |= row.unread
        self.areas_unknown |= payout.quantity is None and bool(payout.amount_fen)
        self.areas.append(payout.quantity or Decimal(0))
        self._names.add(payout.holder)
        self._ids.add(row.identity or payout.holder)
        if row.number is not None:
            self._numbers.add(row.number)

    @property
    def households(self) -> tuple[int, int]:
        """Fewest and most households anybody may count here."""
        counts = (self.rows, self.paid, len(self._names), len(self._ids), len(self._numbers))
        return min(filter(None, counts), default=0), max(counts)
