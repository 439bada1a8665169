"""What stands beside name and amount in a line: status, reason, thing, day, age, remark, shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from boards.model.findings import Level
from boards.model.payouts import PayStatus
from sync.county.formats.cells import squeezed, text_of
from sync.county.roster.columns.meaning import What
from sync.county.roster.rows.ages import Ages
from sync.county.roster.rows.free_text import FreeText
from sync.county.roster.rows.pay_status import status_of
from sync.county.roster.rows.paydays import Payday
from sync.county.roster.rows.programme_shares import Shares

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from decimal import Decimal

    from sync.county.formats.grid import Value
    from sync.county.reading import Share
    from sync.county.roster.columns.column import Column
    from sync.county.roster.rows.table import Table

    Tell = Callable[[Level, str, Column | None, str], None]


class Aside(TypedDict, total=False):
    """Fields of a row that only some tables have."""

    status: PayStatus | None
    status_text: str
    stop_reason: str
    item: str
    in_kind: str
    paid_on: date | None
    remark: str
    age: int | None
    born: date | None
    shares: tuple[Share, ...]


class Asides:
    """Reads them in the lines of one table, where it has columns for them."""

    def __init__(self, table: Table, tell: Tell) -> None:
        band = table.band
        self._status = next(iter(band.of(What.STATUS)), None)
        self._reasons, self._things = band.of(What.REASON)[:1], band.of(What.IN_KIND)[:1]
        self._items, self._remarks = band.of(What.ITEM), band.of(What.REMARK)
        self._paid_on, self._ages = Payday(table, tell), Ages(table)
        self.shares, self._text = Shares(table), FreeText(table, tell)
        self._tell = tell

    def of(self, cells: list[Value], amount: Decimal | None) -> Aside:
        """Everything of one line."""
        aside: Aside = {}
        if self._status:
            aside["status"], aside["status_text"] = self._status_of(cells, self._status)
        if self._reasons:
            aside["stop_reason"] = self._text.of(cells, self._reasons)
        if self._items:
            aside["item"] = self._text.of(cells, self._items)
        if self._things:
            aside["in_kind"] = self._text.of(cells, self._things)
        if self._paid_on.column:
            aside["paid_on"] = self._paid_on.of(cells)
        if self._remarks:
            aside["remark"] = self._text.of(cells, self._remarks, aside.get("item", ""))
        if self._ages.told:
            aside["age"], aside["born"] = self._ages.of(cells)
        if self.shares.groups:
            aside["shares"] = self.shares.of(cells, amount)
        return aside

    def _status_of(self, cells: list[Value], column: Column) -> tuple[PayStatus, str]:
        """Status in our words, and as written. What is not understood is not shown as paid."""
        value = cells[column.index] if column.index < len(cells) else ""
        text = squeezed(value)
        status = status_of(text)
        if status is None:
            message = "支付状态是空的，不按已发放处理。" if not text else "支付状态认不出来，不按已发放处理。"
            self._tell(Level.WARNING, "STATUS_UNKNOWN", column, message)
        return status or PayStatus.APPLIED, text_of(value)
