"""The day a row was paid, where a column says so; an impossible date is a finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from boards.model.findings import Level
from sync.county.formats.cells import day_of, squeezed
from sync.county.roster.columns.meaning import What

if TYPE_CHECKING:
    from datetime import date

    from sync.county.formats.grid import Value
    from sync.county.roster.rows.table import Table, Tell

_PAID = re.compile(r"发放|支付|打卡|到账|兑付|拨付|结算")
_PLANNED = re.compile(r"计划|预计|拟|应发放|截止")
_DAY = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?")


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
