"""What a workbook hides (P16): rows and columns nobody sees, rows struck out, numbers outside its cells.

Nothing hidden is silently counted and nothing is silently dropped: a person must confirm it.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from boards.model.privacy.identifiers import NumberKind
from boards.model.privacy.numbers import numbers_in
from sync.county.checks.place import numbered
from sync.county.formats.asides import OLD_LINKS
from sync.county.formats.grid import Grid, column_letter
from sync.county.roster.columns.identity_numbers import judged_id
from sync.county.roster.columns.words import What

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from sync.county.checks.whole import Whole
    from sync.county.roster.entries import Unseen
    from sync.county.roster.layout.blocks import Shape

_PRIVATE = frozenset({What.ID, What.ACCOUNT, What.PHONE})
_WHOLE_DIGITS = 11
_HANZI = re.compile(r"[\u3400-\u9fff]")
MANY = 100
"""Hidden payees of a sheet, above which they are told together: somebody filtered the list."""
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def nothing_is_hidden(whole: Whole) -> Iterator[CellFinding]:
    """Hidden columns, hidden and struck rows of payees, numbers beside the cells, values of other files."""
    for grid, shape in whole.shapes:
        counted = {letter for table in whole.tables if table.sheet == grid.name for letter in table.counted}
        yield from _hidden_columns(grid, shape, counted)
    yield from _hidden_rows([one for one in whole.unseen if not one.struck], counted=whole.counts_hidden)
    yield from _struck_rows(whole.unseen, counted=whole.counts_hidden)
    yield from _in_comments(whole)
    yield from _beside_the_cells(whole)
    yield from _around_the_rows(whole)
    if whole.book.linked:
        message = "有些数是从别的文件引用来的，按这个文件里存着的数读取；那些文件后来改没改，无法核对。"
        yield CellFinding(level=Level.NOTE, code="EXTERNAL_LINKS", message=message)
    if not whole.book.looked_twice:
        yield CellFinding(
            level=Level.NOTE, code="HIDDEN_NOT_CHECKED", message="这个文件里有没有隐藏的行列，没有核对。"
        )


def _hidden_columns(grid: Grid, shape: Shape, counted: Container[str]) -> Iterator[CellFinding]:
    """Tell hidden columns of a sheet: a warning where they hold money or personal numbers, else a note."""
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
        what = meanings[at].what if at in meanings else What.OTHER
        if what is What.AMOUNT:
            level, message = Level.WARNING, f"隐藏的列 {letter} 里是金额，没有计入，请取消隐藏后再核对。"
        if letter in counted:
            level, code = Level.WARNING, "HIDDEN_COLUMN_COUNTED"
            message = f"隐藏的列 {letter} 里有姓名、面积或金额，已按它计入，请取消隐藏后再核对。"
        if _identifies(grid, at, what):
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


def _hidden_rows(rows: Sequence[Unseen], *, counted: bool) -> Iterator[CellFinding]:
    """Each hidden payee at his row, saying whether he is in the sum; very many of a sheet at the first."""
    for sheet, members in groupby(rows, key=lambda one: one.sheet):
        lines = [one.row for one in members]
        many = len(lines) > MANY
        for line in lines[:1] if many else lines:
            hidden = f"第{numbered(lines)}行，共有{len(lines)}行" if many else f"第{line}行"
            yield CellFinding(
                level=Level.WARNING,
                code="HIDDEN_ROWS",
                sheet=sheet,
                row=line,
                message=f"{hidden}是隐藏的，{_counted(counted)}。",
            )


def _struck_rows(rows: Iterable[Unseen], *, counted: bool) -> Iterator[CellFinding]:
    """One warning for each payee with a line through his name or figures."""
    for one in rows:
        if one.struck:
            yield CellFinding(
                level=Level.WARNING,
                code="STRUCK_OUT",
                sheet=one.sheet,
                row=one.row,
                column=one.struck,
                message=f"这一行画了删除线，{_counted(counted)}。",
            )


def _counted(counted: bool) -> str:
    return "已计入，请确认该不该发" if counted else "按表上的合计没有计入，请确认"


def _in_comments(whole: Whole) -> Iterator[CellFinding]:
    """Personal numbers in the comments (批注) that go along with the file."""
    for grid in whole.book.sheets:
        for place, text in grid.comments:
            found = _CELL.fullmatch(place)
            if found and (level := _level_of(whole, text)):
                yield CellFinding(
                    level=level,
                    code="COMMENT_PRIVATE",
                    sheet=grid.name,
                    row=int(found[2]),
                    column=found[1],
                    message="单元格的批注里有身份证号、账号或电话，交出文件前请删去批注。",
                )


def _beside_the_cells(whole: Whole) -> Iterator[CellFinding]:
    """Personal numbers in page edges, properties, caches, embedded files: each place once, no number."""
    places: dict[tuple[str, str | None], Level] = {}
    for aside in whole.book.asides:
        told = places.get((aside.place, aside.sheet))
        if told is not Level.WARNING and (level := _level_of(whole, aside.text)):
            places[aside.place, aside.sheet] = Level.NOTE if aside.place == OLD_LINKS else level
    for (place, sheet), level in places.items():
        message = f"{place}里有身份证号、账号或电话，交出文件前请删去（文件－信息－检查文档）。"
        yield CellFinding(level=level, code="PRIVATE_BESIDE_CELLS", sheet=sheet, message=message)


def _around_the_rows(whole: Whole) -> Iterator[CellFinding]:
    """IDs and accounts in the file's name, in names of sheets, in titles, headings, headers and feet.

    A telephone there may be the office's own, and a bare number stands in a column of its own.
    """
    told = partial(CellFinding, level=Level.WARNING, code="PRIVATE_AROUND_ROWS")
    if _identifies_somebody(whole.name):
        yield told(level=Level.NOTE, message="文件名里有身份证号或账号，交出文件前请改名。")
    payees = {(one.row.sheet, one.row.row) for one in whole.entries}
    payees |= {(one.sheet, one.row) for one in whole.unseen}
    for grid in whole.book.sheets:
        if _identifies_somebody(grid.name or ""):
            yield told(sheet=grid.name, message="工作表名里有身份证号或账号，交出文件前请改名。")
        for index, row in enumerate(grid.rows):
            if (grid.name, grid.line(index)) not in payees:
                words = (one for one in row if isinstance(one, str) and _HANZI.search(one))
                if any(map(_identifies_somebody, words)):
                    message = "标题、表头或表外的文字里有身份证号或账号，交出文件前请删去。"
                    yield told(sheet=grid.name, row=grid.line(index), message=message)


def _identifies_somebody(text: str) -> bool:
    return any(one.kind is not NumberKind.MOBILE for one in numbers_in(text))


def _level_of(whole: Whole, text: str) -> Level | None:
    """How grave the numbers in a text are: a telephone in a file that is not public is told only."""
    kinds = {one.kind for one in numbers_in(text)}
    grave = kinds and (kinds != {NumberKind.MOBILE} or whole.public)
    return Level.WARNING if grave else Level.NOTE if kinds else None
