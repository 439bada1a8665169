"""What was mended so that figures could be read, told once a column with a count."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from sync.county.formats.cells import figure
from sync.county.roster.rows.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.roster.rows.table import Table

_SEEN = {
    "带逗号": re.compile(r"[,，]"),
    "带空格": re.compile(r"\s|[\u00ad\u200b-\u200f\u2060\ufeff]"),
    "带撇号": re.compile(r"^'|^=\""),
    "全角": re.compile(r"[\uff10-\uff19]"),
}


def mended(table: Table) -> Iterator[CellFinding]:
    """One note for each counted column with cells that were no plain numbers."""
    grid, picked, workbook = table.grid, table.picked, not table.grid.lines
    for column in filter(None, (*picked.money, picked.quantity, picked.rate)):
        cells = (column.cell(grid.rows[index]) for index, kind in table.lines() if kind is Kind.PAYEE)
        counted = Counter(how for cell in cells if isinstance(cell, str) for how in _how(cell, workbook))
        if counted and not column.boxes:
            told = "、".join(f"{how}{count}格" for how, count in counted.items())
            yield CellFinding(
                level=Level.NOTE,
                code="CELLS_MENDED",
                sheet=grid.name,
                column=column.letter,
                message=f"列{column.letter}整理后读取：{told}。",
            )


@lru_cache(maxsize=65536)
def _how(cell: str, workbook: bool) -> tuple[str, ...]:
    """In which ways a text that was read as a number is none."""
    read = figure(cell)
    if read.value is None:
        return ()
    seen = [how for how, sign in _SEEN.items() if sign.search(cell)]
    return (*(["文本数字"] if workbook else []), *(["带单位"] if read.unit else []), *seen)
