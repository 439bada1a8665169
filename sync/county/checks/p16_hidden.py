"""What a workbook hides (P16): hidden rows of payees, hidden columns, and the IDs in them.

Nothing hidden is silently counted and nothing is silently dropped: a person must confirm it.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from sync.county.checks.place import LISTED
from sync.county.formats.grid import Grid, column_letter
from sync.county.roster.columns.identity_numbers import judged_id
from sync.county.roster.columns.meaning import What

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.county.checks.whole import Whole
    from sync.county.roster.layout.blocks import Shape

_PRIVATE = frozenset({What.ID, What.ACCOUNT, What.PHONE})
_WHOLE_DIGITS = 11


def nothing_is_hidden(whole: Whole) -> Iterator[CellFinding]:
    """Hidden columns, hidden rows of payees, and files in which nobody could look for them."""
    for grid, shape in whole.shapes:
        yield from _hidden_columns(grid, shape)
    yield from _hidden_rows(whole.hidden, counted=whole.counts_hidden)
    if not whole.book.looked_twice:
        yield CellFinding(
            level=Level.NOTE, code="HIDDEN_NOT_CHECKED", message="这个文件里有没有隐藏的行列，没有核对。"
        )


def _hidden_columns(grid: Grid, shape: Shape) -> Iterator[CellFinding]:
    """Tell hidden columns of a sheet: a warning where they hold personal numbers, else a note."""
    if not grid.hidden_columns:
        return
    bands = [band for block in shape.blocks for band in block.bands]
    meanings = {column.index: column.meaning for band in bands for column in band.columns}
    top = min((block.start for block in shape.blocks), default=0)
    for at in sorted(grid.hidden_columns & {*range(max(map(len, grid.rows), default=0))}):
        if not any(row[at] not in {"", None} for row in grid.rows[top:] if at < len(row)):
            continue
        letter = column_letter(at)
        level, code, message = Level.NOTE, "HIDDEN_COLUMN", f"列 {letter} 是隐藏的。"
        if _identifies(grid, at, meanings[at].what if at in meanings else What.OTHER):
            level, code = Level.WARNING, "HIDDEN_COLUMN_PRIVATE"
            message = f"隐藏的列 {letter} 里有身份证号、账号或电话，交出文件前请删去这一列。"
        yield CellFinding(level=level, code=code, sheet=grid.name, column=letter, message=message)


def _identifies(grid: Grid, at: int, what: What) -> bool:
    values = (row[at] for row in grid.rows if at < len(row) and row[at] not in {"", None})
    return any(
        judged_id(value).kind == "resident"
        or (what in _PRIVATE and sum(map(str.isdigit, str(value))) >= _WHOLE_DIGITS)
        for value in values
    )


def _hidden_rows(rows: Sequence[tuple[str | None, int]], *, counted: bool) -> Iterator[CellFinding]:
    """One warning per sheet that hides payees, saying whether they are in the sum."""
    for sheet, members in groupby(rows, key=lambda one: one[0]):
        lines = [str(line) for _, line in members]
        more = f" 等{len(lines)}" if len(lines) > LISTED else ""
        how = "已计入，请确认该不该发" if counted else "按表上的合计没有计入，请确认"
        message = f"第{'、'.join(lines[:LISTED])}{more}行是隐藏的，{how}。"
        yield CellFinding(level=Level.WARNING, code="HIDDEN_ROWS", sheet=sheet, message=message)
