"""The report as a copy of the clerk's workbook, its faulty cells filled and commented.

The copy is written anew from the cells we read; openpyxl never loads the original, because it fails on
workbooks that counties send. It holds their values, merges, hidden rows, columns and sheets, and the
comments that were there. What it does not hold (pictures, charts, seals, formulas, formats) stays in the
original, and its first sheet says so. Our own comments repeat nobody's number.
"""

from __future__ import annotations

import io
import math
import re
from datetime import date, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from boards.model.findings import LEVELS, CellFinding, Level
from boards.model.privacy.withheld import shown
from sync.county.formats import book_of
from sync.county.formats.grid import Book, Grid, Value, column_letter, column_number
from sync.county.report.findings_beside import place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from openpyxl.cell import WriteOnlyCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from sync.county.reading import Reading

FILLS = {Level.ERROR: "FFFFC7CE", Level.WARNING: "FFFFEB9C"}
FIRST_SHEET, SHEET_NAME = "检查结果", "名册"
COMMENTS_MAX = 1_000
"""Commented cells on one sheet; beyond that a faulty cell is filled and told on the first sheet."""

_AUTHOR = "发布前检查"
_FIRST_LINES = (
    "这是检查用的副本：单元格里的文字、数字和日期与原文件一样，公式只留下算出来的值（算错的写成 #N/A）。",
    "图片、图表、印章、公式和格式只在原文件里。请在原文件里改正，再检查一次。",
    "红色是错误，黄色要确认，原因写在单元格的批注里；没有写进单元格的列在下面。",
)
_NOT_IN_NAMES = re.compile(r"[\\/*?:\[\]\x00-\x1f\ufffe\uffff]")
_NOT_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPED = re.compile(rf"{_NOT_XML.pattern}|_(?=x[0-9A-Fa-f]{{4}}_)")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_LONG_NUMBER = re.compile(r"\d{11,}[Xx]?")
_MERGE_MAX_COLUMNS = 512
_LOOKED_AT, _NARROWEST, _WIDEST = 200, 9, 40
_TITLE_CELLS = 2  # a row with no more of them is a title or a note, and runs over the columns beside it


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A finding, and the sentence for its cell's comment."""

    finding: CellFinding
    text: str


Marks = dict[tuple[int, int], list[Mark]]
"""What was found at a sheet's cells, by row and column from 0."""


def report_xlsx(reading: Reading, data: bytes) -> bytes:
    """The marked copy of `data`, which `reading` was made of. Raises what reading it would raise."""
    book = book_of(data)
    told = [one for one in reading.findings if one.level in FILLS]
    marked = [_marks(grid, told) for grid in book.sheets]
    at_cells = {mark.finding for marks in marked for at in islice(marks, COMMENTS_MAX) for mark in marks[at]}
    copy, (*names, first) = _Copy(), _names(book)
    copy.add_first(first, reading.file, [one for one in told if one not in at_cells])
    for grid, name, marks in zip(book.sheets, names, marked, strict=True):
        copy.add(name, grid, marks)
    return copy.saved()


def _marks(grid: Grid, told: Iterable[CellFinding]) -> Marks:
    """Findings at their cells: of a whole row at the first filled one, of a merged cell where it is seen."""
    rows = {grid.line(at): at for at in range(len(grid.rows))}
    here = [(rows[one.row], one) for one in told if one.sheet == grid.name and one.row in rows]
    owners = _owners(grid, {row for row, _ in here})
    marks: Marks = {}
    for row, one in here:
        filled = (at for at, value in enumerate(grid.rows[row]) if value not in {None, ""})
        column = column_number(one.column) if one.column else next(filled, None)
        if column is not None:
            at = owners.get((row, column), (row, column))
            moved = f"{column_letter(column)}{row + 1}：" if at != (row, column) else ""
            marks.setdefault(at, []).append(
                Mark(finding=one, text=f"{moved}{LEVELS[one.level]}：{one.message}")
            )
    return marks


def _owners(grid: Grid, rows: set[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """Merged cells of these rows → the one of their merge that is seen: a comment elsewhere is lost."""
    owners: dict[tuple[int, int], tuple[int, int]] = {}
    for one in grid.merges:
        if one.across <= _MERGE_MAX_COLUMNS:  # a merge over whole rows says nothing
            for row in rows.intersection(range(one.top, one.bottom + 1)):
                owners |= {(row, at): (one.top, one.left) for at in range(one.left, one.right + 1)}
    return owners


def _names(book: Book) -> list[str]:
    """Names that Excel takes, each once: those of the sheets, then that of our own."""
    names: list[str] = []
    for at, wanted in enumerate([*(grid.name or SHEET_NAME for grid in book.sheets), FIRST_SHEET], 1):
        name = _NOT_IN_NAMES.sub("_", wanted)[:31]
        names.append(name if name.lower() not in map(str.lower, names) else f"{name[:25]}_{at}")
    return names


def _comments(grid: Grid, marks: Marks) -> dict[tuple[int, int], list[str]]:
    """The comments that were there, by cell, and behind them our own."""
    texts: dict[tuple[int, int], list[str]] = {}
    for reference, text in grid.comments:
        if cell := _REFERENCE.fullmatch(reference):
            texts.setdefault((int(cell[2]) - 1, column_number(cell[1])), []).append(text)
    for at in islice(marks, COMMENTS_MAX):
        texts.setdefault(at, []).extend(mark.text for mark in marks[at])
    return texts


def _widths(grid: Grid) -> Iterator[tuple[int, int]]:
    """Width of each column by its first texts: no grid knows the original's, and a date must not be ####."""
    widest: dict[int, int] = {}
    for values in grid.rows[:_LOOKED_AT]:
        texts = [(at, str(value)) for at, value in enumerate(values) if value not in {None, ""}]
        for at, text in texts if len(texts) > _TITLE_CELLS else ():
            room = sum(2 if letter > "\u2e7f" else 1 for letter in text[:_WIDEST])
            widest[at] = max(widest.get(at, _NARROWEST), room + 2)
    yield from ((at, min(width, _WIDEST)) for at, width in widest.items())


class _Copy:
    """The workbook being written. Everything of openpyxl's is in here."""

    def __init__(self) -> None:
        from openpyxl import Workbook  # noqa: PLC0415 - 0.1 s and 8 MB that only a marked copy needs
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
        from openpyxl.comments import Comment  # noqa: PLC0415
        from openpyxl.styles import PatternFill  # noqa: PLC0415

        self._book, self._new_cell, self._comment = Workbook(write_only=True), WriteOnlyCell, Comment
        self._fills = {level: PatternFill("solid", fgColor=colour) for level, colour in FILLS.items()}

    def add_first(self, name: str, file: str, elsewhere: Iterable[CellFinding]) -> None:
        """What the copy is and is not, and the findings told at no cell."""
        sheet = self._book.create_sheet(name)
        for line in (f"{shown(file)}：{_AUTHOR}", *_FIRST_LINES):
            sheet.append([self._cell(sheet, line)])
        for one in elsewhere:
            told = (LEVELS[one.level], shown(place(one)), one.message)
            sheet.append([self._cell(sheet, text) for text in told])

    def add(self, name: str, grid: Grid, marks: Marks) -> None:
        """One sheet of the original, with what is said at its cells."""
        sheet = self._book.create_sheet(name)
        self._shape(sheet, grid)
        texts = _comments(grid, marks)
        special: dict[int, list[int]] = {}
        for row, column in sorted({*marks, *texts, *grid.faults}):
            special.setdefault(row, []).append(column)
        for row in range(max([len(grid.rows), *(row + 1 for row in special)])):
            cells = [self._cell(sheet, value) for value in grid.rows[row]] if row < len(grid.rows) else []
            for column in special.get(row, ()):
                cells += [None] * (column + 1 - len(cells))
                at, cell = (row, column), cells[column] or self._new_cell(sheet)
                if grid.faults.get(at) == "error":
                    cell.value = "#N/A"
                self._say(cell, marks.get(at, ()), texts.get(at, ()))
                cells[column] = cell
            sheet.append(cells)

    def saved(self) -> bytes:
        """The workbook as a file."""
        out = io.BytesIO()
        self._book.save(out)
        return out.getvalue()

    @staticmethod
    def _shape(sheet: WriteOnlyWorksheet, grid: Grid) -> None:
        """What is set before the rows: widths, what is hidden, merges."""
        sheet.sheet_state = "visible" if grid.visible else "hidden"
        for column, width in _widths(grid):
            sheet.column_dimensions[column_letter(column)].width = width
        for column in grid.hidden_columns:
            sheet.column_dimensions[column_letter(column)].hidden = True
        for row in grid.hidden_rows:
            sheet.row_dimensions[row + 1].hidden = True
        for one in grid.merges:
            corners = f"{column_letter(one.left)}{one.top + 1}", f"{column_letter(one.right)}{one.bottom + 1}"
            sheet.merged_cells.add(":".join(corners))

    def _cell(self, sheet: WriteOnlyWorksheet, value: Value) -> WriteOnlyCell | None:
        """A cell of the same value. Text is never a formula, and no number is rounded to 16 digits."""
        if value is None or value == "":
            return None
        cell = self._new_cell(sheet)
        if isinstance(value, bool | time | timedelta) or (isinstance(value, date) and value.year >= 1900):
            cell.value = value
        elif isinstance(value, int | float) and math.isfinite(value):
            cell.value, cell.data_type = repr(value).removesuffix(".0"), "n"
        else:
            text = str(value)
            # what XML cannot hold, and what Excel would take for that, stands as _x0007_
            cell.value = _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
            cell.data_type = "s"
            cell.quotePrefix = text[0] in "=+-@\t\r"
            if _LONG_NUMBER.fullmatch(text):
                cell.number_format = "@"  # a clerk who edits an ID in Excel keeps its digits
        return cell

    def _say(self, cell: WriteOnlyCell, marks: Sequence[Mark], texts: Sequence[str]) -> None:
        """Fill a cell by its gravest finding, and comment it."""
        if marks:
            cell.fill = self._fills[min((one.finding.level for one in marks), key=list(FILLS).index)]
        if texts:
            cell.comment = self._comment(
                _NOT_XML.sub("", "\n".join(texts)), _AUTHOR if marks else "", height=96, width=290
            )
