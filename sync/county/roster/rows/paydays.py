"""The day a row was paid, where a column says so; an impossible date is a finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from boards.model.findings import Level
from sync.county.formats.cells import day_of, squeezed
from sync.county.roster.columns.meaning import What

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sync.county.formats.grid import Value
    from sync.county.roster.columns.column import Column
    from sync.county.roster.rows.table import Table

    Tell = Callable[[Level, str, Column | None, str], None]

_PAID = re.compile(r"发放|支付|打卡|到账|兑付|拨付|结算")
_PLANNED = re.compile(r"计划|预计|拟|应发放|截止")
_DAY = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?")


class Payday:
    """Reads one table's column of payment days; `column` is None where it has none."""

    def __init__(self, table: Table, tell: Tell) -> None:
        self.column = next((column for column in table.band.of(What.DATE) if _is_payday(column)), None)
        self._tell = tell

    def of(self, cells: list[Value]) -> date | None:
        """The day of one line; a whole date that does not exist is a warning, a month alone is nothing."""
        value = cells[self.column.index] if self.column and self.column.index < len(cells) else ""
        day = day_of(value)
        if day is None and isinstance(value, str) and _DAY.fullmatch(squeezed(value)):
            self._tell(Level.WARNING, "PAYDAY_IMPOSSIBLE", self.column, "发放日期不存在（没有这一天）。")
        return day


def _is_payday(column: Column) -> bool:
    header = column.meaning.header
    return bool(_PAID.search(header)) and not _PLANNED.search(header)
