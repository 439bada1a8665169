"""What reading a roster yields: rows, findings, a verdict. Made by the roster rooms, used by publishing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from boards.model.findings import CellFinding
from boards.model.payouts import Payout, PayStatus


class Verdict(StrEnum):
    """May go to review; must wait for a person; could not be read at all."""

    OK = "ok"
    HOLD = "hold"
    REFUSED = "refused"


VERDICTS = {
    Verdict.OK: "没有发现错误，可以送审",
    Verdict.HOLD: "先处理下面的问题，再送审",
    Verdict.REFUSED: "没有读取",
}
"""A verdict as a clerk reads it, on the terminal, on paper and at the desk."""

COLUMN_MEANING = "COLUMN_MEANING"
"""The code of what is no finding about a cell: what a column was taken for."""


class Share(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What one programme is of a row that holds several, by the words its columns stand under."""

    programme: str  # as the header says it: 稻谷补贴
    quantity: Decimal | None = None
    unit: str = ""
    rate: Decimal | None = None  # yuan a unit
    amount_fen: int


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One payee row, normalised: the payout it says, and beside it only what is private or of the sheet.

    The payout is carried from here to the board, so a field of it is named where it is read and where it is
    shown, and nowhere between. As read it is not on any list: publishing numbers it (`seq`, 0 until then),
    gives it its household, and says whether it was paid (`status`, APPLIED until then: nothing counts as paid
    by default). What the sheet says of these is another thing and stays here: its own `number` may be missing
    or begin again on every page, and where it has no `status` column the clerk's payment day speaks (settled
    §17). `identity` is private: it stays in memory for the household key and age.
    """

    sheet: str | None
    row: int
    number: int | None = None  # 序号
    village: str  # 12-digit code, or the text as written when unknown
    payout: Payout
    unread: bool = False  # its amount is empty or unreadable: an error; the payout's 0 then says nothing
    status: PayStatus | None = None  # None: the roster has no status column
    status_text: str = ""
    stop_reason: str = ""
    identity: str = ""  # the holder's ID number, "" when absent or masked
    beneficiary_identity: str = ""
    age: int | None = None  # full years, where a column says so
    born: date | None = None
    shares: tuple[Share, ...] = ()  # of several programmes in this row; together they are its amount
    faulty: bool = False  # an error stands at this row: it must not be published as it is


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A roster as read and checked."""

    file: str  # name only
    format: str  # xlsx, xls, csv …
    verdict: Verdict
    rows: tuple[Row, ...] = ()
    findings: tuple[CellFinding, ...] = ()
    declared_total_fen: int | None = None
    title: str = ""  # of the first detail sheet: prefill for batch.toml
    source_sha256: str
    layouts: dict[str, dict[str, str]] = {}  # by its layouts' fingerprints: what the clerk said of columns

    @property
    def last_paid_on(self) -> date | None:
        """The last day on which it says somebody was paid: its batch's own, unless the clerk names one."""
        paid = (row.payout.paid_on for row in self.rows if row.status is PayStatus.PAID)
        return max(filter(None, paid), default=None)
