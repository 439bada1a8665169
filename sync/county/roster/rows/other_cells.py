"""What stands beside name and amount in a line: status, reason, thing, day, age, remark, shares."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from boards.model.findings import Level
from boards.model.payouts import PayStatus
from sync.county.formats.cells import day_of, squeezed, text_of
from sync.county.roster.columns.column import Column
from sync.county.roster.columns.thresholds import BORN_ON, OLDEST
from sync.county.roster.columns.words import What
from sync.county.roster.rows.free_text import FreeText, said_over
from sync.county.roster.rows.pay_status import excluded_by, status_of
from sync.county.roster.rows.programme_shares import Shares

if TYPE_CHECKING:
    from collections.abc import Iterator
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
_PAID = re.compile(r"发放|支付|打卡|到账|兑付|拨付|结算")
_PLANNED = re.compile(r"计划|预计|拟|应发放|截止")
_DAY = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
_AGE, _BIRTH = re.compile(r"年龄|周岁"), re.compile(r"出生|生日")
_YEARS = re.compile(r"(\d{1,3})(?:\.0+)?(?:周?岁)?")
_MONTH = re.compile(r"((?:19|20)\d\d)[-/.年]?(0?[1-9]|1[0-2])月?")


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


class Payday:
    """Reads one table's column of payment days; `column` is None where it has none."""

    def __init__(self, table: Table, tell: Tell) -> None:
        dated = ((column, column.header) for column in table.band.of(What.DATE))
        paid = (column for column, says in dated if _PAID.search(says) and not _PLANNED.search(says))
        self.column = next(paid, None)
        self._tell = tell

    def of(self, cells: list[Value]) -> date | None:
        """The day of one line; a whole date that does not exist is a warning, a month alone is nothing."""
        value = self.column.cell(cells) if self.column else ""
        day = day_of(value)
        if day is None and isinstance(value, str) and _DAY.fullmatch(squeezed(value)):
            self._tell(Level.WARNING, "PAYDAY_IMPOSSIBLE", self.column, "发放日期不存在（没有这一天）。")
        return day


class Ages:
    """Reads one table's columns of ages; `given` is False where it has none."""

    def __init__(self, table: Table) -> None:
        columns = table.band.of(What.AGE)
        self._age = next((one for one in columns if _AGE.search(one.header)), None)
        self._birth = next((one for one in columns if _BIRTH.search(one.header)), None)
        if not any(self.of(row)[0] for row in table.sample):
            self._age = None  # a column of zeros that nobody filled in says nothing
        self.given = bool(self._age or self._birth)

    def of(self, cells: list[Value]) -> tuple[int | None, date | None]:
        """Age as written, and the day of birth (a month counts as its 28th day)."""
        years = _YEARS.fullmatch(squeezed(self._age.cell(cells))) if self._age else None
        age = int(years[1]) if years and int(years[1]) <= OLDEST else None
        birth = self._birth.cell(cells) if self._birth else ""
        month = _MONTH.fullmatch(squeezed(birth))
        return age, date(int(month[1]), int(month[2]), BORN_ON) if month else day_of(birth)
