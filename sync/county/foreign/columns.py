"""Where the mapped columns of a foreign table stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sync.county.foreign.errors import MappedColumnMissing
from sync.county.roster.cells import squeezed
from sync.county.roster.formats.grid import column_letter

if TYPE_CHECKING:
    from sync.county.foreign.mapping import Mapping


class Columns:
    """Positions of the mapped columns under one header. Raises MappedColumnMissing."""

    def __init__(self, header: list[str], mapping: Mapping, line: int) -> None:
        self._texts = [squeezed(text).casefold() for text in header]
        self._line = line
        self.payee = self._found(mapping.payee)
        self.amounts = tuple(self._found(name) for name in mapping.amounts)
        self.area, self.scheme, self.year, self.total = (
            self._found(name) if name else None
            for name in (mapping.area, mapping.scheme, mapping.year, mapping.total)
        )

    def _found(self, name: str) -> int:
        wanted = squeezed(name).casefold()
        if self._texts.count(wanted) == 1:
            return self._texts.index(wanted)
        if wanted not in self._texts and re.fullmatch(r"[A-Z]{1,2}", name):
            letters = [column_letter(at) for at in range(len(self._texts))]
            if name in letters:
                return letters.index(name)
        raise MappedColumnMissing(line=self._line, column=name[:40])

    def text(self, record: list[str], at: int | None) -> str:
        """The cell under a column, trimmed; "" where there is none."""
        return record[at].strip() if at is not None and at < len(record) else ""

    def letter(self, at: int) -> str:
        """The letter a spreadsheet program shows."""
        return column_letter(at)

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """Letters of the columns, and what each was taken for."""
        named = (
            (self.payee, "收款人"),
            *((at, "金额") for at in self.amounts),
            (self.area, "地区"),
            (self.scheme, "项目"),
            (self.year, "年度"),
            (self.total, "收款人总额"),
        )
        return tuple((column_letter(at), what) for at, what in named if at is not None)
