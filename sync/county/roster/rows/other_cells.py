"""What stands beside name and amount in a line: status, reason, thing, day, age, remark, shares."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypedDict

from boards.model.findings import Level
from boards.model.payouts import PayStatus
from sync.county.formats.cells import squeezed, text_of
from sync.county.roster.columns.column import Column
from sync.county.roster.columns.meaning import What
from sync.county.roster.rows.ages import Ages
from sync.county.roster.rows.free_text import FreeText, said_over
from sync.county.roster.rows.pay_status import excluded_by, status_of
from sync.county.roster.rows.paydays import Payday
from sync.county.roster.rows.programme_shares import Shares

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from sync.county.formats.grid import Value
    from sync.county.reading import Share
    from sync.county.roster.rows.table import Table, Tell


class OfPayout(TypedDict, total=False):
    """Fields of a payout that only some tables have."""

    item: str
    in_kind: str
    paid_on: date | None
    remark: str


class OfRow(TypedDict, total=False):
    """Fields beside the payout that only some tables have."""

    status: PayStatus | None
    status_text: str
    stop_reason: str
    age: int | None
    born: date | None
    shares: tuple[Share, ...]


_UNPAID = frozenset({PayStatus.STOPPED, PayStatus.FAILED, PayStatus.RETURNED})
_CLASSES = re.compile(r"类[型别]|属性|性质|是否")  # what sort of household it is says nothing of its payment
_ASKED = re.compile(r"^是否(享受|领取|符合|合格|补贴|兑付|给付|[纳列]入)")
_NO = frozenset({"否", "不", "不是", "×", "✗", "✘", "N"})
_SAYS_SO = (What.REMARK, What.REASON, What.SIGNATURE, What.OTHER)


class OtherCells:
    """Reads them in the lines of one table, where it has columns for them."""

    def __init__(self, table: Table, tell: Tell) -> None:
        band = table.band
        self._status = next(iter(band.of(What.STATUS)), None)
        self._reasons, self._things = band.of(What.REASON)[:1], band.of(What.IN_KIND)[:1]
        self._items, self._remarks = band.of(What.ITEM), band.of(What.REMARK)
        self._saying, self._about = tuple(written(table)), said_over(table)
        self._pays = bool(table.picked.money)
        self._paid_on, self._ages = Payday(table, tell), Ages(table)
        self.shares, self._text = Shares(table), FreeText(table, tell)
        self._tell = tell

    def of(self, cells: list[Value], amount: Decimal | None) -> tuple[OfPayout, OfRow]:
        """Everything one line says: what is of its payout, and what stays beside it."""
        payout: OfPayout = {}
        row: OfRow = {}
        if self._status:
            row["status"], row["status_text"] = self._status_of(cells, self._status)
        if self._reasons:
            row["stop_reason"] = self._text.of(cells, self._reasons)
        if self._items and (item := self._text.of(cells, self._items)):
            payout["item"] = item
        if self._things and (things := self._text.of(cells, self._things)):
            payout["in_kind"] = things
        if self._paid_on.column and (day := self._paid_on.of(cells)):
            payout["paid_on"] = day
        if self._remarks and (remark := self._text.of(cells, self._remarks, payout.get("item", ""))):
            payout["remark"] = remark
        if self._ages.given:
            row["age"], row["born"] = self._ages.of(cells)
        if self.shares.groups:
            row["shares"] = self.shares.of(cells, amount)
        if self._saying and (amount or not self._pays) and row.get("status") not in _UNPAID:
            self._excluded(cells)
        return payout, row

    def _excluded(self, cells: list[Value]) -> None:
        """A row that is paid although its own words (已死亡, 放弃, 不发 …) are against it."""
        for column in self._saying:
            cell = column.cell(cells)
            said = squeezed(cell) if isinstance(cell, str) and cell else ""
            denied = said if said in _NO and _ASKED.search(column.header) else ""
            if word := denied or (excluded_by(said, self._about) if said else ""):
                message = f"这一行写着“{word}”一类的话，却有金额。不该发的请删去这一行，该发的请改正这句话。"
                self._tell(Level.ERROR, "EXCLUDED_BY_WORDS", column, message)

    def _status_of(self, cells: list[Value], column: Column) -> tuple[PayStatus, str]:
        """Status in our words, and as written. What is not understood is not shown as paid."""
        text = squeezed(value := column.cell(cells))
        status = status_of(text)
        if status is None:
            message = "支付状态是空的，不按已发放处理。" if not text else "支付状态认不出来，不按已发放处理。"
            self._tell(Level.WARNING, "STATUS_UNKNOWN", column, message)
        return status or PayStatus.APPLIED, text_of(value)


def written(table: Table) -> Iterator[Column]:
    """The columns in whose cells somebody wrote what may speak against a row; also those without a header."""
    block, rows = table.block, table.grid.rows[table.block.start : table.block.stop]
    headed = {column.index for band in block.bands for column in band.columns}
    beside = (Column(at, ()) for at in range(max(map(len, rows), default=0)) if at not in headed)
    saying = (
        column
        for column in table.band.columns
        if (column.meaning.what in _SAYS_SO and not _CLASSES.search(column.header))
        or _ASKED.search(column.header)
    )
    for column in (*saying, *beside):
        if any(column.cell(row) not in {"", None} for row in rows):
            yield column
