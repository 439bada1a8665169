"""Cells of a workbook marked: a fill for how grave it is, a comment with the sentence; nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from boards.model.findings import Level
from sync.county.workbook_comments import commented
from sync.county.workbook_parts import (
    OFFICE,
    NotSpliceable,
    Spliced,
    closes,
    prefix_at,
    tag_end,
    tags,
    walked,
    with_attributes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sync.county.workbook_parts import Parts, Tag

FILLS = {Level.ERROR: "FFFFC7CE", Level.WARNING: "FFFFEB9C"}
COMMENTS_MAX = 1_000
"""Comments on one sheet; faulty cells beyond that are only filled."""
_STYLES = "xl/styles.xml"
_AFTER_DRAWINGS = frozenset(
    {
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
    }
)
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_MERGE = re.compile(rb"<(?:[\w.-]+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)")


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said, and where: a cell, a row, a column, or a sheet as a whole."""

    row: int | None  # from 1
    column: int | None  # from 0
    level: Level
    text: str


class Cell(msgspec.Struct, frozen=True, gc=False):
    """A cell as it stands in the sheet's part."""

    row: int
    column: int
    start: int
    style: int


class Layout:
    """The places of one sheet that marks may need, found in one pass."""

    def __init__(self, data: bytes, marks: Iterable[Mark]) -> None:
        self.data = data
        self.cells: dict[tuple[int, int], Cell] = {}  # of the marked rows
        self.first_in_row: dict[int, Cell] = {}
        self.first_in_column: dict[int, Cell] = {}
        self.first: Cell | None = None
        self.row_ends: dict[int, int] = {}
        self.legacy: str | None = None  # relationship id of the drawing that holds comments
        self.tail = -1  # where a <legacyDrawing> belongs
        self._owners = merge_owners(data, {mark.row for mark in marks if mark.row})
        self._rows = {mark.row for mark in marks if mark.row} | {row for row, _ in self._owners.values()}
        self._columns = {mark.column for mark in marks if not mark.row and mark.column is not None}
        self._at = (0, -1)
        self._cell: Cell | None = None
        self._depth = 0
        walked(data, self._started, self._ended)

    def _started(self, name: str, attributes: dict[str, str], at: int) -> None:
        self._depth += 1
        if name == "row" and self._depth == 3:
            self._at = (int(attributes.get("r") or self._at[0] + 1), -1)
        elif name == "c" and self._depth == 4:
            self._met(attributes, at)
        elif name in {"v", "is"} and self._depth == 5 and self._cell:
            self._filled(self._cell)
        elif self._depth == 2 and name == "legacyDrawing":
            self.legacy = next((value for key, value in attributes.items() if key.endswith(" id")), None)
        elif self._depth == 2 and name in _AFTER_DRAWINGS and self.tail < 0:
            self.tail = at

    def _ended(self, name: str, at: int) -> None:
        self._depth -= 1
        if name == "row" and self._at[0] in self._rows and closes(self.data, at, name):
            self.row_ends[self._at[0]] = at
        elif self._depth == 0 and self.tail < 0:
            self.tail = at

    def _met(self, attributes: dict[str, str], at: int) -> None:
        found = _REFERENCE.fullmatch(attributes.get("r", ""))
        row = self._at[0]
        column = column_number(found[1]) if found else self._at[1] + 1
        self._at = (row, column)
        self._cell = Cell(row, column, at, int(attributes.get("s") or 0))
        if row in self._rows:
            self.cells[row, column] = self._cell

    def _filled(self, cell: Cell) -> None:
        self.first = self.first or cell
        if cell.row in self._rows:
            self.first_in_row.setdefault(cell.row, cell)
        if cell.column in self._columns:
            self.first_in_column.setdefault(cell.column, cell)

    def cell_of(self, mark: Mark) -> Cell | None:
        """The cell a mark goes to; None only for a sheet without any."""
        if mark.row and mark.column is not None:
            at = self._owners.get((mark.row, mark.column), (mark.row, mark.column))
            return self.cells.get(at) or self._absent(*at) or self.first
        if mark.row:
            return self.first_in_row.get(mark.row) or self.first
        return self.first_in_column.get(-1 if mark.column is None else mark.column) or self.first

    def _absent(self, row: int, column: int) -> Cell | None:
        """A blank cell that the file does not store: it goes before the next one of its row."""
        if row not in self.row_ends:
            return None
        later = [cell.start for (at, other), cell in self.cells.items() if at == row and other > column]
        return Cell(row, column, min(later, default=self.row_ends[row]), -1)


def merge_owners(data: bytes, rows: set[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """Merged cells of these rows → the one of their merge that is seen: a comment elsewhere is lost."""
    owners: dict[tuple[int, int], tuple[int, int]] = {}
    for found in _MERGE.finditer(data):
        left, right = column_number(found[1].decode()), column_number(found[3].decode())
        top, bottom = int(found[2]), int(found[4])
        whole = right - left > 512 or bottom - top > 10_000  # a merge over whole columns or rows says nothing
        for row in () if whole else rows.intersection(range(top, bottom + 1)):
            owners |= {(row, column): (top, left) for column in range(left, right + 1)}
    return owners


def column_number(letters: str) -> int:
    """A → 0, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """0 → A, 26 → AA."""
    letters, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class Styles:
    """The workbook's cell formats, to which filled copies are added as they are needed."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._data = parts.read(_STYLES)
        every = tags(self._data)
        self._formats, self._fills = _group(every, "cellXfs"), _group(every, "fills")
        inside = [
            tag for tag in every if self._formats.start < tag.start < self._formats.stop and tag.name == "xf"
        ]
        self._xfs = [_whole(self._data, tag) for tag in inside]
        self._fill_count = sum(
            tag.name == "fill" and self._fills.start < tag.start < self._fills.stop for tag in every
        )
        self._added: dict[tuple[int, Level], int] = {}
        if not self._xfs:
            raise NotSpliceable

    def filled(self, style: int, level: Level) -> int:
        """Number of the format that is `style` with the fill of `level`."""
        base = style if 0 <= style < len(self._xfs) else 0
        return self._added.setdefault((base, level), len(self._xfs) + len(self._added))

    def save(self) -> None:
        """Write the added formats and fills."""
        levels = list(FILLS)
        prefix = prefix_at(self._data, self._formats.start)
        spliced = Spliced(self._data)
        fills = b"".join(_fill(prefix, FILLS[level]) for level in levels)
        self._grow(spliced, self._fills, self._fill_count + len(levels), fills)
        made = [self._copy(base, self._fill_count + levels.index(level)) for base, level in self._added]
        self._grow(spliced, self._formats, len(self._xfs) + len(made), b"".join(made))
        self._parts.write(_STYLES, spliced.done())

    def _copy(self, base: int, fill: int) -> bytes:
        xf = self._xfs[base]
        stop = tag_end(xf, 0)
        return with_attributes(xf[:stop], fillId=str(fill), applyFill="1") + xf[stop:]

    def _grow(self, spliced: Spliced, group: Tag, count: int, children: bytes) -> None:
        spliced.attributes(group.start, count=str(count))
        spliced.put(group.stop, children)


def _group(every: Sequence[Tag], name: str) -> Tag:
    found = next((tag for tag in every if tag.name == name and tag.stop != tag.start), None)
    if found is None:
        raise NotSpliceable
    return found


def _whole(data: bytes, tag: Tag) -> bytes:
    return data[tag.start : tag_end(data, tag.stop)]


def _fill(prefix: bytes, colour: str) -> bytes:
    pattern = (
        f'<P:fill><P:patternFill patternType="solid"><P:fgColor rgb="{colour}"/></P:patternFill></P:fill>'
    )
    return pattern.encode().replace(b"P:", prefix)


def mark(parts: Parts, sheet: str, marks: Sequence[Mark], styles: Styles) -> None:
    """Mark the cells of one sheet's part."""
    data = parts.read(sheet)
    layout = Layout(data, marks)
    levels: dict[tuple[int, int], tuple[Cell, Level]] = {}
    texts: dict[tuple[int, int], list[str]] = {}
    for one in marks:
        cell = layout.cell_of(one)
        if cell is None:
            continue
        at = (cell.row, cell.column)
        graver = one.level is Level.ERROR or at not in levels
        levels[at] = (cell, one.level) if graver else levels[at]
        texts.setdefault(at, []).append(_said(one, cell))
    spliced = Spliced(data)
    for cell, level in sorted(levels.values(), key=lambda one: (one[0].row, one[0].column)):
        _fill_cell(spliced, cell, styles.filled(cell.style, level))
    drawing = commented(parts, sheet, dict(list(texts.items())[:COMMENTS_MAX]), layout.legacy)
    if drawing and layout.legacy is None:
        prefix = prefix_at(data, layout.tail).decode()
        spliced.put(layout.tail, f'<{prefix}legacyDrawing xmlns:rel="{OFFICE}" rel:id="{drawing}"/>'.encode())
    parts.write(sheet, spliced.done())


def _fill_cell(spliced: Spliced, cell: Cell, style: int) -> None:
    if cell.style >= 0:
        spliced.attributes(cell.start, s=str(style))
        return
    prefix = prefix_at(spliced.data, cell.start).decode()
    reference = f"{column_letters(cell.column)}{cell.row}"
    spliced.put(cell.start, f'<{prefix}c r="{reference}" s="{style}"/>'.encode())


def _said(one: Mark, cell: Cell) -> str:
    """The sentence; with its place in front when it could not be put there."""
    if one.row in {None, cell.row} and one.column in {None, cell.column}:
        return one.text
    column = "" if one.column is None else column_letters(one.column)
    return f"{column}{one.row or ''}：{one.text}"
