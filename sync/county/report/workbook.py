"""The report as a copy of the clerk's own workbook, with the faulty cells marked.

The copy never holds more than the original: values, formulas and formats stay as they are, comments
say what is wrong and never repeat a number. Other formats (xls, ods, csv …) are first written anew
as .xlsx: the same cells as text and numbers; text that looks like a formula stays text.
"""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from sync.county.formats import book_of
from sync.county.workbook_marks import Mark, Styles, column_number, mark
from sync.county.workbook_parts import NotSpliceable, Parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sync.county.formats.grid import Book, Grid, Value
    from sync.county.reading import Reading

TEXT_MAX_CHARS = 32_767  # of one cell, set by Excel
SHEET_NAME = "名册"
_LEVELS = {Level.ERROR: "错误", Level.WARNING: "待确认"}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r"[\\/*?:\[\]]")


def report_xlsx(reading: Reading, data: bytes) -> bytes:
    """The marked copy of `data`, which `reading` was made of. Raises what reading it would raise."""
    if reading.format == "xlsx":
        try:
            return _marked(data, reading.findings)
        except NotSpliceable:
            pass  # of an unusual make: written anew, as other formats are
    book = book_of(data)
    names = _names(book)
    return _marked(rewritten(book, names), _moved(reading.findings, book, names))


def _marked(data: bytes, findings: Iterable[CellFinding]) -> bytes:
    parts = Parts(data)
    sheets = parts.sheets()
    if not sheets:
        raise NotSpliceable
    styles = Styles(parts)
    by_sheet: dict[str, list[Mark]] = {}
    for finding in findings:
        if finding.level in _LEVELS:
            name = finding.sheet if finding.sheet in sheets else next(iter(sheets))
            by_sheet.setdefault(sheets[name], []).append(_mark(finding))
    for part, marks in by_sheet.items():
        mark(parts, part, marks, styles)
    styles.save()
    return parts.saved()


def _mark(finding: CellFinding) -> Mark:
    return Mark(
        row=finding.row,
        column=column_number(finding.column) if finding.column else None,
        level=finding.level,
        text=f"{_LEVELS[finding.level]}：{finding.message}",
    )


def _names(book: Book) -> list[str]:
    """Sheet names that Excel takes, each once."""
    names: list[str] = []
    for at, grid in enumerate(book.sheets, 1):
        name = _NOT_IN_NAMES.sub("_", grid.name or SHEET_NAME)[:31] or SHEET_NAME
        taken = {one.lower() for one in names}
        names.append(name if name.lower() not in taken else f"{name[:25]}_{at}")
    return names


def _moved(findings: Iterable[CellFinding], book: Book, names: Sequence[str]) -> list[CellFinding]:
    """Findings at the rows of the new workbook: a CSV counts physical lines, a row may take several."""
    rows = {
        (grid.name, grid.line(at)): (name, at + 1)
        for grid, name in zip(book.sheets, names, strict=True)
        if grid.lines
        for at in range(len(grid.rows))
    }
    sheets = {grid.name: name for grid, name in zip(book.sheets, names, strict=True)}
    moved = []
    for one in findings:
        sheet, row = rows.get((one.sheet, one.row or 0), (sheets.get(one.sheet), one.row))
        moved.append(
            CellFinding(
                level=one.level, code=one.code, sheet=sheet, row=row, column=one.column, message=one.message
            )
        )
    return moved


def rewritten(book: Book, names: Sequence[str]) -> bytes:
    """The same cells as a new .xlsx: numbers as numbers, everything else as text, no formulas."""
    from openpyxl import Workbook  # noqa: PLC0415 - 110 ms, not needed for an .xlsx

    made = Workbook(write_only=True)
    for grid, name in zip(book.sheets, names, strict=True):
        _write(made, grid, name)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _write(made: object, grid: Grid, name: str) -> None:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    sheet = made.create_sheet(name)  # type: ignore[attr-defined]
    sheet.sheet_state = "visible" if grid.visible else "hidden"

    def cell(value: Value) -> object:
        plain = _plain(value)
        if not isinstance(plain, str) or plain == "":
            return None if plain == "" else plain
        text = WriteOnlyCell(sheet)
        text.value = _NOT_XML.sub("", plain)[:TEXT_MAX_CHARS]
        text.data_type = "s"  # never "f": what looks like a formula stays text
        text.quotePrefix = plain[0] in "=+-@\t\r"
        return text

    for row in grid.rows:
        sheet.append([cell(value) for value in row])
    for merge in grid.merges:
        sheet.merged_cells.add(_range(merge.top, merge.left, merge.bottom, merge.right))


def _range(top: int, left: int, bottom: int, right: int) -> str:
    from openpyxl.utils import get_column_letter as letter  # noqa: PLC0415

    return f"{letter(left + 1)}{top + 1}:{letter(right + 1)}{bottom + 1}"


def _plain(value: Value) -> Value:
    """Cells that Excel knows; a whole float is written without its .0, a duration as text."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return int(value)
    return str(value) if isinstance(value, (timedelta, bool)) else value
