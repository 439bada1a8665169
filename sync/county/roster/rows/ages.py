"""Age or day of birth where a column says it: nobody under 18 is ever listed (P5, settled §33)."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from sync.county.formats.cells import day_of, squeezed
from sync.county.roster.columns.meaning import What

if TYPE_CHECKING:
    from sync.county.formats.grid import Value
    from sync.county.roster.columns.column import Column
    from sync.county.roster.rows.table import Table

_AGE, _BIRTH = re.compile(r"年龄|周岁"), re.compile(r"出生|生日")
_YEARS = re.compile(r"(\d{1,3})(?:\.0+)?(?:周?岁)?")
_MONTH = re.compile(r"((?:19|20)\d\d)[-/.年]?(0?[1-9]|1[0-2])月?")
OLDEST = 120


class Ages:
    """Reads one table's columns of ages; `told` is False where it has none."""

    def __init__(self, table: Table) -> None:
        columns = table.band.of(What.AGE)
        self._age = next((one for one in columns if _AGE.search(one.meaning.header)), None)
        self._birth = next((one for one in columns if _BIRTH.search(one.meaning.header)), None)
        if not any(_age_in(row, self._age) for row in table.sample):
            self._age = None  # a column of zeros that nobody filled in says nothing
        self.told = bool(self._age or self._birth)

    def of(self, cells: list[Value]) -> tuple[int | None, date | None]:
        """Age as written, and the day of birth (a month counts as its 28th day)."""
        return _age_in(cells, self._age), _birth_in(cells, self._birth)


def _age_in(cells: list[Value], column: Column | None) -> int | None:
    found = _YEARS.fullmatch(squeezed(_at(cells, column)))
    return int(found[1]) if found and int(found[1]) <= OLDEST else None


def _birth_in(cells: list[Value], column: Column | None) -> date | None:
    value = _at(cells, column)
    month = _MONTH.fullmatch(squeezed(value))
    return date(int(month[1]), int(month[2]), 28) if month else day_of(value)


def _at(cells: list[Value], column: Column | None) -> Value:
    return cells[column.index] if column is not None and column.index < len(cells) else ""
