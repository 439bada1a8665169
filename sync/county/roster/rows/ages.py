"""Age or day of birth where a column says it: nobody under 18 is ever listed (P5, settled §33)."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from sync.county.formats.cells import day_of, squeezed
from sync.county.roster.columns.meaning import What

if TYPE_CHECKING:
    from sync.county.formats.grid import Value
    from sync.county.roster.rows.table import Table

_AGE, _BIRTH = re.compile(r"年龄|周岁"), re.compile(r"出生|生日")
_YEARS = re.compile(r"(\d{1,3})(?:\.0+)?(?:周?岁)?")
_MONTH = re.compile(r"((?:19|20)\d\d)[-/.年]?(0?[1-9]|1[0-2])月?")
OLDEST = 120


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
        return age, date(int(month[1]), int(month[2]), 28) if month else day_of(birth)
