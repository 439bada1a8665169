"""What was mended so that figures could be read, told once a column with a count."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from sync.county.formats.cells import figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.county.formats.grid import Grid, Value
    from sync.county.roster.columns.column import Column

_SEEN = {
    "带逗号": re.compile(r"[,，]"),
    "带空格": re.compile(r"\s|[\u00ad\u200b-\u200f\u2060\ufeff]"),
    "带撇号": re.compile(r"^'|^=\""),
    "全角": re.compile(r"[\uff10-\uff19]"),
}


def mended(
    grid: Grid, columns: Iterable[Column | None], rows: Sequence[list[Value]]
) -> Iterator[CellFinding]:
    """One note for each counted column with cells of these rows that were no plain numbers."""
    workbook = not grid.lines
    for column in filter(None, columns):
        at, counted = column.index, Counter[str]()
        texts = Counter([cell for row in rows if at < len(row) and isinstance(cell := row[at], str)])
        for text, count in texts.items():
            counted.update(dict.fromkeys(_how(text, workbook), count))
        if counted and not column.boxes:
            told = "、".join(f"{how}{count}格" for how, count in counted.items())
            yield CellFinding(
                level=Level.NOTE,
                code="CELLS_MENDED",
                sheet=grid.name,
                column=column.letter,
                message=f"列{column.letter}整理后读取：{told}。",
            )


def _how(cell: str, workbook: bool) -> tuple[str, ...]:
    """In which ways a text that was read as a number is none."""
    read = figure(cell)
    if read.value is None:
        return ()
    seen = [how for how, sign in _SEEN.items() if sign.search(cell)]
    return (*(["文本数字"] if workbook else []), *(["带单位"] if read.unit else []), *seen)
